-- The population register as tables, in the part of SQL that SQLite, PostgreSQL and MariaDB share.
-- Every person is invented: one family, Капийски, who also appear in the registers of documents, of companies and of
-- employment. Their numbers carry a right check digit and end the last range of birth places (990 to 999).

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

INSERT INTO country (code, name) VALUES
  ('BG', 'България'),
  ('DE', 'Германия');

INSERT INTO person (egn, first_name, sur_name, family_name, alias, latin_first, latin_sur, latin_family,
    foreign_first, foreign_sur, foreign_family, sex, born, died, birthplace, country, second_country) VALUES
  ('0442089937', 'Мила', 'Огнянова', 'Капийска', NULL, 'Mila', 'Ognyanova', 'Kapiyska', NULL, NULL, NULL, 2, '2004-02-08', NULL, 'гр. Горна порта', 'BG', NULL),
  ('1547309942', 'Борислав', 'Огнянов', 'Капийски', NULL, 'Borislav', 'Ognyanov', 'Kapiyski', NULL, NULL, NULL, 1, '2015-07-30', NULL, 'гр. Горна порта', 'BG', NULL),
  ('4803129981', 'Светлин', 'Бориславов', 'Капийски', NULL, 'Svetlin', 'Borislavov', 'Kapiyski', NULL, NULL, NULL, 1, '1948-03-12', '2019-11-02', 'с. Долна порта', 'BG', NULL),
  ('5210279970', 'Деница', 'Асенова', 'Капийска', NULL, 'Denitsa', 'Asenova', 'Kapiyska', NULL, NULL, NULL, 2, '1952-10-27', NULL, 'гр. Горна порта', 'BG', NULL),
  ('6712059906', 'Калоян', 'Ненов', 'Самостоев', NULL, 'Kaloyan', 'Nenov', 'Samostoev', NULL, NULL, NULL, 1, '1967-12-05', NULL, 'с. Долна порта', 'BG', NULL),
  ('7605239965', 'Огнян', 'Светлинов', 'Капийски', 'Портал', 'Ognyan', 'Svetlinov', 'Kapiyski', NULL, NULL, NULL, 1, '1976-05-23', NULL, 'гр. Горна порта', 'BG', NULL),
  ('7909149958', 'Ралица', 'Методиева', 'Капийска', NULL, 'Ralitsa', 'Metodieva', 'Kapiyska', NULL, NULL, NULL, 2, '1979-09-14', NULL, 'гр. Каменен праг', 'BG', NULL),
  ('8101169992', 'Яна', 'Светлинова', 'Портева', NULL, 'Yana', 'Svetlinova', 'Porteva', 'Yana', '', 'Porteva-Brandt', 2, '1981-01-16', NULL, 'гр. Горна порта', 'BG', 'DE');

INSERT INTO relation (egn, position, relative_egn, kind) VALUES
  ('0442089937', 1, '7605239965', 'Баща'),
  ('0442089937', 2, '7909149958', 'Майка'),
  ('0442089937', 3, '1547309942', 'Брат'),
  ('1547309942', 1, '7605239965', 'Баща'),
  ('1547309942', 2, '7909149958', 'Майка'),
  ('1547309942', 3, '0442089937', 'Сестра'),
  ('4803129981', 1, '7605239965', 'Син'),
  ('4803129981', 2, '8101169992', 'Дъщеря'),
  ('5210279970', 1, '7605239965', 'Син'),
  ('5210279970', 2, '8101169992', 'Дъщеря'),
  ('7605239965', 1, '4803129981', 'Баща'),
  ('7605239965', 2, '5210279970', 'Майка'),
  ('7605239965', 3, '8101169992', 'Сестра'),
  ('7605239965', 4, '0442089937', 'Дъщеря'),
  ('7605239965', 5, '1547309942', 'Син'),
  ('7909149958', 1, '0442089937', 'Дъщеря'),
  ('7909149958', 2, '1547309942', 'Син'),
  ('8101169992', 1, '4803129981', 'Баща'),
  ('8101169992', 2, '5210279970', 'Майка'),
  ('8101169992', 3, '7605239965', 'Брат');
