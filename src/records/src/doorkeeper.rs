//! Basic authentication (RFC 7617) at the door of one environment (horizontal-systems §3.5).

use std::fmt;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use time::OffsetDateTime;
use tokio::sync::{Mutex, Semaphore};
use zeroize::Zeroizing;

use crate::caller::Caller;
use crate::credential::{Credential, CredentialStatus, Hash};
use crate::error::RecordsError;
use crate::lockout::{Failures, Limit, Struck};
use crate::names::CredentialName;
use crate::network::Network;
use crate::password::{Cost, Password, is_right};
use crate::records::Records;
use crate::remembered::Remembered;

/// How strict the door is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// What a hash costs.
    pub cost: Cost,
    /// How many hashes are computed at the same time.
    pub at_a_time: usize,
    /// How many may wait for that; the others are told to come again.
    pub waiting: usize,
    /// How many failures of one name from one network are too many, and within how long; the name is closed for as long there.
    pub failures: (usize, Duration),
    /// How many failures from one network are too many, and within how long.
    pub source_failures: (usize, Duration),
    /// How long a right password is remembered.
    pub remember: Duration,
    /// How long the first failure waits for its answer; it doubles, up to eight times that.
    pub slow_down: Duration,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            cost: Cost::default(),
            at_a_time: 2,
            waiting: 64,
            failures: (5, Duration::from_secs(15 * 60)),
            source_failures: (20, Duration::from_secs(60 * 60)),
            remember: Duration::from_secs(5 * 60),
            slow_down: Duration::from_millis(250),
        }
    }
}

/// A request at the door. `Debug` does not show the header.
#[derive(Clone, Copy)]
pub struct Knock<'a> {
    /// The `Authorization` header.
    pub authorization: Option<&'a str>,
    /// Where it comes from, as far as that can be believed.
    pub address: IpAddr,
    /// SHA-256 of the client certificate, if a trusted one was shown.
    pub certificate: Option<[u8; 32]>,
    /// When.
    pub now: OffsetDateTime,
}

/// Why nobody is admitted.
#[derive(Debug, Clone)]
pub enum Denied {
    /// 401: no password, a wrong one, an unknown name, from elsewhere, or too many failures; nobody learns which.
    Unauthorized {
        /// When it is worth trying again, if there were too many failures.
        retry_after: Option<Duration>,
    },
    /// 429: too many failures from this network.
    TooMany {
        /// When it is worth trying again.
        retry_after: Duration,
    },
    /// The password is right, and the credential is locked or over.
    Suspended(Caller),
    /// 503: too many passwords are being checked.
    Busy,
    /// The store cannot be read.
    Unavailable(RecordsError),
}

/// What the door did since it was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "each counts what its name says")]
pub struct Tally {
    pub admitted: u64,
    /// Admitted without computing a hash.
    pub remembered: u64,
    pub failed: u64,
    /// Names that were closed in a network.
    pub locked_out: u64,
    /// Requests that found their name closed.
    pub turned_away: u64,
    /// Requests that found their network closed.
    pub too_many: u64,
    pub suspended: u64,
    pub busy: u64,
}

/// Checks passwords; share it in an `Arc`.
pub struct Doorkeeper {
    records: Records,
    hashing: RwLock<Arc<Hashing>>,
    by_name: Failures,
    by_source: Failures,
    remembered: Remembered,
    waiting: AtomicUsize,
    /// One guess at a time for each name and network: guesses that come together are counted one after another.
    turns: Vec<Mutex<()>>,
    counts: [AtomicU64; 8],
}

/// How hashes are computed.
struct Hashing {
    rules: Rules,
    places: Arc<Semaphore>,
    /// The hash of a password that nobody has, of the same cost as a new one.
    nobody: Arc<OnceLock<String>>,
}

impl Hashing {
    fn of(rules: Rules) -> Result<Arc<Self>, RecordsError> {
        rules.cost.check()?;
        Ok(Arc::new(Self { rules, places: Arc::new(Semaphore::new(rules.at_a_time.max(1))), nobody: Arc::default() }))
    }
}

const TURNS: usize = 256;
/// RFC 7617 sets no limit; nobody has a longer one.
const LONGEST_HEADER: usize = 2048;

impl Doorkeeper {
    /// A door to the records of one environment.
    ///
    /// # Errors
    /// The system has no random numbers to give, or the cost of a hash cannot be used.
    pub fn new(records: Records, rules: Rules) -> Result<Self, RecordsError> {
        let limit = |(failures, within): (usize, Duration)| Limit { failures: failures.max(1), within };
        Ok(Self {
            records,
            hashing: RwLock::new(Hashing::of(rules)?),
            by_name: Failures::new(limit(rules.failures)),
            by_source: Failures::new(limit(rules.source_failures)),
            remembered: Remembered::new(rules.remember)?,
            waiting: AtomicUsize::new(0),
            turns: (0..TURNS).map(|_| Mutex::default()).collect(),
            counts: Default::default(),
        })
    }

    /// Whose records are behind it.
    pub fn records(&self) -> &Records {
        &self.records
    }

