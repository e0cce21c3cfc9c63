# SPDX-License-Identifier: Apache-2.0
"""Style sheets and scripts, from our own files alone; each address carries the file's digest."""

from __future__ import annotations

import re
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.gate.status import UnknownError

DIGEST_CHARS: Final = 12
FOR_EVER: Final = "public, max-age=31536000, immutable"
EACH_TIME: Final = "no-cache"
TYPES: Final = {
    "css": "text/css",
    "js": "text/javascript",
    "json": "application/json",
    "svg": "image/svg+xml",
}

NAME: Final = re.compile(r"(?:[a-z]+/)?[a-z][a-z0-9_-]{0,60}\.([a-z]+)")

router = APIRouter(include_in_schema=False)


def address(name: str) -> str:
    """Give the address of a file of ours."""
    return f"/static/{name}?v={_digest(name)}"


@router.get("/static/{name:path}")
async def show_asset(request: Request, name: str) -> Response:
    """Give a file; for ever where the address names its digest, else with a tag to ask again."""
    octets, tag = _octets(name), f'"{_digest(name)}"'
    kept = FOR_EVER if request.query_params.get("v") == _digest(name) else EACH_TIME
    headers = {"Cache-Control": kept, "ETag": tag}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(octets, media_type=TYPES[name.rpartition(".")[2]], headers=headers)


@cache
def _digest(name: str) -> str:
    return sha256(_octets(name)).hexdigest()[:DIGEST_CHARS]


def _octets(name: str) -> bytes:
    """Read a file.

    Raises:
        UnknownError: There is none of that name.
    """
    named = NAME.fullmatch(name)
    place = (files("api.console") / "static").joinpath(*name.split("/")) if named else None
    if named is None or place is None or named[1] not in TYPES or not place.is_file():
        raise UnknownError("There is no such file.", slug="not_found")
    return place.read_bytes()
