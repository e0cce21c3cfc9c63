# SPDX-License-Identifier: Apache-2.0
"""The policies that come with the software are true to the catalogue, and say where they choose."""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from hashlib import sha256
from pathlib import Path

import pytest

from api.policies.loading import DATA, NAMES, load_policy
from domain.errors import InvalidValueError, MunimentError, UnreachableError, UsageError
from domain.event import read_data
from domain.occurrence import parse_occurrence
from domain.policy.duties import duties
from domain.policy.model import DutyRule
from domain.policy.table import TABLE
from tests.unit.domain.lives import happened, life

OWN_NUMBER = re.compile(r"\d+ days (are this policy's choice|only stand in for it)")
STATED = re.compile(r"^After .*(\d+ (days|hours)|one month|two weeks)")
RULES = [
    pytest.param(duty, id=f"{name}-{duty.code}")
    for name in NAMES
    for duty in load_policy(name).policy.duty
]


def test_three_policies_come_with_the_software() -> None:
    assert NAMES == ("eu-directive-2021-555", "example-state", "firearms-protocol-minimum")


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_policy_is_called_as_its_file_and_can_be_adopted(name: str) -> None:
    loaded = load_policy(name)
    policy = loaded.policy
    octets = (DATA / f"{name}.toml").read_bytes()
    assert policy.id == name
    assert loaded.digest == urlsafe_b64encode(sha256(octets).digest()).decode().rstrip("=")
    adoption = {"policy": policy.id, "version": policy.version, "digest": loaded.digest}
    assert read_data(TABLE[0].type, {**adoption, "jur": "XA", "effective_on": "2026-12-01"})


@pytest.mark.parametrize("rule", RULES)
def test_a_number_of_days_is_that_of_a_source_or_named_as_a_choice(rule: DutyRule) -> None:
    assert OWN_NUMBER.search(rule.source) or STATED.search(rule.source), rule.source
    if rule.due is not None and "choice" not in rule.source:
        assert "stand in" in rule.source or "states goes before" in rule.source


@pytest.mark.parametrize("name", ["firearms-protocol-minimum", "eu-directive-2021-555"])
def test_where_the_instrument_states_no_deadline_none_is_claimed_for_it(name: str) -> None:
    for rule in load_policy(name).policy.duty:
        assert "choice" in rule.source or "stated in the event" in rule.source


@pytest.mark.parametrize("rule", RULES)
def test_the_number_in_the_source_is_the_number_that_counts(rule: DutyRule) -> None:
    days = re.findall(r"(\d+) days", rule.source)
    assert all(int(number) == rule.days for number in days)
    if "48 hours" in rule.source:
        assert rule.days == 2


def test_the_states_of_the_union_are_named_alike_wherever_they_are_named() -> None:
    policy = load_policy("eu-directive-2021-555").policy
    conditions = [
        each.opens.when["country"] for each in policy.duty if each.opens.when.get("country")
    ]
    assert len(set(policy.jurisdiction)) == 27
    assert conditions == [policy.jurisdiction, policy.jurisdiction]


@pytest.mark.parametrize("name", NAMES)
def test_an_import_makes_a_mark_due_under_every_policy(name: str) -> None:
    country = "AT" if name.startswith("eu") else "XA"
    firearm = life(happened("imported", "2020-03-01", country=country))
    found = duties(firearm.entries, load_policy(name).policy, on=parse_occurrence("2026-11-24"))
    assert ("import_mark", "overdue") in [(each.rule.code, each.state) for each in found]


def test_a_policy_of_ones_own_is_loaded_by_its_path(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_bytes((DATA / "example-state.toml").read_bytes())
    assert load_policy(str(file)) == load_policy("example-state")


@pytest.mark.parametrize(
    ("name", "expected", "words"),
    [
        ("example-stat", (UsageError, "policy_unknown"), "near it: example-state"),
        ("nonsense", (UsageError, "policy_unknown"), "there are: eu-directive-2021-555"),
        ("absent.toml", (UnreachableError, "unreachable"), "cannot be read: No such file"),
        ("folder/policy", (UnreachableError, "unreachable"), "cannot be read"),
        ("wrong.toml", (InvalidValueError, "policy_invalid"), "wrong.toml: The policy cannot"),
    ],
)
def test_what_cannot_be_loaded_is_told(
    name: str,
    expected: tuple[type[MunimentError], str],
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "wrong.toml").write_text("id = 7")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(MunimentError, match=re.escape(words)) as caught:
        load_policy(name)
    assert (type(caught.value), caught.value.slug) == expected
