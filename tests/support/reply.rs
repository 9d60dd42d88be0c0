//! Reading replies as a strict consumer does: exact names, exact order, nothing beside.

use super::http::HttpReply;
use super::message::{Entry, Soap};
use kapia_xml::{Document, Element, ElementId, Limits};

const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";
const ADDRESSING: &str = "http://www.w3.org/2005/08/addressing";
const DSIG: &str = "http://www.w3.org/2000/09/xmldsig#";
const DISPATCHER: &str = "http://schemas.microsoft.com/net/2005/12/windowscommunicationfoundation/dispatcher";
const PROBLEM: &str = "urn:kapia:fault:1";

/// A reply that is an envelope.
pub struct Read {
    /// As it came.
    pub http: HttpReply,
    /// Its body, parsed.
    pub document: Document,
    soap: Soap,
}

/// A `ServiceResultData`, in either generation.
#[derive(Debug)]
pub struct ResultRead {
    /// `IsReady`.
    pub is_ready: bool,
    /// `Data` with a `Request` and a `Response` in it.
    pub data: Option<ElementId>,
    /// The one element in `Request`.
    pub request: Option<ElementId>,
    /// The one element in `Response`.
    pub response: Option<ElementId>,
    /// `Matrix`, unless it is nil.
    pub matrix: Option<ElementId>,
    /// The `ds:Signature`.
    pub signature: Option<ElementId>,
    /// `HasError`.
    pub has_error: bool,
    /// `Error`, unless it is nil.
    pub error: Option<String>,
    /// `ServiceCallID`.
    pub call_id: i64,
    /// `VerificationCode` (V2), of a call that was accepted.
    pub code: Option<String>,
}

/// A SOAP fault.
#[derive(Debug)]
pub struct FaultRead {
    /// Local name of the code.
    pub code: String,
    /// Local name of the subcode (SOAP 1.2), or of the code in SOAP 1.1.
    pub subcode: Option<String>,
    /// The reason.
    pub reason: String,
    /// Our detail.
    pub problem: Option<ProblemRead>,
}

/// The detail of a fault.
#[derive(Debug)]
pub struct ProblemRead {
    /// `code`.
    pub code: String,
    /// Message in English and Bulgarian.
    pub message: [String; 2],
    /// Hint in English and Bulgarian.
    pub hint: [String; 2],
    /// The places.
    pub places: Vec<PlaceRead>,
}

/// A place in the message.
#[derive(Debug)]
pub struct PlaceRead {
    pub line: u32,
    pub column: u32,
    pub path: String,
    pub rule: String,
    pub expected: Vec<String>,
    pub message: [String; 2],
    pub hint: [String; 2],
}

impl Read {
    /// Reads an envelope of this version; the content type must announce it.
    pub fn new(http: HttpReply, soap: Soap) -> Read {
        assert_eq!(http.header("content-type"), Some(soap.content_type()), "{}", http.everything());
        let document = Document::read(http.body.clone(), &Limits::default()).unwrap();
        assert!(document.root().is(soap.namespace(), "Envelope"), "{}", http.text());
        assert_eq!(document.root().prefix(), "s", "clients read the key s:Envelope");
        Read { http, document, soap }
    }

    /// A result: HTTP 200, the exact frame, every child in its place (wild-clients rules 10 and 11).
    pub fn result(&self, entry: Entry) -> ResultRead {
        self.result_of(entry, entry.method())
    }

    /// The same for another method of the entry point.
    pub fn result_of(&self, entry: Entry, method: &str) -> ResultRead {
        assert_eq!(self.http.status, 200, "{}", self.http.everything());
        let body = self.body();
        assert!(body.is(entry.contract(), &format!("{method}Response")), "{}", self.http.text());
        let wrapper = only(body);
        assert!(wrapper.is(entry.contract(), &format!("{method}Result")));
        let result = match entry {
            Entry::V1 => wrapper,
            Entry::V2 => only(wrapper),
        };
        if entry == Entry::V2 {
            assert!(result.is(entry.data(), "ServiceResultData"));
        }
        read_result(result, entry)
    }

    /// A fault with its status.
    pub fn fault(&self) -> FaultRead {
        let fault = self.body();
        assert!(fault.is(self.soap.namespace(), "Fault"), "not a fault: {}", self.http.everything());
        match self.soap {
            Soap::V11 => self.fault_v11(fault),
            Soap::V12 => self.fault_v12(fault),
        }
    }

