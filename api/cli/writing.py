# SPDX-License-Identifier: Apache-2.0
"""``muniment sign`` and ``muniment append``: one event, or a file of many."""

from __future__ import annotations

import json as jsonlib
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any, Final
from uuid import UUID

import typer

from api.bootstrap import Office, open_office
from api.cli.describing.events import event_type
from api.cli.exit_codes import ExitCode
from api.cli.passphrases import load_key
from api.cli.signing.drafts import drafts_of, endorsed_here
from api.cli.signing.files import read_acts, unreadable
from api.cli.speech import data, errors_told, say, show_trace
from api.client.keyfile import FileKey
from api.client.signer import Submission, payload_of
from api.client.signer import sign as sign_draft
from api.describing.examples import template_of
from api.drafting import check_endorsements, shown
from api.registrar import Act, draft_of, key_record
from api.settings import Settings
from audit.appending.sequencer import INTERNAL, Receipt
from audit.proof.encoding import decode
from audit.proof.limits import BODY_OCTETS_MAX
from domain.catalogue import CATALOGUE
from domain.errors import MunimentError, UnreachableError, UsageError
from domain.identifiers import parse_stream_id

if TYPE_CHECKING:
    from api.cli.publishing.waiting import WitnessedReceipts

BATCH_EVENTS: Final = 256
LINE_OCTETS_MAX: Final = BODY_OCTETS_MAX + 2

Numbered = tuple[int, bytes]


def sign(  # noqa: PLR0913 - each option is one part of what is asked for
    context: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="One event as JSON, or one event a line.")
    ] = None,
    *,
    key: Annotated[Path | None, typer.Option(help="Key file of the officer.")] = None,
    endorse: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="Key file of a second person, on this machine; repeat."),
    ] = None,
    draft: Annotated[
        bool, typer.Option("--draft", help="Give drafts for `endorse`; sign nothing.")
    ] = False,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Show the exact bytes that would be signed; sign nothing."),
    ] = False,
    template: Annotated[
        str | None,
        typer.Option(metavar="EVENT", help="Give a filled example of an event to edit, and end."),
    ] = None,
    full: Annotated[
        bool, typer.Option("--full", help="With --template: optional members and persons too.")
    ] = False,
) -> None:
    """Sign events at the heads of their streams; the submissions go to standard output.

    Example: muniment sign event.json --key officer.pem | muniment append -

    An event is {"evt": ..., "sub": "arm.<uuid>", "occ": "2026-11-23", "dat": {...},
    "disclosures": {...}}. Without sub a new stream begins; without occ it happened now. See
    `muniment events` for the types, and --template for an example of one.

    What two persons decide is endorsed by the second one: by --endorse with a key on this machine,
    or elsewhere by `muniment endorse` on a draft, which is then signed like any file of events.
    """
    with errors_told():
        if template is not None:
            _give_template(template, full=full)
            return
        if file is not None and draft:
            _give_drafts(context.obj, file)
            return
        if file is None or key is None:
            raise _incomplete()
        acts, keys = read_acts(file), [load_key(path) for path in (key, *(endorse or ()))]
        with open_office(context.obj) as office:
            for submission in _signed(office, acts, *keys):
                (_preview if dry_run else _hand_out)(submission)


def append(
    context: typer.Context,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="Submissions, one a line; - for standard input.")
    ],
    *,
    receipts: Annotated[Path | None, typer.Option(help="Folder for .tlog-proof files.")] = None,
    wait: Annotated[
        str | None,
        typer.Option(metavar="witnessed", help="Hand out receipts that a quorum has cosigned."),
    ] = None,
    policy: Annotated[
        Path | None, typer.Option(help="With --wait: policy file with witnesses and quorum.")
    ] = None,
) -> None:
    """Append submissions; one receipt or refusal a line, in the order of the file.

    Example: muniment append events.txt > receipts.jsonl

    A line of the answer is a JSON object: index, eid and the receipt as a C2SP .tlog-proof, or
    error and sentence. Appending the same submission again gives its receipt again. With --wait
    witnessed, exit code 4 means that everything is recorded but not all of it witnessed in time.
    """
    with errors_told(), _reading(file) as source, open_office(context.obj) as office:
        refused, failed = 0, False
        if receipts is not None:
            _make_folder(receipts)
        waiting = _waiting(office, wait, policy)
        upgrade = waiting.upgrade if waiting else list
        for answer in _append_all(office, _lines(source), receipts, upgrade=upgrade):
            refused += "error" in answer
            failed = failed or answer.get("error") == INTERNAL
            data(answer)
    if refused:
        say(f"{refused} refused, each with its reason above; everything else is recorded.")
        raise typer.Exit(ExitCode.INTERNAL if failed else ExitCode.REFUSED)
    if waiting and waiting.late:
        raise typer.Exit(ExitCode.UNREACHABLE)


