# SPDX-License-Identifier: Apache-2.0
"""One list of everything that was found, the weightiest first.

Implements "findings" of the log specification, sections 2.9 and 2.10: whoever found something, it
has a severity, a place, evidence and a next step. A source that was not looked at, or that could
not be, is listed as well, since silence is no finding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from audit.proof.verify.findings import Finding, Severity
from domain.errors import MunimentError, ProofError, UnsafeError

ORDER: Final[Mapping[Severity, int]] = {"violation": 0, "gap": 1, "notice": 2}


@dataclass(frozen=True, slots=True)
class Listed:
    """A finding with who found it.

    Attributes:
        source: Who found it.
        finding: What was found.
    """

    source: str
    finding: Finding

    def to_json(self) -> Mapping[str, object]:
        """Give it as JSON values."""
        return {"source": self.source, **self.finding.to_json()}


@dataclass(slots=True)
class Findings:
    """Collects findings.

    Attributes:
        left_out: Sources that were not looked at, each with the reason.
    """

    left_out: dict[str, str] = field(default_factory=dict)
    _found: dict[Listed, None] = field(default_factory=dict)

    def take(self, source: str, look: Callable[[], Iterable[Finding]]) -> None:
        """Look at a source; what hinders it is a finding of its own, and the others go on."""
        try:
            for finding in look():
                self._found[Listed(source, finding)] = None
        except MunimentError as error:
            self._found[Listed(source, unlooked(source, error))] = None

    def leave_out(self, source: str, reason: str) -> None:
        """Note that a source was not looked at."""
        self.left_out[source] = reason

    def in_order(self) -> list[Listed]:
        """Give everything once: by severity, then newest entry first, then without a place."""
        return sorted(self._found, key=_rank)

    @property
    def violated(self) -> bool:
        """Whether anything is contradicted."""
        return any(each.finding.severity == "violation" for each in self._found)


def unlooked(source: str, error: MunimentError) -> Finding:
    """Turn an error that kept a source from being looked at into a finding."""
    return Finding(
        check=source,
        code=error.slug,
        sentence=f"This could not be looked at: {error.sentence}",
        missing=not isinstance(error, UnsafeError | ProofError),
        next_step=error.next_step,
    )


def _rank(listed: Listed) -> tuple[int, bool, int, str, str]:
    finding = listed.finding
    nowhere = finding.index is None
    return ORDER[finding.severity], nowhere, -(finding.index or 0), listed.source, finding.code