    /// Other costs of hashes from now on, and another time for which a right password is remembered. Who failed how often is
    /// not forgotten; hashes that are being computed are computed to their end.
    ///
    /// # Errors
    /// The cost of a hash cannot be used; then everything stays as it was.
    pub fn renew(&self, cost: Cost, at_a_time: usize, remember: Duration) -> Result<(), RecordsError> {
        let before = self.hashing();
        let rules = Rules { cost, at_a_time, remember, ..before.rules };
        if rules != before.rules {
            *self.hashing.write().unwrap_or_else(PoisonError::into_inner) = Hashing::of(rules)?;
            self.remembered.keep_for(remember);
        }
        Ok(())
    }

    /// Who knocks, if the password is right.
    ///
    /// # Errors
    /// Why nobody is admitted.
    pub async fn admit(&self, knock: Knock<'_>) -> Result<Caller, Denied> {
        let Some((name, password)) = knock.authorization.and_then(user_and_password) else {
            return Err(Denied::Unauthorized { retry_after: None });
        };
        let network = Network::around(knock.address);
        let who = Who {
            source: self.remembered.name(&[b"source", network.to_string().as_bytes()]),
            name: self.remembered.name(&[b"name", name.as_bytes(), network.to_string().as_bytes()]),
        };
        self.is_open(who, knock.now)?;
        let name = CredentialName::parse(&name).ok();
        let found = self.find(name, knock.now).await?;
        let usable = found.as_ref().filter(|(credential, _)| may_be_used_by(credential, &knock));
        if let Some((credential, _)) = usable
            && self.remembered.knows((credential.id.0, credential.revision), password.as_bytes(), knock.now)
        {
            self.count(Count::Remembered);
            return self.admitted(credential, knock.now);
        }
        let known = usable.map(|(credential, _)| credential.clone());
        let hashing = self.hashing();
        match self.check(&hashing, who, usable, &password, knock.now).await? {
            Verdict::Right => match known {
                Some(credential) => self.admitted(&credential, knock.now),
                None => Err(Denied::Unauthorized { retry_after: None }),
            },
            Verdict::Wrong(struck) => {
                self.tell_of(&struck, network, found.map(|(credential, _)| credential), knock.now).await;
                let doublings = u32::try_from(struck.failures.saturating_sub(1)).unwrap_or(u32::MAX).min(3);
                let rules = &hashing.rules;
                tokio::time::sleep(rules.slow_down * 2u32.pow(doublings)).await;
                Err(Denied::Unauthorized { retry_after: struck.closes.then_some(rules.failures.1) })
            }
        }
    }

    /// What it did.
    pub fn tally(&self) -> Tally {
        let count = |count: Count| self.counts[count as usize].load(Ordering::Relaxed);
        Tally {
            admitted: count(Count::Admitted),
            remembered: count(Count::Remembered),
            failed: count(Count::Failed),
            locked_out: count(Count::LockedOut),
            turned_away: count(Count::TurnedAway),
            too_many: count(Count::TooMany),
            suspended: count(Count::Suspended),
            busy: count(Count::Busy),
        }
    }

