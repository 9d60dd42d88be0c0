"""Node: node-soap of today and of wild-clients row 33, axios with xml2js of row 32."""

import pathlib
import shutil

import pytest
from documents import STRANGER, UNKNOWN, WIRES, first_name, namespace
from judgement import judge
from programs import cases, node_packages
from signatures import holds, verifies
from table import shows

HERE = pathlib.Path(__file__).parent / "node"
SOAP, ROW33, ROW32 = "node-soap", "node-soap 0.43 (row 33)", "axios + xml2js (row 32)"


@pytest.fixture(scope="module")
def node(desk):
    """Runs a program of the folder with the packages of the lock file."""
    folder = node_packages()
    for file in HERE.glob("*.js"):
        shutil.copy(file, folder)
    return lambda name: desk.facts(["node", folder / name])


@pytest.fixture(scope="module")
def soap(node):
    return node("nodesoap.js")


@pytest.fixture(scope="module")
def row33(node):
    return node("row33.js")


@pytest.fixture(scope="module")
def row32(node):
    return node("row32.js")


@pytest.mark.parametrize(("client", "wire", "ask"), cases(SOAP))
def test_node_soap(gate, tmp_path, soap, client, wire, ask):
    facts = soap[wire][ask]
    judge(facts, wire, ask)
    holds(gate, facts, wire, ask, tmp_path)
    if ask == "signed":
        assert facts["verified"] is True, "by xml-crypto"
    if ask == "wrong":
        assert facts["has_detail"] and facts["status"] == 500, facts


@shows(SOAP, "callback", "signature")
def test_a_node_soap_server_reads_what_is_pushed(gate, tmp_path, soap):
    facts = soap["pushed"]
    judge(facts, "v2-11", "pushed")
    assert facts["received"]["verified"] is True, "by xml-crypto"
    verifies(gate, facts["received"]["octets"], namespace("v2"), tmp_path)
    gate.has_delivered_one_more()


@shows(SOAP, "generated")
def test_node_soap_reads_the_served_wsdl(soap):
    assert set(WIRES) < set(soap)


@shows(ROW33, "V1, SOAP 1.2", "answer", "habits")
def test_the_node_soap_of_row_33_is_answered(row33):
    facts = row33["row 33"]
    assert facts["version"] == "0.43.0"
    assert "MessageID" not in facts["sent"] and "SignResult" not in facts["sent"], "as this client sends it"
    assert "content-encoding" not in facts["headers"], "nothing is compressed for somebody who asks for none"
    assert facts["headers"]["connection"] == "close"
    assert facts["has_error"] is False and facts["signed"] is False
    assert facts["first_name"] == first_name()


@shows(ROW33, "V1, SOAP 1.2", "asynchronous")
def test_the_node_soap_of_row_33_is_answered_later_too(row33):
    assert row33["later"] == {"accepted_with_error": False, "has_error": False, "first_name": first_name()}


@shows(ROW32, "V1, SOAP 1.2", "answer", "habits")
def test_literal_keys_find_the_answer(row32):
    facts = row32["row 32"]
    assert facts["outcome"] == "result" and facts["has_error"] is False, facts
    assert facts["first_name"] == first_name() and facts["signed"] is False, facts
    assert facts["relates_to"] is False, "there was no MessageID to relate to"


@shows(ROW32, "V1, SOAP 1.2", "refusal")
def test_literal_keys_find_the_refusal(row32):
    facts = row32["stranger"]
    assert facts["status"] == 200 and facts["has_error"] is True and facts["error"] == STRANGER, facts
    assert facts["first_name"] is None, facts


@shows(ROW32, "V1, SOAP 1.2", "fault")
def test_a_fault_is_an_exception_of_axios(row32):
    facts = row32["wrong"]
    assert facts["outcome"] == "failure" and facts["status"] == 500, facts
    assert "argument-invalid" in facts["detail"], facts


@shows(ROW32, "V1, SOAP 1.2", "asynchronous")
def test_literal_keys_find_an_answer_that_came_later(row32):
    facts = row32["later"]
    assert int(facts["number"]) > 0 and facts["has_error"] == "false" and facts["first_name"] == first_name(), facts


@shows(ROW32, "V1, SOAP 1.2", "asynchronous errors")
def test_an_unknown_number_is_an_exception_of_axios(row32):
    facts = row32["later"]["unknown"]
    assert facts["status"] == 500 and UNKNOWN["v1"] in facts["text"], facts
