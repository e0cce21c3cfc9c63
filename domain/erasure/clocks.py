# SPDX-License-Identifier: Apache-2.0
"""Which retention runs for a record, since when, and from which day its persons may be erased.

Implements rule 17 of the domain facts, section 9, and the retention classes of section 5 under the
numbers of a policy: the persons behind a firearm from its destruction on, else from its last
export; those behind a licence from its lapse, a refusal, or the end of a ban. What is told here
is what ``rules`` asks of a proposal to erase; that a clock has run out erases nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from typing import Final

from domain.access.retention import LAST_SECOND, destroyed_at, years_after
from domain.aggregate.recorded import Entry
from domain.erasure.rules import LAPSED, newest
from domain.firearm.state import Firearm
from domain.licence.state import Licence
from domain.occurrence import Occurrence
from domain.policy.duties import DAY_SECONDS
from domain.policy.model import Policy, RetentionRule

ABROAD: Final = ("firearm.exported", "firearm.imported", "firearm.returned-from-abroad")
"""Events of which the last one tells whether a firearm left for good."""


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


def clocks(record: Firearm | Licence, policy: Policy, *, on: Occurrence) -> tuple[Clock, ...]:
    """Give the retentions that run for a record on a day.

    Args:
        record: The firearm or licence.
        policy: Says how long each runs.
        on: The day; a lapse that certainly comes later has not begun.
    """
    begun = dict(_of_firearm(record) if isinstance(record, Firearm) else _of_licence(record, on))
    return tuple(
        Clock(rule=rule, began=begun[rule.starts])
        for rule in policy.retention
        if rule.starts in begun
    )


def lapsed_at(licence: Licence, on: Occurrence) -> int | None:
    """Give the last second at which a lapsed licence may have lapsed, if one is known.

    One that ends by its term lapses on the day after its last one.
    """
    begun = [each for each in licence.terms if not on.certainly_before(each.since)]
    ended = list(takewhile(lambda each: each.standing in LAPSED, reversed(begun)))
    moments = [each.since.latest for each in ended[-1:]]
    before = begun[: len(begun) - len(ended)]
    if before and before[-1].standing == "valid" and before[-1].until:
        moments.append(before[-1].until.latest + DAY_SECONDS)
    return _known(min(moments, default=LAST_SECOND))


def _of_firearm(firearm: Firearm) -> Iterator[tuple[str, int | None]]:
    """Give what began for a firearm: its destruction, else that it left for good."""
    if firearm.state.technical == "destroyed":
        yield "destruction", destroyed_at(firearm)
    elif _left(firearm.entries):
        yield "export", newest(firearm.entries, "firearm.exported")


def _left(entries: tuple[Entry, ...]) -> bool:
    moves = (each.event.evt for each in entries if each.stands and each.event.evt in ABROAD)
    return list(moves)[-1:] == ["firearm.exported"]


def _of_licence(licence: Licence, on: Occurrence) -> Iterator[tuple[str, int | None]]:
    if licence.standing_on(on) in LAPSED:
        yield "lapse", lapsed_at(licence, on)
    if licence.status == "refused":
        yield "refusal", newest(licence.entries, "licence.refused")
    if licence.bans and not licence.banned:
        yield "ban_end", newest(licence.entries, "licence.ban-lifted")


def _known(moment: int) -> int | None:
    return moment if moment < LAST_SECOND else None
