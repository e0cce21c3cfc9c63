# SPDX-License-Identifier: Apache-2.0
"""Commands on a real ledger: authorities and keys, signing and appending, upkeep."""

from __future__ import annotations

import json
from typing import Any

import pytest

from domain.event import Event
from domain.judgement import Judgement, Stream
from domain.refusal import Refusal
from tests.integration.cli.conftest import ROOTS, Ground, Run
from tests.unit.api.cli.terminal import Answer
from tests.unit.domain.least.component import LOSS
from tests.unit.domain.lives import DESCRIPTION

ROOT, SECOND, THIRD = ROOTS
POLICE = "auth.xa.police"
GUN: dict[str, Any] = {
    **DESCRIPTION,
    "serial": "unknown",
    "source": {"register_code": "test_register", "as_of": "2018"},
}


def _keys(ground: Ground, *names: str) -> list[str]:
    return [word for name in names for word in ("--key", ground.key(name))]


@pytest.fixture
def police(ground: Ground, run: Run) -> str:
    """Admit the police once and enrol an officer of theirs; give the name of his key."""
    names = ["--name", "Police of XA", "--jurisdiction", "XA", *_keys(ground, ROOT, SECOND)]
    assert run("authority", "register", POLICE, *names).code in (0, 3)
    assert _enrol(ground, run, "officer", ROOT, SECOND).code in (0, 3)
    return "officer"


def _enrol(ground: Ground, run: Run, key: str, proposer: str, approver: str | None) -> Answer:
    options = ["--role", "POL", "--role", "STK", "--jurisdiction", "XA"]
    options += ["--new-key", ground.key(key), "--proposer", ground.key(proposer)]
    options += ["--approver", ground.key(approver)] if approver else []
    return run("authority", "enrol", POLICE, *options)


def _states(run: Run) -> dict[str, dict[str, Any]]:
    lines = run("authority", "list", "--json").data.splitlines()
    return {record["kid"]: record for record in map(json.loads, lines)}


def test_one_root_alone_admits_no_authority(ground: Ground, run: Run) -> None:
    names = ["--name", "Customs", "--jurisdiction", "XA", *_keys(ground, ROOT)]
    answer = run("authority", "register", "auth.xa.customs", *names)
    assert (answer.code, answer.data) == (3, "")
    assert answer.words.startswith("four_eyes_required:")


@pytest.mark.usefixtures("police")
def test_a_key_that_one_person_would_approve_alone_is_not_even_proposed(
    ground: Ground, run: Run
) -> None:
    answer = _enrol(ground, run, "lonely", ROOT, ROOT)
    assert (answer.code, answer.words.partition(":")[0]) == (3, "approver_same_person")
    assert ground.kid("lonely") not in _states(run)


@pytest.mark.usefixtures("police")
def test_a_proposed_key_waits_for_another_person(ground: Ground, run: Run) -> None:
    proposed = _enrol(ground, run, "waiting", ROOT, None)
    kid = ground.kid("waiting")
    assert f"muniment authority approve {kid}" in proposed.words
    assert _states(run)[kid]["state"] == "proposed"
    assert run("authority", "approve", kid, *_keys(ground, ROOT)).code == 3
    assert run("authority", "approve", kid, *_keys(ground, SECOND)).code == 0
    assert _states(run)[kid]["state"] == "valid"


@pytest.mark.usefixtures("police")
def test_a_key_is_suspended_reinstated_and_revoked(ground: Ground, run: Run) -> None:
    assert _enrol(ground, run, "leaving", ROOT, SECOND).code == 0
    kid = ground.kid("leaving")
    for verb, extra, signer, state in (
        ("suspend", (), ROOT, "suspended"),
        ("reinstate", (), SECOND, "valid"),
        ("revoke", ("--reason", "ceased"), ROOT, "ended"),
    ):
        assert run("authority", verb, kid, *extra, *_keys(ground, signer)).code == 0
        assert _states(run)[kid]["state"] == state


@pytest.mark.usefixtures("police")
def test_a_role_is_granted_by_one_key_and_withdrawn_again(ground: Ground, run: Run) -> None:
    assert _enrol(ground, run, "learning", ROOT, SECOND).code == 0
    kid = ground.kid("learning")
    role = ["--role", "EVC"]
    both = run(
        "authority", "grant", kid, *role, "--jurisdiction", "XA", *_keys(ground, ROOT, SECOND)
    )
    assert (both.code, both.words.partition(":")[0]) == (2, "endorsement_unused")
    assert (
        run("authority", "grant", kid, *role, "--jurisdiction", "XA", *_keys(ground, ROOT)).code
        == 0
    )
    assert "EVC" in _states(run)[kid]["roles"]
    assert run("authority", "withdraw", kid, *role, *_keys(ground, ROOT)).code == 0
    assert "EVC" not in _states(run)[kid]["roles"]


