# SPDX-License-Identifier: Apache-2.0
"""``muniment receipt``: what a receipt says, what it is worth, and how it comes to more.

Works offline with a published log, an export or a bundle; only an upgrade without ``--from``
asks the ledger of this data directory. Exit codes are those of muniment-verify: 0 ok,
1 violated, 2 unusable input, 3 incomplete; of several receipts the worst counts.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from api.cli.receipting.files import keep, read_entry, read_receipt, stamps_beside, write_proof
from api.cli.receipting.online import open_ledger
from api.cli.speech import data, say
from audit.proof.checkpoint import parse_checkpoint
from audit.proof.cosignature import signed_text
from audit.proof.inclusion import TlogProof
from audit.proof.note import (
    ED25519_SIGNATURE_OCTETS,
    ML_DSA_44_SIGNATURE_OCTETS,
    NOTE_OCTETS_MAX,
    TIMESTAMP_OCTETS,
    signature_parts,
)
from audit.proof.policy.file import read_policy
from audit.proof.timestamps.authorities import read_authorities
from audit.proof.verify.beside.history import encode_consistency
from audit.proof.verify.book import Request
from audit.proof.verify.fraud import read_capped
from audit.proof.verify.receipts.level import Held, Worth, judge_receipt
from audit.proof.verify.receipts.source import Log, open_log, own_trust
from audit.proof.verify.receipts.upgrading import upgrade as better
from audit.proof.verify.report import ExitCode
from audit.proof.verify.trust import read_trust
from domain.errors import MunimentError, ProofError, UnreachableError, UsageError

_KINDS: Final = {
    ED25519_SIGNATURE_OCTETS: "Ed25519",
    TIMESTAMP_OCTETS + ED25519_SIGNATURE_OCTETS: "Ed25519 cosignature",
    TIMESTAMP_OCTETS + ML_DSA_44_SIGNATURE_OCTETS: "ML-DSA-44",
}
"""What signs a line, by the octets of its signature."""

WORST_FIRST: Final = (ExitCode.VIOLATED, ExitCode.UNUSABLE, ExitCode.INCOMPLETE, ExitCode.OK)

Files = Annotated[list[Path], typer.Argument(help="Receipts, *.tlog-proof.")]
Source = Annotated[
    Path | None, typer.Option("--from", help="An export, a published log or a bundle.")
]
TrustFile = Annotated[Path | None, typer.Option("--trust", help="The keys you trust.")]
AssumeTrust = Annotated[
    bool, typer.Option("--assume-trust", help="Take the keys that came along for the right ones.")
]
PolicyFile = Annotated[Path | None, typer.Option("--policy", help="The witnesses you believe.")]
Roots = Annotated[Path | None, typer.Option("--tsa-roots", help="The time-stampers you believe.")]
Saved = Annotated[
    Path | None, typer.Option("--checkpoint", help="A checkpoint that you kept earlier.")
]
Json = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]

receipt = typer.Typer(
    help="Show, verify and upgrade receipts; prove how the log grew.\n\n"
    "\b\nExample:\n  muniment receipt verify 7.tlog-proof --from public/ --trust trust.json",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)


@receipt.command()
def show(files: Files, *, json: Json = False) -> None:
    """Tell what receipts say, without verifying anything.

    Example: muniment receipt show 7.tlog-proof
    """

    def one(path: Path) -> ExitCode:
        said = _said(path, read_receipt(path))
        if json:
            data(said)
        else:
            typer.echo(
                f"{path}: index {said['index']}, in a tree of {said['size']} entries of "
                f"{said['origin']}, signed by {', '.join(_signers(said))}; not verified"
            )
        return ExitCode.OK

    _each(files, one, json=json)


@receipt.command()
def verify(  # noqa: PLR0913 - each option is one thing to verify with
    files: Files,
    *,
    source: Source = None,
    entry: Annotated[Path | None, typer.Option(help="The token that it is about.")] = None,
    trust: TrustFile = None,
    assume_trust: AssumeTrust = False,
    policy: PolicyFile = None,
    tsa_roots: Roots = None,
    checkpoint: Saved = None,
    json: Json = False,
) -> None:
    """Verify receipts offline, and tell the level of each.

    Example: muniment receipt verify 7.tlog-proof --entry 7.jws --trust trust.json

    Without --trust the result is incomplete, code 3, unless --assume-trust says that the keys which
    came with the log are the right ones. With --checkpoint a rewritten past shows; of another size
    than the receipt's, it is compared by way of the log that --from names.
    """
    with _told(json=json):
        request = _request(trust, policy, tsa_roots, assume=assume_trust)
        if checkpoint is not None:
            request = replace(request, saved=read_capped(checkpoint, NOTE_OCTETS_MAX))
        with _opened(source, entry) as given:
            _each(files, lambda path: _verify(path, request, given, json=json), json=json)


@receipt.command()
def upgrade(  # noqa: PLR0913 - each option is one thing to verify with
    context: typer.Context,
    files: Files,
    *,
    source: Source = None,
    trust: TrustFile = None,
    assume_trust: AssumeTrust = False,
    policy: PolicyFile = None,
    tsa_roots: Roots = None,
    json: Json = False,
) -> None:
    """Replace receipts by better ones of the same entries.

    Example: muniment receipt upgrade receipts/*.tlog-proof --policy mine.txt

    Without --from the ledger of this data directory is asked, and its own keys are trusted. A
    receipt is never replaced by one that proves less. The exit code is that of the receipt as it
    is in the end.
    """
    with _told(json=json):
        request = _request(trust, policy, tsa_roots, assume=assume_trust)
        with open_log(source) if source else open_ledger(context.obj) as log:
            if source is None and request.trust is None:
                request = replace(request, trust=log.trust())
            _each(files, lambda path: _upgrade(path, request, log, json=json), json=json)


@receipt.command()
def consistency(
    context: typer.Context,
    old: Annotated[int, typer.Argument(min=1, help="Size of the older checkpoint.")],
    new: Annotated[int, typer.Argument(min=1, help="Size of the newer one.")],
    *,
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where the proof is written.")],
    source: Source = None,
) -> None:
    """Write the proof that the log only grew.

    Example: muniment receipt consistency 1042 2077 --out growth.proof

    For `muniment-verify --fraud OLD NEW --consistency FILE`, which judges two checkpoints by it.
    Without --from the ledger of this data directory is asked.
    """
    with _told(json=False):
        with open_log(source) if source else open_ledger(context.obj) as log:
            _check_sizes(old, new, log)
            octets = encode_consistency(log.consistency(old, new))
        write_proof(out, octets)
    say(f"{out} leads from {old:,} to {new:,} entries.")


@dataclass(frozen=True, slots=True)
class _Given:
    """What receipts are verified against: a log, or the entry alone."""

    log: Log | None
    entry: Path | None

    def token(self, index: int) -> bytes:
        """Give the entry of an index."""
        if self.entry is not None:
            return read_entry(self.entry)
        if self.log is None:
            raise UsageError(
                "A receipt is verified for an entry, and none was named.",
                slug="entry_unnamed",
                next_step="Name its token with --entry, or a log or bundle with --from.",
            )
        return self.log.entry(index)


def _verify(path: Path, request: Request, given: _Given, *, json: bool) -> ExitCode:
    found = read_receipt(path)
    stamps = {**(given.log.stamps if given.log else {}), **stamps_beside(path)}
    held = Held(receipt=found, entry=given.token(found.index), stamps=stamps)
    growth = given.log.consistency if given.log else None
    worth = judge_receipt(held, request, partial(own_trust, given.log), growth=growth)
    _tell(path, held, worth, json=json)
    return worth.report.exit_code


def _upgrade(path: Path, request: Request, log: Log, *, json: bool) -> ExitCode:
    found = read_receipt(path)
    held = Held(receipt=found, entry=log.entry(found.index), stamps=stamps_beside(path))
    best, worth = better(held, log, request)
    if best is not held:
        keep(path, best)
    _tell(path, best, worth, json=json)
    if best is held and not json:
        say(f"{path}: there is no better receipt by now.")
    return worth.report.exit_code


def _check_sizes(old: int, new: int, log: Log) -> None:
    size = max(log.notes, default=0)
    if not old <= new <= size:
        raise UsageError(
            f"No proof leads from {old} to {new} entries in a log of {size}.",
            slug="consistency_sizes",
            next_step="Name the smaller size first, and none that the log has not reached.",
        )


def _tell(path: Path, held: Held, worth: Worth, *, json: bool) -> None:
    """Tell what a receipt is worth, and every check that was made."""
    if json:
        data({**_said(path, held.receipt), "level": worth.level, **worth.report.to_json()})
        return
    typer.echo(f"{path}: index {held.receipt.index}, {worth.level}")
    for each in worth.report.checks:
        typer.echo(f"  {each.state:<12} {each.name:<13} {each.sentence}")
    for fingerprint in worth.report.compare:
        typer.echo(f"  {'compare':<12} {fingerprint}")
    if worth.report.failing:
        typer.echo(f"  {worth.report.failing}")


def _said(path: Path, found: TlogProof) -> dict[str, Any]:
    """Give what a receipt says of itself."""
    checkpoint = parse_checkpoint(signed_text(found.checkpoint_note))
    lines = signature_parts(found.checkpoint_note)
    return {
        "file": str(path),
        "index": found.index,
        "origin": checkpoint.origin,
        "size": checkpoint.size,
        "root": checkpoint.root.hex(),
        "signers": [name for name, _, _ in lines],
        "signature_types": [_KINDS.get(len(octets), "unknown") for _, _, octets in lines],
        "hashes": len(found.path),
    }


def _signers(said: dict[str, Any]) -> list[str]:
    """Name each signer with the type of its signature: a log signs in two, a witness in one."""
    both = zip(said["signers"], said["signature_types"], strict=True)
    return [f"{name} ({kind})" for name, kind in both]


def _request(
    trust: Path | None, policy: Path | None, roots: Path | None, *, assume: bool
) -> Request:
    if trust and assume:
        raise UsageError(
            "--assume-trust takes the place of a trust file, and one was named.",
            slug="trust_twice",
            next_step="Leave one of --trust and --assume-trust away.",
        )
    return Request(
        path=Path(),
        trust=read_trust(trust) if trust else None,
        assume_trust=assume,
        policy=read_policy(policy) if policy else None,
        authorities=read_authorities(roots) if roots else None,
        now=int(time.time()),
    )


@contextmanager
def _opened(source: Path | None, entry: Path | None) -> Iterator[_Given]:
    if source is None:
        yield _Given(None, entry)
        return
    with open_log(source) as log:
        yield _Given(log, entry)


def _each(files: Sequence[Path], one: Callable[[Path], ExitCode], *, json: bool) -> None:
    """Do the same for several receipts; end with the worst code."""
    codes = [_attempt(path, one, json=json) for path in files]
    worst = next(code for code in WORST_FIRST if code in codes)
    if worst:
        raise typer.Exit(int(worst))


def _attempt(path: Path, one: Callable[[Path], ExitCode], *, json: bool) -> ExitCode:
    try:
        return one(path)
    except MunimentError as error:
        return _stopped(error, str(path), json=json)


@contextmanager
def _told(*, json: bool) -> Iterator[None]:
    try:
        yield
    except MunimentError as error:
        raise typer.Exit(int(_stopped(error, "", json=json))) from error


def _stopped(error: MunimentError, path: str, *, json: bool) -> ExitCode:
    """Say what is wrong, and which code it is."""
    code = ExitCode.UNUSABLE
    if isinstance(error, ProofError):
        code = ExitCode.VIOLATED
    elif isinstance(error, UnreachableError):
        code = ExitCode.INCOMPLETE
    if json:
        data({"file": path, "level": "none", "code": error.slug, "sentence": error.sentence})
    say(f"{path}: {error.slug}: {error}" if path else f"{error.slug}: {error}")
    return code
