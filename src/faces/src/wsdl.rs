//! The WSDL of a face (W3C NOTE-wsdl-20010315): document/literal, one part for each message, SOAP 1.1 and 1.2, all
//! schemas inside.

use crate::components::XSD;
use crate::emit::{Emitter, Prefixes, root_of, schema};
use crate::face::{Face, FaceOperation, steps};
use crate::markup::Markup;
use crate::merge::{Merged, Root};
use kapia_adapter::{Operation, Side};
use kapia_regix::{PROBLEM_NAMESPACE, TYPED_FACE, TYPED_NAMES, TYPED_PROBLEM, TypedStep};
use kapia_soap::wsdl::BASE;
use kapia_xml::{Document, Element, Limits};
use std::collections::{BTreeMap, BTreeSet};

/// Types of every contract.
pub(crate) const SHARED_TYPES: [&str; 4] =
    ["CallContext", "AccessMatrix", "AccessMatrixProperties", "AccessMatrixProperty"];

const SIGNATURE: &str = "http://www.w3.org/2000/09/xmldsig#";
const WSDL: &str = "http://schemas.xmlsoap.org/wsdl/";

/// The names that an operation takes in its contract: generators make classes of elements and types alike.
pub(crate) fn names_of(name: &str, asynchronous: bool) -> Vec<String> {
    let steps: &[TypedStep] = match asynchronous {
        true => &[TypedStep::Call, TypedStep::Result, TypedStep::Received],
        false => &[TypedStep::Call],
    };
    let mut names: Vec<String> = ["Argument", "Answer", "Data"].map(|end| format!("{name}{end}")).into();
    for step in steps {
        let step = step.name(name);
        names.extend([step.clone(), format!("{step}Request"), format!("{step}Response")]);
    }
    names
}

/// Writes the WSDL of a face.
pub(crate) fn write(face: &Face) -> String {
    let mut merged = Merged::of(&roots(face));
    let prefixes = Prefixes::new(&face.namespace, &merged);
    let containers = Containers::of(face, &mut merged);
    let mut out = Markup::new();
    out.start(
        "wsdl:definitions",
        &[
            ("name", &face.service),
            ("targetNamespace", &face.namespace),
            ("xmlns:tns", &face.namespace),
            ("xmlns:p", PROBLEM_NAMESPACE),
            ("xmlns:wsdl", WSDL),
            ("xmlns:soap", "http://schemas.xmlsoap.org/wsdl/soap/"),
            ("xmlns:soap12", "http://schemas.xmlsoap.org/wsdl/soap12/"),
        ],
    );
    let about = [face.register.as_str(), "Типизиран договор на шлюза Капия: по една операция за всяка справка."];
    out.text("wsdl:documentation", &[], about.join(". ").trim_start_matches(". "));
    out.start("wsdl:types", &[]);
    for namespace in Prefixes::of_documents(&merged) {
        let mut emitter = Emitter::new(&merged, &prefixes, &namespace);
        containers.write(&namespace, &mut emitter);
        emitter.declarations();
        emitter.finish(&mut out);
    }
    if !merged.declares(SIGNATURE, "Signature") {
        signature(&mut out);
    }
    problem(&mut out);
    contract(face, &merged, &prefixes, &containers, &mut out);
    out.end();
    messages(face, &mut out);
    port_type(face, &mut out);
    for (version, transport) in [("Soap11", "soap"), ("Soap12", "soap12")] {
        binding(face, version, transport, &mut out);
    }
    service(face, &mut out);
    out.end();
    out.into_text()
}

fn roots(face: &Face) -> Vec<Root<'_>> {
    let root = |operation: &FaceOperation, side: &'_ Side| (operation.name.clone(), side.root.clone());
    let mut roots = Vec::new();
    for operation in &face.operations {
        for side in [&operation.operation.request, &operation.operation.response] {
            let (label, name) = root(operation, side);
            roots.push(Root { set: &side.schema, key: root_of(&name.namespace, &name.local), label });
        }
    }
    roots
}

