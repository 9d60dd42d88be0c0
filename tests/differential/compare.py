"""Differential runs: random schemas and documents, judged by Kapia, Xerces, libxml2 and xmlschema.

`python tests/differential/compare.py [--cases N] [--seed S] [--documents N] [--show]`

Every case has its own seed, so that a disagreement is repeated with `--seed S --cases 1 --show`. A verdict fails the run when more
of the others contradict than agree, those left out whose word known.py explains; so does a crash of ours.
"""

import argparse
import collections
import random
import shutil
import sys
import time
from pathlib import Path

from lxml import etree

import known
import validators
from documents import Writer, mutated
from schemas import Schema

OTHERS = ["Xerces (JDK)", "libxml2 (xmllint)", "xmlschema"]


def main():
    options = arguments()
    folder = validators.ROOT / "target/differential/cases" / f"from-{options.seed}"
    shutil.rmtree(folder, ignore_errors=True)
    begin = time.monotonic()
    jobs = [case(folder, options.seed + number, options.documents) for number in range(options.cases)]
    print(f"{len(jobs)} schemas, {sum(len(job['documents']) for job in jobs)} documents in {time.monotonic() - begin:.0f} s")
    commands = validators.commands(options.profile)
    answers = {}
    for name in ["Kapia", *OTHERS]:
        begin = time.monotonic()
        answers[name] = validators.ask(commands[name], jobs)
        print(f"{name}: {time.monotonic() - begin:.0f} s", flush=True)
    judge = Judge(jobs, answers, options.show)
    judge.all()
    judge.report()
    sys.exit(1 if judge.against else 0)


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, default=400, help="schemas")
    parser.add_argument("--documents", type=int, default=8, help="documents of each schema")
    parser.add_argument("--seed", type=int, default=1, help="of the first case; the next has the next")
    parser.add_argument("--profile", default="release", help="folder of the built examples below target")
    parser.add_argument("--show", action="store_true", help="print every disagreement, not only those against Kapia")
    return parser.parse_args()


def case(folder, seed, count):
    """Writes one schema and its documents; half of them are mutated."""
    source = random.Random(seed)
    schema = Schema(source)
    place = folder / str(seed)
    place.mkdir(parents=True)
    for name, text in schema.files.items():
        (place / name).write_text(text, encoding="utf-8")
    documents = []
    writer = Writer(source, schema)
    for number in range(count):
        root = writer.document()
        if number % 2:
            root = mutated(source, root, schema)
        path = place / f"{number}.xml"
        path.write_bytes(etree.tostring(root, encoding="UTF-8"))
        documents.append(str(path))
    return {"schemas": [str(place / "main.xsd")], "documents": documents}


class Judge:
    def __init__(self, jobs, answers, show):
        self.jobs, self.answers, self.show = jobs, answers, show
        self.agreed = collections.Counter()
        self.alone = collections.Counter()
        self.reasons = collections.Counter()
        self.against = []
        self.valid = collections.Counter()

    def all(self):
        for number, job in enumerate(self.jobs):
            texts = "".join(path.read_text(encoding="utf-8") for path in Path(job["schemas"][0]).parent.glob("*.xsd"))
            answers = {name: self.answers[name][number] for name in self.answers}
            self.one("schema", job["schemas"][0], {name: answer["schema"] for name, answer in answers.items()}, texts)
            loaded = [name for name, answer in answers.items() if answer["schema"] is None]
            if "Kapia" not in loaded:
                continue
            for index, document in enumerate(job["documents"]):
                said = {name: answers[name]["documents"][index] for name in loaded}
                self.one("document", document, said, texts + Path(document).read_text(encoding="utf-8"))

    def one(self, kind, path, said, texts):
        ours = said["Kapia"]
        self.valid[kind, ours is None] += 1
        if ours and ("PANIC" in ours or "CRASH" in ours):
            self.against.append((kind, path, said))
            return
        differ, agree = [], 0
        for name, theirs in said.items():
            if (theirs is None) != (ours is None):
                reason = known.explained(name, theirs, ours, texts)
                if reason:
                    self.reasons[f"{name}: {reason}"] += 1
                else:
                    differ.append(name)
            elif name != "Kapia":
                agree += 1
        if not differ:
            self.agreed[kind, "all agree"] += 1
        elif len(differ) > agree:
            self.agreed[kind, "against Kapia"] += 1
            self.against.append((kind, path, said))
        else:
            self.agreed[kind, "one other differs"] += 1
            self.alone[f"{differ[0]} alone on a {kind}"] += 1
            if self.show:
                tell("alone", kind, path, said)

    def report(self):
        for (kind, outcome), count in sorted(self.agreed.items()):
            print(f"{count:>7} {kind}s: {outcome}")
        for kind in ("schema", "document"):
            print(f"{self.valid[kind, True]:>7} {kind}s are valid, {self.valid[kind, False]} are not")
        for name, count in sorted(self.alone.items()):
            print(f"{count:>7} {name}")
        for reason, count in sorted(self.reasons.items()):
            print(f"{count:>7} set aside: {reason}")
        for kind, path, said in self.against:
            tell("AGAINST", kind, path, said)


def tell(word, kind, path, said):
    print(f"{word} {kind} {path}")
    for name, fault in said.items():
        print(f"    {name:20} {'valid' if fault is None else fault}")


if __name__ == "__main__":
    main()
