//! The XAdES properties of the legacy profile (ETSI EN 319 132-1; contents as in regix-contract §8.3).

use kapia_xml::Writer;
use time::UtcOffset;
use time::format_description::FormatItem;
use time::macros::format_description;

use crate::algorithm::{DSIG_NAMESPACE, DigestAlgorithm};
use crate::certificate::Certificate;
use crate::sign::{Request, write_digest};

/// The namespace of XAdES 1.3.2, in which the properties of EN 319 132-1 stand as well.
pub const XADES_NAMESPACE: &str = "http://uri.etsi.org/01903/v1.3.2#";

/// `Reference/@Type` of the reference to `SignedProperties` (EN 319 132-1 §4.4.2).
pub(crate) const SIGNED_PROPERTIES_TYPE: &str = "http://uri.etsi.org/01903#SignedProperties";

const COUNTRY: &str = "BG";
const ROLE: &str = "ПОДПИСАН ОТ";
const MIME_TYPE: &str = "text/xml";
const TIME: &[FormatItem<'_>] = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");

/// The id of the reference to the data, to which `DataObjectFormat` refers.
pub(crate) fn reference_id(unique: &str) -> String {
    format!("r-id-{unique}")
}

/// The id of `SignedProperties`.
pub(crate) fn properties_id(unique: &str) -> String {
    format!("SignedProperties-{unique}")
}

/// The octets of `SignedProperties` in inclusive canonical form, with the scope of the request and `ds` around it;
/// `None` for a time that no clock shows.
pub(crate) fn signed_properties(
    certificate: &Certificate,
    request: &Request<'_>,
    digest: DigestAlgorithm,
) -> Option<Vec<u8>> {
    let signing_time = request.signing_time.to_offset(UtcOffset::UTC).format(TIME).ok()?;
    let mut writer = Writer::with_capacity(2048);
    let mut scope = request.scope.to_vec();
    scope.push(("ds", DSIG_NAMESPACE));
    let id = properties_id(request.unique);
    let attributes = [("", "", "Id", id.as_str())];
    writer.start_part("xades", XADES_NAMESPACE, "SignedProperties", &scope, &attributes);

    start(&mut writer, "SignedSignatureProperties");
    leaf(&mut writer, "SigningTime", &signing_time);
    for name in ["SigningCertificateV2", "Cert", "CertDigest"] {
        start(&mut writer, name);
    }
    write_digest(&mut writer, digest, certificate.der());
    (0..3).for_each(|_| writer.end());
    start(&mut writer, "SignaturePolicyIdentifier");
    leaf(&mut writer, "SignaturePolicyImplied", "");
    writer.end();
    start(&mut writer, "SignatureProductionPlaceV2");
    leaf(&mut writer, "CountryName", COUNTRY);
    writer.end();
    start(&mut writer, "SignerRoleV2");
    start(&mut writer, "ClaimedRoles");
    leaf(&mut writer, "ClaimedRole", ROLE);
    (0..3).for_each(|_| writer.end());

    start(&mut writer, "SignedDataObjectProperties");
    let target = format!("#{}", reference_id(request.unique));
    let attributes = [("", "", "ObjectReference", target.as_str())];
    writer.start("xades", XADES_NAMESPACE, "DataObjectFormat", &[], &attributes);
    leaf(&mut writer, "MimeType", MIME_TYPE);
    (0..3).for_each(|_| writer.end());
    Some(writer.into_bytes())
}

/// `QualifyingProperties` around the finished octets of `SignedProperties`.
pub(crate) fn write_qualifying_properties(writer: &mut Writer, signature_id: &str, signed_properties: &[u8]) {
    let target = format!("#{signature_id}");
    let attributes = [("", "", "Target", target.as_str())];
    writer.start("xades", XADES_NAMESPACE, "QualifyingProperties", &[], &attributes);
    writer.raw(signed_properties);
    writer.end();
}

fn start(writer: &mut Writer, local: &str) {
    writer.start("xades", XADES_NAMESPACE, local, &[], &[]);
}

fn leaf(writer: &mut Writer, local: &str, text: &str) {
    writer.leaf("xades", XADES_NAMESPACE, local, text);
}
