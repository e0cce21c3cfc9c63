# SPDX-License-Identifier: Apache-2.0
"""A bundle: the evidence about one firearm in one file, and its verification offline.

Implements the partial bundle of the log specification, section 2.9: the firearm's entries
and all entries of the registry, each with its receipt to one checkpoint. It proves what
it shows; that nothing newer exists it cannot prove, and the report says so. Disclosures
and time-stamps are left to later steps.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

from audit.proof.checkpoint import Checkpoint
from audit.proof.encoding import strict_json
from audit.proof.inclusion import TlogProof, parse_tlog_proof
from audit.proof.merkle import leaf_hash, verify_inclusion
from audit.proof.verify.book import CHECKPOINT, CONSISTENCY, Book, Request
from audit.proof.verify.container import (
    BUNDLE_OCTETS_MAX,
    is_bundle_name,
    is_exact,
    pack,
    unpack,
)
from audit.proof.verify.findings import Finding
from audit.proof.verify.log.chain import CHAIN, REQUESTS, Records, check_links, check_requests
from audit.proof.verify.log.entries import Context, Judge
from audit.proof.verify.log.layout import FILES
from audit.proof.verify.log.tree import consistency_problem
from audit.proof.verify.registry import (
    ENVELOPE,
    MANDATE,
    REGISTRY,
    SIGNATURE,
    RegistryFold,
    may_be_registry,
)
from audit.proof.verify.replay.judge import RULES
from audit.proof.verify.report import Report
from audit.proof.verify.trust import POLICY_FILE, TRUST_FILE, Trust
from domain.catalogue import CATALOGUE
from domain.errors import InvalidValueError, ProofError, UnreachableError, UsageError

FORMAT: Final = "muniment-bundle-1"
MANIFEST_FILE: Final = "manifest.json"
INCLUSION: Final = "inclusion"
COMPLETENESS: Final = "completeness"


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
    """

    subject: str
    trust: Trust
    size: int
    checkpoint: bytes
    entries: Mapping[int, bytes]
    proofs: Mapping[int, TlogProof]

    def files(self) -> dict[str, bytes]:
        """Give the files of the bundle by name, its manifest included."""
        files = {
            TRUST_FILE: self.trust.encode(),
            POLICY_FILE: self.trust.policy(),
            f"checkpoints/{self.size}.note": self.checkpoint,
        }
        files |= {f"entries/{index}.jws": jws for index, jws in self.entries.items()}
        files |= {
            f"proofs/{index}.tlog-proof": each.encode() for index, each in self.proofs.items()
        }
        return {**files, MANIFEST_FILE: _manifest(self.subject, files)}


def write_bundle(path: Path, evidence: Evidence) -> None:
    """Write a bundle, whole or not at all; the same evidence gives the same octets.

    Raises:
        UnreachableError: The file cannot be written.
        ProofError: There is too much evidence for one bundle.
    """
    pieces = pack(evidence.files())
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


def verify_bundle(request: Request) -> Report:
    """Verify a bundle, packed or unpacked.

    Raises:
        UsageError: It is no bundle, or there is no usable trust file.
        UnreachableError: It cannot be read, or is cut short.
    """
    packed = None if request.path.is_dir() else _read(request.path, BUNDLE_OCTETS_MAX)
    files = _read_folder(request.path) if packed is None else unpack(packed)
    trust = request.trust or _own_trust(files)
    book = Book("bundle", trust, assumed=request.trust is None)
    _check_files(book, files)
    if packed is not None and not is_exact(files, packed):
        _fail(
            book,
            FILES,
            code="container_differs",
            sentence="The archive holds octets of none of its files.",
        )
    checkpoint, note = _checkpoint(book, files)
    saved = book.open_saved(request.saved)
    if checkpoint and saved and _same(checkpoint, saved):
        problem = consistency_problem(checkpoint.root, saved, checkpoint)
        if problem:
            book.tally.add(problem)
    entries = _numbered(files, "entries/")
    if checkpoint:
        _check_inclusion(book, checkpoint, note=note, files=files)
    _check_entries(book, entries)
    if book.tally.incomplete:
        # The entry that enrols a key may be among those that are missing.
        book.tally.doubt(REGISTRY, MANDATE, CHAIN)
    _conclude(book, checkpoint, same=_same(checkpoint, saved), count=len(entries))
    return book.report(size=checkpoint.size if checkpoint else None, examined=len(entries))


