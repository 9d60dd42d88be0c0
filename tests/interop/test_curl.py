"""curl with odd headers: what proxies, old stacks and hand-written scripts do to a call (wild-clients §3)."""

import base64
import json
import re
import time

import pytest
from documents import POPULATION, WRONG_CODE, argument, first_name, namespace, text, wrong_argument
from judgement import shows_the_person
from lxml import etree
from programs import run
from signatures import verifies
from table import shows

CLIENT = "curl with odd headers"
V2_ACTION = "http://egov.bg/RegiX/IRegiXEntryPointV2/Execute"
V1_ACTION = "http://tempuri.org/IRegiXEntryPoint/ExecuteSynchronous"
SOAP_11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP_12 = "http://www.w3.org/2003/05/soap-envelope"
ADDRESSING = "http://www.w3.org/2005/08/addressing"


def v2_envelope(soap=SOAP_11, header="", before="", inner=None, sign="true"):
    return (
        f'{before}<e:Envelope xmlns:e="{soap}"><e:Header>{header}</e:Header><e:Body>'
        '<Execute xmlns="http://egov.bg/RegiX"><request><ServiceRequestData xmlns="http://egov.bg/RegiX/SignedData">'
        f"<SignResult>{sign}</SignResult><Argument>{inner or text(argument())}</Argument><Operation>{POPULATION}</Operation>"
        "</ServiceRequestData></request></Execute></e:Body></e:Envelope>"
    )


def v1_envelope(header="", sign="true"):
    return (
        f'<e:Envelope xmlns:e="{SOAP_12}"><e:Header>{header}</e:Header><e:Body>'
        f'<ExecuteSynchronous xmlns="http://tempuri.org/"><request><Operation>{POPULATION}</Operation>'
        f"<Argument>{text(argument())}</Argument><SignResult>{sign}</SignResult></request></ExecuteSynchronous>"
        "</e:Body></e:Envelope>"
    )


def action(value):
    return f'<a:Action xmlns:a="{ADDRESSING}">{value}</a:Action>'


@pytest.fixture
def curl(gate, tmp_path):
    """Calls curl; the facts are the status, the headers and the body."""

    def call(path, envelope, *options, who="consumer", headers=()):
        body, answer = tmp_path / "body.xml", tmp_path / "answer.xml"
        body.write_bytes(envelope if isinstance(envelope, bytes) else envelope.encode())
        said = run([
            "curl", "--silent", "--show-error", "--cacert", gate.certs / "ca.pem", "--cert", gate.certs / f"{who}.pem",
            "--key", gate.certs / f"{who}-key.pem", "--data-binary", f"@{body}", "--max-time", "20", "--output", answer,
            "--write-out", '{"status": %{http_code}, "version": "%{http_version}", "seconds": %{time_total}, "headers": %{header_json}}',
            *(part for header in headers for part in ("--header", header)), *options, f"{gate.base}{path}",
        ])
        return json.loads(said) | {"octets": answer.read_bytes()}

    return call


def is_answered(facts):
    assert facts["status"] == 200, facts
    assert first_name().encode() in facts["octets"] and b"<HasError>false</HasError>" in facts["octets"], facts


ODD = {
    "no SOAPAction at all": ["Content-Type: text/xml"],
    "an empty SOAPAction": ["Content-Type: text/xml; charset=utf-8", "SOAPAction;"],
    "an empty SOAPAction in quotes": ["Content-Type: text/xml; charset=utf-8", 'SOAPAction: ""'],
    "a bare SOAPAction in capitals": ["CONTENT-TYPE: text/xml;charset=UTF-8", f"SOAPACTION: {V2_ACTION}"],
    "a SOAPAction in quotes": ["Content-Type: text/xml; charset=utf-8", f'SOAPAction: "{V2_ACTION}"'],
    "a type in capitals with more parameters": ['Content-Type: TEXT/XML; Boundary=x; CHARSET="utf-8"'],
    "headers that proxies add": [
        "Content-Type: text/xml; charset=utf-8", "X-Forwarded-For: 192.0.2.7, 198.51.100.9", "Via: 1.1 proxy",
        "VsDebuggerCausalityData: uIDPo", "Cookie: cookiesession1=678B28", "Accept: application/json",
    ],
    "an Accept of nothing": ["Content-Type: text/xml; charset=utf-8", "Accept:", "User-Agent:"],
}


