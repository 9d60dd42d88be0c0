//! `[operation.soap]`: an envelope around a template, WS-Security user names, and faults by what they mean.

use std::sync::Arc;

use aws_lc_rs::{digest, rand};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kapia_adapter::{Plan, Planned, Problem, Sensitive};
use kapia_http::{Answer, Head, Read};
use kapia_soap::{Version, WSS_NAMESPACES};
use kapia_template::{Bounds, Setting, Template, Values, element};
use kapia_xml::{Document, Element, Limits, QName, escape_attribute, escape_text};
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderName, HeaderValue};
use reqwest::{Method, Request, Url};
use time::OffsetDateTime;
use time::macros::format_description;

use crate::adapter::{Ending, Judged, Prepared, Service, of_status};
use crate::fault::Fault;
use crate::reply::{ReplyKeys, names_of_request};
use crate::rest::{REQUESTS, ending, read_xml};
use crate::woven::of_template;
use crate::wsdl::Contract;

/// Web Services Security UsernameToken Profile 1.1.1 §3.1.
const PROFILE: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0";
const ENCODING: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary";
const WSU: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";

/// A service as the package describes it.
pub(crate) struct Upstream {
    pub contract: Contract,
    pub address: Url,
    pub token: Option<Arc<UserToken>>,
}

/// Who asks, in the security header.
pub(crate) struct UserToken {
    pub name: String,
    pub secret: Sensitive,
    pub is_digest: bool,
}

/// A call of an operation of a service.
pub(crate) struct SoapCall {
    version: Version,
    address: Url,
    content_type: HeaderValue,
    /// SOAP 1.1 only; in 1.2 it is a parameter of the content type.
    action: Option<HeaderValue>,
    template: Template,
    root: Option<QName>,
    token: Option<Arc<UserToken>>,
    faults: Vec<(String, Ending)>,
}

impl SoapCall {
    /// Reads everything that an operation needs; all problems of it at once.
    pub fn prepare(planned: &Planned, plan: &Plan<'_>, upstream: &Upstream) -> Result<Prepared, Vec<Problem>> {
        let mut problems = Vec::new();
        let prepared = prepare(planned, plan, upstream, &mut problems);
        prepared.filter(|_| problems.is_empty()).ok_or(problems)
    }

    pub fn request(&self, values: &Values) -> Result<Request, Fault> {
        let rendered = self.template.render_to_vec(values, &Bounds::default());
        let (payload, _) = rendered.map_err(|error| of_template(&error))?;
        let payload = Document::read(payload, &Limits::default()).map_err(|_| Fault::internal())?;
        let root = payload.root();
        if let Some(wanted) = self.root.as_ref().filter(|wanted| root.name() != wanted.as_name()) {
            return Err(Fault::new("web-soap-root").with("expected", wanted.to_string()));
        }
        let mut envelope = Vec::with_capacity(payload.source().len() + 1024);
        envelope.extend_from_slice(b"<soap:Envelope xmlns:soap=\"");
        envelope.extend_from_slice(self.version.namespace().as_bytes());
        envelope.extend_from_slice(b"\">");
        if let Some(token) = &self.token {
            let mut nonce = [0; 16];
            rand::fill(&mut nonce).map_err(|_| Fault::internal())?;
            let now = OffsetDateTime::now_utc();
            let form = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
            let created = now.format(form).map_err(|_| Fault::internal())?;
            token.write(&nonce, &created, &mut envelope);
        }
        envelope.extend_from_slice(b"<soap:Body>");
        envelope.extend_from_slice(payload.source().get(root.span()).unwrap_or_default().as_bytes());
        envelope.extend_from_slice(b"</soap:Body></soap:Envelope>");
        let mut request = Request::new(Method::POST, self.address.clone());
        let headers = request.headers_mut();
        headers.insert(CONTENT_TYPE, self.content_type.clone());
        headers.insert(
            ACCEPT,
            HeaderValue::from_static(match self.version {
                Version::V11 => "text/xml",
                Version::V12 => "application/soap+xml",
            }),
        );
        if let Some(action) = &self.action {
            headers.insert(HeaderName::from_static("soapaction"), action.clone());
        }
        *request.body_mut() = Some(envelope.into());
        Ok(request)
    }

