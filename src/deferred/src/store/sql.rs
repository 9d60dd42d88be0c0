//! Statements. Numbers of states: see `state` and `callback` beside this module.

/// Payloads stand in a table of their own: a claim rewrites the row of a call, and should not rewrite its argument.
pub(crate) const TABLES: &str = "
create table calls (
    call_id integer primary key,
    consumer integer not null,
    thumbprint blob not null,
    operation text not null,
    code blob not null,
    state integer not null,
    accepted_at integer not null,
    completed_at integer,
    expires_at integer not null,
    due_at integer,
    leased integer not null default 0,
    claims integer not null default 0,
    attempts integer not null default 0,
    callback integer not null,
    callback_due_at integer,
    callback_leased integer not null default 0,
    callback_claims integer not null default 0,
    callback_attempts integer not null default 0,
    callback_reason text
);
create index calls_due on calls (due_at, call_id, expires_at) where state = 0;
create index calls_turn on calls (consumer, due_at, call_id, expires_at) where state = 0;
create index calls_callback_due on calls (callback_due_at, call_id, expires_at) where callback = 2;
create index calls_callback_turn on calls (consumer, callback_due_at, call_id, expires_at) where callback = 2;
create index calls_expiry on calls (expires_at);
create index calls_states on calls (state, callback, leased, accepted_at, completed_at);
create table payloads (
    call_id integer not null,
    kind integer not null,
    sealed blob not null,
    primary key (call_id, kind)
);
create table key_check (one integer primary key check (one = 1), sealed blob not null);
";

pub(crate) const KEY_CHECK: &str = "select sealed from key_check";
pub(crate) const ADD_KEY_CHECK: &str = "insert into key_check (one, sealed) values (1, ?1)";

pub(crate) const RELEASE_WORK: &str = "update calls set leased = 0, due_at = 0 where state = 0 and leased = 1";
pub(crate) const RELEASE_CALLBACKS: &str =
    "update calls set callback_leased = 0, callback_due_at = 0 where callback = 2 and callback_leased = 1";

pub(crate) const ADD: &str = "insert into calls
    (call_id, consumer, thumbprint, operation, code, state, accepted_at, expires_at, due_at, callback)
    values (?1, ?2, ?3, ?4, ?5, 0, ?6, ?7, ?6, ?8)";
pub(crate) const ADD_PAYLOAD: &str = "insert or replace into payloads (call_id, kind, sealed) values (?1, ?2, ?3)";
pub(crate) const ACCEPTED: &str =
    "select consumer, thumbprint, operation, state, accepted_at from calls where call_id = ?1";
pub(crate) const NEW_CODE: &str = "update calls set code = ?2 where call_id = ?1";
pub(crate) const PENDING_OF: &str =
    "select count(*) from calls indexed by calls_turn where state = 0 and consumer = ?1 and expires_at > ?2";

pub(crate) const PAYLOAD: &str = "select sealed from payloads where call_id = ?1 and kind = ?2";
pub(crate) const WIPE_PAYLOAD: &str = "delete from payloads where call_id = ?1 and kind = ?2";
pub(crate) const WIPE_PAYLOADS: &str = "delete from payloads where call_id = ?1";

/// The oldest due call of the next consumer after ?3 that has one: nobody waits behind all the calls of another.
pub(crate) const CLAIM_WORK: &str = "update calls
    set leased = 1, due_at = ?2, claims = claims + 1, attempts = attempts + 1
    where call_id = (
        select call_id from calls indexed by calls_turn
        where state = 0 and consumer > ?3 and due_at <= ?1 and expires_at > ?1
        order by consumer, due_at, call_id limit 1)
    returning call_id, consumer, thumbprint, operation, accepted_at, expires_at, claims, attempts";
pub(crate) const NEXT_WORK: &str = "select due_at from calls indexed by calls_due where state = 0 and expires_at > ?1 order by due_at, call_id limit 1";
pub(crate) const EXTEND_WORK: &str =
    "update calls set due_at = ?3 where call_id = ?1 and state = 0 and leased = 1 and claims = ?2";
pub(crate) const GIVE_BACK_WORK: &str = "update calls set leased = 0, due_at = ?3, attempts = attempts - 1
    where call_id = ?1 and state = 0 and leased = 1 and claims = ?2";
pub(crate) const RETRY_WORK: &str = "update calls set leased = 0, due_at = ?3
    where call_id = ?1 and state = 0 and leased = 1 and claims = ?2";
