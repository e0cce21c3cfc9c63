# SPDX-License-Identifier: Apache-2.0
"""Files of events as people write them: one JSON object, or one a line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from api.registrar import Act
from domain.errors import UsageError
from domain.identifiers import parse_stream_id

EVENT_FILE_OCTETS_MAX: Final = 64 * 1024 * 1024


def read_acts(file: Path) -> list[Act]:
    """Read one event, or one event a line.

    Raises:
        UsageError: The file cannot be read, or holds no events.
    """
    return [_act(file, fields) for fields in read_objects(file)]


def read_objects(file: Path) -> list[Any]:
    """Read one JSON value, or one a line.

    Raises:
        UsageError: As for ``read_acts``.
    """
    try:
        with file.open("rb") as source:
            text = source.read(EVENT_FILE_OCTETS_MAX + 1).decode()
    except OSError as error:
        raise unreadable(file, error) from error
    except UnicodeDecodeError as error:
        raise no_event_file(file, "it is not UTF-8") from error
    if len(text) > EVENT_FILE_OCTETS_MAX:
        raise no_event_file(file, f"it is larger than {EVENT_FILE_OCTETS_MAX} octets")
    texts = [line for line in text.splitlines() if line.strip()]
    try:
        found = [json.loads(text)]
    except ValueError:
        found = [_fields_of_line(file, line) for line in texts]
    if not found:
        raise no_event_file(file, "it is empty")
    return found


def unreadable(file: Path, error: OSError) -> UsageError:
    """Give the error of a file that cannot be read."""
    return UsageError(
        f"{file} cannot be read: {error.strerror}.", next_step="Check its name and who may read it."
    )


def no_event_file(file: Path, reason: str) -> UsageError:
    """Give the error of a file that holds something else."""
    return UsageError(
        f"{file} is no event file: {reason}.",
        slug="event_file_invalid",
        next_step='It holds {"evt": ..., "dat": {...}}; see `muniment events` for the types.',
    )


def _fields_of_line(file: Path, line: str) -> Any:
    try:
        return json.loads(line)
    except ValueError as error:
        raise no_event_file(file, str(error)) from error


def _act(file: Path, fields: Any) -> Act:
    try:
        return Act(
            evt=fields["evt"],
            dat=dict(fields["dat"]),
            sub=parse_stream_id(fields["sub"]) if "sub" in fields else None,
            occ=fields.get("occ"),
            disclosures=dict(fields.get("disclosures", {})),
        )
    except KeyError as error:
        raise no_event_file(file, f"the member {error} is missing") from error
    except (AttributeError, TypeError, ValueError) as error:
        raise no_event_file(file, "a member has another form than the help shows") from error
