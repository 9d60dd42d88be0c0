//! `[operation.rest]`: a request with every value in its place, and what its answer means.

use std::fmt::Write as _;
use std::sync::Arc;

use kapia_adapter::{Plan, Planned, Problem};
use kapia_http::{Answer, Head, Read};
use kapia_template::{Bounds, Setting, Template, Values, element};
use kapia_xml::{Document, Limits};
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderName, HeaderValue};
use reqwest::{Method, Request, Url};

use crate::adapter::{Ending, Judged, Prepared, Service, of_status};
use crate::fault::Fault;
use crate::json::{Json, missing};
use crate::reply::{ReplyKeys, expression_problem, names_of_request};
use crate::woven::{Known, Part, Woven, of_template};

/// The folder of the templates of requests.
pub(crate) const REQUESTS: &str = "requests";

/// A call of a service.
pub(crate) struct RestCall {
    method: Method,
    base: Url,
    path: Woven,
    query: Vec<(String, Woven)>,
    headers: Vec<(HeaderName, Woven)>,
    body: Option<Body>,
    answer: Kind,
    statuses: Vec<(Statuses, Ending)>,
}

enum Body {
    Json(Woven),
    Xml(Template),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Json,
    Xml,
    None,
}

/// One status, or all that begin with a digit.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Statuses {
    One(u16),
    Class(u16),
}

const ENDINGS: [(&str, Ending); 4] =
    [("answer", Ending::Answer), ("no-data", Ending::NoData), ("error", Ending::Error), ("retry", Ending::Retry)];

/// Headers that belong to the connection, or to whoever shows who asks.
const RESERVED: [&str; 10] = [
    "host",
    "content-length",
    "transfer-encoding",
    "connection",
    "te",
    "trailer",
    "upgrade",
    "expect",
    "authorization",
    "accept-encoding",
];

impl RestCall {
    /// Reads everything that an operation needs; all problems of it at once.
    pub fn prepare(planned: &Planned, plan: &Plan<'_>, base: &Url) -> Result<Prepared, Vec<Problem>> {
        let mut problems = Vec::new();
        let prepared = prepare(planned, plan, base, &mut problems);
        prepared.filter(|_| problems.is_empty()).ok_or(problems)
    }

    pub fn request(&self, values: &Values) -> Result<Request, Fault> {
        let mut url = self.url(values)?;
        let mut query = String::new();
        for (name, woven) in &self.query {
            if let Some(value) = woven.text(values)? {
                let sign = if query.is_empty() { "" } else { "&" };
                // Writing into a text cannot fail.
                let _ = write!(query, "{sign}{}={}", percent_encode(name), percent_encode(&value));
            }
        }
        if !query.is_empty() {
            url.set_query(Some(&query));
        }
        let mut request = Request::new(self.method.clone(), url);
        let accept = match self.answer {
            Kind::Json => "application/json",
            Kind::Xml => "application/xml",
            Kind::None => "*/*",
        };
        request.headers_mut().insert(ACCEPT, HeaderValue::from_static(accept));
        if let Some(body) = &self.body {
            let (octets, kind) = match body {
                Body::Json(woven) => (woven.json(values)?, "application/json"),
                Body::Xml(template) => {
                    let rendered = template.render_to_vec(values, &Bounds::default());
                    (rendered.map_err(|error| of_template(&error))?.0, "application/xml; charset=utf-8")
                }
            };
            request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
            *request.body_mut() = Some(octets.into());
        }
        for (name, woven) in &self.headers {
            if let Some(value) = woven.text(values)? {
                let mut value = HeaderValue::from_str(&value)
                    .map_err(|_| Fault::new("web-header-value").with("header", name.as_str()).of_client())?;
                value.set_sensitive(true);
                request.headers_mut().insert(name.clone(), value);
            }
        }
        Ok(request)
    }

    /// The address: whatever a value holds, it stays one piece of the path.
    fn url(&self, values: &Values) -> Result<Url, Fault> {
        let mut path = String::new();
        for part in self.path.parts(values)? {
            match part {
                Part::Literal(text) => path.push_str(&text),
                Part::Value(value) if value.is_empty() => return Err(Fault::new("web-path-value").of_client()),
                Part::Value(value) => path.push_str(&percent_encode(&value)),
            }
        }
        if path.split('/').any(|segment| matches!(segment, "." | "..")) {
            return Err(Fault::new("web-path-value").of_client());
        }
        let base = self.base.as_str().trim_end_matches('/');
        Url::parse(&format!("{base}{path}")).map_err(|_| Fault::new("web-path-value").of_client())
    }

