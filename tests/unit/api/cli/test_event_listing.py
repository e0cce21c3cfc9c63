# SPDX-License-Identifier: Apache-2.0
"""`muniment events` says what the schemas admit, to people, programs and the documentation."""

from __future__ import annotations

import json
from typing import Any

import pytest

from api.catalogue import described, listed, markdown, members_of, schema_of
from domain.catalogue import CATALOGUE
from domain.schema import EventType
from tests.unit.api.cli.terminal import muniment

KINDS = list(CATALOGUE)
FIREARM = [kind for kind in KINDS if kind.subject == "arm"]


def _named(kind: EventType) -> str:
    return kind.evt


def test_every_type_is_a_line_of_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    lines = muniment(capsys, "events").data.splitlines()
    assert [line.split()[0] for line in lines] == ["event", *(kind.evt for kind in CATALOGUE)]


def test_a_program_gets_one_object_a_line_with_the_schema(
    capsys: pytest.CaptureFixture[str],
) -> None:
    records = [json.loads(line) for line in muniment(capsys, "events", "--json").data.splitlines()]
    assert [record["evt"] for record in records] == [kind.evt for kind in CATALOGUE]
    assert all(record["dat"]["additionalProperties"] is False for record in records)


def test_a_type_that_does_not_exist_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    answer = muniment(capsys, "events", "firearm.lent")
    assert (answer.code, answer.data) == (2, "")
    assert "`muniment events`" in answer.words


@pytest.mark.parametrize("kind", KINDS, ids=_named)
def test_a_description_names_every_member_role_and_disclosure(kind: EventType) -> None:
    text = described(kind)
    assert all(f"  {member.name} (" in text for member in members_of(kind.dat))
    assert all(name in text for name in kind.claims)
    assert "any role" in text or all(role in text for role in kind.roles)


@pytest.mark.parametrize("kind", FIREARM, ids=_named)
def test_every_member_of_a_firearm_event_is_explained(kind: EventType) -> None:
    assert [member.name for member in members_of(kind.dat) if not member.meaning] == []


@pytest.mark.parametrize("kind", KINDS, ids=_named)
def test_no_schema_shows_null_as_a_value_that_may_be_sent(kind: EventType) -> None:
    assert "null" not in json.dumps(schema_of(kind))


def test_what_the_schema_requires_is_what_the_model_requires() -> None:
    kind = CATALOGUE.latest("firearm.seized")
    required = {member.name for member in members_of(kind.dat) if member.required}
    assert required == {"ground", "proceeding"} == set(schema_of(kind)["required"])


def test_a_record_without_schema_is_short() -> None:
    record: dict[str, Any] = listed(CATALOGUE.latest("firearm.transferred"), schema=False)
    assert record["disclosures"]["holder_name"] == "string"
    assert "dat" not in record


def test_the_page_has_a_chapter_for_every_type_and_every_shape() -> None:
    page = markdown(CATALOGUE)
    headings = [line for line in page.splitlines() if line.startswith("#")]
    assert headings[1:-1][: len(list(CATALOGUE))] == [f"## {kind.evt}" for kind in CATALOGUE]
    assert {"### Marking", "### Observation", "### Source"} <= set(headings)
    assert "<uuid>" not in page.replace("`", "").replace("\\<uuid>", "") or "`" in page
