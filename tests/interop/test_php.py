"""PHP SoapClient with SOAP 1.1 and 1.2, and PHP curl (wild-clients rows 35, 36, 37)."""

import base64
import json
import pathlib

import pytest
from documents import WRONG_CODE, namespace
from judgement import is_an_answer, judge, shows_the_person
from programs import cases, run
from receiving import receiving
from signatures import holds, verifies
from table import shows

HERE = pathlib.Path(__file__).parent / "php"
SOAP, CURL = "PHP SoapClient", "PHP curl and a regular expression"
CONTRACTS = "{http://egov.bg/RegiX/NRA/EmploymentContracts/Response}EmploymentContractsResponse"


@pytest.fixture(scope="module")
def both(gate, desk, tmp_path_factory):
    """The facts of the client, and of the server to which one of its answers was pushed."""
    told = tmp_path_factory.mktemp("php") / "told.json"

    def answer(octets):
        reply = run(["php", HERE / "receiver.php", told, desk.plan], input=octets.decode())
        return 500 if "Fault>" in reply else 200, reply.encode()

    with receiving(gate, "php", answer) as receiver:
        client = desk.facts(["php", HERE / "soapclient.php"])
        octets, caller = receiver.next()
    facts = {"accepted": client["pushed"], "received": json.loads(told.read_text(encoding="utf-8")), "caller": caller}
    return client, {"facts": facts, "octets": octets}


@pytest.fixture(scope="module")
def soap(both):
    return both[0]


@pytest.fixture(scope="module")
def pushed(both):
    return both[1]


@pytest.fixture(scope="module")
def curl(desk):
    return desk.facts(["php", HERE / "curl.php"])


@pytest.mark.parametrize(("client", "wire", "ask"), cases(SOAP))
def test_soapclient(gate, tmp_path, soap, client, wire, ask):
    facts = soap[wire][ask]
    judge(facts, wire, ask)
    holds(gate, facts, wire, ask, tmp_path)
    if ask == "wrong":
        assert facts["has_detail"], "SoapFault->detail is there"


@shows(SOAP, "callback", "signature")
def test_soapserver_reads_what_is_pushed(gate, tmp_path, pushed):
    judge(pushed["facts"], "v2-11", "pushed")
    verifies(gate, pushed["octets"], namespace("v2"), tmp_path)
    gate.has_delivered_one_more()


@shows(SOAP, "generated", "habits")
def test_soapclient_follows_the_wsdl_with_headers_of_row_35(gate, tmp_path, soap):
    facts = soap["row 35"]
    assert 'mustUnderstand="true"' in facts["sent"]
    is_an_answer(facts)
    assert facts["signed"] and facts["matrix"]
    verifies(gate, facts["octets"], namespace("v1"), tmp_path)


@shows(SOAP, "habits")
def test_soapclient_sends_soap_11_where_the_kept_wsdl_points_first(soap):
    is_an_answer(soap["row 37"])


@shows(CURL, "V2, SOAP 1.1", "answer", "habits")
def test_curl_gets_an_unsigned_answer_for_an_unqualified_wish(curl):
    facts = curl["row 36"]
    assert facts["status"] == 200 and facts["response"] == CONTRACTS and facts["contracts"] > 0
    assert not facts["signed"]


@shows(CURL, "V2, SOAP 1.1", "signature")
def test_curl_gets_a_signed_answer_for_a_qualified_wish(gate, tmp_path, curl):
    facts = curl["signed"]
    assert facts["status"] == 200 and facts["response"] == CONTRACTS and facts["signed"]
    verifies(gate, facts["octets"], namespace("v2"), tmp_path)


@shows(CURL, "V2, SOAP 1.1", "refusal")
def test_curl_finds_no_answer_in_a_refusal(curl):
    facts = curl["stranger"]
    assert facts["status"] == 200 and facts["response"] is None
    assert "<HasError>true</HasError><Error>Access denied!" in facts["octets"]


@shows(CURL, "V2, SOAP 1.1", "fault")
def test_curl_finds_no_answer_in_a_fault(curl):
    facts = curl["wrong"]
    assert facts["status"] == 500 and facts["response"] is None
    assert "<faultcode" in facts["octets"] and 'code="argument-' in facts["octets"], facts


@shows(CURL, "V2, SOAP 1.1", "asynchronous", "signature")
def test_curl_cuts_out_an_answer_that_came_later(gate, tmp_path, curl):
    facts = curl["later"]
    assert facts["code"].startswith(f"{facts['number']}."), facts
    assert facts["answer"]["response"] == CONTRACTS and facts["answer"]["signed"], facts
    verifies(gate, facts["answer"]["octets"], namespace("v2"), tmp_path)
    assert facts["acknowledged"] == 200
    assert facts["gone"] == f"There is no operation known with the provided id: {facts['number']}"


@shows(CURL, "V2, SOAP 1.1", "asynchronous errors")
def test_curl_cuts_out_the_error_about_a_wrong_code(curl):
    assert curl["later"]["wrong"] == WRONG_CODE


@shows(CURL, "V2, SOAP 1.1", "PDF", "signature")
def test_curl_cuts_out_a_file(gate, tmp_path, curl):
    assert curl["paper"]["status"] == 200
    verifies(gate, curl["paper"]["octets"], namespace("v2"), tmp_path)
    shows_the_person(base64.b64decode(curl["paper"]["pdf"], validate=True))
