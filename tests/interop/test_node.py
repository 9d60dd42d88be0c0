"""Node: node-soap of today and of wild-clients row 33, axios with xml2js of row 32."""

import pathlib
import shutil

import pytest
from documents import STRANGER, first_name, judge, namespace
from programs import cases, node_packages
from signatures import verifies
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
def row32(node):
    return node("row32.js")


@pytest.mark.parametrize(("client", "wire", "ask"), cases(SOAP))
def test_node_soap(gate, tmp_path, soap, client, wire, ask):
    facts = soap[wire][ask]
    judge(facts, wire, ask)
    if ask == "signed":
        assert facts["verified"] is True, "by xml-crypto"
        verifies(gate, facts["octets"], namespace(wire), tmp_path)
    if ask == "wrong":
        assert facts["has_detail"] and facts["status"] == 500, facts


@shows(SOAP, "generated")
def test_node_soap_reads_the_served_wsdl(soap):
    assert set(soap) == {"v1-11", "v1-12", "v2-11", "v2-12"}


@shows(ROW33, "V1, SOAP 1.2", "answer", "habits")
def test_the_node_soap_of_row_33_is_answered(node):
    facts = node("row33.js")["row 33"]
    assert facts["version"] == "0.43.0"
    assert "MessageID" not in facts["sent"] and "SignResult" not in facts["sent"], "as this client sends it"
    assert "content-encoding" not in facts["headers"], "nothing is compressed for somebody who asks for none"
    assert facts["headers"]["connection"] == "close"
    assert facts["has_error"] is False and facts["signed"] is False
    assert facts["first_name"] == first_name()


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
