//! Statements. Numbers of statuses and actions: the order of [`crate::Status`] and [`crate::Action`]; 5 is inactive.

pub(crate) const TABLES: &str = "
create table file (one integer primary key check (one = 1), environment text not null);

create table contents (
    id integer primary key,
    name_bg text not null,
    name_en text,
    short_name_bg text,
    oid text,
    security integer not null,
    internal integer not null,
    supplier_code text,
    section text,
    excerpt_bg text,
    excerpt_en text,
    digest blob not null,
    facts text not null,
    octets blob not null
);
create table records (
    id integer primary key,
    supplier text not null,
    service integer not null,
    version integer not null,
    status integer not null,
    content integer not null references contents (id),
    modified_at integer not null,
    modified_by text not null,
    published_version integer,
    published_content integer references contents (id),
    active_status integer,
    ends_at integer
);
create unique index records_key on records (supplier, service);
create index records_status on records (status, supplier, service);
create index records_modified on records (modified_at, supplier, service, status);
create index records_supplier_modified on records (supplier, modified_at, service, status);
create index records_ending on records (ends_at) where ends_at is not null;
create index records_public on records (supplier, service) where published_content is not null and status <> 5;
create index records_public_number on records (service, supplier) where published_content is not null and status <> 5;
create table versions (
    sequence integer primary key,
    record integer not null references records (id),
    version integer not null,
    status integer not null,
    action integer not null,
    at integer not null,
    by text not null,
    why text,
    effective_from integer,
    content integer not null references contents (id)
);
create unique index versions_record on versions (record, version);
create index versions_at on versions (at);
create virtual table words using fts5 (
    supplier, name, other,
    content = '', contentless_delete = 1, detail = column, prefix = '2 3 4',
    tokenize = \"unicode61 remove_diacritics 0\"
);

create table requests (
    credential integer not null,
    request text not null,
    digest blob not null,
    answered_at integer not null,
    keys text not null,
    answer blob not null,
    primary key (credential, request)
) without rowid;
create index requests_answered on requests (answered_at);
create table received (
    supplier text not null,
    service integer not null,
    at integer not null,
    by text not null,
    result text not null,
    fault text,
    primary key (supplier, service)
) without rowid;

create table suppliers (
    eik text primary key,
    code text not null unique,
    title_bg text not null,
    title_en text,
    oid text,
    url text,
    logo text,
    contacts text,
    kind text,
    automated integer not null,
    status text not null,
    modified_at integer not null,
    modified_by text not null
);
create index suppliers_title on suppliers (title_bg, eik);
create table register (service integer primary key, name text not null, providers text not null);

create table targets (id integer primary key, name text not null unique);
create table outbox (
    id integer primary key,
    target integer not null references targets (id),
    record integer not null references records (id),
    version integer not null,
    state integer not null default 0,
    due_at integer not null,
    leased_until integer not null default 0,
    attempts integer not null default 0,
    told text
);
create index outbox_waiting on outbox (target, id) where state = 0;
create index outbox_key on outbox (target, record, id) where state = 0;
create index outbox_ended on outbox (target, state, id);

create table credentials (
    id integer primary key,
    name text not null unique,
    administration text not null,
    suppliers text not null,
    networks text not null,
    certificate blob,
    locked integer not null default 0,
    expires_at integer,
    created_at integer not null,
    revision integer not null
);
create table passwords (
    id integer primary key,
    credential integer not null references credentials (id),
    hash text not null,
    made_at integer not null,
    ends_at integer
);
create index passwords_credential on passwords (credential, id);
create table events (
    id integer primary key,
    at integer not null,
    by text not null,
    credential text not null,
    what text not null,
    detail text
);
create index events_credential on events (credential, id);
";

/// Names by themselves, so that a word which stands in every description but in few names is found in names at once; and every word
/// that was ever written, to spell out beginnings.
pub(crate) const SPELLINGS: &str = "
create virtual table names using fts5 (
    supplier, name,
    content = '', contentless_delete = 1, detail = column, prefix = '2 3 4',
    tokenize = \"unicode61 remove_diacritics 0\"
);
create table spellings (word text primary key) without rowid;
insert into names (rowid, supplier, name)
    select r.id, r.supplier, replace(replace(
        c.name_bg || ' ' || r.service || ' ' || coalesce(c.name_en, '') || ' ' || coalesce(c.short_name_bg, '') || ' '
        || coalesce(json_extract(c.facts, '$.short_name_en'), ''), 'и' || char(774), 'й'), char(769), '')
    from records r join contents c on c.id = r.published_content where r.status <> 5;