    /// Text of an addressing header of the reply.
    pub fn addressing(&self, local: &str) -> Option<String> {
        let header = self.document.root().child(self.soap.namespace(), "Header")?;
        Some(header.child(ADDRESSING, local)?.text().into_owned())
    }

    /// Whether the reply has a header at all.
    pub fn has_header(&self) -> bool {
        self.document.root().child(self.soap.namespace(), "Header").is_some()
    }

    /// The value of `Kapia-Code`.
    pub fn kapia_code(&self) -> Option<&str> {
        self.http.header("kapia-code")
    }

    /// An element of the reply as it is written.
    pub fn written(&self, element: ElementId) -> &str {
        &self.document.source()[self.document.element(element).span()]
    }

    fn body(&self) -> Element<'_> {
        let body = self.document.root().child(self.soap.namespace(), "Body").unwrap();
        let declared: Vec<_> = body.declarations().map(|(prefix, _)| prefix).collect();
        assert!(declared.contains(&"xsi") && declared.contains(&"xsd"), "xsi and xsd stand on the body: {declared:?}");
        only(body)
    }

    fn fault_v11(&self, fault: Element<'_>) -> FaultRead {
        let code = fault.child("", "faultcode").unwrap();
        let value = code.text().into_owned();
        let (prefix, local) = value.split_once(':').unwrap();
        let namespace = code.resolve(prefix).unwrap();
        assert!([DISPATCHER, ADDRESSING, self.soap.namespace()].contains(&namespace), "{value}");
        FaultRead {
            code: local.to_owned(),
            subcode: (namespace != self.soap.namespace()).then(|| local.to_owned()),
            reason: fault.child("", "faultstring").unwrap().text().into_owned(),
            problem: fault.child("", "detail").map(|detail| read_problem(only(detail))),
        }
    }

    fn fault_v12(&self, fault: Element<'_>) -> FaultRead {
        let soap = self.soap.namespace();
        let local = |element: Element<'_>| {
            let value = element.text().into_owned();
            let (prefix, local) = value.split_once(':').unwrap();
            assert!(element.resolve(prefix).is_some(), "{value}");
            local.to_owned()
        };
        let code = fault.child(soap, "Code").unwrap();
        let reason = only(fault.child(soap, "Reason").unwrap());
        FaultRead {
            code: local(code.child(soap, "Value").unwrap()),
            subcode: code.child(soap, "Subcode").map(|subcode| local(subcode.child(soap, "Value").unwrap())),
            reason: reason.text().into_owned(),
            problem: fault.child(soap, "Detail").map(|detail| read_problem(only(detail))),
        }
    }
}

impl ResultRead {
    /// A success: no error, a number, data.
    pub fn assert_answer(&self) {
        assert!(self.is_ready && !self.has_error && self.error.is_none() && self.call_id > 0, "{self:?}");
        assert!(self.request.is_some() && self.response.is_some(), "{self:?}");
    }

    /// A refusal: no data, no number, this text.
    pub fn assert_refused(&self, text: &str) {
        assert_eq!(self.error.as_deref(), Some(text), "{self:?}");
        assert!(self.has_error && !self.is_ready && self.call_id == 0, "{self:?}");
        assert!(self.request.is_none() && self.response.is_none() && self.signature.is_none(), "{self:?}");
    }
}

fn read_result(result: Element<'_>, entry: Entry) -> ResultRead {
    let mut children = result.children().peekable();
    let mut next = |namespace: &str, local: &str| {
        let child = children.next().unwrap_or_else(|| panic!("{local} is missing"));
        assert!(child.is(namespace, local), "{local} is expected where {} stands", child.name());
        assert!(namespace == DSIG || child.prefix().is_empty(), "{local} has a prefix");
        child
    };
    let is_ready = boolean(next(entry.data(), "IsReady"));
    let data = next(entry.data(), "Data");
    let mut rest = children;
    let signature = rest.next_if(|child| child.is(DSIG, "Signature"));
    let mut next = |local: &str| {
        let child = rest.next().unwrap_or_else(|| panic!("{local} is missing"));
        assert!(child.is(entry.data(), local), "{local} is expected where {} stands", child.name());
        child
    };
    let has_error = boolean(next("HasError"));
    let error = next("Error");
    let call_id = next("ServiceCallID").text().parse().unwrap();
    let code = rest.next_if(|child| child.is(entry.data(), "VerificationCode")).map(|code| code.text().into_owned());
    assert!(entry == Entry::V2 || code.is_none(), "V1 has no code");
    assert!(rest.next().is_none(), "something follows ServiceCallID");
    let error = (!nil(error)).then(|| error.text().into_owned());
    assert_eq!(has_error, error.is_some(), "HasError and Error say the same");
    let mut read = ResultRead {
        is_ready,
        data: None,
        request: None,
        response: None,
        matrix: None,
        signature: signature.map(Element::id),
        has_error,
        error,
        call_id,
        code,
    };
    read_data(data, entry, &mut read);
    read
}

