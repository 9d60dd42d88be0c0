//! `[backend]`: what both kinds have, where the service is reached and how it is told who asks.

use std::path::Path;
use std::time::Duration;

use kapia_adapter::{Keys, Located, PackageFiles, PackagePath, Problem, Sensitive};
use reqwest::Url;

use crate::auth::Auth;
use crate::fault::Fault;
use crate::hmac::Hmac;
use crate::token::Tokens;

/// The connection, with its files read.
pub(crate) struct Settings {
    pub http: kapia_http::Settings,
    pub auth: Auth,
    /// A whole call, if the caller does not give up earlier.
    pub answer: Duration,
}

const LARGEST_ANSWER: u64 = 1 << 30;

/// The keys of the ways to say who asks, each with the way that it belongs to.
const KEYS: [(&str, Way); 18] = [
    ("user", Way::Basic),
    ("password", Way::Basic),
    ("password_file", Way::Basic),
    ("password_env", Way::Basic),
    ("token_address", Way::OAuth2),
    ("client_id", Way::OAuth2),
    ("client_secret", Way::OAuth2),
    ("client_secret_file", Way::OAuth2),
    ("client_secret_env", Way::OAuth2),
    ("scope", Way::OAuth2),
    ("token_auth", Way::OAuth2),
    ("hmac_id", Way::Hmac),
    ("hmac_key", Way::Hmac),
    ("hmac_key_file", Way::Hmac),
    ("hmac_key_env", Way::Hmac),
    ("hmac_string", Way::Hmac),
    ("hmac_header", Way::Hmac),
    ("hmac_value", Way::Hmac),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    None,
    Basic,
    OAuth2,
    Hmac,
}

/// Where a secret can stand: in a parameter or in the clear, in a file, in a variable of the process.
pub(crate) type SecretKeys = [&'static str; 3];

pub(crate) struct Reading<'r, 's, 'p> {
    pub keys: Keys<'s, 'p>,
    pub files: &'r dyn PackageFiles,
    pub notes: &'r mut Vec<Problem>,
    /// The line of `[backend]`.
    pub line: u32,
}

