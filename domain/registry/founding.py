# SPDX-License-Identifier: Apache-2.0
"""The rules of what only root keys do: found the ledger, admit authorities, close algorithms.

Implements the genesis and ``alg.policy`` of the envelope specification, section 7, and
the N-of-M root keys of the log specification, section 2.8. Which genesis a reader
trusts is decided outside the log, by the trust bundle.
"""

from __future__ import annotations

from domain.event import Event
from domain.refusal import Refusal
from domain.registry.events import AlgorithmPolicy, AuthorityRegistered, LedgerFounded
from domain.registry.members import ALGORITHMS
from domain.registry.powers import (
    Act,
    algorithm_closed,
    ledger_stream,
    quorum,
    stream_taken,
    too_few,
)


def may_found(act: Act) -> Refusal | None:
    """Judge the first event of a ledger; it has no registry yet to be judged by."""
    founding = act.data(LedgerFounded)
    if act.index != 0 or act.registry.log is not None or act.event.seq != 1:
        return Refusal(
            rule="already_founded",
            sentence="A ledger is founded once, by the event at index 0.",
            axis="index",
            found=str(act.index),
            legal=("0",),
        )
    return _bad_roots(founding, act.event) or _founders(founding, act.event)


def may_register_authority(act: Act) -> Refusal | None:
    """Judge the admission of a further authority."""
    admitted = act.data(AuthorityRegistered)
    if admitted.id in act.registry.authorities:
        return Refusal(
            rule="authority_known",
            sentence="An authority of that name is registered.",
            axis="authority",
            found=admitted.id,
            legal=("another name",),
        )
    if act.event.sub.uuid in act.registry.streams:
        return stream_taken(act, "authority")
    return quorum(act, admitted.endorsements)


def may_close_algorithm(act: Act) -> Refusal | None:
    """Judge the closing of an algorithm; it must leave root keys that can act."""
    policy = act.data(AlgorithmPolicy)
    elsewhere = ledger_stream(act)
    if elsewhere:
        return elsewhere
    if policy.closed in act.registry.closed_algorithms:
        sentence = f"{policy.closed} is closed already."
        return algorithm_closed(policy.closed, act, sentence=sentence)
    return quorum(act, policy.endorsements) or _lockout(act, policy.closed)


def _bad_roots(founding: LedgerFounded, event: Event) -> Refusal | None:
    kids = {root.kid for root in founding.roots}
    officers = {root.officer for root in founding.roots}
    if len(kids) != len(founding.roots) or len(officers) != len(founding.roots):
        found = f"{len(kids)} keys, {len(officers)} officers"
        legal = f"{len(founding.roots)} of both"
        return _bad("Every root key and every root officer is named once.", found, legal)
    if founding.threshold > len(founding.roots):
        sentence = "The threshold is larger than the number of root keys."
        return _bad(sentence, str(founding.threshold), f"up to {len(founding.roots)}")
    if event.iss != founding.authority.id:
        sentence = "The founding event is issued by the founding authority."
        return _bad(sentence, event.iss, founding.authority.id)
    unfit = [root.alg for root in founding.roots if not root.fits()]
    if unfit:
        legal = "a key of that algorithm"
        return _bad("A root key does not fit its algorithm.", ", ".join(unfit), legal)
    unproved = kids - event.attested
    if unproved:
        legal = "a proof of possession by each root key"
        return _bad("Every root key proves its possession.", ", ".join(sorted(unproved)), legal)
    return None


def _founders(founding: LedgerFounded, event: Event) -> Refusal | None:
    # Proofs of possession are attested too, so only those who endorsed are counted.
    endorsers = {each.kid for each in founding.endorsements} & event.attested
    present = {root.kid for root in founding.roots} & (endorsers | {event.kid})
    if event.kid not in present:
        legal = "a root key that it names"
        return _bad("The founding event is signed by one of its root keys.", event.kid, legal)
    return too_few(len(present), founding.threshold)


def _lockout(act: Act, closed: str) -> Refusal | None:
    roots = (act.registry.key_at(kid, act.index) for kid in act.registry.roots)
    remaining = {key.officer for key in roots if key and key.alg != closed}
    if len(remaining) >= act.registry.threshold:
        return None
    others = sorted(ALGORITHMS - {closed} - act.registry.closed_algorithms.keys())
    return Refusal(
        rule="algorithm_needed",
        sentence="Too few root keys use another algorithm, so nobody could act as root afterwards.",
        axis="roots",
        found=str(len(remaining)),
        legal=tuple(f"rotate root keys to {alg} first" for alg in others) or ("no closing",),
    )


def _bad(sentence: str, found: str, legal: str) -> Refusal:
    return Refusal(
        rule="founding_invalid", sentence=sentence, axis="roots", found=found, legal=(legal,)
    )
