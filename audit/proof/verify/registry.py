# SPDX-License-Identifier: Apache-2.0
"""The registry as the log itself tells it, folded by a reader who trusts only its founding.

Implements the log specification, section 2.8: registry tables are nobody's evidence, so the
registry is rebuilt from the registry's entries, each verified in full, authorised and
judged by the same rules as when it was appended. Entries of other kinds are left alone.
"""

from __future__ import annotations

import re
from typing import Final

from audit.proof.encoding import decode
from audit.proof.envelope.opening import Reading, check_times, open_stored
from audit.proof.keys import PublicKey, public_key
from audit.proof.merkle import leaf_hash
from audit.proof.verify.findings import Finding
from audit.proof.verify.log.shortcut import PlainEntry, Signing
from audit.proof.verify.report import Tally
from audit.proof.verify.trust import Trust
from domain.errors import EnvelopeError
from domain.event import Event
from domain.identifiers import REGISTRY_KINDS
from domain.registry.aggregate import decide, evolve
from domain.registry.authorise import authorise
from domain.registry.state import Registry
from domain.schema import Catalogue

REGISTRY: Final = "registry"
ENVELOPE: Final = "envelope"
SIGNATURE: Final = "signature"
MANDATE: Final = "mandate"

_SIGNATURE_CODES: Final = frozenset({"sig_invalid", "sig_form", "alg_mismatch", "key_weak"})
_TAIL_CHARS: Final = 128
"""The last characters of a payload; they hold ``sub`` and ``ver``, which come last in it."""

_SUBJECT: Final = re.compile(
    rb'"sub":"(?:%b)\.' % b"|".join(kind.encode() for kind in sorted(REGISTRY_KINDS))
)
_POLICY: Final = re.compile(rb'"sub":"pol\.')
_EARLY: Final = re.compile(_SUBJECT.pattern + b"|" + _POLICY.pattern)
_PLACE: Final = re.compile(rb'"seq":([1-9][0-9]{0,15}),"sub":"([a-z]{3,4}\.[0-9a-f-]{36})"')


class RegistryFold:
    """Folds the registry's entries in log order.

    Attributes:
        registry: The registry after the entries folded so far.
        judged: Leaf hashes of the entries judged here, by index.
        tally: What was wrong with them.
        links: What each accepted entry says about its place.
    """

    def __init__(self, trust: Trust, catalogue: Catalogue) -> None:
        """Start before the founding of the ledger that is trusted."""
        self.registry = Registry.empty()
        self.judged: dict[int, bytes] = {}
        self.links: dict[int, PlainEntry] = {}
        self.tally = Tally()
        self._trust = trust
        self._catalogue = catalogue

    def add(self, index: int, jws: bytes) -> None:
        """Judge one entry that may be of the registry, and let it take effect if it is legal."""
        opened = open_entry(
            jws, index=index, registry=self.registry, audience=self._trust.audience,
            catalogue=self._catalogue,
        )  # fmt: skip
        if isinstance(opened, Event) and opened.sub.kind not in REGISTRY_KINDS:
            return
        self.judged[index] = leaf_hash(jws)
        if isinstance(opened, Finding):
            self.tally.add(opened)
            return
        self.links[index] = plain(opened)
        refusal = decide(self.registry, opened, index)
        if refusal:
            sentence = f"{_name(opened)}: {refusal.sentence}"
            self._fail(index, refusal.rule, sentence)
            return
        self.registry = evolve(self.registry, opened, index)
        if index == 0:
            self._compare_founding(opened)

    def finish(self) -> None:
        """Conclude that the ledger was founded at all."""
        if 0 not in self.judged:
            self._fail(0, "not_founded", "The first entry does not found a ledger.")

    def _compare_founding(self, event: Event) -> None:
        if event.eid != self._trust.genesis:
            self._fail(
                0,
                "genesis_mismatch",
                "The ledger was founded by another event than the trusted one.",
            )
        if self.registry.roots != frozenset(self._trust.root_keys):
            self._fail(0, "roots_mismatch", "The founding event names other root keys.")
        if self.registry.threshold != self._trust.threshold:
            self._fail(0, "threshold_mismatch", "The founding event states another threshold.")

    def _fail(self, index: int, code: str, sentence: str) -> None:
        self.tally.add(Finding(check=REGISTRY, code=code, sentence=sentence, index=index))


def open_entry(
    jws: bytes, *, index: int, registry: Registry, audience: str, catalogue: Catalogue
) -> Event | Finding:
    """Verify an entry in the order of section 4.6, with its key's validity at its index.

    Returns:
        The event, or the first check that it fails.
    """

    def key(kid: str) -> PublicKey | None:
        record = registry.keys.get(kid)
        return public_key(record.jwk) if record else None

    try:
        event = open_stored(jws, Reading(key, catalogue, audience)).event
        # Only the ledger's clock could judge ``iat``; that ``occ`` is not after it, anybody can.
        check_times(event, now=event.iat)
    except EnvelopeError as error:
        check = SIGNATURE if error.slug in _SIGNATURE_CODES else ENVELOPE
        check = MANDATE if error.slug == "kid_unknown" else check
        sentence = f"{_place(jws)}: {error.sentence}"
        return Finding(check=check, code=error.slug, sentence=sentence, index=index)
    refusal = authorise(registry, event, index)
    if refusal:
        sentence = f"{_name(event)}: {refusal.sentence}"
        return Finding(check=MANDATE, code=refusal.rule, sentence=sentence, index=index)
    return event


def may_be_registry(jws: bytes) -> bool:
    """Tell quickly whether an entry may be of the registry; no valid one is overlooked."""
    return _is_about(jws, _SUBJECT)


def may_be_policy(jws: bytes) -> bool:
    """Tell quickly whether an entry may decide on a policy; no valid one is overlooked."""
    return _is_about(jws, _POLICY)


def may_be_early(jws: bytes) -> bool:
    """Tell quickly whether an entry may be either, and so one that others are judged by."""
    return _is_about(jws, _EARLY)


def _is_about(jws: bytes, subject: re.Pattern[bytes]) -> bool:
    end = jws.rfind(b".")
    length = end - jws.find(b".") - 1
    # Groups of four characters stand for three octets each, so decoding may start at any.
    start = end - min(length, _TAIL_CHARS + length % 4)
    try:
        return subject.search(decode(jws[start:end])) is not None
    except EnvelopeError:
        return False


def plain(event: Event) -> PlainEntry:
    """Give what the checks over the whole log need of an event."""
    return PlainEntry(
        signing=Signing(event.kid, event.iss, event.iat, event.type, event.dat),
        sub=str(event.sub).encode(),
        seq=event.seq,
        prev=event.prev.encode(),
        eid=event.eid.encode(),
        jti=str(event.jti).encode(),
        occ=event.occ,
        taken_over=event.dat.__dict__.get("source") is not None,
    )


def _name(event: Event) -> str:
    return f"Event {event.sub} seq {event.seq}"


def _place(jws: bytes) -> str:
    """Name the event that an entry claims to be, where that can still be read."""
    try:
        found = _PLACE.search(decode(jws.split(b".")[1]))
    except (EnvelopeError, IndexError):
        found = None
    return f"Event {found[2].decode()} seq {found[1].decode()}" if found else "Unreadable entry"
