# SPDX-License-Identifier: Apache-2.0
"""Every event with each required member missing, and with each code outside its list."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from api.describing.examples import example_of
from domain.catalogue import CATALOGUE
from domain.errors import EnvelopeError
from domain.event import read_data
from domain.schema import EventType
from tests.unit.domain.bad.walking import ABSENT, coded, required, shapes, with_member
from tests.unit.every import for_every

KINDS = list(CATALOGUE)
NO_CODE = "by guess!"


def full(kind: EventType) -> dict[str, Any]:
    """Give an event's data with every member that fits."""
    return _full(kind.evt, kind.ver)


@cache
def _full(evt: str, ver: int) -> dict[str, Any]:
    return example_of(CATALOGUE.find(evt, ver), full=True)


def refusal_of(kind: EventType, data: dict[str, Any]) -> str:
    with pytest.raises(EnvelopeError, match=kind.evt) as caught:
        read_data(kind, data)
    assert caught.value.slug == "schema_invalid"
    return str(caught.value)


@for_every(KINDS)
def test_no_required_member_of_any_shape_may_be_missing(kind: EventType) -> None:
    data = full(kind)
    for path, shape in shapes(read_data(kind, data)):
        for name in required(shape):
            assert "dat" in refusal_of(kind, with_member(data, path, name, ABSENT)), (path, name)


@for_every(KINDS)
def test_no_code_of_any_shape_may_be_outside_its_list(kind: EventType) -> None:
    data = full(kind)
    for path, shape in shapes(read_data(kind, data)):
        for name, several in coded(shape):
            wrong = [NO_CODE] if several else NO_CODE
            refusal_of(kind, with_member(data, path, name, wrong))


@for_every(KINDS)
def test_no_shape_takes_a_member_that_it_does_not_know(kind: EventType) -> None:
    data = full(kind)
    for path, _ in shapes(read_data(kind, data)):
        refusal_of(kind, with_member(data, path, "remark", NO_CODE))


def test_the_walk_comes_by_every_event_and_through_nested_shapes() -> None:
    depths = {len(path) for kind in KINDS for path, _ in shapes(read_data(kind, full(kind)))}
    codes = sum(1 for kind in KINDS for _ in coded(kind.dat))
    members = sum(len(required(kind.dat)) for kind in KINDS)
    assert len(depths) > 3
    assert min(codes, members) > len(KINDS)
