//! The guard around an adapter: how calls are let through to the register, and what is counted of them.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use kapia_adapter::{
    Adapter, AdapterError, Answer, CallFacts, Fault, FullName, Health, Package, Parameter, Parameters, Policy,
    Question, RetryRules, Room, Sensitive, Told,
};
use tokio::sync::OwnedSemaphorePermit;

use crate::breaker::{Breaker, Pass, Verdict};
use crate::clock::Clock;
use crate::lane::Lane;
use crate::tally::{Ending, OperationTally, Tally, Under};
use crate::text;

/// An adapter with its policy kept: bounded calls, bounded time, another attempt where that does no harm, a breaker.
///
/// Everything else passes through to the adapter itself.
pub struct Guard {
    inner: RwLock<Option<Arc<dyn Adapter>>>,
    parameters: Option<Arc<Parameters>>,
    policy: Policy,
    lane: Lane,
    breaker: Breaker,
    own: HashMap<FullName, Own>,
    tally: Arc<Tally>,
    clock: Arc<dyn Clock>,
    under_way: AtomicUsize,
    idle_since: Mutex<Instant>,
}

/// What an operation has for itself.
struct Own {
    lane: Option<Lane>,
    breaker: Option<Breaker>,
}

/// How long a register may take for a sign of life.
const SIGN_OF_LIFE: Duration = Duration::from_secs(10);

impl Guard {
    /// Puts a guard around the adapter of a package that nobody serves yet.
    pub(crate) fn around(package: &mut Package, tally: Arc<Tally>, clock: Arc<dyn Clock>) -> Arc<Guard> {
        let policy = package.policy.clone();
        let now = clock.now();
        let own = policy.operations.iter().filter(|(_, own)| own.limits.is_some() || own.breaker.is_some());
        let own = own.map(|(name, own)| {
            let breaker = own.breaker.map(|rules| Breaker::new(rules, name.as_str(), now));
            (name.clone(), Own { lane: own.limits.map(Lane::new), breaker })
        });
        for operation in &package.operations {
            // Seen from the beginning, also before the first call.
            if operation.successor.is_none() {
                tally.operation(operation.name.as_str());
            }
        }
        let guard = Arc::new(Guard {
            inner: RwLock::new(Some(Arc::clone(&package.adapter))),
            parameters: package.parameters.clone(),
            lane: Lane::new(policy.limits),
            breaker: Breaker::new(policy.breaker, &package.name, now),
            own: own.collect(),
            policy,
            tally,
            clock,
            under_way: AtomicUsize::new(0),
            idle_since: Mutex::new(now),
        });
        package.adapter = Arc::clone(&guard) as Arc<dyn Adapter>;
        guard
    }

    /// How many calls are under way, waiting ones included.
    pub fn under_way(&self) -> usize {
        self.under_way.load(Ordering::SeqCst)
    }

    /// For how long no call has been under way; `None` while there is one.
    pub(crate) fn idle(&self) -> Option<Duration> {
        let since = *self.idle_since.lock().unwrap_or_else(PoisonError::into_inner);
        (self.under_way() == 0).then(|| self.clock.now().saturating_duration_since(since))
    }

    /// Lets the adapter go, and with it its connections.
    pub(crate) fn close(&self) {
        self.inner.write().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(parameters) = &self.parameters {
            parameters.close(text::closed());
        }
    }

    pub(crate) fn tally(&self) -> &Arc<Tally> {
        &self.tally
    }

    pub(crate) fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The breaker of the package, and those that operations have for themselves.
    pub(crate) fn breakers(&self) -> (&Breaker, impl Iterator<Item = (&FullName, &Breaker)>) {
        (&self.breaker, self.own.iter().filter_map(|(name, own)| Some((name, own.breaker.as_ref()?))))
    }

    pub(crate) fn now(&self) -> Instant {
        self.clock.now()
    }

    fn inner(&self) -> Result<Arc<dyn Adapter>, AdapterError> {
        self.inner.read().unwrap_or_else(PoisonError::into_inner).clone().ok_or_else(text::closed)
    }

