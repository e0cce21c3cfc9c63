# SPDX-License-Identifier: Apache-2.0
"""When a call is made again, what a problem becomes, and how events are put into batches."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from email.utils import format_datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.client.calling.flow import Answer, Lost
from api.client.calling.patience import AGAIN, Patience, World
from api.client.calling.problems import NotFoundError, RateLimitedError, answered
from api.client.calling.recording import BATCH_EVENTS_MAX, BATCH_OCTETS_MAX, batches
from api.client.signer import Submission
from api.http.answering.problem import problem
from domain.errors import (
    ConflictError,
    EnvelopeError,
    InvalidValueError,
    MunimentError,
    ProofError,
    RefusedError,
    UnauthenticatedError,
    UnreachableError,
    UsageError,
)

NOW = 1_795_420_800.0
WORLD = World(clock=lambda: NOW, randomness=lambda octets: b"\xff" * octets)


@given(st.integers(1, 40), st.binary(min_size=1, max_size=1))
def test_pauses_grow_up_to_the_longest_and_never_fall_together(attempt: int, chance: bytes) -> None:
    patience = Patience(attempts=100)
    world = World(clock=lambda: NOW, randomness=lambda _: chance)
    doubled = min(patience.longest, patience.first * 2 ** (attempt - 1))
    pause = patience.pause(Lost("ConnectError"), attempt=attempt, world=world)
    assert pause is not None
    assert doubled / 2 <= pause <= doubled


@given(st.integers(100, 599), st.integers(1, 10))
def test_only_what_may_fare_better_is_tried_again(status: int, attempt: int) -> None:
    pause = Patience(attempts=5).pause(Answer(status=status), attempt=attempt, world=WORLD)
    assert (pause is not None) == (status in AGAIN and attempt < 5)


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("7", 7.0),
        ("0", 0.0),
        (format_datetime(datetime.fromtimestamp(NOW + 9, UTC), usegmt=True), 9.0),
        (format_datetime(datetime.fromtimestamp(NOW - 9, UTC), usegmt=True), 0.0),
        ("21", None),
        ("soon", 0.2),
        ("-1", 0.2),
    ],
)
def test_the_service_is_asked_again_when_it_says(told: str, seconds: float | None) -> None:
    answer = Answer(status=503, fields={"retry-after": told})
    assert Patience().pause(answer, attempt=1, world=WORLD) == seconds


@pytest.mark.parametrize(
    "error",
    [
        ConflictError("The head is 7."),
        ConflictError("Known.", slug="jti_conflict", next_step="Choose another."),
        EnvelopeError("No.", slug="sdjwt_syntax"),
        EnvelopeError("No.", slug="kid_unknown"),
        EnvelopeError("No.", slug="too_large"),
        RefusedError("No.", slug="role_denied"),
        RefusedError("No.", slug="alert_open"),
        RefusedError("Gone.", slug="erased"),
        UnauthenticatedError("Who?", slug="unknown_caller"),
        UnreachableError("Down."),
        UsageError("What?", slug="request_invalid"),
        InvalidValueError("None.", slug="event_unknown"),
    ],
)
def test_a_problem_is_the_error_that_it_was(error: MunimentError) -> None:
    told = problem(error)
    with pytest.raises(type(error)) as caught:
        answered(Answer(status=told["status"], body=json.dumps(told).encode()))
    found = caught.value
    assert (found.slug, found.sentence, found.next_step) == (
        error.slug,
        error.sentence,
        error.next_step,
    )


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (302, MunimentError),
        (404, NotFoundError),
        (429, RateLimitedError),
        (500, MunimentError),
        (502, UnreachableError),
        (504, UnreachableError),
    ],
)
@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"{}", b"7"])
def test_what_is_no_problem_of_ours_is_told_by_its_status(
    status: int, kind: type[MunimentError], body: bytes
) -> None:
    with pytest.raises(kind) as caught:
        answered(Answer(status=status, body=body))
    assert str(status) in caught.value.sentence
    assert not isinstance(caught.value, ProofError)


@given(st.lists(st.integers(1, BATCH_OCTETS_MAX // 2), max_size=40), st.integers(0, 700))
def test_batches_hold_everything_in_order_and_no_more_than_is_taken(
    large: list[int], small: int
) -> None:
    sent = [Submission(jws=b"j", disclosures=(b"d" * size,)) for size in large]
    sent += [Submission(jws=b"%d" % number) for number in range(small)]
    found = list(batches(sent))
    assert [each for batch in found for each in batch] == sent
    for batch in found:
        assert 0 < len(batch) <= BATCH_EVENTS_MAX
        assert sum(len(each.to_bytes()) + 1 for each in batch) <= BATCH_OCTETS_MAX
    for batch, following in pairwise(found):
        octets = sum(len(each.to_bytes()) + 1 for each in (*batch, following[0]))
        assert len(batch) == BATCH_EVENTS_MAX or octets > BATCH_OCTETS_MAX
