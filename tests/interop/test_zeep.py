"""Python zeep, generated from the served WSDL, on all five wires; signatures by xmlsec1, in place and cut out, and by signxml."""

import time

import pytest
import zeep
from documents import (
    NOBODYS, OFFERED, POPULATION, SIGNED_DATA, SIGNED_WIRES, SLOW, SLOW_ARGUMENT, WIRES, argument, namespace, text,
    wrong_argument,
)
from judgement import judge
from lxml import etree
from programs import cases
from receiving import receiving
from signatures import holds, verifies, xmlsec1
from signxml import SignatureConfiguration, XMLVerifier
from table import shows
from zeep.transports import Transport

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
    for wire in WIRES:
        name = {"v0": "RegiXService", "v1": "RegiXEntryPoint", "v2": "RegiXEntryPointV2"}[wire[:2]]
        for who in ("consumer", "stranger"):
            transport = Keeping(session=gate.session(who))
            # It writes the addressing headers by itself, as the WSDL names actions; its plug-in would write them twice.
            client = zeep.Client(f"{gate.base}/{name}.svc?wsdl", transport=transport)
            binding = "WSHttpBinding" if wire.endswith("12") else "BasicHttpBinding"
            made[wire, who] = Caller(wire, client.bind(name, f"{binding}_I{name}"), transport)
    return made


@pytest.fixture(scope="module")
def facts(wsdl_clients):
    """What every ask brought on every wire."""
    return {
        (wire, ask): asked(wsdl_clients[wire, "consumer"], wsdl_clients[wire, "stranger"], ask)
        for wire in WIRES for ask in OFFERED[wire[:2]]
    }


def asked(consumer, stranger, ask):
    if ask == "later":
        return consumer.later()
    if ask == "astray":
        return consumer.astray() | {"refused": stranger.accept(consumer.request("unsigned"))}
    return (stranger if ask == "stranger" else consumer).ask(consumer.request(ask))


class Caller:
    """One port of one contract."""

    def __init__(self, wire, service, transport):
        self.wire, self.service, self.transport = wire, service, transport

    def request(self, ask):
        request = {
            "Operation": POPULATION + " ",
            "Argument": {"_value_1": wrong_argument() if ask == "wrong" else argument()},
            "CallContext": {"ServiceURI": "17-2026", "ServiceType": "Проверка", "LawReason": "чл. 1 от пример"},
            "SignResult": ask in ("signed", "later", "paper", "pushed"),
            "ReturnAccessMatrix": ask == "matrix",
        }
        if self.wire.startswith("v0"):
            del request["SignResult"], request["ReturnAccessMatrix"]
            request["CallContext"] = "чл. 1 от пример"
        if self.wire.startswith("v2"):
            request |= {"RequestProcessing": [], "ResponseProcessing": ["TransformToPDF"] if ask == "paper" else []}
        return request

    def told(self, method, *arguments, **fields):
        """The facts of a call, whatever it brings."""
        try:
            result = getattr(self.service, method)(*arguments, **fields)
        except zeep.exceptions.Fault as fault:
            return {"outcome": "fault", "text": fault.message, "detail": text(fault.detail)}
        return told(unwrapped(result)) | {"octets": self.transport.octets}

    def ask(self, request):
        if self.wire.startswith("v2"):
            return self.told("Execute", request={"ServiceRequestData": request})
        return self.told("ExecuteSynchronous", request=request)

    def accept(self, request):
        """Asks without waiting for the answer."""
        if self.wire.startswith("v2"):
            return self.ask(request | {"RequestProcessing": ["Asynchronous"]})
        return self.told("Execute", request=request)

    def check(self, **fields):
        return self.told("CheckResult", argument=self.argument(fields))

    def acknowledge(self, **fields):
        try:
            return self.service.AcknowledgeResultReceived(argument=self.argument(fields)) is None
        except zeep.exceptions.Fault as fault:
            return {"outcome": "fault", "text": fault.message, "detail": text(fault.detail)}

    def argument(self, fields):
        return {"ServiceCheckResultArgument": fields} if self.wire.startswith("v2") else fields

    def ticket(self, accepted):
        ticket = {"ServiceCallID": accepted["call_id"]}
        return ticket | {"VerificationCode": accepted["code"]} if self.wire.startswith("v2") else ticket

    def later(self):
        accepted = self.accept(self.request("later"))
        ticket = self.ticket(accepted)
        answer = self.check(**ticket)
        end = time.monotonic() + 30
        while not answer["ready"] and time.monotonic() < end:
            time.sleep(0.05)
            answer = self.check(**ticket)
        facts = {"accepted": accepted, "answer": answer}
        if self.wire.startswith("v2"):
            facts |= {"acknowledged": self.acknowledge(**ticket), "gone": self.check(**ticket)}
        return facts

    def astray(self):
        slow = self.request("unsigned") | {"Operation": SLOW, "Argument": {"_value_1": etree.fromstring(SLOW_ARGUMENT)}}
        ticket = self.ticket(self.accept(slow))
        facts = {"pending": self.check(**ticket)}
        if self.wire.startswith("v2"):
            facts["unready"] = self.acknowledge(**ticket)
            facts["code"] = self.check(**ticket | {"VerificationCode": "17.AAAA"})
            facts["unnumbered"] = self.check(VerificationCode=ticket["VerificationCode"])
        return facts | {"unknown": self.check(**ticket | {"ServiceCallID": NOBODYS})}