    async fn visited(&self, question: Question<'_>, room: Option<&Room>) -> Result<Told, AdapterError> {
        let mut visit = Visit::begin(self, &question);
        let tally = Arc::clone(&visit.tally);
        let _in_flight = Under::new(&tally.in_flight);
        let asked = self.admitted(question, room, &tally).await;
        visit.end(Ending::of(&asked), asked.as_ref().err().map(|error| error.code));
        asked
    }

    async fn admitted(
        &self,
        question: Question<'_>,
        room: Option<&Room>,
        tally: &OperationTally,
    ) -> Result<Told, AdapterError> {
        let operation = &question.operation.name;
        let own = self.own.get(operation);
        let breaker = own.and_then(|own| own.breaker.as_ref()).unwrap_or(&self.breaker);
        if let Some(left) = breaker.refuses(self.clock.now()) {
            return Err(text::resting(left));
        }
        let _places = self.turn(own, question.call, tally).await?;
        let inner = self.inner()?;

        let began = self.clock.now();
        let time = self.policy.timeout_of(operation);
        let retry = self.policy.retry_of(operation);
        let mut failed: Option<AdapterError> = None;
        let mut attempt = 1;
        loop {
            let now = self.clock.now();
            let pass = match (breaker.enter(now), failed) {
                (Ok(pass), _) => pass,
                // What went wrong says more than that it was not tried again.
                (Err(_), Some(failed)) => return Err(failed),
                (Err(left), None) => return Err(text::resting(left)),
            };
            let of_call = time.map(|time| (began + time, time));
            let of_attempt = retry.and_then(|retry| retry.attempt).map(|time| (now + time, time));
            let limit = of_call.into_iter().chain(of_attempt).min();
            let entered = Entered { breaker, pass, guard: self, deadline: question.call.deadline, settled: false };
            let asked = self.attempt(&*inner, question, room, limit).await;
            entered.settle(verdict(&asked));
            let error = match asked {
                Err(error) if error.retryable && error.side == Fault::Register && !pass.trial => error,
                other => return other,
            };
            let Some(rules) = retry.filter(|rules| attempt < rules.attempts) else { return Err(error) };
            let again = self.clock.now() + self.pause(&rules, attempt);
            let ends = [question.call.deadline, of_call.map(|(end, _)| end)];
            if ends.into_iter().flatten().any(|end| again >= end) {
                return Err(error);
            }
            self.clock.sleep_until(again).await;
            tally.retries.fetch_add(1, Ordering::Relaxed);
            failed = Some(error);
            attempt += 1;
        }
    }

    /// Waits for a place of the operation, and for one of the package.
    async fn turn(
        &self,
        own: Option<&Own>,
        call: &CallFacts,
        tally: &OperationTally,
    ) -> Result<[Option<OwnedSemaphorePermit>; 2], AdapterError> {
        let mut places = [None, None];
        let lanes = [own.and_then(|own| own.lane.as_ref()), Some(&self.lane)];
        for (place, lane) in places.iter_mut().zip(lanes) {
            let Some(lane) = lane else { continue };
            let entered = lane.enter(call.deadline, &*self.clock, tally).await;
            *place = Some(entered.map_err(|full| text::full(full, &lane.limits))?);
        }
        Ok(places)
    }

    /// Asks once. `limit` is the moment at which the package's own time is over, and that time.
    async fn attempt(
        &self,
        inner: &dyn Adapter,
        question: Question<'_>,
        room: Option<&Room>,
        limit: Option<(Instant, Duration)>,
    ) -> Result<Told, AdapterError> {
        // Whoever asks watches his own deadline.
        let earlier = |(end, _): &(Instant, Duration)| question.call.deadline.is_none_or(|deadline| *end < deadline);
        let Some((end, time)) = limit.filter(earlier) else { return ask(inner, question, room).await };
        let call = CallFacts { deadline: Some(end), ..question.call.clone() };
        let asking = ask(inner, Question { call: &call, ..question }, room);
        tokio::select! {
            biased;
            asked = asking => asked,
            () = self.clock.sleep_until(end) => Err(text::too_slow(time)),
        }
    }

    fn pause(&self, rules: &RetryRules, attempt: u32) -> Duration {
        let doubled = rules.pause.saturating_mul(2_u32.saturating_pow(attempt - 1)).min(rules.longest_pause);
        doubled.mul_f64(0.5 + 0.5 * self.clock.chance().clamp(0.0, 1.0))
    }
}

