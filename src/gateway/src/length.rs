//! A long answer is told: hidden, written and signed window by window, into a sealed temporary file. Nothing of it
//! leaves before all of it is written and signed, and its journal record is durable.

use crate::ended::Ended;
use crate::gateway::{Gateway, Parts, Said};
use crate::matrix;
use crate::signing::{NotSigned, Signing};
use crate::stages::{self, Checked};
use crate::telling::{can_sign, not_signed};
use crate::trace::Trace;
use kapia_adapter::{LongAnswer, Room};
use kapia_journal::{Digesting as Sum, Part, Sha256};
use kapia_regix::Reply;
use kapia_signature::{Digesting, Input};
use kapia_spool::Spool;
use kapia_xml::{ValuePrefixes, WindowError};
use std::io::Write as _;
use std::time::{Duration, Instant};
use tokio::runtime::{Handle, RuntimeFlavor};

impl Gateway {
    /// Tells what [`Gateway::tell`] tells of an answer in memory, octet for octet.
    pub(crate) fn tell_at_length(
        &self,
        checked: &Checked<'_>,
        (long, prefixes): (&LongAnswer, &ValuePrefixes),
        parts: &Parts,
        reply: &Reply<'_>,
        trace: &mut Trace,
    ) -> Result<Said, Box<Ended>> {
        let permitted = checked.permitted();
        let (known, fields) = (&permitted.known, permitted.permit().fields());
        let id = trace.record.service_call_id;
        let signer = can_sign(known.request.sign_result, parts)?;
        let signing = signer.map(|signer| Signing::new(signer, reply.data(), id));
        let operation = &known.served.operation;
        let plan = self.plan(operation, fields);
        let matrix = known.request.return_access_matrix.then(|| matrix::of(operation, fields));
        let mut filtered = plan.start();
        let legacy_scope = signing.as_ref().is_some_and(Signing::legacy);
        let mut telling = Telling::new(&parts.settings.room, signing);
        let content = kapia_regix::LongAnswer {
            service_call_id: id,
            request: checked.argument(),
            response: &|| long.windows(),
            prefixes,
            matrix: matrix.as_ref(),
            legacy_scope,
        };
        let written = aside(|| reply.long_answer(&content, &mut filtered, &mut telling));
        written.map_err(|stopped| stopped.ended(parts))?;
        if let Some((took, digest)) = telling.signed {
            trace.signed(took, digest);
        }
        trace.record.hidden_fields = filtered.hidden();
        self.metrics.hidden(filtered.hidden());
        trace.stage("write");
        let octets = telling.spool.finish().map_err(|error| Stopped::from(WindowError::Io(error)).ended(parts))?;
        Ok(Said { octets, part: Part::of_digested(telling.sum) })
    }
}

/// Does work that takes long where it does not hold up the other calls of this thread.
pub(crate) fn aside<T>(work: impl FnOnce() -> T) -> T {
    match Handle::try_current() {
        Ok(now) if now.runtime_flavor() == RuntimeFlavor::MultiThread => tokio::task::block_in_place(work),
        _ => work(),
    }
}

/// Where the octets go, and what is found out of them on their way.
struct Telling<'t> {
    spool: Spool,
    /// Of the whole message, for the journal.
    sum: Sum,
    /// Of `Data`: for the journal, and as the signer digests it.
    data: Sum,
    digesting: Option<Digesting>,
    signing: Option<Signing<'t>>,
    signed: Option<(Duration, Sha256)>,
}

impl<'t> Telling<'t> {
    fn new(room: &Room, signing: Option<Signing<'t>>) -> Telling<'t> {
        Telling {
            spool: room.spool(),
            sum: Sum::default(),
            data: Sum::default(),
            digesting: signing.as_ref().map(Signing::digesting),
            signing,
            signed: None,
        }
    }
}

enum Stopped {
    Read(WindowError),
    Signature(NotSigned),
}

impl From<WindowError> for Stopped {
    fn from(error: WindowError) -> Stopped {
        Stopped::Read(error)
    }
}

impl Stopped {
    fn ended(self, parts: &Parts) -> Box<Ended> {
        match self {
            Stopped::Read(error) => stages::register_failed(&kapia_adapter::unreadable(&error), &parts.settings),
            Stopped::Signature(cause) => not_signed(cause),
        }
    }
}

impl kapia_regix::Told for Telling<'_> {
    type Error = Stopped;

    fn write(&mut self, octets: &[u8]) -> Result<(), Stopped> {
        self.sum.update(octets);
        self.spool.write_all(octets).map_err(|error| WindowError::Io(error).into())
    }

    fn covered(&mut self, octets: &[u8]) {
        if let Some(digesting) = &mut self.digesting {
            digesting.update(octets);
            self.data.update(octets);
        }
    }

    fn sign(&mut self, prefixes: &[&str]) -> Result<Option<Vec<u8>>, Stopped> {
        let (Some(signing), Some(digesting)) = (&self.signing, self.digesting.take()) else { return Ok(None) };
        let began = Instant::now();
        let signature = signing.sign(Input::Digest(&digesting.finish()), prefixes).map_err(Stopped::Signature)?;
        let (_, sha256) = std::mem::take(&mut self.data).finish();
        self.signed = Some((began.elapsed(), sha256));
        Ok(Some(signature))
    }
}
