//! Statements; `$1…$n` in order of first use: PostgreSQL counts them by number, SQLite by appearance.

pub(crate) const TABLES: &str = "
create table records (
    sequence integer primary key,
    service_call_id integer not null,
    time text not null,
    consumer text,
    operation text,
    text text not null,
    previous blob not null,
    hash blob not null
);
create index records_call on records (service_call_id) where service_call_id > 0;
create index records_time on records (time);
create index records_consumer on records (consumer) where consumer is not null;
create index records_operation on records (operation) where operation is not null;
create table call_ids (reserved integer not null);
";

pub(crate) const APPEND: &str = "insert into records
        (sequence, service_call_id, time, consumer, operation, text, previous, hash)
        values ($1, $2, $3, $4, $5, $6, $7, $8)";
pub(crate) const LAST: &str = "select sequence, previous, hash, text from records order by sequence desc limit 1";
pub(crate) const HASH_AT: &str = "select hash from records where sequence = $1";
pub(crate) const FIRST_BLOCK: &str = "insert into call_ids (reserved) values (0)";
pub(crate) const RESERVED: &str = "select reserved from call_ids";
pub(crate) const RESERVE: &str = "update call_ids set reserved = $1";

pub(crate) const COLUMNS: &str =
    "select sequence, service_call_id, time, consumer, operation, text, previous, hash from records where ";
pub(crate) const AFTER: &str = "sequence > $1";
pub(crate) const BEFORE: &str = "sequence < $1";
pub(crate) const UPWARD: &str = " order by sequence limit ";
pub(crate) const DOWNWARD: &str = " order by sequence desc limit ";
pub(crate) const OF_CONSUMER: &str = " and consumer = ";
pub(crate) const OF_OPERATION: &str = " and operation = ";
pub(crate) const OF_CALL: &str = " and service_call_id > 0 and service_call_id = ";
pub(crate) const SINCE: &str = " and time >= ";
pub(crate) const UNTIL: &str = " and time <= ";

/// Passive: waits for nobody and keeps nobody waiting.
pub(crate) const CHECKPOINT: &str = "pragma wal_checkpoint(passive)";
