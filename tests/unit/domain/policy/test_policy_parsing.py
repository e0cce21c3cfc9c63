# SPDX-License-Identifier: Apache-2.0
"""A policy is read from its file whole, or refused with everything that is wrong in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.catalogue import CATALOGUE
from domain.errors import InvalidValueError
from domain.policy.members import admits, fits, holds_date, is_single, members_at, values_at
from domain.policy.parsing import POLICY_MAX_BYTES, parse_policy
from tests.unit.domain.lives import happened
from tests.unit.domain.policy.policies import HEAD, IMPORT, LOSS, PLACING, REPAIR, policy

MEMBERS = ("code", "sentence", "source", "opens", "closes", "days", "counts_from", "who")


def problems(text: str | bytes) -> str:
    octets = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(InvalidValueError) as caught:
        parse_policy(octets, CATALOGUE)
    assert caught.value.slug == "policy_invalid"
    return caught.value.sentence


def test_a_policy_is_read_with_its_duties() -> None:
    found = policy(IMPORT, LOSS, REPAIR, PLACING)
    assert (found.id, found.jurisdiction, found.valid_from) == (
        "test-policy",
        ("XA",),
        "2010-01-01",
    )
    mark, loss, repair, placing = found.duty
    assert mark.opens.when == {"country": ("XA",)}
    assert mark.closes[1].when == {"mark.kind": ("import",)}
    assert mark.closes[1].same == {"mark.country": "country"}
    assert (mark.closes[2].event, loss.closes[0].at) == ("firearm.destroyed", "iat")
    assert repair.opens.when == {"purpose": ("repair", "test")}
    assert (repair.due, placing.through) == ("due_on", "licence")


def test_a_day_may_be_written_as_text_and_a_jurisdiction_as_a_list() -> None:
    head = HEAD.replace("= 2010-01-01", '= "2010-01-01"').replace('"XA"', '["XA", "XB-N"]')
    found = policy(LOSS, head=head)
    assert (found.valid_from, found.jurisdiction) == ("2010-01-01", ("XA", "XB-N"))


@pytest.mark.parametrize("member", ["id", "title", "jurisdiction", "version", "valid_from"])
def test_a_member_that_the_policy_lacks_is_named(member: str) -> None:
    head = "\n".join(each for each in HEAD.splitlines() if not each.startswith(f"{member} "))
    assert f"  {member}: Field required" in problems(head + LOSS)


@pytest.mark.parametrize("member", [*MEMBERS, "severity"])
def test_a_member_that_a_duty_lacks_is_named_with_the_duty(member: str) -> None:
    lines = LOSS.splitlines()
    text = "\n".join(each for each in lines if not each.startswith(f"{member} "))
    name = "no. 2" if member == "code" else "loss_to_report"
    assert f"duty {name}, {member}: Field required" in problems(HEAD + IMPORT + text)


@pytest.mark.parametrize("days", ["0", "-1", "36526", "1.5", "true", '"2"'])
def test_days_are_a_whole_positive_number(days: str) -> None:
    assert "duty loss_to_report, days: " in problems(
        HEAD + LOSS.replace("days = 2", f"days = {days}")
    )


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("firearm.lost-reported", "firearm.lost", "there is no event firearm.lost"),
        ('"itself"', '"firearm.lost"', "there is no event firearm.lost"),
        ('"itself"', '"trace.closed"', "is not recorded in the stream of firearm.lost-reported"),
        ('"itself"', '"key.revoked"', "is not recorded in the stream of firearm.lost-reported"),
        ('"HLD"', '"XYZ"', "there is no role XYZ"),
        ('"discovered_on"', '"noticed"', "firearm.lost-reported has no member noticed"),
        ('"discovered_on"', '"cause"', "cause of firearm.lost-reported holds no date"),
        ('"discovered_on"', '"report_no"', "report_no of firearm.lost-reported holds no date"),
        ("days = 2", 'days = 2\ndue = "noticed"', "has no member noticed"),
        ("days = 2", 'days = 2\nthrough = "nothing"', "no event names another stream by nothing"),
        ('-reported" }', '-reported", when = { why = "x" } }', "has no member why"),
        (
            '-reported" }',
            '-reported", when = { cause = "x" } }',
            "cause of firearm.lost-reported is",
        ),
        ('-reported" }', '-reported", when = { cause = true } }', "is never True"),
        ('at = "iat"', 'at = "iat", same = { why = "cause" }', "has no member why"),
        ('at = "iat"', 'at = "iat", same = { cause = "why" }', "has no member why"),
        ('at = "iat"', 'at = "iat", when = { source.x = "y" }', "has no member source.x"),
    ],
)
def test_a_name_that_the_catalogue_lacks_is_told_with_its_duty(
    old: str, new: str, problem: str
) -> None:
    assert old in LOSS
    found = problems(HEAD + IMPORT + LOSS.replace(old, new))
    assert "duty loss_to_report: " in found
    assert problem in found
    assert "import_mark" not in found


def test_everything_that_is_wrong_is_told_at_once() -> None:
    found = problems(HEAD + LOSS.replace("HLD", "XYZ") + IMPORT.replace("IMX", "ABC"))
    assert "duty loss_to_report: there is no role XYZ" in found
    assert "duty import_mark: there is no role ABC" in found


def test_a_code_names_one_duty() -> None:
    assert "duty loss_to_report: the code occurs twice" in problems(HEAD + LOSS + LOSS)


def test_a_policy_has_duties_and_nothing_else() -> None:
    assert "  duty: Field required" in problems(HEAD)
    assert "  duty: " in problems("duty = 7\n" + HEAD)
    assert "duty no. 1: " in problems("duty = [7]\n" + HEAD)
    assert "  note: " in problems('note = "x"\n' + HEAD + LOSS)
    assert "duty loss_to_report, note: " in problems(HEAD + LOSS + 'note = "x"')


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (b"\xff", "it is not TOML"),
        (b"id =", "it is not TOML"),
        (b"#" * (POLICY_MAX_BYTES + 1), "too large"),
        (b"id = " + b"[" * 5_000, "nested too deeply"),
    ],
)
def test_what_is_no_policy_file_is_refused(text: bytes, problem: str) -> None:
    assert problem in problems(text)


@given(st.one_of(st.binary(max_size=64), st.text(max_size=64).map(str.encode)))
def test_no_octets_break_the_reading(text: bytes) -> None:
    assert problems(text)


def test_members_are_found_through_lists_and_shapes() -> None:
    mark = {"kind": "import", "text": {"known": "XA"}, "country": "XA", "condition": "legible"}
    dat = happened("imported", "2020", markings=[mark, {**mark, "kind": "proof"}]).dat
    assert values_at(dat, ["markings", "kind"]) == ("import", "proof")
    assert values_at(dat, ["markings", "text"]) == ("XA", "XA")
    assert values_at(dat, ["hld"]) == ()
    (member,) = members_at(type(dat), ["markings", "kind"])
    assert admits(member, "import")
    assert not admits(member, "imported")
    assert members_at(type(dat), ["markings", "nothing"]) == ()
    assert not holds_date(member)


def test_tests_of_a_list_are_passed_by_one_element_of_it() -> None:
    mark = {"kind": "import", "text": {"known": "XB"}, "country": "XB", "condition": "legible"}
    dat = happened(
        "imported", "2020", markings=[mark, {**mark, "kind": "proof", "country": "XA"}]
    ).dat

    def both(kind: str, country: str) -> bool:
        kind_is = (["markings", "kind"], lambda value: value == kind)
        return fits(dat, [kind_is, (["markings", "country"], lambda value: value == country)])

    assert both("import", "XB")
    assert both("proof", "XA")
    assert not both("import", "XA")
    assert fits(dat, [(["markings", "text"], lambda value: value == "XB")])
    assert not fits(dat, [(["hld"], lambda _: True)])


@pytest.mark.parametrize(
    ("evt", "member", "single"),
    [
        ("firearm.transferred", "holder", True),
        ("firearm.transferred", "to_report", True),
        ("firearm.transferred", "hld", True),
        ("firearm.manufactured", "make", True),
        ("firearm.imported", "year", True),
        ("firearm.imported", "markings", False),
        ("firearm.marked", "mark", False),
        ("firearm.marked", "mark.kind", False),
        ("trace.requested", "uses", False),
        ("trace.requested", "nothing", False),
    ],
)
def test_a_member_of_one_value_is_told_from_lists_and_shapes(
    evt: str, member: str, single: bool
) -> None:
    assert is_single(CATALOGUE.latest(evt).dat, member) == single
