# SPDX-License-Identifier: Apache-2.0
"""The two passes over the entries, written so that many processes share them.

Implements the entry checks of the log specification, section 2.9, over ranges of entry
bundles. The first pass only finds the registry's entries; the second verifies every
entry under the registry they gave, which answers for each index of the log. Results of
ranges combine in order; nothing here outlives its range but the context of a process.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

from audit.proof.keys import PublicKey, public_key
from audit.proof.merkle import CompactRange, leaf_hash
from audit.proof.tiles import TILE_WIDTH, tile_width
from audit.proof.verify.beside.lateness import Extremes
from audit.proof.verify.findings import Finding
from audit.proof.verify.log.chain import PackedRecords, Records
from audit.proof.verify.log.layout import Bundle, Layout
from audit.proof.verify.log.shortcut import Claim, PlainEntry, Shortcut
from audit.proof.verify.log.tree import BundleHashes, marks_within
from audit.proof.verify.registry import (
    REGISTRY,
    may_be_early,
    open_entry,
    plain,
)
from audit.proof.verify.report import Tally
from domain.catalogue import CATALOGUE
from domain.event import Event
from domain.identifiers import REGISTRY_KINDS
from domain.registry.authorise import authorise
from domain.registry.state import Registry

if TYPE_CHECKING:
    from hashlib import _Hash as Hash

NumberedEntry = tuple[int, bytes]
"""An entry with its index."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A range of bundles of one export, the work of one task.

    Attributes:
        layout: Where the bundles lie.
        size: Number of entries of the log.
        first: Number of the first bundle.
        stop: Number after the last.
        context: File with the context of the second pass.
        partitions: How many partitions the records are spread over.
        marks: Sizes in this range whose roots are wanted, in order.
        under: Hash of the registry that its entries are judged by.
        known: Seal of the range when it was judged before; nothing if it was not.
    """

    layout: Layout
    size: int
    first: int
    stop: int
    context: Path | None = None
    partitions: int = 1
    marks: tuple[int, ...] = ()
    under: bytes = b""
    known: bytes = b""

    def bundles(self) -> Iterator[Bundle]:
        """Read the bundles of the range one after another."""
        for n in self.numbers:
            yield self.layout.bundle(n, tile_width(0, n, size=self.size))

    @property
    def numbers(self) -> range:
        """The bundles of the range."""
        return range(self.first, self.stop)

    @property
    def indexes(self) -> range:
        """The indexes of their entries."""
        return range(self.first * TILE_WIDTH, min(self.stop * TILE_WIDTH, self.size))


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What every entry is judged against in the second pass.

    Attributes:
        registry: The registry after the newest entry.
        audience: Identifier of the ledger.
        judged: Leaf hashes of the entries that were judged with the registry.
        signatures: Whether the signatures of the others are verified.
    """

    registry: Registry
    audience: str
    judged: Mapping[int, bytes]
    signatures: bool = True

    def digest(self) -> bytes:
        """Hash what the registry was folded from, in its order."""
        found = sha256(self.audience.encode())
        for index, leaf in sorted(self.judged.items()):
            found.update(b"\n%d " % index + leaf)
        return found.digest()

    def save(self, path: Path) -> None:
        """Write it to a file that only this program can have written."""
        path.write_bytes(pickle.dumps(self))


class Judged(NamedTuple):
    """How the entries of a range were judged: by nothing but their octets and the registry.

    Attributes:
        records: For the checks over the whole log.
        tally: What was wrong with entries.
        times: The utmost that the entries say about time.
    """

    records: PackedRecords
    tally: Tally
    times: Extremes


class RangeResult(NamedTuple):
    """What the second pass found in a range.

    Attributes:
        hashes: What each bundle adds to the tree; fewer if entries are missing.
        judged: How its entries were judged; nothing where they are those that were known.
        tally: What was wrong with files and tiles.
        entries: How many entries were there.
        seal: Hash of its entries, their places and the registry.
    """

    hashes: tuple[BundleHashes, ...]
    judged: Judged | None
    tally: Tally
    entries: int
    seal: bytes


class Judge:
    """Verifies entries of one log, one at a time."""

    def __init__(self, context: Context) -> None:
        """Bind what entries are judged against."""
        self._context = context
        self._keys: dict[str, PublicKey] = {}
        self._shortcut = Shortcut(keys=self._key, catalogue=CATALOGUE, audience=context.audience)

    def judge(self, entries: Sequence[NumberedEntry]) -> list[PlainEntry | Finding]:
        """Verify entries that were not judged with the registry."""
        claims = [self._shortcut.read(jws) for _, jws in entries]
        believed = not self._context.signatures
        held = [claim if claim and (believed or claim.holds()) else None for claim in claims]
        return [
            self._conclude(index, jws, claim)
            for (index, jws), claim in zip(entries, held, strict=True)
        ]

    def _conclude(self, index: int, jws: bytes, claim: Claim | None) -> PlainEntry | Finding:
        # The signing members are all that authorise looks at; a whole event would cost more
        # than all other checks but the signature. It has to agree, or the long way decides.
        registry = self._context.registry
        if claim and authorise(registry, cast("Event", claim.entry.signing), index) is None:
            return claim.entry
        opened = open_entry(
            jws, index=index, registry=registry, audience=self._context.audience,
            catalogue=CATALOGUE,
        )  # fmt: skip
        if isinstance(opened, Finding):
            return opened
        return _overlooked(index) if opened.sub.kind in REGISTRY_KINDS else plain(opened)

    def was_judged(self, index: int, leaf: bytes) -> bool:
        """Tell whether these very octets were judged with the registry."""
        return self._context.judged.get(index) == leaf

    def _key(self, kid: str) -> PublicKey | None:
        known = self._keys.get(kid)
        if known is None and (record := self._context.registry.keys.get(kid)):
            known = self._keys[kid] = public_key(record.jwk)
        return known


