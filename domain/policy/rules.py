# SPDX-License-Identifier: Apache-2.0
"""What may be decided about a policy: one stream one policy, one version one text, two persons.

Implements "a policy, not code" of the domain facts, section 8: a deadline that counts for
everybody is never set by one person alone (two-person rules, section 5).
"""

from __future__ import annotations

from domain.aggregate.objection import Objection, blocked
from domain.aggregate.scene import Scene
from domain.policy.events import Adopted, Withdrawn
from domain.policy.state import AdoptedPolicy
from domain.schema import Closed

SECONDS = ("LIC", "STW")
"""Roles in which the second person may stand for a decision."""


def one_policy_a_stream(state: AdoptedPolicy, dat: Adopted) -> Objection | None:
    """A stream tells of one policy in one jurisdiction."""
    found = (state.policy, state.jurisdiction)
    if not state.decisions or found == (dat.policy, dat.jur):
        return None
    return blocked(
        "policy_of_other_stream",
        "This stream tells of another policy, or of another jurisdiction.",
        axis="policy",
        found=" in ".join(found),
        legal=("a stream of its own",),
    )


def of_its_jurisdiction(state: AdoptedPolicy, dat: Withdrawn) -> Objection | None:
    """Whoever adopted a policy withdraws it."""
    if dat.jur == state.jurisdiction:
        return None
    return blocked(
        "policy_of_other_stream",
        "This stream tells of another policy, or of another jurisdiction.",
        axis="jurisdiction",
        found=dat.jur,
        legal=(state.jurisdiction or "policy.adopted",),
    )


def one_text_a_version(state: AdoptedPolicy, dat: Adopted) -> Objection | None:
    """A version that was adopted once never stands for another text."""
    texts = {each.digest for each in state.decisions if each.version == dat.version}
    if not texts - {dat.digest}:
        return None
    return blocked(
        "policy_version_reused",
        "That version was adopted with another text.",
        axis="policy",
        found=dat.version,
        legal=("a new version",),
    )


def still_standing(state: AdoptedPolicy, _: Withdrawn) -> Objection | None:
    """Only what was adopted is withdrawn, and once."""
    if state.standing:
        return None
    return blocked(
        "policy_not_adopted",
        "Nothing adopted here is left to withdraw.",
        axis="status",
        found="withdrawn",
        legal=("policy.adopted",),
    )


def two_persons_decide(scene: Scene, _: Closed) -> Objection | None:
    """Another officer stands for it, not another key of the same officer."""
    if scene.second_person(*SECONDS):
        return None
    return blocked(
        "second_person_missing",
        "This decision needs the endorsement of a second person.",
        axis="role",
        found="one person",
        legal=SECONDS,
    )
