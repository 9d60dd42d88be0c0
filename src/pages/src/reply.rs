//! What is asked and what is answered; headers that every answer has.

use aws_lc_rs::digest;
use bytes::Bytes;
use time::OffsetDateTime;

/// A request, as the server read it.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// The method.
    pub method: &'a str,
    /// The host of the request, with its port if it has one.
    pub host: Option<&'a str>,
    /// The path, percent-encoded.
    pub path: &'a str,
    /// The query without the question mark.
    pub query: Option<&'a str>,
    /// `Accept-Language`.
    pub accept_language: Option<&'a str>,
    /// `If-None-Match`.
    pub if_none_match: Option<&'a str>,
    /// `Authorization`.
    pub authorization: Option<&'a str>,
    /// The moment of the request: what holds today is shown.
    pub now: OffsetDateTime,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The HTTP status.
    pub status: u16,
    /// `Content-Type`.
    pub content_type: &'static str,
    /// All other headers.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Bytes,
}

pub(crate) const HTML: &str = "text/html; charset=utf-8";
pub(crate) const JSON: &str = "application/json; charset=utf-8";
pub(crate) const ATOM: &str = "application/atom+xml; charset=utf-8";
pub(crate) const XML: &str = "application/xml; charset=utf-8";
pub(crate) const PLAIN: &str = "text/plain; charset=utf-8";

/// Nothing runs, nothing is loaded from elsewhere, nobody frames it (CSP level 3).
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; form-action 'self'; \
                      base-uri 'none'; frame-ancestors 'none'";
/// For files that are no pages: they do nothing at all, even when opened by themselves.
const FILE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

impl Page {
    /// An answer that says nothing about how long it may be kept.
    pub(crate) fn new(status: u16, content_type: &'static str, body: impl Into<Bytes>) -> Page {
        Page { status, content_type, headers: Vec::new(), body: body.into() }
    }

    /// Elsewhere, for now.
    pub(crate) fn elsewhere(status: u16, location: String) -> Page {
        Page::new(status, PLAIN, "").with("Location", location)
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Page {
        self.headers.push((name, value.into()));
        self
    }

    /// Everybody may keep it for so many seconds, and must then ask whether it changed.
    pub(crate) fn kept(self, seconds: u32) -> Page {
        self.with("Cache-Control", format!("public, max-age={seconds}, must-revalidate"))
    }

    /// When it changed.
    pub(crate) fn modified(self, moment: Option<OffsetDateTime>) -> Page {
        match moment {
            Some(moment) => self.with("Last-Modified", crate::dates::http_date(moment)),
            None => self,
        }
    }

    /// Other sites may read and show it.
    pub(crate) fn shared(self) -> Page {
        self.with("Access-Control-Allow-Origin", "*").with("Cross-Origin-Resource-Policy", "cross-origin")
    }

    /// The value of a header, whatever the case of its name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Adds what every answer has; an answer that the client already holds loses its body (RFC 9110 §13.1.2).
    pub(crate) fn finished(mut self, ask: &Ask<'_>) -> Page {
        let policy = if self.content_type == HTML { POLICY } else { FILE_POLICY };
        let mut add = |name: &'static str, value: &str| {
            if !self.headers.iter().any(|(known, _)| known.eq_ignore_ascii_case(name)) {
                self.headers.push((name, value.to_owned()));
            }
        };
        add("Content-Security-Policy", policy);
        add("X-Content-Type-Options", "nosniff");
        add("X-Frame-Options", "DENY");
        add("Referrer-Policy", "strict-origin-when-cross-origin");
        add("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()");
        add("Cross-Origin-Opener-Policy", "same-origin");
        add("Cross-Origin-Resource-Policy", "same-origin");
        add("Cache-Control", "no-cache");
        let host = crate::config::host_name(ask.host.unwrap_or_default());
        // A browser that learned it of a name of its own machine would refuse other programs there.
        if host != "localhost" && !host.ends_with(".localhost") {
            add("Strict-Transport-Security", "max-age=31536000");
        }
        if self.status == 200 {
            let tag = format!("\"{}\"", tag_of(&self.body));
            let held = ask.if_none_match.is_some_and(|held| matches(held, &tag));
            self.headers.push(("ETag", tag));
            if held {
                self.status = 304;
                self.body = Bytes::new();
            }
        }
        self
    }
}

/// Whether a list of entity tags has this one, compared weakly (RFC 9110 §8.8.3.2).
fn matches(held: &str, tag: &str) -> bool {
    held.trim() == "*" || held.split(',').any(|one| one.trim().trim_start_matches("W/") == tag)
}

/// A digest of a body: the first half of its SHA-256, in hexadecimal.
pub(crate) fn tag_of(body: &[u8]) -> String {
    hex(digest::digest(&digest::SHA256, body).as_ref().get(..16).unwrap_or_default())
}

pub(crate) fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn ask(path: &str) -> Ask<'_> {
        Ask {
            method: "GET",
            host: Some("services.example.bg"),
            path,
            query: None,
            accept_language: None,
            if_none_match: None,
            authorization: None,
            now: time::macros::datetime!(2026-11-22 10:00 UTC),
        }
    }

    #[test]
    fn what_the_client_holds_is_not_sent_again() {
        let page = Page::new(200, HTML, "x").finished(&ask("/"));
        let tag = page.header("ETag").unwrap().to_owned();
        for held in [tag.clone(), format!("\"other\", W/{tag}"), "*".to_owned()] {
            let again = Page::new(200, HTML, "x").finished(&Ask { if_none_match: Some(&held), ..ask("/") });
            assert_eq!((again.status, again.body.len()), (304, 0), "{held}");
            assert_eq!(again.header("ETag"), Some(tag.as_str()));
        }
        let changed = Page::new(200, HTML, "y").finished(&Ask { if_none_match: Some(&tag), ..ask("/") });
        assert_eq!(changed.status, 200);
    }

    #[test]
    fn no_page_may_run_or_load_anything() {
        let page = Page::new(200, HTML, "").finished(&ask("/"));
        let policy = page.header("Content-Security-Policy").unwrap();
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe") && !policy.contains("script"));
        assert!(page.header("Strict-Transport-Security").is_some());
        let local = Page::new(200, HTML, "").finished(&Ask { host: Some("localhost:8443"), ..ask("/") });
        assert_eq!(local.header("Strict-Transport-Security"), None);
        let picture = Page::new(200, "image/svg+xml", "").finished(&ask("/"));
        assert!(picture.header("Content-Security-Policy").unwrap().contains("sandbox"));
    }
}
