# SPDX-License-Identifier: Apache-2.0
"""The one table of combinations of axes that cannot be true.

Implements design section 5: five independent axes, whose illegal combinations are refused with the
axis, the value found and what would be legal. A value that is ``unknown`` contradicts nothing.
Facts that contradict each other may still lead to one, for example a destroyed firearm that is
seized: then the record says at which entry.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Final, Literal, get_args

from domain.codes import Alert, Custody, HolderClass, Technical
from domain.refusal import Refusal

Axis = Literal["T", "H", "C", "A"]
"""Letter of an axis; the marks contradict none of the others."""

VALUES: Final[Mapping[Axis, tuple[str, ...]]] = MappingProxyType(
    {
        "T": get_args(Technical),
        "H": get_args(HolderClass),
        "C": get_args(Custody),
        "A": get_args(Alert),
    }
)
"""Every value of an axis."""

_HELD: Final = frozenset({"maker", "dealer", "civilian", "estate", "state_stock", "museum"})
_PRIVATELY: Final = frozenset({"holder", "transit", "repair", "proof"})
_OFFICIALLY: Final = frozenset({"official_safekeeping", "evidence"})
_ANY: Final = frozenset(VALUES["A"])


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Values of one axis beside which some values of another are never true.

    Attributes:
        axis: The one axis.
        values: Its values.
        other: The other axis.
        never: Values of that which cannot be true beside them.
        because: Why, as a sentence.
    """

    axis: Axis
    values: frozenset[str]
    other: Axis
    never: frozenset[str]
    because: str


@dataclass(frozen=True, slots=True)
class Axes:
    """The value of each axis that contradicts others; alerts are a set of flags.

    Attributes:
        technical: What it is technically.
        holder: Class of its holder.
        custody: Where it is.
        alerts: The open flags.
    """

    technical: Technical
    holder: HolderClass
    custody: Custody
    alerts: frozenset[Alert] = frozenset()

    def on(self, axis: Axis) -> frozenset[str]:
        """Give what is true on an axis."""
        values: dict[Axis, frozenset[str]] = {
            "T": frozenset({self.technical}),
            "H": frozenset({self.holder}),
            "C": frozenset({self.custody}),
            "A": frozenset(self.alerts),
        }
        return values[axis]


EXCLUSIONS: Final = (
    Exclusion(
        "T", frozenset({"destroyed"}), "H", _HELD, "Nobody has a firearm that was destroyed."
    ),
    Exclusion(
        "T",
        frozenset({"destroyed"}),
        "C",
        _PRIVATELY | _OFFICIALLY,
        "A firearm that was destroyed is in nobody's hands.",
    ),
    Exclusion(
        "T",
        frozenset({"destroyed"}),
        "A",
        _ANY,
        "A firearm that was destroyed is under no alert.",
    ),
    Exclusion(
        "T",
        frozenset({"planned"}),
        "H",
        (_HELD | {"none"}) - {"maker"},
        "Nobody but its maker has a firearm that is only planned.",
    ),
    Exclusion(
        "T",
        frozenset({"planned"}),
        "C",
        _PRIVATELY - {"holder"} | _OFFICIALLY | {"destruction_site"},
        "A firearm that is only planned is at no other place than its maker's.",
    ),
    Exclusion(
        "T",
        frozenset({"planned"}),
        "A",
        _ANY,
        "A firearm that is only planned is under no alert.",
    ),
    Exclusion(
        "T",
        frozenset({"dismantled"}),
        "A",
        _ANY,
        "A firearm that was dismantled is under no alert; its parts have records of their own.",
    ),
    Exclusion(
        "A", frozenset({"forfeited"}), "H", _HELD, "A firearm that was forfeited has no owner."
    ),
    Exclusion(
        "A",
        frozenset({"seized", "surrendered_pending", "forfeited"}),
        "C",
        _PRIVATELY,
        "A firearm that was seized, surrendered or forfeited is in official hands.",
    ),
    Exclusion(
        "H",
        frozenset({"none"}),
        "C",
        frozenset({"holder"}),
        "A firearm that nobody has is not with its holder.",
    ),
)
"""What cannot be true together."""


def impossible(before: Axes, after: Axes) -> Refusal | None:
    """Refuse what makes something true that cannot be, unless it was so before."""
    if before == after:
        return None
    rows = [row for row in contradictions_of(after) if row not in contradictions_of(before)]
    if not rows:
        return None
    row = rows[0]
    found = ", ".join(sorted(row.never & after.on(row.other)))
    beside = ", ".join(sorted(row.values & after.on(row.axis)))
    return Refusal(
        rule="axes_illegal",
        sentence=row.because,
        axis=row.other,
        found=f"{found}, beside {beside}",
        legal=tuple(each for each in VALUES[row.other] if each not in row.never) or ("clear",),
    )


@lru_cache(maxsize=4_096)
def contradictions_of(axes: Axes) -> tuple[Exclusion, ...]:
    """Give the rows of the table that a combination contradicts."""
    return tuple(
        each
        for each in EXCLUSIONS
        if each.values & axes.on(each.axis) and each.never & axes.on(each.other)
    )
