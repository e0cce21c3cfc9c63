# SPDX-License-Identifier: Apache-2.0
"""The rules of the domain, applied again to logs that an honest ledger would not have written."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.client.attest import endorse
from api.client.keyfile import FileKey
from audit.proof.envelope.opening import read_stored
from audit.proof.verify.book import Request
from audit.proof.verify.command import main
from audit.proof.verify.log.directory import verify_directory
from audit.proof.verify.replay import memory
from audit.proof.verify.replay.judge import Replay
from audit.proof.verify.replay.memory import Memory
from audit.proof.verify.report import Check, ExitCode, Report
from domain.aggregate.naming import linked
from domain.catalogue import CATALOGUE
from domain.errors import ConflictError
from domain.event import Event
from domain.firearm.claims import claim_key
from domain.identifiers import REGISTRY_KINDS
from domain.judgement import Judgement, Stream
from domain.ports import Context
from domain.registry.aggregate import evolve
from domain.registry.state import Registry
from tests.unit.audit.verify.log_builder import AUTHORITY, DESCRIPTION, NOW, LogBuilder, new_id
from tests.unit.domain.least.component import LOSS
from tests.unit.tries import tries

LOST = {**LOSS, "discovered_on": "2026-11-20"}
SALE = {"acq": "purchase", "hld": new_id("hld"), "permit_class": "sport"}
SAME = {"serial": {"known": "SAME"}}
PART = {"part": "barrel", "make": {"known": "TESTWERK"}, "serial": {"known": "B-1"}}
BARREL = new_id("cmp")
_serials = count(1)


def desk() -> tuple[LogBuilder, FileKey]:
    """Give a founded log and the key of somebody who holds every role these tests need."""
    log = LogBuilder.founded()
    key = FileKey.create("Ed25519")
    proposal = {
        **log._material(key),
        "authority": AUTHORITY,
        "class": "event",
        "officer": new_id("off"),
        "roles": ["STW", "LIC", "POL", "STK", "MFR", "DLR"],
        "jurisdictions": ["XA"],
        "not_before": NOW - 1,
        "not_after": NOW + 10_000_000,
        "offline": False,
    }
    stream = new_id("key")
    target = log.append("key.enrol-proposed", stream, proposal, key=log.roots[0])
    log.append("key.enrol-approved", stream, {"target": target}, key=log.roots[1])
    return log, key


def register(log: LogBuilder, serial: str | None = None, sub: str | None = None) -> str:
    """Register a firearm, by default under a serial that no other has."""
    dat = {**DESCRIPTION, "serial": {"known": serial or f"S{next(_serials):07}"}}
    stream = sub or new_id("arm")
    log.append("firearm.registered", stream, dat)
    return stream


def flag(log: LogBuilder, key: FileKey, arm: str, other: str) -> str:
    """Flag a firearm as perhaps the same as another."""
    dat = {"firearms": [other], "ground": "same_maker_and_serial"}
    return log.append("firearm.duplicate-flagged", arm, dat, key=key)


def reverse(log: LogBuilder, key: FileKey, arm: str, target: str) -> str:
    """Reverse an event."""
    dat = {"target": target, "reason": "wrong_firearm"}
    return log.append("firearm.reversed", arm, dat, key=key)


def correct(log: LogBuilder, key: FileKey, arm: str, target: str, **change: Any) -> None:
    """Correct one member of an event."""
    dat = {"target": target, "reason": "clerical_error", "changes": [change]}
    log.append("firearm.corrected", arm, dat, key=key)


def replayed(entries: Sequence[bytes], folder: Path) -> list[tuple[int, str]]:
    """Give index and rule of every event that would have been refused."""
    with Memory(folder) as remembered:
        replay = Replay(remembered)
        found = [replay.judge(index, jws) for index, jws in enumerate(entries)]
    return [(each.index or 0, each.code) for each in found if each]


def expected(entries: Sequence[bytes]) -> list[tuple[int, str]]:
    """Judge the same by the ledger's own judgement, with everything held in memory."""
    registry = Registry.empty()
    streams: dict[UUID, Stream] = defaultdict(Stream)
    claims: dict[str, UUID] = {}
    named: dict[UUID, int] = {}
    namers: dict[UUID, set[UUID]] = defaultdict(set)
    found = []
    for index, jws in enumerate(entries):
        event = read_stored(jws, CATALOGUE)
        refusal = _foreseen(
            Judgement(
                size=index,
                registry=registry,
                context=Context(histories={}, requests={}, claims=claims),
                streams=streams,
                namers=namers,
                named=named,
            ),
            event,
        )
        if refusal:
            found.append((index, refusal))
        if event.sub.kind in REGISTRY_KINDS:
            registry = evolve(registry, event, index)
        streams[event.sub.uuid] = streams[event.sub.uuid].advance(event, index)
        if key := claim_key(event):
            claims.setdefault(key, event.sub.uuid)
        for other in linked(event):
            named[other.uuid] = index
            namers[other.uuid].add(event.sub.uuid)
    return found


