use super::*;

fn list(patterns: &[&str]) -> AllowedHosts {
    AllowedHosts::parse(patterns).unwrap()
}

fn code(url: &str) -> &'static str {
    let allowed = list(&["good.example", "*.good.example", "good.example:8443"]);
    match Target::parse(url, &allowed, false) {
        Ok(_) => "allowed",
        Err(error) => error.code(),
    }
}

fn allows(patterns: &[&str], url: &str) -> bool {
    match Target::parse(url, &list(patterns), true) {
        Ok(_) => true,
        Err(OutboundError::HostNotAllowed { .. }) => false,
        Err(other) => panic!("{url}: {other}"),
    }
}

#[test]
fn plain_addresses_of_listed_hosts_are_allowed() {
    for url in [
        "https://good.example",
        "https://good.example/",
        "HTTPS://GOOD.Example/callback",
        "https://good.example:443/a/b?c=d&e=%D0%B0",
        "https://good.example:8443/",
        "https://good.example?x=1",
        "https://a.b.good.example/~x/'!$*+,;=:@()",
    ] {
        assert_eq!(code(url), "allowed", "{url}");
    }
}

#[test]
fn the_path_is_sent_as_it_was_written() {
    let allowed = list(&["good.example"]);
    let path = |url| Target::parse(url, &allowed, false).unwrap().path().as_str().to_owned();
    assert_eq!(path("https://good.example/A/../b%2F?q=A%20b"), "/A/../b%2F?q=A%20b");
    assert_eq!(path("https://good.example"), "/");
    assert_eq!(path("https://good.example?q"), "/?q");
}

#[test]
fn an_address_that_programs_may_read_differently_is_refused_by_name() {
    for (url, expected) in [
        ("", "outbound-scheme"),
        ("good.example/callback", "outbound-scheme"),
        ("//good.example/", "outbound-scheme"),
        ("https:/good.example/", "outbound-scheme"),
        ("https:good.example", "outbound-scheme"),
        ("ftp://good.example/", "outbound-scheme"),
        ("file:///etc/hosts", "outbound-scheme"),
        ("gopher://good.example/", "outbound-scheme"),
        ("javascript://good.example/", "outbound-scheme"),
        ("http://good.example/", "outbound-plain-http"),
        ("https://user@good.example/", "outbound-user-info"),
        ("https://good.example@evil.example/", "outbound-user-info"),
        ("https://good.example:443@evil.example/", "outbound-user-info"),
        ("https://@good.example/", "outbound-user-info"),
        ("https://good.example/#part", "outbound-fragment"),
        ("https://evil.example#@good.example/", "outbound-fragment"),
        ("https://good.example\\@evil.example/", "outbound-character"),
        ("https:\\\\good.example/", "outbound-character"),
        ("https://good.example/a b", "outbound-character"),
        (" https://good.example/", "outbound-character"),
        ("https://good.example/\r\nX: y", "outbound-character"),
        ("https://good.exa\tmple/", "outbound-character"),
        ("https://good.example/\u{0}", "outbound-character"),
        ("https://good.example/път", "outbound-not-ascii"),
        ("https://добър.example/", "outbound-not-ascii"),
        ("https://good。example/", "outbound-not-ascii"),
        ("https://ｇood.example/", "outbound-not-ascii"),
        ("https:///callback", "outbound-host"),
        ("https://good.example./", "outbound-host"),
        ("https://.good.example/", "outbound-host"),
        ("https://good..example/", "outbound-host"),
        ("https://-good.example/", "outbound-host"),
        ("https://good_.example/", "outbound-host"),
        ("https://go%6fd.example/", "outbound-host"),
        ("https://*.good.example/", "outbound-host"),
        ("https://good.example:/", "outbound-port"),
        ("https://good.example:0/", "outbound-port"),
        ("https://good.example:65536/", "outbound-port"),
        ("https://good.example:+443/", "outbound-port"),
        ("https://good.example:443:443/", "outbound-port"),
        ("https://good.example:000443/", "outbound-port"),
        ("https://127.0.0.1/", "outbound-ip-literal"),
        ("https://127.1/", "outbound-ip-literal"),
        ("https://2130706433/", "outbound-ip-literal"),
        ("https://0x7f000001/", "outbound-ip-literal"),
        ("https://0x7F.1/", "outbound-ip-literal"),
        ("https://0177.0.0.1/", "outbound-ip-literal"),
        ("https://0x/", "outbound-ip-literal"),
        ("https://[::1]/", "outbound-ip-literal"),
        ("https://[::ffff:127.0.0.1]:443/", "outbound-ip-literal"),
        ("https://[fe80::1%25eth0]/", "outbound-ip-literal"),
        ("https://169.254.169.254/latest/meta-data", "outbound-ip-literal"),
    ] {
        assert_eq!(code(url), expected, "{url:?}");
    }
    let long = format!("https://good.example/{}", "x".repeat(LONGEST));
    assert_eq!(code(&long), "outbound-too-long");
}

