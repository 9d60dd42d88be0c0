//! How a service is told who asks.

use std::time::Instant;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kapia_adapter::Sensitive;
use kapia_http::Client;
use reqwest::Request;
use reqwest::header::{AUTHORIZATION, HeaderValue};

use crate::fault::Fault;
use crate::hmac::Hmac;
use crate::token::Tokens;

/// One of the ways; none of them prints.
pub(crate) enum Auth {
    None,
    Basic(HeaderValue),
    OAuth2(Box<Tokens>),
    Hmac(Box<Hmac>),
}

impl Auth {
    /// RFC 7617; `None` if the user holds a colon.
    pub fn basic(user: &str, password: &Sensitive) -> Option<Auth> {
        (!user.contains(':')).then(|| basic(user, password.reveal()).map(Auth::Basic)).flatten()
    }

    /// Adds to a finished request what shows who asks.
    pub async fn apply(&self, request: &mut Request, client: &Client, deadline: Instant) -> Result<(), Fault> {
        match self {
            Auth::None => {}
            Auth::Basic(value) => {
                request.headers_mut().insert(AUTHORIZATION, value.clone());
            }
            Auth::OAuth2(tokens) => {
                request.headers_mut().insert(AUTHORIZATION, tokens.bearer(client, deadline).await?);
            }
            Auth::Hmac(hmac) => hmac.sign(request)?,
        }
        Ok(())
    }

    /// The service refused what it was shown; whether something else can be shown.
    pub async fn refused(&self, shown: Option<&HeaderValue>) -> bool {
        match self {
            Auth::OAuth2(tokens) => tokens.forget(shown).await,
            _ => false,
        }
    }
}

/// `Basic …`, which never prints.
pub(crate) fn basic(user: &str, password: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(&format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))).ok()?;
    value.set_sensitive(true);
    Some(value)
}