create virtual table written using fts5vocab (words, row);
insert into spellings select term from written;
drop table written;
";

/// How far a record is on its way is asked for each record by itself.
pub(crate) const OUTBOX_OF_RECORDS: &str = "create index outbox_record on outbox (record, target, id)";

pub(crate) const STAMP: &str = "insert into file (one, environment) values (1, ?1)";
pub(crate) const ENVIRONMENT: &str = "select environment from file";

// ---- changing records

pub(crate) const FIND: &str = "select r.id, r.version, r.status, r.content, r.modified_at, r.active_status, c.digest,
        r.published_content, r.ends_at
    from records r join contents c on c.id = r.content where r.supplier = ?1 and r.service = ?2";
pub(crate) const ADD_CONTENT: &str = "insert into contents
    (name_bg, name_en, short_name_bg, oid, security, internal, supplier_code, section, excerpt_bg, excerpt_en, digest,
        facts, octets)
    values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";
pub(crate) const ADD_RECORD: &str = "insert into records
    (supplier, service, version, status, content, modified_at, modified_by) values (?1, ?2, 1, ?3, ?4, ?5, ?6)";
pub(crate) const STEP: &str = "update records
    set version = ?2, status = ?3, content = ?4, modified_at = ?5, modified_by = ?6, active_status = ?7, ends_at = ?8
    where id = ?1";
pub(crate) const PUBLISH: &str = "update records set published_version = ?2, published_content = ?3 where id = ?1";
pub(crate) const ADD_VERSION: &str = "insert into versions
    (record, version, status, action, at, by, why, effective_from, content)
    values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
pub(crate) const FACTS: &str = "select facts from contents where id = ?1";
pub(crate) const ADD_WORDS: &str = "insert into words (rowid, supplier, name, other) values (?1, ?2, ?3, ?4)";
pub(crate) const REMOVE_WORDS: &str = "delete from words where rowid = ?1";
pub(crate) const ADD_NAMES: &str = "insert into names (rowid, supplier, name) values (?1, ?2, ?3)";
pub(crate) const REMOVE_NAMES: &str = "delete from names where rowid = ?1";
/// With the words as a JSON array. They stay when the last text with them goes: a word that is nowhere finds nothing.
pub(crate) const ADD_SPELLINGS: &str = "insert or ignore into spellings (word) select value from json_each(?1)";
pub(crate) const ENDING: &str = "select supplier, service from records indexed by records_ending
    where ends_at is not null and ends_at <= ?1 order by ends_at limit 500";

// ---- reading records

pub(crate) const RECORD: &str = "select r.supplier, r.service, v.version, v.status, c.facts, c.octets, v.at, v.by,
        r.published_version, c.digest
    from records r
    join versions v on v.record = r.id and v.version = coalesce(?3, r.version)
    join contents c on c.id = v.content
    where r.supplier = ?1 and r.service = ?2";
pub(crate) const PUBLISHED: &str = "select r.supplier, r.service, v.version, v.status, c.facts, c.octets, v.at, v.by,
        r.published_version, c.digest
    from records r
    join versions v on v.record = r.id and v.version = r.published_version
    join contents c on c.id = v.content
    where r.supplier = ?1 and r.service = ?2 and r.published_content is not null and r.status <> 5";
/// The version that the public saw last, even if it sees nothing now.
pub(crate) const LAST_PUBLISHED: &str = "select r.supplier, r.service, v.version, v.status, c.facts, c.octets, v.at,
        v.by, r.published_version, c.digest
    from records r
    join versions v on v.record = r.id and v.version = r.published_version
    join contents c on c.id = v.content
    where r.supplier = ?1 and r.service = ?2";
pub(crate) const PUBLISHED_BY_NUMBER: &str =
    "select r.supplier, r.service, v.version, v.status, c.facts, c.octets, v.at, v.by, r.published_version, c.digest
    from records r
    join versions v on v.record = r.id and v.version = r.published_version
    join contents c on c.id = v.content
    where r.service = ?1 and r.published_content is not null and r.status <> 5 order by r.supplier";

