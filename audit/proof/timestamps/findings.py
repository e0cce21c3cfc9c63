# SPDX-License-Identifier: Apache-2.0
"""What a report says about time: a finding for each time-stamp that does not stand.

Implements the reporting rules of the log specification, section 2.9, for its section 2.7. What
contradicts is a violation, what is missing or has expired a gap, and an authority that the
auditor does not trust a notice: the evidence is not worse for it, only not better.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from audit.proof.timestamps.bracket import Timeline, told
from audit.proof.timestamps.series import STANDING, Verdict
from audit.proof.verify.findings import Finding, counted

TIME: Final = "time"

_NEXT: Final = {
    "bad": "Keep the file as evidence and fetch a fresh copy from the ledger.",
    "expired": "Ask the ledger for the time-stamps that renewed it.",
    "missing": "Ask the ledger for the missing file.",
    "untrusted": "Get the authority's root certificate from the authority itself.",
}


def stamp_findings(verdicts: Sequence[Verdict]) -> Iterator[Finding]:
    """Give what is to be told about each time-stamp that does not stand."""
    for each in verdicts:
        if each.state not in STANDING:
            yield Finding(
                check=TIME,
                code=each.slug,
                sentence=f"Time-stamp {each.name}: {each.sentence}",
                missing=each.state in {"expired", "missing"},
                notice=each.state == "untrusted",
                evidence=each.name.path("tsr"),
                next_step=_NEXT.get(each.state, ""),
            )


def clock_findings(line: Timeline) -> Iterator[Finding]:
    """Give what is to be told about sizes that a witness took for the newest and were not."""
    for each in line.contradicted:
        yield Finding(
            check=TIME,
            code="size_not_newest",
            sentence=f"{each.source} cosigned size {each.size} at {told(each.earliest)}, when the "
            "log was larger as others agree; it bounds nothing from below.",
            notice=True,
            next_step="Ask its operator why it saw an old checkpoint so late.",
        )


def summary(verdicts: Sequence[Verdict]) -> str:
    """Say how many time-stamps stand, and of whom, as one sentence."""
    standing = [each.stamp for each in verdicts if each.state in STANDING and each.stamp]
    if not standing:
        return "No time-stamp stands, so no time is proved."
    counts = Counter(each.authority for each in standing)
    said = ", ".join(f"{count} of {name}" for name, count in sorted(counts.items()))
    first, last = min(each.latest for each in standing), max(each.latest for each in standing)
    stand = counted(len(standing), "time-stamp stands", "time-stamps stand")
    return f"{stand}, {said}; {told(first)} to {told(last)}."


def unlisted(verdicts: Sequence[Verdict]) -> str | None:
    """Say for how many time-stamps that stand nobody could look for a revocation, if for any."""
    standing = [each.stamp for each in verdicts if each.state in STANDING and each.stamp]
    missing = sum(not each.listed for each in standing)
    if not missing:
        return None
    return (
        f"No revocation list lies beside {missing} of {counted(len(standing), 'time-stamp')}, so "
        "that a certificate behind them was not revoked is not known; the ledger keeps one where "
        "its timestamps.toml names crl."
    )