@shows(CLIENT, "V2, SOAP 1.1", "answer", "habits")
@pytest.mark.parametrize("name", ODD)
def test_odd_headers_are_answered(curl, name):
    is_answered(curl("/RegiXEntryPointV2.svc/basic", v2_envelope(), headers=ODD[name]))


PATHS = ["/RegiXEntryPointV2.svc/basic", "/RegiX/RegiXEntryPointV2.svc/basic", "/regix/regixentrypointv2.svc/BASIC",
         "/RegiXEntryPointV2.svc/basic?wsdl", "/RegiXEntryPointV2.svc"]


@shows(CLIENT, "V2, SOAP 1.1", "answer", "habits")
@pytest.mark.parametrize("path", PATHS)
def test_a_body_is_a_call_under_every_path(curl, path):
    is_answered(curl(path, v2_envelope(), headers=["Content-Type: text/xml; charset=utf-8"]))


@shows(CLIENT, "V1, SOAP 1.2", "V2, SOAP 1.2", "answer", "signature", "habits")
@pytest.mark.parametrize(("path", "envelope", "space"), [
    ("/regix/RegiXEntryPoint.svc?wsdl", v1_envelope(action(V1_ACTION)), "v1"),
    ("/RegiXEntryPointV2.svc", v2_envelope(SOAP_12, action(V2_ACTION)), "v2"),
])
def test_an_action_alone_is_enough_addressing(gate, tmp_path, curl, path, envelope, space):
    facts = curl(path, envelope, headers=['Content-Type: application/soap+xml;action="x";charset=utf-8'])
    is_answered(facts)
    assert b"RelatesTo" not in facts["octets"], "there was no MessageID"
    verifies(gate, facts["octets"], namespace(space), tmp_path)


@shows(CLIENT, "V2, SOAP 1.2", "habits")
def test_headers_that_nobody_knows_are_ignored(curl):
    odd = (
        '<o:Security xmlns:o="http://docs.oasis-open.org/wss/2004/01/oasis-200401wss-wssecurity-secext-1.0.xsd"><t>x</t></o:Security>'
        '<ActivityId xmlns="http://schemas.microsoft.com/2004/09/ServiceModel/Diagnostics" CorrelationId="1">2</ActivityId>'
    )
    facts = curl("/RegiXEntryPointV2.svc", v2_envelope(SOAP_12, action(V2_ACTION) + odd),
                 headers=["Content-Type: application/soap+xml"])
    is_answered(facts)


@shows(CLIENT, "V2, SOAP 1.2", "fault")
def test_a_header_that_must_be_understood_and_is_not_is_a_fault(curl):
    odd = f'<x:Odd xmlns:x="urn:example:odd" xmlns:s="{SOAP_12}" s:mustUnderstand="1"/>'
    facts = curl("/RegiXEntryPointV2.svc", v2_envelope(SOAP_12, action(V2_ACTION) + odd),
                 headers=["Content-Type: application/soap+xml"])
    assert facts["status"] == 500 and b"MustUnderstand" in facts["octets"], facts


@shows(CLIENT, "V2, SOAP 1.1", "habits")
def test_a_wait_for_100_continue_costs_no_second(curl):
    facts = curl("/RegiXEntryPointV2.svc/basic", v2_envelope(), "--expect100-timeout", "10",
                 headers=["Content-Type: text/xml; charset=utf-8", "Expect: 100-continue"])
    is_answered(facts)
    assert facts["seconds"] < 3, "curl would have waited ten seconds for the interim answer"


@shows(CLIENT, "V2, SOAP 1.1", "habits")
def test_chunks_in_small_pieces_are_put_together(curl):
    facts = curl("/RegiXEntryPointV2.svc/basic", v2_envelope(), "--limit-rate", "4K",
                 headers=["Content-Type: text/xml; charset=utf-8", "Transfer-Encoding: chunked"])
    is_answered(facts)


@shows(CLIENT, "V2, SOAP 1.1", "habits")
@pytest.mark.parametrize("options", [["--http2"], ["--http1.1", "--header", "Connection: close"], ["--tlsv1.2", "--tls-max", "1.2"]])
def test_http_11_whatever_is_offered(curl, options):
    facts = curl("/RegiXEntryPointV2.svc/basic", v2_envelope(), *options, headers=["Content-Type: text/xml; charset=utf-8"])
    is_answered(facts)
    assert facts["version"] == "1.1"


