# SPDX-License-Identifier: Apache-2.0
"""The OpenAPI document by itself: ``python -m api.http.document > docs/openapi.json``.

The copy in the documentation shows in a change what the change does to other systems.
"""

from __future__ import annotations

import json
import sys
from contextlib import AbstractContextManager
from functools import cache
from typing import Any

from api.http.app import create_api
from api.service.metrics import Metrics
from api.service.service import Service


@cache
def document() -> dict[str, Any]:
    """Give the document as JSON values; no ledger is opened for it."""
    return create_api(_closed, Metrics()).openapi()


def text() -> str:
    """Give the document as it is kept in the documentation."""
    return json.dumps(document(), indent=1, ensure_ascii=False) + "\n"


def _closed(_: Metrics) -> AbstractContextManager[Service]:
    raise NotImplementedError("this application is described and never run")


if __name__ == "__main__":
    sys.stdout.write(text())