/// Asks; without room for an answer that is longer than memory takes, one comes that is in memory.
async fn ask(inner: &dyn Adapter, question: Question<'_>, room: Option<&Room>) -> Result<Told, AdapterError> {
    match room {
        Some(room) => inner.ask_at_length(question, room).await,
        None => inner.ask(question).await.map(Told::Answer),
    }
}

/// What an attempt says about the register.
fn verdict(asked: &Result<Told, AdapterError>) -> Verdict {
    match asked {
        Ok(_) => Verdict::Works,
        Err(error) => match error.side {
            Fault::Gateway => Verdict::Unknown,
            Fault::Register if error.retryable => Verdict::Fails,
            Fault::Register | Fault::Client => Verdict::Works,
        },
    }
}

/// An attempt that the breaker let through; one that is cut short tells it too.
struct Entered<'g> {
    breaker: &'g Breaker,
    pass: Pass,
    guard: &'g Guard,
    deadline: Option<Instant>,
    settled: bool,
}

impl Entered<'_> {
    fn settle(mut self, verdict: Verdict) {
        self.settled = true;
        self.breaker.settle(self.pass, verdict, self.guard.clock.now());
    }
}

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        if !self.settled {
            let now = self.guard.clock.now();
            let late = self.deadline.is_some_and(|deadline| now >= deadline);
            self.breaker.settle(self.pass, if late { Verdict::Fails } else { Verdict::Unknown }, now);
        }
    }
}

/// One call from its coming to its end, however it ends.
struct Visit<'g> {
    guard: &'g Guard,
    tally: Arc<OperationTally>,
    began: Instant,
    deadline: Option<Instant>,
    ended: bool,
}

impl<'g> Visit<'g> {
    fn begin(guard: &'g Guard, question: &Question<'_>) -> Visit<'g> {
        guard.under_way.fetch_add(1, Ordering::SeqCst);
        let tally = guard.tally.operation(question.operation.name.as_str());
        Visit { guard, tally, began: guard.clock.now(), deadline: question.call.deadline, ended: false }
    }

    fn end(&mut self, ending: Ending, code: Option<&'static str>) {
        self.ended = true;
        let now = self.guard.clock.now();
        let took = now.saturating_duration_since(self.began);
        self.tally.ended(ending, took, code, self.guard.clock.wall());
        if let Some(code) = code {
            self.guard.tally.failed(code);
        }
    }
}

impl Drop for Visit<'_> {
    fn drop(&mut self) {
        let now = self.guard.clock.now();
        if !self.ended {
            match self.deadline.is_some_and(|deadline| now >= deadline) {
                true => self.end(Ending::Timeout, Some("register-timeout")),
                false => self.end(Ending::CutShort, None),
            }
        }
        if self.guard.under_way.fetch_sub(1, Ordering::SeqCst) == 1 {
            *self.guard.idle_since.lock().unwrap_or_else(PoisonError::into_inner) = now;
        }
    }
}

#[async_trait]
impl Adapter for Guard {
    async fn ask(&self, question: Question<'_>) -> Result<Answer, AdapterError> {
        let operation = question.operation;
        self.visited(question, None).await.and_then(|told| told.into_answer(operation))
    }

    async fn ask_at_length(&self, question: Question<'_>, room: &Room) -> Result<Told, AdapterError> {
        self.visited(question, Some(room)).await
    }

    async fn health(&self) -> Health {
        let Ok(inner) = self.inner() else { return Health::Down(text::closed().message) };
        let end = self.clock.now() + SIGN_OF_LIFE;
        tokio::select! {
            biased;
            health = inner.health() => health,
            () = self.clock.sleep_until(end) => Health::Down(text::silent(SIGN_OF_LIFE)),
        }
    }

    async fn parameters(&self) -> Result<Vec<Parameter>, AdapterError> {
        self.inner()?.parameters().await
    }

    async fn set_parameter(&self, key: &str, value: &Sensitive) -> Result<(), AdapterError> {
        self.inner()?.set_parameter(key, value).await
    }
}