#[test]
fn a_host_that_is_not_listed_is_refused_however_much_it_looks_like_one_that_is() {
    for url in [
        "https://evil.example/",
        "https://good.example.evil.example/",
        "https://evilgood.example/",
        "https://example/",
        "https://good.example:8080/",
        "https://a.good.example:8443/",
        "https://evil.example/good.example",
        "https://evil.example?good.example",
        "https://xn--good-5nf.example/",
        "https://xn--a.good.example/",
        "https://a.xn--b.good.example/",
        "https://a.XN--B.good.example/",
    ] {
        assert_eq!(code(url), "outbound-host-not-allowed", "{url}");
    }
    assert!(!allows(&[], "https://good.example/"), "an empty list allows nothing");
}

#[test]
fn a_star_stands_for_labels_below_and_never_for_none() {
    let star = &["*.city.example"];
    assert!(allows(star, "https://a.city.example/"));
    assert!(allows(star, "https://a.b.city.example/"));
    assert!(!allows(star, "https://city.example/"));
    assert!(!allows(star, "https://xcity.example/"));
    assert!(allows(&["*.city.example:444"], "https://a.city.example:444/"));
    assert!(!allows(&["*.city.example:444"], "https://a.city.example/"));
}

#[test]
fn a_line_without_a_port_means_the_usual_port_of_the_scheme() {
    assert!(allows(&["a.example"], "https://a.example/"));
    assert!(allows(&["a.example"], "http://a.example/"));
    assert!(!allows(&["a.example"], "https://a.example:80/"));
    assert!(!allows(&["a.example"], "http://a.example:443/"));
    assert!(!allows(&["a.example:443"], "http://a.example/"));
}

#[test]
fn a_punycode_name_is_allowed_only_when_it_is_listed_itself() {
    assert!(allows(&["xn--90ae.example"], "https://xn--90ae.example/"));
    assert!(allows(&["*.xn--90ae.example"], "https://a.xn--90ae.example/"));
    assert!(!allows(&["*.example.org"], "https://xn--90ae.example.org/"));
}

#[test]
fn a_line_that_cannot_be_read_or_allows_too_much_is_named() {
    for pattern in
        ["", "*", "*.", "*.bg", "a.*.example", "**.a.example", "a.example/", "https://a.example", "a.example:0"]
            .into_iter()
            .chain(["a.example:", "10.0.0.1", "[::1]", "a_b.example", "a..example", "добър.example", "a.example."])
    {
        let error = AllowedHosts::parse([pattern]).unwrap_err();
        assert_eq!(error, OutboundError::Pattern { pattern: pattern.to_owned() });
    }
    assert!(allows(&[" A.Example "], "https://a.example/"));
}

#[test]
fn a_target_prints_its_host_and_nothing_of_its_path() {
    let target = Target::parse("https://good.example/8001010008?x=8001010008", &list(&["good.example"]), false);
    assert_eq!(format!("{:?}", target.unwrap()), "Target(https://good.example:443/…)");
}
