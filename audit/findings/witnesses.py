# SPDX-License-Identifier: Apache-2.0
"""What witnesses have found: refused checkpoints, and answers that must not be.

Reads the evidence folder of a witness of our own, and the folder in which the ledger remembers
its witnesses (log specification, section 2.6). What lies there is evidence: it is named, never
touched. How long witnessing lags behind is told by ``muniment witness collect``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from audit.proof.checkpoint import parse_checkpoint
from audit.proof.note import NOTE_OCTETS_MAX
from audit.proof.verify.findings import Finding
from audit.witness.collecting import PENDING_FILE, WITNESSED_FILE
from audit.witness.evidence import FOLDER
from audit.witness.memory import EVIDENCE_FOLDER
from domain.errors import ProofError, UnreachableError

WITNESSES: Final = "witnesses"

_NAME: Final = re.compile(r"(fork|unproved|rollback)-(0|[1-9][0-9]{0,18})-[0-9a-f]{16}")
_SAID: Final[Mapping[str, str]] = {
    "fork": "The log signed another tree of {size} entries than the one the witness had cosigned.",
    "unproved": "The log signed {size} entries without a proof that the witnessed ones are among "
    "them.",
    "rollback": "The log signed {size} entries, fewer than the witness had cosigned.",
}
_NEXT: Final = (
    "Keep the file and the one beside it as .held; compare them with `muniment-verify --fraud`."
)


def witness_findings(store: Path) -> Iterator[Finding]:
    """Give what a witness of our own refused although the log had signed it.

    Raises:
        UnreachableError: The folder cannot be read.
    """
    for note in _files(store / FOLDER, ".note"):
        found = _NAME.fullmatch(note.stem)
        if found:
            yield Finding(
                check=WITNESSES,
                code=f"witness_{found[1]}",
                sentence=_SAID[found[1]].format(size=found[2]),
                evidence=str(note),
                next_step=_NEXT,
            )


def answer_findings(folder: Path) -> Iterator[Finding]:
    """Give what the ledger's witnesses answered that must not be.

    Raises:
        UnreachableError: The folder cannot be read.
    """
    for request in _files(folder / EVIDENCE_FOLDER, ".request"):
        yield Finding(
            check=WITNESSES,
            code="witness_conflict",
            sentence="A witness holds another history of this log than the ledger has.",
            evidence=str(request),
            next_step="Stop writing, keep the file and the one beside it as .answer, and compare "
            "the log with the witness's checkpoint.",
        )


def lag_findings(folder: Path) -> Iterator[Finding]:
    """Tell whether the newest checkpoint that witnesses were asked about has its quorum.

    The two files are the ledger's own, and are read here without their signatures.

    Raises:
        UnreachableError: One of them cannot be read.
    """
    pending, witnessed = _size(folder / PENDING_FILE), _size(folder / WITNESSED_FILE)
    if pending is not None and pending > (witnessed or 0):
        yield Finding(
            check=WITNESSES,
            code="witness_lag",
            sentence=f"{pending - (witnessed or 0)} signed entries are not witnessed by a quorum.",
            index=witnessed or 0,
            missing=True,
            evidence=f"pending size {pending}, witnessed size {witnessed or 'none'}",
            next_step="Run `muniment witness collect --policy FILE` and see which witness is away.",
        )


def _size(path: Path) -> int | None:
    try:
        with path.open("rb") as file:
            text = file.read(NOTE_OCTETS_MAX).partition(b"\n\n")[0].decode() + "\n"
        return parse_checkpoint(text).size
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError, ProofError) as error:
        raise UnreachableError(
            f"{path} is no checkpoint that can be read.",
            slug="witness_memory",
            next_step="Remove it and run `muniment witness collect --policy FILE`.",
        ) from error


def _files(folder: Path, suffix: str) -> list[Path]:
    """Give the files of a suffix in each folder of a folder."""
    # Globbing would pass over in silence what it is not allowed to see.
    try:
        inner = [each for each in folder.iterdir() if each.is_dir()]
        found = [each for one in inner for each in one.iterdir() if each.suffix == suffix]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise UnreachableError(
            f"{folder} cannot be read: {error.strerror}.",
            slug="evidence_unreadable",
            next_step="Correct the rights of the folder and run it again.",
        ) from error
    return sorted(found)
