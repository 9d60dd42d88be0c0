-- The population register as tables, in the part of SQL that SQLite, PostgreSQL and MariaDB share.

CREATE TABLE country (
    code CHAR(2) PRIMARY KEY,
    name VARCHAR(100) NOT NULL
);

CREATE TABLE person (
    egn CHAR(10) PRIMARY KEY,
    first_name VARCHAR(100) NOT NULL,
    sur_name VARCHAR(100),
    family_name VARCHAR(100) NOT NULL,
    alias VARCHAR(100),
    latin_first VARCHAR(100),
    latin_sur VARCHAR(100),
    latin_family VARCHAR(100),
    foreign_first VARCHAR(100),
    foreign_sur VARCHAR(100),
    foreign_family VARCHAR(100),
    sex SMALLINT NOT NULL,
    born DATE NOT NULL,
    died DATE,
    birthplace VARCHAR(100),
    country CHAR(2) NOT NULL REFERENCES country (code),
    second_country CHAR(2) REFERENCES country (code)
);

CREATE TABLE relation (
    egn CHAR(10) NOT NULL REFERENCES person (egn),
    position SMALLINT NOT NULL,
    relative_egn CHAR(10) NOT NULL REFERENCES person (egn),
    kind VARCHAR(20) NOT NULL,
    PRIMARY KEY (egn, position)
);