/// Types that hold one document each. They stand in the namespace of the contract; where the root of the document cannot
/// be referred to, in that of the document, where it can be declared.
///
/// Where a document may name a type that has another name in the contract, its content is left open.
struct Containers {
    in_documents: BTreeMap<usize, (String, String)>,
    open: BTreeSet<usize>,
}

impl Containers {
    fn of(face: &Face, merged: &mut Merged<'_>) -> Containers {
        let (mut in_documents, mut open) = (BTreeMap::new(), BTreeSet::new());
        for (at, operation) in face.operations.iter().enumerate() {
            for (side, end) in [(&operation.operation.request, "Argument"), (&operation.operation.response, "Answer")] {
                let place = at * 2 + usize::from(end == "Answer");
                let root = root_of(&side.root.namespace, &side.root.local);
                if merged.has_renamed_types_in_documents(place) {
                    open.insert(place);
                } else if !merged.can_be_referred_to(&(place, root)) {
                    let namespace = side.root.namespace.to_string();
                    let name = merged.further_type(&namespace, &format!("{}{end}", operation.name));
                    in_documents.insert(place, (namespace, name));
                }
            }
        }
        Containers { in_documents, open }
    }

    fn write(&self, namespace: &str, emitter: &mut Emitter<'_, '_>) {
        for (place, (_, name)) in self.in_documents.iter().filter(|(_, (own, _))| own == namespace) {
            let Some(node) = emitter.root(*place) else { continue };
            emitter.out.start("xs:complexType", &[("name", name)]);
            emitter.out.start("xs:sequence", &[]);
            emitter.declare_here(&node, Vec::new());
            emitter.out.end();
            emitter.out.empty("xs:attribute", &[("name", "id"), ("type", "xs:ID")]);
            emitter.out.end();
        }
    }
}

fn signature(out: &mut Markup) {
    let attributes = [
        ("xmlns:xs", XSD),
        ("xmlns:ds", SIGNATURE),
        ("targetNamespace", SIGNATURE),
        ("elementFormDefault", "qualified"),
    ];
    out.start("xs:schema", &attributes);
    out.start("xs:element", &[("name", "Signature"), ("type", "ds:SignatureType")]);
    told(out, "Електронен подпис върху отговора, по препоръката XML Signature.");
    out.end();
    // Open on purpose: the full schema of signatures would have to be fetched, and a WSDL stands alone.
    out.start("xs:complexType", &[("name", "SignatureType")]);
    out.start("xs:sequence", &[]);
    out.empty("xs:any", &[("minOccurs", "0"), ("maxOccurs", "unbounded"), ("processContents", "lax")]);
    out.end();
    out.empty("xs:attribute", &[("name", "Id"), ("type", "xs:ID")]);
    out.end();
    out.end();
}

fn problem(out: &mut Markup) {
    let Some(document) = fixed(TYPED_PROBLEM.to_owned()) else { return };
    let attributes = [
        ("xmlns:xs", XSD),
        ("xmlns:p", PROBLEM_NAMESPACE),
        ("targetNamespace", PROBLEM_NAMESPACE),
        ("elementFormDefault", "qualified"),
    ];
    out.start("xs:schema", &attributes);
    document.root().children().for_each(|child| copy(out, child));
    out.end();
}

