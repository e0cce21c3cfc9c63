# SPDX-License-Identifier: Apache-2.0
"""A filled example of every event type, made from its JSON schema.

Required members, and what a rule of the first event of a stream demands beyond the schema; on
request every optional member that fits. The values belong to no real object or person: country
XA is reserved for the user, and TESTWERK makes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final
from uuid import UUID

from pydantic import ValidationError

from api.describing.overrides import as_stated
from api.describing.samples import BY_NAME, sample, sample_claim
from api.describing.shapes import json_schema, shapes_of
from domain.catalogue import AGGREGATES
from domain.erasure.officers import OFFICER
from domain.event import Event, read_data
from domain.identifiers import FIRST_PREV, StreamId
from domain.occurrence import parse_occurrence
from domain.schema import Closed, EventType

Example = dict[str, Any]
Fits = Callable[[Example], bool]

OCCURRED: Final = "2026-11-01"
STREAM: Final = UUID("01a2076b-4018-7111-8222-333333333333")
SIGNED: Final = 1_795_420_800
ORIGIN_MISSING: Final = "origin_missing"
REGISTRY_ORIGINS: Final = frozenset(
    {"ledger.founded", "authority.registered", "key.enrol-proposed"}
)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a value stands in a schema.

    Attributes:
        name: Name of the nearest member.
        shapes: The shapes of the schema by name.
        number: Its place in a list, from 0, so that identifiers in a list differ.
        listed: Whether it stands in that list by itself.
    """

    name: str
    shapes: Mapping[str, type[Closed]]
    number: int = 0
    listed: bool = False


def example_of(kind: EventType, *, full: bool = False) -> Example:
    """Give valid data of an event type.

    Args:
        kind: The type.
        full: With every optional member that fits beside the others.

    Raises:
        EnvelopeError: Nothing that the schema suggests is valid: a fault of this module.
    """
    fits = _fits(kind.dat)

    def legal(tried: Example) -> bool:
        return fits(tried) and _legal(kind, tried)

    dat = _filled(kind.dat, fits, wish=lambda _: full)
    if begins_stream(kind, dat):
        dat = _filled(kind.dat, legal, wish=lambda _: full)
    return as_stated(kind.evt, dat, full=full)


def template_of(kind: EventType, *, full: bool = False) -> Example:
    """Give an event as ``muniment sign`` reads it, filled with an example to be edited."""
    dat = example_of(kind, full=full)
    dat.pop("endorsements", None)  # nobody edits a signature
    template: Example = {"evt": kind.evt}
    if not begins_stream(kind, dat):
        template["sub"] = str(StreamId(kind.subject, STREAM))
    template |= {"occ": OCCURRED, "dat": dat}
    if full and kind.claims:
        template["disclosures"] = {
            name: sample_claim(name, form) for name, form in kind.claims.items()
        }
    return template


def begins_stream(kind: EventType, dat: Example) -> bool:
    """Tell whether a stream begins with an event of this type, under an identifier of its own."""
    aggregate = AGGREGATES.get(kind.subject)
    if aggregate is None or aggregate is OFFICER:
        return kind.evt in REGISTRY_ORIGINS
    refusal = aggregate.judge(None, _event(kind, dat))
    return refusal is None or refusal.rule != ORIGIN_MISSING


def _legal(kind: EventType, dat: Example) -> bool:
    aggregate = AGGREGATES.get(kind.subject)
    return aggregate is None or aggregate.judge(None, _event(kind, dat)) is None


def _event(kind: EventType, dat: Example) -> Event:
    return Event(
        eid=FIRST_PREV,
        kid=FIRST_PREV,
        iss="auth.xa",
        aud="ledger.xa-test",
        sub=StreamId(kind.subject, STREAM),
        seq=1,
        prev=FIRST_PREV,
        jti=STREAM,
        iat=SIGNED,
        occ=parse_occurrence(OCCURRED),
        type=kind,
        dat=read_data(kind, dat),
    )


def _filled(
    model: type[Closed], fits: Fits, *, number: int = 0, wish: Callable[[str], bool]
) -> Example:
    """Fill the required members, what it takes to fit, and what else is wished and fits."""
    schema = json_schema(model)
    shapes, parts = shapes_of(model), schema.get("properties", {})
    required = schema.get("required", ())
    values = {name: _value(part, _Place(name, shapes, number)) for name, part in parts.items()}
    base = {name: values[name] for name in required}
    extra = {name: value for name, value in values.items() if name not in required}
    example = next((tried for tried in _variants(base, extra, parts) if fits(tried)), base)
    wished = {name: extra[name] for name in filter(wish, extra)}
    for name in wished:
        example = next((each for each in _wider(example, name, wished) if fits(each)), example)
    return example


def _wider(example: Example, name: str, wished: Example) -> Iterator[Example]:
    """Try one more member, alone and then with another one that it may need beside it."""
    yield {**example, name: wished[name]}
    for other in (each for each in wished if each != name and each not in example):
        yield {**example, name: wished[name], other: wished[other]}


def _variants(base: Example, extra: Example, parts: Mapping[str, Any]) -> Iterator[Example]:
    """Try the required members, then with one, two or all optional ones, then other codes."""
    yield base
    for number in (1, 2):
        for names in combinations(extra, number):
            yield base | {name: extra[name] for name in names}
    yield base | extra
    for name in base:
        for code in parts[name].get("enum", ()):
            yield base | {name: code}
            yield from (base | {name: code, other: extra[other]} for other in extra)


def _value(part: Mapping[str, Any], place: _Place) -> Any:
    if "$ref" in part:
        shape = place.shapes[str(part["$ref"]).rpartition("/")[2]]
        return _shape(shape, place)
    for several in ("anyOf", "oneOf"):
        if several in part:
            return _value(part[several][0], place)
    if part.get("type") == "array":
        count = max(1, part.get("minItems", 1))
        items = (_Place(place.name, place.shapes, number, listed=True) for number in range(count))
        return [_value(part["items"], item) for item in items]
    return sample(part, place.name, place.number, listed=place.listed)


def _shape(shape: type[Closed], place: _Place) -> Example:
    """Fill a shape; one with a single member takes its sample from the name of its holder."""
    fields = json_schema(shape)["properties"]
    if len(fields) == 1:
        (name,) = fields
        return {name: _value(fields[name], place)}
    return _filled(shape, _fits(shape), number=place.number, wish=BY_NAME.__contains__)


def _fits(model: type[Closed]) -> Fits:
    def fits(tried: Example) -> bool:
        try:
            model.model_validate(tried)
        except ValidationError:
            return False
        return True

    return fits