def _read(path: Path, cap: int) -> bytes:
    try:
        with path.open("rb") as file:
            octets = file.read(cap + 1)
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read: {error.strerror}.",
            slug="unreadable",
            next_step="Name an export's directory or a bundle.",
        ) from error
    if len(octets) > cap:
        raise UsageError(f"{path} has more than {cap} octets.", slug="bundle_too_large")
    return octets


def _read_folder(folder: Path) -> dict[str, bytes]:
    """Read an unpacked bundle; the sum of its files is capped like a packed one."""
    files: dict[str, bytes] = {}
    left = BUNDLE_OCTETS_MAX
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and is_bundle_name(name):
            files[name] = _read(path, left)
            left -= len(files[name])
    return files


def _own_trust(files: Mapping[str, bytes]) -> Trust:
    if TRUST_FILE not in files:
        raise UsageError(
            "The bundle has no trust file.",
            slug="trust_missing",
            next_step="Name the trust file you were given with --trust FILE.",
        )
    return Trust.parse(files[TRUST_FILE])


def _check_files(book: Book, files: Mapping[str, bytes]) -> None:
    """Compare the files with the manifest, which names each with its digest."""
    named = _read_manifest(files.get(MANIFEST_FILE, b""))
    if named is None:
        _fail(
            book,
            FILES,
            code="manifest_malformed",
            sentence="The bundle has no manifest, or a malformed one.",
        )
        return
    for name in sorted(named.keys() - files.keys()):
        book.tally.add(
            Finding(
                check=FILES,
                code="file_missing",
                sentence=f"The manifest names {name}, which is not there.",
                missing=True,
            )
            if is_bundle_name(name)
            else Finding(
                check=FILES, code="file_foreign", sentence="The manifest names a foreign file."
            )
        )
    for name in sorted(files.keys() - {MANIFEST_FILE}):
        if named.get(name) != sha256(files[name]).hexdigest():
            sentence = f"The file {name} is not the one that the manifest names."
            _fail(book, FILES, code="file_differs", sentence=sentence)


def _checkpoint(book: Book, files: Mapping[str, bytes]) -> tuple[Checkpoint | None, bytes]:
    notes = _numbered(files, "checkpoints/")
    if not notes:
        book.tally.add(
            Finding(
                check=CHECKPOINT,
                code="checkpoint_missing",
                sentence="The bundle has no checkpoint.",
                missing=True,
            )
        )
        return None, b""
    if len(notes) > 1:
        _fail(
            book,
            CHECKPOINT,
            code="checkpoints_many",
            sentence="The bundle has more than one checkpoint.",
        )
        return None, b""
    ((size, note),) = notes.items()
    checkpoint = book.open_checkpoint(note)
    if checkpoint and checkpoint.size != size:
        _fail(
            book,
            CHECKPOINT,
            code="checkpoint_size",
            sentence="The checkpoint is not of the size in its name.",
        )
    return checkpoint, note


def _check_inclusion(
    book: Book, checkpoint: Checkpoint, *, note: bytes, files: Mapping[str, bytes]
) -> None:
    """Check a receipt for each entry, and that there is no receipt without one."""
    entries, proofs = _numbered(files, "entries/"), _numbered(files, "proofs/")
    for index in sorted(entries.keys() ^ proofs.keys()):
        sentence = "It has an entry or a receipt here, but not both."
        book.tally.add(
            Finding(
                check=INCLUSION, code="pair_missing", sentence=sentence, index=index, missing=True
            )
        )
    for index in sorted(entries.keys() & proofs.keys()):
        try:
            proof = _read_receipt(proofs[index], index=index, note=note)
            verify_inclusion(
                leaf=leaf_hash(entries[index]),
                index=index,
                size=checkpoint.size,
                path=proof.path,
                root=checkpoint.root,
            )
        except ProofError as error:
            book.tally.add(
                Finding(check=INCLUSION, code=error.slug, sentence=error.sentence, index=index)
            )


def _read_receipt(octets: bytes, *, index: int, note: bytes) -> TlogProof:
    proof = parse_tlog_proof(octets)
    if proof.index != index or proof.checkpoint_note != note:
        raise ProofError("The receipt is of another index or leads to another checkpoint.")
    return proof


