# SPDX-License-Identifier: Apache-2.0
"""What is recorded of a policy: that a jurisdiction adopted a version of it, or withdrew it.

Deadlines are configuration of a jurisdiction (domain facts, sections 2 and 8), and whoever asks
later which deadline counted then must get the same answer. So a change of policy is an event
like any other. The text itself is not recorded: its digest names it.
"""

from __future__ import annotations

from typing import Literal

from domain.authorization.terms import Day
from domain.codes import Maybe
from domain.firearm.events.common import Fact
from domain.policy.model import Days, PolicyCode, PolicyVersion
from domain.registry.members import Endorsements
from domain.schema import Digest, Jurisdiction

WithdrawalGround = Literal["replaced", "repealed", "set_aside", "adopted_in_error", "other"]
"""Why a policy counts no longer (own list, version 1)."""


class Adopted(Fact):
    """``policy.adopted``: a version of a policy counts in a jurisdiction from a day on.

    Adopting a newer version is a further event of the same stream.

    Attributes:
        jur: Jurisdiction that adopts it; the signer's mandate must cover it.
        policy: Name of the policy.
        version: Version of its text.
        digest: SHA-256 of the octets of its file.
        effective_on: First day on which it counts.
        late_after_days: Days after which recording what happened is late, where its text says so.
            It stands here too, since whoever verifies the log does not have the text.
        endorsements: Signature of the second person, another one than the signer.
    """

    jur: Jurisdiction
    policy: PolicyCode
    version: PolicyVersion
    digest: Digest
    effective_on: Day
    late_after_days: Maybe[Days] = None
    endorsements: Endorsements = ()


class Withdrawn(Fact):
    """``policy.withdrawn``: from a day on, nothing adopted so far counts.

    Attributes:
        jur: Jurisdiction that withdraws it; the signer's mandate must cover it.
        effective_on: First day on which it no longer counts.
        ground: Why.
        endorsements: Signature of the second person, another one than the signer.
    """

    jur: Jurisdiction
    effective_on: Day
    ground: WithdrawalGround
    endorsements: Endorsements = ()
