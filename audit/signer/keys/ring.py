# SPDX-License-Identifier: Apache-2.0
"""Which keys a log has had, and the tree sizes that each of them signs.

Implements the signer's side of `log.md` 2.8: log keys rotate on one origin, so at some sizes two
keys of a type sign. The list stands in one small file of the signer's folder, replaced as a
whole; private keys have files of their own. A signer older than the list has one Ed25519 key
for every size.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from audit.files import sync_folder
from audit.proof.merkle import SIZE_MAX
from audit.signer.files import create_file
from audit.signer.keys.lines import ED25519_LINE, LINES, Line
from domain.errors import UnreachableError, UnsafeError

RING_FILE: Final = "log.keys"
KEY_FILE: Final = "log.key"
VERIFIER_FILE: Final = "log.vkey"
RING_OCTETS_MAX: Final = 262_144
KEYS_MAX: Final = 64

_FILE: Final = re.compile(r"log\.(?:[a-z0-9-]{1,16}\.)?(?:[0-9]{1,3}\.)?key")
_MEMBERS: Final = frozenset({"type", "vkey", "file", "from_size", "to_size"})


@dataclass(frozen=True, slots=True, kw_only=True)
class RingKey:
    """One key of the log.

    Attributes:
        line: Type of its signature lines.
        vkey: Verifier key (vkey) text; its name is the origin.
        file: Name of the file that holds its private half.
        from_size: First size that it signs.
        to_size: Last size that it signs; None while it is in use.
    """

    line: Line
    vkey: str
    file: str
    from_size: int
    to_size: int | None = None

    def signs(self, size: int) -> bool:
        """Tell whether it signs checkpoints of a size."""
        return self.from_size <= size and (self.to_size is None or size <= self.to_size)

    @property
    def origin(self) -> str:
        """Identity of the log."""
        return self.vkey.partition("+")[0]


def read_ring(folder: Path) -> tuple[RingKey, ...]:
    """Read the keys of the signer in a folder, the oldest of each type first.

    Raises:
        UnreachableError: There is no signer.
        UnsafeError: The list is damaged.
    """
    try:
        with (folder / RING_FILE).open("rb") as file:
            octets = file.read(RING_OCTETS_MAX + 1)
    except FileNotFoundError:
        vkey = written_vkey(folder)
        return (RingKey(line=ED25519_LINE, vkey=vkey, file=KEY_FILE, from_size=0),)
    except OSError as error:
        raise UnreachableError(
            f"The log keys in {folder} cannot be read: {error.strerror}."
        ) from error
    try:
        ring = _parse(octets)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        raise UnsafeError(
            f"The list of the log's keys, {folder / RING_FILE}, is damaged.",
            slug="signer_key",
            next_step="Restore the signer's folder from its own backup.",
        ) from error
    return ring


def write_ring(folder: Path, ring: Iterable[RingKey]) -> None:
    """Make these the keys of the signer, durably and whole; called under the signer's lock.

    The verifier key that others are given follows; see ``write_verifier``.

    Raises:
        UnreachableError: The disk refuses.
    """
    known = tuple(ring)
    members = [
        {
            "type": key.line,
            "vkey": key.vkey,
            "file": key.file,
            "from_size": key.from_size,
            **({} if key.to_size is None else {"to_size": key.to_size}),
        }
        for key in known
    ]
    _replace(folder / RING_FILE, json.dumps({"keys": members}, indent=2).encode() + b"\n")
    write_verifier(folder, known)


def write_verifier(folder: Path, ring: Sequence[RingKey]) -> None:
    """Keep the text of the Ed25519 key in use in a file of its own, to be given to others.

    While an old key still signs, every note bears the new one's line too; so the new one is
    all that a reader has to be told.

    Raises:
        UnreachableError: The disk refuses.
    """
    key = in_use(ring, ED25519_LINE)
    if key is not None:
        path, octets = folder / VERIFIER_FILE, f"{key.vkey}\n".encode()
        if not path.is_file() or path.read_bytes() != octets:
            _replace(path, octets)


def written_vkey(folder: Path) -> str:
    """Read the verifier key (vkey) text that others are given; see ``write_verifier``.

    Raises:
        UnreachableError: There is none.
    """
    try:
        return (folder / VERIFIER_FILE).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UnreachableError(
            f"{folder} holds no verifier key of a log.",
            next_step="Create the ledger with `muniment init`, or restore the signer's folder.",
        ) from error


def in_use(ring: Sequence[RingKey], line: Line) -> RingKey | None:
    """Give the key of a type that has no end, or None where there is none of that type."""
    return next((key for key in ring if key.line == line and key.to_size is None), None)


def _replace(path: Path, octets: bytes) -> None:
    """Put a private file in the place of another, durably and whole."""
    draft = path.with_name(f"{path.name}.new")
    try:
        draft.unlink(missing_ok=True)
        create_file(draft, octets)
        draft.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise UnreachableError(
            f"The log keys in {path.parent} cannot be written: {error.strerror}."
        ) from error


def _parse(octets: bytes) -> tuple[RingKey, ...]:
    if len(octets) > RING_OCTETS_MAX:
        raise ValueError("too large")
    members = json.loads(octets)["keys"]
    if not isinstance(members, list) or not 1 <= len(members) <= KEYS_MAX:
        raise ValueError("no keys, or too many")
    ring = tuple(_key(each) for each in members)
    if len({key.origin for key in ring}) != 1 or len({key.file for key in ring}) != len(ring):
        raise ValueError("keys of several logs, or two of one file")
    for line in LINES:
        of_type = [key for key in ring if key.line == line]
        _check_sequence(of_type, needed=line == ED25519_LINE)
    return ring


def _key(member: dict[str, Any]) -> RingKey:
    key = RingKey(
        line=member["type"],
        vkey=member["vkey"],
        file=member["file"],
        from_size=member["from_size"],
        to_size=member.get("to_size"),
    )
    sizes = [key.from_size] if key.to_size is None else [key.from_size, key.to_size]
    sound = (
        not set(member) - _MEMBERS
        and key.line in LINES
        and _FILE.fullmatch(key.file)
        and all(type(size) is int and 0 <= size <= SIZE_MAX for size in sizes)
        and sizes == sorted(sizes)
    )
    # The octet that names the type is the first of the encoded key.
    if not sound or not b64decode(key.vkey.split("+", 2)[2], validate=True):
        raise ValueError("no key")
    return key


def _check_sequence(keys: Sequence[RingKey], *, needed: bool) -> None:
    """Refuse keys of one type that leave a size without a key, or of which none is in use."""
    if not keys:
        if needed:
            raise ValueError("no key of a type that is needed")
        return
    for older, newer in pairwise(keys):
        if older.to_size is None or not older.from_size <= newer.from_size <= older.to_size + 1:
            raise ValueError("a gap between keys")
    if keys[-1].to_size is not None:
        raise ValueError("no key in use")
