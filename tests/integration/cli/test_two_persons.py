# SPDX-License-Identifier: Apache-2.0
"""What takes two persons, recorded by commands alone: on one machine, and on two."""

from __future__ import annotations

import json
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from api.client.ids import uuid7
from tests.integration.cli.conftest import ROOTS, Ground, Run
from tests.unit.domain.least.disposing import DISPOSING
from tests.unit.domain.least.identifying import IDENTIFYING
from tests.unit.domain.least.lot import LOTS
from tests.unit.domain.lives import DATA, DESCRIPTION

OFFICE = "auth.xa.office"
OFFICERS = ("one", "two")
ROLES = ("LIC", "POL", "CRT", "DST", "STW", "EVC")
_numbers = count(1)


@pytest.fixture(scope="module", autouse=True)
def _officers(ground: Ground) -> None:
    """Enrol two officers who hold every role that these lives ask for."""
    from api.cli.main import main  # noqa: PLC0415 - the command line itself, before any test

    def well(*words: str) -> None:
        with pytest.raises(SystemExit) as ended:
            main(list(words))
        assert not ended.value.code

    roots = [word for name in ROOTS[:2] for word in ("--key", ground.key(name))]
    well("authority", "register", OFFICE, "--name", "Office", "--jurisdiction", "XA", *roots)
    people = ("--proposer", ground.key(ROOTS[0]), "--approver", ground.key(ROOTS[1]))
    roles = [word for role in ROLES for word in ("--role", role)]
    for name in OFFICERS:
        given = ("--new-key", ground.key(name), "--jurisdiction", "XA", *roles, *people)
        well("authority", "enrol", OFFICE, *given)


class Clerk:
    """Signs and appends events by commands."""

    def __init__(self, ground: Ground, run: Run) -> None:
        self.ground = ground
        self.run = run

    def file(self, *events: dict[str, Any]) -> str:
        path = self.ground.folder / f"events-{next(_numbers)}.jsonl"
        path.write_text("\n".join(map(json.dumps, events)), "utf-8")
        return str(path)

    def kept(self, data: str) -> str:
        path = self.ground.folder / f"kept-{next(_numbers)}"
        path.write_text(data, "utf-8")
        return str(path)

    def sign(self, file: str, *options: str) -> str:
        """Sign a file of events as the first officer; give the file of submissions."""
        answer = self.run("sign", file, "--key", self.ground.key("one"), *options)
        assert answer.code == 0, answer.words
        return self.kept(answer.data)

    def append(self, file: str) -> list[Any]:
        """Append submissions; give the index of each, or the error."""
        lines = map(json.loads, self.run("append", file).data.splitlines())
        return [line.get("error") or line["index"] for line in lines]

    def did(self, *events: dict[str, Any], second: bool = False) -> list[Any]:
        """Record events, with the second officer's endorsement if wanted."""
        endorse = ("--endorse", self.ground.key("two")) if second else ()
        return self.append(self.sign(self.file(*events), *endorse))

    def firearm(self) -> str:
        """Record a firearm with a serial of its own."""
        sub = new("arm")
        serial = {"known": f"S{next(_numbers):06}"}
        dat = {**DESCRIPTION, "serial": serial, "source": DATA["firearm.registered"]["source"]}
        dat |= {"holder": "civilian", "custody": "holder"}
        (index,) = self.did({"evt": "firearm.registered", "sub": sub, "occ": "2010", "dat": dat})
        assert isinstance(index, int)
        return sub


@pytest.fixture
def clerk(ground: Ground, run: Run) -> Clerk:
    return Clerk(ground, run)


def new(kind: str) -> str:
    """Draw an identifier."""
    return f"{kind}.{uuid7(1_795_420_800_000 + next(_numbers), bytes)}"


def act(evt: str, sub: str, occ: str = "2020", **dat: Any) -> dict[str, Any]:
    """Give an event of least data."""
    least = {**DATA, **DISPOSING, **IDENTIFYING, **LOTS}[evt]
    return {"evt": evt, "sub": sub, "occ": occ, "dat": {**least, **dat}}


