"""The documents and names that every client uses."""

import pathlib

from lxml import etree

ROOT = pathlib.Path(__file__).resolve().parents[2]
POPULATION = "TechnoLogica.RegiX.GraoNBDAdapter.APIService.INBDAPI.ValidPersonSearch"
CONTRACTS = (
    "TechnoLogica.RegiX.NRAEmploymentContractsAdapter.APIService.INRAEmploymentContractsAPI.GetEmploymentContracts"
)
# Answered after three seconds, so that a program can see it before it is ready.
SLOW = "Example.ArchiveAdapter.APIService.IArchiveAPI.GetSlowExtract"
SLOW_ARGUMENT = '<ExtractRequest xmlns="urn:example:archive:request"><Number>17</Number></ExtractRequest>'
REQUEST = "http://egov.bg/RegiX/GRAO/NBD/ValidPersonRequest"
RESPONSE = "http://egov.bg/RegiX/GRAO/NBD/ValidPersonResponse"
SIGNED_DATA = "http://egov.bg/RegiX/SignedData"
TEMPURI = "http://tempuri.org/"
DS = "http://www.w3.org/2000/09/xmldsig#"
PAPER = "{http://egov.bg/RegiX/BinaryArgument}BinaryArgument"
STRANGER = "Access denied! ConsumerCertificate is not found."
WRONG_CODE = "Wrong verification code"
# The number of a call that never was.
NOBODYS = "987654321"
UNKNOWN = {
    "v0": "Element request.Operation is invalid. Check for correct operation names here: http://regixaisweb.egov.bg/regixinfo/",
    "v1": "Element request.Operation is invalid. Check for correct operation names here: http://regixaisweb.egov.bg/regixinfo/",
    "v2": "No such serviceCallID could be found!",
}

# What is between a client and the gate, by the short names that the client programs use.
WIRES = {
    "v0-11": "V0, SOAP 1.1", "v1-11": "V1, SOAP 1.1", "v1-12": "V1, SOAP 1.2", "v2-11": "V2, SOAP 1.1", "v2-12": "V2, SOAP 1.2",
}
SIGNED_WIRES = tuple(WIRES)[1:]
# What is asked on each of them.
ASKS = {
    "unsigned": "answer",
    "signed": "signature",
    "matrix": "matrix",
    "stranger": "refusal",
    "wrong": "fault",
    "later": "asynchronous",
    "astray": "asynchronous errors",
    "paper": "PDF",
    "pushed": "callback",
}
# Which of them a contract has. Answers are pushed with SOAP 1.1 however they were asked for, so once is enough.
OFFERED = {
    "v0": ("unsigned", "stranger", "wrong", "later", "astray"),
    "v1": ("unsigned", "signed", "matrix", "stranger", "wrong", "later", "astray"),
    "v2": ("unsigned", "signed", "matrix", "stranger", "wrong", "later", "astray", "paper"),
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
