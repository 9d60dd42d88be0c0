//! Descriptions out of the administrative register, from a server of our own that answers as its clients know it.

use crate::elsewhere::{Elsewhere, Say};
use crate::sending::*;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::time::Duration;

/// The services API of the administrative register, with one invented service; answers so many requests.
fn register(requests: usize) -> (String, std::thread::JoinHandle<Vec<String>>) {
    const MAIN: &str = r#"<SearchAdmServiceMainDataResponse xmlns="http://iisda.government.bg/AdmServices/IntegrationServices">
        <SearchAdmServiceMainDataResult><AdmServiceMainDataType ServiceNumber="75001" IsFromEU="false" IsInternalAdminService="false"
        IsRegime="true" RegimeName="Регистрационен" Revision="7"/></SearchAdmServiceMainDataResult></SearchAdmServiceMainDataResponse>"#;
    const SERVICES: &str = r#"<SearchAdmServicesResponse xmlns="http://iisda.government.bg/AdmServices/IntegrationServices">
        <SearchAdmServicesResult xmlns:a="http://iisda.government.bg/AdmServices/" xmlns:c="http://iisda.government.bg/AdmServices/Common">
        <AdmServiceBatchDataType><a:AdmServiceData ServiceNumber="75001" Name="Вписване в регистъра на пробите" SectionName="Раздел"
        SubsectionName="Подраздел"><a:LegalBasis RegulatoryActName="Закон за пробите"><a:StructuredData Article="5" Paragraph="1"/>
        <a:StructuredData Article="6"/></a:LegalBasis><a:Description>Описание &amp; ред</a:Description></a:AdmServiceData>
        <a:AdmServiceBatchInfo ServiceID="900" BatchUIC="123456786" BatchName="Община Пример" ServiceNumber="75001"
        Name="Вписване в регистъра на пробите" ServiceProvisionLevel="SiteInfoOnly" HasCivilPurpose="true" HasBusinessPurpose="false">
        <a:Future><a:X/></a:Future><a:PaymentInfo PaymentKind="Free" PaymentGenerationKind="Fixed" NormalCost="0.00"/>
        <a:GrantTerm>7 дни</a:GrantTerm><a:OrderAndAppealTerms><p xmlns="http://www.w3.org/1999/xhtml">Пред <b>съда</b>.</p>
        </a:OrderAndAppealTerms><a:ServiceApplicationMethods><a:Method>ApplicationAtDesk</a:Method><a:Method>ApplicationByMail</a:Method>
        <a:Method>ApplicationByPigeon</a:Method></a:ServiceApplicationMethods><a:ServicingUnitContactData Name="Център за услуги"
        UnitID="1" VersionID="2"><a:CorrespondenceData InterSettlementCallingCode="02" Email="proba@example.bg"><c:Phone
        PhoneNumber="1234567"/></a:CorrespondenceData><a:Address PostCode="1000" AddressText="ул. „Проба“ 1"><c:EkatteAddress
        DistrictEkatteCode="SOF" DistrictName="София" SettlementEkatteCode="68134" SettlementName="София"/></a:Address>
        <a:WorkTime>9-17</a:WorkTime></a:ServicingUnitContactData></a:AdmServiceBatchInfo></AdmServiceBatchDataType>
        <AdmServiceBatchDataType><a:AdmServiceData Name="Без номер"/></AdmServiceBatchDataType>
        </SearchAdmServicesResult></SearchAdmServicesResponse>"#;
    const ANSWERS: [(&str, &str); 2] = [("SearchAdmServiceMainData", MAIN), ("SearchAdmServices", SERVICES)];
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
            let (_, answer) = ANSWERS
                .iter()
                .find(|(name, _)| request.contains(&format!("<{name} ")) || request.contains(&format!("<{name}>")))
                .unwrap();
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
    let gate = gate();
    let sender = Sender::new(gate);
    let (url, serving) = register(2);
    let out = sender.records();
    let output = gate.kapia_says(&["portal", "import", EIK, "--url", &url, "--out", out.to_str().unwrap()]);
    assert_ended(&output, 0, "1 of 1 records");
    assert!(output.stdout.contains("Channel, SecurityLevel"), "{output:?}");
    // What nobody knew of is told, and breaks nothing.
    let service = "SearchAdmServicesResult/AdmServiceBatchDataType";
    for skipped in [
        format!("{service} (1 times)"),
        format!("{service}/AdmServiceBatchInfo/Future (1 times)"),
        format!("{service}/AdmServiceBatchInfo/PaymentInfo/@NormalCost (1 times)"),
        format!("{service}/AdmServiceBatchInfo/ServiceApplicationMethods/Method (1 times)"),
        "SearchAdmServiceMainDataResult/AdmServiceMainDataType/@Revision (1 times)".to_owned(),
    ] {
        assert!(output.stdout.contains(&skipped), "{skipped}: {output:?}");
    }
    let heard = serving.join().unwrap();
    assert!(
        heard[0].contains(&format!("<batchUIC>{EIK}</batchUIC>")) && heard[1].contains(">75001</serviceNumber>"),
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
        "&lt;p&gt;Пред &lt;b&gt;съда&lt;/b&gt;.&lt;/p&gt;",
        "<ApplicationMethod>ApplicationByMail</ApplicationMethod>",
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

#[test]
fn a_register_that_answers_something_else_is_told_by_name() {
    let sender = Sender::new(gate());
    for (say, told) in [
        (Say::page("200 OK", "<html><title>Поддръжка</title></html>"), "a web page came back (HTTP 200)"),
        (Say::soap("200 OK", "<x xmlns=\"urn:x\"/>"), "not of this operation"),
        (
            Say::soap(
                "500 X",
                "<s:Fault><faultcode>s:Client</faultcode><faultstring>Няма такава партида</faultstring></s:Fault>",
            ),
            "the service refuses: Няма такава партида",
        ),
    ] {
        let elsewhere = Elsewhere::start(vec![say]);
        let (url, out) = (elsewhere.url(), sender.folder.path().join("out"));
        let arguments = [
            "portal",
            "import",
            EIK,
            "--url",
            &url,
            "--ca",
            elsewhere.ca.to_str().unwrap(),
            "--out",
            out.to_str().unwrap(),
        ];
        let output = sender.gate.kapia_says(&arguments);
        assert!(output.code == Some(3) && output.stderr.contains(told), "{output:?}");
        assert!(!out.exists());
    }
}
