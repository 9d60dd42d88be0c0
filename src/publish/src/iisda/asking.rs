//! Asking the register: a transport for the generated client, over HTTPS and within limits.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use kapia_http::{Client, Read, Settings};
use kapia_types::soap::{Reply, Request as Message, Transport};
use kapia_xml::{Document, Limits, Writer};
use reqwest::header::{HeaderName, HeaderValue};
use reqwest::{Method, Request, Url};

use super::fitting::{Fitting, Skipped};
use super::{IisdaError, client};
use crate::endpoint::{door, no_soap};
use crate::trouble::Trouble;

/// The most that is read of an answer: an administration with some thousand services.
const LARGEST: usize = 256 << 20;

/// The services API at some address.
#[derive(Clone)]
pub(super) struct Register {
    client: Client,
    url: Url,
    patience: Duration,
    fitting: Arc<Fitting>,
    skipped: Arc<Mutex<Skipped>>,
}

impl Register {
    pub fn new(url: &str, authorities: Option<Vec<u8>>, patience: Duration) -> Result<Register, IisdaError> {
        let url = Url::parse(url).map_err(|_| IisdaError::Settings)?;
        let connect = Duration::from_secs(10).min(patience);
        let settings = Settings { identity: None, authorities, connect, answer_bytes: LARGEST };
        let client = Client::new(&settings).map_err(|_| IisdaError::Settings)?;
        let fitting = Arc::new(Fitting::load().ok_or(IisdaError::Settings)?);
        Ok(Register { client, url, patience, fitting, skipped: Arc::default() })
    }

    /// What of the answers so far was skipped; from here on it is counted anew.
    pub fn skipped(&self) -> Skipped {
        std::mem::take(&mut self.skipped.lock().unwrap_or_else(PoisonError::into_inner))
    }

    async fn send(&self, message: Message) -> Result<Reply, Trouble> {
        let mut request = Request::new(Method::POST, self.url.clone());
        for (name, value) in message.headers() {
            if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(&value)) {
                request.headers_mut().insert(name, value);
            }
        }
        *request.body_mut() = Some(message.body.into());
        let answer = self.client.send(request, Instant::now() + self.patience, |_| Read::Whole).await?;
        let status = answer.head.status;
        door(&self.url, &answer)?;
        let limits = Limits { bytes: LARGEST, tokens: 40_000_000, ..Limits::default() };
        let document = Document::read(answer.octets.clone(), &limits).map_err(|_| no_soap(&answer))?;
        let soap = message.version.namespace();
        let body = document.root().child(soap, "Body").ok_or_else(|| no_soap(&answer))?;
        let said = body.children().next().ok_or(Trouble::OtherAnswer)?;
        if said.is(soap, "Fault") {
            return Ok(Reply { status, body: answer.octets.to_vec() });
        }
        let mut skipped = self.skipped.lock().unwrap_or_else(PoisonError::into_inner);
        let fitted = self.fitting.fit(said, &mut skipped).ok_or(Trouble::OtherAnswer)?;
        let mut writer = Writer::with_capacity(fitted.len() + 256);
        writer.start("s", soap, "Envelope", &[], &[]);
        writer.start("s", soap, "Body", &[], &[]);
        writer.raw(&fitted);
        writer.end();
        writer.end();
        Ok(Reply { status, body: writer.into_bytes() })
    }
}

impl Transport for Register {
    async fn post(&self, message: Message) -> io::Result<Reply> {
        self.send(message).await.map_err(|trouble| io::Error::other(Refused(trouble)))
    }
}

/// A trouble on its way through the generated client.
#[derive(Debug)]
struct Refused(Trouble);

impl std::fmt::Display for Refused {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(self.0.code())
    }
}

impl std::error::Error for Refused {}

/// What the generated client says, in our words.
pub(super) fn told<F>(error: kapia_types::soap::CallError<F>) -> IisdaError {
    use kapia_types::soap::{CallError, Side};
    IisdaError::Trouble(match error {
        CallError::Transport(error) => match error.get_ref().and_then(|error| error.downcast_ref::<Refused>()) {
            Some(Refused(trouble)) => trouble.clone(),
            None => Trouble::Broken,
        },
        CallError::NotSoap(status) => Trouble::NotSoap(status),
        CallError::Reply(error) => return IisdaError::Unreadable(Box::new(error)),
        CallError::Fault(fault) => Trouble::OtherFault {
            reason: fault.reason.chars().take(500).collect(),
            passes: fault.side == Side::Receiver,
        },
    })
}

/// The client that the contract gives.
pub(super) type Asking = client::service::Client<Register>;
