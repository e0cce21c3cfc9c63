# SPDX-License-Identifier: Apache-2.0
"""The last check of the whole ledger, as a file beside it.

``muniment fsck`` leaves its result here, so that whoever looks at the ledger sees when it was last
checked. The file proves nothing, since whoever keeps the server could have written it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import orjson

from api.settings import Settings
from audit.files import replace_durably
from audit.proof.verify.report import Report
from domain.errors import UnreachableError

FOLDER: Final = "checks"
FILE: Final = "fsck.json"
OCTETS_MAX: Final = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class LastCheck:
    """When the whole ledger was last checked, and what came of it.

    Attributes:
        at: When it ended.
        result: ok, violated, unusable or incomplete.
        examined: Entries that were looked at.
        size: Entries that there were.
        first: The first thing found, in a sentence; empty where nothing was.
    """

    at: datetime
    result: str
    examined: int
    size: int
    first: str


def keep_check(settings: Settings, report: Report, *, now: int) -> None:
    """Keep the result of a check.

    Raises:
        UnreachableError: The disk refuses.
    """
    folder = settings.home / FOLDER
    octets = orjson.dumps({"at": now, "report": report.to_json()}, default=str)
    try:
        folder.mkdir(exist_ok=True)
        replace_durably(folder / FILE, octets)
    except OSError as error:
        raise UnreachableError(
            f"The result of the check cannot be kept: {error.strerror}.",
            slug="check_unwritable",
            next_step="Free space in the data directory; the check itself was made.",
        ) from error


def last_check(settings: Settings) -> LastCheck | None:
    """Give the result of the last check; nothing where none was kept, or none that can be read."""
    try:
        with (settings.home / FOLDER / FILE).open("rb") as file:
            kept = orjson.loads(file.read(OCTETS_MAX))
        report, failure = kept["report"], kept["report"]["first_failure"]
        return LastCheck(
            at=datetime.fromtimestamp(int(kept["at"]), UTC),
            result=str(report["result"]),
            examined=int(report["examined"]),
            size=int(report["size"] or 0),
            first=str(failure["sentence"]) if failure else "",
        )
    except (OSError, ValueError, TypeError, KeyError):
        return None
