# SPDX-License-Identifier: Apache-2.0
"""Rows of a register, mapped and gathered into chunks of a steady size."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from api.importing.identity import Identities
from api.importing.mapping.loading import check_columns
from api.importing.mapping.model import Mapping, SourcePart
from api.importing.refusals import Refusal
from api.importing.source.opening import open_source
from api.importing.source.rows import Reading, Source
from api.importing.transform.rows import PlannedRow, RowMapper

CHUNK_MAX_EVENTS: Final = 500
"""Events that are signed, and then recorded in one transaction, together."""

CHUNK_MAX_ROWS: Final = 5_000
"""Rows after which a chunk ends although most of them were refused."""


@dataclass(slots=True)
class Chunk:
    """Some rows in the order of the source.

    Attributes:
        rows: The rows that became events.
        refusals: The rows that did not, and why.
        done: Share of the source that was read when the chunk was complete, 0 to 1.
    """

    rows: list[PlannedRow] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    done: float = 0.0

    def __len__(self) -> int:
        """Give the number of rows."""
        return len(self.rows) + len(self.refusals)


@contextmanager
def open_chunks(file: Path, mapping: Mapping, *, secret: bytes) -> Iterator[Iterator[Chunk]]:
    """Open a register and map it.

    Args:
        file: CSV, TSV or XLSX, plain or gzip.
        mapping: A mapping that was loaded and checked.
        secret: The ledger's import secret.

    Raises:
        UnreachableError: The file cannot be read.
        UsageError: It has no usable header, or lacks columns that the mapping names.
    """
    part = mapping.source
    identities = Identities(secret, register=part.register_, as_of=part.as_of, part=part.part)
    with open_source(file, reading_of(part)) as source:
        check_columns(mapping, source.header)
        yield chunks(source, RowMapper(mapping, source.header, identities))


def reading_of(part: SourcePart) -> Reading:
    """Give how a mapping says its file is to be read."""
    return Reading(
        format=part.format,
        encoding=part.encoding,
        delimiter=part.delimiter,
        sheet=part.sheet,
        skip_rows=part.skip_rows,
        final_newline_required=part.final_newline == "required",
    )


def chunks(source: Source, mapper: RowMapper) -> Iterator[Chunk]:
    """Map a source chunk by chunk; a row is never split between two of them."""
    chunk, events = Chunk(), 0
    for row in source:
        planned = row if isinstance(row, Refusal) else mapper.plan(row)
        if isinstance(planned, Refusal):
            chunk.refusals.append(planned)
        else:
            chunk.rows.append(planned)
            events += len(planned.events)
        if events >= CHUNK_MAX_EVENTS or len(chunk) >= CHUNK_MAX_ROWS:
            chunk.done = source.done()
            yield chunk
            chunk, events = Chunk(), 0
    chunk.done = 1.0
    if len(chunk):
        yield chunk
