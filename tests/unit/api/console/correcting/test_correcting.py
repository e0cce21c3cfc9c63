# SPDX-License-Identifier: Apache-2.0
"""An entry is put right by its own questions: what is changed in them becomes the correction."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from api.console.correcting.changes import changes_of
from api.console.correcting.form import (
    CHANGES,
    TARGET,
    amending_in,
    answers_to,
    begun,
    correction_form,
    standing,
)
from api.console.correcting.record import told_rows
from api.console.forms.answers import FORM, Answers
from api.console.forms.form import Form, form_of, read_form, write_form
from api.console.forms.telling import in_words
from api.describing.examples import STREAM, example_of
from domain.aggregate.recorded import Entry
from domain.catalogue import CATALOGUE
from domain.event import Event, read_data
from domain.firearm.corrections import _at as value_at
from domain.firearm.corrections import _same as same
from domain.firearm.corrections import _with as put
from domain.firearm.corrections import amend
from domain.firearm.events.correcting import Corrected
from domain.identifiers import StreamId
from domain.occurrence import parse_occurrence
from domain.schema import EventType
from tests.unit.every import for_every

CORRECTIONS = {each.subject: each.evt for each in CATALOGUE if issubclass(each.dat, Corrected)}
CORRECTABLE = [
    each
    for each in CATALOGUE
    if each.subject in CORRECTIONS and not issubclass(each.dat, Corrected)
]
EID = "e" * 43


def entry(kind: EventType, dat: dict[str, Any]) -> Entry:
    stated = {name: value for name, value in dat.items() if name != "endorsements"}
    event = Event(
        eid=EID, kid="k", iss="auth.xa", aud="ledger.xa", sub=StreamId(kind.subject, STREAM),
        seq=1, prev="", jti=UUID(int=1), iat=0, occ=parse_occurrence("2026-03-02"), type=kind,
        dat=read_data(kind, stated),
    )  # fmt: skip
    return Entry(index=17, event=event)


def opened(target: Entry, *ticked: str) -> tuple[Form, Answers]:
    """Give the page of right values as it is first shown."""
    form = form_of(CORRECTIONS[target.event.type.subject])
    answers = Answers({TARGET: (EID,), f"{CHANGES}.17{FORM}": ticked})
    form = correction_form(form, [target], answers)
    return form, begun(form, answers, form.steps[3])


ISSUED = entry(CATALOGUE.latest("licence.issued"), {
    "valid_from": "2026-01-01", "valid_to": "2031-01-01", "conditions": ["at_home"], "firearms": 3,
})  # fmt: skip


@for_every(CORRECTABLE)
def test_every_question_of_an_entry_is_offered_with_what_stands(kind: EventType) -> None:
    target = entry(kind, example_of(kind, full=True))
    form, _ = opened(target)
    amending = amending_in(form)
    assert amending is not None
    names = [each.name for each in amending.asked]
    form, answers = opened(target, *names)
    reply = read_form(form, answers)
    base = f"{CHANGES}.17"
    stated = {f"{base}.{name}" for name in names if name in amending.stated}
    # What is left as it stands is no change, and is said to be none; nothing else is wrong.
    assert {each.path for each in reply.problems} >= stated
    assert {each.said.text for each in reply.problems if each.path in stated} == {
        "So it stands already. Change it, or choose on the page before what is wrong."
    }
    assert "changes" not in reply.dat
    assert set(standing(form)) == {f"{base}.{name}" for name in names}


@for_every(CORRECTABLE)
def test_a_correction_is_written_into_the_form_and_read_out_of_it(kind: EventType) -> None:
    target = entry(kind, example_of(kind, full=True))
    changes = [{"field": "occ", "old": "2026-03-02", "new": "2026-02"}]
    dat = {"target": EID, "reason": "clerical_error", "changes": changes}
    form, _ = opened(target, "occ")
    reply = read_form(form, write_form(form, occ="2026-04-01", dat=dat, disclosures={}))
    assert (reply.dat, reply.problems) == (dat, ())


def test_a_date_is_put_right_as_a_date_and_told_in_words() -> None:
    form, answers = opened(ISSUED, "valid_to", "conditions")
    base = f"{CHANGES}.17"
    assert answers.one(f"{base}.valid_to~y") == "2031"
    answers = answers.changed({
        f"{base}.valid_to~y": "2030", "occ~y": "2026", "dat.reason": "clerical_error",
    })  # fmt: skip
    answers = Answers({**answers.fields, f"{base}.conditions": ("at_home\r\non_range",)})
    reply = read_form(form, answers)
    assert reply.problems == ()
    assert reply.dat["changes"] == [
        {"field": "valid_to", "old": "2031-01-01", "new": "2030-01-01"},
        {"field": "conditions.1", "new": "on_range"},
    ]
    told = dict(in_words(each, str) for each in told_rows(form, reply))
    assert told["Event that was wrong"] == "Licence: issued"
    assert told["Event that was wrong: When it happened"] == "2026-03-02"
    assert told["Last day: Value before"] == "2031-01-01"
    assert told["Last day: Right value"] == "2030-01-01"
    assert told["Conditions 2: Value before"] == "Not stated"
    outcome = amend(ISSUED.event, Corrected.model_validate(reply.dat))
    assert isinstance(outcome, Event)


def test_what_is_wrong_with_a_right_value_is_told_beside_it() -> None:
    form, answers = opened(ISSUED, "valid_to", "firearms", "valid_from")
    base = f"{CHANGES}.17"
    fields = {f"{base}.valid_to~m": "13", f"{base}.firearms": "many"}
    fields |= {f"{base}.valid_from~{part}": "" for part in "ymd"}
    problems = {each.path for each in read_form(form, answers.changed(fields)).problems}
    assert {f"{base}.{name}" for name in ("valid_to", "firearms", "valid_from")} <= problems


def test_nothing_is_put_right_before_something_is_chosen() -> None:
    form, answers = opened(ISSUED)
    problems = {each.path: each.said.text for each in read_form(form, answers).problems}
    assert problems[f"{CHANGES}.17{FORM}"] == "Choose what is to be put right."
    assert form.step_of(f"{CHANGES}.17{FORM}").number == 3


def test_answers_to_another_entry_are_left_behind() -> None:
    form, answers = opened(ISSUED, "valid_to")
    other = replace(ISSUED, index=18)
    form = correction_form(form, [other], answers)
    left = answers_to(form, answers)
    assert [each for each in left.fields if each.startswith(f"{CHANGES}.")] == []
    assert left.one(TARGET) == EID


LEAVES: st.SearchStrategy[Any] = st.one_of(
    st.booleans(), st.integers(0, 2), st.sampled_from(["a", "b"])
) | st.builds(dict, known=st.sampled_from(["a", "b"]))
GROUPS = st.dictionaries(st.sampled_from("pqr"), LEAVES, min_size=1)
VALUES = LEAVES | GROUPS


@given(*[st.dictionaries(st.sampled_from("xyz"), VALUES, min_size=1)] * 2)
def test_changes_lead_from_what_stands_to_what_is_right(
    old: dict[str, Any], new: dict[str, Any]
) -> None:
    assert made(old, new) == new


@given(st.lists(LEAVES, min_size=1, max_size=4), st.lists(LEAVES, min_size=1, max_size=4))
def test_a_list_is_put_right_from_its_first_item_on(old: list[Any], new: list[Any]) -> None:
    assert made({"x": old}, {"x": new}) == {"x": new}


@given(st.lists(GROUPS, min_size=1, max_size=4), st.lists(GROUPS, min_size=1, max_size=4))
def test_a_list_of_groups_is_put_right_without_losing_one(old: list[Any], new: list[Any]) -> None:
    assert made({"x": old}, {"x": new}) == {"x": new}


def made(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Make the changes between two documents one by one, as the rules make them."""
    document: Any = old
    for name in {**old, **new}:
        for change in changes_of(name, old.get(name), new.get(name)):
            path = change["field"].split(".")
            assert same(value_at(document, path), change.get("old"))
            document = put(document, path, value=change.get("new")) or {}
    return document  # type: ignore[no-any-return]
