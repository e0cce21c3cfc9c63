# SPDX-License-Identifier: Apache-2.0
"""The command: what it prints where, and the exit code of each outcome."""

import json
from io import StringIO
from pathlib import Path

import pytest

from audit.proof.tiles import bundle_path
from audit.proof.verify.command import main
from audit.proof.verify.progress import TerminalProgress, progress_line
from audit.proof.verify.trust import TRUST_OCTETS_MAX, Trust
from domain.errors import UsageError
from tests.unit.audit.verify.log_builder import small_log

LOG = small_log(3)


@pytest.fixture
def export(tmp_path: Path) -> Path:
    return LOG.export(tmp_path / "export")


@pytest.fixture
def trust(tmp_path: Path) -> str:
    (tmp_path / "mine.json").write_bytes(LOG.trust().encode())
    return str(tmp_path / "mine.json")


def test_ok_is_0_and_the_report_is_on_stdout(
    export: Path, trust: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(export), "--trust", trust]) == 0
    out, err = capsys.readouterr()
    assert out.splitlines()[-1].startswith("OK: 9 entries verified")
    assert "  ok           signature" in out
    assert err == ""


def test_assumed_keys_are_printed_to_be_compared(
    export: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(export), "--assume-trust"]) == 0
    out = capsys.readouterr().out
    assert "  assumed      trust" in out
    assert LOG.roots[1].kid in out
    assert out.splitlines()[-1].startswith("OK under ASSUMED KEYS, see trust: 9 entries")


def test_without_a_trust_file_the_result_is_incomplete_and_says_what_to_do(
    export: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(export)]) == 3
    out = capsys.readouterr().out
    assert LOG.roots[1].kid in out
    last = out.splitlines()[-1]
    assert last.startswith("INCOMPLETE: trust: Nobody said whose keys these are")
    assert "--trust FILE" in last
    assert "--assume-trust" in last


def test_keys_are_either_given_or_assumed(export: Path, trust: str) -> None:
    with pytest.raises(SystemExit, match="2"):
        main([str(export), "--trust", trust, "--assume-trust"])


def test_violated_is_1_and_the_last_line_names_the_first_failure(
    export: Path, trust: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = export / bundle_path(0, width=len(LOG.entries))
    octets = path.read_bytes()
    at = octets.index(LOG.entries[5])
    path.write_bytes(octets[: at + 200] + b"!" + octets[at + 201 :])
    assert main([str(export), "--trust", trust]) == 1
    assert capsys.readouterr().out.splitlines()[-1].startswith("VIOLATED: envelope: Index 5:")


def test_incomplete_is_3(export: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (export / "checkpoint").unlink()
    assert main([str(export), "--json"]) == 3
    report = json.loads(capsys.readouterr().out)
    assert (report["result"], report["exit_code"]) == ("incomplete", 3)


def test_a_path_that_does_not_exist_is_unusable(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path / "nowhere"), "--json"]) == 2
    out, err = capsys.readouterr()
    assert json.loads(out)["code"] == "unreadable"
    assert err.endswith("Name an export's directory or a bundle.\n")


def test_a_folder_without_trust_is_unusable(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path)]) == 2
    assert "--trust FILE" in capsys.readouterr().err


def test_a_file_that_is_no_bundle_is_unusable(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "letter.txt").write_text("Dear auditor,")
    assert main([str(tmp_path / "letter.txt")]) == 2
    assert "not a bundle" in capsys.readouterr().err


def test_a_saved_checkpoint_is_compared(
    export: Path, trust: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "old").write_bytes(LOG.note(5))
    assert main([str(export), "--trust", trust, "--checkpoint", str(tmp_path / "old")]) == 0
    assert "first 5 of this log" in capsys.readouterr().out


def test_a_saved_checkpoint_that_is_not_there_is_unusable(export: Path, tmp_path: Path) -> None:
    assert main([str(export), "--checkpoint", str(tmp_path / "lost")]) == 2


@pytest.mark.parametrize("jobs", ["0", "-1", "many", "²"])
def test_a_wrong_number_of_processes_is_a_usage_error(export: Path, jobs: str) -> None:
    with pytest.raises(SystemExit, match="2"):
        main([str(export), "--jobs", jobs])


def test_stopping_concludes_nothing(
    export: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_request: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("audit.proof.verify.command.verify", interrupted)
    assert main([str(export)]) == 3
    assert "nothing can be concluded" in capsys.readouterr().err


def test_progress_says_share_rate_and_time_left() -> None:
    line = progress_line("verifying", 2_000, 10_000, seconds=4)
    assert line == "verifying 2,000 of 10,000 (20 %), 500/s, 0:16 left"
    assert progress_line("reading", 0, 0, seconds=0) == "reading 0 of 0 (0 %)"


def test_progress_is_redrawn_now_and_then_and_cleared() -> None:
    stream, now = StringIO(), iter([0.0, 0.1, 1.0])
    progress = TerminalProgress(stream, lambda: next(now))
    for done in (1, 2, 3):
        progress("reading", done, 10)
    progress.clear()
    drawn = stream.getvalue().split("\r\x1b[K")
    assert [line[:9] for line in drawn] == ["", "reading 1", "reading 3", ""]


def test_a_trust_file_reads_back_as_it_was_written() -> None:
    assert Trust.parse(LOG.trust().encode()) == LOG.trust()
    assert LOG.trust().policy().endswith(b"\nquorum none\n")


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"[]",
        b"\xff",
        b"{" * 100,
        b" " * (TRUST_OCTETS_MAX + 1),
        LOG.trust().encode().replace(b"threshold", b"treshold"),
        LOG.trust().encode().replace(b'"threshold": 2', b'"threshold": "2"'),
        LOG.trust().encode().replace(b"/log+", b"/log+0"),
    ],
)
def test_a_malformed_trust_file_is_refused_with_what_to_do(octets: bytes) -> None:
    with pytest.raises(UsageError, match=r"not a trust file: .* --trust"):
        Trust.parse(octets)
