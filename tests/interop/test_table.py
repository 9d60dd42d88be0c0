"""The table in `docs/clients.md` is the one that this suite shows."""

import pathlib

from documents import ROOT
from table import collected, declared

HERE = pathlib.Path(__file__).parent


def rows(lines):
    return [" ".join(line.split()) for line in lines if line.startswith("|")]


def test_the_table_in_the_book_is_the_one_shown_here(request):
    items = collected(request.config)
    book = rows((ROOT / "docs" / "clients.md").read_text(encoding="utf-8").split("<!-- end of the table -->")[0].splitlines())
    shown = rows(declared(items))
    missing = [row for row in shown if row not in book and not row.startswith("|-")]
    assert not missing, "docs/clients.md lacks these rows:\n" + "\n".join(declared(items))
    if {item.path for item in items} == set(HERE.glob("test_*.py")):
        assert len(book) == len(shown), "docs/clients.md has rows that nothing shows"
