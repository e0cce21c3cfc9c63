# SPDX-License-Identifier: Apache-2.0
"""What a bundle is made of, and how it is written: whole or not at all, always the same octets.

Implements the bundle of the log specification, section 2.9, in its two kinds: the evidence
about one firearm, and a whole log. Its manifest names every file with its digest. Personal
data is in it only where whoever asks for the bundle puts it in.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, Final, NamedTuple

from audit.proof.encoding import strict_json
from audit.proof.inclusion import TlogProof
from audit.proof.verify.beside.folder import Folder
from audit.proof.verify.beside.history import (
    consistency_name,
    encode_consistency,
    last_name,
    note_name,
)
from audit.proof.verify.container import pack
from audit.proof.verify.members import MANIFEST_OCTETS_MAX
from audit.proof.verify.trust import POLICY_FILE, TRUST_FILE, Trust
from domain.errors import InvalidValueError, UnreachableError

FORMAT: Final = "muniment-bundle-1"
MANIFEST_FILE: Final = "manifest.json"
WHOLE_LOG: Final = "log"
"""Subject of a bundle that holds a whole log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a bundle shows.

    Attributes:
        subject: The stream it is about, ``arm.<uuid>``.
        trust: What its reader has to trust; to be compared by another way.
        size: Size of the tree of the checkpoint.
        checkpoint: The signed note that every receipt leads to.
        entries: Compact tokens by index: the subject's and the registry's.
        proofs: A receipt for each entry, by index.
        others: Older checkpoints by size, which witnesses or clocks speak about.
        last: Those of them, and the newest, that were cosigned again later, as they were then.
        consistency: The proof between every two adjacent checkpoints, by their sizes.
        stamps: Time-stamps of the checkpoints by their names, ``tsa/...``.
        heads: Head proofs by number, which lead to one of these checkpoints.
        disclosures: Presentations by index, where the reader may see what they disclose.
    """

    subject: str
    trust: Trust
    size: int
    checkpoint: bytes
    entries: Mapping[int, bytes]
    proofs: Mapping[int, TlogProof]
    others: Mapping[int, bytes] = field(default_factory=dict)
    last: Mapping[int, bytes] = field(default_factory=dict)
    consistency: Mapping[tuple[int, int], tuple[bytes, ...]] = field(default_factory=dict)
    stamps: Mapping[str, bytes] = field(default_factory=dict)
    heads: Mapping[int, bytes] = field(default_factory=dict)
    disclosures: Mapping[int, bytes] = field(default_factory=dict, repr=False)

    def files(self) -> dict[str, bytes]:
        """Give the files of the bundle by name, its manifest included."""
        files = {TRUST_FILE: self.trust.encode(), POLICY_FILE: self.trust.policy(), **self.stamps}
        files |= {note_name(size): note for size, note in self.others.items()}
        files |= {last_name(size): note for size, note in self.last.items()}
        files[note_name(self.size)] = self.checkpoint
        files |= {
            consistency_name(*sizes): encode_consistency(path)
            for sizes, path in self.consistency.items()
        }
        files |= {f"heads/{number}.head-proof": each for number, each in self.heads.items()}
        files |= {f"disclosures/{at}.sd-jwt": each for at, each in self.disclosures.items()}
        files |= {f"entries/{index}.jws": jws for index, jws in self.entries.items()}
        files |= {
            f"proofs/{index}.tlog-proof": each.encode() for index, each in self.proofs.items()
        }
        return {**files, MANIFEST_FILE: manifest_of(self.subject, files)}


def write_bundle(path: Path, evidence: Evidence) -> None:
    """Write a bundle, whole or not at all; the same evidence gives the same octets.

    Raises:
        UnreachableError: The file cannot be written.
        ProofError: There is too much evidence for one bundle.
    """
    _write(path, pack(evidence.files()))


def pack_log(path: Path, folder: Path) -> None:
    """Write the whole log of an export into a bundle; one file in memory at a time.

    Its manifest is left in the folder, which so is the same bundle unpacked.

    Raises:
        UnreachableError: The file cannot be written, or the folder cannot be read.
        ProofError: There is too much for one bundle.
    """
    (folder / MANIFEST_FILE).unlink(missing_ok=True)
    manifest = manifest_of(WHOLE_LOG, Folder(folder))
    (folder / MANIFEST_FILE).write_bytes(manifest)
    _write(path, pack(Folder(folder)))


class Manifest(NamedTuple):
    """What a bundle says that it holds."""

    subject: str
    files: Mapping[str, object]


def manifest_of(subject: str, files: Mapping[str, bytes]) -> bytes:
    """Give the manifest of some files: each with its digest."""
    digests = {name: sha256(octets).hexdigest() for name, octets in files.items()}
    return _spelled({"format": FORMAT, "subject": subject, "files": digests})


def read_manifest(octets: bytes) -> Manifest | None:
    """Read a manifest; nothing if it is none, or not in the one spelling that a bundle has."""
    if len(octets) > MANIFEST_OCTETS_MAX:
        return None
    try:
        manifest = strict_json(octets)
    except InvalidValueError:
        return None
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        return None
    if octets != _spelled(manifest):
        return None
    subject, files = manifest.get("subject"), manifest.get("files")
    if not isinstance(subject, str) or not isinstance(files, dict):
        return None
    return Manifest(subject, files)


def _spelled(manifest: Mapping[str, Any]) -> bytes:
    return json.dumps(manifest, indent=2, sort_keys=True).encode() + b"\n"


def _write(path: Path, pieces: Iterable[bytes]) -> None:
    try:
        with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as draft:
            try:
                draft.writelines(pieces)
                draft.flush()
                os.fsync(draft.fileno())
                # Evidence is made to be handed on, so unlike the draft it may be read by all.
                Path(draft.name).chmod(0o644)
                Path(draft.name).replace(path)
            except BaseException:
                Path(draft.name).unlink(missing_ok=True)
                raise
    except OSError as error:
        raise UnreachableError(
            f"The bundle {path} cannot be written: {error.strerror}.",
            slug="bundle_unwritable",
            next_step="Free space or choose another folder, and run it again.",
        ) from error
