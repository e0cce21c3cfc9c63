# SPDX-License-Identifier: Apache-2.0
"""schemathesis attacks the service from its own OpenAPI document, as each kind of caller.

What it makes up is sent by a stranger and by machines of several roles, signed as the SDK signs;
no answer may be one that the document does not know, and none a fault of the service.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from requests.auth import AuthBase
from schemathesis import GenerationMode, SerializationContext
from schemathesis.config import SchemathesisConfig
from schemathesis.core.result import Ok
from schemathesis.core.transport import Response

from api.access.message import HttpRequest
from api.access.signing import Times, sign_request
from api.http.answering.problem import CODE_HEADER
from api.http.routes.events import SUBMISSION, SUBMISSIONS
from tests.integration.http.conftest import REASON, Machine, Served

EXAMPLES: Final = 4
"""Requests made up for one address, of either kind: such as the document allows, and others."""

ROLES: Final = ("TRC", "POL", "DLR", "STW", "AUD", "service")
BATCH: Final = "/v1/events/batch"
HANDLED: Final = ["2xx", "3xx", "401", "403", "404", "405", "409", "410", "412", "413", "415"]
"""What a request may meet whatever its form: known, allowed, there, not too large."""

CONFIG: Final = {
    "checks": {
        "negative_data_rejection": {
            "expected-statuses": ["400", *HANDLED[2:], "422", "429", "503"]
        },
        "positive_data_acceptance": {"enabled": False},
    },
    "operations": [
        {"include-path": BATCH, "checks": {"negative_data_rejection": {"enabled": False}}},
    ],
}
"""The second knows no other reason for 400 than a wrong form; a check of our own stands for it.
The lines of a batch are answered one by one, whatever they are."""


@dataclass(frozen=True)
class Signed(AuthBase):
    """Signs whatever is sent, and says why it is asked."""

    machine: Machine

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        headers = {**request.headers, **REASON}
        message = HttpRequest(
            method=str(request.method),
            url=str(request.url),
            fields=tuple((name, _text(value)) for name, value in headers.items()),
            body=_octets(request.body or b""),
        )
        signed = sign_request(message, self.machine.key, times=Times(created=int(time.time())))
        request.headers.update(dict(signed))
        return request


@pytest.mark.slow
def test_no_request_that_the_document_allows_or_forbids_breaks_the_service(served: Served) -> None:
    served.recorded()
    callers = {"a stranger": None, **{each: Signed(served.machine(each)) for each in ROLES}}
    document = served.client.get("/v1/openapi.json").json()
    schema = schemathesis.openapi.from_dict(document, config=SchemathesisConfig.from_dict(CONFIG))
    operations = [each.ok() for each in schema.get_all_operations() if isinstance(each, Ok)]
    assert len(operations) > 40
    with requests.Session() as session:
        known = session.get(f"{served.origin}/v1/feed/events", auth=callers["service"])
        assert known.status_code == 200, known.text
        found = [_attack(each, served.origin, callers, session) for each in operations]
    assert not any(found), "\n\n".join(filter(None, found))


def _attack(
    operation: Any, origin: str, callers: Mapping[str, Signed | None], session: requests.Session
) -> str:
    """Send made-up requests to one address; give the first fault that was found."""
    modes = [operation.as_strategy(generation_mode=mode) for mode in GenerationMode]

    @settings(
        max_examples=EXAMPLES * len(modes),
        derandomize=True,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=st.one_of(*modes).filter(lambda case: not _has_fraction(case.body)))
    def sends(case: Any) -> None:
        for caller, auth in callers.items():
            try:
                case.call_and_validate(
                    base_url=origin,
                    session=session,
                    auth=auth,
                    additional_checks=[what_the_document_allows_has_the_right_form],
                )
            except BaseExceptionGroup as fault:
                raise AssertionError(f"{operation.label}, asked by {caller}: {fault}") from None

    try:
        sends()
    except AssertionError as fault:
        return str(fault)
    return ""


@schemathesis.check
def what_the_document_allows_has_the_right_form(_: Any, response: Response, case: Any) -> None:
    if case.meta.generation.mode.is_positive:
        code = response.headers.get(CODE_HEADER.lower(), [""])
        assert code != ["request_invalid"], f"the document allows what is refused: {response.text}"


def _has_fraction(value: Any) -> bool:
    """Tell whether there is a number such as 605.0: JSON Schema's integers, but not ours."""
    if isinstance(value, Mapping | list):
        parts = value.values() if isinstance(value, Mapping) else value
        return any(_has_fraction(each) for each in parts)
    return isinstance(value, float) and value.is_integer()


@schemathesis.serializer(SUBMISSION, SUBMISSIONS)
def submissions_as_they_are(_: SerializationContext, value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


def _octets(body: Any) -> bytes:
    assert isinstance(body, str | bytes)
    return body.encode() if isinstance(body, str) else body


def _text(value: str | bytes) -> str:
    return value if isinstance(value, str) else value.decode("latin-1")