fn read_data(data: Element<'_>, entry: Entry, read: &mut ResultRead) {
    if nil(data) {
        assert_eq!(entry, Entry::V2, "V1 has no nil Data");
        return;
    }
    assert_eq!(data.attribute("", "id").as_deref(), Some("data"));
    let children: Vec<Element<'_>> = data.children().collect();
    if let [matrix] = children[..] {
        assert!(entry == Entry::V1 && matrix.is(entry.data(), "Matrix") && nil(matrix), "only an error of V1 looks so");
        return;
    }
    let [request, response, matrix] = children[..] else { panic!("Data holds {} children", children.len()) };
    for (element, local, id) in [(request, "Request", "request"), (response, "Response", "response")] {
        assert!(element.is(entry.data(), local) && element.prefix().is_empty());
        assert_eq!(element.attribute("", "id").as_deref(), Some(id));
    }
    assert!(matrix.is(entry.data(), "Matrix"));
    if !nil(matrix) {
        assert_eq!(matrix.attribute("", "id").as_deref(), Some("AccessMatrix"));
        read.matrix = Some(matrix.id());
    }
    read.data = Some(data.id());
    read.request = Some(only(request).id());
    read.response = Some(only(response).id());
}

fn read_problem(problem: Element<'_>) -> ProblemRead {
    assert!(problem.is(PROBLEM, "Problem"));
    let read = ProblemRead {
        code: problem.attribute("", "code").unwrap().into_owned(),
        message: both(problem, "Message"),
        hint: both(problem, "Hint"),
        places: problem.children().filter(|child| child.local() == "Place").map(read_place).collect(),
    };
    assert!(read.message.iter().chain(&read.hint).all(|text| !text.is_empty()), "a text is missing: {read:?}");
    read
}

fn read_place(place: Element<'_>) -> PlaceRead {
    let text = |local| place.child(PROBLEM, local).unwrap().text().into_owned();
    PlaceRead {
        line: text("Line").parse().unwrap(),
        column: text("Column").parse().unwrap(),
        path: text("Path"),
        rule: text("Rule"),
        expected: place
            .children()
            .filter(|child| child.local() == "Expected")
            .map(|child| child.text().into_owned())
            .collect(),
        message: both(place, "Message"),
        hint: both(place, "Hint"),
    }
}

/// The English and the Bulgarian text of an element that may occur once in each language.
fn both(parent: Element<'_>, local: &str) -> [String; 2] {
    ["en", "bg"].map(|language| {
        let of_language = |child: &Element<'_>| {
            child.is(PROBLEM, local)
                && child.attribute("http://www.w3.org/XML/1998/namespace", "lang").as_deref() == Some(language)
        };
        parent.children().find(of_language).map(|child| child.text().into_owned()).unwrap_or_default()
    })
}

fn only(parent: Element<'_>) -> Element<'_> {
    let mut children = parent.children();
    let only = children.next().unwrap_or_else(|| panic!("{} is empty", parent.name()));
    assert!(children.next().is_none(), "{} holds more than one element", parent.name());
    only
}

fn nil(element: Element<'_>) -> bool {
    let nil = element.attribute(XSI, "nil").as_deref() == Some("true");
    assert!(!nil || element.children().next().is_none() && element.text().is_empty(), "nil and not empty");
    nil
}

fn boolean(element: Element<'_>) -> bool {
    match element.text().as_ref() {
        "true" => true,
        "false" => false,
        other => panic!("clients compare the words true and false, not {other}"),
    }
}