    fn ending(&self, status: u16) -> Ending {
        let said = |wanted| self.statuses.iter().find(|(statuses, _)| *statuses == wanted).map(|(_, ending)| *ending);
        said(Statuses::One(status)).or_else(|| said(Statuses::Class(status / 100))).unwrap_or(match status {
            200..=299 => Ending::Answer,
            408 | 429 | 500..=599 => Ending::Retry,
            _ => Ending::Error,
        })
    }

    pub fn reading(&self, head: &Head) -> Read {
        let reads = self.ending(head.status) == Ending::Answer && self.takes(head);
        if reads { Read::Whole } else { Read::Nothing }
    }

    fn takes(&self, head: &Head) -> bool {
        let kind = head.content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        !head.encoded
            && match self.answer {
                Kind::Json => matches!(&*kind, "application/json" | "text/json") || kind.ends_with("+json"),
                Kind::Xml => matches!(&*kind, "application/xml" | "text/xml") || kind.ends_with("+xml"),
                Kind::None => false,
            }
    }

    pub fn judge(&self, answer: &Answer, limits: &Limits) -> Result<Judged, Fault> {
        let status = answer.head.status;
        match self.ending(status) {
            Ending::Answer => {}
            Ending::NoData => return Ok(Judged::NoData),
            Ending::Error => {
                let fault = of_status(status);
                return Err(if fault.code == "web-unavailable" {
                    Fault::new("web-status").with("status", status.to_string())
                } else {
                    fault
                });
            }
            Ending::Retry => return Err(Fault::new("web-unavailable").with("status", status.to_string()).passing()),
        }
        if self.answer == Kind::None || status == 204 {
            return Ok(Judged::Answer { value: missing(), status });
        }
        if answer.read != Read::Whole {
            return Err(Fault::new("web-content-type"));
        }
        let value = match self.answer {
            Kind::Json => Json::read(&answer.octets).map_err(|wrong| {
                Fault::new("web-json-unreadable").with("rule", wrong.rule).with("line", wrong.line.to_string())
            })?,
            Kind::Xml | Kind::None => return xml_value(answer, limits),
        };
        Ok(Judged::Answer { value: value.to_value(), status })
    }
}

fn xml_value(answer: &Answer, limits: &Limits) -> Result<Judged, Fault> {
    let document = read_xml(&answer.octets, limits)?;
    let value = element(&document, document.root().id(), None);
    Ok(Judged::Answer { value, status: answer.head.status })
}

/// The document that a service answered with.
pub(crate) fn read_xml(octets: &bytes::Bytes, limits: &Limits) -> Result<Document, Fault> {
    Document::read(octets.clone(), limits).map_err(|error| {
        let place = |number: u32| number.to_string();
        let fault = Fault::new("web-xml-unreadable").with("rule", error.code());
        fault.with("line", place(error.line())).with("column", place(error.column()))
    })
}

