//! Fetching an answer that comes later.

use crate::client::{Heard, Target};
use crate::failure::Failure;
use crate::session::Session;
use crate::text;
use kapia_regix::EntryPoint;
use kapia_regix::consumer::{Question, Reply, ReplyKind};
use kapia_soap::Version;
use std::time::{Duration, Instant};

/// The first pause between two questions, and the longest; it doubles.
const PAUSES: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(5));

/// One consumer's line to a gateway, until its patience ends.
pub(super) struct Line<'l> {
    pub target: &'l Target,
    pub entry: EntryPoint,
    pub version: Version,
    pub to: &'l str,
    pub until: Instant,
}

impl Line<'_> {
    pub async fn send(&self, message: (String, String)) -> Result<Heard, Failure> {
        let left = self.until.saturating_duration_since(Instant::now()).max(PAUSES.0);
        self.target.call(self.entry, self.version, message, left).await
    }

    /// Asks until there is an answer, and acknowledges it; what is no promise of an answer comes back as it is.
    pub async fn fetch(&self, session: &Session, heard: Heard) -> Result<Heard, Failure> {
        let Ok(Reply { kind: ReplyKind::Pending { service_call_id, verification_code }, .. }) = &heard.reply else {
            return Ok(heard);
        };
        session.tell(text::accepted(service_call_id));
        if let [Some(code), hint] = &heard.headers {
            session.tell(text::accepted_but(code, hint.as_deref().unwrap_or_default()));
        }
        let question = Question {
            entry: self.entry,
            version: self.version,
            service_call_id,
            verification_code: verification_code.as_deref(),
            to: self.to,
        };
        let mut pause = PAUSES.0;
        loop {
            tokio::time::sleep(pause).await;
            let heard = self.send(question.check()).await?;
            let pending = matches!(&heard.reply, Ok(Reply { kind: ReplyKind::Pending { .. }, .. }));
            if !pending {
                if self.entry == EntryPoint::V2
                    && matches!(&heard.reply, Ok(Reply { kind: ReplyKind::Answer { .. }, .. }))
                {
                    self.send(question.acknowledge()).await?;
                }
                return Ok(heard);
            }
            if Instant::now() >= self.until {
                return Err(Failure::refused(text::still_pending(service_call_id), text::still_pending_hint()));
            }
            pause = (pause * 2).min(PAUSES.1);
        }
    }
}
