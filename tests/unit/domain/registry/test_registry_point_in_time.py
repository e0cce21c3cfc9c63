# SPDX-License-Identifier: Apache-2.0
"""Validity is a function of key and log index: the fold against a model that replays prefixes."""

from __future__ import annotations

from functools import reduce
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.event import Event
from domain.registry.aggregate import evolve
from domain.registry.authorise import authorise
from domain.registry.state import Registry
from tests.unit.domain.registry.registry_book import Book, digest, endorsements
from tests.unit.tries import tries

NAMES = ("r1", "r2", "ada", "bea", "cop", "dan")
STOPS = ("key.suspended", "key.reinstated", "key.revoked")
OPERATIONS = ("propose", "approve", "rotate", "rotate", "sight", "close", *STOPS)
NEWEST = 2
"""From this variant on a name stands for the key that the named one was rotated to."""

Script = list[tuple[str, str, str, int]]
scripts = st.lists(
    st.tuples(
        st.sampled_from(OPERATIONS),
        st.sampled_from(NAMES),
        st.sampled_from(NAMES),
        st.integers(0, 3),
    ),
    min_size=20,
    max_size=40,
)


def _build(book: Book, step: tuple[str, str, str, int]) -> Event | None:
    operation, by, name, variant = step
    by, name = (_newest(book, each) if variant >= NEWEST else each for each in (by, name))
    if operation == "key.reinstated":
        name = _suspended(book, name)
    known = digest(name) in book.registry.keys
    if operation == "propose":
        return book.propose(name, by=by, roles=["POL", "registry-admin"])
    if operation == "sight":
        return book.sight(by=by)
    if operation == "close":
        return book.close("ES256" if variant else "Ed25519", by=by, endorsers=["r1", "r2"])
    if not known or (operation == "approve" and not book.registry.keys[digest(name)].stream):
        return None
    if operation == "approve":
        return book.approve(name, by=by)
    if operation == "rotate":
        book.names[name] = f"{name}+{book.made}"
        return book.rotate(name, book.names[name], alg=("Ed25519", "ES256")[variant % 2])
    return book.about(operation, name, by=by, **_facts(book, operation, variant))


def _newest(book: Book, name: str) -> str:
    while (successor := book.names.get(name)) and digest(successor) in book.registry.keys:
        name = successor
    return name


def _suspended(book: Book, name: str) -> str:
    """Prefer a key that is suspended, since most names are not."""
    keys, index = book.registry.keys, len(book.log)
    names = (each for each in (*NAMES, *book.names.values()) if digest(each) in keys)
    return next((each for each in names if keys[digest(each)].suspended_at(index)), name)


def _facts(book: Book, operation: str, variant: int) -> dict[str, Any]:
    dat: dict[str, Any] = {"endorsements": endorsements(["r1", "r2", "r3"])}
    if operation == "key.revoked":
        dat["reason"] = "compromised" if variant else "lost"
        if variant > 1:
            dat["compromised_since"] = len(book.log) // variant
    return dat


def _play(script: Script) -> Book:
    """Write a log: whatever is legal is taken, the rest falls away."""
    book = Book.founded()
    for name, by in (("ada", ("r1", "r2")), ("bea", ("r1", "r2")), ("cop", ("ada", "bea"))):
        book.enrol(name, roles=["POL", "registry-admin"], by=by)
    for step in script:
        event = _build(book, step)
        if event and book.rule(event) is None:
            book.add(event)
    return book


class Naive:
    """What keys are worth before an index, replayed from the first event each time."""

    def __init__(self, events: list[Event]) -> None:
        self.status: dict[str, str] = {}
        self.algorithm: dict[str, str] = {}
        self.proposals: dict[str, str] = {}
        self.rotations: list[tuple[int, str, str]] = []
        self.closed: set[str] = set()
        for index, event in enumerate(events):
            self._replay(event.evt, event, event.dat.model_dump(by_alias=True), index)

    def worth(self, kid: str) -> bool:
        return self.status.get(kid) == "valid" and self.algorithm[kid] not in self.closed

    def _replay(self, evt: str, event: Event, dat: dict[str, Any], index: int) -> None:
        if evt == "ledger.founded":
            for root in dat["roots"]:
                self._learn(root, "valid")
        elif evt == "key.enrol-proposed":
            self._learn(dat, "proposed")
            self.proposals[event.eid] = dat["kid"]
        elif evt == "key.enrol-approved":
            self.status[self.proposals[dat["target"]]] = "valid"
        elif evt == "key.rotated":
            self.status[event.kid] = "ended"
            self._learn(dat, "valid")
            self.rotations.append((index, event.kid, dat["kid"]))
        elif evt == "alg.policy":
            self.closed.add(dat["closed"])
        elif evt in STOPS:
            self._stop(evt, dat)

    def _learn(self, material: dict[str, Any], status: str) -> None:
        self.status[material["kid"]] = status
        self.algorithm[material["kid"]] = material["alg"]

    def _stop(self, evt: str, dat: dict[str, Any]) -> None:
        words = {"key.suspended": "suspended", "key.reinstated": "valid", "key.revoked": "ended"}
        self.status[dat["kid"]] = words[evt]
        if dat.get("reason") == "compromised":
            tainted = {dat["kid"]}
            for index, old, new in self.rotations:
                if old in tainted and index >= (dat["compromised_since"] or 0):
                    tainted.add(new)
                    self.status[new] = "ended"


@settings(max_examples=tries(60), deadline=None)
@given(scripts)
def test_validity_at_an_index_depends_only_on_the_events_before_it(script: Script) -> None:
    book = _play(script)
    for index in range(len(book.log) + 1):
        naive = Naive(book.log[:index])
        for kid in book.registry.keys:
            expected = naive.worth(kid)
            assert bool(book.registry.key_at(kid, index)) == expected, (index, kid)


@settings(max_examples=tries(40), deadline=None)
@given(scripts)
def test_the_newest_registry_judges_every_past_signer_as_it_was_judged_then(
    script: Script,
) -> None:
    book = _play(script)
    prefix = Registry.empty()
    for index, event in enumerate(book.log):
        probe = book.sight(by="cop")
        then = authorise(prefix, probe, index)
        now = authorise(book.registry, probe, index)
        assert (then is None) == (now is None)
        assert index == 0 or authorise(book.registry, event, index) is None
        prefix = evolve(prefix, event, index)


@settings(max_examples=tries(40), deadline=None)
@given(scripts)
def test_no_event_after_a_revocation_is_signed_by_the_revoked_key(script: Script) -> None:
    book = _play(script)
    revoked: set[str] = set()
    for event in book.log:
        assert event.kid not in revoked
        if event.evt == "key.revoked":
            revoked.add(event.dat.model_dump()["kid"])


@settings(max_examples=tries(40), deadline=None)
@given(scripts)
def test_refolding_the_log_without_proofs_gives_the_same_registry(script: Script) -> None:
    book = _play(script)
    positions = enumerate(book.log)
    folded = reduce(lambda state, at: evolve(state, at[1], at[0]), positions, Registry.empty())
    assert folded == book.registry
