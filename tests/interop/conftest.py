"""A running gate for the tests: `kapia demo` on a free port of the loopback address, with its example certificates."""

import contextlib
import os
import pathlib
import random
import re
import signal
import socket
import subprocess
import time

import pytest
import requests

# Before they are imported, so that a failed claim in them shows its values.
pytest.register_assert_rewrite("documents", "judgement", "programs", "signatures", "table")

from documents import ROOT  # noqa: E402
from programs import Desk, run  # noqa: E402

pytest_plugins = ["table"]

# The stacks that receive pushed answers, each on a port of its own.
RECEIVERS = ("zeep", "ri", "cxf", "node", "php", "gsoap")


class Gate:
    """The addresses of a running gate, the folder of its certificates, and the ports to which it may push answers."""

    def __init__(self, base, metrics, folder, receivers):
        self.base = base
        self.metrics = metrics
        self.receivers = receivers
        self.certs = folder / "certs"
        self.folder = folder
        self.deliveries = 0

    def has_delivered_one_more(self):
        """The gate takes the reply of a receiver for a success: it never had to try again. Asked once for each receiver."""
        self.deliveries += 1
        end = time.monotonic() + 10
        while True:
            text = self.session(who=None).get(self.metrics, timeout=10).text
            ended = dict(re.findall(r'^kapia_deferred_pushes_total\{ended="([^"]+)"\} (\d+)', text, re.MULTILINE))
            if sum(map(int, ended.values())) >= self.deliveries or time.monotonic() > end:
                break
            time.sleep(0.05)
        assert int(ended["delivered"]) >= self.deliveries and ended["again"] == ended["given-up"] == "0", ended

    def session(self, who="consumer"):
        """An HTTPS session that trusts the example authority and shows the certificate of `who`."""
        session = requests.Session()
        session.trust_env = False
        session.verify = str(self.certs / "ca.pem")
        if who:
            session.cert = (str(self.certs / f"{who}.pem"), str(self.certs / f"{who}-key.pem"))
        return session


@pytest.fixture(scope="session")
def gate(tmp_path_factory):
    program = os.environ.get("KAPIA", str(ROOT / "target" / "release" / "kapia"))
    folder = tmp_path_factory.mktemp("gate") / "demo"
    with open(folder.parent / "gate.log", "w", encoding="utf-8") as log:
        process = subprocess.Popen(
            [program, "--lang", "en", "demo", "--dir", str(folder), "--port", "0", "--adapters", str(ROOT / "tests" / "packages")],
            stdout=log, stderr=subprocess.STDOUT,
        )
    try:
        base, metrics = wait_for_addresses(process, pathlib.Path(log.name))
        receivers = dict(zip(RECEIVERS, free_ports(len(RECEIVERS)), strict=True))
        hosts = [f"localhost:{port}" for port in receivers.values()]
        run([program, "--config", folder / "kapia.toml", "consumer", "callback", "add", "demo", *hosts])
        # The gate sees the change within a second.
        time.sleep(1.5)
        yield Gate(base, metrics, folder, receivers)
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0, "the gate drains and ends without an error"


@pytest.fixture(scope="module")
def corpus_gate(tmp_path_factory):
    """A gate that serves the packages of the corpus: its address, their names, and a session without a certificate."""
    program = os.environ.get("KAPIA", str(ROOT / "target" / "release" / "kapia"))
    folder = tmp_path_factory.mktemp("corpus") / "demo"
    packages = ROOT.parent / "shared" / "corpus" / "adapters"
    with open(folder.parent / "gate.log", "w", encoding="utf-8") as log:
        process = subprocess.Popen(
            [program, "--lang", "en", "demo", "--dir", str(folder), "--port", "0", "--adapters", str(packages)],
            stdout=log, stderr=subprocess.STDOUT,
        )
    try:
        base, _ = wait_for_addresses(process, pathlib.Path(log.name))
        session = requests.Session()
        session.trust_env = False
        session.verify = str(folder / "certs" / "ca.pem")
        yield base, sorted(entry.name for entry in packages.iterdir()), session
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0, "the gate drains and ends without an error"


@pytest.fixture(scope="session")
def desk(gate, tmp_path_factory):
    """Where client programs find the address, certificates in every form, and documents."""
    return Desk(gate, tmp_path_factory.mktemp("desk"))


def free_ports(count):
    """Ports on which nobody listens, below those that the system gives to outgoing connections."""
    with contextlib.ExitStack() as held:
        ports = []
        for port in random.sample(range(20_000, 32_000), 200):
            probe = held.enter_context(socket.socket())
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                ports.append(port)
            if len(ports) == count:
                return ports
    raise AssertionError("no free ports")


def wait_for_addresses(process, log):
    """The addresses that the demo prints, of consumers and of metrics; its last line, after a call of its own, says that it serves."""
    text = ""
    for _ in range(600):
        text = log.read_text(encoding="utf-8")
        found = re.search(r"https://(?:localhost|127\.0\.0\.1):\d+", text)
        if found and "Serving" in text:
            metrics = re.search(r"(http://127\.0\.0\.1:\d+)/readyz", text).group(1)
            return found.group(0).replace("127.0.0.1", "localhost"), f"{metrics}/metrics"
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise AssertionError(f"the demo did not come up:\n{text}")
