"""Mono: System.Web.Services with generated proxies, and WCF with the bindings that consumers configure (wild-clients §1.1)."""

import pathlib

import pytest
from documents import WIRES
from judgement import is_an_answer, judge
from programs import cases, run
from signatures import wishes_a_signature
from table import shows

HERE = pathlib.Path(__file__).parent / "dotnet"
ASMX, WCF = "Mono System.Web.Services", "Mono WCF"
REFERENCES = ("System.ServiceModel", "System.Web.Services", "System.Security", "System.Xml", "System.Core",
              "System.Runtime.Serialization")
SHARED = ("Plan.cs", "Contracts.cs", "Calls.cs", "Signatures.cs")


@pytest.fixture(scope="module")
def mono(desk):
    """Compiles a program with the classes generated from the served WSDL and runs it."""
    folder = desk.built / "dotnet"
    folder.mkdir()
    for entry in ("v0", "v1", "v2"):
        run(["wsdl", f"/namespace:{entry.upper()}", f"/out:{entry}.cs", desk.wsdl(entry)], cwd=folder)

    def facts(name, *sources):
        files = [*folder.glob("v?.cs"), *(HERE / source for source in (*SHARED, *sources))]
        run(["mcs", "-nologo", f"-out:{folder / name}.exe", *(f"-r:{reference}" for reference in REFERENCES), *files])
        return desk.facts_by_lines(["mono", f"{folder / name}.exe"])

    return facts


@pytest.fixture(scope="module")
def asmx(mono):
    return mono("asmx", "Asmx.cs")


@pytest.fixture(scope="module")
def wcf(mono):
    return mono("wcf", "Wcf.cs")


def verifies_as_row_21(facts):
    """The signature is over what .NET writes again, alone and under a root of its own."""
    assert facts["verified"] is True, "SignedXml.CheckSignature after writing the parsed result again"
    assert facts["verified_changed"] is False, "a changed answer does not verify"


@pytest.mark.parametrize(("client", "wire", "ask"), cases(ASMX, ("v0-11", "v1-11", "v2-11")))
def test_system_web_services(asmx, client, wire, ask):
    facts = asmx[wire][ask]
    judge(facts, wire, ask)
    if wishes_a_signature(wire, ask):
        verifies_as_row_21(facts["answer"] if ask == "later" else facts)


@shows(ASMX, "generated")
def test_wsdl_exe_makes_classes_of_the_served_wsdl(asmx):
    assert set(asmx) == {"v0-11", "v1-11", "v2-11"}


@pytest.mark.parametrize(("client", "wire", "ask"), cases(WCF))
def test_wcf(wcf, client, wire, ask):
    facts = wcf[wire][ask]
    judge(facts, wire, ask)
    if wishes_a_signature(wire, ask):
        verifies_as_row_21(facts["answer"] if ask == "later" else facts)


@shows(WCF, "generated")
def test_wcf_uses_the_generated_data_classes(wcf):
    assert set(WIRES) < set(wcf)


@shows(WCF, "habits")
@pytest.mark.parametrize("row", ["row 1", "row 5", "row 6", "row 8", "row 14", "row 20"])
def test_a_habit_of_wcf_consumers(wcf, row):
    facts = wcf[row]
    is_an_answer(facts)
    assert (facts["matrix"] is not None) is (row == "row 20")
    if row in ("row 1", "row 14"):
        verifies_as_row_21(facts)
