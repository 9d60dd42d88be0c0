"""The table client × feature: declared by marks on the tests, printed with their outcome, kept in `docs/clients.md`."""

import pytest

# Each column: the name by which tests declare it, and the one in the table.
HEADS = {
    "generated": "WSDL", "V0, SOAP 1.1": "V0 1.1", "V1, SOAP 1.1": "V1 1.1", "V1, SOAP 1.2": "V1 1.2",
    "V2, SOAP 1.1": "V2 1.1", "V2, SOAP 1.2": "V2 1.2", "answer": "answer", "signature": "signature", "matrix": "matrix",
    "refusal": "refusal", "fault": "fault", "asynchronous": "async", "asynchronous errors": "async errors", "PDF": "PDF",
    "callback": "pushed", "habits": "habits", "typed": "typed", "portal": "EgovService",
}
COLUMNS, SHORT = list(HEADS), list(HEADS.values())
GOOD, BAD, NONE = "✓", "✗", "–"
PASSED = pytest.StashKey()
ITEMS = pytest.StashKey()


def shows(client, *features):
    """Marks a test: when it passes, `client` has these features."""
    unknown = [feature for feature in features if feature not in COLUMNS]
    assert not unknown, f"no such column: {unknown}"
    return pytest.mark.shows(client, features)


def rows(items):
    """For each client in the order of the suite, feature → node ids of the tests that show it."""
    found = {}
    for item in items:
        for mark in item.iter_markers("shows"):
            client, features = mark.args
            row = found.setdefault(client, {})
            for feature in features:
                row.setdefault(feature, []).append(item.nodeid)
    return found


def lines(found, cell):
    """The table as lines of Markdown, padded so that it reads well in a terminal."""
    width = max([len("client"), *map(len, found)])
    yield "| " + "client".ljust(width) + " | " + " | ".join(SHORT) + " |"
    yield "|" + "-" * (width + 2) + "|" + "|".join("-" * (len(short) + 2) for short in SHORT) + "|"
    for client, row in found.items():
        cells = (cell(row[column]) if column in row else NONE for column in COLUMNS)
        yield "| " + client.ljust(width) + " | " + " | ".join(
            text.center(len(short)) for text, short in zip(cells, SHORT, strict=True)
        ) + " |"


def collected(config):
    """All tests of this run, those that are left out by name as well."""
    return config.stash[ITEMS]


def declared(items):
    """The table that the suite shows if all its tests pass."""
    return list(lines(rows(items), lambda _: GOOD))


def pytest_configure(config):
    config.addinivalue_line("markers", "shows(client, features): the test shows these features of a client")
    config.stash[PASSED] = set()
    config.stash[ITEMS] = []


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items):
    config.stash[ITEMS] = list(items)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.when == "call" and report.passed:
        item.config.stash[PASSED].add(item.nodeid)
    return report


def pytest_terminal_summary(terminalreporter, config):
    found = rows(config.stash[ITEMS])
    if not found:
        return
    passed = config.stash[PASSED]
    terminalreporter.section("clients and what they showed")
    for line in lines(found, lambda ids: GOOD if passed.issuperset(ids) else BAD):
        terminalreporter.line(line)
