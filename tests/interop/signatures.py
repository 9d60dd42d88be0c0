"""Verification of signed answers by programs of others: xmlsec1 on the octets as received."""

import subprocess

from documents import SIGNED_WIRES, namespace
from programs import run


def xmlsec1(gate, octets, namespace, folder):
    """Verifies with xmlsec1, trusting the signer's certificate alone; whether it holds, and what the program said."""
    run(["xmlsec1", "--version"])
    message = folder / "message.xml"
    message.write_bytes(octets)
    done = subprocess.run(
        ["xmlsec1", "--verify", "--enabled-key-data", "x509,rsa", "--id-attr:id", f"{namespace}:Data",
         "--pubkey-cert-pem", str(gate.certs / "signer.pem"), str(message)],
        capture_output=True, text=True, check=False,
    )
    return done.returncode == 0, done.stderr


def wishes_a_signature(wire, ask):
    return wire in SIGNED_WIRES and ask in ("signed", "later", "paper")


def holds(gate, facts, wire, ask, folder):
    """The answer of an ask that wishes a signature verifies."""
    if wishes_a_signature(wire, ask):
        answer = facts["answer"] if ask == "later" else facts
        verifies(gate, answer["octets"], namespace(wire), folder)


def verifies(gate, octets, namespace, folder):
    """The signature over `Data` holds in the message as received, and does not when a letter of the answer changes."""
    if isinstance(octets, str):
        octets = octets.encode()
    held, said = xmlsec1(gate, octets, namespace, folder)
    assert held, said
    end = octets.index(b"</Response>")
    place = octets.rindex(b"</", 0, octets.rindex(b"</", 0, end))
    tampered = octets[:place] + b"x" + octets[place:]
    held, _ = xmlsec1(gate, tampered, namespace, folder)
    assert not held, "a changed answer still verifies"