/// The schema of the contract itself.
fn contract(face: &Face, merged: &Merged<'_>, prefixes: &Prefixes, containers: &Containers, out: &mut Markup) {
    let Some(shared) = fixed(TYPED_FACE.replace("{{namespace}}", &face.namespace)) else { return };
    let mut used = BTreeSet::from([SIGNATURE.to_owned()]);
    let mut content = Markup::at(3);
    let fields = shared.root().children().find(|child| child.attribute("", "name").as_deref() == Some("RequestFields"));
    let fields = fields.and_then(|fields| fields.child(XSD, "sequence"));
    for (at, operation) in face.operations.iter().enumerate() {
        let mut writer = Contract { merged, prefixes, containers, used: &mut used, out: &mut content };
        writer.operation(at, operation, fields);
    }
    for child in
        shared.root().children().filter(|child| child.attribute("", "name").as_deref() != Some("RequestFields"))
    {
        copy(&mut content, child);
    }
    schema(out, prefixes, &face.namespace, "qualified", &used, content);
}

struct Contract<'w, 'd> {
    merged: &'w Merged<'d>,
    prefixes: &'w Prefixes,
    containers: &'w Containers,
    used: &'w mut BTreeSet<String>,
    out: &'w mut Markup,
}

impl Contract<'_, '_> {
    fn operation(&mut self, at: usize, operation: &FaceOperation, fields: Option<Element<'_>>) {
        let name = &operation.name;
        let argument = self.container(at * 2, &operation.operation.request, &format!("{name}Argument"));
        let answer = self.container(at * 2 + 1, &operation.operation.response, &format!("{name}Answer"));
        self.data(name, &argument, &answer);
        self.element(&format!("{name}Request"), |out| {
            out.start("xs:element", &[("name", TYPED_NAMES.argument), ("type", &argument)]);
            told(out, "Въпросът към регистъра: един документ.");
            out.end();
            fields.into_iter().flat_map(Element::children).for_each(|field| copy(out, field));
        });
        if !operation.operation.asynchronous {
            return self.element(&format!("{name}Response"), |out| {
                answered(out, name, true);
                call(out);
            });
        }
        self.element(&format!("{name}Response"), |out| {
            call(out);
            code(out);
        });
        for step in [TypedStep::Result, TypedStep::Received] {
            self.element(&format!("{}Request", step.name(name)), |out| {
                call(out);
                code(out);
            });
        }
        self.element(&format!("{}Response", TypedStep::Result.name(name)), |out| {
            out.start("xs:element", &[("name", TYPED_NAMES.ready), ("type", "xs:boolean")]);
            told(out, "Истина, когато отговорът е готов.");
            out.end();
            answered(out, name, false);
            call(out);
        });
        self.element(&format!("{}Response", TypedStep::Received.name(name)), |_| {});
    }

    fn element(&mut self, name: &str, fill: impl FnOnce(&mut Markup)) {
        self.out.start("xs:element", &[("name", name)]);
        self.out.start("xs:complexType", &[]);
        self.out.start("xs:sequence", &[]);
        fill(self.out);
        self.out.end();
        self.out.end();
        self.out.end();
    }

    /// The type that holds one document, declared here if its root can be referred to.
    fn container(&mut self, place: usize, side: &Side, name: &str) -> String {
        if self.containers.open.contains(&place) {
            return self.open_container(&side.root.namespace, name);
        }
        if let Some((namespace, name)) = self.containers.in_documents.get(&place) {
            let written = self.prefixes.written(namespace);
            self.used.insert(written.to_owned());
            return format!("{}:{name}", self.prefixes.prefix(written));
        }
        let root = (place, root_of(&side.root.namespace, &side.root.local));
        let reference = format!("{}:{}", self.prefixes.prefix(&side.root.namespace), self.merged.name(&root));
        self.used.insert(side.root.namespace.to_string());
        self.out.start("xs:complexType", &[("name", name)]);
        self.out.start("xs:sequence", &[]);
        self.out.empty("xs:element", &[("ref", &reference)]);
        self.out.end();
        self.out.empty("xs:attribute", &[("name", "id"), ("type", "xs:ID")]);
        self.out.end();
        format!("tns:{name}")
    }

