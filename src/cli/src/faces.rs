//! Typed contracts as the public listener shows them: their WSDL, and a page for people.

use crate::{pages, text};
use kapia_adapter::near_names;
use kapia_faces::{Face, Faces};
use kapia_language::Language;
use kapia_regix::Address;
use kapia_server::{Head, Outbound};
use kapia_soap::{Bilingual, Version};

/// The WSDL of a contract under this base address.
pub(crate) fn wsdl(face: &Face, base: &str) -> Outbound {
    let wsdl = match face.wsdl() {
        Ok(wsdl) => kapia_soap::wsdl::addressed(wsdl, base),
        Err(unwritten) => {
            tracing::error!(package = face.package, "{unwritten}");
            let both = |of: &dyn Fn(Language) -> String| Bilingual::new(of(Language::English), of(Language::Bulgarian));
            let message = both(&|language| unwritten.message(language));
            let hint = both(&|language| unwritten.hint(language).to_owned());
            return pages::said(500, "contract-unwritten", &message, &hint);
        }
    };
    Outbound {
        status: 200,
        content_type: "text/xml; charset=utf-8",
        body: wsdl.into_bytes().into(),
        headers: Vec::new(),
    }
}

/// What a person sees who opens the address of a contract in a browser.
pub(crate) fn page(face: &Face, folder: &str) -> Outbound {
    let operations: String = face
        .operations
        .iter()
        .map(|operation| {
            let (name, about) = (escaped(&operation.name), escaped(&operation.operation.description));
            format!("<dt>{name}<dd>{about}\n")
        })
        .collect();
    let Bilingual { en, bg } = text::page_face(&face.package);
    let link = format!("<a href=\"{folder}{}?wsdl\">WSDL</a>", face.path());
    let (en, bg) = (escaped(&en), escaped(&bg));
    html(&face.package, &format!("<p>{bg} {link}\n<p lang=\"en\">{en}\n<dl>\n{operations}</dl>\n"))
}

/// All contracts.
pub(crate) fn list(faces: &Faces, folder: &str) -> Outbound {
    let items: String = faces
        .iter()
        .map(|face| {
            let (path, name, register) = (face.path(), escaped(&face.package), escaped(&face.register));
            format!("<li><a href=\"{folder}{path}\">{name}</a> {register} (<a href=\"{folder}{path}?wsdl\">WSDL</a>)\n")
        })
        .collect();
    let Bilingual { en, bg } = text::page_faces();
    html(&bg, &format!("<p>{bg}\n<p lang=\"en\">{en}\n<ul>\n{items}</ul>\n"))
}

/// For a name that no package has: a fault for who sends SOAP, a few words for everybody else.
pub(crate) fn unknown(faces: &Faces, name: &str, address: Address, head: &Head) -> Outbound {
    let message = text::face_unknown();
    let near = near_names(name, faces.iter().map(|face| face.package.as_str()));
    let hint = if near.is_empty() { text::face_unknown_hint() } else { text::did_you_mean(near.join(", ")) };
    let announced = head.content_type.as_deref().and_then(Version::of_content_type);
    if announced.is_none() && head.soap_action.is_none() {
        return pages::said(404, "contract-unknown", &message, &hint);
    }
    pages::face_fault(404, "contract-unknown", (message, hint), pages::version(head, address), false)
}

fn html(title: &str, content: &str) -> Outbound {
    let title = escaped(title);
    let body = format!(
        "<!doctype html>\n<html lang=\"bg\"><meta charset=\"utf-8\"><title>{title} · Капия</title>\n{content}</html>\n"
    );
    Outbound {
        status: 200,
        content_type: "text/html; charset=utf-8",
        body: body.into_bytes().into(),
        headers: Vec::new(),
    }
}

fn escaped(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    kapia_xml::escape_text(text, &mut out);
    String::from_utf8_lossy(&out).into_owned()
}
