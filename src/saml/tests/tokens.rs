//! Which tokens are believed, and every way in which one is not.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

#[allow(dead_code)]
#[path = "../../../tests/support/sts.rs"]
mod sts;

use kapia_saml::{Circumstances, Judge, Refusal, Token, Trust};
use kapia_signature::{Algorithms, Certificate, Refusal as Signature};
use kapia_xml::{Document, Limits};
use std::sync::LazyLock;
use sts::{Assertion, BEARER, Sts, WSS, WSS_MISSPELT, base64, confirmation, moment, period, security};
use time::{Duration, OffsetDateTime};

const OID: &str = "2.16.100.1.1.999.1.1";

/// A key, and a self-issued certificate of it.
struct Signer {
    sts: Sts,
    certificate: Certificate,
}

impl Signer {
    fn new(from: OffsetDateTime, to: OffsetDateTime) -> Signer {
        let key = rcgen::KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, rcgen::RsaKeySize::_2048).unwrap();
        let mut params = rcgen::CertificateParams::default();
        (params.not_before, params.not_after) = (from, to);
        let certificate = params.self_signed(&key).unwrap().pem();
        Signer {
            sts: Sts::of(&key.serialize_pem()),
            certificate: Certificate::from_pem(&certificate).unwrap().remove(0),
        }
    }

    fn lasting(days: i64) -> Signer {
        let now = OffsetDateTime::now_utc();
        Signer::new(now - Duration::days(100), now + Duration::days(days))
    }
}

static OURS: LazyLock<Signer> = LazyLock::new(|| Signer::lasting(100));
static FOREIGN: LazyLock<Signer> = LazyLock::new(|| Signer::lasting(100));

fn trust(signer: &Signer) -> Trust {
    Trust {
        signers: vec![signer.certificate.clone()],
        issuers: Vec::new(),
        audiences: Vec::new(),
        clock_skew: Duration::seconds(60),
        algorithms: Algorithms::MODERN,
    }
}

/// An envelope with these header blocks; a namespace in scope that the token does not know.
fn envelope(header: &str) -> Document {
    let text = format!(
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns=\"urn:outer\"><s:Header>{header}</s:Header><s:Body><x/></s:Body></s:Envelope>"
    );
    Document::read(text.into_bytes(), &Limits::default()).unwrap()
}

fn judged_with(trust: Trust, document: &Document, circumstances: &Circumstances<'_>) -> Result<Token, Refusal> {
    let header = document.root().children().next().unwrap();
    let assertion = kapia_saml::assertion(header.children())?.ok_or(Refusal::Missing)?;
    Judge::new(trust).judge(document, assertion.id(), circumstances)
}

fn now() -> Circumstances<'static> {
    Circumstances { now: OffsetDateTime::now_utc(), holder: None, vouched: false }
}

fn judged(content: &str) -> Result<Token, Refusal> {
    judged_with(trust(&OURS), &envelope(&security(WSS, content)), &now())
}

/// What is said of this assertion, properly signed.
fn signed(token: &Assertion) -> Result<Token, Refusal> {
    judged(&OURS.sts.signed(token))
}

fn good() -> Assertion {
    Assertion::of(OID)
}

fn signature(outcome: Result<Token, Refusal>) -> Signature {
    match outcome {
        Err(Refusal::Signature(error)) => error.refusal(),
        other => panic!("{other:?}"),
    }
}

// ---- the token ----

#[test]
fn a_good_token_vouches_for_its_oid_in_both_spellings_of_the_namespace() {
    let token = OURS.sts.signed(&good());
    for namespace in [WSS, WSS_MISSPELT] {
        let judged = judged_with(trust(&OURS), &envelope(&security(namespace, &token)), &now()).unwrap();
        assert_eq!(judged.oid, OID);
        assert!(judged.ends > OffsetDateTime::now_utc());
    }
}

#[test]
fn a_token_is_found_beside_other_content_of_the_security_header() {
    let token = OURS.sts.signed(&good());
    assert!(judged(&format!("<o:Timestamp/>\n{token}<o:Nonce>x</o:Nonce>")).is_ok());
    assert_eq!(judged("<o:Timestamp/>"), Err(Refusal::Missing));
}