@pytest.mark.usefixtures("police")
def test_a_rotated_key_ends_and_the_new_one_takes_its_roles(ground: Ground, run: Run) -> None:
    assert _enrol(ground, run, "old", ROOT, SECOND).code == 0
    assert run("authority", "rotate", ground.key("old"), ground.key("new")).code == 0
    states = _states(run)
    assert states[ground.kid("old")]["state"] == "ended"
    assert states[ground.kid("new")]["roles"] == ["POL", "STK"]


def test_signing_and_appending_gives_a_receipt_once_and_again(
    ground: Ground, run: Run, police: str
) -> None:
    event = ground.event("gun", evt="firearm.registered", occ="2018", dat=GUN)
    signed = run("sign", event, *_keys(ground, police))
    file = ground.folder / "submissions.txt"
    file.write_text(signed.data * 2, "utf-8")
    first, second = map(json.loads, run("append", str(file)).data.splitlines())
    assert (first["repeated"], second["repeated"]) == (False, True)
    assert first["index"] == second["index"]
    assert first["proof"].startswith("c2sp.org/tlog-proof@v1\n")


def test_a_dry_run_shows_the_bytes_and_signs_nothing(ground: Ground, run: Run, police: str) -> None:
    event = ground.event("gun", evt="firearm.registered", occ="2018", dat=GUN)
    answer = run("sign", event, *_keys(ground, police), "--dry-run")
    header, payload = map(json.loads, answer.data.splitlines())
    assert (answer.code, header["kid"]) == (0, ground.kid(police))
    assert (payload["evt"], payload["dat"], len(payload["_sd"])) == ("firearm.registered", GUN, 4)
    assert "~" not in answer.data


def test_events_of_one_file_follow_one_another_in_their_stream(
    ground: Ground, run: Run, police: str
) -> None:
    sub = "arm.01a2076b-4018-7111-8222-333333333333"
    lines = [
        {"evt": "firearm.registered", "sub": sub, "occ": "2018", "dat": GUN},
        {"evt": "firearm.lost-reported", "sub": sub, "dat": LOSS},
        {"evt": "firearm.found", "sub": sub, "dat": {"station": "STATION 7"}},
    ]
    file = ground.folder / "life.jsonl"
    file.write_text("\n".join(map(json.dumps, lines)), "utf-8")
    submissions = ground.folder / "life.txt"
    submissions.write_text(run("sign", str(file), *_keys(ground, police)).data, "utf-8")
    receipts = ground.folder / "receipts"
    answer = run("append", str(submissions), "--receipts", str(receipts))
    indexes = [json.loads(line)["index"] for line in answer.data.splitlines()]
    assert answer.code == 0
    assert indexes == list(range(indexes[0], indexes[0] + 3))
    assert {path.name for path in receipts.iterdir()} == {f"{at}.tlog-proof" for at in indexes}


def test_a_find_of_a_listed_firearm_tells_who_listed_it_and_shows_under_hits(
    ground: Ground, run: Run, police: str
) -> None:
    sub = "arm.01a2076b-4018-7111-8222-333333333334"
    again = "arm.01a2076b-4018-7111-8222-333333333335"
    gun = {**GUN, "serial": {"known": "TW9-LISTED"}}
    twin = {**gun, "duplicate_reason": "maker_reused_number"}
    lines = [
        {"evt": "firearm.registered", "sub": sub, "occ": "2018", "dat": gun},
        {"evt": "firearm.lost-reported", "sub": sub, "dat": LOSS},
        {"evt": "firearm.found", "sub": sub, "dat": {"station": "STATION 7"}},
        {"evt": "firearm.registered", "sub": again, "occ": "2018", "dat": twin},
    ]
    file, submissions = ground.folder / "listed.jsonl", ground.folder / "listed.txt"
    file.write_text("\n".join(map(json.dumps, lines)), "utf-8")
    submissions.write_text(run("sign", str(file), *_keys(ground, police)).data, "utf-8")
    answer = run("append", str(submissions))
    receipts = [json.loads(line) for line in answer.data.splitlines()]
    hit = {"alert": "lost", "authority": POLICE, "index": receipts[1]["index"], "record": sub}
    assert [each["hits"] for each in receipts] == [[], [], [hit], [hit]]
    assert f"{POLICE} lists {sub} as lost" in answer.words
    listed = [json.loads(line) for line in run("hits", POLICE, "--json").data.splitlines()]
    assert [(each["index"], each["sub"], each["record"]) for each in listed[-2:]] == [
        (receipts[2]["index"], sub, sub),
        (receipts[3]["index"], again, sub),
    ]
    assert "firearm.found" in run("hits", POLICE).data


