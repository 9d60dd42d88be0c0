//! What an attacker sends is refused, by name.
#![allow(clippy::unwrap_used)]

mod message;

use kapia_signature::{
    Algorithms, DSIG_NAMESPACE, Language, Placement, Policy, Profile, PublicKey, Refusal, TrustedKey, Verifier,
    VerifyError,
};
use kapia_xml::Document;
use message::*;

fn verify(source: &str) -> Result<Document, VerifyError> {
    let document = read(source);
    rsa().verifier(Algorithms::MODERN).verify(&document, &BESIDE)?;
    Ok(document)
}

#[track_caller]
fn assert_refused(source: &str, refusal: Refusal) {
    assert_eq!(verify(source).err().map(|error| error.refusal()), Some(refusal));
}

fn fresh() -> (String, String) {
    let (data, signature) = signed(rsa(), Profile::Default);
    assert!(verify(&envelope(&data, &signature)).is_ok());
    (data, signature)
}

/// One change to the signature, which must be there to be changed.
fn changed(signature: &str, from: &str, to: &str) -> String {
    assert!(signature.contains(from), "{from}");
    signature.replacen(from, to, 1)
}

const FORGED: &str =
    r#"<Data><Request id="request"></Request><Response id="response"><Forged></Forged></Response></Data>"#;

