# SPDX-License-Identifier: Apache-2.0
"""What each registry event changes; every change takes effect at the next index.

The effects half of the registry's functional core (design decision D2). They take
accepted events as facts and judge nothing. Registry events are rare, so each one
copies the mapping that it changes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from domain.registry.events import (
    AlgorithmPolicy,
    AuthorityRegistered,
    DisputeSettled,
    KeyEnrolApproved,
    KeyEnrolProposed,
    KeyReinstated,
    KeyRevoked,
    KeyRotated,
    KeySuspended,
    LedgerFounded,
    RoleGranted,
    RoleWithdrawn,
)
from domain.registry.members import ROOT, RootKey
from domain.registry.powers import Act
from domain.registry.state import (
    Authority,
    Grant,
    Interval,
    KeyRecord,
    Registry,
    Settlement,
    Suspension,
)


def founded(act: Act) -> Registry:
    """Open the registry with the founding authority and its root keys."""
    founding = act.data(LedgerFounded)
    authority = Authority(
        id=founding.authority.id,
        name=founding.authority.name,
        jurisdictions=founding.authority.jurisdictions,
        registered=act.index,
    )
    return replace(
        act.registry,
        log=act.event.sub.uuid,
        authorities={authority.id: authority},
        keys={root.kid: _root(act, root) for root in founding.roots},
        roots=frozenset(root.kid for root in founding.roots),
        threshold=founding.threshold,
    )


def authority_registered(act: Act) -> Registry:
    """Add an authority."""
    admitted = act.data(AuthorityRegistered)
    authority = Authority(
        id=admitted.id,
        name=admitted.name,
        jurisdictions=admitted.jurisdictions,
        registered=act.index,
        stream=act.event.sub.uuid,
    )
    return replace(
        act.registry,
        authorities={**act.registry.authorities, authority.id: authority},
        streams=act.registry.streams | {act.event.sub.uuid},
    )


def algorithm_closed(act: Act) -> Registry:
    """Close an algorithm for the events after this one."""
    closed = act.data(AlgorithmPolicy).closed
    return replace(
        act.registry, closed_algorithms={**act.registry.closed_algorithms, closed: act.index}
    )


def proposed(act: Act) -> Registry:
    """Add a key that is not valid yet."""
    proposal = act.data(KeyEnrolProposed)
    key = KeyRecord(
        kid=proposal.kid,
        alg=proposal.alg,
        jwk=proposal.jwk.model_dump(),
        key_class=proposal.key_class,
        authority=proposal.authority,
        officer=proposal.officer,
        stream=act.event.sub.uuid,
        proposed=act.index,
        proposal=act.event.eid,
        proposer=act.signer.officer,
        not_before=proposal.not_before,
        not_after=proposal.not_after,
        offline=proposal.offline,
        grants=tuple(
            Grant(role=role, jurisdictions=proposal.jurisdictions, during=Interval(act.index))
            for role in proposal.roles
        ),
    )
    return _with(act, key)


def approved(act: Act) -> Registry:
    """Make a proposed key valid."""
    target = act.data(KeyEnrolApproved).target
    stream = act.event.sub.uuid
    here = (key for key in act.registry.keys.values() if key.stream == stream)
    key = next(key for key in here if key.proposal == target)
    return _with(act, replace(key, approved=act.index))


def rotated(act: Act) -> Registry:
    """End the key that signed and put the new one in its place, with the same mandate."""
    material = act.data(KeyRotated)
    old = act.signer
    new = replace(
        old,
        kid=material.kid,
        alg=material.alg,
        jwk=material.jwk.model_dump(),
        stream=act.event.sub.uuid,
        proposed=act.index,
        proposal=act.event.eid,
        proposer=old.officer,
        approved=act.index,
        grants=tuple(
            replace(each, during=Interval(act.index))
            for each in old.grants
            if each.during.until is None
        ),
        suspensions=(),
    )
    ended = replace(
        old,
        stream=act.event.sub.uuid,
        ended=act.index,
        ended_at=act.event.iat,
        end_reason="superseded",
        successor=new.kid,
    )
    roots = act.registry.roots | {new.kid} if old.kid in act.registry.roots else act.registry.roots
    return replace(_with(act, ended, new), roots=roots)


def suspended(act: Act) -> Registry:
    """Open a suspension."""
    key = act.registry.keys[act.data(KeySuspended).kid]
    officer = act.signer.officer
    suspension = Suspension(during=Interval(act.index), officer=officer)
    return _with(act, replace(key, suspensions=(*key.suspensions, suspension)))


def reinstated(act: Act) -> Registry:
    """Close the open suspension."""
    key = act.registry.keys[act.data(KeyReinstated).kid]
    *earlier, last = key.suspensions
    closed = replace(last, during=Interval(last.during.after, act.index))
    return _with(act, replace(key, suspensions=(*earlier, closed)))


def revoked(act: Act) -> Registry:
    """End a key; a compromised one takes the keys that it was rotated to with it."""
    end = act.data(KeyRevoked)
    key = act.registry.keys[end.kid]
    since = (end.compromised_since or 0) if end.reason == "compromised" else None
    changed = [_ended(act, key, since=since)]
    if since is not None:
        changed += [
            _ended(act, each, since=each.approved) for each in _successors(act, key, since=since)
        ]
    return _with(act, *changed)


def granted(act: Act) -> Registry:
    """Add a role."""
    addition = act.data(RoleGranted)
    key = act.registry.keys[addition.kid]
    grant = Grant(
        role=addition.role,
        jurisdictions=addition.jurisdictions,
        during=Interval(act.index),
        not_after=addition.not_after,
    )
    return _with(act, replace(key, grants=(*key.grants, grant)))


def withdrawn(act: Act) -> Registry:
    """Close every open grant of a role."""
    loss = act.data(RoleWithdrawn)
    key = act.registry.keys[loss.kid]
    grants = tuple(
        replace(each, during=Interval(each.during.after, act.index))
        if each.role == loss.role and each.during.until is None
        else each
        for each in key.grants
    )
    return _with(act, replace(key, grants=grants))


def settled(act: Act) -> Registry:
    """Keep what was found out about each entry; the newest finding counts."""
    found = {
        each.index: Settlement(
            eid=each.eid,
            by=each.by,
            index=act.index,
            event=act.event.eid,
            kid=act.event.kid,
        )
        for each in act.data(DisputeSettled).entries
    }
    return replace(act.registry, settlements={**act.registry.settlements, **found})


def _root(act: Act, root: RootKey) -> KeyRecord:
    founding = act.data(LedgerFounded)
    places = founding.authority.jurisdictions
    return KeyRecord(
        kid=root.kid,
        alg=root.alg,
        jwk=root.jwk.model_dump(),
        key_class="event",
        authority=founding.authority.id,
        officer=root.officer,
        stream=None,
        proposed=act.index,
        proposal=act.event.eid,
        proposer=root.officer,
        not_before=0,
        not_after=None,
        approved=act.index,
        grants=(Grant(role=ROOT, jurisdictions=places, during=Interval(act.index)),),
    )


def _ended(act: Act, key: KeyRecord, *, since: int | None) -> KeyRecord:
    known = [each for each in (since, key.compromised_since) if each is not None]
    return replace(
        key,
        ended=act.index if key.ended is None else key.ended,
        ended_at=act.event.iat if key.ended is None else key.ended_at,
        end_reason=act.data(KeyRevoked).reason,
        compromised_since=min(known, default=None),
    )


def _successors(act: Act, key: KeyRecord, *, since: int) -> Iterator[KeyRecord]:
    """Give the keys that a thief of the key may have put in its place, one after another."""
    while key.successor is not None and key.ended is not None and key.ended >= since:
        key = act.registry.keys[key.successor]
        yield key


def _with(act: Act, *keys: KeyRecord) -> Registry:
    stream = act.event.sub.uuid
    placed = (key if key.stream else replace(key, stream=stream) for key in keys)
    return replace(
        act.registry,
        keys={**act.registry.keys, **{key.kid: key for key in placed}},
        streams=act.registry.streams | {stream},
    )
