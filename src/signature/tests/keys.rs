//! Keys and certificates: what is accepted, and what is refused with a reason.
#![allow(clippy::unwrap_used)]

mod message;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kapia_signature::{
    Algorithms, Certificate, KeyFamily, KeyProblem, Language, Profile, PublicKey, Signer, SigningKey, Verifier,
};
use message::*;
use rcgen::KeyPair;

#[test]
fn a_key_is_accepted_in_every_usual_form() {
    for (party, family, label) in
        [(rsa(), KeyFamily::Rsa, "RSA PRIVATE KEY"), (p256(), KeyFamily::P256, "EC PRIVATE KEY")]
    {
        let pkcs8 = KeyPair::from_pem(&party.key_pem).unwrap().serialize_der();
        let inner = pkcs8_content(&pkcs8);
        let old_pem = pem(label, &inner);
        let with_text = format!("Bag Attributes\n    friendlyName: x\n{}", party.key_pem.replace('\n', "\r\n"));
        for octets in [party.key_pem.as_bytes(), &pkcs8, &inner, old_pem.as_bytes(), with_text.as_bytes()] {
            let key = SigningKey::new(octets, vec![party.certificate.clone()]).unwrap();
            assert_eq!(key.family(), family);
            let data = data(Profile::Default, &[]);
            let signature = Signer::new(key, Profile::Default).unwrap().sign(&request(&data, &[])).unwrap();
            let source = envelope(&data, &String::from_utf8(signature).unwrap());
            party.verifier(Algorithms::MODERN).verify(&read(&source), &BESIDE).unwrap();
        }
    }
}

#[test]
fn one_file_may_hold_key_and_certificate() {
    let both = format!("{}{}", rsa().certificate_pem, rsa().key_pem);
    assert!(SigningKey::from_pem(&both, &both).is_ok());
}

#[test]
fn a_key_that_cannot_be_used_is_refused_with_its_reason() {
    let certificate = || vec![rsa().certificate.clone()];
    let encrypted = pem("ENCRYPTED PRIVATE KEY", &[0x30, 0]);
    let encrypted_der = [0x30, 0x04, 0x30, 0x00, 0x04, 0x00];
    let old_encrypted = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----\n";
    let ed25519 = KeyPair::generate_for(&rcgen::PKCS_ED25519).unwrap().serialize_pem();
    let p384 = KeyPair::generate_for(&rcgen::PKCS_ECDSA_P384_SHA384).unwrap();
    let p384_old = pem("EC PRIVATE KEY", &pkcs8_content(&p384.serialize_der()));
    let two = format!("{}{}", rsa().key_pem, p256().key_pem);
    let short = pem("RSA PRIVATE KEY", &rsa_private_key_of(128));
    let long = pem("RSA PRIVATE KEY", &rsa_private_key_of(1025));
    let contradicting = pem("RSA PRIVATE KEY", &rsa_private_key_of(256));
    let cut = rsa().key_pem.replace("-----END PRIVATE KEY-----", "");
    for (key, problem) in [
        (encrypted.as_bytes(), KeyProblem::KeyEncrypted),
        (&encrypted_der, KeyProblem::KeyEncrypted),
        (old_encrypted.as_bytes(), KeyProblem::KeyEncrypted),
        (ed25519.as_bytes(), KeyProblem::Algorithm),
        (p384.serialize_pem().as_bytes(), KeyProblem::Curve),
        (p384_old.as_bytes(), KeyProblem::Curve),
        (two.as_bytes(), KeyProblem::KeySeveral),
        (short.as_bytes(), KeyProblem::RsaShort),
        (long.as_bytes(), KeyProblem::RsaLong),
        (contradicting.as_bytes(), KeyProblem::KeyUnreadable),
        (rsa().certificate_pem.as_bytes(), KeyProblem::KeyMissing),
        (cut.as_bytes(), KeyProblem::PemMalformed),
        (b"", KeyProblem::KeyUnreadable),
        (b"\x30\x84\xff\xff\xff\xff", KeyProblem::KeyUnreadable),
        (p256().key_pem.as_bytes(), KeyProblem::Mismatch),
    ] {
        let error = SigningKey::new(key, certificate()).unwrap_err();
        assert_eq!(error.problem(), problem, "{error}");
    }
}

