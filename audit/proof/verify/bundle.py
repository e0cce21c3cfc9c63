# SPDX-License-Identifier: Apache-2.0
"""Verifying a bundle offline: the evidence about one firearm, or a whole log in one file.

Implements the bundle of the log specification, section 2.9. The partial one holds the
firearm's entries and all entries of the registry, each with its receipt. It proves what
it shows; that nothing newer exists it cannot prove, and the report says so. The full one is
an export in one file, and verified like one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from audit.proof.heads.head import read_head
from audit.proof.inclusion import TlogProof, parse_tlog_proof
from audit.proof.merkle import leaf_hash, verify_inclusion
from audit.proof.timestamps.bracket import Fact, Timeline
from audit.proof.timestamps.terms import adopted_terms
from audit.proof.verify.beside.clocks import check_clocks
from audit.proof.verify.beside.disclosed import check_disclosures
from audit.proof.verify.beside.disputes import check_shown_disputes
from audit.proof.verify.beside.epochs import check_heads
from audit.proof.verify.beside.folder import Folder
from audit.proof.verify.beside.history import (
    Heads,
    adjacent,
    link_heads,
    link_saved,
    note_name,
    open_heads,
    open_last,
)
from audit.proof.verify.beside.lateness import LateWatch, conclude_lateness
from audit.proof.verify.beside.opening import open_files
from audit.proof.verify.beside.witnesses import check_witnesses
from audit.proof.verify.book import CHECKPOINT, CONSISTENCY, SIGNATURES_LEFT_OUT, Book, Request
from audit.proof.verify.container import Archive
from audit.proof.verify.evidence import MANIFEST_FILE, WHOLE_LOG, read_manifest
from audit.proof.verify.findings import Finding, counted, every, well_formed, well_signed
from audit.proof.verify.log.chain import CHAIN, REQUESTS, Records, check_links, check_requests
from audit.proof.verify.log.directory import audit_log
from audit.proof.verify.log.entries import Context, Judge
from audit.proof.verify.log.layout import CHECKPOINT_FILE, FILES
from audit.proof.verify.members import APPROVALS, member_cap, numbered
from audit.proof.verify.registry import (
    ENVELOPE,
    MANDATE,
    REGISTRY,
    SIGNATURE,
    RegistryFold,
    may_be_policy,
    may_be_registry,
)
from audit.proof.verify.replay.judge import RULES
from audit.proof.verify.report import Report
from audit.proof.verify.trust import TRUST_FILE, Trust
from domain.catalogue import CATALOGUE
from domain.errors import ProofError, UsageError
from domain.registry.state import Registry

INCLUSION: Final = "inclusion"
COMPLETENESS: Final = "completeness"

_OF_A_LOG: Final = re.compile(rf"{CHECKPOINT_FILE}|tile/.*")
_OF_EVIDENCE: Final = re.compile(r"(entries|proofs|heads|consistency)/.*")
"""Of a whole log nothing of that is needed: its own entries give every root and every head."""

_NOT_OF_EVIDENCE: Final = re.compile(rf"{_OF_A_LOG.pattern}|{APPROVALS}/.*")

Files = Mapping[str, bytes]


def verify_bundle(request: Request) -> Report:
    """Verify a bundle, packed or unpacked.

    Raises:
        UsageError: It is no bundle, or there is no usable trust file.
        UnreachableError: It cannot be read, or is cut short.
    """
    with open_files(request.path) as files:
        book = Book.opened(request, "bundle", lambda: _own_trust(files))
        whole = any(map(_OF_A_LOG.fullmatch, files))
        _check_files(book, files, whole=whole)
        if isinstance(files, Archive) and not files.holds_nothing_else():
            sentence = "The archive holds octets of none of its files."
            _fail(book, FILES, code="container_differs", sentence=sentence)
        if whole:
            return _verify_log(request, files, book)
        if request.state:
            raise UsageError(
                "Evidence about one firearm is verified at once; no progress over it is kept.",
                slug="state_useless",
                next_step="Leave --state away.",
            )
        return _verify_evidence(request, files, book)


def _verify_evidence(request: Request, files: Files, book: Book) -> Report:
    """Verify the evidence about one firearm."""
    heads = open_heads(book, files)
    if not numbered(files, "checkpoints/"):
        sentence = "The bundle has no checkpoint."
        book.tally.add(
            Finding(check=CHECKPOINT, code="checkpoint_missing", sentence=sentence, missing=True)
        )
    saved = book.open_saved(request.saved)
    undone = (
        None if request.saved and not saved else link_saved(book, saved, heads=heads, files=files)
    )
    proved = link_heads(book, heads, files)
    last = open_last(book, files, proved)
    entries = _contents(files, "entries/")
    _check_subject(book, files, entries)
    if heads:
        _check_inclusion(book, heads, entries=entries, files=files)
    registry = _check_entries(book, entries, signatures=request.signatures)
    check_disclosures(book, files, entries.get)
    if book.tally.lacks(FILES, INCLUSION, REGISTRY):
        # The entry that enrols a key may be among those that are missing.
        book.tally.doubt(REGISTRY, MANDATE, CHAIN)
    _conclude(book, request, proved, compared=undone, count=len(entries))
    check_shown_disputes(book, entries, registry)
    check_heads(book, files, entries=entries, heads=proved, registry=registry)
    notes = {size: files[note_name(size)] for size in proved}
    covering = max(entries, default=-1) + 1
    facts = check_witnesses(book, request.policy, notes, covering=covering, last=last)
    known = check_clocks(book, request, files=files, notes=notes, facts=facts)
    _check_lateness(book, entries, known=known, registry=registry)
    return book.report(size=max(heads, default=None), examined=len(entries))


def _verify_log(request: Request, files: Files, book: Book) -> Report:
    """Verify a whole log, which a packed bundle has to be unpacked for."""
    if isinstance(files, Folder):
        return audit_log(request, request.path, book)
    with TemporaryDirectory(prefix="muniment-bundle-") as folder:
        for name in files:
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(files[name])
        return audit_log(request, Path(folder), book)


def _own_trust(files: Files) -> Trust:
    if TRUST_FILE not in files:
        raise UsageError(
            "The bundle has no trust file.",
            slug="trust_missing",
            next_step="Name the trust file you were given with --trust FILE.",
        )
    return Trust.parse(files[TRUST_FILE])


def _check_files(book: Book, files: Files, *, whole: bool) -> None:
    """Compare the files with the manifest, which names each with its digest."""
    manifest = read_manifest(files.get(MANIFEST_FILE, b""))
    if manifest is None or whole is not (manifest.subject == WHOLE_LOG):
        sentence = "The bundle has no manifest, or one of something else."
        _fail(book, FILES, code="manifest_malformed", sentence=sentence)
        return
    named = manifest.files
    for name in sorted(named.keys() - set(files)):
        if member_cap(name) is None:
            sentence = "The manifest names a foreign file."
            _fail(book, FILES, code="file_foreign", sentence=sentence)
        else:
            _lack(book, name)
    if isinstance(files, Folder) and files.others and not whole:
        book.tally.add(_foreign(files.others))
    misplaced = _OF_EVIDENCE if whole else _NOT_OF_EVIDENCE
    for name in sorted(set(files) - {MANIFEST_FILE}):
        if misplaced.fullmatch(name):
            sentence = f"The file {name} has no place in a bundle of this kind."
            _fail(book, FILES, code="file_foreign", sentence=sentence)
        elif named.get(name) != sha256(files[name]).hexdigest():
            sentence = f"The file {name} is not the one that the manifest names."
            _fail(book, FILES, code="file_differs", sentence=sentence)


def _foreign(number: int) -> Finding:
    return Finding(
        check=FILES,
        code="file_foreign",
        sentence=f"{counted(number, *_FOREIGN)} no part of a bundle, and not read.",
        notice=True,
        next_step="Ask whoever handed the bundle over what it is doing there.",
    )


_FOREIGN: Final = ("file here is", "files here are")


def _check_subject(book: Book, files: Files, entries: Mapping[int, bytes]) -> None:
    """Check that the bundle shows the stream that it says it is about."""
    manifest = read_manifest(files.get(MANIFEST_FILE, b""))
    shown = {head.sub for head in map(read_head, entries.values()) if head}
    if manifest and manifest.subject not in shown:
        sentence = "The manifest says that the bundle is about a stream of which it shows nothing."
        _fail(book, FILES, code="manifest_malformed", sentence=sentence)


def _lack(book: Book, name: str) -> None:
    sentence = f"The manifest names {name}, which is not there."
    book.tally.add(Finding(check=FILES, code="file_missing", sentence=sentence, missing=True))


def _check_inclusion(
    book: Book, heads: Heads, *, entries: Mapping[int, bytes], files: Files
) -> None:
    """Check a receipt for each entry, and that there is no receipt without one."""
    proofs = _contents(files, "proofs/")
    notes = {files[note_name(size)]: head for size, head in heads.items()}
    for index in sorted(entries.keys() ^ proofs.keys()):
        sentence = "It has an entry or a receipt here, but not both."
        book.tally.add(
            Finding(
                check=INCLUSION, code="pair_missing", sentence=sentence, index=index, missing=True
            )
        )
    for index in sorted(entries.keys() & proofs.keys()):
        try:
            proof = _read_receipt(proofs[index], index=index, notes=notes)
            head = notes[proof.checkpoint_note]
            verify_inclusion(
                leaf=leaf_hash(entries[index]),
                index=index,
                size=head.size,
                path=proof.path,
                root=head.root,
            )
        except ProofError as error:
            book.tally.add(
                Finding(check=INCLUSION, code=error.slug, sentence=error.sentence, index=index)
            )


def _read_receipt(octets: bytes, *, index: int, notes: Collection[bytes]) -> TlogProof:
    proof = parse_tlog_proof(octets)
    if proof.index != index or proof.checkpoint_note not in notes:
        raise ProofError("The receipt is of another index or leads to another checkpoint.")
    return proof


def _check_entries(
    book: Book, entries: Mapping[int, bytes], *, signatures: bool
) -> Registry | None:
    """Verify every entry under the registry that the bundle's own entries give; give that."""
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
    judge = Judge(
        Context(
            registry=fold.registry,
            audience=book.trust.audience,
            judged=fold.judged,
            signatures=signatures,
        )
    )
    rest = sorted((index, entries[index]) for index in entries.keys() - fold.judged.keys())
    for (index, _), outcome in zip(rest, judge.judge(rest), strict=True):
        if isinstance(outcome, Finding):
            book.tally.add(outcome)
        else:
            records.add(index, outcome)
    packed = records.pack()
    book.tally.merge(check_links(packed.links[0]))
    book.tally.merge(check_requests(packed.requests[0]))
    return fold.registry if 0 in entries else None