@shows(CLIENT, "V2, SOAP 1.1", "habits")
def test_compression_only_for_those_who_ask(curl):
    plain = curl("/RegiXEntryPointV2.svc/basic", v2_envelope(), headers=["Content-Type: text/xml; charset=utf-8"])
    is_answered(plain)
    assert "content-encoding" not in plain["headers"]
    is_answered(curl("/RegiXEntryPointV2.svc/basic", v2_envelope(), "--compressed", headers=["Content-Type: text/xml; charset=utf-8"]))


WRITTEN = {
    "newlines before the envelope": v2_envelope(before="\n\n"),
    "a declaration in single quotes": v2_envelope(before="<?xml version='1.0' encoding='UTF-8'?>"),
    "a declaration that stands alone": v2_envelope(before='<?xml version="1.0" encoding="utf-8" standalone="no"?>\n<!-- x -->'),
    "a byte order mark": b"\xef\xbb\xbf" + v2_envelope().encode(),
}


@shows(CLIENT, "V2, SOAP 1.1", "habits")
@pytest.mark.parametrize("name", WRITTEN)
def test_envelopes_are_written_in_many_ways(curl, name):
    is_answered(curl("/RegiXEntryPointV2.svc/basic", WRITTEN[name], headers=["Content-Type: text/xml; charset=utf-8"]))


@shows(CLIENT, "V2, SOAP 1.1", "refusal")
def test_no_certificate_is_a_result_too(gate, curl, tmp_path):
    body = tmp_path / "body.xml"
    body.write_text(v2_envelope(), encoding="utf-8")
    said = run(["curl", "--silent", "--show-error", "--cacert", gate.certs / "ca.pem", "--data-binary", f"@{body}",
                "--header", "Content-Type: text/xml", "--write-out", " %{http_code}", f"{gate.base}/RegiXEntryPointV2.svc/basic"])
    assert said.endswith(" 200") and "<HasError>true</HasError><Error>" in said, said


@shows(CLIENT, "V2, SOAP 1.1", "V2, SOAP 1.2", "fault")
@pytest.mark.parametrize(("path", "soap", "media"), [
    ("/RegiXEntryPointV2.svc/basic", SOAP_11, "text/xml"), ("/RegiXEntryPointV2.svc", SOAP_12, "application/soap+xml"),
])
def test_a_fault_has_the_shape_of_its_version(curl, path, soap, media):
    header = action(V2_ACTION) if soap == SOAP_12 else ""
    facts = curl(path, v2_envelope(soap, header, inner=text(wrong_argument())), headers=[f"Content-Type: {media}"])
    assert facts["status"] == 500 and facts["headers"]["content-type"] == [f"{media}; charset=utf-8"], facts
    fault = etree.fromstring(facts["octets"]).find(f".//{{{soap}}}Fault")
    names = [child.tag for child in fault]
    if soap == SOAP_11:
        assert names == ["faultcode", "faultstring", "detail"]
    else:
        assert names == [f"{{{soap}}}{name}" for name in ("Code", "Reason", "Detail")]


@shows(CLIENT, "habits")
@pytest.mark.parametrize(("media", "body", "status"), [("application/json", "{}", 415), ("text/xml", "<unfinished", 400)])
def test_what_is_no_soap_is_refused_without_ceremony(curl, media, body, status):
    facts = curl("/RegiXEntryPointV2.svc/basic", body, headers=[f"Content-Type: {media}"])
    assert facts["status"] == status, facts
    assert not re.search(rb"at .*\.rs:\d+", facts["octets"])


OLDEST = "http://egov.bg/RegiX/IRegiXService"
V2 = "http://egov.bg/RegiX/IRegiXEntryPointV2"
TEXT_XML = ["Content-Type: text/xml; charset=utf-8"]


def v0_envelope(method="ExecuteSynchronous", body=None):
    inner = body or f"<request><Argument>{text(argument())}</Argument><Operation>{POPULATION}</Operation></request>"
    return f'<e:Envelope xmlns:e="{SOAP_11}"><e:Body><{method} xmlns="http://egov.bg/RegiX">{inner}</{method}></e:Body></e:Envelope>'


def later_envelope(soap=SOAP_11, header=""):
    return v2_envelope(soap, header).replace("<SignResult>", "<RequestProcessing> Asynchronous </RequestProcessing><SignResult>")


