# SPDX-License-Identifier: Apache-2.0
"""``muniment restore``: the newest entries put back after an older backup was restored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import typer

from api.bootstrap import open_office, open_unsigned
from api.cli.exit_codes import ExitCode
from api.cli.speech import data, errors_told, progress_shown, say
from api.settings import LedgerName, Settings
from audit.link import Link
from audit.restoring.copy import open_copy
from audit.restoring.personal import unsealed
from audit.restoring.restoration import Restoration, plan
from audit.signer.keys.known import known_log_keys
from audit.signer.state import signed_tree
from audit.vault.opening import open_present_keys


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What a restoration found and left.

    Attributes:
        before: Entries in the database before.
        size: Entries in it now.
        signed: Entries that the signer remembers.
        copied: Entries in the copy.
        unsealed: Entries that came back, and whose personal data may be missing.
    """

    before: int
    size: int
    signed: int
    copied: int
    unsealed: int = 0

    @property
    def missing(self) -> int:
        """Entries that were signed and are not there."""
        return max(0, self.signed - self.size)


def restore(
    context: typer.Context,
    *,
    source: Annotated[
        Path,
        typer.Option(
            "--from", metavar="DIR", help="A published copy, an export or a whole bundle."
        ),
    ],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check the copy and count; write nothing.")
    ] = False,
) -> None:
    """Put back the newest entries, which a restored backup of the database lacks.

    Example: muniment restore --from public/

    Close every program that uses the ledger first. The copy has to give the roots that were
    signed; signatures and rules are checked again. Entries come back with the same octets at
    the same places; personal data does not, and each entry that may lack it is named. Killed
    half-way, run it again. Exit code 1 where entries that were signed are still missing.
    """
    with errors_told():
        done = _restored(context.obj, source, dry_run=dry_run)
        data({**asdict(done), "missing": done.missing, "dry_run": dry_run})
        if not dry_run and not done.missing:
            with open_office(context.obj) as office:
                office.notary.checkpoint()
    for line in _words(done, source, dry_run=dry_run):
        say(line)
    if done.missing and not dry_run:
        raise typer.Exit(ExitCode.NOT_VERIFIED)


def _restored(settings: Settings, source: Path, *, dry_run: bool) -> Restored:
    keys = known_log_keys(settings.signer_folder)
    with (
        open_copy(source, keys) as copy,
        open_unsigned(settings) as (database, ledger),
        closing(Link(database.conninfo("ledger_api"))) as link,
    ):
        restoration = plan(
            link,
            ledger,
            audience=LedgerName.read(settings.home).audience,
            signed=signed_tree(settings.signer_folder),
            copy=copy,
        )
        roots = restoration.prove()
        bare = 0 if dry_run else _put_back(restoration, roots, link=link, settings=settings)
        return Restored(
            before=restoration.head.size,
            size=ledger.size,
            signed=restoration.signed.size,
            copied=copy.checkpoint.size,
            unsealed=bare,
        )


def _put_back(
    restoration: Restoration, roots: Mapping[int, bytes], *, link: Link, settings: Settings
) -> int:
    """Put everything back, and name each entry whose personal data may be missing."""
    bare, at = 0, restoration.head.size
    with (
        open_present_keys(settings.vault_folder, settings.keystore_url) as keys,
        progress_shown("restoring") as progress,
    ):
        for batch in restoration.put_back(roots):
            places = {each.event.eid: index for index, each in enumerate(batch, start=at)}
            for event in unsealed(link, keys, [each.event for each in batch]):
                data(
                    {"index": places[event.eid], "eid": event.eid, "disclosures": "may be missing"}
                )
                bare += 1
            at += len(batch)
            progress(at - restoration.head.size, len(restoration.lost))
    return bare


def _words(done: Restored, source: Path, *, dry_run: bool) -> Iterator[str]:
    """Say what was done, what is left, and what to do next."""
    if dry_run:
        lost = max(0, done.copied - done.before)
        yield f"Of {source} the database lacks the newest {lost:,}; nothing was written."
    else:
        yield f"Entries that came back: {done.size - done.before:,}; the ledger has {done.size:,}."
    if max(done.copied, done.size) < done.signed:
        yield (
            f"{source} ends at {done.copied:,} entries, but {done.signed:,} were signed: name a "
            "newer copy for the rest."
        )
    if done.copied > done.signed:
        yield (
            f"The signer remembers {done.signed:,} entries only: its state was put back too. Find "
            "out how, for it must never know less than was signed."
        )
    if done.unsealed:
        yield (
            f"Personal data of {done.unsealed:,} may be missing, each named above: take the rows "
            "of vault.disclosure from a backup or a standby."
        )
    if not dry_run and not done.missing:
        yield "Signed again. Check everything with `muniment fsck`."