def _check_entries(book: Book, entries: Mapping[int, bytes]) -> None:
    """Verify every entry under the registry that the bundle's own entries give."""
    fold = RegistryFold(book.trust, CATALOGUE)
    for index in sorted(entries):
        if may_be_registry(entries[index]):
            fold.add(index, entries[index])
    if 0 in entries:
        fold.finish()
    else:
        sentence = "The founding event, index 0, is not in the bundle."
        book.tally.add(
            Finding(check=REGISTRY, code="not_founded", sentence=sentence, index=0, missing=True)
        )
    book.tally.merge(fold.tally)
    records = Records(1)
    for index, entry in fold.links.items():
        records.add(index, entry)
    judge = Judge(Context(registry=fold.registry, audience=book.trust.audience, judged=fold.judged))
    rest = sorted((index, entries[index]) for index in entries.keys() - fold.judged.keys())
    for (index, _), outcome in zip(rest, judge.judge(rest), strict=True):
        if isinstance(outcome, Finding):
            book.tally.add(outcome)
        else:
            records.add(index, outcome)
    packed = records.pack()
    book.tally.merge(check_links(packed.links[0]))
    book.tally.merge(check_requests(packed.requests[0]))


def _conclude(book: Book, checkpoint: Checkpoint | None, *, same: bool, count: int) -> None:
    unsigned = None if checkpoint else "There is no verified checkpoint to compare with."
    book.conclude(CHECKPOINT, "A trusted key of the log signed it.")
    book.conclude(
        CONSISTENCY,
        "The saved checkpoint is of the same size and tree.",
        undone=None if same else "A bundle proves consistency only with a checkpoint of its size.",
    )
    book.conclude(FILES, "Every file is the one that the manifest names, and there are no others.")
    book.conclude(INCLUSION, f"All {count} entries stand in the signed tree.", undone=unsigned)
    book.conclude(REGISTRY, "The trusted founding and every registry entry shown are legal.")
    book.conclude(ENVELOPE, f"All {count} entries have the one form of their event type.")
    book.conclude(SIGNATURE, f"All {count} signatures verify under the keys they name.")
    book.conclude(
        MANDATE,
        "By the registry entries shown, every key was valid and held the role at its index.",
    )
    book.conclude(CHAIN, "Every stream shown is contiguous from its first event.")
    book.conclude(REQUESTS, f"No event identifier occurs twice among these {count} entries.")
    book.conclude(
        RULES,
        "",
        undone="Rules look at other records too, which only the whole log holds; verify an export "
        "with --rules.",
    )
    book.conclude(
        COMPLETENESS,
        "",
        undone="A bundle cannot prove that the firearm has no newer event, nor that no key was "
        "revoked by an entry left out; only the whole log can.",
    )


def _same(checkpoint: Checkpoint | None, saved: Checkpoint | None) -> bool:
    """Tell whether both are there and of one size, the only ones a bundle can compare."""
    return checkpoint is not None and saved is not None and checkpoint.size == saved.size


def _numbered(files: Mapping[str, bytes], folder: str) -> dict[int, bytes]:
    """Give the files of one folder by the number in their names."""
    return {
        int(name.removeprefix(folder).partition(".")[0]): octets
        for name, octets in files.items()
        if name.startswith(folder)
    }


def _manifest(subject: str, files: Mapping[str, bytes]) -> bytes:
    digests = {name: sha256(octets).hexdigest() for name, octets in files.items()}
    manifest = {"format": FORMAT, "subject": subject, "files": digests}
    return json.dumps(manifest, indent=2, sort_keys=True).encode() + b"\n"


def _read_manifest(octets: bytes) -> Mapping[str, str] | None:
    """Read a manifest in its one spelling; nothing if it has another."""
    try:
        manifest = strict_json(octets)
    except InvalidValueError:
        return None
    files = manifest.get("files") if isinstance(manifest, dict) else None
    known = isinstance(files, dict) and manifest.get("format") == FORMAT
    return files if known and isinstance(files, dict) else None


def _fail(book: Book, check: str, *, code: str, sentence: str) -> None:
    book.tally.add(Finding(check=check, code=code, sentence=sentence))
