"""Python zeep, generated from the served WSDL, against V2 basic and V1 SOAP 1.2 with addressing; signatures by xmlsec1 and signxml."""

import pathlib
import shutil
import subprocess

import pytest
import zeep
from lxml import etree
from signxml import SignatureConfiguration, XMLVerifier
from zeep.transports import Transport
from zeep.wsa import WsAddressingPlugin

OPERATION = "TechnoLogica.RegiX.GraoNBDAdapter.APIService.INBDAPI.ValidPersonSearch"
REQUEST = "http://egov.bg/RegiX/GRAO/NBD/ValidPersonRequest"
RESPONSE = "http://egov.bg/RegiX/GRAO/NBD/ValidPersonResponse"
SIGNED_DATA = "http://egov.bg/RegiX/SignedData"
TEMPURI = "http://tempuri.org/"
DS = "http://www.w3.org/2000/09/xmldsig#"
ROOT = pathlib.Path(__file__).resolve().parents[2]


class Keeping(Transport):
    """Keeps the octets of the last answer: a signature is over octets, not over a parsed tree."""

    def post(self, address, message, headers):
        answer = super().post(address, message, headers)
        self.octets = answer.content
        self.status = answer.status_code
        return answer


def argument():
    """The sample request of the population register, whose person is invented."""
    sample = next((ROOT / "adapters").glob("*NBD*/XMLSamples/ValidPersonSearchRequest.xml"))
    return etree.fromstring(sample.read_bytes(), etree.XMLParser(remove_blank_text=True, remove_comments=True))


def call_context():
    return {"ServiceURI": "17-2026", "ServiceType": "Проверка", "LawReason": "чл. 1 от пример"}


def v2(gate, who="consumer", **changes):
    transport = Keeping(session=gate.session(who))
    client = zeep.Client(f"{gate.base}/RegiXEntryPointV2.svc?singleWsdl", transport=transport)
    service = client.bind("RegiXEntryPointV2", "BasicHttpBinding_IRegiXEntryPointV2")
    request = {
        "Operation": OPERATION,
        "Argument": {"_value_1": argument()},
        "CallContext": call_context(),
        "SignResult": True,
        "ReturnAccessMatrix": False,
        "RequestProcessing": [],
        "ResponseProcessing": [],
        **changes,
    }
    result = service.Execute(request={"ServiceRequestData": request})
    return (result["ServiceResultData"] if "ServiceResultData" in result else result), transport.octets


def v1(gate, **changes):
    transport = Keeping(session=gate.session())
    client = zeep.Client(
        f"{gate.base}/RegiX/RegiXEntryPoint.svc?wsdl", transport=transport, plugins=[WsAddressingPlugin()]
    )
    service = client.bind("RegiXEntryPoint", "WSHttpBinding_IRegiXEntryPoint")
    request = {
        "Operation": OPERATION + " ",
        "Argument": {"_value_1": argument()},
        "CallContext": call_context(),
        "SignResult": True,
        "ReturnAccessMatrix": False,
        **changes,
    }
    return service.ExecuteSynchronous(request=request), transport.octets


def xmlsec1(gate, octets, namespace, folder):
    """Verifies with xmlsec1, trusting the signer's certificate alone."""
    assert shutil.which("xmlsec1"), "xmlsec1 is missing: install the package xmlsec1"
    message = folder / "message.xml"
    message.write_bytes(octets)
    return subprocess.run(
        ["xmlsec1", "--verify", "--enabled-key-data", "x509,rsa", "--id-attr:id", f"{namespace}:Data",
         "--pubkey-cert-pem", str(gate.certs / "signer.pem"), str(message)],
        capture_output=True, text=True, check=False,
    )


def cut_out(octets, namespace):
    """`Data` and `Signature` as they are written, in a document of their own."""
    start = octets.index(b"<Data ")
    end = octets.index(b"</Data>") + len(b"</Data>")
    rest = octets[end:]
    signature = rest[: rest.index(b"Signature><HasError>") + len(b"Signature>")]
    return b'<ServiceResultData xmlns="%s">' % namespace.encode() + octets[start:end] + signature + b"</ServiceResultData>"


def test_v2_basic_answers_a_generated_client(gate):
    result, _ = v2(gate)
    assert result["HasError"] is False and result["IsReady"] is True and result["Error"] is None
    answer = result["Data"]["Response"]["_value_1"]
    assert etree.QName(answer) == etree.QName(RESPONSE, "ValidPersonResponse")
    assert answer.findtext(f"{{{RESPONSE}}}FirstName")
    assert int(result["ServiceCallID"]) > 0


def test_v1_with_addressing_answers_a_generated_client(gate):
    result, octets = v1(gate)
    assert result["HasError"] is False
    answer = result["Data"]["Response"]["_value_1"]
    assert etree.QName(answer) == etree.QName(RESPONSE, "ValidPersonResponse")
    header = etree.fromstring(octets)[0]
    addressing = "http://www.w3.org/2005/08/addressing"
    assert header.findtext(f"{{{addressing}}}Action").endswith("ExecuteSynchronousResponse")
    assert header.findtext(f"{{{addressing}}}RelatesTo").startswith("urn:uuid:")


@pytest.mark.parametrize(("call", "namespace"), [(v2, SIGNED_DATA), (v1, TEMPURI)])
def test_the_signature_verifies_in_place_and_cut_out(gate, tmp_path, call, namespace):
    _, octets = call(gate)
    for message in (octets, cut_out(octets, namespace)):
        verdict = xmlsec1(gate, message, namespace, tmp_path)
        assert verdict.returncode == 0, verdict.stderr
    tampered = octets.replace(b"<FirstName>", b"<FirstName>X", 1)
    assert tampered != octets
    assert xmlsec1(gate, tampered, namespace, tmp_path).returncode != 0


def test_the_signature_verifies_with_signxml(gate):
    _, octets = v2(gate)
    certificate = (gate.certs / "signer.pem").read_text()
    verified = XMLVerifier().verify(
        etree.fromstring(octets), x509_cert=certificate, id_attribute="id",
        expect_config=SignatureConfiguration(location=".//", require_x509=True),
    )
    assert etree.QName(verified.signed_xml) == etree.QName(SIGNED_DATA, "Data")


def test_the_matrix_names_the_fields(gate):
    result, _ = v2(gate, ReturnAccessMatrix=True)
    names = [field["Name"] for field in result["Data"]["Matrix"]["Properties"]["Property"]]
    assert "FirstName" in names and names == sorted(names)


def test_a_stranger_is_told_so_as_a_result(gate):
    result, _ = v2(gate, who="stranger")
    assert result["HasError"] is True
    assert result["Error"] == "Access denied! ConsumerCertificate is not found."
    assert result["Data"] is None and int(result["ServiceCallID"]) == 0


def test_a_wrong_argument_is_a_fault_that_says_where(gate):
    wrong = argument()
    wrong[0].tag = f"{{{REQUEST}}}Egn"
    with pytest.raises(zeep.exceptions.Fault) as caught:
        v2(gate, Argument={"_value_1": wrong})
    detail = etree.tostring(caught.value.detail, encoding="unicode")
    assert "argument-invalid" in detail and "/ValidPersonRequest" in detail and 'lang="bg"' in detail


def test_the_wsdl_is_read_without_a_certificate(gate):
    for path in ("/RegiXEntryPointV2.svc.singlewsdl.xml", "/regix/RegiXEntryPoint.svc?singleWsdl"):
        answer = gate.session(who=None).get(gate.base + path, timeout=10)
        assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/xml")
        assert gate.base.encode() in answer.content