def about(method, content, soap=SOAP_11):
    header = action(f"{V2}/{method}") if soap == SOAP_12 else ""
    return (
        f'<e:Envelope xmlns:e="{soap}"><e:Header>{header}</e:Header><e:Body><r:{method} xmlns:r="http://egov.bg/RegiX"><r:argument>'
        f'<q:ServiceCheckResultArgument xmlns:q="http://egov.bg/RegiX/SignedData">{content}</q:ServiceCheckResultArgument>'
        f"</r:argument></r:{method}></e:Body></e:Envelope>"
    )


def member(facts, name):
    """The text of the first element of this name."""
    found = etree.fromstring(facts["octets"]).find(f".//{{*}}{name}")
    return None if found is None else found.text


def until_ready(ask):
    end = time.monotonic() + 30
    while True:
        facts = ask()
        if member(facts, "IsReady") != "false" or time.monotonic() > end:
            return facts
        time.sleep(0.05)


@pytest.fixture(scope="module")
def waiting(gate, tmp_path_factory):
    """Number and code of an asynchronous call that is never acknowledged."""
    folder = tmp_path_factory.mktemp("waiting")
    body, answer = folder / "body.xml", folder / "answer.xml"
    body.write_text(later_envelope(), encoding="utf-8")
    run(["curl", "--silent", "--show-error", "--fail", "--cacert", gate.certs / "ca.pem", "--cert", gate.certs / "consumer.pem",
         "--key", gate.certs / "consumer-key.pem", "--data-binary", f"@{body}", "--header", "Content-Type: text/xml",
         "--output", answer, f"{gate.base}/RegiXEntryPointV2.svc/basic"])
    facts = {"octets": answer.read_bytes()}
    return member(facts, "ServiceCallID"), member(facts, "VerificationCode")


TICKETS = {
    "the code first": "<q:VerificationCode>{code}</q:VerificationCode><q:ServiceCallID>{id}</q:ServiceCallID>",
    "blanks around both": "\n <q:ServiceCallID>\n {id}\t</q:ServiceCallID>\n <q:VerificationCode> {code}\n</q:VerificationCode>",
    "a number with a point": "<q:ServiceCallID>{id}.0</q:ServiceCallID><q:VerificationCode>{code}</q:VerificationCode>",
    "a number with a sign and zeros": "<q:ServiceCallID>+00{id}</q:ServiceCallID><q:VerificationCode>{code}</q:VerificationCode>",
    "a comment and a CDATA section": (
        "<!-- which --><q:ServiceCallID>{id}</q:ServiceCallID><q:VerificationCode><![CDATA[{code}]]></q:VerificationCode>"
    ),
    "elements that nobody knows": (
        "<q:Other/><q:ServiceCallID>{id}</q:ServiceCallID><q:VerificationCode>{code}</q:VerificationCode><VerificationCode>x</VerificationCode>"
    ),
}


@shows(CLIENT, "V2, SOAP 1.1", "asynchronous", "habits")
@pytest.mark.parametrize("name", TICKETS)
def test_an_answer_is_fetched_with_a_ticket_written_in_many_ways(gate, tmp_path, curl, waiting, name):
    number, code = waiting
    envelope = about("CheckResult", TICKETS[name].format(id=number, code=code))
    facts = until_ready(lambda: curl("/RegiXEntryPointV2.svc/basic", envelope, headers=TEXT_XML))
    is_answered(facts)
    assert member(facts, "ServiceCallID") == number
    verifies(gate, facts["octets"], namespace("v2"), tmp_path)


@shows(CLIENT, "V2, SOAP 1.1", "asynchronous errors")
@pytest.mark.parametrize("code", ["", "<q:VerificationCode/>", "<VerificationCode>{code}</VerificationCode>"])
def test_no_code_is_a_wrong_code(curl, waiting, code):
    number, right = waiting
    ticket = f"<q:ServiceCallID>{number}</q:ServiceCallID>" + code.format(code=right)
    facts = curl("/RegiXEntryPointV2.svc/basic", about("CheckResult", ticket), headers=TEXT_XML)
    assert facts["status"] == 200 and member(facts, "Error") == WRONG_CODE, facts
    assert facts["headers"]["kapia-code"] == ["verification-code-wrong"]