def find_early_entries(span: Span) -> tuple[NumberedEntry, ...]:
    """Give the entries of a range that others are judged by, with their indexes.

    They may be of the registry, or decide on a policy.
    """
    return tuple(
        (index, jws)
        for bundle in span.bundles()
        for index, jws in enumerate(bundle.entries, bundle.start)
        if may_be_early(jws)
    )


def verify_entries(span: Span) -> RangeResult:
    """Verify every entry of a range and hash it into the leaves of the tree.

    Entries that are known, octet for octet, are hashed and not judged again.
    """
    bundles: Iterable[Bundle] = span.bundles()
    if span.known:
        # Read once: what is compared with the seal has to be what is hashed.
        bundles = tuple(bundles)
    judging = None if span.known and _sealed(span, bundles) == span.known else _Judging(span)
    seal, tally, hashes = _seal(span), Tally(), list[BundleHashes]()
    entries = 0
    for bundle in bundles:
        leaves = [leaf_hash(jws) for jws in bundle.entries]
        seal.update(_line(bundle, leaves))
        if judging:
            judging.judge(bundle, leaves)
        for finding in bundle.findings:
            tally.add(finding)
        entries += len(leaves)
        n = bundle.start // TILE_WIDTH
        if len(leaves) == tile_width(0, n, size=span.size):
            hashes.append(_hash_bundle(span, n, leaves=leaves, tally=tally))
    judged = judging.judged() if judging else None
    return RangeResult(tuple(hashes), judged, tally, entries, seal.digest())


class _Judging:
    """Judges the entries of one range."""

    def __init__(self, span: Span) -> None:
        self._judge = _judge(span.context)
        self._records, self._tally, self._times = Records(span.partitions), Tally(), Extremes()

    def judge(self, bundle: Bundle, leaves: Sequence[bytes]) -> None:
        rest: list[NumberedEntry] = []
        for index, (jws, leaf) in enumerate(zip(bundle.entries, leaves, strict=True), bundle.start):
            if self._judge.was_judged(index, leaf):
                self._times.read(jws)
            else:
                rest.append((index, jws))
        for (index, jws), outcome in zip(rest, self._judge.judge(rest), strict=True):
            if isinstance(outcome, Finding):
                self._tally.add(outcome)
                self._times.read(jws)
            else:
                self._records.add(index, outcome)
                signed, occ = outcome.signing.iat, outcome.occ
                self._times.add(signed, occ, taken_over=outcome.taken_over)

    def judged(self) -> Judged:
        return Judged(self._records.pack(), self._tally, self._times)


def _sealed(span: Span, bundles: Iterable[Bundle]) -> bytes:
    seal = _seal(span)
    for bundle in bundles:
        seal.update(_line(bundle, [leaf_hash(jws) for jws in bundle.entries]))
    return seal.digest()


def _seal(span: Span) -> Hash:
    return sha256(span.under)


def _line(bundle: Bundle, leaves: Sequence[bytes]) -> bytes:
    return b"%d %d\n" % (bundle.start, len(leaves)) + b"".join(leaves)


def _hash_bundle(span: Span, n: int, *, leaves: list[bytes], tally: Tally) -> BundleHashes:
    differs = span.layout.tile(0, n, b"".join(leaves))
    if differs:
        tally.add(differs)
    whole = len(leaves) == TILE_WIDTH
    start = n * TILE_WIDTH
    marked = bool(marks_within(span.marks, start, start + TILE_WIDTH))
    return BundleHashes(
        n=n,
        root=CompactRange().extend(leaves).root() if whole else None,
        leaves=tuple(leaves) if marked or not whole else (),
    )


@lru_cache(maxsize=1)
def _judge(context: Path | None) -> Judge:
    if context is None:
        raise TypeError("the second pass needs the context of the first")
    loaded = pickle.loads(context.read_bytes())  # noqa: S301  # written by this program, mode 0700
    return Judge(cast("Context", loaded))


def _overlooked(index: int) -> Finding:
    return Finding(
        check=REGISTRY,
        code="registry_overlooked",
        sentence="A registry entry was not folded with the others; the files changed meanwhile.",
        index=index,
    )
