//! The pushing side, against the built program: files and tables, repetitions, troubles, changes that are pushed on, and
//! descriptions out of the administrative register.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

mod support;

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use support::*;

const EIK: &str = "123456786";
const RECORD: &str = include_str!("../src/cli/demo/service.xml");

/// One record of the demo's administration.
fn record(number: u64, name: &str) -> String {
    let (begin, end) = (RECORD.find("<ServiceRecord>").unwrap(), RECORD.find("</ServiceRecord>").unwrap());
    let record = RECORD[begin..end + "</ServiceRecord>".len()]
        .replace("<ServiceNumber>1001<", &format!("<ServiceNumber>{number}<"))
        .replace("Издаване на удостоверение за постоянен адрес", name);
    record.replacen("<ServiceRecord>", "<ServiceRecord xmlns=\"urn:egov-gateway:portal:service-record:1\">", 1)
}

/// Where the demo's portal is, who may push there, and a folder for what is pushed.
struct Sender<'g> {
    gate: &'g Gate,
    folder: tempfile::TempDir,
    user: String,
}

impl<'g> Sender<'g> {
    fn new(gate: &'g Gate) -> Sender<'g> {
        let folder = tempfile::tempdir().unwrap();
        let netrc = std::fs::read_to_string(gate.folder.join("portal.netrc")).unwrap();
        let field = |name: &str| netrc.lines().find_map(|line| line.strip_prefix(name)).unwrap().trim().to_owned();
        std::fs::write(folder.path().join("password"), format!("{}\n", field("password "))).unwrap();
        std::fs::create_dir(folder.path().join("records")).unwrap();
        Sender { gate, folder, user: field("login ") }
    }

    fn keep(&self, name: &str, content: &str) -> PathBuf {
        let file = self.folder.path().join("records").join(name);
        std::fs::write(&file, content).unwrap();
        file
    }

    fn push(&self, what: &Path, more: &[&str]) -> Output {
        self.push_to(self.gate.port, what, more)
    }

    fn push_to(&self, port: u16, what: &Path, more: &[&str]) -> Output {
        let url = format!("https://localhost:{port}/services/EgovService");
        let (ca, password) = (self.gate.certs.join("ca.pem"), self.folder.path().join("password"));
        let text = |path: &Path| path.to_str().unwrap().to_owned();
        let place = ["--url".into(), url, "--user".into(), self.user.clone(), "--ca".into(), text(&ca)];
        let secret = ["--password-file".into(), text(&password)];
        let mut arguments = vec!["portal".to_owned(), "push".into(), text(what)];
        arguments.extend(place.into_iter().chain(secret).chain(more.iter().map(ToString::to_string)));
        self.gate.kapia_says(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
    }

    fn records(&self) -> PathBuf {
        self.folder.path().join("records")
    }
}

#[track_caller]
fn assert_ended(output: &Output, code: i32, said: &str) {
    assert!(output.code == Some(code) && output.stdout.contains(said), "{output:?}");
}

#[test]
fn a_folder_is_pushed_once_and_only_what_has_changed_again() {
    let gate = Gate::demo();
    let sender = Sender::new(&gate);
    sender.keep("one.xml", &record(71_001, "Първа услуга"));
    let many: String = (71_002..71_070).map(|number| record(number, &format!("Услуга {number}"))).collect();
    sender.keep("many.xml", &format!("<all>{many}</all>"));
    sender.keep("note.txt", "not a record");

    assert_ended(&sender.push(&sender.records(), &["--dry-run"]), 0, "69 would be sent (0 messages)");
    assert_ended(&sender.push(&sender.records(), &[]), 0, "69 created (2 messages)");
    assert_ended(&sender.push(&sender.records(), &[]), 0, "69 unchanged (2 messages)");
    sender.keep("one.xml", &record(71_001, "Първа услуга, по-добре описана"));
    assert_ended(&sender.push(&sender.records(), &[]), 0, "1 updated, 68 unchanged (2 messages)");
    assert_ended(&sender.push(&sender.records().join("one.xml"), &["--one-by-one"]), 0, "1 unchanged (1 messages)");
    sender.keep("one.xml", &record(71_001, "Първа услуга, още веднъж"));
    assert_ended(&sender.push(&sender.records().join("one.xml"), &["--one-by-one"]), 0, "1 updated (2 messages)");
    let history = gate.kapia(&["portal", "history", &format!("{EIK}/71001")]).stdout;
    assert_eq!(history.lines().count(), 3, "{history}");
}

#[test]
fn a_table_is_a_folder_of_records_and_says_where_it_is_wrong() {
    let gate = Gate::demo();
    let sender = Sender::new(&gate);
    let columns = gate.kapia(&["portal", "template"]).stdout;
    for required in ["ServiceKey/ServiceNumber", "Name", "LegalBasis/ActName", "Channel/ChannelType/Code", "ValidFrom"]
    {
        assert!(columns.trim_end().split(',').any(|column| column == required), "{required}: {columns}");
    }
    let head = "ServiceKey/ServiceNumber;ServiceKey/SupplierEIK;ValidFrom;Name;Name@en;IsInternalAdminService;HasCivilPurpose;\
                HasBusinessPurpose;LegalBasis/ActName;LegalBasis[2]/ActName;LegalBasis[2]/Article;ProvisionBody;ProvisionLevel;\
                SecurityLevel;ApplicationMethod;Channel/ChannelType/Code";
    let row = |number: u64, channel: &str| {
        format!(
            "{number};{EIK};2026-01-01T00:00:00+02:00;\"Справка; по партида\";Account statement;false;true;false;Закон за пробата;\
             Наредба за пробата;5;Община Пример;SiteInfoOnly;Low;ApplicationAtDesk;{channel}"
        )
    };
    let table = sender.keep(
        "records.csv",
        &format!("\u{FEFF}{head}\r\n{}\r\n{}\r\n", row(72_001, "0006-000077"), row(72_002, "0006-000076")),
    );
    assert_ended(&sender.push(&table, &[]), 0, "2 created (1 messages)");
    let shown = gate.kapia(&["portal", "search", "справка", "партида", "--json"]).stdout;
    assert!(shown.contains("72001"), "{shown}");

    // A wrong code is found before anything is sent, and the rest is sent.
    let table = sender
        .keep("records.csv", &format!("{head}\n{}\n{}\n", row(72_001, "0006-999999"), row(72_003, "0006-000076")));
    let output = sender.push(&table, &[]);
    assert_ended(&output, 1, "1 created, 1 rejected (1 messages)");
    assert!(output.stdout.contains("records.csv:2") && output.stdout.contains("EGS-4001"), "{output:?}");
    assert!(output.stdout.contains("/ServiceRecord/Channel[1]/ChannelType/Code"), "{output:?}");

    let table = sender.keep("records.csv", "ServiceKey/ServiceNumer,Name\n1,x\n");
    let output = sender.push(&table, &[]);
    assert_eq!(output.code, Some(1));
    assert!(output.stderr.contains("did you mean ServiceKey/ServiceNumber?"), "{output:?}");
    let table = sender.keep("records.csv", &format!("{head}\n1;2\n"));
    let output = sender.push(&table, &[]);
    assert!(output.code == Some(1) && output.stderr.contains("records.csv:2"), "{output:?}");
}

#[test]
fn a_trouble_is_told_and_nothing_is_lost_by_it() {
    let gate = Gate::demo();
    let mut sender = Sender::new(&gate);
    let file = sender.keep("one.xml", &record(73_001, "Услуга за проба"));
    let right = std::mem::replace(&mut sender.user, "nobody".to_owned());
    let output = sender.push(&file, &[]);
    assert_ended(&output, 3, "push-unauthorized");
    assert!(output.stdout.contains("1 not sent (1 messages)"), "{output:?}");
    sender.user = right;
    let twice = sender.keep("two.xml", &record(73_001, "Същата услуга"));
    let output = sender.push(&sender.records(), &["--json"]);
    let report: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!(report["records"][0]["ended"], "created");
    assert_eq!(
        (&report["records"][1]["ended"], &report["records"][1]["told"][0]["code"]),
        (&"rejected".into(), &"push-twice".into())
    );
    std::fs::remove_file(twice).unwrap();
    // Somebody else's administration is not ours to write.
    let foreign = record(73_002, "Чужда услуга").replace(EIK, "000695388");
    let output = sender.push(&sender.keep("two.xml", &foreign), &[]);
    assert_ended(&output, 1, "EGS-2001");
    // The address of nobody.
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let output = sender.push_to(closed, &file, &["--attempts", "1"]);
    assert_ended(&output, 3, "push-unreachable");
}

#[test]
fn changes_are_pushed_on_to_another_service_however_long_it_is_away() {
    // A gate that keeps its address when it is started anew.
    let mut there = Gate::start(GateOptions { serve: true, ..GateOptions::default() });
    there.kill();
    let config = there.folder.join("kapia.toml");
    let text = std::fs::read_to_string(&config).unwrap();
    std::fs::write(&config, text.replacen("127.0.0.1:0", &format!("127.0.0.1:{}", there.port), 1)).unwrap();
    there.restart();
    let (url, user, password, ca) = {
        let sender = Sender::new(&there);
        let password = std::fs::read_to_string(sender.folder.path().join("password")).unwrap();
        (
            format!("https://localhost:{}/services/EgovService", there.port),
            sender.user.clone(),
            password,
            there.certs.join("ca.pem"),
        )
    };
    let secret = tempfile::tempdir().unwrap();
    let password_file = secret.path().join("password");
    std::fs::write(&password_file, password).unwrap();
    let mut here = Gate::start(GateOptions { serve: true, ..GateOptions::default() });
    let config = here.folder.join("kapia.toml");
    let mut text = std::fs::read_to_string(&config).unwrap();
    text.push_str(&format!(
        "\n[[portal.push]]\nname = \"central\"\nurl = \"{url}\"\nuser = \"{user}\"\npassword_file = \"{}\"\nca = \"{}\"\nchanges = true\n",
        password_file.display(),
        ca.display()
    ));
    std::fs::write(&config, text).unwrap();
    here.kill();
    here.restart();

    let sender = Sender::new(&here);
    sender.keep("one.xml", &record(74_001, "Пренасяна услуга"));
    assert_ended(&sender.push(&sender.records(), &[]), 0, "1 created");
    until("it is there", || list(&there).contains("74001"));

    there.kill();
    sender.keep("one.xml", &record(74_001, "Пренасяна услуга, променена"));
    assert_ended(&sender.push(&sender.records(), &[]), 0, "1 updated");
    here.kapia(&["portal", "deactivate", &format!("{EIK}/74001"), "--comment", "проба"]);
    there.restart();
    until("both changes are there, in their order", || {
        let history = there.kapia_says(&["portal", "history", &format!("{EIK}/74001")]).stdout;
        history.lines().count() >= 3
            && list(&there).lines().any(|line| line.contains("74001") && line.contains("inactive"))
    });
}

fn list(gate: &Gate) -> String {
    gate.kapia(&["portal", "list", "--supplier", EIK, "--lines", "5000"]).stdout
}

fn until(what: &str, done: impl Fn() -> bool) {
    let began = Instant::now();
    while !done() {
        assert!(began.elapsed() < Duration::from_secs(90), "{what}");
        std::thread::sleep(Duration::from_millis(300));
    }
}

/// The services API of the administrative register, with one invented service; answers so many requests.
fn register(requests: usize) -> (String, std::thread::JoinHandle<Vec<String>>) {
    const ANSWERS: [(&str, &str); 2] = [
        (
            "SearchAdmServiceMainData",
            r#"<SearchAdmServiceMainDataResponse xmlns="http://iisda.government.bg/AdmServices/IntegrationServices"><SearchAdmServiceMainDataResult xmlns:a="http://iisda.government.bg/AdmServices/"><a:AdmServiceMainDataType ServiceNumber="75001" IsFromEU="false" IsInternalAdminService="false" IsRegime="true" RegimeName="Регистрационен"/></SearchAdmServiceMainDataResult></SearchAdmServiceMainDataResponse>"#,
        ),
        (
            "SearchAdmServices",
            r#"<SearchAdmServicesResponse xmlns="http://iisda.government.bg/AdmServices/IntegrationServices"><SearchAdmServicesResult xmlns:a="http://iisda.government.bg/AdmServices/" xmlns:c="http://iisda.government.bg/AdmServices/Common"><a:AdmServiceBatchDataType><a:AdmServiceData ServiceNumber="75001" Name="Вписване в регистъра на пробите" SectionName="Раздел" SubsectionName="Подраздел"><a:Description>Описание &amp; ред</a:Description><a:LegalBasis><a:LegalBasisType RegulatoryActName="Закон за пробите"><a:StructuredData><a:StructuredDataType Article="5" Paragraph="1"/><a:StructuredDataType Article="6"/></a:StructuredData></a:LegalBasisType></a:LegalBasis></a:AdmServiceData><a:AdmServiceBatchInfo ServiceID="900" BatchUIC="123456786" BatchName="Община Пример" ServiceNumber="75001" Name="Вписване в регистъра на пробите" ServiceProvisionLevel="SiteInfoOnly" HasCivilPurpose="true" HasBusinessPurpose="false"><a:GrantTerm>7 дни</a:GrantTerm><a:ServiceApplicationMethods><a:M>ApplicationAtDesk</a:M><a:M>ApplicationByMail</a:M></a:ServiceApplicationMethods><a:OrderAndAppealTerms>&lt;p&gt;Пред съда.&lt;/p&gt;</a:OrderAndAppealTerms><a:ServicingUnitContactData><a:Unit UnitID="1" Name="Център за услуги"><a:WorkTime>9-17</a:WorkTime><a:Address PostCode="1000" AddressText="ул. „Проба“ 1"><c:EkatteAddress DistrictEkatteCode="SOF" DistrictName="София" SettlementEkatteCode="68134" SettlementName="София"/></a:Address><a:CorrespondenceData InterSettlementCallingCode="02" Email="proba@example.bg"><a:Phone>1234567</a:Phone></a:CorrespondenceData></a:Unit></a:ServicingUnitContactData><a:PaymentInfo PaymentKind="Free"/></a:AdmServiceBatchInfo></a:AdmServiceBatchDataType></SearchAdmServicesResult></SearchAdmServicesResponse>"#,
        ),
    ];
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://127.0.0.1:{}/AdmServicesService.svc/basicHttps", listener.local_addr().unwrap().port());
    let serving = std::thread::spawn(move || {
        let mut heard = Vec::new();
        while heard.len() < requests {
            let (mut socket, _) = listener.accept().unwrap();
            socket.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
            let mut request = Vec::new();
            let mut piece = [0; 4096];
            while !String::from_utf8_lossy(&request).contains("Envelope>") {
                match socket.read(&mut piece) {
                    Ok(0) => break,
                    Ok(count) => request.extend_from_slice(&piece[..count]),
                    Err(_) => {}
                }
            }
            let request = String::from_utf8(request).unwrap();
            let (_, answer) = ANSWERS.iter().find(|(name, _)| request.contains(&format!("<{name} "))).unwrap();
            let body = format!(
                "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>{answer}</s:Body></s:Envelope>"
            );
            let head = "HTTP/1.1 200 OK\r\nContent-Type: text/xml; charset=utf-8\r\nConnection: close\r\n";
            write!(socket, "{head}Content-Length: {}\r\n\r\n{body}", body.len()).unwrap();
            heard.push(request);
        }
        heard
    });
    (url, serving)
}

#[test]
fn the_administrative_register_gives_drafts_and_names_what_it_does_not_say() {
    let gate = Gate::demo();
    let sender = Sender::new(&gate);
    let (url, serving) = register(2);
    let out = sender.records();
    let output = gate.kapia_says(&["portal", "import", EIK, "--url", &url, "--out", out.to_str().unwrap()]);
    assert_ended(&output, 0, "1 of 1 records");
    assert!(output.stdout.contains("Channel, SecurityLevel"), "{output:?}");
    let heard = serving.join().unwrap();
    assert!(
        heard[0].contains(&format!(">{EIK}</batchUIC>")) && heard[1].contains(">75001</serviceNumber>"),
        "{heard:?}"
    );
    assert!(heard[0].to_lowercase().contains("soapaction: \"http://iisda.government.bg/"), "{heard:?}");

    let file = out.join(format!("{EIK}-75001.xml"));
    let drafted = std::fs::read_to_string(&file).unwrap();
    for said in [
        "<Article>5</Article>",
        "<Article>6</Article>",
        "<Code>68134</Code>",
        "02 1234567",
        "<IsRegime>true</IsRegime>",
    ] {
        assert!(drafted.contains(said), "{said}: {drafted}");
    }
    assert_ended(&sender.push(&out, &[]), 1, "1 rejected (0 messages)");
    let filled = drafted
        .replace(
            "<ApplicationMethod>ApplicationAtDesk",
            "<SecurityLevel>Low</SecurityLevel><ApplicationMethod>ApplicationAtDesk",
        )
        .replace("<Payment>", "<Channel><ChannelType><Code>0006-000077</Code></ChannelType></Channel><Payment>");
    std::fs::write(&file, filled).unwrap();
    assert_ended(&sender.push(&out, &[]), 0, "1 created (1 messages)");
    // What was filled in by hand is not lost.
    let (url, _serving) = register(2);
    let output = gate.kapia_says(&["portal", "import", EIK, "--url", &url, "--out", out.to_str().unwrap()]);
    assert!(output.code == Some(1) && output.stderr.contains("--replace"), "{output:?}");
}
