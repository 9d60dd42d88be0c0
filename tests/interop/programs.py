"""Client programs: what they are given, how they run, and the facts they print."""

import json
import os
import shutil
import subprocess

import pytest
from documents import (
    ASKS, CONTRACTS, NOBODYS, OFFERED, POPULATION, ROOT, SLOW, SLOW_ARGUMENT, WIRES, argument, sample, text, wrong_argument,
)
from table import shows

PASSWORD = "example"


class Desk:
    """A folder with a plan for client programs and room for what they build."""

    def __init__(self, gate, folder):
        self.gate = gate
        self.folder = folder
        self.built = folder / "built"
        self.built.mkdir()
        for who in ("consumer", "stranger", "server"):
            self.certificate_forms(who)
        plan = {
            "base": gate.base,
            "certs": str(gate.certs),
            "forms": str(folder),
            "password": PASSWORD,
            "wsdl.v0": str(self.wsdl("v0")),
            "wsdl.v1": str(self.wsdl("v1")),
            "wsdl.v2": str(self.wsdl("v2")),
            "operation": POPULATION,
            "argument": text(argument()),
            "wrong": text(wrong_argument()),
            "slow.operation": SLOW,
            "slow.argument": SLOW_ARGUMENT,
            "unknown": NOBODYS,
            "contracts.operation": CONTRACTS,
            "contracts.argument": text(sample("NRA", "GetEmploymentContractsRequest")),
        } | {f"receiver.{name}": str(port) for name, port in gate.receivers.items()}
        self.plan = folder / "plan.json"
        self.plan.write_text(json.dumps(plan, ensure_ascii=False), encoding="utf-8")
        # The same for languages without JSON at hand.
        self.lines = folder / "plan.properties"
        self.lines.write_text("".join(f"{name}={value}\n" for name, value in plan.items()), encoding="utf-8")

    def certificate_forms(self, who):
        """Certificate and key as clients keep them: both in one PEM file, and as PKCS#12."""
        certificate, key = self.gate.certs / f"{who}.pem", self.gate.certs / f"{who}-key.pem"
        (self.folder / f"{who}.pem").write_bytes(certificate.read_bytes() + key.read_bytes())
        run(["openssl", "pkcs12", "-export", "-legacy", "-in", str(certificate), "-inkey", str(key), "-name", who,
             "-passout", f"pass:{PASSWORD}", "-out", str(self.folder / f"{who}.p12")])

    def wsdl(self, version):
        """The WSDL as served, for stacks that keep it as a file."""
        name = {"v0": "RegiXService", "v1": "RegiXEntryPoint", "v2": "RegiXEntryPointV2"}[version]
        file = self.folder / f"{name}.wsdl"
        if not file.exists():
            answer = self.gate.session(who=None).get(f"{self.gate.base}/{name}.svc.singlewsdl.xml", timeout=10)
            answer.raise_for_status()
            file.write_bytes(answer.content)
        return file

    def facts(self, command, **options):
        """Runs a client program with the plan as its last argument and reads the JSON that it prints."""
        return json.loads(run([*command, self.plan], **options))

    def facts_by_lines(self, command, **options):
        """The same with the plan as lines."""
        return json.loads(run([*command, self.lines], **options))


def run(command, timeout=120, **options):
    """The output of a program; if it is missing or fails, the test says which and what it said."""
    command = [str(part) for part in command]
    if shutil.which(command[0]) is None:
        pytest.fail(f"the program {command[0]} is missing: .ci/run installs it", pytrace=False)
    # The gate is on this machine.
    environment = os.environ | {"NO_PROXY": "localhost,127.0.0.1", "no_proxy": "localhost,127.0.0.1"}
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=timeout, check=False, env=environment, **options
    )
    if done.returncode != 0:
        pytest.fail(f"{' '.join(command)} ended with {done.returncode}\n{done.stdout}\n{done.stderr}", pytrace=False)
    return done.stdout


def cases(client, wires=tuple(WIRES), *also):
    """One test for each wire of a client and each ask that its contract has, with its place in the table."""
    return [
        pytest.param(client, wire, ask, id=f"{wire}-{ask}", marks=shows(client, WIRES[wire], ASKS[ask], *also))
        for wire in wires for ask in OFFERED[wire[:2]]
    ]


def clients_folder(name):
    """Where packages of a stack are kept between runs; nothing of it is in the tree."""
    folder = ROOT / "target" / "clients" / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def java_libraries():
    """The folders of Java libraries, one for each stack, as the poms name them."""
    source = ROOT / "tests" / "interop" / "java"
    folder = clients_folder("java")
    poms = [pom.relative_to(source) for pom in source.rglob("pom.xml")]
    fresh = all((folder / pom).exists() and (folder / pom).read_bytes() == (source / pom).read_bytes() for pom in poms)
    if not (fresh and all((folder / pom).parent.joinpath("libs").exists() for pom in poms if pom.parent.name)):
        shutil.rmtree(folder)
        for pom in poms:
            (folder / pom).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source / pom, folder / pom)
        run(["mvn", "--quiet", "--batch-mode", "--threads", "2", "-Dmaven.artifact.threads=8",
             "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies",
             "-DoutputDirectory=${project.basedir}/libs"], cwd=folder, timeout=600)
    return folder


def node_packages():
    """The folder of Node packages, as the lock file names them."""
    source = ROOT / "tests" / "interop" / "node"
    folder = clients_folder("node")
    kept, lock = folder / "package-lock.json", source / "package-lock.json"
    if not (kept.exists() and kept.read_bytes() == lock.read_bytes() and (folder / "node_modules").exists()):
        shutil.copy(source / "package.json", folder)
        shutil.copy(lock, folder)
        run(["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=folder, timeout=600)
    return folder