def _give_template(name: str, *, full: bool) -> None:
    """Write an example as ``sign`` reads it; what is invented in it is said to be so."""
    typer.echo(
        jsonlib.dumps(template_of(event_type(name), full=full), ensure_ascii=False, indent=2)
    )
    say("Every value in it is invented: replace or remove each, sub and occ too, before you sign.")


def _give_drafts(settings: Settings, file: Path) -> None:
    acts = read_acts(file)
    with open_office(settings) as office:
        for draft in drafts_of(office, acts):
            data(draft)


def _incomplete() -> UsageError:
    return UsageError(
        "Nothing can be signed without a file of events and a key.",
        slug="sign_incomplete",
        next_step="Give FILE and --key, or --template EVENT for an example to edit.",
    )


def _signed(
    office: Office, acts: Sequence[Act], key: FileKey, *endorsers: FileKey
) -> Iterator[Submission]:
    """Sign acts one after the other; a later one may follow an earlier one in its stream."""
    authority = key_record(office, key.kid).authority
    heads: dict[UUID, tuple[int, str]] = {}
    for act in acts:
        draft = draft_of(office, act, authority, heads=heads)
        if endorsers:
            say(f"This is what the second person endorses:\n{shown(payload_of(draft))}")
            draft = endorsed_here(office, draft, endorsers)
        check_endorsements(office, draft)
        submission = sign_draft(draft, act.disclosures, key, catalogue=CATALOGUE)
        heads[parse_stream_id(draft.sub).uuid] = (draft.seq, submission.eid)
        yield submission


def _waiting(office: Office, wait: str | None, policy: Path | None) -> WitnessedReceipts | None:
    if wait is None:
        return None
    # Only who waits needs what asks witnesses.
    from api.cli.publishing.waiting import waiting_for  # noqa: PLC0415

    return waiting_for(office, wait, policy)


def _append_all(
    office: Office,
    submissions: Iterator[Numbered],
    receipts: Path | None,
    *,
    upgrade: Callable[[Sequence[Receipt | MunimentError]], list[Receipt | MunimentError]],
) -> Iterator[dict[str, Any]]:
    """Append in the order of the file, a batch at a time."""
    while batch := list(islice(submissions, BATCH_EVENTS)):
        answers = upgrade(office.append_all([submission for _, submission in batch]))
        for (line, _), answer in zip(batch, answers, strict=True):
            yield _told(line, answer, receipts)


def _told(line: int, answer: Receipt | MunimentError, receipts: Path | None) -> dict[str, Any]:
    if isinstance(answer, MunimentError):
        if answer.slug == INTERNAL:
            show_trace(answer)
        return {"line": line, "error": answer.slug, "sentence": str(answer)}
    for hit in answer.hits:
        listed = f"{hit.authority} lists {hit.record} as {hit.alert}"
        say(f"Line {line}: {listed} (event {hit.index}).")
    proof = answer.proof.encode()
    if receipts is not None:
        _keep(receipts / f"{answer.index}.tlog-proof", proof)
    return {
        "line": line,
        "eid": answer.eid,
        "index": answer.index,
        "repeated": answer.repeated,
        "proof": proof.decode(),
        "hits": [asdict(hit) for hit in answer.hits],
    }


@contextmanager
def _reading(file: Path) -> Iterator[IO[bytes]]:
    if str(file) == "-":
        yield sys.stdin.buffer
        return
    try:
        source = file.open("rb")
    except OSError as error:
        raise unreadable(file, error) from error
    with source:
        yield source


def _lines(source: IO[bytes]) -> Iterator[Numbered]:
    """Give the lines that hold something; one too long is cut, and refused for its size."""
    number = 0
    while line := source.readline(LINE_OCTETS_MAX):
        number += 1
        rest = line
        while rest and not rest.endswith(b"\n"):
            rest = source.readline(LINE_OCTETS_MAX)
        if line.strip():
            yield number, line.strip()


def _hand_out(submission: Submission) -> None:
    typer.echo(submission.to_bytes().decode())


def _preview(submission: Submission) -> None:
    """Show header and payload as they would be signed; the signature is thrown away."""
    header, payload, _ = submission.jws.split(b".")
    say("These bytes would be signed, each of the two lines in base64url, joined by a dot:")
    typer.echo(decode(header).decode())
    typer.echo(decode(payload).decode())
    if submission.disclosures:
        say(f"{len(submission.disclosures)} values would go to the vault, their digests in _sd.")


def _keep(path: Path, proof: bytes) -> None:
    try:
        path.write_bytes(proof)
    except OSError as error:
        raise UnreachableError(
            f"The receipt {path} cannot be written: {error.strerror}.",
            next_step="The event is recorded; append the same file again to get its receipt.",
        ) from error


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"The folder {folder} cannot be made: {error.strerror}.",
            next_step="Name another folder for --receipts.",
        ) from error
