# SPDX-License-Identifier: Apache-2.0
"""Why a rule of the domain refuses an event, as a value.

A rule answers with a ``Refusal`` instead of raising, so that one refused event of a
batch never disturbs its neighbours and a dry run reads the same answer. The doors
turn it into the one error tree with ``error``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from domain.errors import RefusedError


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What is wrong, on which axis of the state, and what would be legal.

    Attributes:
        rule: Stable slug of the rule.
        sentence: What is wrong, for a person; it never echoes personal data.
        axis: The axis of the state, or the part of the record, that stands against it.
        found: The value found there.
        legal: The values that would be legal there, or the events that lead to them.
        rests_on: Whether what is on record stands against it whatever the event states, the
            event's data whatever is on record, or both together.
    """

    rule: str
    sentence: str
    axis: str
    found: str
    legal: tuple[str, ...]
    rests_on: Literal["record", "data", "both"] = field(default="both", compare=False)

    def error(self) -> RefusedError:
        """Give the error that a door reports."""
        next_step = f"Found: {self.found}. Legal would be: {', '.join(self.legal)}."
        return RefusedError(self.sentence, slug=self.rule, next_step=next_step)
