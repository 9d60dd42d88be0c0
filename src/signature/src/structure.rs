//! The parts of a `ds:Signature`, read strictly: what is not expected is refused, not passed over.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kapia_xml::canonical::Method;
use kapia_xml::{Element, Node};

use crate::algorithm::{
    Algorithms, DSIG_NAMESPACE, DigestAlgorithm, ENVELOPED_SIGNATURE, EXCLUSIVE_C14N, SignatureAlgorithm,
    canonicalization,
};
use crate::refusal::{Refusal, VerifyError};

/// A signature whose every algorithm is admitted; nothing of it has been verified.
pub(crate) struct Structure<'d> {
    pub(crate) element: Element<'d>,
    pub(crate) signed_info: Element<'d>,
    pub(crate) canonicalization: Canonicalization,
    pub(crate) algorithm: SignatureAlgorithm,
    pub(crate) references: Vec<Reference<'d>>,
    pub(crate) value: Vec<u8>,
    pub(crate) key_info: Option<Element<'d>>,
}

/// A canonical form with its `InclusiveNamespaces`, an empty prefix for `#default`.
pub(crate) struct Canonicalization {
    pub(crate) method: Method,
    pub(crate) prefixes: Vec<String>,
}

pub(crate) struct Reference<'d> {
    pub(crate) element: Element<'d>,
    /// The id behind `#`.
    pub(crate) id: String,
    pub(crate) kind: Option<String>,
    pub(crate) enveloped: bool,
    pub(crate) canonicalization: Canonicalization,
    pub(crate) digest: DigestAlgorithm,
    pub(crate) value: Vec<u8>,
}

impl<'d> Structure<'d> {
    /// Reads a `ds:Signature` (XML Signature 1.1 §4.1).
    pub(crate) fn read(element: Element<'d>, allow: Algorithms) -> Result<Self, VerifyError> {
        let mut children = Children::of(element)?;
        let signed_info = children.required("SignedInfo")?;
        let value_element = children.required("SignatureValue")?;
        let key_info = children.optional("KeyInfo");
        while let Some(object) = children.optional("Object") {
            refuse_manifest(object)?;
        }
        children.finish()?;

        let mut info = Children::of(signed_info)?;
        let canonicalization = Canonicalization::read(info.required("CanonicalizationMethod")?)?;
        let method = info.required("SignatureMethod")?;
        let algorithm = SignatureAlgorithm::admitted(&algorithm_uri(method)?, allow)
            .map_err(|refusal| VerifyError::at(refusal, method))?;
        Children::of(method)?.finish()?;
        let mut references = Vec::new();
        while let Some(reference) = info.optional("Reference") {
            if references.len() == MAX_REFERENCES {
                return Err(VerifyError::at(Refusal::References, reference));
            }
            references.push(Reference::read(reference, allow)?);
        }
        info.finish()?;
        Ok(Structure {
            element,
            signed_info,
            canonicalization,
            algorithm,
            references,
            value: binary(value_element)?,
            key_info,
        })
    }
}

impl<'d> Reference<'d> {
    fn read(element: Element<'d>, allow: Algorithms) -> Result<Self, VerifyError> {
        let kind = element.attribute("", "Type").map(|kind| kind.into_owned());
        if kind.as_deref() == Some(MANIFEST_TYPE) {
            return Err(VerifyError::at(Refusal::Manifest, element));
        }
        let id = same_document(element.attribute("", "URI").as_deref())
            .map_err(|refusal| VerifyError::at(refusal, element))?
            .to_owned();
        let mut children = Children::of(element)?;
        let mut enveloped = false;
        let mut canonical = None;
        if let Some(transforms) = children.optional("Transforms") {
            let mut list = Children::of(transforms)?;
            while let Some(transform) = list.optional("Transform") {
                let uri = algorithm_uri(transform)?;
                if uri == ENVELOPED_SIGNATURE && !enveloped && canonical.is_none() {
                    Children::of(transform)?.finish()?;
                    enveloped = true;
                } else if canonicalization(&uri).is_some() && canonical.is_none() {
                    canonical = Some(Canonicalization::read(transform)?);
                } else {
                    return Err(VerifyError::at(transform_refusal(&uri), transform));
                }
            }
            list.finish()?;
        }
        let method = children.required("DigestMethod")?;
        let digest = DigestAlgorithm::admitted(&algorithm_uri(method)?, allow)
            .map_err(|refusal| VerifyError::at(refusal, method))?;
        Children::of(method)?.finish()?;
        let value = binary(children.required("DigestValue")?)?;
        children.finish()?;
        Ok(Reference {
            element,
            id,
            kind,
            enveloped,
            // XML Signature §4.4.3.2: a node set that reaches the digest is canonicalised by C14N 1.0.
            canonicalization: canonical.unwrap_or(Canonicalization { method: Method::Inclusive, prefixes: Vec::new() }),
            digest,
            value,
        })
    }
}