def test_hits_of_an_authority_that_is_not_there_are_a_usage_error(run: Run) -> None:
    answer = run("hits", "auth.nowhere")
    assert (answer.code, answer.words.partition(":")[0]) == (2, "authority_unknown")


def test_a_refused_submission_fails_none_of_its_neighbours(
    ground: Ground, run: Run, police: str
) -> None:
    event = ground.event("gun", evt="firearm.registered", occ="2018", dat=GUN)
    good = [run("sign", event, *_keys(ground, police)).data for _ in range(2)]
    file = ground.folder / "mixed.txt"
    file.write_text(f"{good[0]}no envelope~\n{good[1]}", "utf-8")
    answer = run("append", str(file))
    first, refused, last = map(json.loads, answer.data.splitlines())
    assert answer.code == 3
    assert (refused["line"], refused["error"]) == (2, "jws_segments")
    assert last["index"] == first["index"] + 1
    assert answer.words.startswith("1 refused")


def test_a_fault_of_the_program_at_one_event_is_told_by_its_exit_code_and_fails_no_neighbour(
    ground: Ground, run: Run, police: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = ground.event("gun", evt="firearm.registered", occ="2018", dat=GUN)
    good = [run("sign", event, *_keys(ground, police)).data for _ in range(2)]
    file = ground.folder / "faulty.txt"
    file.write_text("".join(good), "utf-8")
    decide, judged = Judgement._decide, list[Event]()

    def failing(self: Judgement, event: Event, stream: Stream) -> Refusal | None:
        judged.append(event)
        if event.eid == judged[0].eid:
            raise TypeError("a mistake in a rule")
        return decide(self, event, stream)

    monkeypatch.setattr(Judgement, "_decide", failing)
    monkeypatch.setenv("MUNIMENT_DEBUG", "1")
    answer = run("append", str(file))
    failed, kept = map(json.loads, answer.data.splitlines())
    assert (answer.code, failed["error"]) == (5, "internal")
    assert kept["repeated"] is False
    assert "TypeError: a mistake in a rule" in answer.words


def test_an_event_beyond_the_mandate_of_its_key_is_refused(
    ground: Ground, run: Run, police: str
) -> None:
    data = {key: value for key, value in GUN.items() if key != "source"}
    mark = {"kind": "manufacture", "text": {"known": "TW9-7"}, "condition": "legible"}
    made = {**data, "serial": {"known": "TW9-7"}, "markings": [mark], "leading_part": "frame"}
    event = ground.event("made", evt="firearm.manufactured", occ="2019", dat=made)
    file = ground.folder / "made.txt"
    file.write_text(run("sign", event, *_keys(ground, police)).data, "utf-8")
    answer = run("append", str(file))
    assert (answer.code, json.loads(answer.data)["error"]) == (3, "role_denied")


def test_a_key_that_is_not_enrolled_signs_nothing(ground: Ground, run: Run) -> None:
    event = ground.event("gun", evt="firearm.registered", dat=GUN)
    answer = run("sign", event, *_keys(ground, "stranger"))
    assert (answer.code, answer.data) == (3, "")
    assert "`muniment authority list`" in answer.words


def test_status_and_rebuild_tell_the_same_size(run: Run) -> None:
    before = json.loads(run("status", "--json").data)
    rebuilt = [json.loads(line) for line in run("rebuild").data.splitlines()]
    after = json.loads(run("status", "--json").data)
    assert {record["entries"] for record in rebuilt} == {before["size"]}
    assert {each["behind"] for each in after["projections"]} == {0}
    assert (after["size"], after["root"]) == (before["size"], before["root"])
    assert after["signer"]["behind"] == 0
    assert after["checkpoint"]["size"] <= after["size"]


def test_status_for_people_names_every_part(run: Run) -> None:
    labels = {line.split("  ")[0] for line in run("status").data.splitlines()}
    assert {"ledger", "size", "root", "signer", "database", "registry", "disk"} <= labels


def test_a_projection_that_does_not_exist_is_a_usage_error(run: Run) -> None:
    answer = run("rebuild", "nonsense")
    assert (answer.code, answer.data) == (2, "")
    assert "timeline" in answer.words


def test_a_ledger_is_founded_once(ground: Ground, run: Run) -> None:
    roots = [word for name in ROOTS for word in ("--root", ground.key(name))]
    names = ["--authority", "auth.xa", "--name", "Registry of XA", "--jurisdiction", "XA"]
    for ledger in ("ledger.xa-test", "ledger.xa-other"):
        answer = run("init", "--ledger", ledger, *names, *roots)
        assert (answer.code, answer.words.partition(":")[0]) == (2, "ledger_exists")
