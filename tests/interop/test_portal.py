"""EgovService: zeep, PHP SoapClient, node-soap, JAX-WS RI, Apache CXF, Mono and gSOAP generate from the served WSDL and call with a password.

Every stack does the same on both ports, and tells what it got as its own types: answers, and the declared fault.
"""

import json
import os
import pathlib
import signal
import subprocess

import pytest
import requests
import zeep
from conftest import wait_for_addresses
from documents import ROOT
from programs import PASSWORD, java_libraries, node_packages, run
from table import shows
from test_gsoap import COMPILE, GSOAP

HERE = pathlib.Path(__file__).parent
EIK, FOREIGN = "111222334", "987654322"
USER, SECRET = "town-hall", "парола за изпитания"
NAME = "Издаване на удостоверение за адрес"
# The stacks, by the names that they have in the table.
STACKS = {
    "zeep": "Python zeep", "php": "PHP SoapClient", "node": "node-soap", "ri": "JAX-WS RI 2.3", "cxf": "Apache CXF 4.1",
    "mono": "Mono System.Web.Services", "gsoap": "gSOAP 2.8",
}
VERSIONS = ("11", "12")
CASES = [
    pytest.param(stack, version, id=f"{stack}-{version}", marks=shows(client, "portal"))
    for stack, client in STACKS.items() for version in VERSIONS
]


class Portal:
    """A running gate with a portal, and what client programs are told about it."""

    def __init__(self, base, folder):
        self.base = base
        self.folder = folder
        self.certs = folder / "certs"
        self.wsdl = f"{base}/services/EgovService?wsdl"
        self.plan = {
            "base": base, "certs": str(self.certs), "forms": str(folder), "wsdl": self.wsdl, "user": USER, "secret": SECRET,
            "eik": EIK, "foreign": FOREIGN, "name": NAME, "password": PASSWORD,
        }

    def session(self, user=USER, secret=SECRET):
        session = requests.Session()
        session.trust_env = False
        session.verify = str(self.certs / "ca.pem")
        session.auth = (user.encode(), secret.encode())
        return session

    def plans(self, stack, first):
        """The plan of a stack, as JSON and as lines; its records have numbers of their own."""
        # A name of its own for what is refused: after five failures a name is closed.
        plan = self.plan | {"number": str(first), "nobody": f"{stack}-nobody"}
        written, lines = self.folder / f"{stack}.json", self.folder / f"{stack}.properties"
        written.write_text(json.dumps(plan, ensure_ascii=False), encoding="utf-8")
        lines.write_text("".join(f"{name}={value}\n" for name, value in plan.items()), encoding="utf-8")
        return written, lines


@pytest.fixture(scope="module")
def portal(tmp_path_factory):
    program = os.environ.get("KAPIA", str(ROOT / "target" / "release" / "kapia"))
    folder = tmp_path_factory.mktemp("portal") / "demo"
    with serving([program, "--lang", "en", "demo", "--dir", str(folder), "--port", "0"], folder.parent / "gate.log") as base:
        (folder / "secret").write_text(SECRET, encoding="utf-8")
        tool = [program, "--lang", "en", "--config", folder / "kapia.toml", "portal"]
        run([*tool, "supplier", "set", EIK, "--title", "Община Изпитна", "--code", "814"])
        run([*tool, "user", "add", USER, "--administration", "Община Изпитна", "--supplier", EIK,
             "--password-file", folder / "secret"])
        yield Portal(base, folder)


class serving:
    """A gate while it runs; its address."""

    def __init__(self, command, log):
        self.command, self.log = command, log

    def __enter__(self):
        with open(self.log, "w", encoding="utf-8") as log:
            self.process = subprocess.Popen(self.command, stdout=log, stderr=subprocess.STDOUT)
        try:
            return wait_for_addresses(self.process, self.log)[0]
        except BaseException:
            self.process.kill()
            raise

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(timeout=30) == 0, "the gate drains and ends without an error"


def record(number, eik=EIK, channel="0006-000077"):
    """A description, as every stack makes it."""
    return {
        "ServiceKey": {"ServiceNumber": number, "SupplierEIK": eik},
        "Name": [{"_value_1": NAME, "lang": "bg"}, {"_value_1": "Address certificate", "lang": "en"}],
        "Description": [{"_value_1": "<p>По <b>искане</b></p>", "lang": "bg"}],
        "IsInternalAdminService": False, "HasCivilPurpose": True, "HasBusinessPurpose": False,
        "LegalBasis": [{"ActName": "Закон за гражданската регистрация", "Article": "24"}],
        "ProvisionBody": "Община Изпитна", "ProvisionLevel": "SiteInfoOnly", "SecurityLevel": "Substantial",
        "ApplicationMethod": ["ApplicationAtDesk", "ApplicationByMail"],
        "Channel": [{
            "ChannelType": {"Code": channel},
            "ProcessTime": [{
                "TermType": "normalService", "Unit": "workDays", "Value": 7,
                "Tax": [{"Amount": "5.10", "Currency": "EUR", "ValidFrom": "2026-01-01"}],
            }],
        }],
        "ValidFrom": "2026-01-01T00:00:00+02:00",
    }