#[test]
fn changed_content_is_refused() {
    let (data, signature) = fresh();
    assert_refused(&envelope(&data.replace("Иванка", "Иванко"), &signature), Refusal::Digest);
    assert_refused(&envelope(&data.replace(r#"kind="a"#, r#"kind="b"#), &signature), Refusal::Digest);
    assert_refused(&envelope(&data.replace("</Name>", " </Name>"), &signature), Refusal::Digest);
}

#[test]
fn a_changed_digest_or_signature_value_is_refused() {
    let (data, signature) = fresh();
    let changed_data = data.replace("Иванка", "Иванко");
    // The attacker puts the digest of the changed content in its place: then SignedInfo has changed.
    let forged = rsa().signer(Profile::Default).sign(&request(&changed_data, &[])).unwrap();
    let forged = String::from_utf8(forged).unwrap();
    let digest = |text: &str| {
        let (_, after) = text.split_once("<ds:DigestValue>").unwrap();
        after.split_once("</ds:DigestValue>").unwrap().0.to_owned()
    };
    let swapped = changed(&signature, &digest(&signature), &digest(&forged));
    assert_refused(&envelope(&changed_data, &swapped), Refusal::Value);
    let truncated = changed(&signature, "<ds:SignatureValue Id=\"SignatureValue-42-1\">", "<ds:SignatureValue>AAAA");
    assert_refused(&envelope(&data, &truncated), Refusal::Value);
}

#[test]
fn signed_data_that_was_moved_is_refused() {
    let (data, signature) = fresh();
    // Forged data takes the place; the signed one goes under a wrapper, into the header, or into the signature.
    assert_refused(&envelope(&format!("<Wrapper>{data}</Wrapper>{FORGED}"), &signature), Refusal::Position);
    assert_refused(&envelope(FORGED, &format!("{signature}{data}")), Refusal::Position);
    let header = envelope(FORGED, &signature).replace("<s:Header>", &format!("<s:Header>{data}"));
    assert_refused(&header, Refusal::Position);
    let object = format!("<ds:Object>{data}</ds:Object></ds:Signature>");
    assert_refused(&envelope(FORGED, &changed(&signature, "</ds:Signature>", &object)), Refusal::Position);
}

#[test]
fn a_forged_sibling_is_refused_before_and_after() {
    let (data, signature) = fresh();
    assert_refused(&envelope(&format!("{FORGED}{data}"), &signature), Refusal::Forged);
    assert_refused(&envelope(&data, &format!("{signature}{FORGED}")), Refusal::Forged);
}

#[test]
fn signed_data_and_signature_moved_together_do_not_cover_what_the_caller_uses() {
    let (data, signature) = fresh();
    let source = envelope(FORGED, "").replace("<s:Header>", &format!("<s:Header><W>{data}{signature}</W>"));
    let document = read(&source);
    let used = document.root().children().nth(1).unwrap().children().next().unwrap().children().next().unwrap();
    let used = used.child(SIGNED_DATA, "Data").unwrap();
    let verifier = rsa().verifier(Algorithms::MODERN);
    // Without a stated expectation the verifier names the element that is signed, which is not the one in the body.
    assert_ne!(verifier.verify(&document, &BESIDE).unwrap().element, used.id());
    let error = verifier.verify(&document, &BESIDE.covering(used.id())).unwrap_err();
    assert_eq!(error.refusal(), Refusal::Unexpected);
}

#[test]
fn an_id_that_occurs_twice_is_refused_whatever_its_attribute_is_called() {
    let (data, signature) = fresh();
    for attribute in ["id", "Id", "ID", "iD", "xml:id", "a:Id"] {
        let double = format!(r#"<Other xmlns:a="urn:a" {attribute}="data"></Other>"#);
        for source in
            [envelope(&format!("{double}{data}"), &signature), envelope(&data, &format!("{signature}{double}"))]
        {
            assert_refused(&source, Refusal::DuplicateId);
        }
        let header = envelope(&data, &signature).replace("<s:Header>", &format!("<s:Header>{double}"));
        assert_refused(&header, Refusal::DuplicateId);
    }
    // Both on the signed element itself.
    let both = data.replacen(r#"id="data""#, r#"Id="data" id="data""#, 1);
    assert_refused(&envelope(&both, &signature), Refusal::DuplicateId);
}

#[test]
fn equal_ids_that_no_reference_names_are_no_reason_to_refuse() {
    let (data, signature) = fresh();
    let others = r#"<Other id="1"></Other><Other id="1"></Other>"#;
    assert!(verify(&envelope(&format!("{others}{data}"), &signature)).is_ok());
}

#[test]
fn an_id_that_is_missing_or_only_in_another_namespace_is_refused() {
    let (data, signature) = fresh();
    for attribute in [r#"name="data""#, r#"xml:id="data""#, r#"a:id="data" xmlns:a="urn:a""#, r#"id="Data""#] {
        let source = envelope(&data.replacen(r#"id="data""#, attribute, 1), &signature);
        assert_refused(&source, Refusal::ReferenceUnresolved);
    }
}

#[test]
fn two_signatures_are_refused_unless_the_caller_names_one() {
    let (data, signature) = fresh();
    let other = changed(&signature, "Signature-42-1", "Signature-43");
    for source in [
        envelope(&data, &format!("{signature}{other}")),
        envelope(&data, &signature).replace("<s:Header>", &format!("<s:Header>{other}")),
        envelope(
            &data,
            &changed(&signature, "</ds:Signature>", &format!("<ds:Object>{other}</ds:Object></ds:Signature>")),
        ),
    ] {
        assert_refused(&source, Refusal::Several);
    }
    let document = read(&envelope(&data, &signature).replace("<s:Header>", &format!("<s:Header>{other}")));
    let body = document.root().children().nth(1).unwrap();
    let meant = body.events().find_map(|event| match event {
        kapia_xml::Event::Start(element) if element.is(DSIG_NAMESPACE, "Signature") => Some(element.id()),
        _ => None,
    });
    let verifier = rsa().verifier(Algorithms::MODERN);
    let verified = verifier.verify(&document, &BESIDE.signature(meant.unwrap())).unwrap();
    assert_eq!(Some(verified.signature), meant);
    let error = verifier.verify(&document, &BESIDE.signature(body.id())).unwrap_err();
    assert_eq!(error.refusal(), Refusal::NotASignature);
}

#[test]
fn an_unsigned_document_is_refused() {
    let (data, _) = fresh();
    assert_refused(&envelope(&data, ""), Refusal::Missing);
    let lookalike = r#"<Signature xmlns="http://egov.bg/RegiX/SignedData"></Signature>"#;
    assert_refused(&envelope(&data, lookalike), Refusal::Missing);
}

#[test]
fn the_key_of_an_attacker_in_key_info_is_not_believed() {
    let attacker = Party::new(&rcgen::PKCS_RSA_SHA256);
    let (data, signature) = signed(&attacker, Profile::Default);
    assert_refused(&envelope(&data, &signature), Refusal::KeyUnknown);
    // Nor if it shows the trusted certificate beside its own, or instead of its own, or no certificate at all.
    let shown = |text: &str| {
        let (_, after) = text.split_once("<ds:X509Certificate>").unwrap();
        after.split_once("</ds:X509Certificate>").unwrap().0.to_owned()
    };
    let (_, honest) = fresh();
    let both = changed(
        &signature,
        "<ds:X509Data>",
        &format!("<ds:X509Data><ds:X509Certificate>{}</ds:X509Certificate>", shown(&honest)),
    );
    assert_refused(&envelope(&data, &both), Refusal::Value);
    assert_refused(&envelope(&data, &changed(&signature, &shown(&signature), &shown(&honest))), Refusal::Value);
    let (start, rest) = signature.split_once("<ds:KeyInfo>").unwrap();
    let bare = format!("{start}{}", rest.split_once("</ds:KeyInfo>").unwrap().1);
    assert_refused(&envelope(&data, &bare), Refusal::Value);
}

#[test]
fn a_signature_without_key_info_verifies_under_the_configured_key() {
    let (data, signature) = fresh();
    let (start, rest) = signature.split_once("<ds:KeyInfo>").unwrap();
    let bare = format!("{start}{}", rest.split_once("</ds:KeyInfo>").unwrap().1);
    let document = verify(&envelope(&data, &bare)).unwrap();
    let verifier = Verifier::new([rsa().certificate.public_key().clone()], Algorithms::MODERN);
    let verified = verifier.verify(&document, &BESIDE).unwrap();
    assert!(matches!(verified.signer, TrustedKey::PublicKey(_)) && verified.certificate().is_none());
}

#[test]
fn no_trusted_key_means_no_valid_signature() {
    let (data, signature) = fresh();
    let none = Verifier::new(Vec::<PublicKey>::new(), Algorithms::MODERN);
    let error = none.verify(&read(&envelope(&data, &signature)), &BESIDE).unwrap_err();
    assert_eq!(error.refusal(), Refusal::KeyUnknown);
    let (data, signature) = signed(p256(), Profile::Default);
    let mut shown = signature.clone();
    let (start, rest) = signature.split_once("<ds:KeyInfo>").unwrap();
    shown.replace_range(.., &format!("{start}{}", rest.split_once("</ds:KeyInfo>").unwrap().1));
    assert_refused(&envelope(&data, &shown), Refusal::KeyType);
}

#[test]
fn nothing_outside_of_the_document_is_ever_referred_to() {
    let (data, signature) = fresh();
    for (uri, refusal) in [
        ("", Refusal::ReferenceWhole),
        ("http://attacker.example/data", Refusal::ReferenceExternal),
        ("https://attacker.example/data#data", Refusal::ReferenceExternal),
        ("file:///etc/hostname", Refusal::ReferenceExternal),
        ("relative.txt", Refusal::ReferenceExternal),
        ("cid:data", Refusal::ReferenceExternal),
        ("#", Refusal::ReferencePointer),
        ("#xpointer(/)", Refusal::ReferencePointer),
        ("#xpointer(id('data'))", Refusal::ReferencePointer),
        ("#data data", Refusal::ReferencePointer),
        ("#other", Refusal::Value),
    ] {
        let source = envelope(&data, &changed(&signature, r##"URI="#data""##, &format!(r#"URI="{uri}""#)));
        assert_refused(&source, refusal);
    }
    let absent = changed(&signature, r##" URI="#data""##, "");
    assert_refused(&envelope(&data, &absent), Refusal::ReferenceAbsent);
}

#[test]
fn algorithms_that_are_not_admitted_are_refused_by_name() {
    let (data, signature) = fresh();
    let rsa_sha256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
    let exclusive = "http://www.w3.org/2001/10/xml-exc-c14n#";
    let sha256 = "http://www.w3.org/2001/04/xmlenc#sha256";
    let transform = format!(r#"Transform Algorithm="{exclusive}""#);
    let within = |uri: &str| format!(r#"Transform Algorithm="{uri}""#);
    let method = format!(r#"CanonicalizationMethod Algorithm="{exclusive}""#);
    for (from, to, refusal) in [
        (rsa_sha256, "http://www.w3.org/2000/09/xmldsig#hmac-sha1", Refusal::SignatureHmac),
        (rsa_sha256, "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256", Refusal::SignatureHmac),
        (rsa_sha256, "http://www.w3.org/2000/09/xmldsig#rsa-sha1", Refusal::SignatureSha1),
        (rsa_sha256, "http://www.w3.org/2000/09/xmldsig#dsa-sha1", Refusal::SignatureAlgorithm),
        (rsa_sha256, "http://www.w3.org/2001/04/xmldsig-more#rsa-md5", Refusal::SignatureAlgorithm),
        (rsa_sha256, "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256", Refusal::KeyType),
        (sha256, "http://www.w3.org/2000/09/xmldsig#sha1", Refusal::DigestSha1),
        (sha256, "http://www.w3.org/2001/04/xmldsig-more#md5", Refusal::DigestAlgorithm),
        (&transform, &within("http://www.w3.org/TR/1999/REC-xslt-19991116"), Refusal::TransformXslt),
        (&transform, &within("http://www.w3.org/TR/1999/REC-xpath-19991116"), Refusal::TransformXpath),
        (&transform, &within("http://www.w3.org/2002/06/xmldsig-filter2"), Refusal::TransformXpath),
        (&transform, &within("http://www.w3.org/2000/09/xmldsig#base64"), Refusal::Transform),
        (&transform, &within("http://www.w3.org/2001/10/xml-exc-c14n#WithComments"), Refusal::Transform),
        (&transform, &within("http://www.w3.org/2006/12/xml-c14n11"), Refusal::Transform),
        (&method, r#"CanonicalizationMethod Algorithm="urn:x""#, Refusal::Canonicalization),
        (&method, r#"CanonicalizationMethod"#, Refusal::Structure),
    ] {
        assert_refused(&envelope(&data, &changed(&signature, from, to)), refusal);
    }
}

#[test]
fn transforms_come_each_once_and_in_order() {
    let (data, signature) = fresh();
    let exclusive = r#"<ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"></ds:Transform>"#;
    let enveloped =
        r#"<ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"></ds:Transform>"#;
    for list in [
        format!("{exclusive}{enveloped}"),
        format!("{exclusive}{exclusive}"),
        format!("{enveloped}{enveloped}{exclusive}"),
    ] {
        assert_refused(&envelope(&data, &changed(&signature, exclusive, &list)), Refusal::Transform);
    }
    // In order they are admitted, and then SignedInfo is not what was signed.
    let list = format!("{enveloped}{exclusive}");
    assert_refused(&envelope(&data, &changed(&signature, exclusive, &list)), Refusal::Value);
}

#[test]
fn manifests_key_retrieval_and_unknown_parts_are_refused_by_name() {
    let (data, signature) = fresh();
    let end = |extra: &str| changed(&signature, "</ds:Signature>", &format!("{extra}</ds:Signature>"));
    let key_info = |extra: &str| changed(&signature, "<ds:KeyInfo>", &format!("<ds:KeyInfo>{extra}"));
    let reference = |kind: &str| changed(&signature, "<ds:Reference ", &format!(r#"<ds:Reference Type="{kind}" "#));
    for (signature, refusal) in [
        (end("<ds:Object><ds:Manifest></ds:Manifest></ds:Object>"), Refusal::Manifest),
        (reference("http://www.w3.org/2000/09/xmldsig#Manifest"), Refusal::Manifest),
        (reference("http://uri.etsi.org/01903#SignedProperties"), Refusal::References),
        (end("<ds:Unknown></ds:Unknown>"), Refusal::Structure),
        (end("text"), Refusal::Structure),
        (key_info(r##"<ds:RetrievalMethod URI="#key"></ds:RetrievalMethod>"##), Refusal::KeyRetrieval),
        (
            key_info(r#"<KeyInfoReference xmlns="http://www.w3.org/2009/xmldsig11#"></KeyInfoReference>"#),
            Refusal::KeyInfo,
        ),
        (key_info("<ds:PGPData></ds:PGPData>"), Refusal::KeyInfo),
        (
            changed(
                &signature,
                "</ds:SignatureMethod>",
                "<ds:HMACOutputLength>0</ds:HMACOutputLength></ds:SignatureMethod>",
            ),
            Refusal::Structure,
        ),
        (changed(&signature, "<ds:SignedInfo ", "<ds:KeyInfo></ds:KeyInfo><ds:SignedInfo "), Refusal::Structure),
    ] {
        assert_refused(&envelope(&data, &signature), refusal);
    }
}

#[test]
fn a_signature_over_nothing_or_over_several_things_is_refused() {
    let (data, signature) = fresh();
    let (start, rest) = signature.split_once("<ds:Reference ").unwrap();
    let (reference, end) = rest.split_once("</ds:Reference>").unwrap();
    let reference = format!("<ds:Reference {reference}</ds:Reference>");
    assert_refused(&envelope(&data, &format!("{start}{end}")), Refusal::References);
    for count in [2, 3, 100] {
        let many = format!("{start}{}{end}", reference.repeat(count));
        assert_refused(&envelope(&data, &many), Refusal::References);
    }
}

#[test]
fn a_comment_cannot_split_a_value_of_the_signature() {
    let (data, signature) = fresh();
    for tag in ["<ds:DigestValue>", "<ds:SignatureValue Id=\"SignatureValue-42-1\">", "<ds:X509Certificate>"] {
        for injected in ["<!--x-->", "<?x y?>", "<ds:x></ds:x>"] {
            let split = changed(&signature, tag, &format!("{tag}{injected}"));
            assert_refused(&envelope(&data, &split), Refusal::SplitText);
        }
    }
    let broken = changed(&signature, "<ds:DigestValue>", "<ds:DigestValue>*");
    assert_refused(&envelope(&data, &broken), Refusal::Base64);
}

#[test]
fn a_comment_in_signed_text_does_not_change_what_is_returned() {
    let (data, signature) = fresh();
    // Canonical form has no comments, so the signature holds; what must not happen is that a reader gets half a text.
    let document = read(&envelope(&data.replace("Иванка", "Иван<!--x-->ка"), &signature));
    let verified = rsa().verifier(Algorithms::MODERN).verify(&document, &BESIDE).unwrap();
    assert_eq!(verified.canonical, data.as_bytes());
    let name = document.element(verified.element).events().find_map(|event| match event {
        kapia_xml::Event::Start(element) if element.local() == "Name" => Some(element.text().into_owned()),
        _ => None,
    });
    assert_eq!(name.as_deref(), Some("Иванка & Петър <ООД>"));
    // An instruction is part of the canonical form.
    assert_refused(&envelope(&data.replace("Иванка", "Иван<?x?>ка"), &signature), Refusal::Digest);
}

#[test]
fn white_space_in_base64_is_fine_also_as_character_references() {
    let (data, signature) = fresh();
    let spaced = changed(&signature, "<ds:X509Certificate>", "<ds:X509Certificate>&#13;\n  ");
    let tag = "<ds:SignatureValue Id=\"SignatureValue-42-1\">";
    let (start, rest) = spaced.split_once(tag).unwrap();
    let (value, end) = rest.split_once("</ds:SignatureValue>").unwrap();
    let lines: Vec<&str> = value.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).unwrap()).collect();
    let spaced = format!("{start}{tag}{}</ds:SignatureValue>{end}", lines.join("&#13;\n"));
    assert!(verify(&envelope(&data, &spaced)).is_ok());
}

#[test]
fn the_signed_properties_are_those_of_this_signature() {
    let (data, signature) = signed(rsa(), Profile::Legacy);
    let verify = |signature: &str| {
        let document = read(&extracted(&data, signature));
        rsa().verifier(Algorithms::WITH_LEGACY_SHA1).verify(&document, &BESIDE).map_err(|error| error.refusal())
    };
    assert!(verify(&signature).is_ok());
    let time = changed(&signature, "<xades:SigningTime>2026", "<xades:SigningTime>2025");
    assert_eq!(verify(&time).err(), Some(Refusal::Digest));
    let target = changed(&signature, r##"Target="#Signature-42-1""##, r##"Target="#Signature-43""##);
    assert_eq!(verify(&target).err(), Some(Refusal::Properties));
    let (start, rest) = signature.split_once("<ds:Object>").unwrap();
    let (object, end) = rest.split_once("</ds:Object>").unwrap();
    let moved = format!("{start}{end}<Elsewhere>{object}</Elsewhere>");
    assert_eq!(verify(&moved).err(), Some(Refusal::Properties));
    let gone = format!("{start}{end}");
    assert_eq!(verify(&gone).err(), Some(Refusal::ReferenceUnresolved));
}

#[test]
fn the_certificate_that_the_properties_name_must_be_the_trusted_one() {
    // The same key with another certificate: the value verifies, the signed properties name the other certificate.
    let key = rcgen::KeyPair::from_pem(&rsa().key_pem).unwrap();
    let renewed = Party::from_pem(rsa().key_pem.clone(), self_signed(&key, "Подновено"));
    let (data, signature) = signed(rsa(), Profile::Legacy);
    let document = read(&extracted(&data, &signature));
    let error = renewed.verifier(Algorithms::WITH_LEGACY_SHA1).verify(&document, &BESIDE).unwrap_err();
    assert_eq!(error.refusal(), Refusal::SigningCertificate);
    // Without signed properties the key decides.
    let (data, signature) = signed(rsa(), Profile::Default);
    let verified = renewed.verifier(Algorithms::MODERN).verify(&read(&envelope(&data, &signature)), &BESIDE).unwrap();
    assert_eq!(verified.certificate(), Some(&renewed.certificate));
}

#[test]
fn an_enveloped_signature_verifies_only_where_the_policy_expects_it() {
    let (data, signature) = signed(rsa(), Profile::Legacy);
    let source = data.replace("</Data>", &format!("{signature}</Data>"));
    let document = read(&source);
    let verifier = rsa().verifier(Algorithms::WITH_LEGACY_SHA1);
    for placement in [Placement::Parent, Placement::DocumentElement] {
        let verified = verifier.verify(&document, &Policy::new(placement)).unwrap();
        assert_eq!(verified.canonical, data.as_bytes());
    }
    for placement in [Placement::SiblingBefore, Placement::Object] {
        let error = verifier.verify(&document, &Policy::new(placement)).unwrap_err();
        assert_eq!(error.refusal(), Refusal::Position);
    }
    // Under another root it is still the parent, but no longer the document element.
    let document = read(&format!("<Other>{source}</Other>"));
    assert!(verifier.verify(&document, &Policy::new(Placement::Parent)).is_ok());
    let error = verifier.verify(&document, &Policy::new(Placement::DocumentElement)).unwrap_err();
    assert_eq!(error.refusal(), Refusal::Position);
}

#[test]
fn prefix_lists_are_bounded() {
    let (data, signature) = fresh();
    let transform = r#"<ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#">"#;
    let list = |prefixes: &str| {
        let element = format!(
            r#"{transform}<ec:InclusiveNamespaces xmlns:ec="http://www.w3.org/2001/10/xml-exc-c14n#" PrefixList="{prefixes}"></ec:InclusiveNamespaces>"#
        );
        envelope(&data, &changed(&signature, transform, &element))
    };
    assert_refused(&list(&"p ".repeat(65)), Refusal::PrefixList);
    assert_refused(&list("a:b"), Refusal::PrefixList);
    assert_refused(&list("p"), Refusal::Value);
}

#[test]
fn no_single_changed_octet_changes_what_is_believed() {
    for (profile, allow) in [(Profile::Default, Algorithms::MODERN), (Profile::Legacy, Algorithms::WITH_LEGACY_SHA1)] {
        let (data, signature) = signed(rsa(), profile);
        let source = extracted(&data, &signature);
        let verifier = rsa().verifier(allow);
        let (mut believed, mut refused) = (0, 0);
        for at in 0..source.len() {
            let original = source.as_bytes()[at];
            let mut changed = source.clone().into_bytes();
            match at % 4 {
                0 => changed[at] = original ^ 1,
                1 => changed[at] = original ^ 4,
                2 => changed[at] = b' ',
                _ => drop(changed.remove(at)),
            }
            let Ok(document) = Document::read(changed, &kapia_xml::Limits::default()) else { continue };
            match verifier.verify(&document, &BESIDE) {
                Ok(verified) => {
                    assert_eq!(verified.canonical, data.as_bytes());
                    believed += 1;
                }
                Err(_) => refused += 1,
            }
        }
        // Both happen: white space between attributes means nothing, the content of Data does.
        assert!(believed > 10 && refused > 1000, "{believed} {refused}");
    }
}

#[test]
fn every_refusal_speaks_both_languages_and_has_a_code_of_its_own() {
    let mut codes: Vec<&str> = Refusal::ALL.iter().map(|refusal| refusal.code()).collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), Refusal::ALL.len());
    for refusal in Refusal::ALL {
        for text in [refusal.message(Language::English), refusal.hint(Language::English)] {
            assert!(text.is_ascii() && !text.ends_with('.'), "{text}");
        }
        for text in [refusal.message(Language::Bulgarian), refusal.hint(Language::Bulgarian)] {
            assert!(!text.is_ascii() && !text.ends_with('.'), "{text}");
        }
    }
}

#[test]
fn a_refusal_says_where_and_never_what() {
    let (data, signature) = fresh();
    let error = verify(&envelope(&data.replace("Иванка", "Иванко"), &signature)).unwrap_err();
    assert_eq!(error.code(), "signature-digest");
    assert_eq!(error.position().map(|at| at.line), Some(1));
    let (english, bulgarian) = (error.to_string(), error.message(Language::Bulgarian));
    assert!(english.contains("(line 1, column ") && english.contains("; hint: "), "{english}");
    assert!(bulgarian.contains("(ред 1, колона "), "{bulgarian}");
    assert!(!english.contains("Иванк") && !bulgarian.contains("Иванк"));
}
