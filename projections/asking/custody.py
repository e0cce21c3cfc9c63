# SPDX-License-Identifier: Apache-2.0
"""The chain of custody of one firearm: who had it in hand, under which seals, and who signed.

Implements the evidence custody of the domain facts, section 5 (MOSAIC 05.30; Firearms Protocol,
article 6). A break says what is missing between two links and accuses nobody: a register that was
taken over knows less than the people who kept the evidence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from domain.firearm.events.seizing import CustodyMoved
from domain.firearm.history import Moment
from domain.firearm.state import BLANK, State

SIGNATURES_MIN: Final = 2
"""Who gives evidence out of hand and who takes it over both sign."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One hand-over, or one event by which custody came to be another.

    Attributes:
        index: Log index of its entry.
        evt: Event.
        when: When it happened, as stated.
        custody: Where the firearm is from then on.
        custodian: Who has it in hand from then on, where known.
        seals: Numbers of the seals on it.
        deposit_no: Number under which it is deposited.
        signatures: How many persons signed the entry.
        breaks: What does not follow from the link before, or is missing.
    """

    index: int
    evt: str
    when: str
    custody: str
    custodian: str | None
    seals: tuple[str, ...]
    deposit_no: str | None
    signatures: int
    breaks: tuple[str, ...]


def chain(moments: Iterable[Moment]) -> tuple[Link, ...]:
    """Give the chain of custody that a history tells, oldest link first.

    Args:
        moments: A history in the order of the world, as corrected or as signed.
    """
    return tuple(_links([each for each in moments if each.reversed_by is None]))


def _links(moments: Sequence[Moment]) -> Iterator[Link]:
    before = BLANK
    for moment in moments:
        after = moment.state_after
        if isinstance(moment.event.dat, CustodyMoved) or _hands(before) != _hands(after):
            yield _link(before, moment)
        before = after


def _link(before: State, moment: Moment) -> Link:
    event, after = moment.event, moment.state_after
    signatures = 1 + len(event.attested)
    return Link(
        index=moment.entry.index,
        evt=event.evt,
        when=event.occ.text,
        custody=after.custody,
        custodian=after.custodian,
        seals=after.seals,
        deposit_no=after.deposit_no,
        signatures=signatures,
        breaks=tuple(_breaks(before, moment, signatures)),
    )


def _breaks(before: State, moment: Moment, signatures: int) -> Iterator[str]:
    dat = moment.event.dat
    yield from (each.refusal.sentence for each in moment.contradictions)
    if not isinstance(dat, CustodyMoved):
        return
    if signatures < SIGNATURES_MIN:
        yield "One person signed the hand-over; the other signature is not on record."
    if before.seals and dat.seals and set(before.seals) != set(dat.seals):
        was, now = ", ".join(before.seals), ", ".join(dat.seals)
        yield f"It was under seal {was} before, and is under {now} now."
    if moment.event.occ.precision == "unknown":
        yield "When it was handed over is not on record."


def _hands(state: State) -> tuple[str, str | None]:
    return state.custody, state.custodian