    pub fn reading(&self, head: &Head) -> Read {
        let fits = Version::of_content_type(&head.content_type) == Some(self.version) && !head.encoded;
        // A fault comes with 500, in SOAP 1.2 with 400 too (SOAP 1.2 part 2 §7.5.2).
        if fits && matches!(head.status, 200 | 400 | 500) { Read::Whole } else { Read::Nothing }
    }

    pub fn judge(&self, answer: &Answer, limits: &Limits) -> Result<Judged, Fault> {
        let status = answer.head.status;
        match (status, answer.read) {
            (200 | 400 | 500, Read::Whole) => {}
            (200, _) => return Err(Fault::new("web-content-type")),
            _ => return Err(of_status(status)),
        }
        let document = match read_xml(&answer.octets, limits) {
            Ok(document) => document,
            Err(_) if status != 200 => return Err(of_status(status)),
            Err(fault) => return Err(fault),
        };
        let namespace = self.version.namespace();
        let root = document.root();
        let body = root.child(namespace, "Body").filter(|_| root.is(namespace, "Envelope"));
        let Some(body) = body else { return Err(Fault::new("web-soap-envelope")) };
        let mut inside = body.children();
        let first = inside.next();
        if inside.next().is_some() {
            return Err(Fault::new("web-soap-envelope"));
        }
        let value = match first {
            Some(fault) if fault.is(namespace, "Fault") => return self.of_fault(fault),
            _ if status != 200 => return Err(of_status(status)),
            Some(payload) => element(&document, payload.id(), None),
            None => crate::json::missing(),
        };
        Ok(Judged::Answer { value, status })
    }

    /// What a fault means; nothing that it says goes on.
    fn of_fault(&self, fault: Element<'_>) -> Result<Judged, Fault> {
        let signs = signs(fault, self.version);
        let fits = |wanted: &str| signs.iter().any(|sign| sign.to_string() == wanted || *sign.local == *wanted);
        match self.faults.iter().find(|(wanted, _)| fits(wanted)) {
            Some((_, Ending::NoData)) => Ok(Judged::NoData),
            Some((_, Ending::Retry)) => Err(Fault::new("web-soap-fault").passing()),
            _ => Err(Fault::new("web-soap-fault")),
        }
    }
}

impl UserToken {
    fn write(&self, nonce: &[u8], created: &str, out: &mut Vec<u8>) {
        let secret = self.secret.reveal();
        let (kind, shown) = if self.is_digest {
            let octets = [nonce, created.as_bytes(), secret.as_bytes()].concat();
            let hash = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, &octets);
            ("PasswordDigest", STANDARD.encode(hash))
        } else {
            ("PasswordText", secret.to_owned())
        };
        let mut text = |markup: String| out.extend_from_slice(markup.as_bytes());
        text(format!(
            "<soap:Header><wsse:Security soap:mustUnderstand=\"1\" xmlns:wsse=\"{}\" xmlns:wsu=\"{WSU}\">",
            WSS_NAMESPACES[0]
        ));
        text("<wsse:UsernameToken><wsse:Username>".to_owned());
        escape_text(&self.name, out);
        out.extend_from_slice(format!("</wsse:Username><wsse:Password Type=\"{PROFILE}#{kind}\">").as_bytes());
        escape_text(&shown, out);
        out.extend_from_slice(b"</wsse:Password><wsse:Nonce EncodingType=\"");
        escape_attribute(ENCODING, out);
        out.extend_from_slice(format!("\">{}</wsse:Nonce>", STANDARD.encode(nonce)).as_bytes());
        out.extend_from_slice(format!("<wsu:Created>{created}</wsu:Created>").as_bytes());
        out.extend_from_slice(b"</wsse:UsernameToken></wsse:Security></soap:Header>");
    }
}

