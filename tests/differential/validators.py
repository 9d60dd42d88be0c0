"""The validators that are compared, each as some processes that answer jobs line by line (worker.py says in which words)."""

import hashlib
import json
import os
import queue
import select
import signal
import subprocess
import sys
import threading
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
XSD = "http://www.w3.org/2001/XMLSchema"
#: Seconds that one job may take.
PATIENCE = 60


def commands(profile):
    """The command of every validator; ours first."""
    classes = ROOT / "target/differential/classes"
    if not (classes / "Verdicts.class").exists() or (classes / "Verdicts.class").stat().st_mtime < (HERE / "Verdicts.java").stat().st_mtime:
        classes.mkdir(parents=True, exist_ok=True)
        subprocess.run(["javac", "-d", str(classes), str(HERE / "Verdicts.java")], check=True)
    worker = [sys.executable, str(HERE / "worker.py")]
    return {
        "Kapia": [str(ROOT / "target" / profile / "examples/verdicts")],
        "Xerces (JDK)": ["java", "-Xss8m", "-Xmx1g", "-cp", str(classes), "Verdicts"],
        "libxml2 (xmllint)": [*worker, "xmllint"],
        "libxml2 (lxml)": [*worker, "lxml"],
        "xmlschema": [*worker, "xmlschema"],
    }


def ask(command, jobs, processes=2):
    """The answers to all jobs, in order. A process that dies or takes too long has refused the schema: it says so and is replaced."""
    answers = [None] * len(jobs)
    waiting = queue.SimpleQueue()
    for index in range(len(jobs)):
        waiting.put(index)

    def serve():
        process = None
        while True:
            try:
                index = waiting.get_nowait()
            except queue.Empty:
                break
            if process is None:
                # A session of its own, so that what it starts ends with it.
                process = subprocess.Popen(
                    command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    text=True,
                    encoding="utf-8",
                    start_new_session=True,
                )
            try:
                process.stdin.write(json.dumps(jobs[index], ensure_ascii=False) + "\n")
                process.stdin.flush()
                ready, _, _ = select.select([process.stdout], [], [], PATIENCE)
                answers[index] = json.loads(process.stdout.readline()) if ready else None
            except (OSError, ValueError):
                pass
            if answers[index] is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                process = None
                answers[index] = {"schema": "CRASH or too long", "documents": []}
        if process is not None:
            process.stdin.close()
            process.wait()

    threads = [threading.Thread(target=serve) for _ in range(processes)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def together(paths, folder):
    """One schema document that brings in all of these, for validators that take one: documents of one namespace are included, others imported."""
    from lxml import etree

    if len(paths) == 1:
        return paths[0]
    targets = {}
    for path in paths:
        try:
            target = etree.parse(path).getroot().get("targetNamespace", "").strip()
        except (etree.XMLSyntaxError, OSError):
            target = ""
        targets.setdefault(target, []).append(path)
    name = hashlib.sha256("|".join(paths).encode()).hexdigest()[:16]
    os.makedirs(folder, exist_ok=True)

    def document(file, target, lines):
        path = os.path.join(folder, file)
        quoted = target.replace("&", "&amp;").replace('"', "&quot;")
        own = f' targetNamespace="{quoted}"' if target else ""
        Path(path).write_text(f'<xs:schema xmlns:xs="{XSD}"{own}>' + "".join(lines) + "</xs:schema>", encoding="utf-8")
        return path

    parts = []
    for number, (target, files) in enumerate(targets.items()):
        if len(files) > 1:
            lines = [f'<xs:include schemaLocation="{Path(file).as_uri()}"/>' for file in files]
            files = [document(f"{name}-{number}.xsd", target, lines)]
        parts.append((target, files[0]))
    if len(parts) == 1:
        return parts[0][1]
    imports = []
    for target, file in parts:
        space = f'namespace="{target}" ' if target else ""
        imports.append(f'<xs:import {space}schemaLocation="{Path(file).as_uri()}"/>')
    return document(f"{name}.xsd", "urn:together" if parts else "", imports)
