# SPDX-License-Identifier: Apache-2.0
"""A verification that is broken off anywhere and goes on says what an unbroken one says."""

from __future__ import annotations

import json
import shutil
import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.proof.tiles import bundle_path
from audit.proof.verify.book import Request
from audit.proof.verify.command import main, verify
from audit.proof.verify.evidence import pack_log, write_bundle
from audit.proof.verify.replay import passage
from audit.proof.verify.report import Check, ExitCode, Report
from audit.proof.verify.resuming import progress
from audit.proof.verify.resuming.folder import PROGRESS_FILE
from audit.proof.verify.trust import LogKey
from domain.errors import UnreachableError, UsageError
from tests.unit.audit.verify.log_builder import LogBuilder, small_log
from tests.unit.audit.verify.test_verify_bundle import EVIDENCE
from tests.unit.audit.verify.wider.others import policy
from tests.unit.tries import tries

LOG = small_log(260)
"""Three bundles of entries, so three ranges."""

NOW = 1_795_420_800
BROKEN = (300, 500)


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return LOG.export(tmp_path_factory.mktemp("export"))


@pytest.fixture(scope="module")
def wrong(tmp_path_factory: pytest.TempPathFactory) -> tuple[LogBuilder, Path]:
    """Give a log with entries that nobody signed, in the tree all the same."""
    entries = list(LOG.entries)
    for at in BROKEN:
        entries[at] = entries[at][:-4] + (b"AAAA" if entries[at][-4:] != b"AAAA" else b"BBBB")
    log = replace(LOG, entries=entries)
    return log, log.export(tmp_path_factory.mktemp("wrong"))


UNBROKEN: dict[bool, tuple[Report, int]] = {}
"""What a run with and without rules says, and at how many moments it says how far it is."""


class Stopped:
    """Breaks a run off at one of the moments at which it says how far it is."""

    def __init__(self, at: int) -> None:
        self.left = at

    def __call__(self, _phase: str, _done: int, _total: int) -> None:
        self.left -= 1
        if self.left < 0:
            raise KeyboardInterrupt


def request(path: Path, **more: Any) -> Request:
    return Request(path=path, **{"trust": LOG.trust(), "jobs": 1, "now": NOW, **more})


def broken_off(given: Request, at: int) -> bool:
    """Run until the given moment; tell whether the run came to its end before."""
    try:
        verify(replace(given, progress=Stopped(at)))
    except KeyboardInterrupt:
        return False
    return True


def kept(path: Path, folder: Path, **more: Any) -> Request:
    """Break a run off when all entries are judged, its progress kept; give what it was asked."""
    given = request(path, state=folder / "state", **more)
    last = ("judging", 512) if given.rules else ("verifying", len(LOG.entries))

    def stop(phase: str, done: int, _total: int) -> None:
        if (phase, done) == last:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        verify(replace(given, progress=stop))
    return given


def plain(report: Report) -> Report:
    return replace(report, progress=None)


def check(report: Report, name: str) -> Check:
    return next(each for each in report.checks if each.name == name)


def moments(given: Request) -> int:
    """Count the moments at which a run says how far it is."""
    counted = [0]

    def count(*_: object) -> None:
        counted[0] += 1

    verify(replace(given, progress=count, state=None))
    return counted[0]


