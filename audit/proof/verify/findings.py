# SPDX-License-Identifier: Apache-2.0
"""One thing that was found, in the same form whoever found it.

Shared by the offline verifier and by ``muniment fsck``, so that all findings can be listed
together (log specification, sections 2.9 and 2.10). Where they are kept is left to the caller.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Severity = Literal["violation", "gap", "notice"]
"""A contradiction, a missing piece, or something to know that is in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that does not hold.

    Attributes:
        check: Name of the check it belongs to.
        code: Stable name of what is wrong.
        sentence: What is wrong, for a person.
        index: Position in the log, where it has one.
        missing: Whether evidence is absent, rather than contradicted.
        notice: Whether nothing is wrong, and a person should know all the same.
        evidence: What shows it: hashes, octets, places of files; never personal data.
        next_step: What to do about it, in one sentence.
    """

    check: str
    code: str
    sentence: str
    index: int | None = None
    missing: bool = False
    notice: bool = False
    evidence: str = ""
    next_step: str = ""

    def __str__(self) -> str:
        """Give the sentence with the place it is about."""
        return self.sentence if self.index is None else f"Index {self.index}: {self.sentence}"

    @property
    def severity(self) -> Severity:
        """How much it weighs."""
        if self.notice:
            return "notice"
        return "gap" if self.missing else "violation"

    def to_json(self) -> Mapping[str, object]:
        """Give the finding as JSON values."""
        return {
            "check": self.check,
            "code": self.code,
            "severity": self.severity,
            "index": self.index,
            "sentence": self.sentence,
            "missing": self.missing,
            "evidence": self.evidence,
            "next_step": self.next_step,
        }


def counted(number: int, one: str = "entry", many: str = "") -> str:
    """Say how many there are: ``1 entry``, ``2 entries``, ``1,042 time-stamps``."""
    return f"{number:,} {one if number == 1 else many or _plural(one)}"


def every(number: int, one: str, many: str) -> str:
    """Say something of all there are: ``The one entry is``, ``All 2 entries are``."""
    return f"The one {one}" if number == 1 else f"All {number:,} {many}"


def well_formed(number: int) -> str:
    """Say that all entries have the form that their type asks for."""
    said = every(number, "entry has the one form of its", "entries have the one form of their")
    return f"{said} event type."


def well_signed(number: int) -> str:
    """Say that all signatures verify."""
    one, many = "signature verifies under the key it names", "signatures verify under the keys"
    return f"{every(number, one, f'{many} they name')}."


def between(first: int, last: int, one: str = "entry") -> str:
    """Name what lies in a range, its last included: ``entry 5``, ``octets 5 to 7``."""
    return f"{one} {first}" if first == last else f"{_plural(one)} {first} to {last}"


def _plural(one: str) -> str:
    return "entries" if one == "entry" else f"{one}s"
