# SPDX-License-Identifier: Apache-2.0
"""How answers are given: JSON from plain values, with what caches may do with them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import orjson
from starlette.responses import Response

JSON: Final = "application/json"
FOR_EVER: Final = "public, max-age=31536000, immutable"
"""Of what never changes and is open to everybody: a full tile, a checkpoint of one size."""

KEPT: Final = "private, max-age=31536000, immutable"
"""Of what never changes and is not for everybody: an event."""

EACH_TIME: Final = "no-cache"
"""Of what is public and grows: asked again each time."""

PRIVATE: Final = "no-store"
"""Of what is for whoever asked, and for nobody else."""


def answered(
    record: Any,
    *,
    status: int = 200,
    cache: str = PRIVATE,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Give values as JSON; nobody keeps a copy unless ``cache`` says so."""
    return Response(
        orjson.dumps(record, default=str),
        status,
        media_type=JSON,
        headers={"Cache-Control": cache, **(headers or {})},
    )


def octets_answered(octets: bytes, media_type: str, *, cache: str = PRIVATE) -> Response:
    """Give octets as they are."""
    return Response(octets, media_type=media_type, headers={"Cache-Control": cache})


def version(seq: int) -> str:
    """Give the entity tag of a stream that has so many events."""
    return f'"v{seq}"'
