"""Typed contracts: stacks generate from `/adapters/NAME?wsdl`, send typed arguments, and read typed answers and typed faults."""

import json
import pathlib
import re
import shutil
import subprocess
import time

import pytest
import zeep
from documents import RESPONSE, first_name, sample
from programs import PASSWORD, java_libraries, node_packages, run
from signatures import verifies
from table import shows
from zeep.transports import Transport

HERE = pathlib.Path(__file__).parent
PHP, NODE, RI, MONO, ZEEP = "PHP SoapClient", "node-soap", "JAX-WS RI 2.3", "Mono System.Web.Services", "Python zeep"
POPULATION, ARCHIVE = "RegiX.GraoNBDAdapter", "Archive"
SPACE = f"urn:kapia:adapter:{POPULATION}:1"
PROBLEM = "{urn:kapia:faces:1}Problem"
NUMBER = sample("NBD", "ValidPersonSearchRequest")[0].text
ASKS = ("signed", "matrix", "wrong", "stranger", "later")
# Its schema has a namespace with a letter of another alphabet, which is no URI; this stack reads no such document.
NO_URI = {"RegiX.PvPatentsAdapter"}


@pytest.fixture(scope="module")
def plan(desk, wsdls):
    """What the client programs of this suite are given beside the plan of all of them."""
    plan = json.loads(desk.plan.read_text(encoding="utf-8")) | {"number": NUMBER, "wsdls": str(wsdls)}
    file = desk.folder / "faces.json"
    file.write_text(json.dumps(plan, ensure_ascii=False), encoding="utf-8")
    lines = desk.folder / "faces.properties"
    lines.write_text("".join(f"{name}={value}\n" for name, value in plan.items()), encoding="utf-8")
    return file, lines


@pytest.fixture(scope="module")
def wsdls(corpus_gate, tmp_path_factory):
    """The typed WSDL of every package of the corpus, as a gate serves it."""
    folder = tmp_path_factory.mktemp("wsdls")
    base, names, session = corpus_gate
    for name in names:
        answer = session.get(f"{base}/adapters/{name}?wsdl", timeout=10)
        answer.raise_for_status()
        (folder / f"{name}.wsdl").write_bytes(answer.content)
    assert len(names) == 60
    return folder


def judge(gate, facts, ask, folder):
    """What each ask has to show, whichever stack made the call."""
    if ask == "wrong":
        assert facts["code"] == "argument-invalid" and facts["path"] == "/ValidPersonRequest/EGN", facts
        assert facts["message"] == "аргументът не отговаря на схемата на операцията", facts
        assert facts["hint"] and facts["retryable"] in (False, "false"), facts
    elif ask == "stranger":
        assert facts["code"] == "denied-certificate-unknown" and facts["path"] is None, facts
        assert facts["message"] == "отказан достъп: удостоверението не е намерено", facts
    elif ask == "later":
        assert facts == {"title": "Протокол", "gone": "result-gone"}, facts
    else:
        assert facts["first_name"] == first_name() and facts["echo"] == NUMBER, facts
        assert facts["birth_date"] == sample("NBD", "ValidPersonSearchResponse").findtext(f"{{{RESPONSE}}}BirthDate"), facts
        assert int(facts["call_id"]) > 0 and facts["signed"] is (ask == "signed"), facts
        assert (facts["matrix"] is not None) is (ask == "matrix") and "FirstName" in (facts["matrix"] or ["FirstName"]), facts
        if "verified" in facts:
            assert facts["verified"] is True, facts
        if ask == "signed" and "octets" in facts:
            verifies(gate, facts["octets"], SPACE, folder)


def cases(client, versions=("11", "12")):
    return [
        pytest.param(version, ask, id=f"{version}-{ask}", marks=shows(client, "typed")) for version in versions for ask in ASKS
    ]


# --- zeep ---


class Keeping(Transport):
    """Keeps the octets of the last answer."""

    def post(self, address, message, headers):
        answer = super().post(address, message, headers)
        self.octets = answer.content
        return answer


def face(gate, package, version, who):
    transport = Keeping(session=gate.session(who))
    client = zeep.Client(f"{gate.base}/adapters/{package}?wsdl", transport=transport)
    name = package.replace(".", "_")
    return client, client.bind(name, f"{name}Soap{version}"), transport


