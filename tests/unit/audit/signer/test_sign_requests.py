# SPDX-License-Identifier: Apache-2.0
"""Requests to sign: what the signer understands, and the one answer to everything else."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.signer.protocol import KEPT_LINES, RECEIPT_LINES, sign_request
from domain.errors import UnreachableError

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=5,
)


def test_without_lines_a_note_for_a_receipt_is_meant() -> None:
    assert sign_request({"op": "sign", "at_least": 7}) == (7, RECEIPT_LINES)


def test_lines_come_in_one_order_and_once() -> None:
    asked = ["ml-dsa-44", "ed25519", "ml-dsa-44"]
    assert sign_request({"at_least": 0, "lines": asked}) == (0, KEPT_LINES)


@pytest.mark.parametrize(
    "request_",
    [
        {},
        {"at_least": -1},
        {"at_least": "7"},
        {"at_least": 1, "lines": None},
        {"at_least": 1, "lines": "ed25519"},
        {"at_least": 1, "lines": []},
        {"at_least": 1, "lines": ["ml-dsa-44"]},
        {"at_least": 1, "lines": ["ed25519", "rsa"]},
        {"at_least": 1, "lines": ["ed25519", ["ml-dsa-44"]]},
    ],
)
def test_anything_else_is_no_request(request_: dict[str, Any]) -> None:
    with pytest.raises(UnreachableError, match="does not know this request") as refusal:
        sign_request(request_)
    assert refusal.value.slug == "signer_request"


@given(request=st.dictionaries(st.sampled_from(["at_least", "lines", "op"]), JSON))
def test_whatever_is_asked_the_answer_is_lines_or_a_refusal(request: dict[str, Any]) -> None:
    try:
        at_least, lines = sign_request(request)
    except UnreachableError:
        return
    assert at_least >= 0
    assert "ed25519" in lines
