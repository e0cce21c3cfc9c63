# SPDX-License-Identifier: Apache-2.0
"""What witnesses have found: refused checkpoints, and answers that must not be.

Reads the evidence folder of a witness of our own, and the folder in which the ledger remembers
its witnesses (log specification, section 2.6). What lies there is evidence: it is named, never
touched.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from audit.proof.verify.findings import Finding, counted
from audit.witness.collecting import Lag
from audit.witness.evidence import FOLDER, PROOFS
from audit.witness.memory import EVIDENCE_FOLDER
from domain.errors import UnreachableError

WITNESSES: Final = "witnesses"

NOTICES_MAX: Final = 20
"""Refused checkpoints of one kind that are listed where they prove nothing; more are counted."""

_NAME: Final = re.compile(
    r"(fork|inconsistent|unproved|rollback)-(0|[1-9][0-9]{0,18})-[0-9a-f]{16}"
)
_SAID: Final[Mapping[str, str]] = {
    "fork": "The log signed another tree of {size} than the one the witness had cosigned.",
    "inconsistent": "The log signed {size} that do not begin with those the witness had "
    "cosigned, as the hashes beside them prove.",
    "unproved": "A checkpoint of {size} that the log signed came with a proof that fails; "
    "whoever has it can send it so.",
    "rollback": "A checkpoint of {size} that the log signed came after a larger one; "
    "whoever kept it can send it.",
}
_MORE: Final = (
    "more such checkpoint came, which proves",
    "more such checkpoints came, which prove",
)
_NEXT: Final[Mapping[str, str]] = {
    "fork": "Keep it with the .held beside it: `muniment-verify --fraud NOTE HELD --trust FILE` "
    "proves it to anybody.",
    "inconsistent": "Keep it with the .held and .proof beside it: `muniment-verify --fraud NOTE "
    "HELD --consistency PROOF --trust FILE` proves it to anybody.",
    "unproved": "Nothing is proved. Ask the keeper for the proof from the size that was held "
    "(`muniment receipt consistency`), and judge both by `muniment-verify --fraud`.",
    "rollback": "Nothing is proved. Ask the keeper whether the ledger was restored from a backup.",
}


def witness_findings(store: Path) -> Iterator[Finding]:
    """Give what a witness of our own refused although the log had signed it.

    Only what nobody but the holder of the log's key can have brought about contradicts the log.

    Raises:
        UnreachableError: The folder cannot be read.
    """
    listed: Counter[str] = Counter()
    for note in _files(store / FOLDER, ".note"):
        found = _NAME.fullmatch(note.stem)
        if not found:
            continue
        kind = found[1]
        listed[kind] += 1
        if kind in PROOFS or listed[kind] <= NOTICES_MAX:
            yield Finding(
                check=WITNESSES,
                code=f"witness_{kind}",
                sentence=_SAID[kind].format(size=counted(int(found[2]))),
                notice=kind not in PROOFS,
                evidence=str(note),
                next_step=_NEXT[kind],
            )
    for kind in sorted(listed.keys() - PROOFS):
        more = listed[kind] - NOTICES_MAX
        if more > 0:
            came = counted(more, *_MORE)
            yield Finding(
                check=WITNESSES,
                code=f"witness_{kind}",
                sentence=f"{came} nothing either.",
                notice=True,
                evidence=str(store / FOLDER),
                next_step=_NEXT[kind],
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


def lag_findings(lag: Lag, witnessed: int | None) -> Iterator[Finding]:
    """Tell how far witnessing is behind; for a while that is as it should be.

    Args:
        lag: How far the witnessed log is behind the log itself.
        witnessed: Size of the newest checkpoint that has its quorum, if any has.
    """
    if lag.entries:
        yield Finding(
            check=WITNESSES,
            code="witness_lag",
            sentence=f"{lag}.",
            index=witnessed or 0,
            missing=lag.alarm,
            notice=not lag.alarm,
            evidence=f"witnessed size {'none' if witnessed is None else witnessed}",
            next_step="Run `muniment witness collect --policy FILE` and see which witness is away.",
        )


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
