# SPDX-License-Identifier: Apache-2.0
"""Every event type has a filled example that its schema, and the start of its stream, admit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, ClassVar, Literal, Self

import pytest
from pydantic import model_validator

from api.cli.signing.files import read_acts
from api.describing.examples import begins_stream, example_of, template_of
from api.describing.samples import BY_NAME, sample, sample_claim
from api.describing.shapes import members_of
from audit.proof.disclosures import check_claim
from audit.proof.encoding import canonical
from audit.proof.limits import JWS_OCTETS_MAX
from domain.catalogue import AGGREGATES, CATALOGUE
from domain.codes import Maybe, When
from domain.event import read_data
from domain.identifiers import parse_stream_id
from domain.markings import check_serial
from domain.schema import Closed, EventType, Text
from tests.unit.api.cli.terminal import muniment
from tests.unit.every import for_every

KINDS = list(CATALOGUE)


@pytest.mark.parametrize("full", [False, True], ids=["least", "full"])
@for_every(KINDS)
def test_the_example_of_a_type_is_valid(kind: EventType, full: bool) -> None:
    example = example_of(kind, full=full)
    read = read_data(kind, example)
    assert read.model_dump(mode="json", exclude_unset=True, by_alias=True) == example
    assert len(canonical(example)) < JWS_OCTETS_MAX


@for_every(KINDS)
def test_the_full_example_holds_nearly_every_member(kind: EventType) -> None:
    least, full = example_of(kind), example_of(kind, full=True)
    required = {member.name for member in members_of(kind.dat) if member.required}
    assert required <= set(least) <= set(full)
    assert len(full) >= 0.7 * len(members_of(kind.dat))


@pytest.mark.parametrize("subject", sorted(AGGREGATES.keys() - {"off"}))
def test_a_stream_begins_with_the_example_of_each_of_its_origins(subject: str) -> None:
    kinds = [kind for kind in KINDS if kind.subject == subject]
    assert [kind for kind in kinds if begins_stream(kind, example_of(kind))]


def test_an_officer_is_named_by_whoever_places_a_hold_since_keys_come_first() -> None:
    held = [template_of(kind) for kind in KINDS if kind.subject == "off"]
    assert [each["evt"] for each in held] == ["officer.hold-placed", "officer.hold-released"]
    assert all(each["sub"].startswith("off.") for each in held)


def test_what_a_maker_registers_satisfies_the_rule_about_its_mark() -> None:
    example = example_of(CATALOGUE.latest("firearm.manufactured"))
    assert check_serial(example["serial"]["known"])
    assert begins_stream(CATALOGUE.latest("firearm.manufactured"), example)
    assert not begins_stream(CATALOGUE.latest("firearm.found"), {})


@pytest.mark.parametrize("full", [False, True], ids=["least", "full"])
@for_every(KINDS)
def test_a_template_is_an_event_file(kind: EventType, full: bool, tmp_path: Path) -> None:
    file = tmp_path / "event.json"
    file.write_text(json.dumps(template_of(kind, full=full), indent=2), "utf-8")
    (act,) = read_acts(file)
    assert act.evt == kind.evt
    assert act.sub is None or act.sub.kind == kind.subject
    for name, value in act.disclosures.items():
        check_claim(name, value, claims=kind.claims)
    assert set(act.disclosures) == (set(kind.claims) if full else set())


class Demanding(Closed):
    """A schema that admits only some combinations of its members."""

    ground: Literal["unknown", "lapse", "order"]
    until: Maybe[When] = None
    order: Maybe[Text] = None
    court: Maybe[Text] = None

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if self.ground in self._refused or (self.order is None) != (self.court is None):
            raise ValueError("these do not go together")
        if self._needs and getattr(self, self._needs) is None:
            raise ValueError("something is missing")
        return self

    _refused: ClassVar[frozenset[str]] = frozenset()
    _needs: ClassVar[str | None] = None


class NeedsOne(Demanding):
    """One optional member is demanded."""

    _needs: ClassVar[str | None] = "until"


class NeedsTwo(Demanding):
    """Two optional members are demanded, of which neither goes alone."""

    _needs: ClassVar[str | None] = "court"


class NeedsCode(Demanding):
    """Only one code is admitted, and only with an optional member."""

    _refused: ClassVar[frozenset[str]] = frozenset({"unknown", "lapse"})
    _needs: ClassVar[str | None] = "until"


@pytest.mark.parametrize(
    ("schema", "members"),
    [
        (Demanding, {"ground"}),
        (NeedsOne, {"ground", "until"}),
        (NeedsTwo, {"ground", "order", "court"}),
        (NeedsCode, {"ground", "until"}),
    ],
)
def test_what_a_schema_demands_beside_its_required_members_is_found(
    schema: type[Closed], members: set[str]
) -> None:
    kind = EventType(evt="key.tried", subject="key", dat=schema, roles=frozenset({"root"}))
    example = example_of(kind)
    assert set(example) == members
    assert read_data(kind, example)


def test_sign_template_writes_the_example_and_says_that_it_is_invented(
    capsys: pytest.CaptureFixture[str],
) -> None:
    answer = muniment(capsys, "sign", "--template", "firearm.seized")
    assert answer.code == 0
    assert json.loads(answer.data) == template_of(CATALOGUE.latest("firearm.seized"))
    assert parse_stream_id(json.loads(answer.data)["sub"]).kind == "arm"
    assert "invented" in answer.words


def test_sign_template_full_writes_optional_members_and_persons(
    capsys: pytest.CaptureFixture[str],
) -> None:
    given = json.loads(muniment(capsys, "sign", "--template", "firearm.transferred", "--full").data)
    assert {"jur", "from_hld"} <= set(given["dat"])
    assert given["disclosures"]["holder_birth_date"] == "1980-01-31"


def test_a_template_of_an_unknown_event_names_those_most_like_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    answer = muniment(capsys, "sign", "--template", "firearm.transfered")
    assert (answer.code, answer.data) == (2, "")
    assert answer.words.startswith("schema_unknown: There is no event type firearm.transfered.")
    assert "Did you mean firearm.transferred" in answer.words


@pytest.mark.parametrize("arguments", [["sign"], ["sign", "event.json"]])
def test_sign_needs_a_file_and_a_key_or_a_template(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    answer = muniment(capsys, *arguments)
    assert (answer.code, answer.words.partition(":")[0]) == (2, "sign_incomplete")
    assert "--template" in answer.words


@pytest.mark.parametrize(
    ("part", "name", "expected"),
    [
        ({"const": "EC"}, "kty", "EC"),
        ({"type": "string", "enum": ["unknown", "burglary"]}, "cause", "burglary"),
        ({"type": "string", "enum": ["unknown", "none"]}, "cause", "unknown"),
        ({"type": "integer", "minimum": 1300, "maximum": 2200}, "deposit_year", 2026),
        ({"type": "integer", "minimum": 9000}, "depth", 9000),
        ({"type": "string"}, "expires", "2027-10-31"),
        ({"type": "string"}, "issued", "2026-11-01"),
        ({"type": "string", "pattern": "^\\d{4}-\\d{2}-\\d{2}$"}, "place_by", "2027-10-31"),
        ({"type": "string", "pattern": "^[A-Z]{2}$"}, "place", "XA"),
        ({"type": "string", "pattern": "^(yes|no)$"}, "answer", ""),
    ],
)
def test_a_sample_fits_its_form_and_is_never_vague_where_it_need_not_be(
    part: dict[str, Any], name: str, expected: object
) -> None:
    assert sample(part, name) == expected


def test_values_of_a_list_differ() -> None:
    part = {"type": "string", "minLength": 1, "maxLength": 64}
    assert len({sample(part, "row", number, listed=True) for number in range(9)}) == 9
    codes = {"type": "string", "pattern": "^[a-z0-9_]{1,40}$"}
    assert len({sample(codes, "crimes", number, listed=True) for number in range(9)}) == 9


def test_a_sample_by_name_is_of_nothing_real() -> None:
    assert BY_NAME["make"] == ("TESTWERK",)
    assert sample_claim("broker_address", "string") == "EXAMPLE STREET 1"
    assert [sample_claim("x", form) for form in ("integer", "boolean", "string")] == [
        1,
        True,
        "X0000001",
    ]
