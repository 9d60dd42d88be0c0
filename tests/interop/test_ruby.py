"""Ruby's Net::HTTP with the habits of wild-clients row 34."""

import pathlib

import pytest
from documents import STRANGER, first_name, namespace
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
