# SPDX-License-Identifier: Apache-2.0
"""What the screens with lists have in common: limits, pages, and the list as a file.

Pages follow the same cursors as the HTTP API's. A file holds the whole list, with days in ISO 8601;
no text in it can pass for a formula of a spreadsheet.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import TextIOWrapper
from itertools import islice
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Final, cast
from urllib.parse import urlencode

from fastapi import Request
from starlette.responses import Response, StreamingResponse

from api.console.rendering import page
from api.gate.asking import Asked
from api.gate.listing.columns import cell
from api.gate.listing.listing import Listing, Opened, Row, Source
from api.reporting.writing import harmless
from domain.errors import UsageError

ROWS_SHOWN: Final = 50
ROWS_OF_A_FILE_MAX: Final = 100_000
FILE_OCTETS_HELD: Final = 1024 * 1024
PART_OCTETS: Final = 64 * 1024
AS: Final = "as"
NUMBER: Final = re.compile(r"-?\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """One list of the console.

    Attributes:
        template: Shows a page of it.
        columns: What its file shows.
        name: Name of that file.
    """

    template: str
    columns: Sequence[str]
    name: str


def listing_of(request: Request) -> Listing:
    """Take what a list's form sent; a field that was left empty asks for nothing."""
    stated = ((name, value.strip()) for name, value in request.query_params.multi_items())
    given = {name: value for name, value in stated if value and name != AS}
    return Listing(
        path=request.url.path,
        parameters=given,
        on=given.get("on"),
        as_known_on=given.get("as_known_on"),
        limit=ROWS_SHOWN,
        cursor=given.get("cursor"),
    )


def chosen(value: str, codes: Iterable[str]) -> str | None:
    """Give one of some codes, or nothing where none is chosen.

    Raises:
        UsageError: ``request_invalid``, it is none of them.
    """
    if value in (*codes, ""):
        return value or None
    raise UsageError(
        "The list has no such choice.",
        slug="request_invalid",
        next_step="Go back, and choose one of those that the page offers.",
    )


def give(
    request: Request,
    asked: Asked,
    *,
    source: Source,
    register: Register,
    more: Callable[[Opened, list[Row]], dict[str, Any]] = lambda _opened, _rows: {},
    **context: Any,
) -> Response:
    """Answer with a page of a list, or with the whole of it as a file.

    Args:
        request: What is answered.
        asked: Who asks.
        source: The list.
        register: How it is shown.
        more: What else the page shows, while what was known can still be read.
        context: What the template names besides.
    """
    listing = listing_of(request)
    if request.query_params.get(AS) == "csv":
        return as_file(asked, listing, source, register=register)
    with listing.opened(asked, source) as found:
        record = found.page(listing.limit)
        told = more(found, record["items"])
    return page(request, register.template, **context, **told, **paged(listing, record))


def paged(listing: Listing, record: dict[str, Any]) -> dict[str, Any]:
    """Give what a template shows of a page: rows, limits, and where it goes on."""
    given = {name: value for name, value in listing.parameters.items() if name != "cursor"}
    following = {**given, "cursor": record["next"]} if record["next"] else None
    return {
        "rows": record["items"],
        "given": {"on": "", "as_known_on": "", **given},
        "on": record["on"],
        "log_size": record["log_size"],
        "following": f"{listing.path}?{urlencode(following)}" if following else "",
        "begun": "cursor" in listing.parameters,
        "file": f"{listing.path}?{urlencode({**given, AS: 'csv'})}",
    }


def as_file(asked: Asked, listing: Listing, source: Source, *, register: Register) -> Response:
    """Give a whole list as comma-separated values (RFC 4180).

    Raises:
        UsageError: ``too_large``, it has too many rows for a page.
    """
    file = SpooledTemporaryFile(max_size=FILE_OCTETS_HELD)  # noqa: SIM115 - closed once it is sent
    with listing.opened(asked, source) as found:
        rows = islice(found.rows, ROWS_OF_A_FILE_MAX + 1)
        number = _write(cast("IO[bytes]", file), rows, register.columns)
        if number > ROWS_OF_A_FILE_MAX:
            raise UsageError(
                f"The list has more than {ROWS_OF_A_FILE_MAX:,} rows.",
                slug="too_large",
                next_step="Narrow it, or ask the HTTP API page by page.",
            )
        found.note.told(answers=number)
    disposition = f'attachment; filename="{register.name}.csv"'
    return StreamingResponse(
        _parts(cast("IO[bytes]", file)),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": disposition, "Cache-Control": "no-store"},
    )


def _write(file: IO[bytes], rows: Iterable[Row], columns: Sequence[str]) -> int:
    """Write rows, and tell how many they were."""
    number = 0
    text = TextIOWrapper(file, encoding="utf-8", newline="")
    writer = csv.writer(text)
    writer.writerow([each.replace(".", "_") for each in columns])
    for number, row in enumerate(rows, start=1):  # noqa: B007 - counted for the caller
        writer.writerow([_plain(cell(row, column)) for column in columns])
    text.detach()
    file.seek(0)
    return number


def _plain(text: str) -> str:
    return text if NUMBER.fullmatch(text) else harmless(text)


def _parts(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while part := file.read(PART_OCTETS):
            yield part
