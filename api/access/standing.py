# SPDX-License-Identifier: Apache-2.0
"""What the registry says about somebody now: a key that counts, and the mandates behind it.

"Now" is the next position of the log (envelope specification, section 7), so that a suspension or
a revocation holds from the entry on that states it, and for everybody at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from api.access.caller import Caller
from domain.registry.state import KeyRecord, Registry

HTTP_CLASS = "http"
"""Keys of this class sign requests and nothing else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The registry at one moment.

    Attributes:
        registry: Keys and mandates as of the newest entry.
        index: The next position of the log, which is its size.
        now: Unix seconds.
    """

    registry: Registry
    index: int
    now: int

    def counts(self, key: KeyRecord) -> bool:
        """Tell whether a key, of whatever class, counts now."""
        return (
            self.registry.key_at(key.kid, self.index) is key
            and key.not_before <= self.now
            and (key.not_after is None or self.now <= key.not_after)
        )

    def mandates(self, keys: Iterable[KeyRecord]) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Give the roles that some keys hold now, each with its jurisdictions."""
        found: dict[str, dict[str, None]] = {}
        for key in keys:
            for grant in key.grants:
                if grant.stands(self.index, self.now):
                    found.setdefault(grant.role, {}).update(dict.fromkeys(grant.jurisdictions))
        return tuple((role, tuple(places)) for role, places in sorted(found.items()))

    def machine(self, key: KeyRecord) -> Caller:
        """Give whoever signed a request with a key that counts."""
        mandates = self.mandates((key,))
        places = dict.fromkeys(place for _, held in mandates for place in held)
        return Caller(
            means="machine",
            authority=key.authority,
            key=key.kid,
            officer=key.officer,
            roles=frozenset(role for role, _ in mandates),
            jurisdictions=tuple(places),
            mandates=mandates,
        )