/// The names that a fault bears: code, subcodes, the elements of its detail.
fn signs(fault: Element<'_>, version: Version) -> Vec<QName> {
    let mut found = Vec::new();
    let mut code = |element: Element<'_>| {
        let text = element.text();
        let (prefix, local) = text.trim().split_once(':').unwrap_or(("", text.trim()));
        let namespace = element.resolve(prefix).unwrap_or_default();
        found.extend(format!("{{{namespace}}}{local}").parse::<QName>().ok());
    };
    let detail = match version {
        Version::V11 => {
            fault.child("", "faultcode").into_iter().for_each(&mut code);
            fault.child("", "detail")
        }
        Version::V12 => {
            let namespace = version.namespace();
            let mut level = fault.child(namespace, "Code");
            // As deep as anybody nests them.
            for _ in 0..16 {
                let Some(at) = level else { break };
                at.child(namespace, "Value").into_iter().for_each(&mut code);
                level = at.child(namespace, "Subcode");
            }
            fault.child(namespace, "Detail")
        }
    };
    for inside in detail.into_iter().flat_map(Element::children) {
        found.extend(inside.name().to_string().parse::<QName>().ok());
    }
    found
}

fn prepare(planned: &Planned, plan: &Plan<'_>, upstream: &Upstream, problems: &mut Vec<Problem>) -> Option<Prepared> {
    let Some(section) = &planned.settings else {
        problems.push(Fault::new("web-table-missing").with("table", "[operation.soap]").at(planned.line));
        return None;
    };
    let mut keys = section.keys(problems);
    let named = keys.text("operation");
    let template = keys.text("request");
    let faults = keys.section("faults");
    let reply = ReplyKeys::read(&mut keys);
    keys.finish();

    let name = named.as_ref().map_or(planned.operation.name.operation(), |named| named.value.as_str());
    let described = upstream.contract.operations.get(name).cloned();
    if described.is_none() {
        let there: Vec<&str> = upstream.contract.operations.keys().map(String::as_str).collect();
        let near = kapia_language::near_names(name, there.iter().copied());
        let shown = if near.is_empty() { there } else { near };
        let unknown = Fault::new("web-soap-operation").with("name", name).with("known", shown.join(", "));
        problems.push(unknown.at(named.as_ref().map_or(planned.line, |named| named.line)));
    }
    let mut rules = Vec::new();
    for (name, text) in faults.map(|table| table.keys(problems).free_texts()).unwrap_or_default() {
        match ending(text.value).filter(|ending| *ending != Ending::Answer) {
            Some(ending) => rules.push((name.to_owned(), ending)),
            None => problems.push(Fault::new("web-ending").at(text.line)),
        }
    }
    let file = plan.text_file(REQUESTS, template.as_ref(), planned);
    let file = file.map_err(|problem| problems.push(problem)).ok();
    let template = file.and_then(|file| {
        let setting =
            Setting { names: names_of_request(&planned.operation), document: None, codes: Arc::clone(plan.codes) };
        let compiled = Template::compile_with(&file.path, &file.text, &setting);
        compiled.map_err(|error| problems.push(Problem::of_template(&error))).ok()
    });
    let may_have_none = rules.iter().any(|(_, ending)| *ending == Ending::NoData);
    let reply = reply.prepare(planned, plan, may_have_none, problems);
    let described = described?;
    let version = upstream.contract.version;
    let (content_type, action) = match version {
        Version::V11 => (version.content_type().to_owned(), Some(format!("\"{}\"", described.action))),
        Version::V12 if described.action.is_empty() => (version.content_type().to_owned(), None),
        Version::V12 => (format!("{}; action=\"{}\"", version.content_type(), described.action), None),
    };
    let plain = !described.action.contains(['"', '\\']);
    let header = |text: &str| HeaderValue::from_str(text).ok().filter(|_| plain);
    let Some((content_type, action)) = header(&content_type).zip(Some(action.as_deref().map(header))) else {
        problems.push(Fault::new("web-soap-action").at(planned.line));
        return None;
    };
    let call = SoapCall {
        version,
        address: upstream.address.clone(),
        content_type,
        action: action.flatten(),
        template: template?,
        root: described.element,
        token: upstream.token.clone(),
        faults: rules,
    };
    Some(Prepared { service: Service::Soap(Box::new(call)), reply: reply? })
}