impl Canonicalization {
    /// Reads `CanonicalizationMethod` or `Transform`, whose only admitted content is `InclusiveNamespaces`.
    fn read(element: Element<'_>) -> Result<Self, VerifyError> {
        let method = canonicalization(&algorithm_uri(element)?)
            .ok_or_else(|| VerifyError::at(Refusal::Canonicalization, element))?;
        let mut children = Children::of(element)?;
        let mut prefixes = Vec::new();
        if let Some(list) = children.next_named(EXCLUSIVE_C14N, "InclusiveNamespaces") {
            let malformed = || VerifyError::at(Refusal::PrefixList, list);
            if method != Method::Exclusive || list.nodes().next().is_some() {
                return Err(malformed());
            }
            let text = list.attribute("", "PrefixList").ok_or_else(malformed)?;
            for token in text.split(is_space).filter(|token| !token.is_empty()) {
                if prefixes.len() == MAX_PREFIXES || token.contains(':') {
                    return Err(malformed());
                }
                prefixes.push(if token == "#default" { String::new() } else { token.to_owned() });
            }
        }
        children.finish()?;
        Ok(Canonicalization { method, prefixes })
    }

    /// Appends the canonical octets of an element.
    pub(crate) fn apply(&self, element: Element<'_>, skip: Option<kapia_xml::ElementId>, out: &mut Vec<u8>) {
        let prefixes: Vec<&str> = self.prefixes.iter().map(String::as_str).collect();
        kapia_xml::canonical::canonicalize(element, self.method, &prefixes, skip, out);
    }
}

/// The child elements of an element that holds nothing else but blanks, comments and instructions.
pub(crate) struct Children<'d> {
    parent: Element<'d>,
    rest: std::iter::Peekable<std::vec::IntoIter<Element<'d>>>,
}

impl<'d> Children<'d> {
    pub(crate) fn of(parent: Element<'d>) -> Result<Self, VerifyError> {
        let mut elements = Vec::new();
        for node in parent.nodes() {
            match node {
                Node::Element(element) => elements.push(element),
                Node::Text(text) if !text.is_blank() => {
                    return Err(VerifyError::at(Refusal::Structure, parent));
                }
                Node::Text(_) | Node::Comment(_) | Node::Instruction { .. } => {}
            }
        }
        Ok(Children { parent, rest: elements.into_iter().peekable() })
    }

    pub(crate) fn next_named(&mut self, namespace: &str, local: &str) -> Option<Element<'d>> {
        self.rest.next_if(|element| element.is(namespace, local))
    }

    pub(crate) fn optional(&mut self, local: &str) -> Option<Element<'d>> {
        self.next_named(DSIG_NAMESPACE, local)
    }

    pub(crate) fn required(&mut self, local: &str) -> Result<Element<'d>, VerifyError> {
        match self.optional(local) {
            Some(element) => Ok(element),
            None => Err(VerifyError::at(Refusal::Structure, self.parent)),
        }
    }

    /// Refuses what is left.
    pub(crate) fn finish(mut self) -> Result<(), VerifyError> {
        match self.rest.next() {
            Some(unexpected) => Err(VerifyError::at(Refusal::Structure, unexpected)),
            None => Ok(()),
        }
    }
}

/// The text of an element that holds text only: no comment may split what is read (a known attack on SAML).
pub(crate) fn plain_text(element: Element<'_>) -> Result<std::borrow::Cow<'_, str>, VerifyError> {
    if element.nodes().all(|node| matches!(node, Node::Text(_))) {
        Ok(element.text())
    } else {
        Err(VerifyError::at(Refusal::SplitText, element))
    }
}

/// `xs:base64Binary` with white space anywhere, also the `&#13;` that Java writes at line ends.
pub(crate) fn binary(element: Element<'_>) -> Result<Vec<u8>, VerifyError> {
    let text = plain_text(element)?;
    let dense: String = text.split(is_space).collect();
    match STANDARD.decode(dense) {
        Ok(octets) if !octets.is_empty() => Ok(octets),
        _ => Err(VerifyError::at(Refusal::Base64, element)),
    }
}

pub(crate) fn algorithm_uri(element: Element<'_>) -> Result<String, VerifyError> {
    match element.attribute("", "Algorithm") {
        Some(uri) => Ok(uri.into_owned()),
        None => Err(VerifyError::at(Refusal::Structure, element)),
    }
}

/// White space of XML 1.0 §2.3.
fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\r' | '\n')
}

fn same_document(uri: Option<&str>) -> Result<&str, Refusal> {
    let uri = uri.ok_or(Refusal::ReferenceAbsent)?;
    if uri.is_empty() {
        return Err(Refusal::ReferenceWhole);
    }
    let id = uri.strip_prefix('#').ok_or(Refusal::ReferenceExternal)?;
    let begins = |c: char| c.is_alphabetic() || c == '_';
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '\u{b7}');
    if id.starts_with(begins) && id.chars().all(fits) { Ok(id) } else { Err(Refusal::ReferencePointer) }
}

fn transform_refusal(uri: &str) -> Refusal {
    match uri {
        "http://www.w3.org/TR/1999/REC-xslt-19991116" => Refusal::TransformXslt,
        "http://www.w3.org/TR/1999/REC-xpath-19991116" | "http://www.w3.org/2002/06/xmldsig-filter2" => {
            Refusal::TransformXpath
        }
        _ => Refusal::Transform,
    }
}

fn refuse_manifest(object: Element<'_>) -> Result<(), VerifyError> {
    match object.child(DSIG_NAMESPACE, "Manifest") {
        Some(manifest) => Err(VerifyError::at(Refusal::Manifest, manifest)),
        None => Ok(()),
    }
}

const MANIFEST_TYPE: &str = "http://www.w3.org/2000/09/xmldsig#Manifest";
/// The data and the XAdES properties.
const MAX_REFERENCES: usize = 2;
const MAX_PREFIXES: usize = 64;
