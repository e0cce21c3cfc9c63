# SPDX-License-Identifier: Apache-2.0
"""``muniment status`` and ``rebuild``: how the ledger is, and its projections built anew."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC
from typing import Annotated, Any, Final

import typer

from api.bootstrap import open_office
from api.cli.exit_codes import ExitCode
from api.cli.projecting.words import standing_record, standing_words
from api.cli.speech import data, errors_told, progress_shown, say, tell_error
from api.condition import Condition, WitnessCondition, condition_of
from audit.proof.timestamps.bracket import told
from audit.proof.verify.findings import counted
from audit.proof.verify.trust import fingerprint, log_key_name
from audit.timestamps.settings import SETTINGS_FILE
from audit.timestamps.stamping import Dated
from domain.errors import UsageError
from projections.catalogue import PROJECTIONS
from projections.rebuilding.rebuild import Rebuilt
from projections.runner import rebuild as rebuild_projections

MEBI_OCTETS: Final = 2**20
GIBI_OCTETS: Final = 2**30
LABEL_CHARS: Final = 15

Json = Annotated[bool, typer.Option("--json", help="Give JSON, one object a line.")]


def status(context: typer.Context, *, json: Json = False) -> None:
    """Show how the ledger is: size, root, signer, witnesses, database, projections, keys, paths.

    Example: muniment status --json

    Exit code 1 where the database contradicts what was signed, or is damaged, so that nothing
    is written; and where an entry stopped a projection. The words say what to do.
    """
    with errors_told(), open_office(context.obj) as office:
        found = condition_of(office, now=int(time.time()))
    if json:
        data(_as_record(found))
    for label, words in () if json else _as_lines(found):
        typer.echo(f"{label:<{LABEL_CHARS}}{words}")
    problems = (*found.problems, *found.stopped)
    for problem in problems:
        tell_error(problem)
    if problems:
        raise typer.Exit(ExitCode.NOT_VERIFIED)
    if found.size == 0 and not json:
        say("The ledger is not founded. Next: `muniment init`.")


def rebuild(
    context: typer.Context,
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="One projection; all by default.")
    ] = None,
) -> None:
    """Build projections anew from the log, while the old ones serve; say in what they differed.

    Example: muniment rebuild timeline
    """
    with errors_told():
        names = [each.name for each in PROJECTIONS]
        if name is not None and name not in names:
            raise UsageError(
                f"There is no projection {name}.",
                slug="projection_unknown",
                next_step=f"Choose one of: {', '.join(names)}.",
            )
        with open_office(context.obj) as office:
            conninfo = office.database.conninfo("ledger_projector")
            for each in [name] if name else names:
                _rebuild(conninfo, each)


def _rebuild(conninfo: str, name: str) -> None:
    with progress_shown(f"building {name}") as progress:
        rebuilt = rebuild_projections(conninfo, name, progress=progress)
    _tell(name, rebuilt)


def _tell(name: str, rebuilt: Rebuilt) -> None:
    """Say what a rebuild read, and in which rows the old tables differed from the log."""
    found = rebuilt.differing[name]
    rows = None if found is None else sum(each.rows for each in found)
    data({"projection": name, "entries": rebuilt.entries, "differing": rows})
    if rows is None:
        say(f"{name}: there was nothing to compare with.")
    for each in found or ():
        if each.rows:
            say(f"{name}: {counted(each.rows, 'row')} differed in {each.table}: {each}")


def _as_lines(found: Condition) -> Iterator[tuple[str, str]]:
    yield "ledger", f"{found.audience} (log {found.origin})"
    yield "size", f"{found.size:,} entries"
    yield "root", found.root
    yield "checkpoint", _checkpoint(found)
    yield "signer", _signer(found)
    for key in found.log_keys:
        yield "log key", log_key_name(key.vkey)
        yield "", f"SHA-256 {fingerprint(key.vkey)}"
    yield "witnesses", _witnesses(found.witnesses)
    yield "time-stamps", _dated(found.dated)
    database = found.database
    kind = "embedded" if database.embedded else "own server"
    size = f"{database.octets / MEBI_OCTETS:,.0f} MiB"
    yield "database", f"PostgreSQL {database.version}, {kind}, {size}"
    yield "schema", ", ".join(database.migrations)
    for each in found.projections:
        yield "projection", f"{each.name}: {standing_words(each)}"
    authorities = counted(found.authorities, "authority", "authorities")
    yield "registry", f"{authorities}; keys: {_keys(found)}"
    for name, path in found.paths.items():
        yield name, str(path)
    yield "disk", f"{found.free_octets / GIBI_OCTETS:,.1f} GiB free"


def _checkpoint(found: Condition) -> str:
    if found.checkpoint is None:
        return "none kept yet"
    size, at = found.checkpoint
    return f"size {size:,}, kept {at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _signer(found: Condition) -> str:
    if found.signer is None:
        return "does not answer"
    if found.signer.size > found.size:
        more = found.signer.size - found.size
        return f"signed up to size {found.signer.size:,}, {more:,} more than the database holds"
    if found.problems:
        return f"signed up to size {found.signer.size:,}, and signs nothing more; see below"
    lag = f"{found.unsigned:,} entries behind" if found.unsigned else "up to date"
    return f"signed up to size {found.signer.size:,}, {lag}"


def _witnesses(found: WitnessCondition | None) -> str:
    if found is None:
        return "none: no checkpoint was taken to a witness yet (`muniment witness collect`)"
    size = "no checkpoint" if found.size is None else f"size {found.size:,}"
    lag = f"; {found.lag}" if found.lag.entries else ""
    alarm = "; ALARM" if found.lag.alarm else ""
    return f"{size} has the quorum {found.quorum}{lag}{alarm}"


def _dated(found: Dated | None) -> str:
    if found is None:
        return f"none: no {SETTINGS_FILE} names authorities"
    at = "" if found.at is None else f", {told(found.at)}"
    size = "nothing dated yet" if found.size is None else f"size {found.size:,} dated{at}"
    behind = counted(found.behind, "entry", "entries")
    alarm = "; ALARM" if found.alarm else ""
    return f"{size}; {behind} since{alarm}" if found.behind else size


def _keys(found: Condition) -> str:
    counts = [f"{count} {state}" for state, count in sorted(found.keys.items())]
    return ", ".join(counts) or "none"


def _as_record(found: Condition) -> dict[str, Any]:
    """Give the condition as JSON values."""
    checkpoint = found.checkpoint
    return {
        "ledger": found.audience,
        "origin": found.origin,
        "size": found.size,
        "root": found.root,
        "checkpoint": checkpoint
        and {"size": checkpoint[0], "at": checkpoint[1].astimezone(UTC).isoformat()},
        "signer": found.signer
        and {
            "size": found.signer.size,
            "behind": found.unsigned,
            "root": found.signer.root,
            "pid": found.signer.pid,
            "refusal": found.signer.refusal,
        },
        "problems": [
            {"error": each.slug, "sentence": each.sentence, "next_step": each.next_step}
            for each in (*found.problems, *found.stopped)
        ],
        "log_keys": [{"vkey": key.vkey, "sha256": fingerprint(key.vkey)} for key in found.log_keys],
        "witnesses": found.witnesses
        and {
            "size": found.witnesses.size,
            "quorum": found.witnesses.quorum,
            "behind": found.witnesses.lag.entries,
            "seconds": found.witnesses.lag.seconds,
            "alarm": found.witnesses.lag.alarm,
        },
        "timestamps": found.dated and asdict(found.dated),
        "database": asdict(found.database),
        "projections": [standing_record(each) for each in found.projections],
        "authorities": found.authorities,
        "keys": dict(found.keys),
        "paths": {name: str(path) for name, path in found.paths.items()},
        "free_octets": found.free_octets,
    }