    fn hashing(&self) -> Arc<Hashing> {
        Arc::clone(&self.hashing.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn is_open(&self, who: Who, now: OffsetDateTime) -> Result<(), Denied> {
        if let Some(retry_after) = self.by_source.closed(who.source, now) {
            self.count(Count::TooMany);
            return Err(Denied::TooMany { retry_after });
        }
        if let Some(retry_after) = self.by_name.closed(who.name, now) {
            self.count(Count::TurnedAway);
            return Err(Denied::Unauthorized { retry_after: Some(retry_after) });
        }
        Ok(())
    }

    async fn find(&self, name: Option<CredentialName>, now: OffsetDateTime) -> Result<Option<Known>, Denied> {
        let Some(name) = name else { return Ok(None) };
        self.records.credential(name, now).await.map_err(Denied::Unavailable)
    }

    /// Computes hashes, two whatever is known of the name, so that time tells nothing.
    async fn check(
        &self,
        hashing: &Hashing,
        who: Who,
        known: Option<&Known>,
        password: &Zeroizing<String>,
        now: OffsetDateTime,
    ) -> Result<Verdict, Denied> {
        let Some(_place) = Place::take(&self.waiting, hashing.rules.waiting) else {
            self.count(Count::Busy);
            return Err(Denied::Busy);
        };
        let turn = usize::from(who.name[0]) % TURNS;
        let _turn = match self.turns.get(turn) {
            Some(turn) => Some(turn.lock().await),
            None => None,
        };
        let permit = Arc::clone(&hashing.places).acquire_owned().await.map_err(|_| Denied::Busy)?;
        // Others may have failed, or succeeded, while this one waited.
        self.is_open(who, now)?;
        if let Some((credential, _)) = known
            && self.remembered.knows((credential.id.0, credential.revision), password.as_bytes(), now)
        {
            self.count(Count::Remembered);
            return Ok(Verdict::Right);
        }
        let hashes: Vec<String> = known.iter().flat_map(|(_, hashes)| hashes).map(|hash| hash.text.clone()).collect();
        let (nobody, cost, guess) = (Arc::clone(&hashing.nobody), hashing.rules.cost, password.clone());
        let verified = tokio::task::spawn_blocking(move || {
            // Whoever asked may be gone; the place is free when the work is done and counted, not before.
            which_is_right(&hashes, guess.as_bytes(), cost, &nobody).map(|right| (right, permit))
        });
        let (right, _permit) = verified.await.map_err(|_| Denied::Busy)?.map_err(Denied::Unavailable)?;
        match (right, known) {
            (Some(place), Some((credential, hashes))) => {
                let ends_at = hashes.get(place).and_then(|hash| hash.ends_at);
                self.remembered.remember((credential.id.0, credential.revision), password.as_bytes(), ends_at, now);
                self.by_name.forgive(who.name);
                Ok(Verdict::Right)
            }
            _ => {
                self.count(Count::Failed);
                self.by_source.strike(who.source, now);
                Ok(Verdict::Wrong(self.by_name.strike(who.name, now)))
            }
        }
    }

    fn admitted(&self, credential: &Credential, now: OffsetDateTime) -> Result<Caller, Denied> {
        let over = credential.expires_at.is_some_and(|end| end <= now);
        let caller = Caller::new(Arc::new(credential.clone()), self.records.environment());
        if over || credential.status == CredentialStatus::Locked {
            self.count(Count::Suspended);
            return Err(Denied::Suspended(caller));
        }
        self.count(Count::Admitted);
        Ok(caller)
    }

    /// A name that nobody has is not written down: it may be a password in the wrong place.
    async fn tell_of(&self, struck: &Struck, network: Network, known: Option<Credential>, now: OffsetDateTime) {
        if !struck.closes {
            return;
        }
        self.count(Count::LockedOut);
        let environment = self.records.environment();
        let Some(credential) = known else {
            tracing::warn!(%network, %environment, "a name that no credential has was closed for this network");
            return;
        };
        tracing::warn!(credential = %credential.name, %network, %environment, "a credential was closed for this network");
        let noted = self.records.note_event(credential.name, "locked-out", network.to_string(), now).await;
        if let Err(error) = noted {
            tracing::error!(code = error.code(), %error, "an event of a credential cannot be written");
        }
    }

    fn count(&self, count: Count) {
        self.counts[count as usize].fetch_add(1, Ordering::Relaxed);
    }
}

type Known = (Credential, Vec<Hash>);

/// Names of who knocks that say nothing.
#[derive(Clone, Copy)]
struct Who {
    source: [u8; 16],
    name: [u8; 16],
}

enum Verdict {
    Right,
    Wrong(Struck),
}

#[derive(Clone, Copy)]
enum Count {
    Admitted,
    Remembered,
    Failed,
    LockedOut,
    TurnedAway,
    TooMany,
    Suspended,
    Busy,
}

/// A place among those who wait.
struct Place<'a>(&'a AtomicUsize);

impl<'a> Place<'a> {
    fn take(waiting: &'a AtomicUsize, most: usize) -> Option<Self> {
        if waiting.fetch_add(1, Ordering::Relaxed) >= most.max(1) {
            waiting.fetch_sub(1, Ordering::Relaxed);
            return None;
        }
        Some(Self(waiting))
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The place of the hash that is right; computes two hashes unless the first is.
fn which_is_right(
    hashes: &[String],
    guess: &[u8],
    cost: Cost,
    nobody: &OnceLock<String>,
) -> Result<Option<usize>, RecordsError> {
    let nobody = match nobody.get() {
        Some(hash) => hash,
        None => {
            let hash = Password::random()?.hash(cost)?;
            nobody.get_or_init(|| hash)
        }
    };
    for place in 0..2 {
        match hashes.get(place) {
            Some(hash) if is_right(guess, hash) => return Ok(Some(place)),
            Some(_) => {}
            None => {
                is_right(guess, nobody);
            }
        }
    }
    Ok(None)
}

fn may_be_used_by(credential: &Credential, knock: &Knock<'_>) -> bool {
    let from_here =
        credential.networks.is_empty() || credential.networks.iter().any(|known| known.contains(knock.address));
    from_here && (credential.certificate.is_none() || credential.certificate == knock.certificate)
}

/// User name and password of a header: UTF-8, apart at the first colon (RFC 7617 §2); a bad header is none.
fn user_and_password(header: &str) -> Option<(String, Zeroizing<String>)> {
    // Some clients leave the padding off.
    const LENIENT: GeneralPurpose = GeneralPurpose::new(
        &base64::alphabet::STANDARD,
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
    );
    let (scheme, rest) = header.trim().split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") || rest.len() > LONGEST_HEADER {
        return None;
    }
    let octets = Zeroizing::new(LENIENT.decode(rest.trim()).ok()?);
    let text = std::str::from_utf8(&octets).ok()?;
    let (name, password) = text.split_once(':')?;
    Some((name.to_owned(), Zeroizing::new(password.to_owned())))
}

impl fmt::Debug for Knock<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Knock").field("authorization", &self.authorization.map(|_| "…")).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