#[test]
fn a_token_may_be_used_again_until_it_ends() {
    let token = security(WSS, &OURS.sts.signed(&good()));
    let judge = Judge::new(trust(&OURS));
    for _ in 0..3 {
        let document = envelope(&token);
        let header = document.root().children().next().unwrap();
        let assertion = kapia_saml::assertion(header.children()).unwrap().unwrap();
        assert!(judge.judge(&document, assertion.id(), &now()).is_ok());
    }
}

#[test]
fn a_token_that_forbids_a_second_use_is_refused() {
    let token = Assertion { within: "<saml2:OneTimeUse/>".into(), ..good() };
    assert_eq!(signed(&token), Err(Refusal::OneTimeUse));
}

#[test]
fn several_encrypted_or_older_tokens_are_refused() {
    let token = OURS.sts.signed(&good());
    let other = OURS.sts.signed(&Assertion { id: "_a2".into(), ..good() });
    assert_eq!(judged(&format!("{token}{other}")), Err(Refusal::Several));
    let two = envelope(&[security(WSS, &token), security(WSS_MISSPELT, &other)].concat());
    assert_eq!(judged_with(trust(&OURS), &two, &now()), Err(Refusal::Several));
    let encrypted = "<saml2:EncryptedAssertion xmlns:saml2=\"urn:oasis:names:tc:SAML:2.0:assertion\"/>";
    assert_eq!(judged(encrypted), Err(Refusal::Encrypted));
    assert_eq!(judged(&format!("{token}{encrypted}")), Err(Refusal::Encrypted));
    assert_eq!(judged("<Assertion xmlns=\"urn:oasis:names:tc:SAML:1.0:assertion\"/>"), Err(Refusal::Version));
    assert_eq!(signed(&Assertion { version: "1.1".into(), ..good() }), Err(Refusal::Version));
}

// ---- its signature ----

#[test]
fn an_unsigned_token_is_refused() {
    assert_eq!(judged(&good().xml()), Err(Refusal::Unsigned));
}

#[test]
fn a_token_of_another_key_is_refused() {
    assert_eq!(signature(judged(&FOREIGN.sts.signed(&good()))), Signature::Value);
    let nobody = Trust { signers: Vec::new(), ..trust(&OURS) };
    let document = envelope(&security(WSS, &OURS.sts.signed(&good())));
    assert_eq!(signature(judged_with(nobody, &document, &now())), Signature::KeyType);
}

#[test]
fn a_key_that_the_token_itself_brings_is_not_believed() {
    let token = FOREIGN.sts.signed(&good());
    let brought = base64(FOREIGN.certificate.der());
    let key = format!(
        "</ds:SignatureValue><ds:KeyInfo><ds:X509Data><ds:X509Certificate>{brought}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>"
    );
    let token = token.replace("</ds:SignatureValue>", &key);
    assert_eq!(signature(judged(&token)), Signature::KeyUnknown);
}

#[test]
fn a_token_whose_content_was_changed_is_refused() {
    let token = OURS.sts.signed(&good());
    for (what, with) in [(OID, "2.16.100.1.1.999.1.2"), ("NotOnOrAfter=\"2", "NotOnOrAfter=\"3"), ("C=BG", "C=XX")] {
        assert_eq!(signature(judged(&token.replacen(what, with, 1))), Signature::Digest, "{what}");
    }
}

#[test]
fn a_signer_whose_certificate_is_over_or_has_not_begun_is_refused() {
    let now_ = OffsetDateTime::now_utc();
    for signer in [Signer::lasting(-1), Signer::new(now_ + Duration::days(1), now_ + Duration::days(2))] {
        let document = envelope(&security(WSS, &signer.sts.signed(&good())));
        assert_eq!(judged_with(trust(&signer), &document, &now()), Err(Refusal::SignerOver));
    }
}

