//! Every message between core and host has its exact octets, and is read as it was meant.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

use kapia_regix::host::{
    Access, Asked, Binding, Call, CallParameters, Execute, Function, HealthFunction, HostMessageError, Message,
    Parameter, RenderedAccess, Value, read_fault, read_result, read_value,
};
use kapia_regix::{Answer, CallContext, CheckRequest, Personal, Processing};
use kapia_soap::Version;
use kapia_xml::{Document, KeepAll, Limits};
use std::convert::Infallible;
use std::path::Path;

const BINDINGS: [(Binding, &str); 3] =
    [(Binding::Http, "http"), (Binding::Wcf(Version::V11), "wcf11"), (Binding::Wcf(Version::V12), "wcf12")];
const OPERATION: &str = "Company.RegiX.ThingAdapter.APIService.IThingAPI.GetThing";
const ARGUMENT: &str = "<t:ThingRequest xmlns:t='urn:thing' xmlns:x='urn:x'><t:EGN>8001010008</t:EGN></t:ThingRequest>";

#[test]
fn every_call_has_its_golden_octets() {
    let argument = read(ARGUMENT);
    let (access, parameters) = (access().render(), parameters());
    for (binding, name) in BINDINGS {
        for (call, what) in calls(&argument, &access, &parameters) {
            let Message { is_get, relative, soap_action, body } =
                call.write(binding, "http://host/X.svc", "urn:uuid:1");
            let verb = if is_get { "GET" } else { "POST" };
            let head = format!("{verb} {relative}\nSOAPAction: {}\n\n", soap_action.unwrap_or_default());
            golden(&format!("call-{name}-{what}.txt"), &[head.as_bytes(), &body].concat());
        }
    }
}

#[test]
fn every_call_is_read_as_it_was_meant() {
    let argument = read(ARGUMENT);
    let (access, parameters) = (access(), parameters());
    let rendered = access.render();
    for (binding, name) in BINDINGS {
        for (call, what) in calls(&argument, &rendered, &parameters) {
            let message = call.write(binding, "http://host/X.svc", "urn:uuid:1");
            let (asked, document) = asked(binding, &message);
            match (call, &asked) {
                (Call::Ask(function), Asked::Ask(read)) => assert_eq!(function, *read),
                (Call::CheckHealthFunction(key), Asked::CheckHealthFunction(read)) => assert_eq!(key, read),
                (Call::Ping(octets), Asked::Ping(read)) => assert_eq!(octets, read),
                (Call::CheckResult(check), Asked::CheckResult(read))
                | (Call::AcknowledgeResultReceived(check), Asked::AcknowledgeResultReceived(read)) => {
                    assert_eq!(check, read);
                }
                (Call::SetParameter { key, value }, Asked::SetParameters(read)) => {
                    assert_eq!((read[0].key.as_str(), read[0].value.as_deref()), (key, Some(value)));
                }
                (Call::SetParameters(list), Asked::SetParameters(read)) => assert_eq!(list, read),
                (Call::Execute(_), Asked::Execute(read)) => {
                    let document = document.unwrap();
                    assert_eq!(read.operation.as_deref(), Some(OPERATION));
                    assert_eq!(read.method(), "GetThing");
                    assert_eq!((&read.access, &read.parameters), (&access, &parameters));
                    assert_eq!(read.processing, parameters.processing);
                    let argument = document.element(read.argument.unwrap());
                    assert!(argument.is("urn:thing", "ThingRequest"));
                    assert_eq!(argument.child("urn:thing", "EGN").unwrap().text(), "8001010008");
                    let entry = document.element(read.access_at.unwrap());
                    assert_eq!(entry.local(), "AMEntry");
                }
                (call, asked) => panic!("{name} {what}: {call:?} was read as {asked:?}"),
            }
        }
    }
}

#[test]
fn every_value_has_its_golden_octets_and_is_read_as_it_was_meant() {
    for (binding, name) in BINDINGS {
        for (function, value) in values() {
            let octets = binding.value(function, &value, Some("urn:uuid:1"));
            golden(&format!("answer-{name}-{}.xml", function.name()), &octets);
            if value != Value::Nothing {
                let document = Document::read(octets, &Limits::default()).unwrap();
                assert_eq!(read_value(binding, function, &document).unwrap(), value, "{name} {function:?}");
            }
        }
    }
}

