"""JAX-WS RI (wild-clients rows 22 to 26), Apache CXF (rows 27, 30), Apache HttpClient with a DOM (row 28)."""

import base64
import json
import pathlib
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from documents import STRANGER, UNKNOWN, first_name, namespace
from judgement import is_an_answer, judge, shows_the_person
from programs import PASSWORD, cases, java_libraries, run
from signatures import verifies, wishes_a_signature
from table import shows

HERE = pathlib.Path(__file__).parent / "java"
RI, CXF, DOM = "JAX-WS RI 2.3", "Apache CXF 4.1", "Apache HttpClient + DOM (row 28)"

CALLS = ["Plan.java", "Keeper.java", "Calls.java", "Oldest.java", "First.java", "Second.java", "Wires.java", "Receiver.java"]


def build(desk, libraries, trust, stack, tool, sources, *addresses):
    """The facts of the last of the sources, after they are compiled with what the tool generates from the WSDL at the addresses."""
    folder = desk.built / "java" / stack
    (folder / "program").mkdir(parents=True)
    for name in sources:
        code = (HERE / name).read_text(encoding="utf-8")
        if stack == "cxf":
            # The same program with the names that the packages have today.
            code = re.sub(r"\bjavax\.(xml\.(?:bind|ws|soap)|jws)\b", r"jakarta.\1", code)
        (folder / "program" / name).write_text(code, encoding="utf-8")
    (folder / "classes").mkdir()
    said = run([
        # Short programs: compile little, collect simply.
        "java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Dfile.encoding=UTF-8",
        f"-Djavax.net.ssl.trustStore={trust}", f"-Djavax.net.ssl.trustStorePassword={PASSWORD}",
        "-cp", f"{libraries / stack / 'libs'}/*", HERE / "Build.java", tool, folder / "classes",
        ",".join(str(folder / "program" / name) for name in sources), desk.lines,
        *(re.sub("(?=/)", desk.gate.base, address, count=1) for address in addresses),
    ])
    return json.loads(said)


@pytest.fixture(scope="module")
def java(desk):
    """The facts of a stack; all three run side by side."""
    libraries = java_libraries()
    trust = desk.folder / "trust.p12"
    run(["keytool", "-importcert", "-noprompt", "-alias", "ca", "-file", desk.gate.certs / "ca.pem",
         "-storetype", "PKCS12", "-storepass", PASSWORD, "-keystore", trust])
    with ThreadPoolExecutor() as pool:
        running = {
            "ri": pool.submit(build, desk, libraries, trust, "ri", "wsimport", [*CALLS, "RiClient.java"],
                              "oldest=/RegiXService.svc?singleWsdl", "/RegiXEntryPoint.svc?singleWsdl", "/RegiXEntryPointV2.svc.singlewsdl.xml"),
            "cxf": pool.submit(build, desk, libraries, trust, "cxf", "wsdl2java", [*CALLS, "CxfClient.java"],
                               "oldest=/RegiXService.svc?wsdl", "/RegiXEntryPoint.svc.singlewsdl.xml", "/RegiXEntryPointV2.svc?wsdl"),
            "http": pool.submit(build, desk, libraries, trust, "http", "none", ["Plan.java", "HttpClientDom.java"]),
        }
    return lambda stack: running[stack].result()


@pytest.mark.parametrize(("client", "wire", "ask"), cases(RI))
def test_jaxws_ri(java, client, wire, ask):
    facts = java("ri")[wire][ask]
    judge(facts, wire, ask)
    if wishes_a_signature(wire, ask):
        verified = facts["answer"]["verified"] if ask == "later" else facts["verified"]
        assert verified is True, "by the JDK, in the message as the stack writes it again"


@shows(RI, "callback", "signature")
def test_an_endpoint_of_jaxws_ri_reads_what_is_pushed(gate, java):
    facts = java("ri")["pushed"]
    judge(facts, "v2-11", "pushed")
    assert facts["received"]["verified"] is True, "by the JDK"
    gate.has_delivered_one_more()


@shows(RI, "generated")
def test_wsimport_makes_classes_of_the_served_wsdl(java):
    assert java("ri")


@shows(RI, "V1, SOAP 1.2", "habits")
@pytest.mark.parametrize("row", ["row 22", "row 23", "row 24", "row 25"])
def test_a_habit_of_jaxws_ri(java, row):
    facts = java("ri")[row]
    is_an_answer(facts)
    assert facts["relates_to"].startswith("uuid:"), "this stack names its messages without urn:"
    assert facts["signed"] is (row == "row 24")


@pytest.mark.parametrize(("client", "wire", "ask"), cases(CXF))
def test_cxf(java, client, wire, ask):
    facts = java("cxf")[wire][ask]
    judge(facts, wire, ask)
    if wishes_a_signature(wire, ask):
        verified = facts["answer"]["verified"] if ask == "later" else facts["verified"]
        assert verified is True, "by the JDK, in the message as the stack writes it again"


@shows(CXF, "callback", "signature")
def test_an_endpoint_of_cxf_reads_what_is_pushed(gate, java):
    facts = java("cxf")["pushed"]
    judge(facts, "v2-11", "pushed")
    assert facts["received"]["verified"] is True, "by the JDK"
    gate.has_delivered_one_more()


@shows(CXF, "generated")
def test_wsdl2java_makes_classes_of_the_served_wsdl(java):
    assert java("cxf")


@shows(CXF, "V1, SOAP 1.2", "habits")
def test_cxf_sends_chunks(java):
    facts = java("cxf")["chunked"]
    is_an_answer(facts)
    assert facts["verified"] is True


@shows(DOM, "V2, SOAP 1.1", "answer", "signature", "habits")
def test_the_first_response_by_name_is_the_answer(gate, tmp_path, java):
    facts = java("http")["row 28"]
    assert facts["status"] == 200
    assert facts["json"]["ValidPersonResponse"]["FirstName"] == first_name()
    verifies(gate, facts["octets"], namespace("v2"), tmp_path)


@shows(DOM, "V2, SOAP 1.1", "refusal")
def test_a_refusal_has_no_response_by_name(java):
    facts = java("http")["stranger"]
    assert facts["status"] == 200 and facts["json"] is None
    assert STRANGER in facts["octets"]


@shows(DOM, "V2, SOAP 1.1", "fault")
def test_a_fault_is_not_status_200(java):
    facts = java("http")["wrong"]
    assert facts["status"] == 500 and facts["json"] is None and "argument-invalid" in facts["octets"]


@shows(DOM, "V2, SOAP 1.1", "asynchronous", "signature")
def test_the_first_response_by_name_is_the_answer_that_came_later(gate, tmp_path, java):
    facts = java("http")["later"]
    assert facts["answer"]["json"]["ValidPersonResponse"]["FirstName"] == first_name(), facts
    verifies(gate, facts["answer"]["octets"], namespace("v2"), tmp_path)
    assert facts["acknowledged"] == 200
    assert facts["gone"] == f"There is no operation known with the provided id: {facts['number']}"


@shows(DOM, "V2, SOAP 1.1", "asynchronous errors")
def test_an_unknown_number_is_not_status_200(java):
    facts = java("http")["later"]["unknown"]
    assert facts["status"] == 500 and UNKNOWN["v2"] in facts["octets"], facts


@shows(DOM, "V2, SOAP 1.1", "PDF", "signature")
def test_a_file_is_found_by_literal_names(gate, tmp_path, java):
    facts = java("http")["paper"]
    shows_the_person(base64.b64decode(facts["json"]["BinaryArgument"]["Binary"], validate=True))
    verifies(gate, facts["octets"], namespace("v2"), tmp_path)