def by_zeep(gate, version, ask):
    if ask == "later":
        return later_by_zeep(gate, version)
    client, port, transport = face(gate, POPULATION, version, "stranger" if ask == "stranger" else "consumer")
    try:
        answer = port.ValidPersonSearch(
            Argument={"ValidPersonRequest": {"EGN": "1" if ask == "wrong" else NUMBER}},
            CallContext={"LawReason": "чл. 1 от пример"}, SignResult=ask == "signed", ReturnAccessMatrix=ask == "matrix",
        )
    except zeep.exceptions.Fault as fault:
        problem = client.get_element(PROBLEM).parse(fault.detail[0], client.wsdl.types)
        return {
            "code": problem["Code"], "message": problem["MessageBg"], "hint": problem["HintEn"],
            "retryable": problem["Retryable"], "path": problem["Place"][0]["Path"] if problem["Place"] else None,
        }
    data = answer["Data"]
    properties = data["Matrix"] and data["Matrix"]["Properties"]
    return {
        "first_name": data["Response"]["ValidPersonResponse"]["FirstName"],
        "birth_date": data["Response"]["ValidPersonResponse"]["BirthDate"].isoformat(),
        "echo": data["Request"]["ValidPersonRequest"]["EGN"],
        "call_id": answer["ServiceCallID"],
        "matrix": [field["Name"] for field in properties["Property"]] if properties else None,
        "signed": answer["Signature"] is not None,
        "octets": transport.octets,
    }


def later_by_zeep(gate, version):
    _, port, _ = face(gate, ARCHIVE, version, "consumer")
    accepted = port.GetExtract(Argument={"ExtractRequest": {"Number": "17"}}, CallContext={"LawReason": "чл. 1 от пример"})
    ticket = {"ServiceCallID": accepted["ServiceCallID"], "VerificationCode": accepted["VerificationCode"]}
    answer = port.GetExtractResult(**ticket)
    end = time.monotonic() + 30
    while not answer["IsReady"] and time.monotonic() < end:
        time.sleep(0.05)
        answer = port.GetExtractResult(**ticket)
    port.GetExtractReceived(**ticket)
    with pytest.raises(zeep.exceptions.Fault) as gone:
        port.GetExtractResult(**ticket)
    return {"title": answer["Data"]["Response"]["ExtractResponse"]["Title"], "gone": gone.value.detail[0][0].text}


@pytest.mark.parametrize(("version", "ask"), cases(ZEEP))
def test_zeep(gate, tmp_path, version, ask):
    judge(gate, by_zeep(gate, version, ask), ask, tmp_path)


@shows(ZEEP, "typed")
@pytest.mark.parametrize("version", ("11", "12"))
def test_zeep_digests_all_that_schemas_can_do(gate, version):
    """Includes without a namespace, redefinitions, derived types, substitutes, nil, and two versions of one namespace."""
    _, port, _ = face(gate, "Traps", version, "consumer")
    asked = {"Argument": {"HolderRequest": {"Number": 17}}, "CallContext": {"LawReason": "чл. 1 от пример"}}
    response = port.GetHolder(**asked)["Data"]["Response"]["HolderResponse"]
    holder = response["Holder"]
    assert (type(holder).__name__, holder["Name"], holder["degree"], str(holder["Born"])) == ("Person", "Ана", 2, "(1976, None)"), holder
    assert holder["Parent"]["Name"] is None and str(holder["Parent"]["version"]) == "1.00", holder
    # This version names a type that the other one describes in another way: its document is left open.
    later = port.GetHolderV2(**asked)["Data"]["Response"]["_value_1"]
    assert later.tag == "{urn:example:traps}HolderResponse" and later[0].get("version") == "1.0"


@shows(ZEEP, "typed")
def test_zeep_reads_the_contract_of_every_package(wsdls):
    refused = {}
    for file in sorted(wsdls.glob("*.wsdl")):
        try:
            client = zeep.Client(str(file))
        except zeep.exceptions.XMLSyntaxError as error:
            refused[file.stem] = str(error)
            continue
        for service in client.wsdl.services.values():
            for port in service.ports.values():
                assert all(operation.output.signature() for operation in port.binding.all().values()), file.stem
    assert set(refused) == NO_URI and all("is not a valid URI" in cause for cause in refused.values()), refused


# --- PHP, Node, Java, Mono ---


@pytest.fixture(scope="module")
def php(plan):
    return json.loads(run(["php", HERE / "php" / "faces.php", plan[0]]))


