# SPDX-License-Identifier: Apache-2.0
"""The rules of how a key comes into the registry: proposed, approved, or rotated.

Implements enrolment with proof of possession and four eyes by person (envelope
specification, sections 7 and 9, row 11). The proof itself was verified with the
envelope; here it must be there.
"""

from __future__ import annotations

from domain.refusal import Refusal
from domain.registry.events import KeyEnrolApproved, KeyEnrolProposed, KeyRotated
from domain.registry.members import REGISTRY_ADMIN, KeyMaterial
from domain.registry.powers import Act, beyond_role, same_person
from domain.registry.state import covers


def may_propose(act: Act) -> Refusal | None:
    """Judge the proposal of a key for an officer."""
    key = act.data(KeyEnrolProposed)
    if act.event.sub.uuid in act.registry.streams:
        return Refusal(rule="stream_taken", sentence="That stream belongs to another key.")
    if key.authority not in act.registry.authorities:
        return Refusal(rule="authority_unknown", sentence="No such authority is registered.")
    if not act.administers(key.authority):
        return beyond_role("A registry-admin enrols keys of his own authority only.")
    if key.not_before >= key.not_after:
        return Refusal(rule="key_dates", sentence="The key's last day is not after its first.")
    return _bad_material(act, key) or out_of_place(act, key.authority, places=key.jurisdictions)


def may_approve(act: Act) -> Refusal | None:
    """Judge the approval of a proposed key by a second person."""
    target = act.data(KeyEnrolApproved).target
    stream = act.event.sub.uuid
    found = [key for key in act.registry.keys.values() if key.stream == stream]
    pending = [key for key in found if key.proposal == target]
    if not pending or pending[0].approved is not None or pending[0].ended is not None:
        return Refusal(
            rule="key_not_pending", sentence="That stream has no such proposal awaiting approval."
        )
    key = pending[0]
    if not act.guards(key.authority):
        return beyond_role("A key is approved by an officer of its own authority, or by a root.")
    if act.signer.officer == key.proposer:
        return same_person("The person who proposed a key cannot approve it, with whatever key.")
    if act.signer.officer == key.officer:
        return same_person("The person who will hold a key cannot approve it.")
    return None


def may_rotate(act: Act) -> Refusal | None:
    """Judge a key that its holder puts in the place of his old one.

    One person is enough: the old key signs and the new one proves itself, while officer,
    roles, jurisdictions and dates stay what two persons once agreed to.
    """
    if act.signer.stream != act.event.sub.uuid and not may_open_stream(act, act.signer.kid):
        return Refusal(
            rule="stream_unknown", sentence="A key is rotated in its own stream, signed by itself."
        )
    return _bad_material(act, act.data(KeyRotated))


def may_open_stream(act: Act, kid: str) -> bool:
    """Tell whether the event may open the stream of a root key.

    Root keys come with the founding event, so their stream begins with the first event
    about them.
    """
    key = act.registry.keys[kid]
    return key.stream is None and act.event.sub.uuid not in act.registry.streams


def out_of_place(act: Act, authority: str, *, places: tuple[str, ...]) -> Refusal | None:
    """Refuse jurisdictions beyond the authority's, or beyond those of the admin who signs."""
    reach = act.registry.authorities[authority].jurisdictions
    if not all(covers(reach, place) for place in places):
        return _denied("The authority has no say in that jurisdiction.")
    own = act.signer.reach(REGISTRY_ADMIN, index=act.index, moment=act.event.iat)
    if not act.by_root and not all(covers(own, place) for place in places):
        return _denied("A registry-admin gives out no jurisdiction beyond his own.")
    return None


def _bad_material(act: Act, key: KeyMaterial) -> Refusal | None:
    if key.kid in act.registry.keys:
        return Refusal(
            rule="key_known",
            sentence="That key is or was enrolled; a key is enrolled once, in one class.",
            legal=("make a new key",),
        )
    if not key.fits():
        return Refusal(rule="alg_mismatch", sentence="The key does not fit its algorithm.")
    if not act.registry.algorithm_open(key.alg, act.index):
        return Refusal(rule="algorithm_closed", sentence=f"{key.alg} is closed for new events.")
    if key.kid not in act.event.attested:
        return Refusal(
            rule="possession_unproved", sentence="The new key did not prove its possession."
        )
    return None


def _denied(sentence: str) -> Refusal:
    return Refusal(rule="jurisdiction_denied", sentence=sentence, axis="jurisdiction")
