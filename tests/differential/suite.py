"""How several validators fare on the W3C XML Schema test suite: `python tests/differential/suite.py [VALIDATOR…]`.

The suite must lie unpacked in target/suites/xsts (the conformance test of kapia-schema does that), and
`cargo build --release -p kapia-schema --examples` must have run. Prints the table that stands in docs/schema.md.
"""

import argparse
import json
import subprocess
import time
from collections import Counter

import validators

SUITE = validators.ROOT / "target/suites/xsts"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("validators", nargs="*", help="parts of their names; without any, all")
    parser.add_argument("--profile", default="release", help="folder of the built examples below target")
    options = parser.parse_args()
    lister = validators.ROOT / "target" / options.profile / "examples/suite"
    listed = subprocess.run([lister, SUITE.resolve()], check=True, capture_output=True, text=True).stdout
    cases = [json.loads(line) for line in listed.splitlines()]
    folder = validators.ROOT / "target/differential/together"
    jobs, single = [], []
    for case in cases:
        documents = [instance["path"] for instance in case["instances"]]
        jobs.append({"schemas": case["schemas"], "documents": documents})
        single.append({"schemas": [validators.together(case["schemas"], str(folder))], "documents": documents})
    print(f"{'':20} {'schemas':>16} {'instances':>16} {'all':>16}   seconds")
    wrong = {}
    for name, command in validators.commands(options.profile).items():
        if options.validators and not any(word.lower() in name.lower() for word in options.validators):
            continue
        begin = time.monotonic()
        answers = validators.ask(command, jobs if name == "Kapia" else single)
        counts, wrong[name] = judge(cases, answers)
        shown = [share(*counts[kind]) for kind in ("schema", "instance")]
        shown.append(share(*(sum(pair) for pair in zip(counts["schema"], counts["instance"]))))
        print(f"{name:20} " + " ".join(f"{text:>16}" for text in shown) + f"   {time.monotonic() - begin:7.0f}", flush=True)
    ours = wrong.get("Kapia", {})
    out = validators.ROOT / "target/differential/suite.json"
    out.write_text(json.dumps(wrong, indent=1, ensure_ascii=False))
    for name, theirs in wrong.items():
        if name != "Kapia" and ours:
            better = sorted(set(ours) - set(theirs))
            print(f"right in {name} and not here: {len(better)}: {', '.join(better)}")


def judge(cases, answers):
    """Right and all by kind; and what is wrong, with what was said. By the rules of conformance.rs."""
    right, all_, wrong = Counter(), Counter(), {}

    def count(kind, name, expected, fault):
        all_[kind] += 1
        if (fault is None) == expected:
            right[kind] += 1
        else:
            wrong[f"{kind} {name}"] = fault

    for case, answer in zip(cases, answers):
        if case["schema"]:
            count("schema", case["schema"]["name"], case["schema"]["valid"], answer["schema"])
        for index, instance in enumerate(case["instances"]):
            if instance["late_hint"]:
                fault = "names a schema too late"
            elif answer["schema"] is None:
                fault = answer["documents"][index]
            elif case["schema"] and not instance["valid"]:
                fault = None
            else:
                fault = answer["schema"]
            count("instance", instance["name"], instance["valid"], fault)
    return {kind: (right[kind], all_[kind]) for kind in ("schema", "instance")}, wrong


def share(right, all_):
    return f"{right} {100 * right / all_:.2f} %"


if __name__ == "__main__":
    main()
