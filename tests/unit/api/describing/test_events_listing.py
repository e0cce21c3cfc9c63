# SPDX-License-Identifier: Apache-2.0
"""`muniment events` says what the schemas admit, to people, programs and the documentation."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Annotated, Any

import pytest
from pydantic import Field, StringConstraints

from api.describing.page import STREAMS, markdown
from api.describing.rules import checks_of, rules_of, sentence_of
from api.describing.shapes import members_of, schema_of, shape_name, shapes_of
from api.describing.words import described, listed
from domain.catalogue import CATALOGUE
from domain.codes import When
from domain.event import read_data
from domain.schema import Catalogue, Closed, EventType
from tests.unit.api.cli.terminal import muniment
from tests.unit.every import for_every

KINDS = list(CATALOGUE)
FIREARM = [kind for kind in KINDS if kind.subject == "arm"]


class Dated(Closed):
    """Members of forms that few events have."""

    on: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$")]
    at: When
    since: Annotated[int, Field(ge=0, le=2**53 - 1)]
    n: Annotated[int, Field(ge=1, le=9)]


def made_with(
    first: tuple[object, ...], second: frozenset[str], third: object
) -> Callable[[], object]:
    """Make the rule that something holds."""

    def rule() -> object:
        return first, second, third

    return rule


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


def test_a_name_that_is_nearly_right_is_answered_with_the_right_one(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert "Did you mean firearm.seized" in muniment(capsys, "events", "firearm.siezed").words


@for_every(KINDS)
def test_a_description_names_every_member_role_and_disclosure(kind: EventType) -> None:
    text = described(kind)
    assert all(f"  {member.name} (" in text for member in members_of(kind.dat))
    assert all(name in text for name in kind.claims)
    assert "any role" in text or all(role in text for role in kind.roles)


@for_every(FIREARM)
def test_every_member_of_a_firearm_event_is_explained(kind: EventType) -> None:
    assert [member.name for member in members_of(kind.dat) if not member.meaning] == []


@for_every(KINDS)
def test_no_schema_shows_null_as_a_value_that_may_be_sent(kind: EventType) -> None:
    assert '"null"' not in json.dumps(schema_of(kind))


def test_what_the_schema_requires_is_what_the_model_requires() -> None:
    kind = CATALOGUE.latest("firearm.seized")
    required = {member.name for member in members_of(kind.dat) if member.required}
    assert required == {"ground", "proceeding"} == set(schema_of(kind)["required"])


def test_the_command_prints_the_page_and_one_type(capsys: pytest.CaptureFixture[str]) -> None:
    assert muniment(capsys, "events", "--markdown").data == markdown(CATALOGUE)
    told = muniment(capsys, "events", "firearm.seized").data
    assert told == described(CATALOGUE.latest("firearm.seized")) + "\n"


def test_a_name_that_is_like_no_other_gets_no_guess(capsys: pytest.CaptureFixture[str]) -> None:
    assert "Did you mean" not in muniment(capsys, "events", "zzz").words


def test_members_are_told_in_words_with_their_bounds() -> None:
    forms = {each.name: each.form for each in members_of(CATALOGUE.latest("firearm.seized").dat)}
    assert (forms["jur"], forms["hld"], forms["loaded"]) == (
        "jurisdiction",
        "hld.<uuid>",
        "true | false",
    )
    assert forms["crimes"] == "list of code, 1 to 16"
    assert forms["proceeding"] == "criminal | administrative | unknown"
    lost = {each.name: each.form for each in members_of(CATALOGUE.latest("firearm.found").dat)}
    assert lost["station"] == "text"
    dated = {each.name: each.form for each in members_of(Dated)}
    assert dated == {
        "on": "day",
        "at": "time",
        "since": "integer, 0 or more",
        "n": "integer, 1 to 9",
    }


def test_a_record_without_schema_is_short() -> None:
    record: dict[str, Any] = listed(CATALOGUE.latest("firearm.transferred"), schema=False)
    assert record["disclosures"]["holder_name"] == "string"
    assert "dat" not in record


def test_the_page_has_an_entry_for_every_type_and_every_shape() -> None:
    headings = [line for line in markdown(CATALOGUE).splitlines() if line.startswith("#")]
    assert len(headings) == len(set(headings))
    assert {f"### {kind.evt}" for kind in CATALOGUE} <= set(headings)
    assert {"### Marking", "### Observation", "### Source"} <= set(headings)


def test_the_page_groups_the_entries_by_stream() -> None:
    page = markdown(CATALOGUE)
    for subject in {kind.subject for kind in KINDS}:
        chapter = page.partition(f"\n## {STREAMS[subject]}\n")[2].partition("\n## ")[0]
        told = [line[4:] for line in chapter.splitlines() if line.startswith("### ")]
        assert told == [kind.evt for kind in KINDS if kind.subject == subject]


@for_every(KINDS)
def test_an_entry_tells_who_where_from_by_which_rules_and_how(kind: EventType) -> None:
    entry = markdown(Catalogue([kind])).partition(f"### {kind.evt}\n")[2].partition("\n## ")[0]
    assert all(f"({role})" in entry for role in kind.roles) or "Who: any role" in entry
    assert "- Source: none" not in entry
    assert all(f"  - {each}\n" in entry for each in (*rules_of(kind), *checks_of(kind)))
    assert all(f"`{name}`" in entry for name in kind.links)
    shown = json.loads(entry.partition("```json\n")[2].partition("```")[0])
    assert read_data(kind, shown)


@for_every(KINDS)
def test_every_rule_is_said_in_a_sentence(kind: EventType) -> None:
    for sentence in (*rules_of(kind), *checks_of(kind)):
        assert sentence[0].isupper()
        assert " " in sentence
        assert sentence.endswith(".")


def test_a_rule_that_was_made_with_values_says_them() -> None:
    assert rules_of(CATALOGUE.latest("firearm.stock-issued"))[2] == (
        "The holder is of one of some classes: `state_stock`, `unknown`."
    )


def test_a_rule_that_nobody_documented_goes_by_its_name() -> None:
    def alerts_clear(_: object) -> None:
        return None

    assert sentence_of(alerts_clear) == "Alerts clear."
    assert sentence_of(partial(alerts_clear, None)) == "Alerts clear."


def test_of_what_a_rule_was_made_with_only_texts_and_numbers_are_said() -> None:
    assert sentence_of(made_with(("lost", 2), frozenset({"b", "a"}), len)) == (
        "Something holds: `lost`, `2`, `a`, `b`."
    )


def test_two_shapes_of_one_name_are_told_apart_by_their_rooms() -> None:
    named = {shape_name(shape) for kind in KINDS for shape in shapes_of(kind.dat).values()}
    shapes = {shape for kind in KINDS for shape in shapes_of(kind.dat).values()}
    assert len(named) == len(shapes)
