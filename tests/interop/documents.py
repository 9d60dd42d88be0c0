"""The documents and names that every client uses, and what each of its calls has to show."""

import pathlib

from lxml import etree

ROOT = pathlib.Path(__file__).resolve().parents[2]
POPULATION = "TechnoLogica.RegiX.GraoNBDAdapter.APIService.INBDAPI.ValidPersonSearch"
CONTRACTS = (
    "TechnoLogica.RegiX.NRAEmploymentContractsAdapter.APIService.INRAEmploymentContractsAPI.GetEmploymentContracts"
)
REQUEST = "http://egov.bg/RegiX/GRAO/NBD/ValidPersonRequest"
RESPONSE = "http://egov.bg/RegiX/GRAO/NBD/ValidPersonResponse"
SIGNED_DATA = "http://egov.bg/RegiX/SignedData"
TEMPURI = "http://tempuri.org/"
DS = "http://www.w3.org/2000/09/xmldsig#"
STRANGER = "Access denied! ConsumerCertificate is not found."

# What is between a client and the gate, by the short names that the client programs use.
WIRES = {"v1-11": "V1, SOAP 1.1", "v1-12": "V1, SOAP 1.2", "v2-11": "V2, SOAP 1.1", "v2-12": "V2, SOAP 1.2"}
# What is asked on each of them.
ASKS = {
    "unsigned": "answer",
    "signed": "signature",
    "matrix": "matrix",
    "stranger": "refusal",
    "wrong": "fault",
}


def sample(adapter, name):
    """A sample document of an example package, without blanks and comments."""
    file = next((ROOT / "adapters").glob(f"*{adapter}*/XMLSamples/{name}.xml"))
    return etree.fromstring(file.read_bytes(), etree.XMLParser(remove_blank_text=True, remove_comments=True))


def argument():
    """The sample request of the population register, whose person is invented."""
    return sample("NBD", "ValidPersonSearchRequest")


def wrong_argument():
    """The same with an element that the schema does not know."""
    wrong = argument()
    wrong[0].tag = f"{{{REQUEST}}}Egn"
    return wrong


def first_name():
    """The name that the register answers with."""
    return sample("NBD", "ValidPersonSearchResponse").findtext(f"{{{RESPONSE}}}FirstName")


def text(element):
    return etree.tostring(element, encoding="unicode")


def namespace(wire):
    """The namespace of `Data` on this wire."""
    return TEMPURI if wire.startswith("v1") else SIGNED_DATA


def judge(facts, wire, ask):
    """Holds the facts of one call, as a client program saw them, against what the ask has to show."""
    if ask == "wrong":
        is_a_fault(facts)
    elif ask == "stranger":
        is_a_refusal(facts)
    else:
        is_an_answer(facts)
        assert facts["signed"] is (ask == "signed"), facts
        names = facts["matrix"]
        assert (names is not None) is (ask == "matrix"), facts
        if names is not None:
            assert "FirstName" in names and names == sorted(names), facts


def is_an_answer(facts):
    assert facts["outcome"] == "result", facts
    assert facts["ready"] is True and facts["has_error"] is False and facts["error"] is None, facts
    # A stack that forgets namespaces gives the local name alone.
    assert facts["request"] in (f"{{{REQUEST}}}ValidPersonRequest", "ValidPersonRequest"), facts
    assert facts["response"] in (f"{{{RESPONSE}}}ValidPersonResponse", "ValidPersonResponse"), facts
    assert facts["first_name"] == first_name(), facts
    assert int(facts["call_id"]) > 0, facts


def is_a_refusal(facts):
    assert facts["outcome"] == "result", facts
    assert facts["has_error"] is True and facts["error"] == STRANGER, facts
    assert facts["response"] is None and facts["first_name"] is None and facts["signed"] is False, facts
    assert int(facts["call_id"]) == 0, facts


def is_a_fault(facts):
    assert facts["outcome"] == "fault", facts
    assert facts["text"], facts
    assert "argument-invalid" in facts["detail"] and "/ValidPersonRequest" in facts["detail"], facts
    assert 'lang="bg"' in facts["detail"], facts
