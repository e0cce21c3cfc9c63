# SPDX-License-Identifier: Apache-2.0
"""Why a rule of the domain refuses an event, as a value.

A rule answers with a ``Refusal`` instead of raising, so that one refused event of a
batch never disturbs its neighbours and a dry run reads the same answer. The doors
turn it into the one error tree with ``error``.
"""

from __future__ import annotations

from dataclasses import dataclass

from domain.errors import RefusedError


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What is wrong, on which axis of the state, and what would be legal.

    Attributes:
        rule: Stable slug of the rule.
        sentence: What is wrong, for a person; it never echoes personal data.
        axis: The axis of the state that stands against it, if one does.
        found: The value found on that axis.
        legal: The values that would be legal there.
    """

    rule: str
    sentence: str
    axis: str | None = None
    found: str | None = None
    legal: tuple[str, ...] = ()

    def error(self) -> RefusedError:
        """Give the error that a door reports."""
        found = f"Found: {self.found}. " if self.found else ""
        legal = f"Legal would be: {', '.join(self.legal)}." if self.legal else ""
        return RefusedError(self.sentence, slug=self.rule, next_step=f"{found}{legal}".strip())
