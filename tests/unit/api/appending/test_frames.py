# SPDX-License-Identifier: Apache-2.0
"""Frames between a process of the service and the one that appends."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import domain.errors
from api.appending.frames import (
    FRAME_OCTETS_MAX,
    answered,
    frames,
    packed,
    read_answers,
    unpacked,
)
from api.gate.effects import Appended
from api.gate.status import UnknownError, status_of
from domain.errors import MunimentError, ThrottledError

STREAM = "arm.0190a5f2-7b1c-7c3d-8e4f-1a2b3c4d5e6f"
KINDS = [
    kind
    for kind in vars(domain.errors).values()
    if isinstance(kind, type) and issubclass(kind, MunimentError) and kind is not ThrottledError
]


@given(st.lists(st.lists(st.binary(max_size=200), max_size=5), max_size=5), st.integers(1, 64))
def test_submissions_arrive_as_they_were_however_they_are_cut(
    batches: list[list[bytes]], step: int
) -> None:
    octets, received, found = b"".join(map(packed, batches)), bytearray(), []
    for at in range(0, len(octets), step):
        received += octets[at : at + step]
        found += [unpacked(each) for each in frames(received)]
    assert (found, bytes(received)) == (batches, b"")


def contents(frame: bytes) -> bytes:
    (content,) = frames(bytearray(frame))
    return content


def test_what_became_of_an_event_arrives_with_its_stream() -> None:
    record: dict[str, Any] = {"eid": "e", "index": 7, "repeated": True, "findings": [{"n": 1}]}
    (answer,) = read_answers(contents(answered([Appended(STREAM, record)])))
    assert isinstance(answer, Appended)
    assert (answer, answer.index, answer.repeated) == (Appended(STREAM, record), 7, True)
    assert str(answer.stream) == STREAM


@pytest.mark.parametrize("kind", KINDS)
def test_a_refusal_arrives_as_the_error_that_it_was(kind: type[MunimentError]) -> None:
    error = kind("It was refused.", slug="some_slug", next_step="Try something else.")
    (answer,) = read_answers(contents(answered([error])))
    assert type(answer) is kind
    assert str(answer) == "It was refused. Try something else."
    assert answer.slug == "some_slug"


def test_an_error_that_only_its_module_knows_arrives_as_the_nearest_known_one() -> None:
    error = UnknownError("There is none.")
    (answer,) = read_answers(contents(answered([error])))
    assert isinstance(answer, MunimentError)
    assert status_of(answer) == 404
    assert str(answer) == str(error)


def test_a_frame_that_is_too_large_ends_the_connection() -> None:
    received = bytearray((FRAME_OCTETS_MAX + 1).to_bytes(4, "big"))
    with pytest.raises(ConnectionAbortedError):
        list(frames(received))
