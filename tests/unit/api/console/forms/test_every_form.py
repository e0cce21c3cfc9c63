# SPDX-License-Identifier: Apache-2.0
"""Every event of the catalogue can be asked for in a form, answered, and read back unchanged."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from unicodedata import normalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.console.forms.answers import Answers
from api.console.forms.compounds import Alternatives, Group, Node, Several
from api.console.forms.form import form_of, read_form, write_form
from api.console.forms.scalars import Fixed, Text
from api.describing.examples import example_of
from api.describing.samples import sample_claim
from domain.catalogue import CATALOGUE
from domain.errors import EnvelopeError, UsageError
from domain.event import read_data
from domain.schema import EventType
from tests.unit.every import for_every
from tests.unit.tries import tries


def composed(text: str) -> str:
    """Give a text as it is signed: composed, and short."""
    return normalize("NFC", text)[:64]


KINDS = list(CATALOGUE)
PAGES_MAX = 4
TURNED = "A\u202eB"
TIMES = ("2026-11-01T12:30:15Z", "2026-11-01", "2026-11", "2026", "unknown")
READABLE = st.characters(exclude_categories=("C", "Z"), codec="utf-8")
HOSTILE = st.sampled_from(
    ['"><script>alert(1)</script>', "' onfocus='x", "{{ 7*7 }}", "%(code)s", "~is", "</textarea>"]
) | st.text(READABLE, min_size=1, max_size=60).map(composed)


def asked(kind: EventType, *, full: bool) -> dict[str, Any]:
    """Give an example but for signatures, which nobody writes into a form."""
    dat = example_of(kind, full=full)
    dat.pop("endorsements", None)
    return dat


def leaves(node: Node, value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Give the places in data at which a text stands that nobody binds to a form."""
    if isinstance(node, Group):
        for each in node.members:
            if each.name in value:
                yield from leaves(each.node, value[each.name], (*path, each.name))
    elif isinstance(node, Several):
        for at, each in enumerate(value):
            yield from leaves(node.item, each, (*path, at))
    elif isinstance(node, Text) and node.form == "text" and isinstance(value, str):
        yield path
    elif isinstance(node, Alternatives) and isinstance(value, dict) and "known" in value:
        yield (*path, "known")


def put(value: Any, path: tuple[Any, ...], text: str) -> Any:
    """Give data with one text in another's place."""
    if not path:
        return text
    changed = list(value) if isinstance(value, list) else dict(value)
    changed[path[0]] = put(value[path[0]], path[1:], text)
    return changed


@pytest.mark.parametrize("full", [False, True], ids=["least", "full"])
@for_every(KINDS)
def test_every_event_is_written_into_its_form_and_read_back(kind: EventType, full: bool) -> None:
    form, dat = form_of(kind.evt), asked(kind, full=full)
    claims = {name: sample_claim(name, form) for name, form in kind.claims.items() if full}
    answers = write_form(form, occ="2026-11-01", dat=dat, disclosures=claims)
    reply = read_form(form, answers)
    assert reply.problems == ()
    assert (reply.occ, reply.dat, reply.disclosures) == ("2026-11-01", dat, claims)
    read_data(kind, reply.dat)


@pytest.mark.parametrize("occ", TIMES)
def test_a_time_is_read_back_with_the_precision_that_is_known(occ: str) -> None:
    form = form_of("firearm.stock-received")
    dat = asked(form.kind, full=False)
    reply = read_form(form, write_form(form, occ=occ, dat=dat, disclosures={}))
    assert (reply.occ, reply.problems) == (occ, ())


@for_every(KINDS)
def test_every_question_stands_on_one_page_and_pages_are_few(kind: EventType) -> None:
    form = form_of(kind.evt)
    paths = [path for step in form.steps for path in step.paths]
    asked = [each for each in form.data.members if not isinstance(each.node, Fixed)]
    data = [f"dat.{each.name}" for each in asked]
    claims = [f"who.{each.name}" for each in form.claims.members]
    assert sorted(paths) == sorted(["occ", *data, *claims])
    assert [step.number for step in form.steps] == list(range(1, len(form.steps) + 1))
    assert len(form.steps) <= PAGES_MAX


@for_every(KINDS)
def test_an_empty_form_asks_for_what_is_required_and_nothing_else(kind: EventType) -> None:
    form = form_of(kind.evt)
    problems = {each.path for each in read_form(form, Answers({})).problems}
    required = {f"dat.{each.name}" for each in form.data.members if each.required}
    told = {path.split(".")[0] + "." + path.split(".")[1] for path in problems - {"occ", "dat"}}
    never_empty = {"dat.scope", "dat.algorithm", "dat.holdings", "dat.roles"}
    assert told == required - never_empty
    assert "occ" in problems


@for_every(KINDS)
def test_writing_that_is_turned_round_is_refused_in_every_text_and_of_every_person(
    kind: EventType,
) -> None:
    form, dat = form_of(kind.evt), asked(kind, full=True)
    places = list(leaves(form.data, dat))
    for path in places:
        dat = put(dat, path, TURNED)
    claims = {name: TURNED for name, form in kind.claims.items() if form == "string"}
    reply = read_form(form, write_form(form, occ="2026", dat=dat, disclosures=claims))
    wrong = {".".join(each.path.split(".")[:2]).partition("~")[0] for each in reply.problems}
    assert wrong >= {f"dat.{path[0]}" for path in places} | {f"who.{name}" for name in claims}


@settings(max_examples=tries(60))
@given(st.data())
def test_whatever_somebody_writes_is_read_back_or_objected_to(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(KINDS))
    form, dat = form_of(kind.evt), asked(kind, full=data.draw(st.booleans()))
    places = list(leaves(form.data, dat))
    for path in places[:6]:
        dat = put(dat, path, data.draw(HOSTILE))
    reply = read_form(form, write_form(form, occ="2026", dat=dat, disclosures={}))
    assert reply.dat == dat
    try:
        read_data(kind, dat)
    except EnvelopeError:
        assert reply.problems
    else:
        assert reply.problems == ()


@settings(max_examples=tries(60))
@given(st.data())
def test_answers_without_a_problem_are_data_that_the_ledger_admits(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(KINDS))
    form = form_of(kind.evt)
    right = write_form(form, occ="2026", dat=asked(kind, full=True), disclosures={}).fields
    wrong = data.draw(
        st.dictionaries(
            st.sampled_from(sorted(right)),
            st.lists(st.text(max_size=80), min_size=1, max_size=2).map(tuple),
            max_size=3,
        )
    )
    try:
        reply = read_form(form, Answers({**right, **wrong}))
    except UsageError:  # a field was sent twice, or a list is too long
        return
    if not reply.problems:
        read_data(kind, reply.dat)
