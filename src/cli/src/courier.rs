//! Answers to the addresses that consumers named, over the guarded client of the server.

use crate::config::Config;
use crate::failure::Failure;
use crate::text;
use async_trait::async_trait;
use kapia_gateway::{Courier, Parcel, Undelivered};
use kapia_language::Language;
use kapia_registry::CallbackHost;
use kapia_server::{AllowedHosts, HeaderMap, OutboundClient, OutboundError, Target};
use kapia_soap::Bilingual;
use std::time::Duration;
use time::OffsetDateTime;

/// The header by which a consumer sees that it has an answer already.
const CALL_HEADER: &str = "kapia-service-call-id";

/// What carries answers by `[callbacks]`; without that section it carries nothing.
pub(crate) struct Callbacks {
    client: Option<OutboundClient>,
}

impl Callbacks {
    /// Reads the certificates. Without one of its own, the gateway shows the one it serves with.
    pub fn open(config: &Config) -> Result<Callbacks, Failure> {
        let Some(mut callbacks) = config.callbacks.clone() else { return Ok(Callbacks { client: None }) };
        if callbacks.certificate.is_none() && callbacks.key.is_none() {
            callbacks.certificate = Some(config.tls.certificate.clone());
            callbacks.key = Some(config.tls.key.clone());
        }
        Ok(Callbacks { client: Some(OutboundClient::new(callbacks)?) })
    }

    fn client(&self) -> Result<&OutboundClient, Undelivered> {
        self.client.as_ref().ok_or_else(|| Undelivered {
            code: "callbacks-off".to_owned(),
            hint: text::callbacks_off_hint(),
            passing: false,
            not_before: None,
        })
    }

    fn target(&self, address: &str, hosts: &[CallbackHost]) -> Result<Target, Undelivered> {
        let client = self.client()?;
        let hosts = AllowedHosts::parse(hosts).map_err(|error| undelivered(&error))?;
        client.target(address, &hosts).map_err(|error| undelivered(&error))
    }
}

#[async_trait]
impl Courier for Callbacks {
    fn may_carry(&self, address: &str, hosts: &[CallbackHost]) -> Result<(), Undelivered> {
        self.target(address, hosts).map(drop)
    }

    async fn carry(&self, parcel: Parcel<'_>) -> Result<(), Undelivered> {
        let target = self.target(parcel.address, parcel.hosts)?;
        let mut headers = HeaderMap::new();
        let id = parcel.service_call_id.to_string();
        for (name, value) in [
            ("content-type", "text/xml; charset=utf-8"),
            ("soapaction", &format!("\"{}\"", parcel.action)),
            (CALL_HEADER, &id),
        ] {
            if let Ok(value) = value.parse() {
                headers.insert(name, value);
            }
        }
        let delivered =
            self.client()?.post(&target, parcel.message, headers).await.map_err(|error| undelivered(&error))?;
        match delivered.status {
            200..=299 => Ok(()),
            status => Err(Undelivered {
                code: format!("callback-status-{status}"),
                hint: text::callback_status_hint(status),
                // 410 says that it will stay so (RFC 9110 §15.5.11).
                passing: status != 410,
                not_before: delivered
                    .retry_after
                    .map(|seconds| OffsetDateTime::now_utc() + Duration::from_secs(seconds)),
            }),
        }
    }
}

fn undelivered(error: &OutboundError) -> Undelivered {
    Undelivered {
        code: error.code().to_owned(),
        hint: Bilingual::new(error.hint(Language::English), error.hint(Language::Bulgarian)),
        passing: error.is_passing(),
        not_before: None,
    }
}