/// The newest versions; a condition, an order and a page follow.
pub(crate) const SUMMARIES: &str = "select r.supplier, r.service, r.version, r.status, c.name_bg, c.name_en,
        c.short_name_bg, c.oid, c.security, c.internal, c.supplier_code, c.section, c.excerpt_bg, c.excerpt_en,
        r.modified_at, r.modified_by
    from records r join contents c on c.id = r.content where r.id in (select id from records";
pub(crate) const COUNT: &str = "select count(*) from records";
pub(crate) const OF_SUPPLIER: &str = "supplier = ";
pub(crate) const IN_STATUS: &str = "status in (";
pub(crate) const MODIFIED_SINCE: &str = "modified_at >= ";
pub(crate) const BY_KEY: &str = " order by supplier, service limit ";
pub(crate) const BY_MODIFIED: &str = " order by modified_at, supplier, service limit ";
pub(crate) const OUTER_BY_KEY: &str = ") order by r.supplier, r.service";
pub(crate) const OUTER_BY_MODIFIED: &str = ") order by r.modified_at, r.supplier, r.service";

pub(crate) const PUBLISHED_SUMMARIES: &str = "select r.supplier, r.service, v.version, v.status, c.name_bg, c.name_en,
        c.short_name_bg, c.oid, c.security, c.internal, c.supplier_code, c.section, c.excerpt_bg, c.excerpt_en, v.at,
        v.by
    from records r
    join versions v on v.record = r.id and v.version = r.published_version
    join contents c on c.id = v.content
    where r.published_content is not null and r.status <> 5";
pub(crate) const PUBLISHED_COUNT: &str =
    "select count(*) from records r where r.published_content is not null and r.status <> 5";
pub(crate) const PUBLISHED_OF: &str = " and r.supplier = ?1";
pub(crate) const PUBLISHED_ORDER: &str = " order by r.supplier, r.service limit ";
pub(crate) const PUBLISHED_COUNTS: &str = "select supplier, count(*) from records
    where published_content is not null and status <> 5 group by supplier";
pub(crate) const OFFSET: &str = " offset ";

/// The descriptions of what the public sees; the keys are a JSON array of arrays of two, and are answered with their places in it.
pub(crate) const DESCRIPTIONS: &str = "select k.key, json_extract(c.facts, '$.description_bg'),
        json_extract(c.facts, '$.description_en')
    from json_each(?1) k
    cross join records r on r.supplier = json_extract(k.value, '$[0]') and r.service = json_extract(k.value, '$[1]')
    cross join contents c on c.id = r.published_content where r.status <> 5";

const VERSION: &str = "select v.sequence, r.supplier, r.service, v.version, v.status, v.action, v.at, v.by, v.why,
        v.effective_from, c.digest
    from versions v join records r on r.id = v.record join contents c on c.id = v.content where ";
pub(crate) fn history() -> String {
    format!("{VERSION} r.supplier = ?1 and r.service = ?2 order by v.version desc")
}
pub(crate) fn changes_after() -> String {
    format!("{VERSION} v.sequence > ?1 order by v.sequence limit ?2")
}
/// Whether the public could see a change: 4 is published; 3 and 4 are deactivated and reactivated, 5 an end to come, which are seen
/// whatever is in work, of what was published before.
fn public_change(v: &str) -> String {
    format!(
        "({v}.status = 4 or {v}.action in (3, 4, 5) and exists (
            select 1 from versions e where e.record = {v}.record and e.version < {v}.version and e.status = 4))"
    )
}
pub(crate) fn recent(of_supplier: bool) -> String {
    let (supplier, public) = (if of_supplier { "r.supplier = ?2" } else { "?2 is null" }, public_change("v"));
    format!(
        "{VERSION} {supplier} and r.published_content is not null and {public}
        order by v.sequence desc limit ?1"
    )
}
/// The last of each service of a supplier.
pub(crate) fn recent_services() -> String {
    let public = public_change("p");
    format!(
        "{VERSION} v.sequence in (
            select max(p.sequence) from records s join versions p on p.record = s.id
            where s.supplier = ?1 and s.published_content is not null and {public}
            group by s.id order by 1 desc limit ?2)
        order by v.sequence desc"
    )
}
/// The first change at a moment or later; what follows it in sequence follows it.
pub(crate) const SEQUENCE_AT: &str = "select min(sequence) from versions where at >= ?1";
pub(crate) const LAST_SEQUENCE: &str = "select coalesce(max(sequence), 0) from versions";
pub(crate) const LAST_MOMENT: &str = "select coalesce(max(at), 0) from versions";

// ---- search

/// In the order of the rows, so that it can stop early.
pub(crate) const IN_NAMES: &str = "select r.id, r.supplier, r.service, c.name_bg, c.name_en, c.short_name_bg
    from names cross join records r on r.id = names.rowid cross join contents c on c.id = r.published_content
    where names match ?1 order by names.rowid limit ?2";