def _foreseen(judgement: Judgement, event: Event) -> str | None:
    try:
        refusal = judgement.foresee(event).refusal
    except ConflictError as error:
        return error.slug
    return refusal.rule if refusal else None


def verified(log: LogBuilder, folder: Path, **options: Any) -> Report:
    request = Request(path=log.export(folder / "export"), trust=log.trust(), jobs=1, **options)
    return verify_directory(request)


def rules(report: Report) -> Check:
    return next(each for each in report.checks if each.name == "rules")


def test_an_honest_log_is_legal_from_end_to_end(tmp_path: Path) -> None:
    log, key = desk()
    arms = [register(log) for _ in range(3)]
    log.transfer(arms[0])
    flag(log, key, arms[1], arms[2])
    report = verified(log, tmp_path, rules=True)
    assert (report.exit_code, rules(report).state) == (ExitCode.OK, "ok")


def test_without_being_asked_for_the_rules_are_not_checked(tmp_path: Path) -> None:
    log, _ = desk()
    report = verified(log, tmp_path)
    assert rules(report).state == "not checked"
    assert "--rules" in rules(report).sentence


def test_what_the_rules_would_have_refused_is_named_with_index_rule_and_sentence(
    tmp_path: Path,
) -> None:
    log, _ = desk()
    register(log)
    unborn = new_id("arm")
    log.transfer(unborn)
    report = verified(log, tmp_path, rules=True)
    assert report.exit_code is ExitCode.VIOLATED
    (finding,) = report.findings
    assert (finding.check, finding.code) == ("rules", "origin_missing")
    assert finding.index == len(log.entries) - 1
    assert finding.severity == "violation"
    assert f"Event {unborn} seq 1, firearm.transferred" in finding.sentence
    assert "firearm.registered" in finding.evidence
    assert rules(report).failures == 1


def test_a_second_firearm_of_one_serial_needs_a_reason(tmp_path: Path) -> None:
    log, _ = desk()
    register(log, "A1")
    register(log, "A2")
    register(log, "A1")
    assert replayed(log.entries, tmp_path) == [(len(log.entries) - 1, "marking_claimed")]


def test_a_stream_is_judged_as_it_was_at_the_index_and_not_as_it_became(tmp_path: Path) -> None:
    log, key = desk()
    arm, other = register(log), new_id("arm")
    flag(log, key, arm, other)
    early = len(log.entries) - 1
    register(log, sub=other)
    reverse(log, key, arm, log.heads[arm][1])
    flag(log, key, arm, other)
    assert replayed(log.entries, tmp_path) == [(early, "firearm_unknown")]


def test_an_event_that_another_record_rests_on_cannot_be_reversed(tmp_path: Path) -> None:
    log, key = desk()
    one, other = register(log), register(log)
    sale = log.transfer(one)
    flag(log, key, other, one)
    reverse(log, key, one, sale)
    assert replayed(log.entries, tmp_path) == [(len(log.entries) - 1, "reversal_depended_on")]


def test_a_correction_is_judged_by_what_its_target_names(tmp_path: Path) -> None:
    log, key = desk()
    arm, other, third = (register(log) for _ in range(3))
    flagged = flag(log, key, arm, other)
    for new, code in ((arm, "duplicate_of_itself"), (new_id("arm"), "correction_reference")):
        correct(log, key, arm, flagged, field="firearms.0", old=other, new=new)
        assert replayed(log.entries, tmp_path) == [(len(log.entries) - 1, code)]
        (tmp_path / "replay").unlink()
        log.entries.pop()
    correct(log, key, arm, flagged, field="firearms.0", old=other, new=third)
    assert replayed(log.entries, tmp_path) == []


def test_a_second_person_is_judged_by_the_place_of_the_event(tmp_path: Path) -> None:
    log, second = LogBuilder.founded(), FileKey.create("Ed25519")
    log.enrol(second, new_id("key"), place="XA-NW")
    for place in ("XA-NW", "XA"):
        sub = new_id("pol")
        dat = {
            "jur": place, "policy": "xa-test", "version": "1.0", "digest": "B" * 43,
            "effective_on": "2027-01-01",
        }  # fmt: skip
        given = endorse(second, log.draft("policy.adopted", sub, dat))
        log.append("policy.adopted", sub, {**dat, "endorsements": [given]})
    assert replayed(log.entries, tmp_path) == [(len(log.entries) - 1, "second_person_missing")]