#[test]
fn certificates_that_do_not_belong_are_refused() {
    let unrelated = format!("{}{}", rsa().certificate_pem, p256().certificate_pem);
    let error = SigningKey::from_pem(&rsa().key_pem, &unrelated).unwrap_err();
    assert_eq!(error.problem(), KeyProblem::Unrelated);
    let error = Certificate::from_pem(&rsa().key_pem).unwrap_err();
    assert_eq!(error.problem(), KeyProblem::CertificateMissing);
    let broken = format!("{}{}", rsa().certificate_pem, pem("CERTIFICATE", &[0x30, 0]));
    let error = Certificate::from_pem(&broken).unwrap_err();
    assert_eq!(error.problem(), KeyProblem::Certificate);
    assert!(error.to_string().contains("(PEM block 2); hint: "), "{error}");
    assert!(error.message(Language::Bulgarian).contains("(PEM блок 2)"));
}

#[test]
fn a_bare_public_key_can_be_trusted() {
    for party in [rsa(), p256()] {
        let key = KeyPair::from_pem(&party.key_pem).unwrap().public_key_pem();
        let verifier = Verifier::new([PublicKey::from_pem(&key).unwrap()], Algorithms::MODERN);
        let (data, signature) = signed(party, Profile::Default);
        verifier.verify(&read(&envelope(&data, &signature)), &BESIDE).unwrap();
    }
}

#[test]
fn the_validity_period_of_a_certificate_is_reported() {
    let mut params = rcgen::CertificateParams::default();
    params.not_before = rcgen::date_time_ymd(2020, 1, 1);
    params.not_after = rcgen::date_time_ymd(2021, 1, 1);
    let key = KeyPair::generate().unwrap();
    let party = Party::from_pem(key.serialize_pem(), params.self_signed(&key).unwrap().pem());
    let (data, signature) = signed(&party, Profile::Default);
    let verified = party.verifier(Algorithms::MODERN).verify(&read(&envelope(&data, &signature)), &BESIDE).unwrap();
    let certificate = verified.certificate().unwrap();
    assert!(certificate.is_valid_at(time::macros::datetime!(2020-06-01 0:00 UTC)));
    assert!(!certificate.is_valid_at(time::macros::datetime!(2021-06-01 0:00 UTC)));
}

#[test]
fn debug_output_shows_no_secret_and_no_holder() {
    for party in [rsa(), p256()] {
        let signer = party.signer(Profile::Default);
        let shown = format!("{signer:?} {:?} {:?}", party.key, party.certificate);
        assert!(shown.contains("***") && !shown.contains("Агенция") && shown.len() < 1000, "{shown}");
    }
}

#[test]
fn every_problem_speaks_both_languages() {
    for problem in KeyProblem::ALL {
        assert!(problem.code().starts_with("key-"));
        assert!(problem.message(Language::English).is_ascii() && problem.hint(Language::English).is_ascii());
        assert!(!problem.message(Language::Bulgarian).is_ascii() && !problem.hint(Language::Bulgarian).is_ascii());
    }
}

fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<&str> = text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

/// The content of the OCTET STRING of a `PrivateKeyInfo` (RFC 5208): `RSAPrivateKey` or `ECPrivateKey`.
fn pkcs8_content(der: &[u8]) -> Vec<u8> {
    let (_, outer, _) = value(der);
    let (_, _version, rest) = value(outer);
    let (_, _algorithm, rest) = value(rest);
    let (tag, content, _) = value(rest);
    assert_eq!(tag, 0x04);
    content.to_vec()
}

fn value(der: &[u8]) -> (u8, &[u8], &[u8]) {
    let (header, length) = match der[1] {
        short if short < 0x80 => (2, usize::from(short)),
        long => {
            let octets = usize::from(long & 0x7f);
            (2 + octets, der[2..2 + octets].iter().fold(0, |length, octet| length << 8 | usize::from(*octet)))
        }
    };
    (der[0], &der[header..header + length], &der[header + length..])
}

/// An `RSAPrivateKey` in form, with a modulus of this many octets and numbers that fit nothing.
fn rsa_private_key_of(modulus: usize) -> Vec<u8> {
    let sequence = |tag: u8, content: &[u8]| {
        let length = u16::try_from(content.len()).unwrap().to_be_bytes();
        [&[tag, 0x82, length[0], length[1]], content].concat()
    };
    let number = |octets: usize| sequence(0x02, &[&[0][..], &vec![0xab; octets]].concat());
    let mut content = vec![0x02, 0x01, 0x00];
    content.extend(number(modulus));
    content.extend([0x02, 0x03, 0x01, 0x00, 0x01]);
    content.extend(number(modulus));
    (0..5).for_each(|_| content.extend(number(modulus / 2)));
    sequence(0x30, &content)
}
