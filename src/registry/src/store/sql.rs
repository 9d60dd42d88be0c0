//! Every statement of this crate.

pub(super) mod ddl {
    //! Tables; moments are RFC 3339 text in UTC with microseconds, so that they sort as they stand.

    pub(crate) const SUBJECTS_AND_RIGHTS: &str = "
create table consumers (
    id integer primary key autoincrement,
    name text not null unique,
    oid text unique,
    administration text,
    active integer not null check (active in (0, 1)),
    valid_from text,
    valid_to text,
    created text not null
);
create table certificates (
    id integer primary key autoincrement,
    consumer_id integer not null references consumers (id),
    sha1 text not null,
    sha256 text not null unique,
    subject text not null,
    serial text not null,
    not_before text,
    not_after text,
    active integer not null check (active in (0, 1)),
    pem text,
    created text not null
);
create index certificates_consumer on certificates (consumer_id);
create index certificates_sha1 on certificates (sha1);
create table roles (
    id integer primary key autoincrement,
    name text not null unique,
    comment text not null
);
create table role_consumers (
    role_id integer not null references roles (id),
    consumer_id integer not null references consumers (id),
    primary key (role_id, consumer_id)
);
create table role_certificates (
    role_id integer not null references roles (id),
    certificate_id integer not null references certificates (id),
    primary key (role_id, certificate_id)
);
create table operations (
    id integer primary key autoincrement,
    name text not null unique,
    title text not null,
    adapter text not null,
    enabled integer not null check (enabled in (0, 1))
);
create table operation_grants (
    id integer primary key autoincrement,
    consumer_id integer references consumers (id),
    certificate_id integer references certificates (id),
    role_id integer references roles (id),
    operation_id integer not null references operations (id),
    allowed integer not null check (allowed in (0, 1)),
    valid_from text,
    valid_to text,
    comment text not null,
    created text not null,
    check ((consumer_id is not null) + (certificate_id is not null) + (role_id is not null) = 1),
    check (role_id is null or allowed = 1)
);
create unique index operation_grants_once on operation_grants
    (operation_id, coalesce(consumer_id, 0), coalesce(certificate_id, 0), coalesce(role_id, 0));
create table field_grants (
    id integer primary key autoincrement,
    consumer_id integer references consumers (id),
    certificate_id integer references certificates (id),
    role_id integer references roles (id),
    operation_id integer not null references operations (id),
    pattern text not null,
    allowed integer not null check (allowed in (0, 1)),
    comment text not null,
    created text not null,
    check ((consumer_id is not null) + (certificate_id is not null) + (role_id is not null) = 1),
    check (role_id is null or allowed = 1)
);
create unique index field_grants_once on field_grants
    (operation_id, coalesce(consumer_id, 0), coalesce(certificate_id, 0), coalesce(role_id, 0), pattern);
";

    pub(crate) const AUDIT: &str = "
create table audit (
    id integer primary key autoincrement,
    at text not null,
    actor text not null,
    action text not null,
    subject text not null,
    comment text not null
);
";

    pub(crate) const OPERATIONS_SEEN: &str = "
alter table operations add column present integer not null default 1 check (present in (0, 1));
alter table operations add column last_seen text;
";

    pub(crate) const CALLBACK_HOSTS: &str = "
create table callback_hosts (
    consumer_id integer not null references consumers (id),
    host text not null,
    comment text not null,
    created text not null,
    primary key (consumer_id, host)
);
";

    pub(crate) const PARAMETER_VALUES: &str = "
create table parameter_values (
    id integer primary key autoincrement,
    adapter text not null,
    name text not null,
    version integer not null,
    sealed integer not null check (sealed in (0, 1)),
    value blob,
    at text not null,
    actor text not null,
    comment text not null,
    unique (adapter, name, version)
);
";
}

pub(super) mod read {
    pub(crate) const CONSUMERS: &str = "select id, name, oid, administration, active, valid_from, valid_to, created
        from consumers order by name";
    pub(crate) const CERTIFICATES: &str =
        "select id, consumer_id, sha1, sha256, subject, serial, not_before, not_after,
        active, created from certificates order by consumer_id, id";
    pub(crate) const CONSUMER_NAMES: &str = "select name from consumers order by name";
    pub(crate) const ROLE_NAMES: &str = "select name from roles order by name";
    pub(crate) const OPERATION_NAMES: &str = "select name from operations order by name";
    pub(crate) const PEM: &str = "select pem from certificates where id = $1";
    pub(crate) const ROLES: &str = "select id, name, comment from roles order by name";
    pub(crate) const ROLE_CONSUMERS: &str =
        "select role_id, consumer_id from role_consumers order by role_id, consumer_id";
    pub(crate) const ROLE_CERTIFICATES: &str =
        "select role_id, certificate_id from role_certificates order by role_id, certificate_id";
    pub(crate) const OPERATIONS: &str =
        "select id, name, title, adapter, enabled, present, last_seen from operations order by name";
    pub(crate) const GRANTS: &str =
        "select id, consumer_id, certificate_id, role_id, operation_id, allowed, valid_from,
        valid_to, comment, created from operation_grants order by operation_id, id";
    pub(crate) const FIELDS: &str = "select id, consumer_id, certificate_id, role_id, operation_id, pattern, allowed,
        comment, created from field_grants order by operation_id, id";
    pub(crate) const CALLBACK_HOSTS: &str = "select consumer_id, host from callback_hosts order by consumer_id, host";
    pub(crate) const PARAMETERS: &str =
        "select id, adapter, name, version, sealed, value, at, actor, comment from parameter_values as newest
        where version = (select max(version) from parameter_values as any_one
            where any_one.adapter = newest.adapter and any_one.name = newest.name)
        order by adapter, name";
    pub(crate) const PARAMETER_HISTORY: &str =
        "select id, adapter, name, version, sealed, value, at, actor, comment from parameter_values
        where adapter = $1 and name = $2 order by version desc";
    pub(crate) const AUDIT: &str =
        "select id, at, actor, action, subject, comment from audit order by id desc limit $1";
}

