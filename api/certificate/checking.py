# SPDX-License-Identifier: Apache-2.0
"""How a reader checks a certificate without trusting whoever made it."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from typing import Any, Final

import segno

from api.certificate.answer import row
from api.certificate.details import Teller
from api.certificate.wording import N_, datum
from api.tracing.inquiry import Trace
from audit.proof.checkpoint import read_body
from audit.proof.verify.beside.history import note_name
from audit.proof.verify.container import unpack
from audit.proof.verify.evidence import MANIFEST_FILE, read_manifest
from domain.errors import ProofError
from domain.identifiers import short_form
from projections.timeline.prover import Anchor

BUNDLE_OCTETS_MAX: Final = 64 * 2**20
"""What a certificate carries at most: the evidence of some thousand entries has a tenth of it."""

LINE_CHARS_MAX: Final = 200
VERIFY_PATH: Final = "/verify"
DISCLOSURES: Final = "disclosures/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """The evidence that a certificate carries.

    Attributes:
        name: Name of its file.
        octets: The bundle.
        note: The signed checkpoint that everything in it leads to.
        personal: Whether personal data is in it.
    """

    name: str
    octets: bytes
    note: str
    personal: bool

    @property
    def digest(self) -> str:
        """SHA-256 of the bundle, in hexadecimal digits."""
        return _digest(self.octets)


def carried(trace: Trace, anchor: Anchor, bundle: bytes) -> Carried:
    """Check that a bundle is the evidence of a trace, under the same checkpoint.

    Whether it proves what it shows is the verifier's matter; here only the wrong file is found.

    Raises:
        ProofError: ``certificate_bundle``.
        UsageError: It is no bundle.
    """
    if len(bundle) > BUNDLE_OCTETS_MAX:
        raise _unfit(f"it has more than {BUNDLE_OCTETS_MAX} octets")
    files = unpack(bundle)
    manifest = read_manifest(files.get(MANIFEST_FILE, b""))
    if manifest is None or manifest.subject != str(trace.firearm):
        raise _unfit("it is about something else")
    note = files.get(note_name(anchor.checkpoint.size))
    if note is None or read_body(note) != anchor.checkpoint:
        raise _unfit("it leads to another checkpoint")
    return Carried(
        name=f"{short_form(trace.firearm.uuid)}.zip",
        octets=bundle,
        note=note.decode(),
        personal=any(each.startswith(DISCLOSURES) for each in files),
    )


def checking(evidence: Carried, origin: str, teller: Teller) -> dict[str, Any]:
    """Say how to check a certificate: in a browser, or with a program of one's own.

    Args:
        evidence: What it carries.
        origin: Public origin of the service, whose page verifies.
        teller: Who says it.
    """
    address = f"{origin}{VERIFY_PATH}"
    image = BytesIO()
    segno.make(address, error="m", micro=False).save(image, kind="svg", border=2, xmldecl=False)
    return {
        "title": teller.word(N_("How to check this yourself")),
        "intro": [teller.say(each) for each in _intro(evidence)],
        "ways": [
            teller.say(
                N_("Save the file %(file)s that is attached to this PDF."), file=evidence.name
            ),
            teller.say(
                N_(
                    "In a browser, open %(address)s and give it that file. It is checked on your "
                    "own machine."
                ),
                address=address,
            ),
            teller.say(
                N_("Or on the command line: %(command)s"),
                command=f"muniment-verify {evidence.name} --trust trust.json",
            ),
            teller.say(TRUST, file="trust.json"),
            teller.say(
                N_(
                    "Compare the checkpoint in the file with the one below, and with the one that "
                    "the service publishes now: a ledger that was rewritten cannot agree with both."
                )
            ),
        ],
        "qr": image.getvalue().decode(),
        "qr_alt": teller.word(N_("QR code with the address of the page that verifies")),
        "address": address,
        "rows": [
            row(teller.say(N_("SHA-256 of the evidence")), datum(evidence.digest)),
            row(
                teller.say(N_("SHA-256 of the checkpoint")), datum(_digest(evidence.note.encode()))
            ),
        ],
        "note_title": teller.say(N_("Checkpoint")),
        "note_intro": [teller.say(N_("A signature too long to be printed ends in three dots."))],
        "note": [datum(each) for each in _lines(evidence.note)],
    }


TRUST: Final = N_(
    "Get %(file)s, which names the keys of the ledger, from its keeper by another way than this "
    "document: whoever forges the one forges the other."
)


def _lines(note: str) -> list[str]:
    """Give the lines of a checkpoint, and of a signature of some thousand characters the beginning.

    An ML-DSA signature fills a page; whoever compares by eye compares size and root.
    """
    lines = note.rstrip("\n").split("\n")
    return [
        each if len(each) <= LINE_CHARS_MAX else f"{each[:LINE_CHARS_MAX]}..." for each in lines
    ]


def _digest(octets: bytes) -> str:
    return sha256(octets).hexdigest()


def _intro(evidence: Carried) -> list[str]:
    told = [
        N_(
            "This document is a reading of the evidence that it carries. What counts is the "
            "evidence: every entry with its signature, and the proof that it stands in the ledger."
        )
    ]
    if evidence.personal:
        told.append(N_("The evidence holds personal data. Give it to nobody who may not see them."))
    return told


def _unfit(reason: str) -> ProofError:
    return ProofError(
        f"The bundle is not the evidence of this trace: {reason}.",
        slug="certificate_bundle",
        next_step="The ledger may have grown meanwhile; trace it and write the bundle again.",
    )
