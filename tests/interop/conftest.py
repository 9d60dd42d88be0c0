"""A running gate for the tests: `kapia demo` on a free port of the loopback address, with its example certificates."""

import os
import pathlib
import re
import signal
import subprocess
import time

import pytest
import requests

# Before they are imported, so that a failed claim in them shows its values.
pytest.register_assert_rewrite("documents", "programs", "signatures", "table")

from documents import ROOT  # noqa: E402
from programs import Desk  # noqa: E402

pytest_plugins = ["table"]


class Gate:
    """The address of a running gate and the folder of its certificates."""

    def __init__(self, base, folder):
        self.base = base
        self.certs = folder / "certs"
        self.folder = folder

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
            [program, "--lang", "en", "demo", "--dir", str(folder), "--port", "0"], stdout=log, stderr=subprocess.STDOUT
        )
    try:
        yield Gate(wait_for_address(process, pathlib.Path(log.name)), folder)
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0, "the gate drains and ends without an error"


@pytest.fixture(scope="session")
def desk(gate, tmp_path_factory):
    """Where client programs find the address, certificates in every form, and documents."""
    return Desk(gate, tmp_path_factory.mktemp("desk"))


def wait_for_address(process, log):
    """The address that the demo prints; its last line, after a call of its own, says that it serves."""
    text = ""
    for _ in range(600):
        text = log.read_text(encoding="utf-8")
        found = re.search(r"https://(?:localhost|127\.0\.0\.1):\d+", text)
        if found and "Serving" in text:
            return found.group(0).replace("127.0.0.1", "localhost")
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise AssertionError(f"the demo did not come up:\n{text}")
