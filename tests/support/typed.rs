//! Messages of typed contracts, as text, and their schemas.

use super::gate::Gate;
use super::http::Post;
use super::message::Soap;
use super::reply::Read;
use kapia_schema::{Memory, Options, SchemaSet};
use kapia_signature::{Algorithms, Certificate, Placement, Policy, Verifier};
use kapia_xml::{Document, Element, Limits};

/// A call of a typed contract.
#[derive(Clone, Debug)]
pub struct TypedCall {
    /// The package.
    pub package: &'static str,
    /// The name of the operation in the contract.
    pub operation: String,
    /// The content of its element; `t` is the prefix of the contract.
    pub content: String,
    /// The version of SOAP.
    pub soap: Soap,
    /// The header block of SOAP 1.2.
    pub header: String,
}

const LAW: &str =
    "<t:CallContext><t:ServiceURI>17-2026</t:ServiceURI><t:LawReason>чл. 1 от пример</t:LawReason></t:CallContext>";

impl TypedCall {
    /// A good call in SOAP 1.1.
    pub fn of(package: &'static str, operation: impl Into<String>, argument: &str) -> TypedCall {
        let content = format!("<t:Argument>{argument}</t:Argument>{LAW}");
        TypedCall { package, operation: operation.into(), content, soap: Soap::V11, header: String::new() }
    }

    /// With further fields behind the call context.
    pub fn with(mut self, fields: &str) -> TypedCall {
        self.content.push_str(fields);
        self
    }

    /// In this version of SOAP.
    pub fn soap(self, soap: Soap) -> TypedCall {
        TypedCall { soap, ..self }
    }

    /// With a wish for a signature.
    pub fn signed(self) -> TypedCall {
        self.with("<t:SignResult>true</t:SignResult>")
    }

    /// The namespace of the contract.
    pub fn namespace(&self) -> String {
        format!("urn:kapia:adapter:{}:1", self.package)
    }

    /// The request over HTTP.
    pub fn post(&self) -> Post {
        let (soap, namespace, operation) = (self.soap.namespace(), self.namespace(), &self.operation);
        let header = match self.header.as_str() {
            "" => String::new(),
            header => format!("<s:Header>{header}</s:Header>"),
        };
        let envelope = format!(
            "<s:Envelope xmlns:s=\"{soap}\">{header}<s:Body><t:{operation}Request xmlns:t=\"{namespace}\">{}</t:{operation}Request></s:Body></s:Envelope>",
            self.content
        );
        let post = Post::to(&self.path(), envelope).with("Content-Type", self.soap.content_type());
        match self.soap {
            Soap::V11 => post.with("SOAPAction", &format!("\"{namespace}:{operation}\"")),
            Soap::V12 => post,
        }
    }

    fn path(&self) -> String {
        let below = if self.soap == Soap::V11 { "" } else { "/soap12" };
        format!("/adapters/{}{below}", self.package)
    }
}

impl Gate {
    /// Makes a typed call as the consumer.
    pub fn typed(&self, call: &TypedCall) -> Read {
        Read::new(self.send(&call.post().octets()), call.soap)
    }

    /// The WSDL of a package, as anybody reads it.
    pub fn typed_wsdl(&self, package: &str) -> String {
        let get = Post { method: "GET".into(), ..Post::to(&format!("/adapters/{package}?wsdl"), "") };
        let mut connection = self.tls(None).connect(self.port).unwrap();
        connection.send(&get.octets()).unwrap();
        let reply = connection.reply().unwrap();
        assert_eq!((reply.status, reply.header("content-type")), (200, Some("text/xml; charset=utf-8")), "{package}");
        reply.text().to_owned()
    }
}

/// The schemas that stand in a WSDL, as one set.
pub fn schemas_of(wsdl: &str) -> SchemaSet {
    let document = Document::read(wsdl.as_bytes().to_vec(), &Limits::default()).unwrap();
    let types = document.root().child("http://schemas.xmlsoap.org/wsdl/", "types").unwrap();
    let mut source = Memory::new();
    let mut names = Vec::new();
    for (number, schema) in types.children().enumerate() {
        names.push(format!("{number}.xsd"));
        source = source.with(&names[number], document.source()[schema.span()].as_bytes().to_vec());
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    SchemaSet::load_all(&names, &source).unwrap_or_else(|error| panic!("{error:?}\n{wsdl}"))
}

/// What the element in the body of a reply, or the detail of its fault, breaks of the contract.
pub fn broken(read: &Read, schemas: &SchemaSet) -> Vec<String> {
    let told = content(read);
    let report = schemas.validate(told, &Options::default());
    report.violations.iter().map(|violation| format!("{} at {}", violation.code, violation.path)).collect()
}

/// The element of the contract in a reply: in the body, or in the detail of a fault.
pub fn content(read: &Read) -> Element<'_> {
    let body = read.document.root().children().last().unwrap();
    let element = body.children().next().unwrap();
    if element.local() != "Fault" {
        return element;
    }
    let detail = element.children().find(|child| child.local().eq_ignore_ascii_case("detail"));
    detail.and_then(|detail| detail.children().next()).unwrap_or_else(|| panic!("{}", read.http.text()))
}

/// The text of a child of the detail of a typed fault.
pub fn problem(read: &Read, name: &str) -> String {
    assert_eq!(read.http.status, 500, "{}", read.http.everything());
    let problem = content(read);
    assert!(problem.is("urn:kapia:faces:1", "Problem"), "{}", read.http.text());
    problem.child("urn:kapia:faces:1", name).map(|child| child.text().into_owned()).unwrap_or_default()
}

/// Verifies the one signature of a typed answer under the signer's certificate, and that it covers `Data`.
pub fn typed_signature(read: &Read, namespace: &str, certs: &std::path::Path) {
    let signer = std::fs::read_to_string(certs.join("signer.pem")).unwrap();
    let verifier = Verifier::new(Certificate::from_pem(&signer).unwrap(), Algorithms::MODERN);
    let verified = verifier.verify(&read.document, &Policy::new(Placement::SiblingBefore)).unwrap();
    assert!(read.document.element(verified.element).is(namespace, "Data"));
}