def test_a_lot_is_destroyed_with_its_witness_on_one_machine(clerk: Clerk) -> None:
    arm, lot = clerk.firearm(), new("lot")
    recorded = clerk.did(
        act("firearm.seized", arm, "2018"),
        act("firearm.forfeited", arm, "2019-02-01"),
        act("firearm.disposal-authorised", arm, "2019-06-01"),
        act("lot.scheduled", lot, firearms=[arm]),
        act("firearm.destruction-scheduled", arm, lot=lot),
        act("lot.reconciled", lot, found=[arm]),
    )
    assert all(isinstance(each, int) for each in recorded), recorded
    of_lot = act("lot.destroyed", lot)
    of_arm = act("firearm.destroyed", arm, "2020-03-01", lot=lot)
    assert clerk.did(of_lot) == ["witness_missing"]
    assert all(isinstance(each, int) for each in clerk.did(of_lot, of_arm, second=True))
    told = json.loads(clerk.run("trace", "--id", arm, "--json").data)
    assert "firearm.destroyed" in json.dumps(told)


def test_a_duplicate_is_resolved_and_a_merge_corrected_by_two(clerk: Clerk) -> None:
    one, other, third = (clerk.firearm() for _ in range(3))
    assert isinstance(clerk.did(act("firearm.duplicate-flagged", one, firearms=[other]))[0], int)
    decision = act("firearm.duplicate-resolved", one, firearms=[other])
    assert clerk.did(decision) == ["second_person_missing"]
    assert isinstance(clerk.did(decision, second=True)[0], int)
    merged = clerk.sign(
        clerk.file(act("firearm.identity-merged", one, firearms=[other])),
        *("--endorse", clerk.ground.key("two")),
    )
    target = json.loads(clerk.run("append", merged).data)["eid"]
    change = {"field": "firearms.0", "old": other, "new": third}
    fix = act("firearm.corrected", one, "2021", target=target, changes=[change])
    assert clerk.did(fix) == ["second_person_missing"]
    assert isinstance(clerk.did(fix, second=True)[0], int)


