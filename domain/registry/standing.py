# SPDX-License-Identifier: Apache-2.0
"""The rules of what becomes of an enrolled key: suspension, revocation, disputes, roles.

Implements key and role changes of the envelope specification, section 7, and "an authority
entry confirms or supersedes each" of the log specification, section 2.8. Stopping a key is made
easy and quick; giving it back, or giving it more, takes another person, and so does a word on
what a compromised key signed. Root keys are stopped by a quorum of root keys. Whether an entry
is what its settlement says is seen in the whole log alone: ``audit.proof.disputes``.
"""

from __future__ import annotations

from domain.refusal import Refusal
from domain.registry.enrolment import may_open_stream, out_of_place, own_stream
from domain.registry.events import (
    DisputeSettled,
    KeyReinstated,
    KeyRevoked,
    KeySuspended,
    RoleGranted,
    RoleWithdrawn,
)
from domain.registry.members import Endorsement, Settled
from domain.registry.powers import (
    Act,
    beyond_role,
    foreign,
    key_unknown,
    quorum,
    same_person,
    wrong_stream,
)
from domain.registry.state import KeyRecord

GRANTS_MAX = 256
"""Roles that one key can be given over its life; each append looks through them."""


def may_suspend(act: Act) -> Refusal | None:
    """Judge the suspension of a key."""
    stop = act.data(KeySuspended)
    key = _subject(act, stop.kid)
    if isinstance(key, Refusal):
        return key
    if key.state_at(act.index) != "valid":
        return _wrong_state(act, key, "valid")
    return _may_stop(act, key, endorsements=stop.endorsements)


def may_reinstate(act: Act) -> Refusal | None:
    """Judge the reinstatement of a suspended key: never by its suspender or its holder."""
    back = act.data(KeyReinstated)
    key = _subject(act, back.kid)
    if isinstance(key, Refusal):
        return key
    if key.state_at(act.index) != "suspended":
        return _wrong_state(act, key, "suspended")
    if act.signer.officer in (key.suspensions[-1].officer, key.officer):
        return same_person("A key is reinstated by neither its suspender nor its holder.")
    if key.kid in act.registry.roots:
        return quorum(act, back.endorsements)
    return None if act.guards(key.authority) else _foreign(act, key)


def may_revoke(act: Act) -> Refusal | None:
    """Judge the end of a key, or the later finding that an ended key was compromised."""
    end = act.data(KeyRevoked)
    key = _subject(act, end.kid)
    if isinstance(key, Refusal):
        return key
    since = end.compromised_since
    if since is not None and (end.reason != "compromised" or since > act.index):
        return Refusal(
            rule="compromise_unclear",
            sentence="A first disputed index belongs to a compromised key and lies in the past.",
            axis="index",
            found=f"{since}, {end.reason}",
            legal=(f"compromised, up to {act.index}",),
        )
    if key.ended is not None and not _finds_more(key, end):
        return _wrong_state(act, key, "proposed", "valid", "suspended")
    # Whoever could call his own key compromised could disown what he signed.
    if end.reason == "compromised" and act.signer.officer == key.officer:
        return same_person("That a key was compromised is stated by another person.")
    return _may_stop(act, key, endorsements=end.endorsements)


def may_settle(act: Act) -> Refusal | None:
    """Judge a word on disputed entries: by two persons, and never by the holder of the key."""
    word = act.data(DisputeSettled)
    key = _subject(act, word.kid)
    if isinstance(key, Refusal):
        return key
    unfit = _unfit(act, word.kid, word.entries)
    if unfit:
        return unfit
    if act.signer.officer == key.officer:
        return same_person("What a compromised key signed is settled by others than its holder.")
    if key.kid in act.registry.roots:
        missing = quorum(act, word.endorsements)
    else:
        missing = None if act.guards(key.authority) else _foreign(act, key)
    return missing or _second(act, key, endorsements=word.endorsements)


def may_grant(act: Act) -> Refusal | None:
    """Judge a role for somebody else's key."""
    grant = act.data(RoleGranted)
    key = _mandate_subject(act, grant.kid)
    if isinstance(key, Refusal):
        return key
    if len(key.grants) >= GRANTS_MAX:
        return Refusal(
            rule="too_many_grants",
            sentence=f"A key is given at most {GRANTS_MAX} roles over its life.",
            axis="role",
            found=f"{len(key.grants)} roles",
            legal=("enrol a new key",),
        )
    return out_of_place(act, key.authority, places=grant.jurisdictions)