@pytest.mark.slow
@settings(
    max_examples=tries(8),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_a_run_broken_off_anywhere_and_often_says_what_an_unbroken_one_says(
    wrong: tuple[LogBuilder, Path], tmp_path: Path, data: st.DataObject
) -> None:
    log, path = wrong
    rules = data.draw(st.booleans())
    given = request(path, trust=log.trust(), rules=rules, saved=log.note(400))
    if rules not in UNBROKEN:
        UNBROKEN[rules] = verify(given), moments(given)
    unbroken, last = UNBROKEN[rules]
    state = tmp_path / "state"
    for at in data.draw(st.lists(st.integers(0, last), max_size=3)):
        if broken_off(replace(given, state=state), at):
            break
    report = verify(replace(given, state=state))
    assert plain(report) == unbroken
    assert [each.index for each in report.findings if each.check == "signature"] == list(BROKEN)
    assert not state.exists()


def test_what_was_judged_before_is_told_with_what_was_read_again(
    pristine: Path, tmp_path: Path
) -> None:
    given = request(pristine, state=tmp_path / "state")
    assert not broken_off(given, 4)
    report = verify(replace(given, now=NOW + 3_600))
    assert report.exit_code is ExitCode.OK
    told = report.to_json()["progress"]
    assert isinstance(told, dict)
    assert told["judged_before"] == 512
    assert told["began"] == "2026-11-23 08:00:00+00:00"
    assert "All entries were read and hashed in this run" in told["sentence"]


def test_a_run_that_was_never_broken_off_says_nothing_of_progress(
    pristine: Path, tmp_path: Path
) -> None:
    given = request(pristine)
    assert verify(replace(given, state=tmp_path / "state")) == verify(given)
    assert "progress" not in verify(given).to_json()


def test_no_signature_is_verified_twice(
    pristine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = kept(pristine, tmp_path)

    def refuse(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr("audit.proof.verify.log.shortcut.Claim.holds", refuse)
    report = verify(given)
    assert report.exit_code is ExitCode.OK
    assert report.progress is not None
    assert report.progress["judged_before"] == len(LOG.entries)


def flip(path: Path, index: int) -> None:
    """Change an octet of an entry's signature, as somebody with write access would."""
    bundle = path / bundle_path(index // 256, width=min(256, len(LOG.entries) - index // 256 * 256))
    octets = bundle.read_bytes()
    at = octets.index(LOG.entries[index]) + len(LOG.entries[index]) - 20
    bundle.write_bytes(
        octets[:at] + (b"A" if octets[at : at + 1] != b"A" else b"B") + octets[at + 1 :]
    )


@pytest.mark.parametrize("index", [100, 400, 522])
def test_an_octet_that_changed_after_it_was_verified_is_found(
    pristine: Path, tmp_path: Path, index: int
) -> None:
    export = Path(shutil.copytree(pristine, tmp_path / "export"))
    given = kept(export, tmp_path)
    flip(export, index)
    report = verify(given)
    assert report.exit_code is ExitCode.VIOLATED
    assert plain(report) == verify(replace(given, state=None))
    assert report.progress is not None
    assert "had changed since" in str(report.progress["sentence"])


def test_a_tile_that_changed_after_it_was_compared_is_found(pristine: Path, tmp_path: Path) -> None:
    export = Path(shutil.copytree(pristine, tmp_path / "export"))
    given = kept(export, tmp_path)
    tile = export / "tile/0/000"
    tile.write_bytes(bytes(32) + tile.read_bytes()[32:])
    assert check(verify(given), "tiles").state == "failed"


def test_a_changed_entry_of_the_registry_makes_everything_be_judged_anew(
    pristine: Path, tmp_path: Path
) -> None:
    export = Path(shutil.copytree(pristine, tmp_path / "export"))
    given = kept(export, tmp_path)
    flip(export, 1)
    report = verify(given)
    assert plain(report) == verify(replace(given, state=None))
    assert report.progress is not None
    assert report.progress["judged_before"] == 0


def key_from(size: int) -> LogKey:
    return LOG.trust().log_keys[0].model_copy(update={"from_size": size})


OTHERS: dict[str, dict[str, Any]] = {
    "the trust file": {"trust": LOG.trust(log_keys=(key_from(1),))},
    "the policy": {"policy": policy(LOG)},
    "what is left out": {"signatures": False},
}


@pytest.mark.parametrize("name", OTHERS)
def test_progress_of_something_else_counts_for_nothing_and_that_is_said(
    pristine: Path, tmp_path: Path, name: str
) -> None:
    report = verify(replace(kept(pristine, tmp_path), **OTHERS[name]))
    assert report.progress is not None
    assert report.progress["judged_before"] == 0
    assert report.progress["sentence"] == (
        f"Since an earlier run {name} changed, so this one began anew."
    )


def test_progress_over_another_log_counts_for_nothing(pristine: Path, tmp_path: Path) -> None:
    given = kept(pristine, tmp_path)
    shorter = LOG.export(tmp_path / "shorter", entries=LOG.entries[:400])
    (shorter / "checkpoint").write_bytes(LOG.note(400))
    report = verify(replace(given, path=shorter))
    assert report.exit_code is ExitCode.OK
    assert report.progress is not None
    assert "the checkpoint of the log changed" in str(report.progress["sentence"])


def test_progress_of_another_program_counts_for_nothing(
    pristine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = kept(pristine, tmp_path)
    monkeypatch.setattr(progress, "_program", lambda: "another")
    report = verify(given)
    assert report.progress is not None
    assert "this program changed" in str(report.progress["sentence"])


def test_another_number_of_processes_changes_nothing(pristine: Path, tmp_path: Path) -> None:
    report = verify(replace(kept(pristine, tmp_path), jobs=3))
    assert report.progress is not None
    assert report.progress["judged_before"] == len(LOG.entries)


def test_a_damaged_row_is_judged_anew(pristine: Path, tmp_path: Path) -> None:
    given = kept(pristine, tmp_path)
    with sqlite3.connect(tmp_path / "state" / PROGRESS_FILE) as file:
        file.execute("update judged set found = '[[], []] ' where first = 1")
    file.close()
    report = verify(given)
    assert report.exit_code is ExitCode.OK
    assert report.progress is not None
    assert report.progress["judged_before"] == len(LOG.entries) - 256


def test_a_damaged_file_is_begun_anew(pristine: Path, tmp_path: Path) -> None:
    given = kept(pristine, tmp_path)
    for path in (tmp_path / "state").iterdir():
        path.write_bytes(b"damaged" * 1_000)
    report = verify(given)
    assert report.exit_code is ExitCode.OK
    assert report.progress is not None
    assert "is damaged, so this one began anew" in str(report.progress["sentence"])


def test_a_replay_that_was_damaged_is_told_with_what_to_do(pristine: Path, tmp_path: Path) -> None:
    given = kept(pristine, tmp_path, rules=True)
    for path in (tmp_path / "state").glob("replay*"):
        path.write_bytes(b"damaged" * 1_000)
    with pytest.raises(UnreachableError, match="with another folder for --state"):
        verify(given)


def test_the_rules_go_on_from_their_last_mark(
    pristine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passage, "MARK_EVERY_ENTRIES", 300)
    given = kept(pristine, tmp_path, rules=True)
    report = verify(given)
    assert plain(report) == verify(replace(given, state=None))
    assert report.progress is not None
    assert report.progress["replayed_before"] == 300
    assert "the rules over 300 entries" in str(report.progress["sentence"])


def test_the_rules_begin_anew_over_entries_that_changed(
    pristine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passage, "MARK_EVERY_ENTRIES", 300)
    export = Path(shutil.copytree(pristine, tmp_path / "export"))
    given = kept(export, tmp_path, rules=True)
    flip(export, 100)
    report = verify(given)
    assert plain(report) == verify(replace(given, state=None))
    assert report.progress is not None
    assert report.progress["replayed_before"] == 0


def test_a_whole_log_in_one_file_goes_on_too(pristine: Path, tmp_path: Path) -> None:
    export = Path(shutil.copytree(pristine, tmp_path / "export"))
    pack_log(tmp_path / "log.zip", export)
    given = kept(tmp_path / "log.zip", tmp_path)
    report = verify(given)
    assert report.progress is not None
    assert report.progress["judged_before"] == len(LOG.entries)


def test_where_progress_may_not_be_kept(pristine: Path, tmp_path: Path) -> None:
    open_to_all = tmp_path / "open"
    open_to_all.mkdir()
    open_to_all.chmod(0o777)
    full = tmp_path / "full"
    full.mkdir()
    (full / "letter.txt").write_text("keep me")
    for state, reason in (
        (pristine / "state", "lies in the evidence"),
        (pristine, "lies in the evidence"),
        (open_to_all, "others can write there"),
        (full, "holds something else"),
    ):
        with pytest.raises(UsageError, match=reason):
            verify(request(pristine, state=state))
    assert (full / "letter.txt").exists()
    with pytest.raises(UnreachableError, match="cannot be kept"):
        verify(request(pristine, state=full / "letter.txt" / "state"))


def test_two_runs_do_not_share_their_progress(pristine: Path, tmp_path: Path) -> None:
    given = request(pristine, state=tmp_path / "state")

    def meanwhile(*_: object) -> None:
        with pytest.raises(UsageError, match="Another run is using"):
            verify(given)

    assert verify(replace(given, progress=meanwhile)).exit_code is ExitCode.OK


def test_progress_over_evidence_about_one_firearm_is_refused(tmp_path: Path) -> None:
    write_bundle(tmp_path / "b.zip", EVIDENCE)
    with pytest.raises(UsageError, match="no progress over it is kept"):
        verify(request(tmp_path / "b.zip", state=tmp_path / "state"))
    assert not (tmp_path / "state").exists()


def test_the_command_goes_on_and_says_so(
    pristine: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "trust.json").write_bytes(LOG.trust().encode())
    words = [str(pristine), "--trust", str(tmp_path / "trust.json"), "--jobs", "1"]
    state = ["--state", str(tmp_path / "state")]
    kept(pristine, tmp_path)
    assert main([*words, *state]) == 0
    went_on = capsys.readouterr().out.splitlines()
    assert went_on[1].startswith("From an earlier run, begun 2026-11-23 08:00:00+00:00")
    assert main(words) == 0
    assert went_on[:1] + went_on[2:] == capsys.readouterr().out.splitlines()
    assert main([*words, *state, "--json"]) == 0
    assert "progress" not in json.loads(capsys.readouterr().out)
