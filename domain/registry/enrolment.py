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
from domain.registry.powers import (
    Act,
    algorithm_closed,
    foreign,
    same_person,
    stream_taken,
    wrong_stream,
)
from domain.registry.state import KeyRecord, covers


def may_propose(act: Act) -> Refusal | None:
    """Judge the proposal of a key for an officer."""
    key = act.data(KeyEnrolProposed)
    if act.event.sub.uuid in act.registry.streams:
        return stream_taken(act, "key")
    if key.authority not in act.registry.authorities:
        return Refusal(
            rule="authority_unknown",
            sentence="No such authority is registered.",
            axis="authority",
            found=key.authority,
            legal=("authority.registered",),
        )
    if not act.administers(key.authority):
        sentence = "A registry-admin enrols keys of his own authority only."
        return foreign(act, key.authority, sentence=sentence)
    if key.not_before >= key.not_after:
        return Refusal(
            rule="key_dates",
            sentence="The key's last day is not after its first.",
            axis="dates",
            found=f"{key.not_before} to {key.not_after}",
            legal=("not_after later than not_before",),
        )
    return _bad_material(act, key) or out_of_place(act, key.authority, places=key.jurisdictions)


def may_approve(act: Act) -> Refusal | None:
    """Judge the approval of a proposed key by a second person."""
    target = act.data(KeyEnrolApproved).target
    stream = act.event.sub.uuid
    found = [key for key in act.registry.keys.values() if key.stream == stream]
    pending = [key for key in found if key.proposal == target]
    if not pending or pending[0].approved is not None or pending[0].ended is not None:
        return Refusal(
            rule="key_not_pending",
            sentence="That stream has no such proposal awaiting approval.",
            axis="key",
            found=found[0].state_at(act.index) if found else "no key",
            legal=("proposed",),
        )
    key = pending[0]
    if not act.guards(key.authority):
        sentence = "A key is approved by an officer of its own authority, or by a root."
        return foreign(act, key.authority, sentence=sentence)
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
        sentence = "A key is rotated in its own stream, signed by itself."
        return wrong_stream(act, sentence, legal=own_stream(act.signer))
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
        return _denied("The authority has no say in that jurisdiction.", places, reach)
    own = act.signer.reach(REGISTRY_ADMIN, index=act.index, moment=act.event.iat)
    if not act.by_root and not all(covers(own, place) for place in places):
        return _denied("A registry-admin gives out no jurisdiction beyond his own.", places, own)
    return None


def _bad_material(act: Act, key: KeyMaterial) -> Refusal | None:
    if key.kid in act.registry.keys:
        return Refusal(
            rule="key_known",
            sentence="That key is or was enrolled; a key is enrolled once, in one class.",
            axis="key",
            found=key.kid,
            legal=("make a new key",),
        )
    if not key.fits():
        return Refusal(
            rule="alg_mismatch",
            sentence="The key does not fit its algorithm.",
            axis="algorithm",
            found=key.alg,
            legal=("the algorithm of the key",),
        )
    if not act.registry.algorithm_open(key.alg, act.index):
        return algorithm_closed(key.alg, act, sentence=f"{key.alg} is closed for new events.")
    if key.kid in act.event.attested:
        return None
    return Refusal(
        rule="possession_unproved",
        sentence="The new key did not prove its possession.",
        axis="key",
        found=key.kid,
        legal=("a proof of possession by the new key",),
    )


def own_stream(key: KeyRecord) -> str:
    """Name the stream of a key; that of a root key begins with the first event about it."""
    return f"key.{key.stream}" if key.stream else "a stream of its own"


def _denied(sentence: str, places: tuple[str, ...], reach: tuple[str, ...]) -> Refusal:
    beyond = (place for place in places if not covers(reach, place))
    return Refusal(
        rule="jurisdiction_denied",
        sentence=sentence,
        axis="jurisdiction",
        found=", ".join(beyond),
        legal=tuple(reach) or ("none",),
    )
