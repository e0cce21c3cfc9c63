# SPDX-License-Identifier: Apache-2.0
"""The file that proves which event of a stream was its newest at an epoch.

Implements the head proof of the log specification, sections 2.2 and 2.9: the ``log.heads`` entry
with its receipt, and the stream's line with its inclusion proof in the map; for a stream that
the map has not, its two neighbours. It says nothing about what came after the epoch, and that
the map is sorted and true only a reader of the whole log can tell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from audit.proof.encoding import canonical, canonical_json, decode, encode
from audit.proof.envelope.opening import read_stored
from audit.proof.heads.epochs import HEADS
from audit.proof.heads.head import Head
from audit.proof.heads.memory import Placed
from audit.proof.inclusion import TlogProof, parse_tlog_proof
from audit.proof.limits import JWS_OCTETS_MAX
from audit.proof.merkle import PATH_HASHES_MAX, leaf_hash, verify_inclusion
from audit.proof.verify.findings import Finding, counted
from audit.proof.verify.registry import open_entry
from audit.proof.verify.trust import Trust
from domain.catalogue import CATALOGUE
from domain.errors import EnvelopeError, InvalidValueError, ProofError
from domain.event import Event
from domain.registry.events import HeadsRecorded
from domain.registry.state import Registry

FORMAT: Final = "muniment-head-proof-1"
FILE_SUFFIX: Final = ".head-proof"
PROOF_OCTETS_MAX: Final = 262_144

_MEMBERS: Final = frozenset(("entry", "format", "heads", "receipt", "sub"))
_HEAD_MEMBERS: Final = frozenset(("eid", "path", "place", "seq", "sub"))
_SHOWN_MAX: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadProof:
    """What proves a stream's head; nothing in it is verified yet.

    Attributes:
        sub: The stream that it is about.
        entry: Compact token of the ``log.heads`` entry.
        receipt: That entry's receipt.
        heads: The stream's place in the map, or those of its neighbours, by rising place.
    """

    sub: str
    entry: bytes
    receipt: TlogProof
    heads: tuple[Placed, ...]

    def encode(self) -> bytes:
        """Give the octets of the file, always the same for the same proof."""
        shown = [
            {
                "eid": head.eid,
                "path": [encode(each).decode() for each in path],
                "place": place,
                "seq": head.seq,
                "sub": head.sub,
            }
            for place, head, path in self.heads
        ]
        return canonical(
            {
                "entry": self.entry.decode(),
                "format": FORMAT,
                "heads": shown,
                "receipt": self.receipt.encode().decode(),
                "sub": self.sub,
            }
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadVerdict:
    """What a proof that holds says.

    Attributes:
        sub: The stream.
        head: Its newest event among the entries that the epoch covers; none where it has none.
        epoch: Number of the epoch.
        size: Entries that the epoch covers.
        index: Position of the entry that states the epoch.
        checkpoint: Size of the signed tree that holds that entry.
        signed: Whether the entry's signature and mandate were verified too.
    """

    sub: str
    head: Head | None
    epoch: int
    size: int
    index: int
    checkpoint: int
    signed: bool

    def __str__(self) -> str:
        """Say it in a sentence."""
        what = (
            f"event {self.head.seq} ({self.head.eid}) is the newest of {self.sub}"
            if self.head
            else f"there is no event of {self.sub}"
        )
        return f"Among the first {counted(self.size)} {what}, as epoch {self.epoch} states."

    def to_json(self) -> Mapping[str, object]:
        """Give the verdict as JSON values."""
        return {
            "sub": self.sub,
            "seq": self.head.seq if self.head else None,
            "eid": self.head.eid if self.head else None,
            "epoch": self.epoch,
            "size": self.size,
            "index": self.index,
            "checkpoint": self.checkpoint,
            "signed": self.signed,
        }


def check_head(octets: bytes, *, trust: Trust, registry: Registry | None = None) -> HeadVerdict:
    """Verify the file of a head proof, offline.

    Args:
        octets: The file.
        trust: Who may sign for the log.
        registry: Who may sign events, verified, as of a size that covers the epoch's entry; without
            it only the log itself answers for the epoch.

    Raises:
        ProofError: The file is malformed, or something in it does not verify.
    """
    proof = parse_head_proof(octets)
    receipt = proof.receipt
    checkpoint = trust.open(receipt.checkpoint_note)
    verify_inclusion(
        leaf=leaf_hash(proof.entry),
        index=receipt.index,
        size=checkpoint.size,
        path=receipt.path,
        root=checkpoint.root,
    )
    stated = _stated(proof, trust, registry)
    return HeadVerdict(
        sub=proof.sub,
        head=_proved(proof, stated),
        epoch=stated.epoch,
        size=stated.size,
        index=receipt.index,
        checkpoint=checkpoint.size,
        signed=registry is not None,
    )


def compare_head(verdict: HeadVerdict, shown: Mapping[int, Head]) -> Finding | None:
    """Tell whether somebody was shown the newest event, as of the size of an epoch.

    Args:
        verdict: What the epoch proves.
        shown: The stream's events that were shown, by index; verified by other checks.
    """
    newest = max(
        (each for index, each in shown.items() if index < verdict.size),
        key=lambda each: each.seq,
        default=None,
    )
    due = verdict.head
    if newest == due:
        return None
    stale = due is not None and (newest is None or newest.seq < due.seq)
    found = f"event {newest.seq} ({newest.eid})" if newest else "no event"
    said = f"event {due.seq} ({due.eid})" if due else "no event"
    return Finding(
        check=HEADS,
        code="head_stale" if stale else "head_differs",
        sentence=f"Of {verdict.sub}, {found} was shown as the newest of the first {verdict.size} "
        f"entries; epoch {verdict.epoch} states {said}.",
        index=verdict.index,
        evidence=f"epoch {verdict.epoch}, size {verdict.size}",
        next_step="Ask for the whole history again, from somebody else if possible, and keep both.",
    )


def parse_head_proof(octets: bytes) -> HeadProof:
    """Read the file strictly: what is accepted encodes again to the same octets.

    Raises:
        ProofError: ``head_proof_malformed``, or as ``parse_tlog_proof``.
    """
    if len(octets) > PROOF_OCTETS_MAX:
        raise _malformed(f"it has more than {PROOF_OCTETS_MAX} octets")
    try:
        found = canonical_json(octets)
        _check_members(found, _MEMBERS)
        entry, sub = found["entry"].encode("ascii"), found["sub"]
        receipt = parse_tlog_proof(found["receipt"].encode())
        heads = tuple(_placed(each) for each in _listed(found["heads"], _SHOWN_MAX))
        Head(sub, 1, "A" * 43).check()
    except (InvalidValueError, EnvelopeError, ValueError, AttributeError, TypeError) as error:
        raise _malformed("it is not canonical JSON of its members") from error
    if found["format"] != FORMAT or len(entry) > JWS_OCTETS_MAX or not heads:
        raise _malformed("it is of another format")
    return HeadProof(sub=sub, entry=entry, receipt=receipt, heads=heads)


def _stated(proof: HeadProof, trust: Trust, registry: Registry | None) -> HeadsRecorded:
    """Give what the entry states, opened in full where the registry is known."""
    opened: Event | Finding
    try:
        opened = (
            read_stored(proof.entry, CATALOGUE)
            if registry is None
            else open_entry(
                proof.entry,
                index=proof.receipt.index,
                registry=registry,
                audience=trust.audience,
                catalogue=CATALOGUE,
            )
        )
    except EnvelopeError as error:
        raise ProofError(f"The entry is no event: {error.sentence}", slug="head_epoch") from error
    if isinstance(opened, Finding):
        raise ProofError(f"The entry of the epoch: {opened.sentence}", slug="head_epoch")
    foreign = registry is not None and opened.sub.uuid != registry.log
    if not isinstance(opened.dat, HeadsRecorded) or opened.aud != trust.audience or foreign:
        raise ProofError("The entry states no epoch of this ledger.", slug="head_epoch")
    if opened.dat.size > proof.receipt.index:
        raise ProofError("The epoch covers more entries than come before it.", slug="head_epoch")
    return opened.dat


def _proved(proof: HeadProof, stated: HeadsRecorded) -> Head | None:
    """Give the stream's head, or nothing where its neighbours prove that it has none."""
    for place, head, path in proof.heads:
        verify_inclusion(
            leaf=head.leaf(),
            index=place,
            size=stated.streams,
            path=path,
            root=decode(stated.root.encode()),
        )
    if len(proof.heads) == 1 and proof.heads[0][1].sub == proof.sub:
        return proof.heads[0][1]
    if not _beside(proof, stated.streams):
        raise ProofError(
            "These heads prove neither the stream's own nor that it has none.",
            slug="head_unproved",
        )
    return None


