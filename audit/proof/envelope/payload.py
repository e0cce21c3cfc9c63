# SPDX-License-Identifier: Apache-2.0
"""The payload of a token: its spelling, its texts and its digest list.

Implements the envelope specification, sections 4.3 to 4.5, up to the schema of the event,
which ``domain.event`` reads. No sentence repeats anything of the input.
"""

from __future__ import annotations

import re
from typing import Any, Final

from audit.proof.encoding import (
    DIGEST_TEXT,
    NotCanonicalError,
    canonical_json,
    is_clean,
    is_plain,
    known_json,
)
from audit.proof.limits import DATA_TEXT_CHARS_MAX
from domain.errors import EnvelopeError, InvalidValueError
from domain.event import INTEGER_MAX
from domain.schema import EventType

DIGEST_ALGORITHM: Final = "sha-256"


def read_payload(data: bytes) -> dict[str, Any]:
    """Read a payload in its one spelling.

    Raises:
        EnvelopeError: ``payload_json``, ``payload_not_canonical``, or as ``check_payload``.
    """
    try:
        payload: dict[str, Any] = canonical_json(data)
    except NotCanonicalError:
        raise EnvelopeError(
            "The payload is not in canonical form.", slug="payload_not_canonical"
        ) from None
    except InvalidValueError:
        raise EnvelopeError("The payload is not strict JSON.", slug="payload_json") from None
    if not isinstance(payload, dict) or not _is_plainly_clean(data):
        check_payload(payload, data)
    return payload


def parse_payload(data: bytes) -> dict[str, Any]:
    """Read a payload that was checked when it was admitted.

    Raises:
        EnvelopeError: ``payload_json``.
    """
    try:
        payload: dict[str, Any] = known_json(data)
    except InvalidValueError:
        raise EnvelopeError("The payload is not strict JSON.", slug="payload_json") from None
    if not isinstance(payload, dict):  # somebody may have changed it since
        raise EnvelopeError("The payload is not a JSON object.", slug="payload_json")
    return payload


def check_payload(payload: Any, data: bytes) -> None:
    """Check what holds for the strings of every payload, whatever its schema.

    Args:
        payload: The parsed payload.
        data: Its canonical octets; plain ASCII spares looking at every character.

    Raises:
        EnvelopeError: ``sd_array_invalid`` for a digest list inside ``dat``, else
            ``schema_invalid``.
    """
    if not isinstance(payload, dict) or not isinstance(payload.get("dat"), dict):
        raise EnvelopeError("The payload is not an object with an object dat.", slug=_SCHEMA)
    _look_closely(payload["dat"], plain=is_plain(data))


def _is_plainly_clean(data: bytes) -> bool:
    """Tell whether canonical JSON without fractions needs no closer look at its strings.

    A few searches over the octets spare a walk through the values of almost every event.
    """
    return (
        is_plain(data)
        and _LONG_TEXT.search(data) is None
        and data.count(b'"_sd":') == 1
        and b'"..."' not in data
        and b"null" not in data
    )


def _look_closely(dat: object, *, plain: bool) -> None:
    pending = [dat]
    while pending:
        node = pending.pop()
        if isinstance(node, str):
            _check_text(node, plain=plain)
        elif isinstance(node, dict):
            if "_sd" in node or "..." in node:
                raise _bad_digests()
            pending.extend(node.values())
        elif isinstance(node, (list, tuple)):
            pending.extend(node)
        elif not isinstance(node, int) or not -INTEGER_MAX <= node <= INTEGER_MAX:
            raise EnvelopeError(
                "A member of dat is null, a fraction or too large a number.",
                slug=_SCHEMA,
                next_step="Leave out what is not known; give numbers as whole ones.",
            )


def check_digests(payload: dict[str, Any], kind: EventType) -> None:
    """Check that ``_sd`` is the sorted, unique and complete list of its event type.

    Raises:
        EnvelopeError: ``sd_array_invalid``.
    """
    digests = payload["_sd"]
    if (
        payload["_sd_alg"] != DIGEST_ALGORITHM
        or not isinstance(digests, list)
        or len(digests) != kind.digests
        or not all(isinstance(each, str) for each in digests)
        or _DIGESTS.fullmatch(".".join(digests)) is None
        or digests != sorted(set(digests))
    ):
        raise _bad_digests()


def _check_text(text: str, *, plain: bool) -> None:
    if len(text) > DATA_TEXT_CHARS_MAX:
        raise EnvelopeError(
            f"A text in dat is longer than {DATA_TEXT_CHARS_MAX} characters.", slug=_SCHEMA
        )
    if not (plain or is_clean(text)):
        raise EnvelopeError(
            "A text in dat is not NFC or holds control, format or unassigned characters.",
            slug=_SCHEMA,
        )


def _bad_digests() -> EnvelopeError:
    return EnvelopeError(
        "The digests are not the sorted, unique and complete list of this event type.",
        slug="sd_array_invalid",
    )


_DIGESTS: Final = re.compile(rf"{DIGEST_TEXT.pattern}(?:\.{DIGEST_TEXT.pattern})*")
_SCHEMA: Final = "schema_invalid"
_LONG_TEXT: Final = re.compile(rb'"[^"]{%d}' % (DATA_TEXT_CHARS_MAX + 1))
