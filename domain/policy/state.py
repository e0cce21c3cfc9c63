# SPDX-License-Identifier: Apache-2.0
"""Which version of a policy counts in a jurisdiction, on a date and as of an entry of the log.

Answers "which deadline counted then, and which did we then believe to count" (domain facts,
section 9, rule 20). A stream holds the decisions of one jurisdiction on one policy; that two
streams decide on the same is for readers to see.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from domain.aggregate.recorded import RecordState


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One adoption or withdrawal.

    Attributes:
        effective_on: First day on which it counts, as YYYY-MM-DD.
        version: The version that was adopted; nothing for a withdrawal.
        digest: SHA-256 of its file; nothing for a withdrawal.
        late_after_days: Days after which recording is late; nothing where it sets none.
        index: Log index of the decision.
        decided_by: Authority that took it.
    """

    effective_on: str
    version: str | None = None
    digest: str | None = None
    late_after_days: int | None = None
    index: int = -1
    decided_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptedPolicy(RecordState):
    """One policy in one jurisdiction.

    Attributes:
        policy: Name of the policy.
        jurisdiction: Where it was adopted.
        decisions: Adoptions and withdrawals in the order of the log.
    """

    policy: str = ""
    jurisdiction: str = ""
    decisions: tuple[Decision, ...] = ()

    @property
    def standing(self) -> bool:
        """Whether a version is adopted, from whichever day, and not withdrawn since."""
        return bool(self.decisions) and self.decisions[-1].version is not None

    def in_force(self, day: str, *, as_of: int | None = None) -> Decision | None:
        """Give the adoption that counts on a day; nothing where none does.

        Of several, the one with the latest first day counts, and of those the one recorded
        last. A withdrawal ends all that was adopted before it, from its own first day on.

        Args:
            day: The day, as YYYY-MM-DD.
            as_of: Leave out what was recorded after this log index; the index itself counts.
        """
        known = [each for each in self.decisions if as_of is None or each.index <= as_of]
        begun = [each for each in known if each.effective_on <= day]
        ended = max((each.index for each in begun if each.version is None), default=-1)
        counting = [each for each in begun if each.version is not None and each.index > ended]
        return max(counting, key=lambda each: (each.effective_on, each.index), default=None)


BLANK: Final = AdoptedPolicy()
"""Before anything was decided."""