def _beside(proof: HeadProof, streams: int) -> bool:
    """Tell whether the heads are neighbours, with the stream's place between or outside them."""
    (first, low, _), (last, high, _) = proof.heads[0], proof.heads[-1]
    if len(proof.heads) == _SHOWN_MAX:
        return last == first + 1 and low.sub < proof.sub < high.sub
    before, after = first == streams - 1, first == 0
    return (before and low.sub < proof.sub) or (after and proof.sub < low.sub)


def _placed(found: Any) -> Placed:
    _check_members(found, _HEAD_MEMBERS)
    if type(found["place"]) is not int or type(found["seq"]) is not int:
        raise TypeError
    head = Head(found["sub"], found["seq"], found["eid"])
    head.check()
    path = _listed(found["path"], PATH_HASHES_MAX)
    return found["place"], head, tuple(decode(each.encode()) for each in path)


def _check_members(found: Any, members: frozenset[str]) -> None:
    if not isinstance(found, dict) or found.keys() != members:
        raise TypeError


def _listed(found: Any, most: int) -> Sequence[Any]:
    if not isinstance(found, list) or len(found) > most:
        raise TypeError
    return found


def _malformed(reason: str) -> ProofError:
    return ProofError(
        f"This is not a head proof: {reason}.",
        slug="head_proof_malformed",
        next_step="Have it made again with `muniment heads prove`.",
    )