pub(crate) const WORK_ATTEMPTS: &str =
    "select attempts from calls where call_id = ?1 and state = 0 and leased = 1 and claims = ?2";
pub(crate) const COMPLETE: &str = "update calls
    set state = 1, completed_at = ?3, expires_at = max(expires_at, ?4), due_at = null, leased = 0,
        callback = case callback when 1 then 2 else callback end,
        callback_due_at = case callback when 1 then ?3 end
    where call_id = ?1 and consumer = ?2 and state = 0 and expires_at > ?3
    returning callback";
pub(crate) const STATE: &str = "select state from calls where call_id = ?1 and consumer = ?2";

pub(crate) const FIND: &str = "select consumer, code, state, expires_at from calls where call_id = ?1";
pub(crate) const ANSWERED: &str = "select thumbprint, operation, accepted_at, completed_at, expires_at
    from calls where call_id = ?1 and consumer = ?2 and state = 1";
pub(crate) const ACKNOWLEDGE: &str = "update calls
    set state = 2, callback = case callback when 2 then 0 else callback end, callback_due_at = null, callback_leased = 0
    where call_id = ?1 and state = 1";

pub(crate) const CLAIM_CALLBACK: &str = "update calls
    set callback_leased = 1, callback_due_at = ?2, callback_claims = callback_claims + 1,
        callback_attempts = callback_attempts + 1
    where call_id = (
        select call_id from calls indexed by calls_callback_turn
        where callback = 2 and consumer > ?3 and callback_due_at <= ?1 and expires_at > ?1
        order by consumer, callback_due_at, call_id limit 1)
    returning call_id, consumer, callback_claims, callback_attempts";
pub(crate) const NEXT_CALLBACK: &str = "select callback_due_at from calls indexed by calls_callback_due where callback = 2 and expires_at > ?1 order by callback_due_at, call_id limit 1";
pub(crate) const CALLBACK_ATTEMPTS: &str = "select callback_attempts from calls
    where call_id = ?1 and callback = 2 and callback_leased = 1 and callback_claims = ?2";
pub(crate) const GIVE_BACK_CALLBACK: &str = "update calls
    set callback_leased = 0, callback_due_at = ?3, callback_attempts = callback_attempts - 1
    where call_id = ?1 and callback = 2 and callback_leased = 1 and callback_claims = ?2";
pub(crate) const CALLBACK_DONE: &str = "update calls
    set callback = 3, callback_due_at = null, callback_leased = 0, callback_reason = null,
        expires_at = min(expires_at, ?2)
    where call_id = ?1 and callback in (2, 4) and state = 1";
pub(crate) const CALLBACK_RETRY: &str = "update calls
    set callback_leased = 0, callback_due_at = ?2, callback_reason = ?3 where call_id = ?1";
pub(crate) const CALLBACK_GIVEN_UP: &str = "update calls
    set callback = 4, callback_leased = 0, callback_due_at = null, callback_reason = ?2 where call_id = ?1";

pub(crate) const EXPIRED: &str = "select call_id from calls indexed by calls_expiry where expires_at <= ?1 and state in (0, 1) order by expires_at limit ?2";
pub(crate) const EXPIRE: &str = "update calls
    set state = 3, due_at = null, leased = 0, callback_due_at = null, callback_leased = 0,
        callback = case when callback in (1, 2) then 4 else callback end
    where call_id = ?1";
pub(crate) const REMOVE_ACKNOWLEDGED: &str = "delete from calls where call_id in
    (select call_id from calls indexed by calls_expiry where expires_at <= ?1 and state = 2 order by expires_at limit ?2)";
pub(crate) const REMOVE_EXPIRED: &str = "delete from calls where call_id in
    (select call_id from calls indexed by calls_expiry where expires_at <= ?1 and state = 3 order by expires_at limit ?2)";
pub(crate) const CHECKPOINT: &str = "pragma wal_checkpoint(truncate)";

pub(crate) const COUNTS: &str = "select
    count(*) filter (where state = 0),
    count(*) filter (where state = 0 and leased = 1),
    count(*) filter (where state = 1),
    count(*) filter (where state = 2),
    count(*) filter (where state = 3),
    count(*) filter (where callback = 2),
    count(*) filter (where callback = 3),
    count(*) filter (where callback = 4),
    min(accepted_at) filter (where state = 0),
    min(completed_at) filter (where state = 1),
    min(completed_at) filter (where callback = 2)
    from calls";
