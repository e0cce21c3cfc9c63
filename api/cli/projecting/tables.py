# SPDX-License-Identifier: Apache-2.0
"""``muniment export --parquet``: tables of public fields for analysts."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from api.bootstrap import open_office
from api.cli.speech import data, phases_shown, say, tell_error
from api.settings import Settings
from audit.link import Link
from audit.proof.verify.findings import counted
from projections.parquet.export import Source, load_library, write_parquet
from projections.parquet.sheets import SHEETS
from projections.runner import catch_up
from projections.standing import read_standings


def write_tables(settings: Settings, directory: Path, *, json: bool) -> None:
    """Write the files, and tell of each how many rows it has.

    Raises:
        UsageError: The library that writes Parquet is not installed.
        UnreachableError: The database does not answer, or the disk cannot be written.
    """
    load_library()
    projections = [each.projection for each in SHEETS if each.projection]
    with open_office(settings) as office:
        catch_up(office.database.conninfo("ledger_projector"), projections)
        source = Source(audience=office.audience, origin=office.name.origin)
        reader = office.database.conninfo("ledger_reader")
        with phases_shown() as progress:
            written = write_parquet(reader, directory, source, progress=progress)
        with closing(Link(reader)) as link:
            stopped = [each.problem for each in read_standings(link, projections)]
    for each in written if json else ():
        data({"file": str(each.path), "rows": each.rows, "size": each.size})
    for each in written:
        say(f"{each.path} has {counted(each.rows, 'row')} of a log of {each.size:,} entries.")
    for problem in stopped:
        if problem:
            tell_error(problem)
