# SPDX-License-Identifier: Apache-2.0
"""Whether the projections that serve are what the log gives, up to where each says it has read.

Implements "projection rebuild compare" of the log specification, section 2.10, for
`muniment fsck`. Each is folded anew by its own fold into tables that only this connection
sees; one that merely lags behind the log is in order. Nothing that serves is touched.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Final

import psycopg

from audit.fsck.derived.check import Derived, Looked, difference_findings
from audit.fsck.derived.differing import opened_aside
from audit.proof.verify.book import Progress
from audit.proof.verify.findings import Finding
from projections.catalogue import PROJECTIONS
from projections.folding import fold_anew
from projections.position import Position, log_size, read_position
from projections.projection import Projection
from projections.reading import batches
from projections.rebuilding.locks import alone
from projections.rebuilding.rebuild import serves
from projections.tables import ASIDE, Connection, create, differing

COMPARED: Final = "projections"

_TIME: Final = (
    "Nothing signs the time of receipt, so either side may be the one that was changed: compare "
    "it with time-stamps and witnesses."
)

Standing = Mapping[Projection, Position]


def compared_projections(conninfo: str, projections: Sequence[Projection] = PROJECTIONS) -> Derived:
    """Give the check.

    Args:
        conninfo: The role that answers questions, so that what is compared is what it sees.
        projections: Which ones; all by default.
    """
    return Derived(name=COMPARED, look=partial(_look, conninfo, projections))


def _look(conninfo: str, projections: Sequence[Projection], progress: Progress) -> Looked:
    with opened_aside(conninfo) as connection:
        for each in projections:
            create(connection, each, ASIDE)
        # A rebuild that let tables change places would leave this moment without them.
        with alone(connection, projections):
            connection.read_only = True
            with connection.transaction():
                return _compare(connection, projections, progress)


def _compare(
    connection: Connection, projections: Sequence[Projection], progress: Progress
) -> Looked:
    size = log_size(connection)
    findings: list[Finding] = []
    standing: dict[Projection, Position] = {}
    for each in projections:
        position = read_position(connection, each.name)
        if position is not None and serves(connection, each, position):
            standing[each] = position
        elif position is not None:
            findings += _unfit(each, position, size)
    _fold(connection, standing, progress)
    for each, position in standing.items():
        findings += _differences(connection, each, position)
    read = ", ".join(f"{each.name} {at.size:,} of {size:,}" for each, at in standing.items())
    rest = ", ".join(each.name for each in projections if each not in standing)
    return Looked(
        tuple(findings),
        f"Each is what the log gives, as far as it has read: {read}."
        + (f" Not built, as the next question does: {rest}." if rest else ""),
        None if standing else "None is built in this version; the next question builds them.",
    )


def _fold(connection: Connection, standing: Standing, progress: Progress) -> None:
    """Fold every projection up to its own position."""
    stop = max((each.size for each in standing.values()), default=0)
    for first, last in batches(0, stop):
        for each, position in standing.items():
            if first < position.size:
                span = (first, min(last, position.size))
                fold_anew(connection, [each], span, size=position.size, place=ASIDE)
        progress(COMPARED, last, stop)


def _differences(
    connection: Connection, projection: Projection, position: Position
) -> Iterator[Finding]:
    advice = f"Keep the table as evidence, then run `muniment rebuild {projection.name}`."
    try:
        with connection.transaction():
            found = differing(connection, projection, ASIDE, size=position.size)
    except psycopg.ProgrammingError as error:
        yield Finding(
            check=COMPARED,
            code="table_form",
            sentence=f"A table of the projection {projection.name} has another form than it "
            f"was made in: {type(error).__name__}.",
            next_step=advice,
        )
        return
    for each in found:
        # The ledger's own note of the time is a hint, and what was copied of it may be older.
        told = f"{_TIME} {advice}" if each.changed == {"at"} else advice
        yield from difference_findings(COMPARED, [each], next_step=told)


def _unfit(projection: Projection, position: Position, size: int) -> Iterator[Finding]:
    """Say what is wrong with a projection that was not compared and is not built anew by itself."""
    name = projection.name
    if position.version > projection.version:
        yield Finding(
            check=COMPARED,
            code="projection_newer",
            sentence=f"The projection {name} was written by a newer version of Muniment, and "
            "was not compared.",
            missing=True,
            next_step="Upgrade this installation.",
        )
    elif position.size > size:
        yield Finding(
            check=COMPARED,
            code="projection_ahead",
            sentence=f"The projection {name} says that it has read {position.size} entries, but "
            f"the log has {size}.",
            index=size,
            next_step=f"Find out who changed it, then run `muniment rebuild {name}`.",
        )