def test_an_identifier_of_another_kind_is_reported(tmp_path: Path) -> None:
    log, _ = desk()
    register(log, sub=f"arm.{log.key_stream.partition('.')[2]}")
    assert replayed(log.entries, tmp_path) == [(len(log.entries) - 1, "seq_conflict")]


ACTS = (
    *("register", "claim", "claim again", "transfer", "lose", "flag", "reverse", "correct"),
    *("rename", "make part", "swap", "install", "sell part", "lose part"),
)
STEPS = st.lists(
    st.tuples(
        st.sampled_from([*ACTS]),
        st.integers(0, 3),
        st.integers(0, 3),
    ),
    max_size=14,
)


def act(log: LogBuilder, key: FileKey, arms: list[str], step: tuple[str, int, int]) -> None:
    """Append one event, whatever the rules say."""
    what, at, beside = step
    arm, other = arms[at], arms[beside]
    head = log.heads.get(arm, (0, "A" * 43))[1]
    if what == "register":
        register(log, sub=arm)
    elif what == "transfer":
        log.transfer(arm)
    elif what == "flag":
        flag(log, key, arm, other)
    elif what == "reverse":
        reverse(log, key, arm, head)
    elif what == "rename":
        correct(log, key, arm, head, field="firearms.0", old=other, new=arms[beside - 1])
    elif what == "correct":
        correct(log, key, arm, head, field="year", old=2015, new=2016)
    else:
        evt, sub, dat = plain(what, arm)
        log.append(evt, sub, dat, key=key)


def plain(what: str, arm: str) -> tuple[str, str, dict[str, Any]]:
    """Give type, stream and data of an event that needs nothing else."""
    claim = {**DESCRIPTION, **SAME}
    swap = {"part": "barrel", "reason": "worn", "component_in": BARREL}
    return {
        "claim": ("firearm.registered", arm, claim),
        "claim again": ("firearm.registered", arm, {**claim, "duplicate_reason": "other"}),
        "lose": ("firearm.lost-reported", arm, LOST),
        "make part": ("component.manufactured", BARREL, PART),
        "swap": ("firearm.component-replaced", arm, swap),
        "install": ("component.installed", BARREL, {"firearm": arm}),
        "sell part": ("component.transferred", BARREL, SALE),
        "lose part": ("component.lost-reported", BARREL, LOST),
    }[what]


@settings(max_examples=tries(60))
@given(steps=STEPS, held=st.sampled_from([1, 3, 4_096]))
def test_the_replay_judges_like_the_ledger_however_little_it_holds(
    steps: list[tuple[str, int, int]], held: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    log, key = FOUNDED
    grown = LogBuilder(
        roots=log.roots, officer=log.officer, entries=[*log.entries], heads={**log.heads}
    )
    arms = [new_id("arm") for _ in range(4)]
    for step in steps:
        act(grown, key, arms, step)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(memory, "HELD_EVENTS_MAX", held)
        found = replayed(grown.entries, tmp_path_factory.mktemp("replay"))
    assert found == expected(grown.entries)


FOUNDED = desk()


@given(damage=st.binary(max_size=600), at=st.integers(0, 900))
def test_an_entry_that_cannot_be_read_is_left_out_without_a_traceback(
    damage: bytes, at: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    entry = FOUNDED[0].entries[-1]
    with Memory(tmp_path_factory.mktemp("replay")) as remembered:
        replay = Replay(remembered)
        replay.judge(0, damage)
        replay.judge(1, entry[:at] + damage + entry[at + len(damage) :])
    assert (replay.judged, replay.left_out) == (0, 2)


def test_where_entries_could_not_be_judged_the_rules_are_not_called_ok(tmp_path: Path) -> None:
    log, _ = desk()
    register(log)
    log.entries[-1] = log.entries[-1][:-1]
    report = verified(log, tmp_path, rules=True)
    assert report.exit_code is ExitCode.VIOLATED
    assert rules(report).state == "not checked"
    assert "1 entry could not be judged" in rules(report).sentence


def test_the_command_judges_by_the_rules_when_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log, _ = desk()
    log.transfer(new_id("arm"))
    folder = str(log.export(tmp_path / "export"))
    assert main([folder, "--assume-trust"]) == 0
    assert main([folder, "--assume-trust", "--rules"]) == 1
    assert "VIOLATED: rules: Index 5" in capsys.readouterr().out