def may_withdraw(act: Act) -> Refusal | None:
    """Judge the end of a role of somebody else's key."""
    loss = act.data(RoleWithdrawn)
    key = _mandate_subject(act, loss.kid)
    if isinstance(key, Refusal):
        return key
    if not any(each.role == loss.role and act.index in each.during for each in key.grants):
        held = sorted({each.role for each in key.grants if act.index in each.during})
        return Refusal(
            rule="role_not_held",
            sentence="The key does not hold that role.",
            axis="role",
            found=loss.role,
            legal=tuple(held) or ("role.granted",),
        )
    return None


def _subject(act: Act, kid: str) -> KeyRecord | Refusal:
    key = act.registry.keys.get(kid)
    if key is None:
        return key_unknown("key_unknown", "No such key is enrolled.", kid)
    if key.stream != act.event.sub.uuid and not may_open_stream(act, kid):
        return wrong_stream(act, "That is not the stream of the key.", legal=own_stream(key))
    return key


def _mandate_subject(act: Act, kid: str) -> KeyRecord | Refusal:
    key = _subject(act, kid)
    if isinstance(key, Refusal):
        return key
    if kid in act.registry.roots:
        sentence = "A root key holds the role root and no other."
        return beyond_role(sentence, found="root", legal="a key that is no root key")
    if key.state_at(act.index) not in ("valid", "suspended"):
        return _wrong_state(act, key, "valid", "suspended")
    if not act.administers(key.authority):
        return _foreign(act, key)
    if act.signer.officer == key.officer:
        return same_person("Nobody changes his own roles.")
    return key


def _may_stop(act: Act, key: KeyRecord, *, endorsements: tuple[Endorsement, ...]) -> Refusal | None:
    if act.signer.officer == key.officer:
        # A key that may be in the wrong hands is not heard about itself.
        own = act.signer.kid == key.kid
        return same_person("A key is not stopped by itself.") if own else None
    if key.kid in act.registry.roots:
        return quorum(act, endorsements)
    return None if act.guards(key.authority) else _foreign(act, key)


def _unfit(act: Act, kid: str, entries: tuple[Settled, ...]) -> Refusal | None:
    indexes = [each.index for each in entries]
    if indexes != sorted(set(indexes)):
        return Refusal(
            rule="settlement_order",
            sentence="Each entry is named once, by rising index.",
            axis="index",
            found=", ".join(map(str, indexes)),
            legal=(", ".join(map(str, sorted(set(indexes)))),),
        )
    for index in indexes:
        if not act.registry.disputed(kid, index):
            return Refusal(
                rule="not_disputed",
                sentence=f"The entry at index {index} is not disputed by a compromise of that key.",
                axis="index",
                found=str(index),
                legal=("name entries that `muniment disputes` lists",),
            )
    return None


def _second(act: Act, key: KeyRecord, *, endorsements: tuple[Endorsement, ...]) -> Refusal | None:
    """Refuse unless another officer who watches over the key endorsed the event."""
    persons = (act.signer.officer, key.officer)
    for kid in sorted({each.kid for each in endorsements} & act.event.attested):
        second = act.registry.key_at(kid, act.index)
        if second and second.officer not in persons and act.watches(second, key.authority):
            return None
    return Refusal(
        rule="four_eyes_required",
        sentence="A dispute is settled by two officers, neither of them the holder of the key.",
        axis="officer",
        found="1",
        legal=("let a second supervisor, registry-admin or root officer endorse it",),
    )


def _finds_more(key: KeyRecord, end: KeyRevoked) -> bool:
    if end.reason != "compromised":
        return False
    return key.compromised_since is None or (end.compromised_since or 0) < key.compromised_since


def _foreign(act: Act, key: KeyRecord) -> Refusal:
    sentence = "That key belongs to an authority that this role does not reach."
    return foreign(act, key.authority, sentence=sentence)


def _wrong_state(act: Act, key: KeyRecord, *legal: str) -> Refusal:
    found = key.state_at(act.index)
    return Refusal(
        rule="key_state",
        sentence=f"The key is {found}; it would have to be {' or '.join(legal)}.",
        axis="key",
        found=found,
        legal=legal,
    )