#[test]
fn sha_1_is_refused_unless_it_is_admitted() {
    let token = OURS
        .sts
        .signed(&good())
        .replace("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "http://www.w3.org/2000/09/xmldsig#rsa-sha1");
    assert_eq!(signature(judged(&token)), Signature::SignatureSha1);
    let admitting = Trust { algorithms: Algorithms::WITH_LEGACY_SHA1, ..trust(&OURS) };
    let outcome = judged_with(admitting, &envelope(&security(WSS, &token)), &now());
    assert_eq!(signature(outcome), Signature::Value, "admitted, and then not by this key");
}

// ---- wrapping ----

/// A forged assertion for somebody else, without a signature.
fn forged(id: &str) -> Assertion {
    Assertion { id: id.into(), ..Assertion::of("2.16.100.1.1.666") }
}

/// The `ds:Signature` of a signed token, and the token without it.
fn torn(token: &str) -> (String, String) {
    let (start, end) = (token.find("<ds:Signature ").unwrap(), token.find("</ds:Signature>").unwrap() + 15);
    (token[start..end].to_owned(), format!("{}{}", &token[..start], &token[end..]))
}

fn with_signature(unsigned: &str, signature: &str) -> String {
    unsigned.replacen("</saml2:Issuer>", &format!("</saml2:Issuer>{signature}"), 1)
}

#[test]
fn a_signed_assertion_wrapped_into_a_forged_one_does_not_sign_it() {
    let genuine = OURS.sts.signed(&good());
    let (signature_of, bare) = torn(&genuine);
    let in_object = |inner: &str| {
        signature_of.replace("</ds:Signature>", &format!("<ds:Object>{inner}</ds:Object></ds:Signature>"))
    };
    let with_statement = |inner: &str| Assertion { statements: inner.to_owned(), ..forged("_evil") };
    for (attack, content, expected) in [
        // The forged one carries the genuine signature, which points to the genuine one elsewhere.
        (
            "in an object of the signature",
            with_signature(&forged("_evil").xml(), &in_object(&bare)),
            Signature::Position,
        ),
        ("whole, in an object", with_signature(&forged("_evil").xml(), &in_object(&genuine)), Signature::Position),
        ("below the forged one", with_signature(&with_statement(&bare).xml(), &signature_of), Signature::Position),
        (
            "beside the token",
            format!("{}<x>{bare}</x>", with_signature(&forged("_evil").xml(), &signature_of)),
            Signature::Position,
        ),
        // Both answer to the same id.
        ("with the same id", with_signature(&forged("_a1").xml(), &in_object(&bare)), Signature::DuplicateId),
        (
            "with the same id beside",
            format!("{}<x>{bare}</x>", with_signature(&forged("_a1").xml(), &signature_of)),
            Signature::DuplicateId,
        ),
        ("with xml:id", format!("{}<x xml:id=\"_a1\"/>", genuine), Signature::DuplicateId),
        // The id is right, the content is not.
        ("in its place", with_signature(&forged("_a1").xml(), &signature_of), Signature::Digest),
    ] {
        assert_eq!(signature(judged(&content)), expected, "{attack}");
    }
}

#[test]
fn a_genuine_assertion_below_a_forged_one_without_signature_is_no_signature() {
    let genuine = OURS.sts.signed(&good());
    let forged = Assertion { statements: genuine, ..forged("_evil") };
    assert_eq!(judged(&forged.xml()), Err(Refusal::Unsigned));
}

#[test]
fn a_second_signature_does_not_hide_the_first() {
    let genuine = OURS.sts.signed(&good());
    let (signature_of, _) = torn(&FOREIGN.sts.signed(&good()));
    assert_eq!(
        judged(&genuine.replace("</saml2:Issuer>", &format!("</saml2:Issuer>{signature_of}"))),
        Err(Refusal::Structure)
    );
}

#[test]
fn a_comment_that_no_signature_covers_cannot_split_the_oid() {
    let genuine = OURS.sts.signed(&Assertion::of("2.16.100.1.1.999.1.10"));
    let split = genuine.replace(".1.10,", ".1.1<!-- -->0,");
    assert_eq!(judged(&split), Err(Refusal::Structure));
}

// ---- when, and for whom ----

#[test]
fn a_token_holds_from_its_beginning_to_its_end_within_the_skew() {
    for (from, to, expected) in [
        (-600, 600, None),
        (50, 600, None),
        (70, 600, Some(Refusal::NotYetValid)),
        (-600, -50, None),
        (-600, -60, Some(Refusal::Expired)),
        (-600, -70, Some(Refusal::Expired)),
    ] {
        assert_eq!(signed(&good().lasting(from, to)).err(), expected, "{from} to {to}");
    }
    let later = moment(OffsetDateTime::now_utc() + Duration::minutes(2));
    assert_eq!(signed(&Assertion { issued: later, ..good() }), Err(Refusal::NotYetValid));
}

#[test]
fn without_skew_the_end_itself_is_outside() {
    let at = OffsetDateTime::now_utc().replace_nanosecond(0).unwrap();
    let token = Assertion {
        issued: moment(at - Duration::hours(1)),
        conditions: Some(period(at - Duration::minutes(1), at)),
        ..good()
    };
    let document = envelope(&security(WSS, &OURS.sts.signed(&token)));
    let judge = |moment| {
        let trust = Trust { clock_skew: Duration::ZERO, ..trust(&OURS) };
        judged_with(trust, &document, &Circumstances { now: moment, ..now() })
    };
    assert!(judge(at - Duration::NANOSECOND).is_ok());
    assert_eq!(judge(at), Err(Refusal::Expired));
    assert!(judge(at - Duration::minutes(1)).is_ok());
    assert_eq!(judge(at - Duration::minutes(1) - Duration::NANOSECOND), Err(Refusal::NotYetValid));
}

#[test]
fn a_token_without_an_end_is_refused() {
    assert_eq!(signed(&Assertion { conditions: None, ..good() }), Err(Refusal::Endless));
    assert_eq!(signed(&Assertion { conditions: Some(String::new()), ..good() }), Err(Refusal::Endless));
}

#[test]
fn a_moment_that_is_none_is_refused_and_one_without_a_zone_is_utc() {
    let attributes = |end: &str| Some(format!(" NotOnOrAfter=\"{end}\""));
    for end in ["soon", "", "2999-01-01", "2999-13-01T00:00:00Z", "99999999999"] {
        assert_eq!(signed(&Assertion { conditions: attributes(end), ..good() }), Err(Refusal::Moment), "{end}");
    }
    for end in ["2999-01-01T00:00:00", "2999-01-01T00:00:00.1234567Z", "2999-01-01T00:00:00+02:00"] {
        assert!(signed(&Assertion { conditions: attributes(end), ..good() }).is_ok(), "{end}");
    }
}

#[test]
fn a_token_for_another_audience_is_refused_where_audiences_are_configured() {
    let restricted = |audience: &str| {
        let within = format!(
            "<saml2:AudienceRestriction><saml2:Audience>{audience}</saml2:Audience></saml2:AudienceRestriction>"
        );
        Assertion { within, ..good() }
    };
    let ours = "urn:egov:bg:services:oid:2.16.100.1.1.1";
    let judge = |token: &Assertion| {
        let trust = Trust { audiences: vec!["urn:x".into(), ours.into()], ..trust(&OURS) };
        judged_with(trust, &envelope(&security(WSS, &OURS.sts.signed(token))), &now())
    };
    assert!(judge(&restricted(ours)).is_ok());
    assert_eq!(judge(&restricted("urn:other")), Err(Refusal::Audience));
    assert_eq!(judge(&good()), Err(Refusal::Audience), "meant for anybody");
    // Every restriction must be met.
    let both = Assertion { within: [restricted(ours).within, restricted("urn:other").within].concat(), ..good() };
    assert_eq!(judge(&both), Err(Refusal::Audience));
    assert!(signed(&restricted("urn:other")).is_ok(), "no audience is configured");
}

#[test]
fn a_token_of_another_issuer_is_refused_where_issuers_are_configured() {
    let judge = |issuer: &str| {
        let trust = Trust { issuers: vec!["sts.example".into()], ..trust(&OURS) };
        let token = Assertion { issuer: issuer.into(), ..good() };
        judged_with(trust, &envelope(&security(WSS, &OURS.sts.signed(&token))), &now())
    };
    assert!(judge("sts.example").is_ok());
    assert_eq!(judge("sts.example.evil"), Err(Refusal::Issuer));
}

#[test]
fn a_condition_that_is_not_known_is_not_passed_over() {
    for condition in ["<saml2:Condition/>", "<x xmlns=\"urn:x\"/>"] {
        assert_eq!(signed(&Assertion { within: condition.into(), ..good() }), Err(Refusal::Condition));
    }
    assert!(signed(&Assertion { within: "<saml2:ProxyRestriction Count=\"0\"/>".into(), ..good() }).is_ok());
}

// ---- about whom, and brought by whom ----

#[test]
fn the_oid_is_read_from_the_name_as_regix_reads_it() {
    for name in ["OID:2.16.100", "CN=x,OID:2.16.100,O=y", "x OID:2.16.100 , y", "\n OID: 2.16.100\n", "xOID:2.16.100"] {
        assert_eq!(signed(&Assertion { name: name.into(), ..good() }).unwrap().oid, "2.16.100", "{name}");
    }
    for name in ["", "2.16.100", "oid:2.16.100", "OID:", "OID:,2.16.100", "OID:x", "OID:2..16", "OID:2.16.100 3"] {
        assert_eq!(signed(&Assertion { name: name.into(), ..good() }), Err(Refusal::Oid), "{name}");
    }
}

#[test]
fn a_name_with_two_oids_or_a_subject_with_two_names_is_refused() {
    let two = Assertion { name: "CN=OID:2.16.100.666,OID:2.16.100".into(), ..good() };
    assert_eq!(signed(&two), Err(Refusal::Oid));
    let beside = Assertion { confirmation: "<saml2:NameID>OID:2.16.100</saml2:NameID>".into(), ..good() };
    assert_eq!(signed(&beside), Err(Refusal::Subject));
    let below = confirmation(BEARER, "", "<saml2:NameID>OID:2.16.100</saml2:NameID>");
    assert_eq!(signed(&Assertion { confirmation: below, ..good() }), Err(Refusal::Subject));
    let second = Assertion { statements: "<saml2:Subject/>".into(), ..good() };
    assert_eq!(signed(&second), Err(Refusal::Structure));
}

#[test]
fn a_bearer_must_come_in_time() {
    let at = OffsetDateTime::now_utc();
    let bearer = |from, to| Assertion {
        confirmation: confirmation(BEARER, &period(at + Duration::seconds(from), at + Duration::seconds(to)), ""),
        ..good()
    };
    assert!(signed(&bearer(-10, 100)).is_ok());
    assert_eq!(signed(&bearer(-200, -100)), Err(Refusal::Confirmation));
    assert_eq!(signed(&bearer(100, 200)), Err(Refusal::Confirmation));
    assert!(signed(&Assertion { confirmation: String::new(), ..good() }).is_ok(), "nothing is demanded");
}

#[test]
fn the_holder_of_a_key_must_be_the_one_on_the_connection() {
    let named = base64(b"the certificate of the consumer");
    let key = format!(
        "<ds:KeyInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:X509Data><ds:X509Certificate>\n{named}\n</ds:X509Certificate></ds:X509Data></ds:KeyInfo>"
    );
    let method = "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key";
    let token = Assertion { confirmation: confirmation(method, "", &key), ..good() };
    let document = envelope(&security(WSS, &OURS.sts.signed(&token)));
    let judge = |holder| judged_with(trust(&OURS), &document, &Circumstances { holder, ..now() });
    assert!(judge(Some(&b"the certificate of the consumer"[..])).is_ok());
    assert_eq!(judge(Some(&b"another certificate"[..])), Err(Refusal::Confirmation));
    assert_eq!(judge(None), Err(Refusal::Confirmation));
}

#[test]
fn a_sender_vouches_only_where_one_may() {
    let method = "urn:oasis:names:tc:SAML:2.0:cm:sender-vouches";
    let token = Assertion { confirmation: confirmation(method, "", ""), ..good() };
    let document = envelope(&security(WSS, &OURS.sts.signed(&token)));
    let judge = |vouched| judged_with(trust(&OURS), &document, &Circumstances { vouched, ..now() });
    assert!(judge(true).is_ok());
    assert_eq!(judge(false), Err(Refusal::Confirmation));
    let unknown = Assertion { confirmation: confirmation("urn:x", "", ""), ..good() };
    assert_eq!(signed(&unknown), Err(Refusal::Confirmation));
}

#[test]
fn a_refusal_tells_nothing_of_the_token() {
    let secret = "8001010008";
    let token = Assertion { name: format!("OID:{secret}x"), issuer: secret.into(), ..good() };
    for outcome in [signed(&token), judged(&FOREIGN.sts.signed(&token)), judged(&token.xml())] {
        let refusal = outcome.unwrap_err();
        for language in kapia_saml::Language::ALL {
            let told = format!("{} {} {refusal:?}", refusal.message(language), refusal.hint(language));
            assert!(!told.contains(secret), "{told}");
        }
    }
}
