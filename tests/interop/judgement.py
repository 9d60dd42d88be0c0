"""What each call has to show, whichever client made it."""

import base64
import tempfile

from documents import PAPER, REQUEST, RESPONSE, STRANGER, UNKNOWN, WRONG_CODE, first_name
from programs import run


def judge(facts, wire, ask):
    """Holds the facts of one call, as a client program saw them, against what the ask has to show."""
    if ask == "wrong":
        is_a_fault(facts)
    elif ask == "stranger":
        is_a_refusal(facts, wire)
    elif ask == "later":
        is_answered_later(facts, wire)
    elif ask == "astray":
        is_told_apart(facts, wire)
    elif ask == "paper":
        is_on_paper(facts)
    elif ask == "pushed":
        is_pushed(facts)
    else:
        is_an_answer(facts, wire)
        if wire.startswith("v0"):
            return
        assert facts["signed"] is (ask == "signed"), facts
        names = facts["matrix"]
        assert (names is not None) is (ask == "matrix"), facts
        if names is not None:
            assert "FirstName" in names and names == sorted(names), facts


def is_an_answer(facts, wire="v2"):
    assert facts["outcome"] == "result", facts
    assert facts["ready"] is True and facts["has_error"] is False and facts["error"] is None, facts
    # A stack that forgets namespaces gives the local name alone.
    assert facts["response"] in (f"{{{RESPONSE}}}ValidPersonResponse", "ValidPersonResponse"), facts
    assert facts["first_name"] == first_name(), facts
    if wire.startswith("v0"):
        return  # the oldest answer has neither the request nor a number
    assert facts["request"] in (f"{{{REQUEST}}}ValidPersonRequest", "ValidPersonRequest"), facts
    assert int(facts["call_id"]) > 0, facts


def is_a_refusal(facts, wire="v2"):
    assert facts["outcome"] == "result", facts
    assert facts["has_error"] is True and facts["error"] == STRANGER, facts
    assert facts["response"] is None and facts["first_name"] is None, facts
    if not wire.startswith("v0"):
        assert facts["signed"] is False and int(facts["call_id"]) == 0, facts


def is_a_fault(facts):
    assert facts["outcome"] == "fault", facts
    assert facts["text"], facts
    assert "argument-invalid" in facts["detail"] and "/ValidPersonRequest" in facts["detail"], facts
    assert 'lang="bg"' in facts["detail"], facts


def is_accepted(facts, wire):
    """A number, and in V2 a code that begins with it; `facts` are the first reply to an asynchronous call."""
    assert facts["has_error"] is False and facts["error"] is None and int(facts["call_id"]) > 0, facts
    if wire.startswith("v2"):
        assert facts["ready"] is False and facts["code"].startswith(f"{int(facts['call_id'])}."), facts


def is_answered_later(facts, wire):
    """An asynchronous call: accepted, fetched (signed where the contract can), acknowledged, and then gone."""
    is_accepted(facts["accepted"], wire)
    answer = facts["answer"]
    is_an_answer(answer, wire)
    if wire.startswith("v0"):
        return
    assert int(answer["call_id"]) == int(facts["accepted"]["call_id"]), facts
    # V1 and V2 ask for a signature.
    assert answer["signed"] is True, facts
    if wire.startswith("v2"):
        assert facts["acknowledged"] is True, "the reply without content is read"
        gone = f"There is no operation known with the provided id: {int(answer['call_id'])}"
        assert facts["gone"]["has_error"] is True and facts["gone"]["error"] == gone, facts


def is_pushed(facts):
    """What the consumer's own server read is the signed answer, brought by the gate with its certificate."""
    is_accepted(facts["accepted"], "v2")
    received = facts["received"]
    is_an_answer(received)
    assert received["signed"] is True, facts
    assert int(received["call_id"]) == int(facts["accepted"]["call_id"]), facts
    assert facts["caller"] == "localhost", "the gate shows the certificate of its address"


def is_told_apart(facts, wire):
    """What a program can do wrong, and what it has to wait for, each in a form of its own."""
    pending = facts["pending"]
    assert pending["ready"] is False and pending["has_error"] is False and pending["error"] is None, facts
    assert pending["response"] is None, facts
    is_this_fault(facts["unknown"], UNKNOWN[wire[:2]], "call-unknown")
    refused = facts["refused"]
    assert refused["has_error"] is True and refused["error"] == STRANGER and int(refused["call_id"]) == 0, facts
    if wire.startswith("v2"):
        code = facts["code"]
        assert code["ready"] is False and code["has_error"] is True and code["error"] == WRONG_CODE, facts
        is_this_fault(facts["unnumbered"], UNKNOWN["v2"], "call-unknown")
        is_this_fault(facts["unready"], None, "call-not-ready")


def is_this_fault(facts, reason, code):
    assert facts["outcome"] == "fault" and f'code="{code}"' in facts["detail"], facts
    assert reason is None or facts["text"] == reason, facts


def is_on_paper(facts):
    assert facts["outcome"] == "result" and facts["ready"] is True and facts["has_error"] is False, facts
    assert facts["request"] in (f"{{{REQUEST}}}ValidPersonRequest", "ValidPersonRequest"), facts
    assert facts["response"] in (PAPER, "BinaryArgument") and facts["signed"] is True, facts
    shows_the_person(base64.b64decode(facts["pdf"], validate=True))


def shows_the_person(octets):
    """The file is a PDF without damage whose text can be taken out of it."""
    assert octets.startswith(b"%PDF-"), octets[:20]
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(octets)
        file.flush()
        run(["qpdf", "--check", file.name])
        assert first_name() in run(["pdftotext", "-layout", file.name, "-"])
