//! Tokens of consumers: whatever is made of one that an issuer signed, it vouches for nobody else.

use super::{Target, XML_WORDS};
use kapia_saml::{Circumstances, Judge, Trust, assertion};
use kapia_signature::{Algorithms, Certificate};
use kapia_xml::{Document, Limits};
use std::sync::OnceLock;
use time::{Duration, OffsetDateTime};

#[allow(dead_code)]
#[path = "../../../tests/support/sts.rs"]
mod sts;

pub const TOKEN: Target = Target { name: "token", seeds, words: XML_WORDS, run };

const OID: &str = "2.16.100.1.1.999.1";

/// A key that opens nothing: it signs the seeds.
const KEY: &str = "-----BEGIN PRIVATE KEY-----
MIIEuwIBADANBgkqhkiG9w0BAQEFAASCBKUwggShAgEAAoIBAQCmfd8JfrhbaNN8
6D2aIRqm3O0tWhma/Xr1jpwptIEzqD6lE+qduMPh3CIArA1c7XnFN8U6CZdG1Teq
de2LoqDJGuToJvfOcBQCY+J2c7Dt/NjN2QC44QnYshObeAMut+3cpYNph1oD3HWm
sb4Xuevczl54B+tcQxUpNe790hOqIfE/J41Wl0wj8yXyuPLl/TJsxtdIKb1b1hP7
xSWYlAlYcpHnd6D6VriUIjc33PSKtNKHHcxsHvvCvi2tvVR77A6/dkoIxMREQoqs
Bb0SvYFfaEWGADRuyPUzkeWLpXMwn0+MuviuXqK9MCAaTVBSI4EDY6/cjizom5HF
jPHgcjHtAgMBAAECgf8kbAI56qemtIleRDVIsuJKfIV5PaIlX3oT991MYpQaFsJ1
ws3ubs2xfeeXWJiKTNGDVkL51Mn2d0+vi88bBf5wjIOjj7NiG9MJ/MZwlRWKxY2m
Ye4TUKLugYGztyvEEWHj2pmQlgjC90zrhoyF3R/IYG4ej8p2vqBTS+vok2aT9hlT
ZxS03h0Rqmvk59ZmuiEJ3w3UUhsCUPT7F5U2rk9IsOC5UX6XYfU1W7hdkF1CTdPs
y5avP9GrJkA5I4mtmWthIc2UXbPDn13tiL26ej9V5pmD8ipDtGT8Htlv79g3dLU7
5T4JbFJ1V45opBgcJcHHc63qQ3gXEuRkmi8uO3MCgYEA62mezOqE5b6BPDjLfvWa
PwKuDtC6K8GUF1OgZWgloQ2cMn5VaDXbzTWycTawTKYpnA1BKJsdcJAygB75NN5Z
mWx2AqqEuefQasoW26VSPniGhkwAnVM2qzB/ptXpNeHmWUIX4YY4bdSrBDNSi7gm
etysIq7V/HRHtmfM3Ndd2IcCgYEAtQ1CxBaBZ0/0MyY5YAO/SMw0f2j5dRMfuTQr
C57YgN3A/tMMiOvPyQZPOLdDORUB1Z8wUGR2lQDHrJDCm9a+qC2NqFMZY0aG233a
wclu9gNoq9XVpFVOTJ3LcHUXX1z+CwbIU5XLRtZQl7M4QvjPQsqyCTCwdO2jhrcZ
UrBBousCgYBY1rcS5b3ZZZcnvtcsxkq7VKuS87oOITNdyjVRj4gDyzsS4xIgDZMx
Uf5RMy48/sfdGDNqu37Up9Ym+4lYJkDx4Th3sRn9fjns0u7lXPI4mQtLSwtAU9Lh
r5+8uiUULHfdX0/bz+cjq4oOP7/68jezTeu3+vrOFqOpdmqdPLkxqQKBgQCGytCi
XH8LA6OzUQn2SdPnxuBu2yCd4RcFM6m4hRJ7Hp3JGieC6M1RxLjGaOpLXTB4coPt
1l3SoToHZ977Vu2rF/8XCockOiW80/5BuE48Kl2LUTA1oK0irXgAyawU+47Hds0+
LY+htX1a87s3YTYta+sQnIdDBolwinD39vFm8QKBgGL0CQq7pglpnZndkm6pnlWZ
iYhs8NvF/zRWEAkcOu5iCal3HmFVlhkovO2VEvqDf5rCUFFO2+xSqBgYzC0Ac/IM
GnwjskZAZWc9tPVMyIt9gX7mT3nm14hZejmh9afo78CIWcSqHm/ZN3NquLfnGAib
UeE466rAPUn9IJ62DJbi
-----END PRIVATE KEY-----
";
const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----
MIIDEzCCAfugAwIBAgIUYpc2/26ze53krIS3dAzZucDWobwwDQYJKoZIhvcNAQEL
BQAwGDEWMBQGA1UEAwwNdG9rZW4uZXhhbXBsZTAgFw0yNjExMjIwMzQ4MTZaGA8y
MTI2MTAyOTAzNDgxNlowGDEWMBQGA1UEAwwNdG9rZW4uZXhhbXBsZTCCASIwDQYJ
KoZIhvcNAQEBBQADggEPADCCAQoCggEBAKZ93wl+uFto03zoPZohGqbc7S1aGZr9
evWOnCm0gTOoPqUT6p24w+HcIgCsDVztecU3xToJl0bVN6p17YuioMka5Ogm985w
FAJj4nZzsO382M3ZALjhCdiyE5t4Ay637dylg2mHWgPcdaaxvhe569zOXngH61xD
FSk17v3SE6oh8T8njVaXTCPzJfK48uX9MmzG10gpvVvWE/vFJZiUCVhyked3oPpW
uJQiNzfc9Iq00ocdzGwe+8K+La29VHvsDr92SgjExERCiqwFvRK9gV9oRYYANG7I
9TOR5YulczCfT4y6+K5eor0wIBpNUFIjgQNjr9yOLOibkcWM8eByMe0CAwEAAaNT
MFEwHQYDVR0OBBYEFNmuKy1dVoAxTWg35eiqgGXc9FePMB8GA1UdIwQYMBaAFNmu
Ky1dVoAxTWg35eiqgGXc9FePMA8GA1UdEwEB/wQFMAMBAf8wDQYJKoZIhvcNAQEL
BQADggEBAC3mUFCiTyyT8gdclFfhnBtEtWNn6FNjlfJzQMSVXYfjfKOfCB73Wtry
dhYvcB6IkwxQC4cr2dRqHLknpxDXfT7k0rrUIprC8MPBjSI7b0qQfAHPGBPqn14E
wSbZhbaka3/5L68JKLwFsnTmSwOI17fSSxEYO8I/srb1utBRwnwrzg+6GXKPlr/P
EsTCwixZLL/vxZGul/SLp/VtJoc5oNJSmh7J7xmZh6aTq35efQhcVTS1PubZET7v
/jKPreH1OiYa+GhOXuDP0an+HWXeJS6/Yg47g+cXXF74OZ/p3om+r4TvFkiosKC/
f2Oc2FDpeOsINLWItocqBHz2vIJNSDE=
-----END CERTIFICATE-----
";

