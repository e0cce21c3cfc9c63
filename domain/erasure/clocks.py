# SPDX-License-Identifier: Apache-2.0
"""Which retention runs for a record, and from which day its persons may be erased.

Implements rule 17 of the domain facts, section 9, under the numbers of a policy; what each kind of
record counts from is said in ``records``, which ``rules`` asks too. That a clock has run out
erases nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from domain.access.retention import LAST_SECOND, years_after
from domain.aggregate.recorded import RecordState
from domain.erasure.records import begun
from domain.firearm.state import Firearm
from domain.occurrence import Occurrence
from domain.policy.model import Policy, RetentionRule


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """A retention that runs.

    Attributes:
        rule: The rule of the policy.
        began: Last second at which it may have begun, in Unix seconds; nothing where no date is
            known, so that it never ends by itself.
    """

    rule: RetentionRule
    began: int | None

    @property
    def due(self) -> int | None:
        """The first second at which the persons may be erased; nothing if that is never."""
        end = None if self.began is None else years_after(self.began, self.rule.years)
        return None if end is None or end >= LAST_SECOND else end + 1


def clocks(record: Firearm | RecordState, policy: Policy, *, on: Occurrence) -> tuple[Clock, ...]:
    """Give the retentions that run for a record on a day.

    Args:
        record: The record, of any kind that keeps persons.
        policy: Says how long each runs.
        on: The day; a lapse that certainly comes later has not begun.
    """
    found = begun(record, on)
    return tuple(
        Clock(rule=rule, began=found[rule.starts])
        for rule in policy.retention
        if rule.starts in found
    )
