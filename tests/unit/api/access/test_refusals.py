# SPDX-License-Identifier: Apache-2.0
"""Each refusal of the policy has its words, and the one of a stranger asks to log in."""

from __future__ import annotations

from typing import get_args

import pytest

from api.access.policy import Code
from api.access.refusals import refusal
from domain.errors import RefusedError, UnauthenticatedError


@pytest.mark.parametrize("code", get_args(Code))
def test_a_refusal_bears_its_code(code: Code) -> None:
    error = refusal(code)
    assert error.slug == code
    assert isinstance(error, UnauthenticatedError if code == "unknown_caller" else RefusedError)
    assert error.sentence.endswith(".")
    assert error.next_step.endswith(".")