@pytest.fixture(scope="module")
def node(plan):
    folder = node_packages()
    for name in ("facts.js", "faces.js"):
        (folder / name).write_bytes((HERE / "node" / name).read_bytes())
    return json.loads(run(["node", folder / "faces.js", plan[0]]))


@pytest.mark.parametrize(("version", "ask"), cases(PHP))
def test_php(gate, tmp_path, php, version, ask):
    judge(gate, php[version][ask], ask, tmp_path)


@pytest.mark.parametrize(("version", "ask"), cases(NODE))
def test_node_soap(gate, tmp_path, node, version, ask):
    judge(gate, node[version][ask], ask, tmp_path)


@shows(PHP, "typed")
def test_php_reads_the_contract_of_every_package(php):
    assert len(php["read"]) == 60 and all(php["read"].values()), php["read"]


@shows(NODE, "typed")
def test_node_soap_reads_the_contract_of_every_package(node):
    assert len(node["read"]) == 60 and all(node["read"].values()), node["read"]


@pytest.fixture(scope="module")
def java(desk, plan):
    libraries = java_libraries()
    trust = desk.folder / "faces.p12"
    run(["keytool", "-importcert", "-noprompt", "-alias", "ca", "-file", desk.gate.certs / "ca.pem",
         "-storetype", "PKCS12", "-storepass", PASSWORD, "-keystore", trust])
    folder = desk.built / "faces"
    folder.mkdir()
    sources = [HERE / "java" / name for name in ("Plan.java", "Keeper.java", "FacesClient.java")]
    return json.loads(run([
        "java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Dfile.encoding=UTF-8",
        f"-Djavax.net.ssl.trustStore={trust}", f"-Djavax.net.ssl.trustStorePassword={PASSWORD}",
        "-cp", f"{libraries / 'ri' / 'libs'}/*", HERE / "java" / "Build.java", "wsimport", folder,
        ",".join(map(str, sources)), plan[1],
        f"{desk.gate.base}/adapters/{POPULATION}?wsdl", f"{desk.gate.base}/adapters/{ARCHIVE}?wsdl",
    ]))


@pytest.mark.parametrize(("version", "ask"), cases(RI))
def test_jax_ws(gate, tmp_path, java, version, ask):
    judge(gate, java[version][ask], ask, tmp_path)


@shows(RI, "typed")
def test_jax_ws_makes_classes_of_contracts(wsdls, tmp_path):
    libraries = java_libraries() / "ri" / "libs"
    # Making and compiling classes takes seconds for each contract: every sixth.
    some = tmp_path / "wsdls"
    some.mkdir()
    for file in sorted(wsdls.glob("*.wsdl"))[::6]:
        shutil.copy(file, some)
    said = run(["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Dfile.encoding=UTF-8", "-cp", f"{libraries}/*",
                HERE / "java" / "FacesRead.java", some, tmp_path], timeout=300)
    assert said.splitlines() == ["10"], said


@pytest.fixture(scope="module")
def mono(desk, plan):
    folder = desk.built / "faces-mono"
    folder.mkdir()
    for name, package in (("Population", POPULATION), ("Archives", ARCHIVE)):
        answer = desk.gate.session(who=None).get(f"{desk.gate.base}/adapters/{package}?wsdl", timeout=10)
        (folder / f"{name}.wsdl").write_bytes(answer.content)
        run(["wsdl", f"/namespace:{name}", f"/out:{name}.cs", f"{name}.wsdl"], cwd=folder)
    run(["mcs", "-nologo", f"-out:{folder / 'faces.exe'}",
         *(f"-r:{name}" for name in ("System.Web.Services", "System.Xml", "System.Core")),
         *folder.glob("*.cs"), HERE / "dotnet" / "Plan.cs", HERE / "dotnet" / "Faces.cs"])
    return json.loads(run(["mono", folder / "faces.exe", plan[1]]))


@pytest.mark.parametrize(("version", "ask"), cases(MONO, ("11",)))
def test_system_web_services(gate, tmp_path, mono, version, ask):
    judge(gate, mono[version][ask], ask, tmp_path)


@shows(MONO, "typed")
def test_wsdl_exe_makes_classes_of_contracts(wsdls, tmp_path):
    failed = {}
    # One program run for each contract: every sixth.
    for file in sorted(wsdls.glob("*.wsdl"))[::6]:
        done = subprocess.run(["wsdl", f"/out:{tmp_path / file.stem}.cs", str(file)], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            failed[file.stem] = re.sub(r"\s+", " ", done.stdout + done.stderr)
    assert failed == {}, failed
