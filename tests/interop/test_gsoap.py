"""gSOAP: a C++ program with classes generated from the served WSDL of both contracts."""

import pathlib
from concurrent.futures import ThreadPoolExecutor

import pytest
from documents import WIRES, namespace
from judgement import judge
from programs import cases, run
from signatures import holds, verifies
from table import shows

HERE = pathlib.Path(__file__).parent / "gsoap"
CLIENT = "gSOAP 2.8"
GSOAP = pathlib.Path("/usr/share/gsoap")
# The methods of a service that a program does not write are faults.
COMPILE = ["g++", "-c", "-O0", "-w", "-std=c++17", "-DWITH_OPENSSL", "-DWITH_GZIP", "-DWITH_DEFAULT_VIRTUAL", "-I."]


@pytest.fixture(scope="module")
def facts(desk):
    """The facts of both programs; they are built side by side."""
    with ThreadPoolExecutor(max_workers=4) as pool:
        programs = [
            pool.submit(build, pool, desk, "client.cpp", [desk.wsdl("v1"), desk.wsdl("v2")], "-t", HERE / "typemap.dat"),
            pool.submit(build, pool, desk, "oldest.cpp", [desk.wsdl("v0")], "-n", "old"),
        ]
        clients = [program.result() for program in programs]
    return {wire: told for client in clients for wire, told in desk.facts_by_lines([client]).items()}


def build(pool, desk, source, wsdls, *naming):
    """A program from its source and from what the tools generate of the WSDL."""
    folder = desk.built / "gsoap" / source
    folder.mkdir(parents=True)
    run(["wsdl2h", "-g", "-P", *naming, "-o", "regix.h", *wsdls], cwd=folder)
    run(["soapcpp2", "-j", "-x", "-L", f"-I{GSOAP / 'import'}:{GSOAP}", "regix.h"], cwd=folder)
    parts = [["soapC.cpp"], [HERE / source, *folder.glob("soap*Proxy.cpp"), *folder.glob("soap*V2Service.cpp")]]
    if "SOAP_TYPE_xsd__dateTime" in (folder / "soapStub.h").read_text(encoding="utf-8"):
        # The types that the policy of the WSDL brings.
        parts[1] += ["-x", "c++", GSOAP / "custom" / "struct_timeval.c"]
    for part in [pool.submit(run, [*COMPILE, f"-I{HERE}", *part], cwd=folder) for part in parts]:
        part.result()
    run(["g++", "-o", "client", *folder.glob("*.o"), "-lgsoapssl++", "-lssl", "-lcrypto", "-lz"], cwd=folder)
    return folder / "client"


@pytest.mark.parametrize(("client", "wire", "ask"), cases(CLIENT))
def test_gsoap(gate, tmp_path, facts, client, wire, ask):
    judge(facts[wire][ask], wire, ask)
    holds(gate, facts[wire][ask], wire, ask, tmp_path)


@shows(CLIENT, "callback", "signature")
def test_a_gsoap_server_reads_what_is_pushed(gate, tmp_path, facts):
    judge(facts["pushed"], "v2-11", "pushed")
    verifies(gate, facts["pushed"]["received"]["octets"], namespace("v2"), tmp_path)
    gate.has_delivered_one_more()


@shows(CLIENT, "generated")
def test_wsdl2h_makes_classes_of_the_served_wsdl(facts):
    assert set(WIRES) < set(facts)
