# SPDX-License-Identifier: Apache-2.0
"""A check of something that was made from the rows and can be made from them again.

Serves `muniment fsck` (log specification, section 2.10, "falsify read models"). The rooms above
bring checks of their own in this form, so that one command concludes them all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from audit.fsck.derived.differing import Differing
from audit.proof.verify.book import Progress
from audit.proof.verify.findings import Finding, counted


class Looked(NamedTuple):
    """What one look found.

    Attributes:
        findings: What differs, at most a few for each table.
        done: What is true if nothing was found.
        undone: Why nothing could be compared, if that is so.
    """

    findings: tuple[Finding, ...]
    done: str
    undone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """One check.

    Attributes:
        name: Its name in the report.
        look: Makes everything anew and compares; raises nothing but errors of ours.
    """

    name: str
    look: Callable[[Progress], Looked]


def difference_findings(
    check: str, found: Iterable[Differing], *, next_step: str
) -> Iterator[Finding]:
    """Give one finding for each table in which rows differ."""
    for each in found:
        if each.rows:
            yield Finding(
                check=check,
                code=f"{each.table}_differs",
                sentence=f"The table {each.table} is not what the log gives: "
                f"{counted(each.missing, 'row')} missing, {counted(each.strange, 'row')} there "
                "that no entry gives.",
                index=each.first,
                evidence=str(each),
                next_step=next_step,
            )
