"""Ruby's Net::HTTP with the habits of wild-clients row 34."""

import base64
import pathlib

import pytest
from documents import STRANGER, UNKNOWN, WRONG_CODE, first_name, namespace
from judgement import shows_the_person
from signatures import verifies
from table import shows

HERE = pathlib.Path(__file__).parent / "ruby"
CLIENT = "Ruby Net::HTTP (row 34)"


@pytest.fixture(scope="module")
def ruby(desk):
    return desk.facts(["ruby", HERE / "client.rb"])


@shows(CLIENT, "V2, SOAP 1.1", "answer", "habits")
def test_a_get_with_a_body_is_answered_unsigned(ruby):
    facts = ruby["row 34"]
    assert facts["method"] == "GET" and facts["status"] == "200"
    assert facts["has_error"] == "false" and facts["first_name"] == first_name()
    assert facts["error"] == {"xsi:nil": "true"}, "so Hash.from_xml shows nil"
    assert facts["signed"] is False, "a wish in no namespace is no wish"


@shows(CLIENT, "V2, SOAP 1.1", "signature")
def test_a_qualified_wish_is_signed(gate, tmp_path, ruby):
    facts = ruby["signed"]
    assert facts["signed"] is True and facts["first_name"] == first_name()
    verifies(gate, facts["octets"], namespace("v2"), tmp_path)


@shows(CLIENT, "V2, SOAP 1.1", "refusal")
def test_a_refusal_is_read_from_the_hash(ruby):
    facts = ruby["stranger"]
    assert facts["status"] == "200" and facts["has_error"] == "true" and facts["error"] == STRANGER
    assert facts["first_name"] is None


@shows(CLIENT, "V2, SOAP 1.1", "fault")
def test_a_fault_is_not_status_200(ruby):
    facts = ruby["wrong"]
    assert facts["status"] == "500" and "argument-invalid" in facts["octets"]


@shows(CLIENT, "V2, SOAP 1.1", "asynchronous", "signature")
def test_an_answer_that_came_later_is_read_from_the_hash(gate, tmp_path, ruby):
    facts = ruby["later"]
    accepted, answer = facts["accepted"], facts["answer"]
    assert accepted["ready"] == "false" and accepted["code"].startswith(f"{accepted['call_id']}."), accepted
    assert answer["ready"] == "true" and answer["first_name"] == first_name() and answer["signed"] is True, answer
    assert answer["code"] is None, "it is shown once"
    verifies(gate, answer["octets"], namespace("v2"), tmp_path)
    assert facts["acknowledged"]["status"] == "200"
    assert facts["gone"]["error"] == f"There is no operation known with the provided id: {accepted['call_id']}"


@shows(CLIENT, "V2, SOAP 1.1", "asynchronous errors")
def test_a_wrong_code_and_an_unknown_number_are_told_apart(ruby):
    wrong, unknown = ruby["later"]["wrong"], ruby["later"]["unknown"]
    assert wrong["status"] == "200" and wrong["has_error"] == "true" and wrong["error"] == WRONG_CODE
    assert unknown["status"] == "500" and UNKNOWN["v2"] in unknown["octets"]


@shows(CLIENT, "V2, SOAP 1.1", "PDF", "signature")
def test_a_file_is_read_from_the_hash(gate, tmp_path, ruby):
    facts = ruby["paper"]
    shows_the_person(base64.b64decode(facts["pdf"], validate=True))
    verifies(gate, facts["octets"], namespace("v2"), tmp_path)
