use super::pace::Pace;
use super::*;
use kapia_records::{Cost, CredentialName, Doorkeeper, Eik, Knock, NewCredential, Password, Records, Rules};
use std::time::Instant;

fn section(written: &str) -> Result<PortalSection, toml::de::Error> {
    toml::from_str(written)
}

fn config(written: &str) -> Config {
    let folder = tempfile::tempdir().unwrap().keep();
    let mut portal = section(written).unwrap();
    portal.paths().into_iter().for_each(|path| {
        *path = folder.join(&path);
    });
    portal.passwords.memory_kib = 64;
    Config { portal: Some(portal), ..Config::default() }
}

fn site<'p>(portal: &Portal, listener: Listener, host: Option<&str>, path: &'p str) -> Option<(Environment, &'p str)> {
    portal.site(listener, host, path).map(|(site, _, below)| (site.environment(), below))
}

#[tokio::test]
async fn an_environment_is_found_by_its_path() {
    use Environment::{Production, Staging};
    let portal = Portal::open(&config("[staging]\n")).unwrap().unwrap();
    let of = |path| site(&portal, Listener::Public, Some("gate.example.bg"), path);
    assert_eq!(of("/services/EgovService"), Some((Production, "/services/EgovService")));
    assert_eq!(of("/staging/services/EgovService"), Some((Staging, "/services/EgovService")));
    assert_eq!(of("/STAGING"), Some((Staging, "/")));
    assert_eq!(of("/stagings/services"), Some((Production, "/stagings/services")));
    assert_eq!(site(&portal, Listener::ServiceBus, None, "/services/EgovService"), None);
    assert_eq!(site(&portal, Listener::Plain, None, "/services/EgovService"), None);
}

#[tokio::test]
async fn an_environment_is_found_by_its_host_and_by_its_listener() {
    use Environment::{Production, Staging};
    let hosts = "hosts = [\"portal.example.bg\"]\n[staging]\nhosts = [\"proba.example.bg\"]\n";
    let portal = Portal::open(&config(hosts)).unwrap().unwrap();
    let of = |host| site(&portal, Listener::Public, host, "/a").map(|(environment, _)| environment);
    assert_eq!(of(Some("portal.example.bg")), Some(Production));
    assert_eq!(of(Some("PROBA.example.bg")), Some(Staging));
    assert_eq!([of(Some("gate.example.bg")), of(None)], [None, None]);

    let own = "listen = [\"127.0.0.1:0\"]\n[staging]\nlisten = [\"127.0.0.1:0\"]\n";
    let config = config(own);
    assert_eq!(Portal::listeners(&config).len(), 2);
    let portal = Portal::open(&config).unwrap().unwrap();
    let of = |listener| site(&portal, listener, None, "/a").map(|(environment, _)| environment);
    assert_eq!(of(Listener::Further(0)), Some(Production));
    assert_eq!(of(Listener::Further(1)), Some(Staging));
    assert_eq!([of(Listener::Further(2)), of(Listener::Public)], [None, None]);
}

#[test]
fn environments_that_would_be_one_are_refused() {
    for written in [
        "environment = \"staging\"\n[staging]\n",
        "[staging]\nrecords = \"records.db\"\n",
        "[staging]\npath = \"\"\n",
        "path = \"portal\"\n",
        "path = \"/a b\"\n",
    ] {
        let section = section(written).unwrap();
        assert!(section.environments().is_err(), "{written}");
    }
    assert!(section("path = \"/portal/\"\n").unwrap().environments().unwrap()[0].path == "/portal");
    assert!(section("worklfow = \"direct\"\n").unwrap_err().to_string().contains("unknown field"));
}

#[test]
fn the_port_of_a_host_is_not_its_name() {
    let host = |written: &str| {
        let head = Head { host: Some(written.to_owned()), ..Head::default() };
        host_of(&head).map(str::to_owned)
    };
    assert_eq!(host("portal.example.bg:8443").as_deref(), Some("portal.example.bg"));
    assert_eq!(host("portal.example.bg").as_deref(), Some("portal.example.bg"));
    assert_eq!(host("[::1]:8443").as_deref(), Some("[::1]"));
}

#[tokio::test]
async fn a_credential_sends_a_minute_of_messages_at_once_and_then_in_its_pace() {
    let folder = tempfile::tempdir().unwrap();
    let records = Records::open(folder.path().join("records.db"), Environment::Production).unwrap();
    let cost = Cost { memory_kib: 64, passes: 1, lanes: 1 };
    let mut callers = Vec::new();
    let keeper = Doorkeeper::new(records.clone(), Rules { cost, ..Rules::default() }).unwrap();
    for (name, header) in [("one", "Basic b25lOnR3ZWx2ZSBjaGFycw=="), ("two", "Basic dHdvOnR3ZWx2ZSBjaGFycw==")] {
        let new = NewCredential {
            name: CredentialName::parse(name).unwrap(),
            administration: "Община Пример".to_owned(),
            suppliers: vec![Eik::parse("123456786").unwrap()],
            networks: Vec::new(),
            certificate: None,
            expires_at: None,
        };
        records.add_credential(new, Password::chosen("twelve chars").unwrap(), cost, "test").await.unwrap();
        let address = "192.0.2.1".parse().unwrap();
        let knock = Knock { authorization: Some(header), address, certificate: None, now: OffsetDateTime::now_utc() };
        callers.push(keeper.admit(knock).await.unwrap());
    }
    let (pace, begin) = (Pace::new(60), Instant::now());
    for _ in 0..60 {
        pace.take(callers[0].id(), begin).unwrap();
    }
    let wait = pace.take(callers[0].id(), begin).unwrap_err();
    assert!((0.9..=1.0).contains(&wait.as_secs_f64()), "{wait:?}");
    pace.take(callers[1].id(), begin).unwrap();
    pace.take(callers[0].id(), begin + Duration::from_secs(1)).unwrap();
    assert!(pace.take(callers[0].id(), begin + Duration::from_secs(1)).is_err());
}
