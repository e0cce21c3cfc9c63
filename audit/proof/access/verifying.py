# SPDX-License-Identifier: Apache-2.0
"""Is the access log what it was? A pure check of its records against what the ledger states.

Needs no database: records from wherever they were exported, and the statements (``log.access``)
of the ledger, which witnesses have cosigned. A statement dates the chain: what it counts was
there when it was signed, and what it does not count was written after. So an edited, missing or
inserted record is found, and so are an end that was cut off and a beginning that was erased
before its time. What came after the newest statement rests on whoever keeps it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from audit.proof.access.chain import GENESIS, Extent, Stored, chained, kept_from, month_of
from audit.proof.access.record import Cut, read_record
from audit.proof.encoding import decode
from audit.proof.verify.findings import Finding, counted
from domain.errors import ProofError
from domain.registry.state import AccessHead

ACCESS: Final = "access"

STATED_WITHIN_SECONDS: Final = 3_600
"""Between reading the end of the chain and signing the statement less time than this passes."""

MONTH_SECONDS: Final = 31 * 86_400

_KEEP: Final = "Keep the records, the database and the ledger as evidence; find out who changed it."


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessVerdict:
    """What was found.

    Attributes:
        findings: What does not hold, in the order of the records.
        examined: Records that were looked at.
        stated: Records, erased ones included, that the newest statement of the ledger covers.
        count: Records that were ever written, as far as is shown.
    """

    findings: tuple[Finding, ...]
    examined: int
    stated: int
    count: int

    @property
    def holds(self) -> bool:
        """Whether nothing contradicts, and nothing is missing."""
        return all(each.notice for each in self.findings)

    def __str__(self) -> str:
        """Say it in a sentence."""
        if not self.holds:
            return f"The access log is not what it was: {counted(len(self.findings), 'finding')}."
        covered = counted(min(self.stated, self.count), "record")
        later = counted(max(0, self.count - self.stated), "later record")
        return (
            f"{counted(self.examined, 'record')} of the access log make one chain. The ledger"
            f" states the first {covered}; {later} rest on the database alone."
        )


def verify_access(
    records: Iterable[Stored], extent: Extent, heads: Sequence[AccessHead], *, now: int
) -> AccessVerdict:
    """Check an access log.

    Args:
        records: Every record that is kept, by rising number.
        extent: From where to where it claims to go; only ``first`` and ``kept`` are needed of an
            export, and nothing of it is believed.
        heads: What the ledger states, ``Registry.accesses``, in its order.
        now: Unix seconds, by which to tell what should have been erased.
    """
    walk = _Walk(extent=extent, heads={each.count: each for each in heads})
    for record in records:
        walk.add(record)
    walk.finish(heads)
    return AccessVerdict(
        findings=(*walk.findings, *_overdue(walk, now)),
        examined=walk.examined,
        stated=max((each.count for each in heads), default=0),
        count=walk.n,
    )


@dataclass(slots=True, kw_only=True)
class _Walk:
    """Goes along the records, keeping the digest that the next one follows."""

    extent: Extent
    heads: dict[int, AccessHead]
    findings: list[Finding] = field(default_factory=list)
    cuts: list[tuple[int, Cut]] = field(default_factory=list)
    examined: int = 0
    oldest: int | None = None
    parted: bool = False
    n: int = field(init=False)
    digest: bytes = field(init=False)

    def __post_init__(self) -> None:
        self.n, self.digest = self.extent.first, self.extent.kept
        self._compare()

    def add(self, record: Stored) -> None:
        """Look at the next record."""
        digest = chained(self.digest, record.raw)
        if record.n != self.n:
            self._find("access_gap", f"Record {self.n} is missing; record {record.n} follows.")
        elif record.digest not in (None, digest):
            self._find(
                "access_digest",
                f"Record {record.n} is not the one whose digest is kept, or does not follow the"
                " one before it.",
            )
        self._read(record)
        # Going on from what is kept tells the place of one change, and not all after it.
        self.n, self.digest = record.n + 1, record.digest or digest
        self.examined += 1
        self._compare()

    def finish(self, heads: Sequence[AccessHead]) -> None:
        """Compare beginning and end with what is claimed and stated."""
        self._end(heads)
        if self.extent.first:
            self._check_beginning()
        elif self.extent.kept != GENESIS:
            self._find("access_start", "The access log does not begin where every one begins.")
        for n, cut in self.cuts:
            self._check_rule(n, cut, heads)

    def _read(self, record: Stored) -> None:
        try:
            found = read_record(record.raw)
        except ProofError as error:
            self._find(error.slug, f"Record {record.n}: {error.sentence}")
            return
        if isinstance(found, Cut):
            self.cuts.append((record.n, found))
        self.oldest = found.at if self.oldest is None else min(self.oldest, found.at)

    def _compare(self) -> None:
        """Compare with what the ledger states of exactly so many records."""
        head = self.heads.get(self.n)
        if head is None or self.parted or decode(head.digest.encode()) == self.digest:
            return
        self.parted = True
        known = max((n for n in self.heads if n < self.n), default=0)
        self._find(
            "access_head",
            f"Entry {head.index} of the ledger states another digest of the first"
            f" {counted(head.count, 'record')}: what is among the records {known} to"
            f" {head.count - 1} was changed, and all digests after it.",
            index=head.index,
        )

    def _end(self, heads: Sequence[AccessHead]) -> None:
        beyond = [each for each in heads if each.count > self.n]
        if beyond:
            self._find(
                "access_tail",
                f"Entry {beyond[-1].index} of the ledger states {beyond[-1].count} records; only"
                f" {self.n} are there.",
                index=beyond[-1].index,
            )
        elif self.extent.count != self.n or self.extent.digest != self.digest:
            self._find("access_tail", "The end of the access log is not where its head row says.")

    def _check_beginning(self) -> None:
        """See that the erasure of what came before is recorded, with this very digest."""
        said = [
            cut
            for _, cut in self.cuts
            if cut.upto == self.extent.first and decode(cut.digest.encode()) == self.extent.kept
        ]
        if not said:
            self._find(
                "access_cut",
                f"No record says that the records before {self.extent.first} were erased by rule.",
            )

    def _check_rule(self, n: int, cut: Cut, heads: Sequence[AccessHead]) -> None:
        if cut.before > kept_from(cut.at) or cut.before != month_of(cut.before):
            self._find("access_rule", f"Record {n}: records were erased before their time.")
        # Whoever was counted after that moment, and not yet there, was written after it.
        late = [
            each
            for each in heads
            if each.at >= cut.before + STATED_WITHIN_SECONDS and each.count < cut.upto
        ]
        if late:
            self._find(
                "access_rule",
                f"Record {n}: records from {late[-1].count} on were erased as if they were older"
                " than they can be, as the ledger shows.",
                index=late[-1].index,
            )

    def _find(self, code: str, sentence: str, index: int | None = None) -> None:
        self.findings.append(
            Finding(check=ACCESS, code=code, sentence=sentence, index=index, next_step=_KEEP)
        )


def _overdue(walk: _Walk, now: int) -> Iterator[Finding]:
    if walk.oldest is None or walk.oldest >= kept_from(now) - MONTH_SECONDS:
        return
    yield Finding(
        check=ACCESS,
        code="access_overdue",
        sentence="Records are kept that were to be erased more than a month ago.",
        notice=True,
        next_step="Run `muniment access erase`.",
    )