pub(crate) const ANYWHERE: &str = "select r.id, r.supplier, r.service, c.name_bg, c.name_en, c.short_name_bg
    from words cross join records r on r.id = words.rowid cross join contents c on c.id = r.published_content
    where words match ?1 order by words.rowid limit ?2";
pub(crate) const SPELLED: &str = "select word from spellings where word >= ?1 and word < ?2 order by word limit ?3";
pub(crate) const CANDIDATE: &str = "select r.supplier, r.service, r.published_version, 4, c.name_bg, c.name_en,
        c.short_name_bg, c.oid, c.security, c.internal, c.supplier_code, c.section, c.excerpt_bg, c.excerpt_en, v.at,
        v.by
    from records r
    join versions v on v.record = r.id and v.version = r.published_version
    join contents c on c.id = v.content where r.id = ?1";

// ---- requests

pub(crate) const REQUEST: &str =
    "select digest, answered_at, keys, answer from requests where credential = ?1 and request = ?2";
pub(crate) const ADD_REQUEST: &str = "insert into requests (credential, request, digest, answered_at, keys, answer)
    values (?1, ?2, ?3, ?4, ?5, ?6)";
pub(crate) const FORGET_REQUESTS: &str = "delete from requests where answered_at < ?1";
pub(crate) const NOTE: &str = "insert into received (supplier, service, at, by, result, fault)
    values (?1, ?2, ?3, ?4, ?5, ?6)
    on conflict (supplier, service) do update
    set at = excluded.at, by = excluded.by, result = excluded.result, fault = excluded.fault";
pub(crate) const LAST_PUSH: &str = "select at, by, result, fault from received where supplier = ?1 and service = ?2";

// ---- suppliers and register

pub(crate) const PUT_SUPPLIER: &str = "insert into suppliers
    (eik, code, title_bg, title_en, oid, url, logo, contacts, kind, automated, status, modified_at, modified_by)
    values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
    on conflict (eik) do update set code = excluded.code, title_bg = excluded.title_bg, title_en = excluded.title_en,
        oid = excluded.oid, url = excluded.url, logo = excluded.logo, contacts = excluded.contacts, kind = excluded.kind,
        automated = excluded.automated, status = excluded.status, modified_at = excluded.modified_at,
        modified_by = excluded.modified_by";
pub(crate) const CODE_OF_ANOTHER: &str = "select count(*) from suppliers where code = ?1 and eik <> ?2";
const SUPPLIER: &str =
    "select eik, code, title_bg, title_en, oid, url, logo, contacts, kind, automated, status from suppliers";
pub(crate) fn supplier_by_eik() -> String {
    format!("{SUPPLIER} where eik = ?1")
}
pub(crate) fn supplier_by_code() -> String {
    format!("{SUPPLIER} where code = ?1")
}
/// With the statuses as a JSON array, empty for all.
pub(crate) fn suppliers() -> String {
    format!("{SUPPLIER} where {SUPPLIER_STATUS} order by title_bg, eik limit ?2 offset ?3")
}
pub(crate) fn count_suppliers() -> String {
    format!("select count(*) from suppliers where {SUPPLIER_STATUS}")
}
const SUPPLIER_STATUS: &str = "(?1 = '[]' or status in (select value from json_each(?1)))";
pub(crate) const PUT_REGISTERED: &str = "insert into register (service, name, providers) values (?1, ?2, ?3)
    on conflict (service) do update set name = excluded.name, providers = excluded.providers";
pub(crate) const REGISTERED: &str = "select name, providers from register where service = ?1";
pub(crate) const ANY_REGISTERED: &str = "select exists (select 1 from register)";

// ---- outbox; states: 0 waits, 1 done, 2 given up

pub(crate) const ADD_TARGET: &str = "insert into targets (name) values (?1) on conflict (name) do nothing";
pub(crate) const TARGET: &str = "select id from targets where name = ?1";
pub(crate) const ENQUEUE: &str =
    "insert into outbox (target, record, version, due_at) select id, ?1, ?2, ?3 from targets";
pub(crate) const BACKFILL: &str = "insert into outbox (target, record, version, due_at)
    select ?1, id, version, ?2 from records order by supplier, service";
pub(crate) const NEXT_PUSH: &str = "update outbox set leased_until = ?3, attempts = attempts + 1
    where id = (
        select o.id from outbox o indexed by outbox_waiting
        where o.state = 0 and o.target = ?1 and o.due_at <= ?2 and o.leased_until <= ?2
        and not exists (
            select 1 from outbox e indexed by outbox_key
            where e.state = 0 and e.target = o.target and e.record = o.record and e.id < o.id)
        order by o.id limit 1)
    returning id, record, version, attempts";