@shows(CLIENT, "V2, SOAP 1.1", "V2, SOAP 1.2", "asynchronous")
@pytest.mark.parametrize(("path", "soap", "media"), [
    ("/regix/RegiXEntryPointV2.svc/basic?wsdl", SOAP_11, "text/xml"), ("/RegiX/RegiXEntryPointV2.svc", SOAP_12, "application/soap+xml"),
])
def test_an_asynchronous_call_from_its_acceptance_to_its_end(gate, tmp_path, curl, path, soap, media):
    headers = [f"Content-Type: {media}", "SOAPAction;"]
    accepted = curl(path, later_envelope(soap, action(f"{V2}/Execute") if soap == SOAP_12 else ""), headers=headers)
    assert accepted["status"] == 200 and member(accepted, "IsReady") == "false", accepted
    number, code = member(accepted, "ServiceCallID"), member(accepted, "VerificationCode")
    ticket = f"<q:ServiceCallID>{number}</q:ServiceCallID><q:VerificationCode>{code}</q:VerificationCode>"
    facts = until_ready(lambda: curl(path, about("CheckResult", ticket, soap), headers=headers))
    is_answered(facts)
    verifies(gate, facts["octets"], namespace("v2"), tmp_path)
    for _ in range(2):
        done = curl(path, about("AcknowledgeResultReceived", ticket, soap), headers=headers)
        assert done["status"] == 200 and b"<AcknowledgeResultReceivedResponse" in done["octets"], done
    gone = curl(path, about("CheckResult", ticket, soap), headers=headers)
    assert member(gone, "Error") == f"There is no operation known with the provided id: {number}", gone


@shows(CLIENT, "V2, SOAP 1.2", "PDF", "signature")
def test_a_file_is_cut_out_of_the_answer(gate, tmp_path, curl):
    envelope = v2_envelope(SOAP_12, action(V2_ACTION)).replace(
        "<SignResult>", "<ResponseProcessing>TransformToPDF</ResponseProcessing><SignResult>"
    )
    facts = curl("/RegiXEntryPointV2.svc", envelope, headers=["Content-Type: application/soap+xml"])
    assert facts["status"] == 200, facts
    shows_the_person(base64.b64decode(member(facts, "Binary"), validate=True))
    verifies(gate, facts["octets"], namespace("v2"), tmp_path)


@shows(CLIENT, "V0, SOAP 1.1", "answer", "habits")
@pytest.mark.parametrize("path", ["/RegiXService.svc", "/RegiX/RegiXService.svc", "/regix/regixservice.SVC?wsdl"])
@pytest.mark.parametrize("sent", ["", f'SOAPAction: "{OLDEST}/ExecuteSynchronous"'])
def test_the_oldest_address_answers_with_the_bare_document(curl, path, sent):
    facts = curl(path, v0_envelope(), headers=[*TEXT_XML, *([sent] if sent else [])])
    is_answered(facts)
    assert b"<IsReady>true</IsReady><Result><ValidPersonResponse " in facts["octets"], facts


@shows(CLIENT, "V0, SOAP 1.1", "asynchronous")
def test_the_oldest_contract_answers_later_too(curl):
    accepted = curl("/RegiXService.svc", v0_envelope("Execute"), headers=TEXT_XML)
    ticket = f"<argument><ServiceCallID>{member(accepted, 'ServiceCallID')}</ServiceCallID></argument>"
    envelope = v0_envelope("CheckResult", ticket)
    is_answered(until_ready(lambda: curl("/RegiXService.svc", envelope, headers=TEXT_XML)))


@shows(CLIENT, "V1, SOAP 1.2", "asynchronous")
def test_the_first_contract_answers_later_too(gate, tmp_path, curl):
    def post(method, content):
        envelope = (
            f'<e:Envelope xmlns:e="{SOAP_12}"><e:Header>{action(f"http://tempuri.org/IRegiXEntryPoint/{method}")}</e:Header>'
            f'<e:Body><{method} xmlns="http://tempuri.org/">{content}</{method}></e:Body></e:Envelope>'
        )
        return curl("/RegiX/RegiXEntryPoint.svc", envelope, headers=["Content-Type: application/soap+xml"])

    accepted = post("Execute", (
        f"<request><Operation>{POPULATION} </Operation><Argument>{text(argument())}</Argument><SignResult>true</SignResult></request>"
    ))
    ticket = f"<argument><ServiceCallID>{member(accepted, 'ServiceCallID')}</ServiceCallID></argument>"
    facts = until_ready(lambda: post("CheckResult", ticket))
    is_answered(facts)
    verifies(gate, facts["octets"], namespace("v1"), tmp_path)
