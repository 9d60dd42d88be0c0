use super::*;

fn all() -> Vec<OutboundError> {
    let host = || "a.example".to_owned();
    let cause = || "cause".to_owned();
    let steps = [Step::Resolve, Step::Connect, Step::Handshake, Step::Answer];
    let mut all = vec![
        OutboundError::Pattern { pattern: "*".to_owned() },
        OutboundError::TooLong { allowed: 1 },
        OutboundError::Character,
        OutboundError::NotAscii,
        OutboundError::Scheme,
        OutboundError::PlainHttp,
        OutboundError::UserInfo,
        OutboundError::Fragment,
        OutboundError::Host,
        OutboundError::Port,
        OutboundError::IpLiteral,
        OutboundError::HostNotAllowed { host: host(), port: 443 },
        OutboundError::PrivateAddress { host: host() },
        OutboundError::ForbiddenAddress { host: host(), range: "link-local" },
        OutboundError::Resolve { host: host(), cause: cause() },
        OutboundError::Connect { host: host(), cause: cause() },
        OutboundError::Certificate { host: host(), cause: cause() },
        OutboundError::Tls { host: host(), cause: cause() },
        OutboundError::Redirect { host: host(), status: 302 },
        OutboundError::TooLarge { host: host(), limit: 1 },
        OutboundError::Broken { host: host(), cause: cause() },
    ];
    all.extend(steps.map(|step| OutboundError::Timeout { host: host(), step }));
    all
}

fn cyrillic(text: &str) -> bool {
    text.chars().any(|character| ('\u{410}'..='\u{44F}').contains(&character))
}

#[test]
fn every_error_has_cause_and_hint_in_both_languages() {
    for error in all() {
        let texts = |language| [error.message(language), error.hint(language).to_owned()];
        for (english, bulgarian) in texts(Language::English).iter().zip(&texts(Language::Bulgarian)) {
            assert!(!english.is_empty() && !cyrillic(english) && cyrillic(bulgarian), "{}", error.code());
            assert!(!english.ends_with('.') && !bulgarian.ends_with('.'), "{}", error.code());
        }
        assert!(error.code().starts_with("outbound-"));
    }
}

#[test]
fn codes_are_unique_and_plain() {
    let mut codes: Vec<&str> = all().iter().map(OutboundError::code).collect();
    codes.dedup();
    let count = codes.len();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!((codes.len(), count), (22, 22));
    let plain = |code: &&str| code.bytes().all(|octet| octet.is_ascii_lowercase() || octet == b'-');
    assert!(codes.iter().all(plain));
}
