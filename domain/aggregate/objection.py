# SPDX-License-Identifier: Apache-2.0
"""What a rule has against an event.

A rule answers with an objection or with nothing. One that blocks refuses the event; one
that does not is kept as a contradiction, since late and partial facts are how the real
world arrives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cache
from inspect import signature
from typing import Any, Literal

from domain.refusal import Refusal
from domain.schema import Closed


@dataclass(frozen=True, slots=True)
class Objection:
    """What a rule has against an event.

    Attributes:
        refusal: What is wrong.
        blocks: Whether the event is refused, rather than recorded with a contradiction.
        momentary: Whether it is about how another record stands at that moment; it may have moved
            on by the time that the event is corrected.
    """

    refusal: Refusal
    blocks: bool = True
    momentary: bool = False


def note(rule: str, sentence: str, *, axis: str, found: str, legal: tuple[str, ...]) -> Objection:
    """Object without refusing: the event is recorded, and so is that it does not fit."""
    refusal = Refusal(rule=rule, sentence=sentence, axis=axis, found=found, legal=legal)
    return Objection(refusal, blocks=False)


def blocked(
    rule: str, sentence: str, *, axis: str, found: str, legal: tuple[str, ...]
) -> Objection:
    """Refuse, naming the axis that stands against it, what was found and what is legal."""
    return Objection(Refusal(rule=rule, sentence=sentence, axis=axis, found=found, legal=legal))


def momentary(objection: Objection) -> Objection:
    """Object to how another record stands at that moment, which no later correction is held to."""
    return replace(objection, momentary=True)


def first_refusal(
    rules: Iterable[Callable[[Any, Any], Objection | None]], state: object, dat: Closed
) -> Refusal | None:
    """Give the refusal of the first rule that blocks, and what that rule rests on."""
    for rule in rules:
        objection = rule(state, dat)
        if objection is not None and objection.blocks:
            return replace(objection.refusal, rests_on=rests_on(rule))
    return None


@cache
def rests_on(rule: Callable[[Any, Any], Objection | None]) -> Literal["record", "data", "both"]:
    """Tell what a rule looks at: a parameter that it leaves aside is named ``_``."""
    state, dat = signature(rule).parameters
    if dat == "_":
        return "record"
    return "data" if state == "_" else "both"
