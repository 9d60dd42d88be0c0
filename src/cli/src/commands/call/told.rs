//! What came back, for a person.

use crate::client::Heard;
use crate::failure::{Exit, Failure};
use crate::language::Language;
use crate::readable;
use crate::session::Session;
use crate::text;
use crate::verdict::{self, KnownSigner};
use kapia_regix::consumer::{Reply, ReplyKind};
use kapia_schema::FieldTree;
use kapia_soap::Bilingual;
use kapia_xml::{Document, Element, ElementId, XML_NAMESPACE};

/// How a command ends that got this reply.
pub(crate) fn exit(heard: &Heard) -> Exit {
    match &heard.reply {
        Ok(Reply { kind: ReplyKind::Answer { .. }, .. }) => Exit::Done,
        _ => Exit::Refused,
    }
}

/// Tells an answer on standard output; everything else is a failure. With a signer, the signature must be its own.
pub(crate) fn reply(
    session: &Session,
    heard: &Heard,
    fields: &FieldTree,
    signer: Option<KnownSigner>,
) -> Result<Exit, Failure> {
    let Reply { document, kind } = match &heard.reply {
        Ok(reply) => reply,
        Err(not_a_reply) => return Err(Failure::refused(text::not_soap(not_a_reply.status), text::not_soap_hint())),
    };
    match kind {
        ReplyKind::Answer { response, data, signature, service_call_id, .. } => {
            let root = document.element(*response);
            session.say(&readable::document(root, Some(fields), session.paint));
            if root.children().next().is_none() && root.text().trim().is_empty() {
                session.say(&format!("  {}\n", session.paint.dim(&session.pick(text::empty_answer()))));
            }
            let milliseconds = format!("{:.1}", heard.took.as_secs_f64() * 1000.0);
            session.tell(text::answered(service_call_id, milliseconds, heard.body.len()));
            signed(session, document, *data, *signature, signer)
        }
        ReplyKind::Refused { error } => {
            let [code, hint] = &heard.headers;
            let code = code.as_ref().map(|code| format!(" ({code})")).unwrap_or_default();
            let hint = hint.clone().unwrap_or_default();
            Err(Failure::refused(text::refused(error, code), Bilingual::new(hint.clone(), hint)))
        }
        ReplyKind::Fault { reason, problem } => Err(fault(document, reason, *problem)),
        ReplyKind::Pending { service_call_id, .. } => {
            Err(Failure::refused(text::still_pending(service_call_id), text::still_pending_hint()))
        }
        ReplyKind::Other => Err(Failure::refused(text::not_a_result(), text::not_soap_hint())),
    }
}

fn signed(
    session: &Session,
    document: &Document,
    data: ElementId,
    signature: Option<ElementId>,
    signer: Option<KnownSigner>,
) -> Result<Exit, Failure> {
    let Some(signer) = signer else {
        if signature.is_some() {
            session.tell(text::signature_unverified());
        }
        return Ok(Exit::Done);
    };
    let Some(signature) = signature else {
        return Err(Failure::refused(text::not_signed(), text::not_signed_hint()));
    };
    let name = signer.certificate.subject().to_owned();
    match verdict::verify(document, data, signature, signer) {
        Ok(verified) => {
            let algorithm = verified.algorithm.uri().rsplit(['#', '/']).next().unwrap_or_default().to_owned();
            let valid = session.pick(text::signature_valid(algorithm, name));
            session.say(&format!("{}\n", session.paint.green(&valid)));
            Ok(Exit::Done)
        }
        Err(error) => Err(verdict::refused(&error)),
    }
}

/// A fault with everything that a Kapia tells in it: code, places, hint.
fn fault(document: &Document, reason: &str, problem: Option<ElementId>) -> Failure {
    let Some(problem) = problem.map(|id| document.element(id)) else {
        return Failure::refused(text::fault(reason, "", ""), text::fault_hint());
    };
    let code = problem.attribute("", "code").unwrap_or_default();
    let told = |language: Language| {
        let message = own(problem, "Message", language).unwrap_or_else(|| reason.to_owned());
        let hint = own(problem, "Hint", language).unwrap_or_default();
        let places = problem.children().filter(|child| child.local() == "Place");
        let places: String = places.map(|at| place(at, &hint, language)).collect();
        (message, places)
    };
    let ((en, en_places), (bg, bg_places)) = (told(Language::En), told(Language::Bg));
    let cause = Bilingual::new(
        text::fault(en, format!(" ({code})"), en_places).en,
        text::fault(bg, format!(" ({code})"), bg_places).bg,
    );
    let hint = |language| own(problem, "Hint", language).unwrap_or_default();
    Failure::refused(cause, Bilingual::new(hint(Language::En), hint(Language::Bg)))
}

/// Path, cause and hint of one place. Lines are those of the argument: it begins on the first line of the envelope.
fn place(place: Element<'_>, known_hint: &str, language: Language) -> String {
    let text = |local| place.child(place.namespace(), local).map(|child| child.text().into_owned()).unwrap_or_default();
    let mut told =
        format!("\n  {}:{}  {}", text("Line"), text("Path"), own(place, "Message", language).unwrap_or_default());
    if let Some(hint) = own(place, "Hint", language).filter(|hint| !hint.is_empty() && hint != known_hint) {
        told.push_str(&format!("\n    {hint}"));
    }
    told
}

/// The text of a child in the language.
fn own(parent: Element<'_>, local: &str, language: Language) -> Option<String> {
    let code = match language {
        Language::Bg => "bg",
        Language::En => "en",
    };
    let mut children = parent.children().filter(|child| child.local() == local);
    let found = children.find(|child| child.attribute(XML_NAMESPACE, "lang").as_deref() == Some(code))?;
    Some(found.text().into_owned())
}
