# SPDX-License-Identifier: Apache-2.0
"""The container of a bundle: a zip archive that has exactly one spelling.

Implements the deterministic bytes of the log specification, section 2.9: members sorted by
name, stored without compression, with fixed dates and nothing else. Any unzip program
reads it. The reader accepts what the writer writes and no other archive, so there is
nothing to inflate and no place to hide octets in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from struct import Struct, error
from typing import Final
from zlib import crc32

from domain.errors import ProofError, UnreachableError, UsageError

BUNDLE_OCTETS_MAX: Final = 256 * 1024 * 1024
MEMBERS_MAX: Final = 65_534
"""What an archive without 64-bit extensions can count, but for its reserved value."""

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

_NAME: Final = re.compile(
    r"trust\.json|policy\.txt|manifest\.json|checkpoints/(0|[1-9]\d{0,15})\.note"
    r"|entries/(0|[1-9]\d{0,15})\.jws|proofs/(0|[1-9]\d{0,15})\.tlog-proof",
    re.ASCII,
)


def pack(files: Mapping[str, bytes]) -> Iterator[bytes]:
    """Give the octets of the archive, piece by piece.

    Raises:
        ProofError: There are too many files for one archive.
    """
    if len(files) > MEMBERS_MAX:
        raise ProofError(
            f"A bundle holds at most {MEMBERS_MAX} files.",
            slug="bundle_too_large",
            next_step="Export the whole log instead.",
        )
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
        yield local
        yield octets
    directory = b"".join(central)
    count = len(central)
    yield directory
    yield _END.pack(_END_MARK, 0, 0, count, count, len(directory), at, 0)


def unpack(octets: bytes) -> Mapping[str, bytes]:
    """Read an archive; see ``is_exact`` for whether it holds anything besides these files.

    Raises:
        UsageError: It is no archive of this kind, or a name in it has no place in a bundle.
        UnreachableError: It ends before its files do.
    """
    files: dict[str, bytes] = {}
    at = 0
    while octets[at : at + 4] == _LOCAL_MARK:
        name, start, size = _member(octets, at)
        if name in files or len(files) >= MEMBERS_MAX:
            raise _foreign("it names a file twice, or too many")
        at = start + size
        if at > len(octets):
            raise _cut()
        files[name] = octets[start:at]
    if not files:
        raise _foreign("it does not start like one")
    return files


def is_exact(files: Mapping[str, bytes], octets: bytes) -> bool:
    """Tell whether an archive is, octet for octet, the one spelling of its files.

    Raises:
        UnreachableError: It is the beginning of that spelling, and ends before it does.
    """
    at = 0
    view = memoryview(octets)
    for piece in pack(files):
        found = view[at : at + len(piece)]
        if found != piece:
            if piece.startswith(bytes(found)):
                raise _cut()
            return False
        at += len(piece)
    return at == len(octets)


def is_bundle_name(name: str) -> bool:
    """Tell whether a file may lie in a bundle; no such name leaves its folder."""
    return _NAME.fullmatch(name) is not None


def _member(octets: bytes, at: int) -> tuple[str, int, int]:
    """Read the header of one file: its name, where it starts and its size."""
    try:
        fields = _LOCAL.unpack_from(octets, at)
    except error:
        raise _cut() from None
    flags, method, size, stored, name_octets, extra_octets = (fields[at] for at in _LOOKED_AT)
    start = at + _LOCAL.size + name_octets
    if flags or method != _STORED or size != stored or extra_octets:
        raise _foreign("its files are compressed or carry extras")
    name = octets[at + _LOCAL.size : start].decode("latin-1")
    if not is_bundle_name(name):
        raise _foreign("a file in it has a name that no bundle has")
    return name, start, size


_LOOKED_AT: Final = (2, 3, 8, 7, 9, 10)


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
