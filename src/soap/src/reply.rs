use crate::{ADDRESSING, Version, XSD};
use kapia_xml::{Writer, XSI_NAMESPACE};

/// Begins an envelope up to the open body, with the prefixes `s:` and `a:` that clients read literally.
///
/// SOAP 1.2 replies carry `Action` and, when the request had a message id, `RelatesTo` with that id verbatim; SOAP 1.1
/// replies carry no header at all (wild-clients rules 6 and 10).
pub fn begin_reply(writer: &mut Writer, version: Version, action: &str, relates_to: Option<&str>) {
    begin_reply_to(writer, version, action, Addressed::Yes(relates_to));
}

/// Whether a request was addressed; a reply is addressed as its request was, for clients that know no WS-Addressing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Addressed<'a> {
    /// It was not.
    No,
    /// It was; with the message id of the request, if it had one.
    Yes(Option<&'a str>),
}

/// Begins an envelope as [`begin_reply`] does, but without any header if the request was not addressed.
pub fn begin_reply_to(writer: &mut Writer, version: Version, action: &str, addressed: Addressed<'_>) {
    let soap = version.namespace();
    match (version, addressed) {
        (Version::V11, _) | (Version::V12, Addressed::No) => writer.start("s", soap, "Envelope", &[], &[]),
        (Version::V12, Addressed::Yes(relates_to)) => {
            writer.start("s", soap, "Envelope", &[("a", ADDRESSING)], &[]);
            writer.start("s", soap, "Header", &[], &[]);
            writer.start("a", ADDRESSING, "Action", &[], &[("s", soap, "mustUnderstand", "1")]);
            writer.text(action);
            writer.end();
            if let Some(message_id) = relates_to {
                writer.leaf("a", ADDRESSING, "RelatesTo", message_id);
            }
            writer.end();
        }
    }
    writer.start("s", soap, "Body", &[("xsi", XSI_NAMESPACE), ("xsd", XSD)], &[]);
}

/// Ends the body and the envelope begun by [`begin_reply`].
pub fn end_reply(writer: &mut Writer) {
    writer.end();
    writer.end();
}
