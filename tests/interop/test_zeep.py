"""Python zeep, generated from the served WSDL, on all four wires; signatures by xmlsec1, in place and cut out, and by signxml."""

import pytest
import zeep
from documents import (
    ASKS, POPULATION, SIGNED_DATA, WIRES, argument, judge, namespace, text, wrong_argument,
)
from lxml import etree
from programs import cases
from signatures import verifies, xmlsec1
from signxml import SignatureConfiguration, XMLVerifier
from table import shows
from zeep.transports import Transport
from zeep.wsa import WsAddressingPlugin

CLIENT = "Python zeep"
ADDRESSING = "{http://www.w3.org/2005/08/addressing}"


class Keeping(Transport):
    """Keeps the octets of the last answer: a signature is over octets, not over a parsed tree."""

    def post(self, address, message, headers):
        answer = super().post(address, message, headers)
        self.octets = answer.content
        return answer


@pytest.fixture(scope="module")
def wsdl_clients(gate):
    """One client for each wire and certificate, made from the WSDL as it is served."""
    made = {}
    for entry, name in (("v1", "RegiXEntryPoint"), ("v2", "RegiXEntryPointV2")):
        for version, binding in (("11", "BasicHttpBinding"), ("12", "WSHttpBinding")):
            for who in ("consumer", "stranger"):
                transport = Keeping(session=gate.session(who))
                client = zeep.Client(
                    f"{gate.base}/{name}.svc?wsdl", transport=transport,
                    plugins=[WsAddressingPlugin()] if version == "12" else [],
                )
                made[f"{entry}-{version}", who] = client.bind(name, f"{binding}_I{name}"), transport
    return made


@pytest.fixture(scope="module")
def facts(wsdl_clients):
    """What every ask brought on every wire."""
    return {
        (wire, ask): call(*wsdl_clients[wire, "stranger" if ask == "stranger" else "consumer"], wire, ask)
        for wire in WIRES for ask in ASKS
    }


def call(service, transport, wire, ask):
    request = {
        "Operation": POPULATION + " ",
        "Argument": {"_value_1": wrong_argument() if ask == "wrong" else argument()},
        "CallContext": {"ServiceURI": "17-2026", "ServiceType": "Проверка", "LawReason": "чл. 1 от пример"},
        "SignResult": ask == "signed",
        "ReturnAccessMatrix": ask == "matrix",
    }
    try:
        if wire.startswith("v1"):
            result = service.ExecuteSynchronous(request=request)
        else:
            request |= {"RequestProcessing": [], "ResponseProcessing": []}
            result = service.Execute(request={"ServiceRequestData": request})
            # zeep takes wrappers off when they hold one element only.
            result = result["ServiceResultData"] if "ServiceResultData" in result else result
    except zeep.exceptions.Fault as fault:
        return {"outcome": "fault", "text": fault.message, "detail": text(fault.detail)}
    return told(result) | {"octets": transport.octets}


def told(result):
    data = result["Data"]
    # zeep shows a nil `Data` as an object without members.
    request, answer = (data[name] and data[name]["_value_1"] for name in ("Request", "Response"))
    matrix = data["Matrix"] and data["Matrix"]["Properties"]
    return {
        "outcome": "result",
        "ready": result["IsReady"],
        "has_error": result["HasError"],
        "error": result["Error"],
        "call_id": result["ServiceCallID"],
        "request": None if request is None else request.tag,
        "response": None if answer is None else answer.tag,
        "first_name": None if answer is None else answer.findtext("{*}FirstName"),
        "signed": result["Signature"] is not None,
        "matrix": [field["Name"] for field in matrix["Property"]] if matrix else None,
    }


@pytest.mark.parametrize(("client", "wire", "ask"), cases(CLIENT))
def test_zeep(facts, client, wire, ask):
    judge(facts[wire, ask], wire, ask)


def cut_out(octets, space):
    """`Data` and `Signature` as they are written, in a document of their own."""
    start = octets.index(b"<Data ")
    end = octets.index(b"</Data>") + len(b"</Data>")
    rest = octets[end:]
    signature = rest[: rest.index(b"Signature><HasError>") + len(b"Signature>")]
    return b'<ServiceResultData xmlns="%s">' % space.encode() + octets[start:end] + signature + b"</ServiceResultData>"


@pytest.mark.parametrize("wire", [pytest.param(wire, marks=shows(CLIENT, WIRES[wire], "signature")) for wire in WIRES])
def test_the_signature_verifies_in_place_and_cut_out(gate, facts, tmp_path, wire):
    octets, space = facts[wire, "signed"]["octets"], namespace(wire)
    verifies(gate, octets, space, tmp_path)
    held, said = xmlsec1(gate, cut_out(octets, space), space, tmp_path)
    assert held, said


@shows(CLIENT, "V2, SOAP 1.1", "signature")
def test_the_signature_verifies_with_signxml(gate, facts):
    certificate = (gate.certs / "signer.pem").read_text()
    verified = XMLVerifier().verify(
        etree.fromstring(facts["v2-11", "signed"]["octets"]), x509_cert=certificate, id_attribute="id",
        expect_config=SignatureConfiguration(location=".//", require_x509=True),
    )
    assert etree.QName(verified.signed_xml) == etree.QName(SIGNED_DATA, "Data")


@shows(CLIENT, "V1, SOAP 1.2", "V2, SOAP 1.2", "habits")
@pytest.mark.parametrize("wire", ["v1-12", "v2-12"])
def test_an_answer_relates_to_the_message_it_answers(facts, wire):
    header = etree.fromstring(facts[wire, "unsigned"]["octets"])[0]
    assert header.findtext(f"{ADDRESSING}Action").endswith("Response")
    assert header.findtext(f"{ADDRESSING}RelatesTo").startswith("urn:uuid:")


@shows(CLIENT, "generated")
def test_the_wsdl_is_read_without_a_certificate(gate):
    for path in ("/RegiXEntryPointV2.svc.singlewsdl.xml", "/regix/RegiXEntryPoint.svc?singleWsdl"):
        answer = gate.session(who=None).get(gate.base + path, timeout=10)
        assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/xml")
        assert gate.base.encode() in answer.content
