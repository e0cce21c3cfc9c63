# SPDX-License-Identifier: Apache-2.0
"""Every limit that a client can meet, as ``/v1/limits`` publishes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.access.message import LIFETIME_SECONDS_MAX
from api.access.policy import STEP_UP_SECONDS
from api.access.quotas import limits as published
from api.gate.listing.paging import PAGE_MAX
from api.http.passing.bodies import (
    BATCH_OCTETS_MAX,
    BODY_SECONDS_MAX,
    HEADERS_OCTETS_MAX,
    TARGET_OCTETS_MAX,
)
from api.http.routes.events import BATCH_EVENTS_MAX
from api.http.routes.feed import ITEMS_MAX, WAIT_SECONDS_MAX
from api.http.routes.searching import QUESTIONS_MAX
from api.notices.subscriptions import SUBSCRIPTIONS_MAX
from api.people.passkeys.store import PASSKEYS_MAX
from api.people.sessions import ABSOLUTE_SECONDS, IDLE_SECONDS, SESSIONS_MAX
from api.service.connection import HEAD_SECONDS_MAX
from audit.appending.gathering import WAITING_MAX
from audit.proof.limits import (
    BODY_OCTETS_MAX,
    CLOCK_SKEW_SECONDS_MAX,
    DATA_TEXT_CHARS_MAX,
    DISCLOSURE_OCTETS_MAX,
    DISCLOSURES_MAX,
    JSON_DEPTH_MAX,
    JWS_OCTETS_MAX,
    OFFLINE_SECONDS_MAX,
)


def limits(append_rate: int) -> list[dict[str, Any]]:
    """Give the limits, each with its name, value, unit and what it is of."""
    names = ("name", "value", "unit", "what")
    quotas = (
        (f"quota_{name}", each["amount"], f"in {each['period_seconds']} seconds", _counted(each))
        for name, each in published().items()
    )
    rate = ("append_rate", append_rate, "events a second", "recorded for one key, in the long run")
    return [dict(zip(names, each, strict=True)) for each in (*_LIMITS, rate, *quotas)]


def _counted(quota: Mapping[str, Any]) -> str:
    *first, last = (f"one {each}" for each in quota["per"])
    return f"{', '.join(quota['actions'])}: of {', '.join(first)} and {last}"


_LIMITS = (
    ("body", BODY_OCTETS_MAX, "octets", "a submission with its disclosures"),
    ("batch_body", BATCH_OCTETS_MAX, "octets", "a batch of submissions"),
    ("batch", BATCH_EVENTS_MAX, "events", "a batch of submissions"),
    ("body_time", BODY_SECONDS_MAX, "seconds", "from the first octet of a body to its last"),
    ("target", TARGET_OCTETS_MAX, "octets", "path and query"),
    ("headers", HEADERS_OCTETS_MAX, "octets", "names and values of all headers"),
    ("head_time", HEAD_SECONDS_MAX, "seconds", "from the connection to the end of all headers"),
    ("jws", JWS_OCTETS_MAX, "octets", "the signed part of an event"),
    ("disclosure", DISCLOSURE_OCTETS_MAX, "octets", "one disclosure"),
    ("disclosures", DISCLOSURES_MAX, "disclosures", "one event"),
    ("json_depth", JSON_DEPTH_MAX, "levels", "JSON inside an event"),
    ("text", DATA_TEXT_CHARS_MAX, "characters", "one text in the data of an event"),
    ("clock", CLOCK_SKEW_SECONDS_MAX, "seconds", "between the signer's clock and ours"),
    ("offline", OFFLINE_SECONDS_MAX, "seconds", "age of an event signed by an offline key"),
    ("waiting", WAITING_MAX, "events", "that wait to be recorded, in one process"),
    ("page", PAGE_MAX, "items", "one page of a list"),
    ("feed", ITEMS_MAX, "items", "one answer of a feed"),
    ("feed_wait", WAIT_SECONDS_MAX, "seconds", "that a feed waits for more"),
    ("questions", QUESTIONS_MAX, "questions", "one list of searches"),
    ("request_signature", LIFETIME_SECONDS_MAX, "seconds", "life of a signature of a request"),
    ("session_idle", IDLE_SECONDS, "seconds", "that a session lasts without being used"),
    ("session", ABSOLUTE_SECONDS, "seconds", "that a session lasts at all"),
    ("sessions", SESSIONS_MAX, "sessions", "of one officer"),
    ("passkeys", PASSKEYS_MAX, "passkeys", "of one officer"),
    ("webhooks", SUBSCRIPTIONS_MAX, "subscriptions", "of one authority"),
    ("step_up", STEP_UP_SECONDS, "seconds", "for which a fresh proof of who you are counts"),
)
