# SPDX-License-Identifier: Apache-2.0
"""Events that were recorded late are told as notices, by the term that the log itself names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.client.attest import endorse
from api.client.keyfile import FileKey
from audit.proof.inclusion import TlogProof
from audit.proof.timestamps.bracket import Bracket, Fact, Timeline, cosigned
from audit.proof.timestamps.lateness import Remark, Stated, remarks
from audit.proof.timestamps.terms import LATE_AFTER_DAYS, Term, Terms, adopted_terms
from audit.proof.verify.beside.lateness import Extremes, LateWatch
from audit.proof.verify.book import Request
from audit.proof.verify.bundle import verify_bundle
from audit.proof.verify.command import main, render
from audit.proof.verify.evidence import write_bundle
from audit.proof.verify.findings import Finding
from audit.proof.verify.log.directory import verify_directory
from audit.proof.verify.registry import RegistryFold, may_be_policy, may_be_registry
from audit.proof.verify.report import Check, ExitCode, Report
from domain.catalogue import CATALOGUE
from domain.occurrence import parse_occurrence
from domain.registry.state import Registry
from tests.unit.audit.verify.log_builder import DESCRIPTION, NOW, LogBuilder, new_id
from tests.unit.audit.verify.test_verify_bundle import evidence
from tests.unit.audit.verify.wider.others import cosigned as signed_by_all
from tests.unit.audit.verify.wider.others import inclusion
from tests.unit.audit.verify.wider.others import policy as witnesses

DAY = 86_400
TERM = Term(30)


class Ground(LogBuilder):
    """A log with an officer who is asked first when a policy is to be adopted."""

    second: FileKey

    @classmethod
    def of_xa(cls) -> Ground:
        log = cls.founded()
        assert isinstance(log, Ground)
        log.second = FileKey.create("Ed25519")
        log.enrol(log.second, new_id("key"))
        return log

    def adopt(self, *, by_two: bool = True, **dat: Any) -> None:
        """Adopt a policy that names a term, by two persons or one."""
        stream = new_id("pol")
        members: dict[str, Any] = {"jur": "XA", "policy": "xa-terms", "version": "1"}
        members |= {"digest": "D" * 43}
        members |= {"effective_on": "2000-01-01", **dat}
        draft = self.draft("policy.adopted", stream, members)
        if by_two:
            members["endorsements"] = [endorse(self.second, draft)]
        self.append("policy.adopted", stream, members)

    def sold(self, occ: str, **changes: Any) -> str:
        """Record that a firearm was sold, by its last entry; give its stream."""
        stream = self.register()
        self.transfer(stream, occ=occ, **changes)
        return stream


@pytest.fixture
def log() -> Ground:
    return Ground.of_xa()


def late(report: Report) -> list[tuple[int | None, str]]:
    return [(each.index, each.code) for each in report.findings if each.check == "lateness"]


def check(report: Report) -> Check:
    return next(each for each in report.checks if each.name == "lateness")


def verified(log: LogBuilder, folder: Path, **options: Any) -> Report:
    export = log.export(folder / "export")
    return verify_directory(Request(path=export, trust=log.trust(), jobs=1, **options))


def test_an_event_long_after_what_it_tells_is_a_notice_and_fails_nothing(
    log: Ground, tmp_path: Path
) -> None:
    log.sold("2026-11-01")
    log.sold("2015-03-02")
    index = len(log.entries) - 1
    log.register(occ="2015-03-02")  # taken over from an older record
    log.sold("unknown")
    report = verified(log, tmp_path)
    assert report.exit_code is ExitCode.OK
    assert late(report) == [(index, "occ_late")]
    (notice,) = report.findings
    assert notice.severity == "notice"
    assert "happened 2015-03-02, and by its own date was signed only 2026-11-23" in notice.sentence
    assert f"the term is {LATE_AFTER_DAYS} days, the default" in notice.sentence
    assert notice.sentence in render(report)


def test_a_run_that_goes_on_tells_what_was_late_as_an_unbroken_one_does(
    log: Ground, tmp_path: Path
) -> None:
    def stop(phase: str, _done: int, _total: int) -> None:
        if phase == "dating":
            raise KeyboardInterrupt

    log.sold("2015-03-02")
    unbroken = verified(log, tmp_path)
    asked = Request(path=tmp_path / "export", trust=log.trust(), jobs=1, state=tmp_path / "state")
    with pytest.raises(KeyboardInterrupt):
        verify_directory(replace(asked, progress=stop))
    report = verify_directory(asked)
    assert report.progress is not None
    assert replace(report, progress=None) == unbroken
    assert late(report) == [(len(log.entries) - 1, "occ_late")]


def test_what_was_late_is_told_without_signatures_too_and_not_without_a_checkpoint(
    log: Ground, tmp_path: Path
) -> None:
    log.sold("2015-03-02")
    report = verified(log, tmp_path, signatures=False)
    assert (late(report), report.exit_code) == (
        [(len(log.entries) - 1, "occ_late")],
        ExitCode.INCOMPLETE,
    )
    (tmp_path / "export/checkpoint").unlink()
    report = verify_directory(Request(path=tmp_path / "export", trust=log.trust(), jobs=1))
    assert (late(report), check(report).state) == ([], "not checked")


def test_without_a_clock_only_the_signers_own_dates_are_compared_and_that_is_said(
    log: Ground, tmp_path: Path
) -> None:
    log.sold("2015-03-02")
    found = check(verified(log, tmp_path))
    assert (found.state, "own dates alone" in found.sentence) == ("not checked", True)
    assert "1 event recorded late" in found.sentence


def test_a_signature_that_is_dated_too_early_hides_no_lateness(log: Ground, tmp_path: Path) -> None:
    size = len(log.entries)
    before = signed_by_all(log.note(), at=NOW + 90 * DAY)
    log.sold("2026-11-22")
    last = size + 1
    export = log.export(tmp_path / "export")
    (export / "checkpoints").mkdir()
    (export / f"checkpoints/{size}.note").write_bytes(before)
    (export / "checkpoint").write_bytes(signed_by_all(log.note(), at=NOW + 91 * DAY))
    request = Request(path=export, trust=log.trust(), jobs=1, policy=witnesses(log))
    report = verify_directory(request)
    assert (late(report)[-1], check(report).state) == ((last, "occ_late"), "ok")
    assert "recorded only after 2027-02-21" in report.findings[0].sentence
    # Whoever lends the clock to the past tells of a signature from the future.
    (export / "checkpoint").write_bytes(signed_by_all(log.note(), at=NOW - DAY))
    (export / f"checkpoints/{size}.note").unlink()
    assert late(verify_directory(request))[-1] == (last, "occ_suspect")


def test_the_checkpoint_as_it_was_cosigned_last_bounds_what_came_after(
    log: Ground, tmp_path: Path
) -> None:
    size = len(log.entries)
    first, last = (signed_by_all(log.note(), at=NOW + at) for at in (0, 50 * DAY))
    log.sold("2026-11-22")
    export = log.export(tmp_path / "export")
    (export / "checkpoints").mkdir()
    (export / f"checkpoints/{size}.note").write_bytes(first)
    (export / "checkpoint").write_bytes(signed_by_all(log.note(), at=NOW + 60 * DAY))
    request = Request(path=export, trust=log.trust(), jobs=1, policy=witnesses(log))
    assert late(verify_directory(request)) == []
    path = export / f"checkpoints/{size}.last.note"
    path.write_bytes(last)
    assert late(verify_directory(request)) == [(size + 1, "occ_late")]
    path.write_bytes(log.note())
    report = verify_directory(request)
    assert [each.code for each in report.findings] == ["checkpoint_size"]
    assert report.exit_code is ExitCode.VIOLATED


@pytest.mark.parametrize(
    ("dat", "by_two", "expected"),
    [
        ({"late_after_days": 200}, True, False),
        ({"late_after_days": 200}, False, True),  # one person alone changes no policy
        ({"late_after_days": 200, "jur": "XB"}, True, True),
        ({"late_after_days": 200, "effective_on": "2026-11-20"}, True, True),
        ({"late_after_days": 10}, True, True),
        ({}, True, True),
    ],
)
def test_the_term_is_that_of_the_policy_adopted_where_and_when_it_happened(
    log: Ground, tmp_path: Path, dat: dict[str, Any], *, by_two: bool, expected: bool
) -> None:
    log.adopt(by_two=by_two, **dat)
    log.sold("2026-06-30")
    report = verified(log, tmp_path)
    assert bool(late(report)) == expected
    if dat.get("late_after_days") == 10:
        assert "the term is 10 days, by policy xa-terms, version 1" in report.findings[0].sentence


def test_of_several_terms_the_longest_counts_and_none_before_it_was_recorded(log: Ground) -> None:
    log.adopt(late_after_days=10)
    log.adopt(policy="others", late_after_days=400)
    log.sold("2026-06-30")
    terms, watch = terms_of(log), watch_of(log)
    assert terms.least == 10 * DAY
    assert list(watch.look(len(log.entries) - 1, log.entries[-1])) == []
    # Believed to count at the place of the first adoption: its own term alone.
    (found,) = watch.look(5, log.entries[-1])
    assert "the term is 10 days" in found.sentence


def test_an_event_that_names_no_place_belongs_where_its_authority_acts(log: Ground) -> None:
    log.adopt(late_after_days=400)
    log.sold("2026-06-30")
    assert list(watch_of(log).look(len(log.entries) - 1, log.entries[-1])) == []


def test_entries_that_are_none_are_passed_over(log: Ground) -> None:
    watch = watch_of(log)
    for octets in (b"", b"a.b.c", b"a." + b"e30" + b".c", log.entries[0]):
        assert list(watch.look(9, octets)) == []


SECONDS = st.integers(NOW - 400 * DAY, NOW + 400 * DAY)
OCCURRENCES = st.sampled_from(
    [*(f"{day}T10:20:30Z" for day in ("2025-03-01", "2026-11-02")), "2027-02-03", "2026", "unknown"]
).map(parse_occurrence)
STATED = st.builds(Stated, occ=OCCURRENCES, signed=SECONDS, taken_over=st.booleans())
FACTS = st.builds(
    cosigned, size=st.integers(0, 9), at=SECONDS, witness=st.sampled_from(["one", "two", "three"])
)


@given(said=st.lists(STATED, min_size=1, max_size=9), facts=st.lists(FACTS, max_size=6))
def test_what_is_passed_over_by_the_utmost_it_says_has_nothing_to_be_told_of(
    said: list[Stated], facts: list[Fact]
) -> None:
    line, extremes = Timeline(facts), Extremes()
    for each in said:
        extremes.add(each.signed, each.occ, taken_over=each.taken_over)
    watch = LateWatch(line, Terms(), Registry.empty())
    found = [
        remark
        for index, each in enumerate(said)
        for remark in remarks(each, line.bracket(index), TERM)
    ]
    assert not found or watch.may_tell(range(len(said)), extremes)


def test_a_log_of_records_taken_over_is_not_looked_at_one_by_one(
    log: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log.append("firearm.registered", new_id("arm"), DESCRIPTION, occ="1994")
    assert late(verified(log, tmp_path / "taken-over")) == []
    looked: list[int] = []

    def look(_: LateWatch, index: int, __: bytes) -> Iterator[Finding]:
        looked.append(index)
        return iter(())

    monkeypatch.setattr(LateWatch, "look", look)
    verified(log, tmp_path / "again")
    assert looked == []
    log.sold("1994")
    verified(log, tmp_path / "late")
    assert looked == list(range(len(log.entries)))


def test_a_bundle_brings_the_policies_by_which_it_is_judged(log: Ground, tmp_path: Path) -> None:
    log.adopt(late_after_days=400)
    arm = log.sold("2026-06-30")
    shown = evidence(log, arm)
    decided = {at: jws for at, jws in enumerate(log.entries) if may_be_policy(jws)}
    proofs = {
        at: TlogProof(
            index=at, path=inclusion(log, at, shown.size), checkpoint_note=shown.checkpoint
        )
        for at in decided
    }
    whole = replace(shown, entries={**shown.entries, **decided}, proofs={**shown.proofs, **proofs})
    for name, made in (("bare", shown), ("whole", whole)):
        write_bundle(tmp_path / name, made)
        report = verify_bundle(Request(path=tmp_path / name, trust=log.trust()))
        assert (report.exit_code, bool(late(report))) == (ExitCode.OK, name == "bare")


def test_a_notice_is_printed_by_the_command_which_still_ends_with_0(
    log: Ground, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log.sold("2015-03-02")
    export = log.export(tmp_path / "export")
    assert main([str(export), "--assume-trust", "--jobs", "1"]) == 0
    assert "by its own date was signed only" in capsys.readouterr().out


def terms_of(log: LogBuilder) -> Terms:
    decisions = [(at, jws) for at, jws in enumerate(log.entries) if may_be_policy(jws)]
    fold = RegistryFold(log.trust(), CATALOGUE)
    for at, jws in enumerate(log.entries):
        if may_be_registry(jws):
            fold.add(at, jws)
    return adopted_terms(decisions, registry=fold.registry, audience=log.trust().audience)


def watch_of(log: LogBuilder) -> LateWatch:
    fold = RegistryFold(log.trust(), CATALOGUE)
    for at, jws in enumerate(log.entries):
        if may_be_registry(jws):
            fold.add(at, jws)
    return LateWatch(Timeline(()), terms_of(log), fold.registry)


def bracket(low: int, high: int) -> Bracket:
    facts = [cosigned(0, at=low, witness="w"), cosigned(2, at=high, witness="w")]
    return Timeline(facts, agreeing=1).bracket(1)


@pytest.mark.parametrize(
    ("occ", "signed", "taken_over", "flags"),
    [
        ("2026-11-20", NOW, False, []),
        ("2026-10", NOW, False, []),
        ("2026-09", NOW, False, ["late"]),
        ("2026-09", NOW, True, []),
        ("unknown", NOW, False, []),
        ("2026-11-20", NOW + 2 * DAY, False, ["suspect"]),
        ("2026-11-27", NOW + 4 * DAY, True, ["suspect", "suspect"]),
        ("2026-01", NOW - 200 * DAY, False, ["late"]),
    ],
)
def test_times_are_flagged_only_where_that_is_certain(
    occ: str, signed: int, flags: list[str], *, taken_over: bool
) -> None:
    said = Stated(parse_occurrence(occ), signed, taken_over)
    found = list(remarks(said, bracket(NOW - 60, NOW + 60), TERM))
    assert [each.flag for each in found] == flags
    assert all(isinstance(each, Remark) and each.sentence.endswith(".") for each in found)