pub(crate) const PUSHED_CONTENT: &str = "select r.supplier, r.service, v.action, v.status, c.facts, c.octets, c.digest
    from versions v join records r on r.id = v.record join contents c on c.id = v.content
    where v.record = ?1 and v.version = ?2";
/// The pushes of a record that are not over, and the last of each target that is.
pub(crate) const ONWARD: &str = "select o.state, o.told from outbox o
    where o.record = (select id from records where supplier = ?1 and service = ?2)
    and (o.state = 0 or not exists (
        select 1 from outbox l where l.record = o.record and l.target = o.target and l.id > o.id))";
pub(crate) const END_PUSH: &str = "update outbox set state = ?2, told = ?3 where id = ?1 and state = 0";
pub(crate) const RETRY_PUSH: &str =
    "update outbox set due_at = ?2, leased_until = 0, told = ?3 where id = ?1 and state = 0";
pub(crate) const HURRY_PUSHES: &str = "update outbox set due_at = ?2
    where state = 0 and target = (select id from targets where name = ?1) and due_at > ?2";
const PUSH_STATE: &str = "select o.id, r.supplier, r.service, o.version, o.state, o.due_at, o.attempts, o.told
    from outbox o join records r on r.id = o.record where o.target = ?1";
pub(crate) fn waiting_pushes() -> String {
    format!("{PUSH_STATE} and o.state = 0 order by o.id limit ?2")
}
pub(crate) fn ended_pushes() -> String {
    format!("{PUSH_STATE} and o.state = ?3 order by o.id desc limit ?2")
}
pub(crate) const FORGET_PUSHES: &str = "delete from outbox where state = 1 and due_at < ?1";

// ---- credentials

pub(crate) const ADD_CREDENTIAL: &str = "insert into credentials
    (name, administration, suppliers, networks, certificate, expires_at, created_at, revision)
    values (?1, ?2, ?3, ?4, ?5, ?6, ?7, 1)";
const CREDENTIAL: &str = "select id, name, administration, suppliers, networks, certificate, locked, expires_at,
        created_at, revision from credentials";
pub(crate) fn credential() -> String {
    format!("{CREDENTIAL} where name = ?1")
}
pub(crate) fn credentials() -> String {
    format!("{CREDENTIAL} order by name")
}
pub(crate) const CREDENTIAL_NAMES: &str = "select name from credentials";
pub(crate) const SET_CREDENTIAL: &str = "update credentials set administration = ?2, suppliers = ?3, networks = ?4,
    certificate = ?5, locked = ?6, expires_at = ?7, revision = revision + 1 where id = ?1";
pub(crate) const TOUCH_CREDENTIAL: &str = "update credentials set revision = revision + 1 where id = ?1";
pub(crate) const PASSWORDS: &str = "select id, hash, ends_at from passwords
    where credential = ?1 and (ends_at is null or ends_at > ?2) order by id desc limit 2";
pub(crate) const ADD_PASSWORD: &str = "insert into passwords (credential, hash, made_at) values (?1, ?2, ?3)";
pub(crate) const END_PASSWORDS: &str = "update passwords set ends_at = ?2
    where credential = ?1 and (ends_at is null or ends_at > ?2)";
pub(crate) const REMOVE_PASSWORDS: &str = "delete from passwords
    where credential = ?1 and (ends_at <= ?2 or id not in (
        select id from passwords where credential = ?1 order by id desc limit 1))";
pub(crate) const ADD_EVENT: &str = "insert into events (at, by, credential, what, detail) values (?1, ?2, ?3, ?4, ?5)";
pub(crate) const EVENTS: &str =
    "select at, by, what, detail from events where credential = ?1 order by id desc limit ?2";

// ---- the whole

pub(crate) const COUNT_STATUSES: &str = "select status, count(*) from records group by status";
pub(crate) const COUNT_OTHERS: &str = "select (select count(*) from suppliers), (select count(*) from credentials),
    (select count(*) from outbox where state = 0), (select count(*) from outbox where state = 2),
    (select count(*) from requests)";

/// Around the changes of one batch.
pub(crate) const BEGIN_CHANGES: &str = "savepoint changes";
pub(crate) const KEEP_CHANGES: &str = "release changes";
pub(crate) const UNDO_CHANGES: &str = "rollback to changes; release changes";
