# SPDX-License-Identifier: Apache-2.0
"""The container of a bundle: a zip archive that has exactly one spelling.

Implements the deterministic bytes of the log specification, section 2.9: members sorted by
name, stored without compression, with fixed dates and nothing else. Any unzip program
reads it. The reader accepts what the writer writes and no other archive, so there is
nothing to inflate and no place to hide octets in. One member is in memory at a time, and
none before its size was found to be one that such a file may have. Which names there are
is the matter of ``members``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from struct import Struct, error
from typing import Final, NamedTuple
from zlib import crc32

from audit.proof.verify.members import member_cap
from domain.errors import ProofError, UnreachableError, UsageError

ARCHIVE_OCTETS_MAX: Final = 2**32 - 2
"""What an archive without 64-bit extensions can hold, but for its reserved value."""
MEMBERS_MAX: Final = 65_534
"""What such an archive can count, but for its reserved value."""
FILES_OCTETS_MAX: Final = ARCHIVE_OCTETS_MAX - MEMBERS_MAX * 128
"""What the files may have, so that there is room for the directory behind them."""

Read = Callable[[int, int], bytes]
"""Gives the octets from a place, as many as asked for, fewer only at the end."""

_LOCAL: Final = Struct("<4s5H3I2H")
_CENTRAL: Final = Struct("<4s6H3I5H2I")
_END: Final = Struct("<4s4H2IH")
_LOCAL_MARK: Final = b"PK\x03\x04"
_CENTRAL_MARK: Final = b"PK\x01\x02"
_END_MARK: Final = b"PK\x05\x06"
_VERSION: Final = 20
_MADE_BY_UNIX: Final = 3 << 8 | _VERSION
_STORED: Final = 0
_DAY: Final = 1 << 5 | 1
"""1 January 1980, the first day that the format knows."""
_MODE: Final = 0o100644 << 16


class Archive(Mapping[str, bytes]):
    """The files of an archive by name, each read when it is asked for.

    Attributes:
        octets: How many the archive has in all.
    """

    def __init__(self, read: Read, octets: int) -> None:
        """Find every member; see ``holds_nothing_else`` for whether there is more.

        Raises:
            UsageError: It is no archive of this kind, or a name in it has no place in a bundle.
            UnreachableError: It ends before its files do.
        """
        if octets > ARCHIVE_OCTETS_MAX:
            raise _foreign("it is larger than any")
        self.octets = octets
        self._read = read
        self._places: dict[str, _Place] = {}
        at = 0
        while read(at, len(_LOCAL_MARK)) == _LOCAL_MARK:
            name, place = _member(read, at)
            if name in self._places or len(self._places) >= MEMBERS_MAX:
                raise _foreign("it names a file twice, or too many")
            at = place.start + place.size
            if at > octets:
                raise _cut()
            self._places[name] = place
        if not self._places:
            raise _foreign("it does not start like one")

    def __getitem__(self, name: str) -> bytes:
        """Read a file.

        Raises:
            UnreachableError: The archive was cut meanwhile.
        """
        place = self._places[name]
        octets = self._read(place.start, place.size)
        if len(octets) != place.size:
            raise _cut()
        return octets

    def __iter__(self) -> Iterator[str]:
        """Give the names in the order of the archive."""
        return iter(self._places)

    def __len__(self) -> int:
        """Count the files."""
        return len(self._places)

    def holds_nothing_else(self) -> bool:
        """Tell whether the archive is, octet for octet, the one spelling of its files.

        Raises:
            UnreachableError: It is the beginning of that spelling, and ends before it does.
        """
        at = 0
        for piece in pack(self):
            found = self._read(at, len(piece))
            if found != piece:
                if piece.startswith(found):
                    raise _cut()
                return False
            at += len(piece)
        return at == self.octets


def pack(files: Mapping[str, bytes]) -> Iterator[bytes]:
    """Give the octets of the archive, piece by piece, one file in memory at a time.

    Raises:
        ProofError: There is too much for one archive.
    """
    if len(files) > MEMBERS_MAX:
        raise _too_large(f"at most {MEMBERS_MAX} files")
    central = []
    at = 0
    for name in sorted(files):
        octets, label = files[name], name.encode("ascii")
        common = (_VERSION, 0, _STORED, 0, _DAY, crc32(octets), len(octets), len(octets))
        local = _LOCAL.pack(_LOCAL_MARK, *common, len(label), 0) + label
        central.append(
            _CENTRAL.pack(_CENTRAL_MARK, _MADE_BY_UNIX, *common, len(label), 0, 0, 0, 0, _MODE, at)
            + label
        )
        at += len(local) + len(octets)
        if at > FILES_OCTETS_MAX:
            raise _too_large(f"at most {FILES_OCTETS_MAX} octets")
        yield local
        yield octets
    directory = b"".join(central)
    count = len(central)
    yield directory
    yield _END.pack(_END_MARK, 0, 0, count, count, len(directory), at, 0)


def unpack(octets: bytes) -> Archive:
    """Read an archive that is in memory.

    Raises:
        UsageError: It is no archive of this kind, or a name in it has no place in a bundle.
        UnreachableError: It ends before its files do.
    """
    return Archive(lambda at, count: octets[at : at + count], len(octets))


class _Place(NamedTuple):
    start: int
    size: int


def _member(read: Read, at: int) -> tuple[str, _Place]:
    """Read the header of one file: its name, where it starts and its size."""
    try:
        fields = _LOCAL.unpack(read(at, _LOCAL.size))
    except error:
        raise _cut() from None
    flags, method, size, stored, name_octets, extra_octets = (fields[at] for at in _LOOKED_AT)
    if flags or method != _STORED or size != stored or extra_octets:
        raise _foreign("its files are compressed or carry extras")
    name = read(at + _LOCAL.size, name_octets).decode("latin-1")
    cap = member_cap(name)
    if cap is None:
        raise _foreign("a file in it has a name that no bundle has")
    if size > cap:
        raise _foreign("a file in it is larger than any of its kind")
    return name, _Place(at + _LOCAL.size + name_octets, size)


_LOOKED_AT: Final = (2, 3, 8, 7, 9, 10)


def _too_large(cap: str) -> ProofError:
    return ProofError(
        f"A bundle holds {cap}.",
        slug="bundle_too_large",
        next_step="Export the whole log into a folder instead.",
    )


def _foreign(reason: str) -> UsageError:
    return UsageError(
        f"This is not a bundle as Muniment writes it: {reason}.",
        slug="bundle_foreign",
        next_step="Fetch the bundle again as it was written; do not pack it anew.",
    )


def _cut() -> UnreachableError:
    return UnreachableError(
        "The bundle ends in the middle of its files.",
        slug="bundle_truncated",
        next_step="Fetch it again; part of it is missing.",
    )
