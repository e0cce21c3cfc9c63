# SPDX-License-Identifier: Apache-2.0
"""The policies that a page offers: those first that the reader's jurisdiction has adopted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from api.gate.asking import Asked
from api.gate.listing.sources import policy_named
from api.policies.adopted import adopted_names, in_order
from api.policies.loading import NAMES


@dataclass(frozen=True, slots=True, kw_only=True)
class Policies:
    """Policies in the order in which they are offered.

    Attributes:
        names: Their names; by the first is told where the reader names none.
        adopted: Those of them that count in the reader's jurisdiction today.
    """

    names: Sequence[str]
    adopted: frozenset[str]

    @property
    def usual(self) -> str:
        """The one by which is told where none is named."""
        return self.names[0]

    @property
    def choices(self) -> tuple[tuple[str, str], ...]:
        """Each with its title."""
        return tuple((name, policy_named(name).title) for name in self.names)


def policies_for(asked: Asked, names: Sequence[str] = NAMES) -> Policies:
    """Give the policies for whoever asks.

    Raises:
        MunimentError: It is not known who asks, or the database does not answer.
    """
    places, day = asked.caller.jurisdictions, asked.service.gate.today().text
    adopted = adopted_names(asked.service.office.ledger, day, places)
    return Policies(names=in_order(names, adopted), adopted=frozenset(adopted))