#[test]
fn a_result_has_its_golden_octets_and_its_document_is_found_again() {
    let (request, response) =
        (read(ARGUMENT), read("<ThingResponse xmlns='urn:thing'><Name>Кап &amp; к°</Name></ThingResponse>"));
    for (binding, name) in BINDINGS {
        let answer = Answer {
            service_call_id: 42,
            request: request.root(),
            response: response.root(),
            matrix: None,
            legacy_scope: true,
        };
        let sign =
            |_: &[u8], _: &[&str]| Ok::<_, Infallible>(Some(b"<Signature xmlns=\"urn:s\"></Signature>".to_vec()));
        let written = binding.result(Function::Execute, &answer, Some("urn:uuid:1"), &mut KeepAll, sign).unwrap();
        golden(&format!("answer-{name}-Execute.xml"), &written.octets);
        assert!(written.octets[written.data.clone()].starts_with(b"<Data "));
        assert!(written.octets[written.data.clone()].ends_with(b"</Data>"));
        let document = Document::read(written.octets, &Limits::default()).unwrap();
        let result = read_result(binding, Function::Execute, &document).unwrap();
        assert!(result.is_ready && !result.has_error);
        assert_eq!((result.service_call_id, result.verification_code), (42, None));
        assert!(document.element(result.response.unwrap()).is("urn:thing", "ThingResponse"));
    }
}

#[test]
fn an_error_has_its_golden_octets_and_its_text_never_prints() {
    for (binding, name) in BINDINGS {
        let octets = binding.error(Function::CheckResult, "no ЕГН 8001010008", 7, None);
        golden(&format!("answer-{name}-error.xml"), &octets);
        let document = Document::read(octets, &Limits::default()).unwrap();
        let result = read_result(binding, Function::CheckResult, &document).unwrap();
        assert!(result.has_error && !result.is_ready && result.response.is_none());
        assert_eq!(result.error.as_ref().map(Personal::reveal), Some("no ЕГН 8001010008"));
        assert!(!format!("{result:?}").contains("8001010008"));
    }
}

#[test]
fn what_xml_serializer_writes_is_read_too() {
    // Indented, prefixed, in another order, with elements that nobody knows, nil where nothing is.
    let text = r#"<?xml version="1.0" encoding="utf-8"?>
<ServiceResultData xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns="http://egov.bg/RegiX/SignedData">
  <HasError>false</HasError>
  <Future>1</Future>
  <Data id="data">
    <Request id="request"><q:Q xmlns:q="urn:q" /></Request>
    <Response id="response">
      <r:R xmlns:r="urn:r" xsi:type="r:T" />
    </Response>
    <Matrix xsi:nil="true" />
  </Data>
  <Error xsi:nil="true" />
  <ServiceCallID>12.0</ServiceCallID>
</ServiceResultData>"#;
    let document = read(text);
    let result = read_result(Binding::Http, Function::Execute, &document).unwrap();
    // Adapters of RegiX II do not say that they are ready (regix-contract §6.3).
    assert!(result.is_ready);
    assert_eq!(result.service_call_id, 12);
    assert!(document.element(result.response.unwrap()).is("urn:r", "R"));

    let wrapper = r#"<RequestWrapper xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns="http://egov.bg/RegiX/DataContracts/RequestWrapper">
      <AdditionalParameters>
        <AdapterAdditionalParameters xmlns="">
          <ReturnAccessMatrix>true</ReturnAccessMatrix><SignResult>1</SignResult><ApiServiceCallId>7</ApiServiceCallId>
          <CallContext><LawReason>чл. 1</LawReason><Remark xsi:nil="true" /></CallContext>
          <ProcessingData><ProcessingDataEntry><Key>VerificationCode</Key><Value><string>7.x</string></Value></ProcessingDataEntry></ProcessingData>
        </AdapterAdditionalParameters>
      </AdditionalParameters>
      <Request><Operation xmlns="http://egov.bg/RegiX/SignedData">A.B.C </Operation></Request>
      <AccessMatrix xsi:nil="true" />
    </RequestWrapper>"#;
    let document = read(wrapper);
    let Asked::Execute(execution) = Asked::of_http(Function::Execute, None, Some(&document)).unwrap() else { panic!() };
    assert_eq!(execution.operation.as_deref(), Some("A.B.C"));
    assert!(execution.access.is_empty() && !execution.access.has_access, "without a matrix nothing is open");
    assert!(execution.parameters.sign_result && execution.parameters.return_access_matrix);
    assert_eq!(execution.parameters.context.get("LawReason"), Some("чл. 1"));
    assert_eq!(execution.parameters.context.get("Remark"), None);
    assert_eq!(execution.parameters.processing_data[0].value.as_deref(), Some("7.x"));
}