struct Issued {
    now: OffsetDateTime,
    documents: Vec<Vec<u8>>,
}

fn issued() -> &'static Issued {
    static ISSUED: OnceLock<Issued> = OnceLock::new();
    ISSUED.get_or_init(|| {
        let token = sts::Sts::of(KEY).signed(&sts::Assertion::of(OID));
        let other = sts::Assertion::of("2.16.100.1.1.999.2").xml();
        let envelope = |content: &str| {
            let header = sts::security(sts::WSS, content);
            format!("<s:Envelope xmlns:s=\"urn:s\"><s:Header>{header}</s:Header><s:Body>{other}</s:Body></s:Envelope>")
                .into_bytes()
        };
        let documents = vec![envelope(&token), envelope(&format!("{token}{other}"))];
        Issued { now: OffsetDateTime::now_utc(), documents }
    })
}

fn seeds() -> Vec<Vec<u8>> {
    issued().documents.clone()
}

fn judge() -> &'static Judge {
    static JUDGE: OnceLock<Judge> = OnceLock::new();
    JUDGE.get_or_init(|| {
        Judge::new(Trust {
            signers: Certificate::from_pem(CERTIFICATE).expect("a certificate"),
            issuers: Vec::new(),
            audiences: Vec::new(),
            clock_skew: Duration::seconds(60),
            algorithms: Algorithms::MODERN,
        })
    })
}

fn run(data: &[u8]) -> String {
    let Ok(document) = Document::read(data.to_vec(), &Limits::default()) else { return "no xml".into() };
    let Some(header) = document.root().children().next() else { return "no header".into() };
    let found = match assertion(header.children()) {
        Ok(Some(found)) => found,
        Ok(None) => return "no token".into(),
        Err(refusal) => return refusal.code().to_owned(),
    };
    let circumstances = Circumstances { now: issued().now, holder: None, vouched: false };
    match judge().judge(&document, found.id(), &circumstances) {
        Ok(token) => {
            assert_eq!(token.oid, OID, "a token vouches for somebody whom its issuer did not name");
            "believed".into()
        }
        Err(refusal) => refusal.code().to_owned(),
    }
}
