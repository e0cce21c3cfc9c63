# SPDX-License-Identifier: Apache-2.0
"""Chains and requests over a whole log, however large, in little memory.

Implements the chain of the log specification, section 2.2, and the uniqueness of
``(iss, jti)`` of the envelope specification, section 4.3. Both compare entries that may
lie far apart, so each entry leaves two records of fixed size in partition files; a
partition is small, and is sorted and checked by itself, several at once.
"""

from __future__ import annotations

from contextlib import ExitStack
from functools import lru_cache
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from struct import Struct
from types import TracebackType
from typing import Final, NamedTuple, Self

from audit.proof.verify.findings import Finding
from audit.proof.verify.log.shortcut import PlainEntry
from audit.proof.verify.report import Tally
from domain.identifiers import FIRST_PREV

CHAIN: Final = "chain"
REQUESTS: Final = "requests"

PARTITION_ENTRIES: Final = 32_768
"""Entries that a partition is meant to hold: some 10 MB while it is checked."""

PARTITIONS_MAX: Final = 256
"""As many as two hexadecimal digits tell apart; each keeps two files open."""

_LINK: Final = Struct(">41sQQ43s43s")
"""Stream, index, seq, prev, eid: sorting the octets sorts by stream and index."""

_REQUEST: Final = Struct(">16s36sQ")
"""Digest of the authority, jti, index: sorting brings equal requests together."""


class PackedRecords(NamedTuple):
    """What some entries left: links and requests, octets for each partition."""

    links: tuple[bytes, ...]
    requests: tuple[bytes, ...]


class Records:
    """Collects the records of entries, for a number of partitions."""

    def __init__(self, partitions: int) -> None:
        """Start without records."""
        self._links = [bytearray() for _ in range(partitions)]
        self._requests = [bytearray() for _ in range(partitions)]

    def add(self, index: int, entry: PlainEntry) -> None:
        """Remember what one entry says about its place and its request."""
        count = len(self._links)
        self._links[int(entry.sub[-2:], 16) % count] += _LINK.pack(
            entry.sub, index, entry.seq, entry.prev, entry.eid
        )
        self._requests[int(entry.jti[-2:], 16) % count] += _REQUEST.pack(
            _authority(entry.signing.iss), entry.jti, index
        )

    def pack(self) -> PackedRecords:
        """Give the records as octets."""
        return PackedRecords(tuple(map(bytes, self._links)), tuple(map(bytes, self._requests)))


class Partitions:
    """Partition files in a folder of their own; use it in a ``with`` statement."""

    def __init__(self, folder: Path, size: int) -> None:
        """Make room for the records of a log of a size.

        Raises:
            OSError: The folder cannot be written.
        """
        self.folder = folder
        self.count = min(PARTITIONS_MAX, max(1, -(-size // PARTITION_ENTRIES)))
        names = [f"{number:03}" for number in range(self.count)]
        self.links = [folder / f"links-{name}" for name in names]
        self.requests = [folder / f"requests-{name}" for name in names]
        self._open = ExitStack()
        paths = (*self.links, *self.requests)
        self._files = [self._open.enter_context(path.open("wb", buffering=0)) for path in paths]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open.close()

    def write(self, records: PackedRecords) -> None:
        """Append records to their partitions.

        Raises:
            OSError: The disk is full, for example.
        """
        for file, octets in zip(self._files, (*records.links, *records.requests), strict=True):
            if octets:
                file.write(octets)


def check_links_file(path: Path) -> Tally:
    """Check a partition of links and remove it."""
    return check_links(_take(path))


def check_requests_file(path: Path) -> Tally:
    """Check a partition of requests and remove it."""
    return check_requests(_take(path))


def check_links(records: bytes) -> Tally:
    """Check every stream of a partition: sequence 1, 2, 3 and each ``prev`` the eid before."""
    tally = Tally()
    stream, due, prev = b"", 1, b""
    for sub, index, seq, named, eid in map(_LINK.unpack, _sorted(records, _LINK.size)):
        if sub != stream:
            stream, due, prev = sub, 1, FIRST_PREV.encode()
        problem = _break(due, seq, same=named == prev)
        if problem:
            name = sub.rstrip(b"\0").decode()
            code = "seq_conflict" if seq != due else "prev_mismatch"
            sentence = f"Event {name} seq {seq} {problem}."
            tally.add(Finding(check=CHAIN, code=code, sentence=sentence, index=index))
        due, prev = seq + 1, eid
    return tally


def check_requests(records: bytes) -> Tally:
    """Check that no two entries of a partition have one authority and one ``jti``."""
    tally = Tally()
    for one, other in pairwise(map(_REQUEST.unpack, _sorted(records, _REQUEST.size))):
        if one[:2] == other[:2]:
            sentence = f"Its authority and jti are those of the entry at index {one[2]}."
            tally.add(
                Finding(check=REQUESTS, code="jti_conflict", sentence=sentence, index=other[2])
            )
    return tally


def _break(due: int, seq: int, *, same: bool) -> str | None:
    if seq != due:
        return f"stands where seq {due} is due"
    if not same:
        return "does not name the event before it in its stream"
    return None


def _take(path: Path) -> bytes:
    records = path.read_bytes()
    path.unlink()
    return records


def _sorted(records: bytes, octets: int) -> list[bytes]:
    return sorted(records[at : at + octets] for at in range(0, len(records), octets))


@lru_cache(maxsize=4_096)
def _authority(iss: str) -> bytes:
    return sha256(iss.encode()).digest()[:16]
