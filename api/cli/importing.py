# SPDX-License-Identifier: Apache-2.0
"""``muniment import``: a legacy register becomes signed events."""

from __future__ import annotations

import secrets
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event
from typing import Annotated, Final

import typer
from rich.console import Console

from api.bootstrap import Office, open_office
from api.cli.exit_codes import ExitCode
from api.cli.passphrases import load_key
from api.cli.speech import data, errors_told, say
from api.client.keyfile import FileKey
from api.importing.chunks import open_chunks
from api.importing.mapping.loading import load_mapping
from api.importing.mapping.model import Mapping
from api.importing.placing import Signatory
from api.importing.preview import preview_rows
from api.importing.progress import progress_shown
from api.importing.report import Rejects, Tally, rejects_file
from api.importing.run import Conduct, import_rows
from api.importing.secret import import_secret, passing_secret
from api.registrar import key_record
from domain.catalogue import CATALOGUE

UNREAD_TOLD_MAX: Final = 20
"""Unread texts that are told on a terminal; ``--json`` tells more of them."""

GO_ON = "Run the same command again; it goes on where it stopped and records nothing twice."


def import_register(  # noqa: PLR0913 - each option is one decision about the import
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="CSV, TSV or XLSX, plain or gzip.")],
    *,
    mapping: Annotated[Path, typer.Option(help="Mapping file; see docs/importing.md.")],
    key: Annotated[Path, typer.Option(help="Key file of the officer who answers for it.")],
    dry_run: Annotated[
        bool, typer.Option(help="Map and check every row, show what would be signed; no more.")
    ] = False,
    rejects: Annotated[
        Path | None, typer.Option(help="Write refused rows here: line, reason, sentence.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Give the counts as JSON.")] = False,
) -> None:
    """Import a legacy register; every row becomes signed events or one named refusal.

    Running it again adds nothing; after an interruption it goes on where it stopped. The
    exit code is 3 where a row was refused that the mapping itself does not leave out.

    Example: muniment import register.csv.gz --mapping map.toml --key officer.pem --dry-run
    """
    with errors_told():
        plan = load_mapping(mapping, CATALOGUE)
        officer = load_key(key)
        with open_office(context.obj) as office, rejects_file(rejects) as listed:
            desk = _Desk(office, officer, mapping=plan, rejects=listed)
            tally = desk.preview(file) if dry_run else desk.run(file)
        _tell(tally, as_json=json, dry_run=dry_run)
    if tally.stopped:
        say(GO_ON)
    expected = {part.slug for part in plan.rows.refuse}
    if tally.stopped or tally.refused.keys() - expected:
        raise typer.Exit(ExitCode.REFUSED)


class _Desk:
    """An open ledger, a key and a mapping, ready for a file."""

    def __init__(self, office: Office, key: FileKey, *, mapping: Mapping, rejects: Rejects) -> None:
        self._mapping = mapping
        self._rejects = rejects
        self._secret_file = office.settings.import_secret
        self._signatory = Signatory(
            register=office,
            key=key,
            iss=key_record(office, key.kid).authority,
            catalogue=CATALOGUE,
            clock=time.time,
        )

    def preview(self, file: Path) -> Tally:
        secret = passing_secret(self._secret_file, secrets.token_bytes)
        with open_chunks(file, self._mapping, secret=secret) as rows:
            preview = preview_rows(rows, signatory=self._signatory, rejects=self._rejects)
        say("These bytes would be signed first:")
        for payload in preview.payloads:
            say(payload.decode())
        return preview.tally

    def run(self, file: Path) -> Tally:
        secret = import_secret(self._secret_file, secrets.token_bytes)
        with ExitStack() as stack:
            rows = stack.enter_context(open_chunks(file, self._mapping, secret=secret))
            conduct = Conduct(
                signatory=self._signatory,
                rejects=self._rejects,
                duplicate_reason=self._mapping.identity.duplicate_reason,
                watch=stack.enter_context(progress_shown(Console(stderr=True))),
                stop=stack.enter_context(_interrupts()),
            )
            return import_rows(rows, conduct)


@contextmanager
def _interrupts() -> Iterator[Callable[[], bool]]:
    """Let the first Ctrl-C end the import after the chunk at hand, the second at once."""
    asked = Event()

    def ask(_number: int, _frame: object) -> None:
        asked.set()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        say("Finishing the rows at hand; press Ctrl-C again to stop at once.")

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield asked.is_set
    finally:
        signal.signal(signal.SIGINT, before)


def _tell(tally: Tally, *, as_json: bool, dry_run: bool) -> None:
    if as_json:
        data(tally.as_record() | {"dry_run": dry_run})
        return
    word = "would be recorded" if dry_run else "recorded"
    typer.echo(f"{tally.rows:,} rows read, {tally.complete:,} complete")
    typer.echo(f"{tally.events:,} events {word}, {tally.repeated:,} were there before")
    typer.echo(f"{tally.refused.total():,} rows refused")
    for slug, count in tally.refused.most_common():
        typer.echo(f"  {count:>9,}  {slug}")
    if tally.unread:
        typer.echo(f"{tally.unread.total():,} texts in a serial's place that no list knows")
    for text, count in tally.unread.most_common(UNREAD_TOLD_MAX):
        typer.echo(f"  {count:>9,}  {text}")
