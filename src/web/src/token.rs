//! OAuth 2.0 client credentials (RFC 6749 §4.4): one token for all calls, renewed before it ends.

use std::time::{Duration, Instant};

use kapia_adapter::Sensitive;
use kapia_http::{Client, Read};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{Method, Request, Url};
use tokio::sync::Mutex;

use crate::auth::basic;
use crate::fault::Fault;
use crate::json::Json;
use crate::rest::percent_encode;

/// How long a token is believed whose server does not say.
const UNSAID: Duration = Duration::from_secs(60);
/// Before its end a token is renewed: by a tenth of its life, at most by this.
const EARLY: Duration = Duration::from_secs(60);

/// The token of a package.
pub(crate) struct Tokens {
    address: Url,
    authorization: Option<HeaderValue>,
    form: Sensitive,
    /// Held while a new one is fetched, so that only one call does it.
    current: Mutex<Option<Token>>,
}

struct Token {
    bearer: HeaderValue,
    renew: Instant,
}

impl Tokens {
    pub fn new(address: Url, id: &str, secret: &Sensitive, scope: Option<&str>, in_body: bool) -> Tokens {
        let mut form = String::from("grant_type=client_credentials");
        let mut add = |name: &str, value: &str| form.push_str(&format!("&{name}={}", percent_encode(value)));
        if let Some(scope) = scope {
            add("scope", scope);
        }
        if in_body {
            add("client_id", id);
            add("client_secret", secret.reveal());
        }
        // RFC 6749 §2.3.1: both are encoded as in a form before they are joined.
        let authorization = (!in_body).then(|| basic(&percent_encode(id), &percent_encode(secret.reveal()))).flatten();
        Tokens { address, authorization, form: Sensitive::new(form), current: Mutex::new(None) }
    }

    /// `Bearer …`, of a token that is good for a while.
    pub async fn bearer(&self, client: &Client, deadline: Instant) -> Result<HeaderValue, Fault> {
        let held = tokio::time::timeout_at(deadline.into(), self.current.lock()).await;
        let mut current = held.map_err(|_| Fault::new("web-deadline").passing())?;
        if let Some(token) = current.as_ref().filter(|token| Instant::now() < token.renew) {
            return Ok(token.bearer.clone());
        }
        let token = self.fetch(client, deadline).await?;
        let bearer = token.bearer.clone();
        *current = Some(token);
        Ok(bearer)
    }

    /// Forgets a token that was refused; whether another one may be had.
    pub async fn forget(&self, shown: Option<&HeaderValue>) -> bool {
        let mut current = self.current.lock().await;
        if current.as_ref().is_some_and(|token| Some(&token.bearer) == shown) {
            *current = None;
        }
        true
    }

    async fn fetch(&self, client: &Client, deadline: Instant) -> Result<Token, Fault> {
        let mut request = Request::new(Method::POST, self.address.clone());
        let headers = request.headers_mut();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        if let Some(authorization) = &self.authorization {
            headers.insert(AUTHORIZATION, authorization.clone());
        }
        *request.body_mut() = Some(self.form.reveal().to_owned().into());
        let asked = Instant::now();
        let read =
            |head: &kapia_http::Head| if head.status == 200 && !head.encoded { Read::Whole } else { Read::Nothing };
        let answer = client.send(request, deadline, read).await.map_err(|trouble| match trouble {
            kapia_http::Trouble::Deadline => Fault::new("web-deadline").passing(),
            kapia_http::Trouble::TooLarge { .. } => Fault::new("web-token-answer"),
            _ => Fault::new("web-token-unreachable").passing(),
        })?;
        let refused = |status: u16| Fault::new("web-token-refused").with("status", status.to_string());
        match answer.head.status {
            200 if answer.read == Read::Whole => {}
            200 => return Err(Fault::new("web-token-answer")),
            status @ (408 | 429 | 500..=599) => return Err(refused(status).passing()),
            status => return Err(refused(status)),
        }
        read_token(&answer.octets, asked).ok_or_else(|| Fault::new("web-token-answer"))
    }
}

fn read_token(octets: &[u8], asked: Instant) -> Option<Token> {
    let json = Json::read(octets).ok()?;
    let text = |name| json.member(name).and_then(Json::text);
    text("token_type").filter(|kind| kind.eq_ignore_ascii_case("bearer"))?;
    let mut bearer = HeaderValue::from_str(&format!("Bearer {}", text("access_token")?)).ok()?;
    bearer.set_sensitive(true);
    let life = text("expires_in").and_then(|seconds| seconds.parse().ok()).map_or(UNSAID, Duration::from_secs);
    let life = life.min(Duration::from_secs(86_400));
    Some(Token { bearer, renew: asked + life.saturating_sub(EARLY.min(life / 10)) })
}
