# SPDX-License-Identifier: Apache-2.0
"""An officer as a record: until when it served, and the holds in a stream of its own (``off``).

What an officer signed stays for ever, with the key and the opaque identifier; the name and the
log-in are kept for as long as a policy says after the last key has ended (GDPR, article 5(1)(e)).
Keys and their ends are told by the registry, so that the stream holds nothing but holds, and begins
with the first of them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final

from domain.aggregate.aggregate import Aggregate, RecordFold
from domain.aggregate.line import Line
from domain.aggregate.objection import Objection, blocked
from domain.aggregate.recorded import RecordState
from domain.aggregate.scene import Scene
from domain.erasure.holds import HoldPlaced, hold_lines
from domain.event import Event
from domain.refusal import Refusal
from domain.registry.state import KeyRecord, Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class Officer(RecordState):
    """One officer.

    Attributes:
        keys: Every key of the officer in the registry; nothing where only holds were read.
    """

    keys: tuple[KeyRecord, ...] = ()

    @property
    def left_at(self) -> int | None:
        """Last second, in Unix seconds, at which a key could sign; nothing if none has an end."""
        ends = [_end(each) for each in self.keys]
        known = [each for each in ends if each is not None]
        return max(known, default=None) if len(known) == len(ends) else None

    @property
    def introduced_by(self) -> tuple[str, ...]:
        """Ids of the events that introduced the keys and may disclose the name: proposals.

        Where nobody proposed any, as for a root, these are the founding and the rotations.
        """
        proposed = [each.proposal for each in self.keys if each.approved != each.proposed]
        return tuple(dict.fromkeys(proposed or [each.proposal for each in self.keys]))


NOT_HELD: Final = Officer()
"""An officer on whom no hold was ever placed."""


def officer_in(registry: Registry, identifier: str, held: Officer | None = None) -> Officer | None:
    """Give an officer with every key in the registry; nothing where there is none.

    Args:
        registry: The registry.
        identifier: The officer's identifier.
        held: What the officer's stream says.
    """
    keys = tuple(each for each in registry.keys.values() if each.officer == identifier)
    return replace(held or NOT_HELD, keys=keys) if keys else None


def officer_known(scene: Scene, _: HoldPlaced) -> Objection | None:
    """The officer has a key in the registry."""
    officer = str(scene.event.sub)
    if any(each.officer == officer for each in scene.registry.keys.values()):
        return None
    return blocked(
        "reference_unknown",
        "The registry knows no officer of that identifier.",
        axis="record",
        found=officer,
        legal=("an officer of its registry",),
    )


def judge(state: Officer | None, event: Event) -> Refusal | None:
    """Tell why an event is illegal after the state; a stream may begin with any hold."""
    return _FOLD.judge(state or NOT_HELD, event)


def _end(key: KeyRecord) -> int | None:
    ends = [each for each in (key.ended_at, key.not_after) if each is not None]
    return min(ends, default=None)


_PLACED, _RELEASED = hold_lines("officer", "off")
TABLE: Final[tuple[Line[Officer, Any], ...]] = (
    replace(_PLACED, checks=(*_PLACED.checks, officer_known)),
    _RELEASED,
)
"""What is recorded of an officer as a person."""

_LINES: Final = MappingProxyType({(line.evt, line.ver): line for line in TABLE})
_FOLD: Final = RecordFold(NOT_HELD, _LINES, frozenset(), lambda state, _event, _index: state)

OFFICER: Final[Aggregate[Officer]] = Aggregate(
    kind="off", lines=_LINES, judge=judge, evolve=_FOLD.evolve
)
"""The aggregate of an officer's stream."""
