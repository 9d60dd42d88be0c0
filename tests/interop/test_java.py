"""JAX-WS RI (wild-clients rows 22 to 26), Apache CXF (rows 27, 30), Apache HttpClient with a DOM (row 28)."""

import pathlib
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from documents import STRANGER, first_name, is_an_answer, judge, namespace
from programs import cases, java_libraries, run
from signatures import verifies
from table import shows

HERE = pathlib.Path(__file__).parent / "java"
RI, CXF, DOM = "JAX-WS RI 2.3", "Apache CXF 4.1", "Apache HttpClient + DOM (row 28)"
WSDL_TO_JAVA = {
    "ri": ("com.sun.tools.ws.WsImport", "-quiet", "-extension", "-Xnocompile", "-s"),
    "cxf": ("org.apache.cxf.tools.wsdlto.WSDLToJava", "-quiet", "-d"),
}


class Java:
    """Generates, compiles and runs; each stack in a folder of its own."""

    def __init__(self, desk):
        self.desk = desk
        self.libraries = java_libraries()
        self.trust = desk.folder / "trust.p12"
        run(["keytool", "-importcert", "-noprompt", "-alias", "ca", "-file", desk.gate.certs / "ca.pem",
             "-storetype", "PKCS12", "-storepass", "example", "-keystore", self.trust])

    def path(self, stack):
        return f"{self.desk.built / 'java' / stack}:{self.libraries / stack / 'libs'}/*"

    def java(self, stack, *arguments):
        # Short programs: compile little, collect simply.
        return run(["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto",
                    f"-Djavax.net.ssl.trustStore={self.trust}", "-Djavax.net.ssl.trustStorePassword=example",
                    "-cp", self.path(stack), *arguments])

    def generate(self, stack, address):
        folder = self.desk.built / "java" / f"{stack}-generated"
        folder.mkdir(parents=True, exist_ok=True)
        self.java(stack, *WSDL_TO_JAVA[stack], folder, self.desk.gate.base + address)

    def facts(self, stack, sources, addresses=()):
        """What the last of the sources prints, after all of them are compiled with the generated ones."""
        for address in addresses:
            self.generate(stack, address)
        folder = self.desk.built / "java" / stack
        folder.mkdir(parents=True)
        files = [*(self.desk.built / "java" / f"{stack}-generated").rglob("*.java")]
        for name in sources:
            code = (HERE / name).read_text(encoding="utf-8")
            if stack == "cxf":
                # The same program with the names that the packages have today.
                code = re.sub(r"\bjavax\.xml\.(bind|ws|soap)\b", r"jakarta.xml.\1", code)
            files.append(folder / name)
            files[-1].write_text(code, encoding="utf-8")
        run(["javac", "-nowarn", "-proc:none", "-encoding", "UTF-8", "-d", folder, "-cp", self.path(stack), *files])
        return self.desk.facts_by_lines(
            ["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", self.path(stack), sources[-1].removesuffix(".java")]
        )


@pytest.fixture(scope="module")
def java(desk):
    """The facts of all three stacks, by functions that may be called often; they run side by side."""
    made = Java(desk)
    with ThreadPoolExecutor() as pool:
        running = {
            "ri": pool.submit(made.facts, "ri", ["Plan.java", "Calls.java", "RiClient.java"],
                              ["/RegiXEntryPoint.svc?singleWsdl", "/RegiXEntryPointV2.svc.singlewsdl.xml"]),
            "cxf": pool.submit(made.facts, "cxf", ["Plan.java", "Calls.java", "CxfClient.java"],
                               ["/RegiXEntryPoint.svc.singlewsdl.xml", "/RegiXEntryPointV2.svc?wsdl"]),
            "http": pool.submit(made.facts, "http", ["Plan.java", "HttpClientDom.java"]),
        }
    return lambda stack: running[stack].result()


@pytest.mark.parametrize(("client", "wire", "ask"), cases(RI))
def test_jaxws_ri(java, client, wire, ask):
    facts = java("ri")[wire][ask]
    judge(facts, wire, ask)
    if ask == "signed":
        assert facts["verified"] is True, "by the JDK, in the message as the stack writes it again"


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
    if ask == "signed":
        assert facts["verified"] is True, "by the JDK, in the message as the stack writes it again"


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