    /// The type that holds one document of a namespace, whatever it is.
    fn open_container(&mut self, namespace: &str, name: &str) -> String {
        self.out.start("xs:complexType", &[("name", name)]);
        told(
            self.out,
            "Документът следва схемата на операцията си. Тук тя не може да се изпише, защото друга операция описва по друг начин типове със същите имена, а документът ги назовава (xsi:type).",
        );
        self.out.start("xs:sequence", &[]);
        let namespace = if namespace.is_empty() { "##local" } else { namespace };
        self.out.empty("xs:any", &[("namespace", namespace), ("processContents", "skip")]);
        self.out.end();
        self.out.empty("xs:attribute", &[("name", "id"), ("type", "xs:ID")]);
        self.out.end();
        format!("tns:{name}")
    }

    fn data(&mut self, name: &str, argument: &str, answer: &str) {
        let out = &mut *self.out;
        out.start("xs:complexType", &[("name", &format!("{name}Data"))]);
        told(out, "Двойката въпрос и отговор. Подписът, когато има такъв, обхваща точно този елемент.");
        out.start("xs:sequence", &[]);
        for (name, type_, text) in [
            (TYPED_NAMES.request, argument, "Въпросът, на който е отговорено."),
            (TYPED_NAMES.response, answer, "Отговорът на регистъра, без полетата, които питащият няма право да вижда."),
        ] {
            out.start("xs:element", &[("name", name), ("type", type_)]);
            told(out, text);
            out.end();
        }
        // Always there, nil or not: where it could be left out too, some stacks wrap it to tell the two apart.
        let matrix = [("name", TYPED_NAMES.matrix), ("type", "tns:AccessMatrix"), ("nillable", "true")];
        out.start("xs:element", &matrix);
        told(out, "Кои полета питащият вижда; попълнено само ако е поискано.");
        out.end();
        out.end();
        out.empty("xs:attribute", &[("name", "id"), ("type", "xs:ID")]);
        out.end();
    }
}

/// What is signed, and its signature.
fn answered(out: &mut Markup, name: &str, always: bool) {
    let type_ = format!("tns:{name}Data");
    let mut attributes = vec![("name", TYPED_NAMES.data), ("type", type_.as_str())];
    attributes.extend((!always).then_some(("minOccurs", "0")));
    out.empty("xs:element", &attributes);
    out.empty("xs:element", &[("ref", "ds:Signature"), ("minOccurs", "0")]);
}

fn call(out: &mut Markup) {
    out.start("xs:element", &[("name", TYPED_NAMES.call), ("type", "xs:long")]);
    told(out, "Номерът, под който извикването е записано.");
    out.end();
}

fn code(out: &mut Markup) {
    out.start("xs:element", &[("name", TYPED_NAMES.code), ("type", "xs:string")]);
    told(out, "Таен код, с който се взима отложен отговор.");
    out.end();
}

fn told(out: &mut Markup, text: &str) {
    out.start("xs:annotation", &[]);
    out.text("xs:documentation", &[("xml:lang", "bg")], text);
    out.end();
}

/// A schema of ours.
fn fixed(text: String) -> Option<Document> {
    Document::read(text, &Limits::default()).ok()
}

/// An element of a schema of ours with all below it.
fn copy(out: &mut Markup, element: Element<'_>) {
    let name = format!("xs:{}", element.local());
    let attributes: Vec<(String, String)> = element
        .attributes()
        .map(|attribute| {
            let prefix = attribute.prefix();
            let name = if prefix.is_empty() {
                attribute.local().to_owned()
            } else {
                format!("{prefix}:{}", attribute.local())
            };
            (name, attribute.value().into_owned())
        })
        .collect();
    let attributes: Vec<(&str, &str)> =
        attributes.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let text = element.text();
    if element.children().next().is_some() {
        out.start(&name, &attributes);
        element.children().for_each(|child| copy(out, child));
        out.end();
    } else if text.trim().is_empty() {
        out.empty(&name, &attributes);
    } else {
        out.text(&name, &attributes, text.trim());
    }
}

