"""The pages of invented administrations, served by the example of kapia-pages, and a headless Chromium that reads them.

One server, one browser, and one window for each size and scheme serve all tests; what a browser adds nothing to is asked for
by plain HTTP.
"""

import os
import pathlib
import re
import shutil
import subprocess

import pytest
from playwright.sync_api import sync_playwright

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = pathlib.Path(__file__).resolve().parent
# The name under which the site of one administration is served; browsers look for it on their own machine.
SITE = "gorna-porta.localhost"
MUNICIPALITY = "000696327"


@pytest.fixture(scope="session")
def served():
    """The port on which the pages are served."""
    program = os.environ.get("KAPIA_PORTAL", str(ROOT / "target" / "debug" / "examples" / "portal"))
    command = [program, "0", SITE, MUNICIPALITY, str(HERE / "site")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        line = process.stdout.readline()
        found = re.search(r":(\d+)$", line.strip())
        assert found, f"the pages are not served: {line}{process.stderr.read()}"
        yield int(found.group(1))
        assert process.poll() is None, process.stderr.read()
    finally:
        process.kill()
        _, complaints = process.communicate()
    assert complaints == "", "templates of the site are complained about, or the server failed"


@pytest.fixture(scope="session")
def base(served):
    """The site with everything."""
    return f"http://localhost:{served}"


@pytest.fixture(scope="session")
def site(served):
    """The site of one administration."""
    return f"http://{SITE}:{served}"


@pytest.fixture(scope="session")
def browser():
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    assert program, "Chromium is needed: apt-get install chromium"
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])


class Window:
    """A window of one size and scheme, and what happened in it since the last page was opened."""

    def __init__(self, browser, width=1280, scheme="light", **more):
        self.width, self.scheme = width, scheme
        self.context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce", **more
        )
        self.complaints, self.asked = [], []
        self.page = self.another()

    def another(self):
        """A further page, on which nothing has the focus and nothing was changed."""
        page = self.context.new_page()
        page.on("console", lambda message: self.complaints.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        page.on("requestfailed", self._failed)
        page.on("dialog", lambda dialog: self.complaints.append(f"dialog: {dialog.message}"))
        page.on("request", lambda request: self.asked.append(request.url))
        return page

    def _failed(self, request):
        # What the browser gives up itself when a page is left says nothing of the page.
        if request.failure != "net::ERR_ABORTED":
            self.complaints.append(f"failed: {request.failure} {request.url}")

    def open(self, address, page=None):
        """Opens an address; the status of the answer."""
        self.complaints.clear()
        self.asked.clear()
        return (page or self.page).goto(address).status


@pytest.fixture(scope="session")
def windows(browser):
    """Windows by width, scheme and whatever else distinguishes them; each is opened once."""
    known = {}

    def window(width=1280, scheme="light", **more):
        key = (width, scheme, *sorted(more.items()))
        if key not in known:
            known[key] = Window(browser, width, scheme, **more)
        return known[key]

    return window


@pytest.fixture(scope="session")
def axe():
    """The rules of axe-core, as a program for the browser."""
    folder = ROOT / "target" / "pages"
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / "node_modules" / "axe-core" / "axe.min.js"
    if not program.exists():
        shutil.copy(HERE / "package.json", folder)
        subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund"], cwd=folder, check=True)
    return program.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def shots():
    """Where the pictures go, for people to look at; there are none but those of this run."""
    folder = ROOT / "target" / "pages" / "shots"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
