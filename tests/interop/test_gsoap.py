"""gSOAP: a C++ program with classes generated from the served WSDL of both contracts."""

import pathlib
from concurrent.futures import ThreadPoolExecutor

import pytest
from documents import judge, namespace
from programs import cases, run
from signatures import verifies
from table import shows

HERE = pathlib.Path(__file__).parent / "gsoap"
CLIENT = "gSOAP 2.8"
GSOAP = pathlib.Path("/usr/share/gsoap")
COMPILE = ["g++", "-c", "-O0", "-w", "-std=c++17", "-DWITH_OPENSSL", "-DWITH_GZIP", "-I."]


@pytest.fixture(scope="module")
def facts(desk):
    folder = desk.built / "gsoap"
    folder.mkdir()
    run(["wsdl2h", "-g", "-P", "-t", HERE / "typemap.dat", "-o", "regix.h", desk.wsdl("v1"), desk.wsdl("v2")], cwd=folder)
    run(["soapcpp2", "-C", "-j", "-x", "-L", f"-I{GSOAP / 'import'}:{GSOAP}", "regix.h"], cwd=folder)
    sources = [["soapC.cpp"], [HERE / "client.cpp", *folder.glob("soap*Proxy.cpp"), "-x", "c++", GSOAP / "custom" / "struct_timeval.c"]]
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda part: run([*COMPILE, *part], cwd=folder), sources))
    run(["g++", "-o", "client", *folder.glob("*.o"), "-lgsoapssl++", "-lssl", "-lcrypto", "-lz"], cwd=folder)
    return desk.facts_by_lines([folder / "client"])


@pytest.mark.parametrize(("client", "wire", "ask"), cases(CLIENT))
def test_gsoap(gate, tmp_path, facts, client, wire, ask):
    judge(facts[wire][ask], wire, ask)
    if ask == "signed":
        verifies(gate, facts[wire][ask]["octets"], namespace(wire), tmp_path)


@shows(CLIENT, "generated")
def test_wsdl2h_makes_classes_of_the_served_wsdl(facts):
    assert set(facts) == {"v1-11", "v1-12", "v2-11", "v2-12"}