def test_a_policy_is_adopted_by_officers_on_two_machines(
    clerk: Clerk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = clerk.run("policies", "example-state").words
    digest = told.split("digest ")[1].split(".")[0]
    adopted = {
        "evt": "policy.adopted",
        "occ": "2026-11-01",
        "dat": {
            "jur": "XA", "policy": "example-state", "version": "1.0", "digest": digest,
            "effective_on": "2026-12-01",
        },
    }  # fmt: skip
    draft = clerk.kept(clerk.run("sign", clerk.file(adopted), "--draft").data)
    key = ("--key", clerk.ground.key("two"))
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("MUNIMENT_HOME", str(tmp_path / "no ledger here"))
        shown = clerk.run("endorse", draft, *key, "--dry-run")
        answer = clerk.run("endorse", draft, *key)
    covered = json.loads(shown.data)
    assert covered["dat"] == adopted["dat"]
    assert (covered["evt"], covered["seq"]) == ("policy.adopted", 1)
    assert shown.data.strip() in answer.words
    assert clerk.ground.kid("two") in answer.words
    (index,) = clerk.append(clerk.sign(clerk.kept(answer.data)))
    assert index == json.loads(clerk.run("status", "--json").data)["size"] - 1


def test_evidence_is_handed_over_by_two(clerk: Clerk) -> None:
    arm = clerk.firearm()
    clerk.did(act("firearm.seized", arm, "2018", station="STATION 7"))
    moved = act("firearm.custody-moved", arm, "2019", from_custodian={"known": "STATION 7"})
    assert clerk.did(moved) == ["second_person_missing"]
    assert isinstance(clerk.did(moved, second=True)[0], int)
    assert clerk.did(moved, second=True) == ["custodian_differs"]


def test_an_endorsement_of_a_draft_that_others_overtook_signs_nothing(clerk: Clerk) -> None:
    one, other = clerk.firearm(), clerk.firearm()
    merge = clerk.file(act("firearm.identity-merged", one, firearms=[other]))
    draft = clerk.kept(clerk.run("sign", merge, "--draft").data)
    endorsed = clerk.kept(clerk.run("endorse", draft, "--key", clerk.ground.key("two")).data)
    assert isinstance(clerk.did(act("firearm.lost-reported", one))[0], int)
    answer = clerk.run("sign", endorsed, "--key", clerk.ground.key("one"))
    assert (answer.code, answer.data) == (3, "")
    assert answer.words.startswith("endorsement_stale:")
    assert "--draft" in answer.words


def test_what_was_changed_after_its_endorsement_is_not_signed(clerk: Clerk) -> None:
    one, other, third = (clerk.firearm() for _ in range(3))
    merge = clerk.file(act("firearm.identity-merged", one, firearms=[other]))
    draft = clerk.kept(clerk.run("sign", merge, "--draft").data)
    endorsed = clerk.run("endorse", draft, "--key", clerk.ground.key("two")).data
    changed = clerk.kept(endorsed.replace(other, third))
    answer = clerk.run("sign", changed, "--key", clerk.ground.key("one"))
    assert (answer.code, answer.words.partition(":")[0]) == (3, "endorsement_stale")


def test_a_dry_run_shows_what_the_second_person_endorses_and_hands_nothing_out(
    clerk: Clerk,
) -> None:
    one, other = clerk.firearm(), clerk.firearm()
    file = clerk.file(act("firearm.identity-merged", one, firearms=[other]))
    keys = ("--key", clerk.ground.key("one"), "--endorse", clerk.ground.key("two"))
    answer = clerk.run("sign", file, *keys, "--dry-run")
    _, payload = map(json.loads, answer.data.splitlines())
    assert [each["kid"] for each in payload["dat"]["endorsements"]] == [clerk.ground.kid("two")]
    (covered,) = (line for line in answer.words.splitlines() if line.startswith("{"))
    assert json.loads(covered)["dat"]["firearms"] == [other]
    assert "endorsements" not in covered
    assert "~" not in answer.data


@pytest.mark.parametrize("options", [("--draft",), ("--endorse", "two")])
def test_an_event_that_one_person_signs_takes_no_second(
    clerk: Clerk, options: tuple[str, ...]
) -> None:
    keys = tuple(clerk.ground.key(each) if each in OFFICERS else each for each in options)
    file = clerk.file(act("firearm.lost-reported", new("arm")))
    answer = clerk.run("sign", file, "--key", clerk.ground.key("one"), *keys)
    assert (answer.code, answer.words.split("\n")[-2].partition(":")[0]) == (
        2, "endorsement_unused",
    )  # fmt: skip


def test_what_is_no_list_of_endorsements_is_named(clerk: Clerk) -> None:
    arms = [clerk.firearm() for _ in range(2)]
    file = clerk.file(act("firearm.identity-merged", arms[0], firearms=arms[1:], endorsements=7))
    for endorse in ((), ("--endorse", clerk.ground.key("two"))):
        answer = clerk.run("sign", file, "--key", clerk.ground.key("one"), *endorse)
        assert (answer.code, answer.data) == (3, "")
        assert "schema_invalid: firearm.identity-merged: dat.endorsements" in answer.words


def test_two_events_of_one_stream_are_not_drafted_at_once(clerk: Clerk) -> None:
    one, other = clerk.firearm(), clerk.firearm()
    merge = act("firearm.identity-merged", one, firearms=[other])
    answer = clerk.run("sign", clerk.file(merge, merge), "--draft")
    assert (answer.code, answer.words.partition(":")[0]) == (2, "draft_chain")


def test_the_key_of_a_stranger_endorses_nothing_here(clerk: Clerk) -> None:
    one, other = clerk.firearm(), clerk.firearm()
    file = clerk.file(act("firearm.identity-merged", one, firearms=[other]))
    strange = clerk.ground.key("stranger")
    answer = clerk.run("sign", file, "--key", clerk.ground.key("one"), "--endorse", strange)
    assert (answer.code, answer.data) == (3, "")
    assert "kid_unknown" in answer.words
    draft = clerk.kept(clerk.run("sign", file, "--draft").data)
    endorsed = clerk.kept(clerk.run("endorse", draft, "--key", strange).data)
    answer = clerk.run("sign", endorsed, "--key", clerk.ground.key("one"))
    assert (answer.code, answer.words.partition(":")[0]) == (3, "kid_unknown")
