"""PHP SoapClient with SOAP 1.1 and 1.2, and PHP curl (wild-clients rows 35, 36, 37)."""

import pathlib

import pytest
from documents import is_an_answer, judge, namespace
from programs import cases
from signatures import verifies
from table import shows

HERE = pathlib.Path(__file__).parent / "php"
SOAP, CURL = "PHP SoapClient", "PHP curl and a regular expression"
CONTRACTS = "{http://egov.bg/RegiX/NRA/EmploymentContracts/Response}EmploymentContractsResponse"


@pytest.fixture(scope="module")
def soap(desk):
    return desk.facts(["php", HERE / "soapclient.php"])


@pytest.fixture(scope="module")
def curl(desk):
    return desk.facts(["php", HERE / "curl.php"])


@pytest.mark.parametrize(("client", "wire", "ask"), cases(SOAP))
def test_soapclient(gate, tmp_path, soap, client, wire, ask):
    facts = soap[wire][ask]
    judge(facts, wire, ask)
    if ask == "signed":
        verifies(gate, facts["octets"], namespace(wire), tmp_path)
    if ask == "wrong":
        assert facts["has_detail"], "SoapFault->detail is there"


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