impl Reading<'_, '_, '_> {
    /// Reads what both kinds have; what is wrong is in the keys' problems.
    pub fn settings(&mut self) -> Option<Settings> {
        let milliseconds = |keys: &mut Keys<'_, '_>, key, usual| {
            Duration::from_millis(keys.number(key, 10..=3_600_000).map_or(usual, |time| time.value))
        };
        let connect = milliseconds(&mut self.keys, "connect_timeout_ms", 5_000);
        let answer = milliseconds(&mut self.keys, "answer_timeout_ms", 60_000);
        let bytes = self.keys.number("answer_bytes", 1024..=LARGEST_ANSWER).map_or(26_214_400, |bytes| bytes.value);
        let identity = self.identity();
        let authorities = match self.keys.text("authorities") {
            Some(named) => Some(self.file("authorities", &named)?),
            None => None,
        };
        let auth = self.auth();
        Some(Settings {
            http: kapia_http::Settings {
                identity: identity?,
                authorities,
                connect,
                answer_bytes: usize::try_from(bytes).unwrap_or(usize::MAX),
            },
            auth: auth?,
            answer,
        })
    }

    fn identity(&mut self) -> Option<Option<Vec<u8>>> {
        match (self.keys.text("certificate"), self.keys.text("key")) {
            (Some(certificate), Some(key)) => {
                let (key, certificate) = (self.file("key", &key)?, self.file("certificate", &certificate)?);
                Some(Some([key, certificate].join(&b'\n')))
            }
            (Some(one), None) | (None, Some(one)) => {
                self.keys.problem(one.line, Fault::new("web-identity-half"));
                None
            }
            (None, None) => Some(None),
        }
    }

    fn auth(&mut self) -> Option<Auth> {
        let ways = [("none", Way::None), ("basic", Way::Basic), ("oauth2", Way::OAuth2), ("hmac", Way::Hmac)];
        let way = self.keys.one_of("auth", &ways);
        let name = way.as_ref().and_then(|way| ways.iter().find(|(_, known)| *known == way.value));
        let name = name.map_or("none", |(name, _)| name);
        let way = way.map_or(Way::None, |way| way.value);
        for (key, meant) in KEYS.into_iter().chain([("hmac_timestamp", Way::Hmac)]) {
            if meant != way
                && let Some(line) = self.keys.line_of(key)
            {
                self.keys.problem(line, Fault::new("web-key-useless").with("key", key).with("auth", name));
            }
        }
        match way {
            Way::None => Some(Auth::None),
            Way::Basic => {
                let user = self.needed("user", name);
                let password = self.secret(["password", "password_file", "password_env"]);
                Auth::basic(&user?.value, &self.given(password?, "password", name)?).or_else(|| {
                    self.keys.problem(self.line, Fault::new("web-basic"));
                    None
                })
            }
            Way::OAuth2 => {
                let address = self.needed("token_address", name);
                let id = self.needed("client_id", name);
                let secret = self.secret(["client_secret", "client_secret_file", "client_secret_env"]);
                let scope = self.keys.text("scope").map(|scope| scope.value);
                let in_body = self.keys.one_of("token_auth", &[("basic", false), ("body", true)]);
                let in_body = in_body.is_some_and(|in_body| in_body.value);
                let address = self.address("token_address", &address?)?;
                let secret = self.given(secret?, "client_secret", name)?;
                Some(Auth::OAuth2(Box::new(Tokens::new(address, &id?.value, &secret, scope.as_deref(), in_body))))
            }
            Way::Hmac => {
                let id = self.needed("hmac_id", name);
                let key = self.secret(["hmac_key", "hmac_key_file", "hmac_key_env"]);
                let text = |keys: &mut Keys<'_, '_>, key| keys.text(key).map(|text| text.value);
                let string = text(&mut self.keys, "hmac_string");
                let header = text(&mut self.keys, "hmac_header");
                let value = text(&mut self.keys, "hmac_value");
                let timestamp = text(&mut self.keys, "hmac_timestamp");
                let key = self.given(key?, "hmac_key", name)?;
                match Hmac::new(&id?.value, &key, string, value, header, timestamp) {
                    Ok(hmac) => Some(Auth::Hmac(Box::new(hmac))),
                    Err(wrong) => {
                        self.keys.problem(self.line, Fault::new("web-hmac").with("key", wrong));
                        None
                    }
                }
            }
        }
    }

    fn needed(&mut self, key: &'static str, auth: &str) -> Option<Located<String>> {
        let written = self.keys.text(key);
        if written.is_none() && self.keys.line_of(key).is_none() {
            self.keys.problem(self.line, Fault::new("web-key-needed").with("key", key).with("auth", auth));
        }
        written
    }

    fn given(&mut self, secret: Option<Sensitive>, key: &str, auth: &str) -> Option<Sensitive> {
        if secret.is_none() {
            self.keys.problem(self.line, Fault::new("web-key-needed").with("key", key).with("auth", auth));
        }
        secret
    }

    /// A secret, if there is any; `None` outside if it is given wrongly.
    pub fn secret(&mut self, [clear, file, variable]: SecretKeys) -> Option<Option<Sensitive>> {
        let (given, in_file, in_variable) = (self.keys.secret(clear), self.keys.text(file), self.keys.text(variable));
        let elsewhere = [&in_file, &in_variable].into_iter().flatten().map(|one| one.line);
        let lines: Vec<u32> = given.iter().map(|one| one.line).chain(elsewhere).collect();
        if let [_, second, ..] = lines.as_slice() {
            self.keys.problem(*second, Fault::new("web-secret-several").with("key", clear));
            return None;
        }
        if let Some(written) = given {
            if written.in_clear {
                self.notes.push(Fault::new("web-secret-clear").with("key", clear).at(written.line));
            }
            return Some(Some(written.value));
        }
        if let Some(named) = in_file {
            let octets = self.file(file, &named)?;
            let text = String::from_utf8_lossy(&octets);
            return Some(Some(Sensitive::new(text.trim_end_matches(['\r', '\n']))));
        }
        let Some(named) = in_variable else { return Some(None) };
        match std::env::var(&named.value) {
            Ok(text) => Some(Some(Sensitive::new(text))),
            Err(_) => {
                self.keys.problem(named.line, Fault::new("web-secret-unset").with("name", named.value));
                None
            }
        }
    }

    /// An address with scheme and host, and nothing that would be a secret or a value.
    pub fn address(&mut self, key: &'static str, written: &Located<String>) -> Option<Url> {
        let url = address(&written.value);
        match &url {
            None => self.keys.problem(written.line, Fault::new("web-address").with("key", key)),
            Some(url) if url.scheme() == "http" && !is_near(url) => {
                self.notes.push(Fault::new("web-tls-off").with("key", key).at(written.line));
            }
            Some(_) => {}
        }
        url
    }

    /// A file by its absolute path, or one of the package.
    pub fn file(&mut self, key: &'static str, named: &Located<String>) -> Option<Vec<u8>> {
        let path = Path::new(&named.value);
        let read = if path.is_absolute() {
            self.files.outside(path).map_err(|error| {
                Fault::new("web-file-unreadable").with("key", key).with("cause", error.kind().to_string()).into()
            })
        } else {
            PackagePath::parse(&named.value).and_then(|path| self.files.read(&path)).map(|file| file.bytes.to_vec())
        };
        read.map_err(|problem: Problem| self.keys.problem(named.line, problem)).ok()
    }
}

/// An address that can be asked.
pub(crate) fn address(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let plain = matches!(url.scheme(), "http" | "https")
        && url.has_host()
        && url.username().is_empty()
        && url.password().is_none()
        && url.fragment().is_none();
    plain.then_some(url)
}

/// Whether what is sent there stays on this machine.
fn is_near(url: &Url) -> bool {
    url.host_str().is_some_and(|host| {
        host == "localhost"
            || host.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
    })
}