pub(super) mod change {
    pub(crate) const FIND_CONSUMER: &str = "select id from consumers where name = $1";
    pub(crate) const FIND_OID: &str = "select id from consumers where oid = $1";
    pub(crate) const FIND_ROLE: &str = "select id from roles where name = $1";
    pub(crate) const FIND_OPERATION: &str = "select id from operations where name = $1";
    pub(crate) const FIND_SHA1: &str = "select id from certificates where sha1 = $1 order by id limit 2";
    pub(crate) const FIND_SHA256: &str = "select id from certificates where sha256 = $1";

    pub(crate) const ADD_CONSUMER: &str = "insert into consumers
        (name, oid, administration, active, valid_from, valid_to, created) values ($1, $2, $3, 1, $4, $5, $6) returning id";
    pub(crate) const SET_CONSUMER_ACTIVE: &str = "update consumers set active = $1 where id = $2";
    pub(crate) const SET_CONSUMER_PERIOD: &str = "update consumers set valid_from = $1, valid_to = $2 where id = $3";

    pub(crate) const ADD_CALLBACK_HOST: &str = "insert into callback_hosts (consumer_id, host, comment, created)
        values ($1, $2, $3, $4) on conflict do nothing";
    pub(crate) const REMOVE_CALLBACK_HOST: &str = "delete from callback_hosts where consumer_id = $1 and host = $2";

    pub(crate) const ADD_CERTIFICATE: &str = "insert into certificates
        (consumer_id, sha1, sha256, subject, serial, not_before, not_after, active, pem, created)
        values ($1, $2, $3, $4, $5, $6, $7, 1, $8, $9) returning id";
    pub(crate) const SET_CERTIFICATE_ACTIVE: &str = "update certificates set active = $1 where id = $2";

    pub(crate) const ADD_ROLE: &str = "insert into roles (name, comment) values ($1, $2) returning id";
    pub(crate) const ASSIGN_CONSUMER: &str =
        "insert into role_consumers (role_id, consumer_id) values ($1, $2) on conflict do nothing";
    pub(crate) const ASSIGN_CERTIFICATE: &str =
        "insert into role_certificates (role_id, certificate_id) values ($1, $2) on conflict do nothing";
    pub(crate) const UNASSIGN_CONSUMER: &str = "delete from role_consumers where role_id = $1 and consumer_id = $2";
    pub(crate) const UNASSIGN_CERTIFICATE: &str =
        "delete from role_certificates where role_id = $1 and certificate_id = $2";

    pub(crate) const LIST_OPERATIONS: &str = "select id, name, title, adapter, present from operations order by id";
    pub(crate) const ADD_OPERATION: &str = "insert into operations (name, title, adapter, enabled, present, last_seen)
        values ($1, $2, $3, 1, 1, $4)";
    pub(crate) const SEE_OPERATION: &str =
        "update operations set title = $1, adapter = $2, present = 1, last_seen = $3 where id = $4";
    pub(crate) const MISS_OPERATION: &str = "update operations set present = 0 where id = $1";
    pub(crate) const SET_OPERATION_ENABLED: &str = "update operations set enabled = $1 where id = $2";

    pub(crate) const DROP_GRANT: &str = "delete from operation_grants where operation_id = $1
        and consumer_id is not distinct from $2 and certificate_id is not distinct from $3 and role_id is not distinct from $4";
    pub(crate) const ADD_GRANT: &str = "insert into operation_grants
        (operation_id, consumer_id, certificate_id, role_id, allowed, valid_from, valid_to, comment, created)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning id";
    pub(crate) const DROP_FIELDS: &str = "delete from field_grants where operation_id = $1
        and consumer_id is not distinct from $2 and certificate_id is not distinct from $3 and role_id is not distinct from $4";
    pub(crate) const DROP_FIELD: &str = "delete from field_grants where operation_id = $1
        and consumer_id is not distinct from $2 and certificate_id is not distinct from $3 and role_id is not distinct from $4
        and pattern = $5";
    pub(crate) const ADD_FIELD: &str = "insert into field_grants
        (operation_id, consumer_id, certificate_id, role_id, pattern, allowed, comment, created)
        values ($1, $2, $3, $4, $5, $6, $7, $8)";
    pub(crate) const LIST_FIELDS: &str = "select pattern, allowed from field_grants where operation_id = $1
        and consumer_id is not distinct from $2 and certificate_id is not distinct from $3 and role_id is not distinct from $4";

    pub(crate) const LAST_PARAMETER: &str =
        "select max(version) from parameter_values where adapter = $1 and name = $2";
    pub(crate) const ADD_PARAMETER: &str = "insert into parameter_values
        (adapter, name, version, sealed, value, at, actor, comment) values ($1, $2, $3, $4, $5, $6, $7, $8)";

    pub(crate) const ADD_AUDIT: &str =
        "insert into audit (at, actor, action, subject, comment) values ($1, $2, $3, $4, $5)";
}