# --- zeep ---


def by_zeep(portal, version, number):
    def port(user=USER):
        client = zeep.Client(portal.wsdl, transport=zeep.Transport(session=portal.session(user)))
        return client.bind("EgovService", f"EgovServiceSoap{version}"), client

    service, client = port()
    header = client.get_element("{urn:egov-gateway:portal:service-record:1}RequestContext")

    def done(result):
        return {"result": result["Result"], "version": result["Version"], "status": result["PublicationStatus"]}

    def fault(call):
        with pytest.raises(zeep.exceptions.Fault) as raised:
            call()
        detail = client.wsdl.types.deserialize(raised.value.detail[0])
        return {"code": detail["Code"], "message": detail["MessageBg"], "fields": detail["Field"], "retryable": detail["Retryable"]}

    request = f"b3b0c2b6-6a8b-4a06-9d9c-{number:012}"
    added = service.AddService(record(number), _soapheaders=[header(RequestId=request)])
    again = service.AddService(record(number), _soapheaders=[header(RequestId=request)])
    read = service.GetService(ServiceKey={"ServiceNumber": number, "SupplierEIK": EIK})
    kept = read["ServiceRecord"]
    kept["Keyword"] = ["адрес"]
    batch = service.SaveServices([record(number + 1), record(number + 2, channel="0006-999999")], "BestEffort")
    denied = None
    try:
        port("zeep-nobody")[0].Ping()
    except zeep.exceptions.Fault as refused:
        denied = client.wsdl.types.deserialize(refused.detail[0])["Code"]
    except zeep.exceptions.TransportError as refused:
        denied = refused.status_code
    tax = kept["Channel"][0]["ProcessTime"][0]["Tax"][0]
    return {
        "as": service.Ping()["AuthenticatedAs"],
        "added": done(added), "request": added["RequestId"] == request, "again": done(again),
        "updated": done(service.UpdateService(kept, 1)),
        "conflict": fault(lambda: service.UpdateService(record(number), 1)),
        "read": {"name": kept["Name"][0]["_value_1"], "language": kept["Name"][0]["lang"], "amount": str(tax["Amount"]),
                 "from": tax["ValidFrom"].isoformat(), "version": read["ServiceState"]["Version"]},
        "batch": [row["Result"] for row in batch], "batch_fault": batch[1]["Fault"]["Code"],
        "foreign": fault(lambda: service.AddService(record(number, FOREIGN))),
        "listed": service.ListServices(SupplierEIK=EIK, PageNumber=1, PageSize=200)["TotalCount"] >= 2,
        "codes": [code["Code"] for code in service.GetNomenclature(DictionaryName="Currency")["Code"]],
        "denied": denied,
    }


# --- PHP, Node, Mono, gSOAP, Java ---


def by_php(portal, first):
    return json.loads(run(["php", HERE / "php" / "portal.php", portal.plans("php", first)[0]]))


def by_node(portal, first):
    folder = node_packages()
    for name in ("facts.js", "portal.js"):
        (folder / name).write_bytes((HERE / "node" / name).read_bytes())
    return json.loads(run(["node", folder / "portal.js", portal.plans("node", first)[0]]))


def by_mono(portal, first):
    folder = portal.folder / "mono"
    folder.mkdir()
    (folder / "EgovService.wsdl").write_bytes(portal.session().get(portal.wsdl, timeout=10).content)
    run(["wsdl", "/namespace:Egov", "/out:Egov.cs", "EgovService.wsdl"], cwd=folder)
    run(["mcs", "-nologo", f"-out:{folder / 'portal.exe'}",
         *(f"-r:{name}" for name in ("System.Web.Services", "System.Xml", "System.Core")),
         folder / "Egov.cs", HERE / "dotnet" / "Plan.cs", HERE / "dotnet" / "Portal.cs"])
    return json.loads(run(["mono", folder / "portal.exe", portal.plans("mono", first)[1]]))