fn prepare(planned: &Planned, plan: &Plan<'_>, base: &Url, problems: &mut Vec<Problem>) -> Option<Prepared> {
    let Some(section) = &planned.settings else {
        problems.push(Fault::new("web-table-missing").with("table", "[operation.rest]").at(planned.line));
        return None;
    };
    let known = Known { names: names_of_request(&planned.operation), codes: Arc::clone(plan.codes) };
    let mut keys = section.keys(problems);
    let methods = [
        ("GET", Method::GET),
        ("POST", Method::POST),
        ("PUT", Method::PUT),
        ("PATCH", Method::PATCH),
        ("DELETE", Method::DELETE),
    ];
    let places: Vec<(&'static str, usize)> = methods.iter().enumerate().map(|(at, (name, _))| (*name, at)).collect();
    let method = keys.one_of("method", &places).and_then(|at| methods.get(at.value)).map(|(_, method)| method.clone());
    let path = keys.required_written_text("path");
    let body = keys.text("body");
    let answer = keys.one_of("answer", &[("json", Kind::Json), ("xml", Kind::Xml), ("none", Kind::None)]);
    let (query, headers, status) = (keys.section("query"), keys.section("headers"), keys.section("status"));
    let reply = ReplyKeys::read(&mut keys);
    keys.finish();

    let compile = |key: &str, line: u32, text: &str, problems: &mut Vec<Problem>| {
        Woven::compile(key, text, &known).map_err(|error| problems.push(expression_problem(key, line, &error))).ok()
    };
    let path = path.and_then(|path| {
        if !is_path(&path.value) {
            problems.push(Fault::new("web-path").at(path.line));
            return None;
        }
        compile("path", path.line, &path.value, problems)
    });
    let mut queries = Vec::new();
    for (name, text) in query.map(|table| table.keys(problems).free_written_texts()).unwrap_or_default() {
        if let Some(woven) = compile("query", text.line, text.value, problems) {
            queries.push((name.to_owned(), woven));
        }
    }
    let mut headings = Vec::new();
    for (name, text) in headers.map(|table| table.keys(problems).free_written_texts()).unwrap_or_default() {
        let header: Option<HeaderName> =
            name.parse().ok().filter(|name: &HeaderName| !RESERVED.contains(&name.as_str()));
        match (header, compile("headers", text.line, text.value, problems)) {
            (Some(header), Some(woven)) => headings.push((header, woven)),
            (None, _) => problems.push(Fault::new("web-header-name").at(text.line)),
            _ => {}
        }
    }
    let mut statuses = Vec::new();
    for (name, text) in status.map(|table| table.keys(problems).free_texts()).unwrap_or_default() {
        match (Statuses::read(name), ending(text.value)) {
            (Some(wanted), Some(ending)) => statuses.push((wanted, ending)),
            _ => problems.push(Fault::new("web-ending").at(text.line)),
        }
    }
    let body = match body {
        None => None,
        Some(named) => {
            let file = plan.text_file(REQUESTS, Some(&named), planned);
            let file = file.map_err(|problem| problems.push(problem)).ok()?;
            let compiled = if file.path.to_ascii_lowercase().ends_with(".json") {
                Woven::compile(&file.path, &file.text, &known).map(Body::Json)
            } else {
                let setting = Setting { names: known.names.clone(), document: None, codes: Arc::clone(plan.codes) };
                Template::compile_with(&file.path, &file.text, &setting).map(Body::Xml)
            };
            Some(compiled.map_err(|error| problems.push(Problem::of_template(&error))).ok()?)
        }
    };
    let may_have_none = statuses.iter().any(|(_, ending)| *ending == Ending::NoData);
    let reply = reply.prepare(planned, plan, may_have_none, problems);
    let method = method.unwrap_or(if body.is_some() { Method::POST } else { Method::GET });
    let answer = answer.map_or(Kind::Json, |answer| answer.value);
    let call =
        RestCall { method, base: base.clone(), path: path?, query: queries, headers: headings, body, answer, statuses };
    Some(Prepared { service: Service::Rest(Box::new(call)), reply: reply? })
}

/// What a status or fault may mean.
pub(crate) fn ending(text: &str) -> Option<Ending> {
    ENDINGS.iter().find(|(name, _)| *name == text).map(|(_, ending)| *ending)
}

impl Statuses {
    fn read(text: &str) -> Option<Statuses> {
        match text.strip_suffix("xx") {
            Some(class) => class.parse().ok().filter(|class| (2..=5).contains(class)).map(Statuses::Class),
            None => text.parse().ok().filter(|status| (200..=599).contains(status)).map(Statuses::One),
        }
    }
}

/// Whether what the package writes of a path is one: from `/` on, without query and fragment.
fn is_path(text: &str) -> bool {
    let mut literal = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        literal.push_str(before);
        rest = after.split_once("}}").map_or("", |(_, after)| after);
    }
    literal.push_str(rest);
    text.starts_with('/') && !literal.contains(['?', '#', '\\']) && literal.chars().all(|c| c.is_ascii_graphic())
}

/// Everything but the unreserved characters of RFC 3986 §2.3 as `%XX` of its UTF-8.
pub(crate) fn percent_encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for octet in text.bytes() {
        match octet {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(octet)),
            _ => {
                // Writing into a text cannot fail.
                let _ = write!(out, "%{octet:02X}");
            }
        }
    }
    out
}