#[test]
fn what_means_nothing_is_refused() {
    let wrapper = |inside: &str| {
        let text = format!(
            "<RequestWrapper xmlns='http://egov.bg/RegiX/DataContracts/RequestWrapper'>{inside}</RequestWrapper>"
        );
        Asked::of_http(Function::Execute, None, Some(&read(&text))).unwrap_err()
    };
    let request = "<Request/>";
    let entry = |inside: &str| {
        format!(
            "{request}<AccessMatrix><AMEntry xmlns='http://egov.bg/RegiX/ObjectMappingr'>{inside}</AMEntry></AccessMatrix>"
        )
    };
    assert_eq!(wrapper(""), HostMessageError::Missing("Request"));
    assert_eq!(wrapper(&entry("<HasAccess>maybe</HasAccess>")), HostMessageError::Boolean("HasAccess"));
    let line = "<AccessMatrixElement><Key>A</Key><Value><HasAccess>true</HasAccess></Value></AccessMatrixElement>";
    assert_eq!(wrapper(&entry(&line.repeat(2))), HostMessageError::Twice);
    let flag =
        "<Request><RequestProcessing xmlns='http://egov.bg/RegiX/SignedData'>Print</RequestProcessing></Request>";
    assert_eq!(wrapper(flag), HostMessageError::Flag("RequestProcessing"));
    let parameters = |inside: &str| {
        format!(
            "{request}<AdditionalParameters><AdapterAdditionalParameters xmlns=''>{inside}</AdapterAdditionalParameters></AdditionalParameters>"
        )
    };
    assert_eq!(wrapper(&parameters("<SignResult/>")), HostMessageError::Boolean("SignResult"));
    assert_eq!(
        wrapper(&parameters("<ApiServiceCallId>1.5</ApiServiceCallId>")),
        HostMessageError::Number("ApiServiceCallId")
    );

    assert_eq!(Asked::of_http(Function::Ping, None, None).unwrap_err(), HostMessageError::Missing("the body"));
    let other = Asked::of_http(Function::Execute, None, Some(&read("<Other/>")));
    assert_eq!(other.unwrap_err(), HostMessageError::Root("RequestWrapper"));
    let ping = Asked::of_http(Function::Ping, None, Some(&read("<base64Binary>???</base64Binary>")));
    assert_eq!(ping.unwrap_err(), HostMessageError::Base64("base64Binary"));
    let typed = read("<GetThing xmlns='http://tempuri.org/'/>");
    assert_eq!(Asked::of_soap(typed.root()).unwrap_err(), HostMessageError::Function);
}

#[test]
fn a_fault_is_told_from_an_answer() {
    let fault = |version: Version| {
        read(&format!("<s:Envelope xmlns:s='{0}'><s:Body><s:Fault/></s:Body></s:Envelope>", version.namespace()))
    };
    for version in [Version::V11, Version::V12] {
        assert!(read_fault(Binding::Wcf(version), &fault(version)));
        let answer = Binding::Wcf(version).value(Function::Ping, &Value::Octets(vec![1]), None);
        let answer = Document::read(answer, &Limits::default()).unwrap();
        assert!(!read_fault(Binding::Wcf(version), &answer));
        assert_eq!(
            read_value(Binding::Wcf(version), Function::GetAdapterVersion, &answer).unwrap_err(),
            HostMessageError::Missing("the answer of the function")
        );
    }
}

#[test]
fn a_query_holds_any_value() {
    for value in ["Server=db;Password=a&b=c +%", "Привет", ""] {
        let message = Call::SetParameter { key: "Connection String", value }.write(Binding::Http, "", "");
        let (_, query) = message.relative.split_once('?').unwrap();
        let Asked::SetParameters(read) = Asked::of_http(Function::SetParameter, Some(query), None).unwrap() else {
            panic!()
        };
        assert_eq!((read[0].key.as_str(), read[0].value.as_deref()), ("Connection String", Some(value)));
    }
    // As .NET writes it.
    let Asked::SetParameters(read) =
        Asked::of_http(Function::SetParameter, Some("key=A&value=b+c%d0%b3"), None).unwrap()
    else {
        panic!()
    };
    assert_eq!(read[0].value.as_deref(), Some("b cг"));
}

