# SPDX-License-Identifier: Apache-2.0
"""Access logs made in memory, as the database's function chains them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from audit.proof.access.chain import GENESIS, Extent, Stored, chained, kept_from, month_of
from audit.proof.access.record import Access, Cut, write_record
from audit.proof.access.verifying import AccessVerdict, verify_access
from audit.proof.encoding import encode
from domain.registry.state import AccessHead

NOW = 1_800_000_000  # 15 January 2027
DAY = 86_400
MARK = "A" * 43


def access(at: int, **changes: Any) -> Access:
    """Give a record of somebody who was shown a holder."""
    members = {
        "means": "machine",
        "authority": "police.xa",
        "key": MARK,
        "officer": "off.01a2076b-4018-7111-8222-444444444444",
        "action": "person.reveal",
        "purpose": "tracing",
        "basis": "iti_16",
        "decision": "allowed",
        "count": 1,
        "claims": ("holder_name",),
        "request": MARK,
    }
    return Access(at=at, **{**members, **changes})


def text(digest: bytes) -> str:
    """Give a digest as it stands in records and entries."""
    return encode(digest).decode()


@dataclass(frozen=True)
class Log:
    """An access log.

    Attributes:
        records: What is kept.
        first: Number of the oldest of them.
        kept: Digest before it.
    """

    records: tuple[Stored, ...] = ()
    first: int = 0
    kept: bytes = GENESIS

    @classmethod
    def of(cls, raws: Sequence[bytes], *, first: int = 0, kept: bytes = GENESIS) -> Log:
        """Chain some records."""
        log = cls(first=first, kept=kept)
        for raw in raws:
            log = log.with_raw(raw)
        return log

    @classmethod
    def daily(cls, days: int, *, until: int = NOW) -> Log:
        """Give a log with one record a day."""
        moments = range(until - (days - 1) * DAY, until + 1, DAY)
        return cls.of([write_record(access(at, case=f"{n}")) for n, at in enumerate(moments)])

    @property
    def count(self) -> int:
        """Records ever written."""
        return self.first + len(self.records)

    @property
    def digest(self) -> bytes:
        """Digest of the newest."""
        return (self.records[-1].digest or b"") if self.records else self.kept

    @property
    def raws(self) -> list[bytes]:
        """Octets of every record."""
        return [record.raw for record in self.records]

    def with_raw(self, raw: bytes) -> Log:
        """Add a record."""
        record = Stored(self.count, raw, chained(self.digest, raw))
        return replace(self, records=(*self.records, record))

    def head(self, count: int, *, at: int = NOW, index: int = 7) -> AccessHead:
        """Give what the ledger states of the first so many records."""
        digest = self.records[count - self.first - 1].digest if count > self.first else self.kept
        return AccessHead(count=count, digest=text(digest or b""), at=at, index=index, eid=MARK)

    def cut(self, *, now: int, upto: int | None = None, before: int | None = None) -> Log:
        """Erase what is due, or what is said to be due."""
        before = kept_from(now) if before is None else before
        due = self._due(before) if upto is None else upto
        kept = self.records[due - self.first - 1].digest or b""
        said = Cut(at=now, before=before, upto=due, digest=text(kept))
        grown = self.with_raw(write_record(said))
        return Log(grown.records[due - self.first :], first=due, kept=kept)

    def _due(self, before: int) -> int:
        month = [each.n for each in self.records if month_of(_at(each)) >= before]
        return month[0] if month else self.count

    def verify(self, *heads: AccessHead, now: int = NOW) -> AccessVerdict:
        """Verify it."""
        extent = Extent(first=self.first, kept=self.kept, count=self.count, digest=self.digest)
        return verify_access(self.records, extent, heads, now=now)

    def codes(self, *heads: AccessHead, now: int = NOW) -> list[str]:
        """Give the codes of what is found."""
        return [each.code for each in self.verify(*heads, now=now).findings]


def _at(record: Stored) -> int:
    text_ = record.raw.partition(b'"at":')[2].partition(b",")[0]
    return int(text_)
