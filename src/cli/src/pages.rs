//! Short answers of the listener itself: pages for people, and refusals in the words of the client's protocol.

use crate::text;
use kapia_faces::FaceRoute;
use kapia_regix::{Address, EntryPoint, Route, TypedFault};
use kapia_server::{Head, Outbound, Refusal};
use kapia_soap::{Addressed, Bilingual, Fault, FaultCode, Problem, Version};

const PLAIN: &str = "text/plain; charset=utf-8";

/// What a person sees who opens the address of a service in a browser.
pub(crate) fn service(entry: EntryPoint, folder: &str) -> Outbound {
    let name = match entry {
        EntryPoint::V0 => "RegiXService",
        EntryPoint::V1 => "RegiXEntryPoint",
        EntryPoint::V2 => "RegiXEntryPointV2",
    };
    let Bilingual { en, bg } = text::page_service(name);
    // The folder is `/RegiX` in some case, so it needs no escaping.
    let body = format!(
        "<!doctype html>\n<html lang=\"bg\"><meta charset=\"utf-8\"><title>{name} · Капия</title>\n\
         <p>{bg} <a href=\"{folder}/{name}.svc?singleWsdl\">WSDL</a>\n<p lang=\"en\">{en}\n</html>\n"
    );
    Outbound {
        status: 200,
        content_type: "text/html; charset=utf-8",
        body: body.into_bytes().into(),
        headers: Vec::new(),
    }
}

/// What a person sees who opens the address of EgovService in a browser.
pub(crate) fn portal(path: &str, environment: kapia_records::Environment) -> Outbound {
    let Bilingual { en, bg } = text::page_portal(environment);
    // The path is letters, digits, hyphens and slashes: it was matched before.
    let body = format!(
        "<!doctype html>\n<html lang=\"bg\"><meta charset=\"utf-8\"><title>EgovService · Капия</title>\n\
         <p>{bg} <a href=\"{path}?singleWsdl\">WSDL</a>\n<p lang=\"en\">{en}\n</html>\n"
    );
    Outbound {
        status: 200,
        content_type: "text/html; charset=utf-8",
        body: body.into_bytes().into(),
        headers: Vec::new(),
    }
}

/// For every address that is not served.
pub(crate) fn not_found() -> Outbound {
    said(404, "not-found", &text::page_not_found(), &text::page_not_found_hint())
}

/// For a core that does not show who it is, where a host wants to know.
pub(crate) fn certificate_wanted() -> Outbound {
    said(403, "certificate-wanted", &text::certificate_wanted(), &text::certificate_wanted_hint())
}

/// For a request that the server does not read to its end.
pub(crate) fn refused(refusal: Refusal, head: &Head) -> Outbound {
    let (message, hint) = words(refusal);
    if let Some(route) = FaceRoute::of(&head.path) {
        let passing = matches!(refusal, Refusal::Overloaded);
        return face_fault(refusal.status(), refusal.code(), (message, hint), version(head, route.address), passing);
    }
    let Some(Route::Service(_, address)) = Route::of(&head.path) else {
        return said(refusal.status(), refusal.code(), &message, &hint);
    };
    let version = version(head, address);
    let code = match refusal.status() {
        500.. => FaultCode::Service,
        _ => FaultCode::Sender,
    };
    let headers = headers(refusal.code(), &hint);
    let body = fault(code, refusal.code(), message, hint).write(version, None).into();
    Outbound { status: refusal.status(), content_type: version.content_type(), body, headers }
}

/// A refusal in the words of typed contracts; `passing` if the same message may succeed later.
pub(crate) fn face_fault(
    status: u16,
    code: &'static str,
    (message, hint): (Bilingual, Bilingual),
    version: Version,
    passing: bool,
) -> Outbound {
    let side = if status < 500 { FaultCode::Sender } else { FaultCode::Receiver };
    let headers = headers(code, &hint);
    let detail = TypedFault { retryable: passing, service_call_id: None };
    let body = detail.write(&fault(side, code, message, hint), version, Addressed::No).into();
    Outbound { status, content_type: version.content_type(), body, headers }
}

/// The version of SOAP in which a client is answered that could not be heard to its end.
pub(crate) fn version(head: &Head, address: Address) -> Version {
    let announced = head.content_type.as_deref().and_then(Version::of_content_type);
    announced.unwrap_or(match address {
        Address::Basic => Version::V11,
        Address::WsHttp => Version::V12,
    })
}