/// Every step of every operation, by its name in the contract.
fn asked(face: &Face) -> impl Iterator<Item = (String, TypedStep, &Operation)> {
    face.operations.iter().flat_map(|operation| {
        let of_step = |step: &TypedStep| (step.name(&operation.name), *step, &*operation.operation);
        steps(&operation.operation).iter().map(of_step).collect::<Vec<_>>()
    })
}

fn messages(face: &Face, out: &mut Markup) {
    for (name, ..) in asked(face) {
        for (end, part) in [("Request", "request"), ("Response", "response")] {
            let name = format!("{name}{end}");
            out.start("wsdl:message", &[("name", &name)]);
            out.empty("wsdl:part", &[("name", part), ("element", &format!("tns:{name}"))]);
            out.end();
        }
    }
    out.start("wsdl:message", &[("name", "ProblemFault")]);
    out.empty("wsdl:part", &[("name", "fault"), ("element", "p:Problem")]);
    out.end();
}

fn port_type(face: &Face, out: &mut Markup) {
    out.start("wsdl:portType", &[("name", &face.service)]);
    for (name, step, operation) in asked(face) {
        out.start("wsdl:operation", &[("name", &name)]);
        out.text("wsdl:documentation", &[], &about(step, operation));
        out.empty("wsdl:input", &[("message", &format!("tns:{name}Request"))]);
        out.empty("wsdl:output", &[("message", &format!("tns:{name}Response"))]);
        out.empty("wsdl:fault", &[("name", "Problem"), ("message", "tns:ProblemFault")]);
        out.end();
    }
    out.end();
}

fn about(step: TypedStep, operation: &Operation) -> String {
    let mut text = match step {
        TypedStep::Call => operation.description.split_whitespace().collect::<Vec<_>>().join(" "),
        TypedStep::Result => "Взима отговора на отложена заявка.".to_owned(),
        TypedStep::Received => "Потвърждава, че отговорът на отложена заявка е получен; той се изтрива.".to_owned(),
    };
    if let (TypedStep::Call, Some(succession)) = (step, &operation.successor) {
        let until = succession.until.map(|until| format!(", обслужва се до {until}")).unwrap_or_default();
        text.push_str(&format!(" Старо име{until}; използвайте {}.", succession.successor));
    }
    text.trim_start().to_owned()
}

fn binding(face: &Face, version: &str, soap: &str, out: &mut Markup) {
    out.start(
        "wsdl:binding",
        &[("name", &format!("{}{version}", face.service)), ("type", &format!("tns:{}", face.service))],
    );
    out.empty(
        &format!("{soap}:binding"),
        &[("style", "document"), ("transport", "http://schemas.xmlsoap.org/soap/http")],
    );
    for (name, ..) in asked(face) {
        out.start("wsdl:operation", &[("name", &name)]);
        let action = format!("{}:{name}", face.namespace);
        out.empty(&format!("{soap}:operation"), &[("soapAction", &action), ("style", "document")]);
        for message in ["wsdl:input", "wsdl:output"] {
            out.start(message, &[]);
            out.empty(&format!("{soap}:body"), &[("use", "literal")]);
            out.end();
        }
        out.start("wsdl:fault", &[("name", "Problem")]);
        out.empty(&format!("{soap}:fault"), &[("name", "Problem"), ("use", "literal")]);
        out.end();
        out.end();
    }
    out.end();
}

fn service(face: &Face, out: &mut Markup) {
    out.start("wsdl:service", &[("name", &face.service)]);
    for (version, soap, below) in [("Soap11", "soap", ""), ("Soap12", "soap12", "/soap12")] {
        let port = format!("{}{version}", face.service);
        out.start("wsdl:port", &[("name", &port), ("binding", &format!("tns:{port}"))]);
        out.empty(&format!("{soap}:address"), &[("location", &format!("{BASE}{}{below}", face.path()))]);
        out.end();
    }
    out.end();
}