def by_gsoap(portal, first):
    folder = portal.folder / "gsoap"
    folder.mkdir()
    (folder / "EgovService.wsdl").write_bytes(portal.session().get(portal.wsdl, timeout=10).content)
    (folder / "typemap.dat").write_text('t = "urn:egov-gateway:portal:service-record:1"\n', encoding="utf-8")
    run(["wsdl2h", "-g", "-P", "-t", "typemap.dat", "-o", "egov.h", "EgovService.wsdl"], cwd=folder)
    run(["soapcpp2", "-j", "-x", "-C", "-L", f"-I{GSOAP / 'import'}:{GSOAP}", "egov.h"], cwd=folder)
    for part in (["soapC.cpp"], ["soapEgovServiceSoap11Proxy.cpp"], [f"-I{HERE / 'gsoap'}", HERE / "gsoap" / "egov.cpp"]):
        run([*COMPILE, *part], cwd=folder)
    run(["g++", "-o", "client", *folder.glob("*.o"), "-lgsoapssl++", "-lssl", "-lcrypto", "-lz"], cwd=folder)
    return json.loads(run([folder / "client", portal.plans("gsoap", first)[1]]))


def by_java(portal, first, stack, tool):
    """The same program over what each stack generates; CXF has the names that the packages have today."""
    trust = portal.folder / f"{stack}.p12"
    run(["keytool", "-importcert", "-noprompt", "-alias", "ca", "-file", portal.certs / "ca.pem",
         "-storetype", "PKCS12", "-storepass", PASSWORD, "-keystore", trust])
    folder = portal.folder / stack
    folder.mkdir()
    sources = []
    for name in ("Plan.java", "PortalClient.java"):
        code = (HERE / "java" / name).read_text(encoding="utf-8")
        sources.append(portal.folder / stack / name)
        sources[-1].write_text(code.replace("javax.xml.ws", "jakarta.xml.ws") if stack == "cxf" else code, encoding="utf-8")
    return json.loads(run([
        "java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Dfile.encoding=UTF-8",
        f"-Djavax.net.ssl.trustStore={trust}", f"-Djavax.net.ssl.trustStorePassword={PASSWORD}",
        "-cp", f"{java_libraries() / stack / 'libs'}/*", HERE / "java" / "Build.java", tool, folder,
        ",".join(map(str, sources)), portal.plans(stack, first)[1], f"egov={portal.wsdl}",
    ], timeout=300))


@pytest.fixture(scope="module")
def told(portal):
    """What a stack told, when it was asked for the first time."""
    known = {}
    makers = {
        "zeep": lambda: {version: by_zeep(portal, version, 1000 + 10 * int(version)) for version in VERSIONS},
        "php": lambda: by_php(portal, 2000), "node": lambda: by_node(portal, 3000), "mono": lambda: by_mono(portal, 6000),
        "gsoap": lambda: by_gsoap(portal, 7000),
        "ri": lambda: by_java(portal, 4000, "ri", "wsimport"), "cxf": lambda: by_java(portal, 5000, "cxf", "wsdl2java"),
    }

    def of(stack):
        if stack not in known:
            try:
                known[stack] = makers[stack]()
            except BaseException as failed:
                known[stack] = failed
        if isinstance(known[stack], BaseException):
            raise known[stack]
        return known[stack]

    return of


@pytest.mark.parametrize(("stack", "version"), CASES)
def test_typed_answers(told, stack, version):
    facts = told(stack)[version]
    assert facts["as"] == USER
    assert facts["added"] == {"result": "CREATED", "version": 1, "status": "published"}
    assert facts["request"] is True and facts["again"] == facts["added"], "a repeated request has the same answer"
    assert facts["updated"] == {"result": "UPDATED", "version": 2, "status": "published"}
    assert facts["read"] == {"name": NAME, "language": "bg", "amount": "5.10", "from": "2026-01-01", "version": 1}
    assert facts["batch"] == ["CREATED", "REJECTED"] and facts["batch_fault"] == "EGS-4001"
    assert facts["listed"] is True and facts["codes"] == ["BGN", "EUR"]


@pytest.mark.parametrize(("stack", "version"), CASES)
def test_typed_faults(told, stack, version):
    facts = told(stack)[version]
    assert facts["conflict"] == {
        "code": "EGS-3005", "message": "Версията е променена (очаквана 1, текуща 2).",
        "fields": ["/ServiceRecord/ServiceKey"], "retryable": False,
    }
    assert facts["foreign"] == {
        "code": "EGS-2001", "message": f"Няма право върху доставчик с ЕИК {FOREIGN}.",
        "fields": ["/ServiceRecord/ServiceKey/SupplierEIK"], "retryable": False,
    }


@pytest.mark.parametrize(("stack", "version"), CASES)
def test_a_wrong_password_is_told_in_the_way_of_the_stack(told, stack, version):
    assert told(stack)[version]["denied"] in (401, "401", "EGS-2003"), "the status, or the fault of the body"