fn fault(side: FaultCode, code: &str, message: Bilingual, hint: Bilingual) -> Fault {
    let reason = format!("{}; hint: {}", message.en, hint.en);
    let problem = Problem { code: code.into(), message, hint, places: Vec::new() };
    Fault { code: side, reason, problem: Some(problem) }
}

fn words(refusal: Refusal) -> (Bilingual, Bilingual) {
    match refusal {
        Refusal::BodyTooLarge { limit } => (text::refused_too_large(limit), text::refused_too_large_hint()),
        Refusal::BodyTooSlow => (text::refused_too_slow(), text::refused_too_slow_hint()),
        Refusal::TransferCoding => (text::refused_transfer_coding(), text::refused_transfer_coding_hint()),
        Refusal::ContentEncoding => (text::refused_content_encoding(), text::refused_content_encoding_hint()),
        Refusal::Overloaded => (text::refused_overloaded(), text::try_later()),
        Refusal::Internal => (text::refused_internal(), text::tell_operator()),
        _ => (text::refused_framing(), text::refused_framing_hint()),
    }
}

/// A few words in both languages.
pub(crate) fn said(status: u16, code: &str, message: &Bilingual, hint: &Bilingual) -> Outbound {
    let body = format!("{}\nсъвет: {}\n\n{}\nhint: {}\n", message.bg, hint.bg, message.en, hint.en);
    Outbound { status, content_type: PLAIN, body: body.into_bytes().into(), headers: headers(code, hint) }
}

fn headers(code: &str, hint: &Bilingual) -> Vec<(&'static str, String)> {
    vec![("Kapia-Code", code.to_owned()), ("Kapia-Hint", crate::exchange::header_text(&hint.en))]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(path: &str, content_type: Option<&str>) -> Head {
        Head { path: path.into(), content_type: content_type.map(str::to_owned), ..Head::default() }
    }

    #[test]
    fn a_refusal_at_a_service_is_a_fault_in_the_version_of_the_request() {
        for (path, content_type, expected) in [
            ("/RegiXEntryPointV2.svc/basic", None, "text/xml; charset=utf-8"),
            ("/RegiXEntryPoint.svc", None, "application/soap+xml; charset=utf-8"),
            ("/RegiXEntryPoint.svc", Some("text/xml"), "text/xml; charset=utf-8"),
        ] {
            let refused = refused(Refusal::BodyTooLarge { limit: 10 }, &head(path, content_type));
            assert_eq!((refused.status, refused.content_type), (413, expected));
            let body = String::from_utf8(refused.body.to_bytes(usize::MAX).unwrap().to_vec()).unwrap();
            assert!(body.contains("code=\"body-too-large\"") && body.contains("xml:lang=\"bg\""), "{body}");
            assert_eq!(refused.headers[0], ("Kapia-Code", "body-too-large".to_owned()));
        }
    }

    #[test]
    fn a_refusal_at_a_typed_contract_is_a_fault_of_that_contract() {
        for (path, content_type, expected, code) in [
            ("/adapters/A", None, "text/xml; charset=utf-8", "<faultcode>s:Server</faultcode>"),
            ("/adapters/A/soap12", Some("a/b"), "application/soap+xml; charset=utf-8", "<s:Value>s:Receiver</s:Value>"),
        ] {
            let refused = refused(Refusal::Overloaded, &head(path, content_type));
            assert_eq!((refused.status, refused.content_type), (503, expected));
            let body = String::from_utf8(refused.body.to_bytes(usize::MAX).unwrap().to_vec()).unwrap();
            assert!(
                body.contains(code) && body.contains("<Problem xmlns=\"urn:kapia:faces:1\"><Code>overloaded<"),
                "{body}"
            );
            assert!(body.contains("<Retryable>true<") && body.contains("<HintBg>опитайте по-късно<"), "{body}");
        }
    }

    #[test]
    fn a_refusal_elsewhere_is_plain_text_in_both_languages() {
        let refused = refused(Refusal::BadFraming, &head("/", None));
        let body = String::from_utf8(refused.body.to_bytes(usize::MAX).unwrap().to_vec()).unwrap();
        assert_eq!((refused.status, refused.content_type), (400, PLAIN));
        assert!(body.contains("съвет: ") && body.contains("hint: "), "{body}");
    }
}
