//! Time and chance, as far as the life of adapters depends on them; a test brings its own.

use std::future::Future;
use std::hash::{BuildHasher, RandomState};
use std::pin::Pin;
use std::time::Instant;

use time::OffsetDateTime;

/// What the guard asks for the time.
pub trait Clock: Send + Sync {
    /// Now, for measuring.
    fn now(&self) -> Instant;

    /// Now, for people.
    fn wall(&self) -> OffsetDateTime;

    /// Ready at that moment.
    fn sleep_until(&self, moment: Instant) -> Pin<Box<dyn Future<Output = ()> + Send>>;

    /// A number in 0…1 that nobody can foresee, so that calls that failed together do not come back together.
    fn chance(&self) -> f64;
}

/// The clock of the machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Instant {
        Instant::now()
    }

    fn wall(&self) -> OffsetDateTime {
        OffsetDateTime::now_utc()
    }

    fn sleep_until(&self, moment: Instant) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(tokio::time::sleep_until(moment.into()))
    }

    fn chance(&self) -> f64 {
        // The keys of a hasher are random; half of the octets are more than enough.
        f64::from(RandomState::new().hash_one(0_u8) as u32) / f64::from(u32::MAX)
    }
}
