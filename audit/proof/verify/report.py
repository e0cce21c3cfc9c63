# SPDX-License-Identifier: Apache-2.0
"""What the verifier found: named checks, the first failure, and an exit code.

Implements the reporting rules of the log specification, section 2.9: every check is ok,
failed, not checked or assumed, and what was not done is never called ok. Findings are
counted without bound and kept up to a bound, those with the lowest indexes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from enum import IntEnum
from itertools import chain
from typing import Any, Final, Literal

from audit.proof.verify.findings import Finding, Severity

State = Literal["ok", "failed", "not checked", "assumed"]

FINDINGS_KEPT_MAX: Final = 10
"""Findings of one check that a report names; all others are counted."""


class ExitCode(IntEnum):
    """What a verification says in one number."""

    OK = 0
    VIOLATED = 1
    UNUSABLE = 2
    INCOMPLETE = 3


class Tally:
    """Collects findings; several can be merged in any order with the same result.

    A notice is kept and told, and counts against no check.
    """

    def __init__(self) -> None:
        """Start without findings."""
        self._kept: dict[tuple[str, Severity], list[Finding]] = {}
        self._counts: Counter[tuple[str, Severity]] = Counter()

    def add(self, finding: Finding) -> None:
        """Count a finding, and keep it if few of its check have a lower index."""
        kind = finding.check, finding.severity
        self._counts[kind] += 1
        self._keep(kind, [finding])

    def merge(self, other: Tally) -> None:
        """Take over what another tally found."""
        self._counts.update(other._counts)
        for kind, findings in other._kept.items():
            self._keep(kind, findings)

    def dump(self) -> list[object]:
        """Give counts and findings as JSON values; ``load`` reads them."""
        counts = [[*kind, count] for kind, count in sorted(self._counts.items())]
        return [counts, [asdict(each) for each in self.kept]]

    def load(self, dumped: Sequence[Any]) -> None:
        """Take over what another tally dumped."""
        other, (counts, kept) = Tally(), dumped
        for finding in kept:
            other.add(Finding(**finding))
        other._counts = Counter({(check, severity): n for check, severity, n in counts})
        self.merge(other)

    def doubt(self, *checks: str) -> None:
        """Take contradictions for mere gaps, where missing evidence could resolve them."""
        for check in checks:
            self._counts[check, "gap"] += self._counts.pop((check, "violation"), 0)
            kept = self._kept.pop((check, "violation"), ())
            self._keep((check, "gap"), [replace(each, missing=True) for each in kept])

    def revise(self, change: Callable[[Finding], Finding]) -> None:
        """Put what was learned since into what is kept; check and severity stay."""
        for kind, findings in self._kept.items():
            self._kept[kind] = list(map(change, findings))

    @property
    def kept(self) -> tuple[Finding, ...]:
        """The findings of the lowest indexes; those without a place come last."""
        return tuple(sorted(chain.from_iterable(self._kept.values()), key=_place))

    @property
    def incomplete(self) -> bool:
        """Whether any evidence is missing."""
        return any(count for (_, severity), count in self._counts.items() if severity == "gap")

    def lacks(self, *checks: str) -> bool:
        """Tell whether any evidence is missing for some checks."""
        return any(self._counts[check, "gap"] for check in checks)

    @property
    def violated(self) -> bool:
        """Whether anything is contradicted."""
        return any(
            count for (_, severity), count in self._counts.items() if severity == "violation"
        )

    def contradicted(self, *checks: str) -> bool:
        """Whether anything is contradicted that one of these checks looked at."""
        return any(self._counts[check, "violation"] for check in checks)

    def count(self, check: str) -> int:
        """Give the number of findings of one check that weigh against it."""
        return self._counts[check, "gap"] + self._counts[check, "violation"]

    def noticed(self, check: str) -> int:
        """Give the number of notices of one check."""
        return self._counts[check, "notice"]

    def first(self, check: str) -> Finding | None:
        """Give the first finding that weighs against a check."""
        against = (each for each in self.kept if not each.notice)
        return next((each for each in against if each.check == check), None)

    def _keep(self, kind: tuple[str, Severity], findings: Iterable[Finding]) -> None:
        known = self._kept.get(kind, [])
        self._kept[kind] = sorted({*known, *findings}, key=_place)[:FINDINGS_KEPT_MAX]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """The outcome of one named check.

    Attributes:
        name: Stable name.
        state: What can be said about it.
        sentence: What was done and found, or why it was not done.
        failures: How many findings it has.
    """

    name: str
    state: State
    sentence: str
    failures: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything that one verification says.

    Attributes:
        subject: What was verified: ``export``, ``bundle`` or, from the inside, ``ledger``.
        ledger: Identifier of the ledger.
        origin: Name of the log.
        size: Entries that the checkpoint covers; none if it could not be read.
        examined: Entries that were there to be examined.
        checks: Every check, in the order in which they depend on one another.
        findings: Those with the lowest indexes, at most ``FINDINGS_KEPT_MAX`` a check.
        exit_code: The result in one number.
        compare: What to compare by another way when trust was assumed.
        brackets: Between which times ranges of indexes were recorded; nothing if not asked for.
        progress: What an earlier run did that was broken off; nothing where none did.
    """

    subject: str
    ledger: str
    origin: str
    size: int | None
    examined: int
    checks: tuple[Check, ...]
    findings: tuple[Finding, ...]
    exit_code: ExitCode
    compare: tuple[str, ...] = ()
    brackets: tuple[Mapping[str, object], ...] | None = None
    progress: Mapping[str, object] | None = None

    @property
    def first(self) -> Finding | None:
        """The first contradiction by index, or else the first piece that is missing."""
        contradicted = [each for each in self.findings if each.severity == "violation"]
        absent = [each for each in self.findings if each.severity == "gap"]
        return next(iter(contradicted or absent), None)

    @property
    def failing(self) -> str:
        """Say in one line why the result is not ok; nothing where it is."""
        if self.first is None:
            return ""
        said = f"{self.exit_code.name}: {self.first.check}: {self.first}"
        return f"{said} {self.first.next_step}".rstrip()

    @property
    def noticed(self) -> bool:
        """Whether there is something to know that is in order."""
        return any(each.notice for each in self.findings)

    def to_json(self) -> Mapping[str, object]:
        """Give the report as JSON values."""
        more = {"brackets": self.brackets and list(self.brackets), "progress": self.progress}
        return {
            "result": self.exit_code.name.lower(),
            "exit_code": int(self.exit_code),
            "subject": self.subject,
            "ledger": self.ledger,
            "origin": self.origin,
            "size": self.size,
            "examined": self.examined,
            "first_failure": self.first.to_json() if self.first else None,
            "checks": [
                {
                    "name": each.name,
                    "state": each.state,
                    "sentence": each.sentence,
                    "failures": each.failures,
                }
                for each in self.checks
            ],
            "findings": [each.to_json() for each in self.findings],
            "compare": list(self.compare),
            **{name: each for name, each in more.items() if each is not None},
        }


def exit_code(tally: Tally) -> ExitCode:
    """Give the result: a contradiction weighs more than a missing piece."""
    if tally.violated:
        return ExitCode.VIOLATED
    return ExitCode.INCOMPLETE if tally.incomplete else ExitCode.OK


def _place(finding: Finding) -> tuple[bool, int, str, str]:
    nowhere = finding.index is None
    return nowhere, finding.index or 0, finding.check, finding.sentence