def unwrapped(result):
    """zeep takes wrappers off when they hold one element only."""
    return result["ServiceResultData"] if "ServiceResultData" in result else result


def told(result):
    def member(of, name):
        # Members that a contract does not have, and a nil `Data`, which zeep shows as an object without members.
        return of[name] if of is not None and name in of else None

    data = member(result, "Data")
    request = member(member(data, "Request"), "_value_1")
    answer = member(member(data, "Response") or member(result, "Result"), "_value_1")
    matrix = member(member(data, "Matrix"), "Properties")
    return {
        "outcome": "result",
        "ready": member(result, "IsReady"),
        "has_error": result["HasError"],
        "error": result["Error"],
        "call_id": member(result, "ServiceCallID"),
        "code": member(result, "VerificationCode"),
        "request": None if request is None else request.tag,
        "response": None if answer is None else answer.tag,
        "first_name": None if answer is None else answer.findtext("{*}FirstName"),
        "pdf": None if answer is None else answer.findtext("{*}Binary"),
        "signed": member(result, "Signature") is not None,
        "matrix": [field["Name"] for field in matrix["Property"]] if matrix else None,
    }


@pytest.mark.parametrize(("client", "wire", "ask"), cases(CLIENT))
def test_zeep(gate, tmp_path, facts, client, wire, ask):
    judge(facts[wire, ask], wire, ask)
    holds(gate, facts[wire, ask], wire, ask, tmp_path)


@shows(CLIENT, "callback", "signature")
def test_zeep_reads_what_is_pushed(gate, wsdl_clients, tmp_path):
    """The types of the served WSDL read the request and write the reply; the server around them is Python's own."""
    caller = wsdl_clients["v2-11", "consumer"]
    schema = caller.service._client.wsdl.types

    def answer(octets):
        body = etree.fromstring(octets)[-1][0]
        read.append(schema.get_element("{http://egov.bg/RegiX}ExecuteCallback").parse(body, schema))
        envelope = etree.Element("{http://schemas.xmlsoap.org/soap/envelope/}Envelope")
        reply = schema.get_element("{http://egov.bg/RegiX}ExecuteCallbackResponse")
        reply.render(etree.SubElement(envelope, "{http://schemas.xmlsoap.org/soap/envelope/}Body"), reply())
        return 200, etree.tostring(envelope)

    read = []
    with receiving(gate, "zeep", answer) as receiver:
        accepted = caller.accept(caller.request("pushed") | {"CallbackURL": receiver.address})
        octets, caller_name = receiver.next()
    facts = {"accepted": accepted, "received": told(unwrapped(read[0]["request"])), "caller": caller_name}
    judge(facts, "v2-11", "pushed")
    verifies(gate, octets, SIGNED_DATA, tmp_path)
    gate.has_delivered_one_more()


def cut_out(octets, space):
    """`Data` and `Signature` as they are written, in a document of their own."""
    start = octets.index(b"<Data ")
    end = octets.index(b"</Data>") + len(b"</Data>")
    rest = octets[end:]
    signature = rest[: rest.index(b"Signature><HasError>") + len(b"Signature>")]
    return b'<ServiceResultData xmlns="%s">' % space.encode() + octets[start:end] + signature + b"</ServiceResultData>"


@pytest.mark.parametrize("wire", [
    pytest.param(wire, marks=shows(CLIENT, WIRES[wire], "signature"))
    for wire in SIGNED_WIRES
])
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