fn calls<'a>(
    argument: &'a Document,
    access: &'a RenderedAccess,
    parameters: &'a CallParameters,
) -> Vec<(Call<'a>, &'static str)> {
    static CHECK: std::sync::LazyLock<CheckRequest> = std::sync::LazyLock::new(|| CheckRequest {
        service_call_id: Some(42),
        verification_code: Some("42.c2VjcmV0".into()),
    });
    static PARAMETERS: std::sync::LazyLock<Vec<Parameter>> = std::sync::LazyLock::new(|| {
        let parameter = |description: Option<&str>, key: &str, value: Option<&str>| Parameter {
            description: description.map(str::to_owned),
            key: key.to_owned(),
            value: value.map(str::to_owned),
        };
        vec![parameter(Some("Адрес"), "WebServiceUrl", Some("http://a/?b&c")), parameter(None, "Empty", None)]
    });
    let execute = Execute { operation: OPERATION, argument: argument.root(), access, parameters };
    vec![
        (Call::Execute(execute), "Execute"),
        (Call::CheckResult(&CHECK), "CheckResult"),
        (Call::AcknowledgeResultReceived(&CHECK), "AcknowledgeResultReceived"),
        (Call::Ping(&[1, 2, 3]), "Ping"),
        (Call::Ask(Function::GetParameters), "GetParameters"),
        (Call::CheckHealthFunction("CheckRegisterConnection"), "CheckHealthFunction"),
        (Call::SetParameter { key: "WebServiceUrl", value: "http://a/?b&c=д" }, "SetParameter"),
        (Call::SetParameters(&PARAMETERS), "SetParameters"),
    ]
}

fn values() -> Vec<(Function, Value)> {
    let parameter = |key: &str, value: &str| Parameter {
        description: Some("Връзка <към> регистъра".into()),
        key: key.into(),
        value: Some(value.into()),
    };
    let function = HealthFunction {
        name: "Версия".into(),
        description: "Версията на адаптера".into(),
        key: "GetAdapterVersion".into(),
    };
    vec![
        (Function::GetAdapterVersion, Value::Text(Some("1.2.3.0".into()))),
        (Function::GetHostMachineInfo, Value::Text(Some(String::new()))),
        (Function::CheckHealthFunction, Value::Text(Some("Connection is OK!".into()))),
        (Function::GetAdapterUptime, Value::Number(86_400)),
        (Function::Ping, Value::Octets(vec![1, 2, 3])),
        (Function::GetParameters, Value::Parameters(vec![parameter("A", "x&y"), parameter("B", "")])),
        (Function::GetHealthCheckFunctions, Value::HealthFunctions(vec![function])),
        (Function::SetParameter, Value::Nothing),
        (Function::AcknowledgeResultReceived, Value::Nothing),
    ]
}

fn access() -> Access {
    let mut access = Access::granted();
    access.grant("FirstName");
    access.grant("Address").grant("City");
    access
}

fn parameters() -> CallParameters {
    CallParameters {
        context: CallContext::of_fields([("ServiceURI", "12-34"), ("LawReason", "чл. 1 <&>"), ("Remark", "")]),
        citizen_egn: Some(Personal::new("8001010008")),
        client_address: Some("10.0.0.1".into()),
        certificate_thumbprint: Some("ab12".into()),
        consumer_oid: Some("2.16.100.1.1.1".into()),
        consumer_name: Some("Община Капийци".into()),
        service_call_id: 42,
        processing: Processing { asynchronous: true, transform_to_pdf: true, ..Processing::default() },
        processing_data: vec![Parameter {
            description: None,
            key: "OperationName".into(),
            value: Some("GetThing".into()),
        }],
        ..CallParameters::default()
    }
}

fn asked(binding: Binding, message: &Message) -> (Asked, Option<Document>) {
    let document =
        (!message.body.is_empty()).then(|| Document::read(message.body.clone(), &Limits::default()).unwrap());
    match binding {
        Binding::Http => {
            let (name, query) =
                message.relative.split_once('?').map_or((message.relative.as_str(), None), |(n, q)| (n, Some(q)));
            let function = Function::of(name).unwrap();
            assert_eq!(function.is_get(), message.is_get);
            (Asked::of_http(function, query, document.as_ref()).unwrap(), document)
        }
        Binding::Wcf(version) => {
            let document = document.unwrap();
            let envelope = kapia_soap::Envelope::open(&document, version, &[]).unwrap();
            let (function, asked) = Asked::of_soap(document.element(envelope.body)).unwrap();
            match version {
                Version::V11 => assert_eq!(message.soap_action, Some(format!("\"{}\"", function.action()))),
                Version::V12 => assert_eq!(envelope.addressing.action, Some(function.action())),
            }
            (asked, Some(document))
        }
    }
}

fn read(text: &str) -> Document {
    Document::read(text.as_bytes().to_vec(), &Limits::default()).unwrap()
}

/// Compares with the golden file; `KAPIA_BLESS=1` writes it.
fn golden(name: &str, octets: &[u8]) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("KAPIA_BLESS").is_some() {
        std::fs::write(&file, octets).unwrap();
        return;
    }
    let expected = std::fs::read(&file).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(String::from_utf8_lossy(octets), String::from_utf8_lossy(&expected), "{name}");
}
