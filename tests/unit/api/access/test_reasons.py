# SPDX-License-Identifier: Apache-2.0
"""Why a request is made is read strictly, since it goes into the access log."""

from __future__ import annotations

from dataclasses import replace

import pytest

from api.access.caller import Reason
from api.access.reasons import read_reason, reason_of
from domain.errors import InvalidValueError
from tests.unit.api.access.machines import ASK, READ


def test_a_request_says_why_it_is_made() -> None:
    assert reason_of(ASK) == Reason(purpose="tracing", legal_basis="iti_16", case="XA-2026/17")
    assert reason_of(replace(ASK, fields=ASK.fields[:2])) == Reason(
        purpose="tracing", legal_basis="iti_16"
    )
    assert reason_of(READ) is None


@pytest.mark.parametrize("recipient", ["XB", "auth.xb.ntc"])
def test_whoever_passes_the_answer_on_says_to_whom(recipient: str) -> None:
    found = reason_of(replace(ASK, fields=(*ASK.fields, ("Muniment-Recipient", recipient))))
    assert found
    assert (found.purpose, found.recipient) == ("tracing", recipient)


@pytest.mark.parametrize("recipient", ["", "Somebody in XB", "XB\r\nforged: line", "x" * 65])
def test_a_recipient_is_a_state_or_an_authority(recipient: str) -> None:
    with pytest.raises(InvalidValueError) as refused:
        read_reason("tracing", "iti_16", None, recipient=recipient)
    assert refused.value.slug == "reason_invalid"
    with pytest.raises(InvalidValueError):
        read_reason(None, None, None, recipient="XB")


@pytest.mark.parametrize(
    ("purpose", "basis", "case"),
    [
        ("curiosity", "iti_16", None),
        ("tracing, audit", "iti_16", None),
        (None, "iti_16", None),
        (None, None, "XA-17"),
        ("tracing", None, None),
        ("tracing", "", None),
        ("tracing", "ITI 16", None),
        ("tracing", "x" * 41, None),
        ("tracing", "iti_16", ""),
        ("tracing", "iti_16", " 17"),
        ("tracing", "iti_16", "17\r\nforged: line"),
        ("tracing", "iti_16", "x" * 65),
        ("tracing", "iti_16", "\N{LATIN SMALL LETTER E WITH ACUTE}"),
    ],
)
def test_what_cannot_be_read_is_no_reason(
    purpose: str | None, basis: str | None, case: str | None
) -> None:
    with pytest.raises(InvalidValueError) as refused:
        read_reason(purpose, basis, case)
    assert refused.value.slug == "reason_invalid"