def _check_lateness(
    book: Book,
    entries: Mapping[int, bytes],
    *,
    known: Sequence[Fact],
    registry: Registry | None,
) -> None:
    """Look for events that were recorded late, by the terms that the bundle itself shows."""
    if registry is not None:
        ordered = [(index, entries[index]) for index in sorted(entries)]
        decisions = (each for each in ordered if may_be_policy(each[1]))
        terms = adopted_terms(decisions, registry=registry, audience=book.trust.audience)
        watch = LateWatch(Timeline(known), terms, registry)
        for index, jws in ordered:
            for finding in watch.look(index, jws):
                book.tally.add(finding)
    undone = None if registry is not None else "The founding of the ledger is not in the bundle."
    conclude_lateness(book, dated=bool(known), undone=undone)


def _conclude(
    book: Book, request: Request, heads: Heads, *, compared: str | None, count: int
) -> None:
    unsigned = None if heads else "There is no verified checkpoint to compare with."
    book.conclude(CHECKPOINT, "A trusted key of the log signed it.")
    book.conclude(
        CONSISTENCY,
        f"The saved checkpoint is of the same history.{adjacent(heads)}",
        undone=compared and compared + adjacent(heads),
    )
    book.conclude_fraud()
    book.conclude(FILES, "Every file of the bundle is the one that the manifest names.")
    shown = every(count, "entry stands", "entries stand")
    book.conclude(INCLUSION, f"{shown} in the signed tree.", undone=unsigned)
    book.conclude(REGISTRY, "The trusted founding and every registry entry shown are legal.")
    book.conclude(ENVELOPE, well_formed(count))
    book.conclude(
        SIGNATURE,
        well_signed(count),
        undone=None if request.signatures else SIGNATURES_LEFT_OUT,
    )
    book.conclude(
        MANDATE,
        "By the registry entries shown, every key was valid and held the role at its index.",
    )
    book.conclude(CHAIN, "Every stream shown is contiguous from its first event.")
    book.conclude(REQUESTS, "No event identifier occurs twice among these entries.")
    book.conclude(
        RULES,
        "",
        undone="Rules look at other records too, which only the whole log holds; verify an export "
        "with --rules.",
    )
    book.conclude(
        COMPLETENESS,
        "",
        undone="A bundle cannot prove that the firearm has no newer event, but for what a head "
        "proof covers, nor that no key was revoked by an entry left out; only the whole log can.",
    )


def _contents(files: Files, folder: str) -> dict[int, bytes]:
    """Give the files of one folder by the number in their names."""
    return {number: files[name] for number, name in numbered(files, folder).items()}


def _fail(book: Book, check: str, *, code: str, sentence: str) -> None:
    book.tally.add(Finding(check=check, code=code, sentence=sentence))
