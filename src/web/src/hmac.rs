//! A signature in a header: HMAC-SHA-256 (RFC 2104) over a text that the package lays down.

use std::fmt::Write as _;

use aws_lc_rs::{digest, hmac, rand};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kapia_adapter::Sensitive;
use reqwest::Request;
use reqwest::header::{HeaderName, HeaderValue};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::fault::Fault;

const STRING: &str = "{method}\n{target}\n{timestamp}\n{body_sha256}";
const VALUE: &str = "HMAC-SHA256 {id}:{signature}";

/// The places that `hmac_string` may have; `hmac_value` may have `{signature}` besides.
const PLACES: [&str; 7] = ["method", "target", "host", "timestamp", "nonce", "id", "body_sha256"];

/// What signs the requests of a package; it never prints.
pub(crate) struct Hmac {
    id: String,
    key: hmac::Key,
    string: String,
    value: String,
    header: HeaderName,
    timestamp: HeaderName,
}

impl Hmac {
    /// The error is the key of `adapter.toml` that cannot be used.
    pub fn new(
        id: &str,
        key: &Sensitive,
        string: Option<String>,
        value: Option<String>,
        header: Option<String>,
        timestamp: Option<String>,
    ) -> Result<Hmac, &'static str> {
        let string = string.unwrap_or_else(|| STRING.to_owned());
        let value = value.unwrap_or_else(|| VALUE.to_owned());
        let known = |name: &str| PLACES.contains(&name);
        if !places(&string).all(known) {
            return Err("hmac_string");
        }
        if !places(&value).all(|name| known(name) || name == "signature") || !value.contains("{signature}") {
            return Err("hmac_value");
        }
        // What can be sent again unchanged is no proof of who sends it.
        if !string.contains("{timestamp}") && !string.contains("{nonce}") {
            return Err("hmac_string");
        }
        if string.contains("{nonce}") && !value.contains("{nonce}") {
            return Err("hmac_value");
        }
        let name = |given: Option<String>, usual: &str| given.unwrap_or_else(|| usual.to_owned()).parse();
        Ok(Hmac {
            id: id.to_owned(),
            key: hmac::Key::new(hmac::HMAC_SHA256, key.reveal().as_bytes()),
            string,
            value,
            header: name(header, "authorization").map_err(|_| "hmac_header")?,
            timestamp: name(timestamp, "x-timestamp").map_err(|_| "hmac_timestamp")?,
        })
    }

    /// Adds the headers to a finished request.
    pub fn sign(&self, request: &mut Request) -> Result<(), Fault> {
        let mut nonce = [0; 16];
        rand::fill(&mut nonce).map_err(|_| Fault::internal())?;
        let now = OffsetDateTime::now_utc().replace_nanosecond(0).unwrap_or_else(|_| OffsetDateTime::now_utc());
        let timestamp = now.format(&Rfc3339).map_err(|_| Fault::internal())?;
        self.sign_at(request, &timestamp, &hex(&nonce))
    }

    fn sign_at(&self, request: &mut Request, timestamp: &str, nonce: &str) -> Result<(), Fault> {
        let url = request.url();
        let target = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        let host = match url.port() {
            Some(port) => format!("{}:{port}", url.host_str().unwrap_or_default()),
            None => url.host_str().unwrap_or_default().to_owned(),
        };
        let body = request.body().and_then(reqwest::Body::as_bytes).unwrap_or_default();
        let body = hex(digest::digest(&digest::SHA256, body).as_ref());
        let method = request.method().as_str().to_owned();
        let known = [
            ("method", &*method),
            ("target", &*target),
            ("host", &*host),
            ("timestamp", timestamp),
            ("nonce", nonce),
            ("id", &*self.id),
            ("body_sha256", &*body),
        ];
        let signature = hmac::sign(&self.key, fill(&self.string, &known).as_bytes());
        let signature = STANDARD.encode(signature);
        let value = fill(&self.value, &[&known[..], &[("signature", &*signature)]].concat());
        let mut value = HeaderValue::from_str(&value).map_err(|_| Fault::new("web-hmac").with("key", "hmac_value"))?;
        value.set_sensitive(true);
        let timestamp = HeaderValue::from_str(timestamp).map_err(|_| Fault::internal())?;
        let headers = request.headers_mut();
        headers.insert(self.timestamp.clone(), timestamp);
        headers.insert(self.header.clone(), value);
        Ok(())
    }
}

fn places(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).map(|rest| rest.split_once('}').map_or("", |(name, _)| name))
}

fn fill(text: &str, known: &[(&str, &str)]) -> String {
    let mut out = String::new();
    let mut pieces = text.split('{');
    out.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        let (name, after) = piece.split_once('}').unwrap_or((piece, ""));
        let value = known.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value);
        out.push_str(value);
        out.push_str(after);
    }
    out
}

fn hex(octets: &[u8]) -> String {
    let mut out = String::new();
    for octet in octets {
        // Writing into a text cannot fail.
        let _ = write!(out, "{octet:02x}");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::Method;

    #[test]
    fn the_signature_is_over_the_documented_text() {
        let key = Sensitive::new("Jefe");
        let hmac = Hmac::new("me", &key, None, None, None, None).unwrap();
        let url = "https://register.example.bg/api/p%C3%A9?x=1".parse().unwrap();
        let mut request = Request::new(Method::POST, url);
        *request.body_mut() = Some("{}".into());
        hmac.sign_at(&mut request, "2026-11-22T10:00:00Z", "00").unwrap();
        // printf 'POST\n/api/p%%C3%%A9?x=1\n2026-11-22T10:00:00Z\n%s' "$(printf '{}' | sha256sum | cut -c-64)" | openssl dgst -sha256 -hmac Jefe -binary | base64
        assert_eq!(request.headers()["authorization"], "HMAC-SHA256 me:uDuz1YcoeSpXjySwfoVwq8sN9234fn9e7dXz7dci+U4=");
        assert_eq!(request.headers()["x-timestamp"], "2026-11-22T10:00:00Z");
    }

    #[test]
    fn what_could_be_sent_again_is_refused() {
        let make = |string: &str, value: Option<&str>| {
            Hmac::new("me", &Sensitive::new("k"), Some(string.to_owned()), value.map(str::to_owned), None, None).err()
        };
        assert_eq!(make("{method}", None), Some("hmac_string"));
        assert_eq!(make("{method}{tiem}", None), Some("hmac_string"));
        assert_eq!(make("{nonce}", None), Some("hmac_value"));
        assert_eq!(make("{timestamp}", Some("no place")), Some("hmac_value"));
        assert_eq!(make("{nonce}", Some("{nonce} {signature}")), None);
    }
}
