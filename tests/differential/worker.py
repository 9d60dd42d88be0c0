"""One validator as a filter: a job in a line of input, an answer in a line of output, both JSON.

`{"schemas": ["main.xsd"], "documents": ["a.xml", …]}` is answered by `{"schema": null, "documents": [null, "why not"]}`:
`null` is valid, a text is why not; documents of a schema that is refused get no verdict. The last schema counts.
`src/schema/examples/verdicts.rs` and `Verdicts.java` speak the same.
"""

import json
import subprocess
import sys


def main():
    load = {"lxml": lxml, "xmllint": xmllint, "xmlschema": xmlschema}[sys.argv[1]]
    for line in sys.stdin:
        job = json.loads(line)
        print(json.dumps(answer(load, job["schemas"][-1], job["documents"])), flush=True)


def answer(load, schema, documents):
    try:
        validate = load(schema, documents)
    except Exception as error:
        return {"schema": said(error), "documents": []}
    verdicts = []
    for document in documents:
        try:
            validate(document)
            verdicts.append(None)
        except Exception as error:
            verdicts.append(said(error))
    return {"schema": None, "documents": verdicts}


def said(error):
    return (f"{type(error).__name__}: {error}".strip().splitlines() or ["?"])[0][:300]


def lxml(schema, _):
    from lxml import etree

    parser = etree.XMLParser(no_network=True, resolve_entities=False, huge_tree=True)
    loaded = etree.XMLSchema(etree.parse(schema, parser))
    return lambda document: loaded.assertValid(etree.parse(document, parser))


def xmllint(schema, documents):
    """All documents in one call: the tool says of each whether it validates, and exits with 5 if the schema does not compile."""
    command = ["xmllint", "--noout", "--nonet", "--schema", schema, *(documents or ["/dev/null"])]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=20)
    lines = done.stderr.splitlines()
    if done.returncode == 5 or any("failed to compile" in line for line in lines):
        raise ValueError(next((line for line in lines if "error" in line), "failed to compile"))
    if done.returncode < 0:
        raise ValueError(f"signal {-done.returncode}")

    def validate(document):
        if f"{document} validates" not in lines:
            faults = [line for line in lines if line.startswith(f"{document}:")]
            raise ValueError(faults[0] if faults else "not well-formed")

    return validate


def xmlschema(schema, _):
    import xmlschema as package

    loaded = package.XMLSchema10(schema, allow="local", defuse="never")
    return lambda document: loaded.validate(document)


if __name__ == "__main__":
    main()
