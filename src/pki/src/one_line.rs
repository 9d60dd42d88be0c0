//! A certificate in one line of text, as proxies that end TLS write it into a header.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::pki_types::CertificateDer;
use x509_parser::prelude::{FromDer, X509Certificate};

/// Reads the one certificate in a line; `None` if the line says that there was none.
///
/// PEM whose line ends have become blanks, tabs or nothing (Apache, F5; regix-contract §5.1 item 3), PEM in percent
/// encoding (nginx), bare base64 of the DER octets (HAProxy), and the same between colons (RFC 9440). An empty line and
/// Apache's `(null)` stand for no certificate.
///
/// # Errors
/// Anything else, a second certificate and octets behind the certificate included.
pub fn read_one_line(line: &[u8]) -> Result<Option<CertificateDer<'static>>, NotOneCertificate> {
    let line = std::str::from_utf8(line).map_err(|_| NotOneCertificate)?.trim_ascii();
    if matches!(line, "" | "(null)") {
        return Ok(None);
    }
    let decoded = percent_decoded(line)?;
    let dense: String = base64_of(&decoded)?.split_ascii_whitespace().collect();
    let der = STANDARD.decode(dense).map_err(|_| NotOneCertificate)?;
    match X509Certificate::from_der(&der) {
        Ok(([], _)) => Ok(Some(CertificateDer::from(der))),
        _ => Err(NotOneCertificate),
    }
}

/// A line that is not exactly one certificate; it says nothing of what the line holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the line does not hold exactly one certificate")]
pub struct NotOneCertificate;

/// No alphabet of base64 or PEM has a percent sign, so one always begins an escape.
fn percent_decoded(text: &str) -> Result<String, NotOneCertificate> {
    let mut octets = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(octet) = rest.next() {
        if octet != b'%' {
            octets.push(octet);
            continue;
        }
        let mut digit = || rest.next().and_then(|digit| char::from(digit).to_digit(16)).ok_or(NotOneCertificate);
        let (high, low) = (digit()?, digit()?);
        octets.push(u8::try_from(high << 4 | low).map_err(|_| NotOneCertificate)?);
    }
    String::from_utf8(octets).map_err(|_| NotOneCertificate)
}

/// What stands between the two marks of PEM, or between two colons, or the whole.
fn base64_of(text: &str) -> Result<&str, NotOneCertificate> {
    let text = text.trim_ascii();
    if let Some(inner) = text.strip_prefix(':') {
        return inner.strip_suffix(':').ok_or(NotOneCertificate);
    }
    if !text.starts_with('-') {
        return Ok(text);
    }
    // Form encoding writes the blank as a plus sign; a plus in the base64 itself is escaped there.
    let begin = ["-----BEGIN CERTIFICATE-----", "-----BEGIN+CERTIFICATE-----"];
    let end = ["-----END CERTIFICATE-----", "-----END+CERTIFICATE-----"];
    let body = begin.iter().find_map(|mark| text.strip_prefix(mark)).ok_or(NotOneCertificate)?;
    end.iter().find_map(|mark| body.strip_suffix(mark)).ok_or(NotOneCertificate)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A made certificate: its DER octets, and its PEM text with line ends.
    fn made() -> (Vec<u8>, String) {
        let key = rcgen::KeyPair::generate().unwrap();
        let certificate = rcgen::CertificateParams::new(vec!["a.example".to_owned()]).unwrap();
        let certificate = certificate.self_signed(&key).unwrap();
        (certificate.der().to_vec(), certificate.pem())
    }

    fn escaped(text: &str) -> String {
        text.bytes().map(|octet| format!("%{octet:02X}")).collect()
    }

    #[test]
    fn every_form_that_a_known_proxy_writes_is_the_same_certificate() {
        let (der, pem) = made();
        let lines: Vec<&str> = pem.lines().collect();
        let bare = STANDARD.encode(&der);
        let partly = pem.replace('\n', "%0A").replace(' ', "%20").replace('+', "%2B").replace('/', "%2F");
        for (form, line) in [
            ("Apache", lines.join(" ")),
            ("with tabs, after old nginx", lines.join("\t")),
            ("F5 without anything between", lines.concat()),
            ("a blank at the marks only (RegiX)", format!("{} {} {}", lines[0], bare, lines[lines.len() - 1])),
            ("trailing blank", lines.join(" ") + " "),
            ("nginx, all escaped", escaped(&pem)),
            ("nginx, some escaped", partly.clone()),
            ("form encoding", partly.replace("%20", "+")),
            ("lower-case escapes", pem.replace('\n', "%0a").replace('+', "%2b")),
            ("HAProxy", bare.clone()),
            ("RFC 9440", format!(":{bare}:")),
        ] {
            assert_eq!(read_one_line(line.as_bytes()).unwrap().unwrap().as_ref(), der, "{form}");
        }
    }

    #[test]
    fn an_empty_line_stands_for_no_certificate() {
        for line in ["", "   ", "(null)", " (null) "] {
            assert_eq!(read_one_line(line.as_bytes()), Ok(None), "{line:?}");
        }
    }

    #[test]
    fn anything_that_is_not_exactly_one_certificate_is_refused() {
        let (der, pem) = made();
        let bare = STANDARD.encode(&der);
        let one = pem.lines().collect::<Vec<_>>().join(" ");
        let mut longer = der.clone();
        longer.push(0);
        for line in [
            "no".to_owned(),
            "-".to_owned(),
            ":".to_owned(),
            format!(":{bare}"),
            format!("{one} {one}"),
            format!("{bare}{bare}"),
            format!("{bare},{bare}"),
            STANDARD.encode(&longer),
            STANDARD.encode(&der[..der.len() - 1]),
            one.replace("-----END", "----END"),
            one.replace("CERTIFICATE", "PRIVATE KEY"),
            format!("x{one}"),
            format!("{one}x"),
            one.replacen(' ', "%2", 1),
            one.replacen(' ', "%zz", 1),
            one.replacen(' ', "%ff", 1),
            "%".to_owned(),
        ] {
            assert_eq!(read_one_line(line.as_bytes()), Err(NotOneCertificate), "{line}");
        }
        assert_eq!(read_one_line(b"\xff\xfe"), Err(NotOneCertificate));
    }
}
