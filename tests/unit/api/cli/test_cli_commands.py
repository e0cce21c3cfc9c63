# SPDX-License-Identifier: Apache-2.0
"""Every command loads, explains itself with an example, and fails with words, not traces."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import MappingProxyType

import pytest
import typer
from typer.main import get_command

import api.cli.main
from api.cli.main import COMMANDS, Command, laid_out, load
from domain.errors import UnreachableError
from tests.unit.api.cli.terminal import muniment

HEAVY = ("psycopg", "pydantic", "eventsourcing", "cryptography", "openpyxl", "rich")
GROUPS = ("key", "authority", "witness", "timestamp", "heads", "disputes", "receipt", "log-key")


def test_help_loads_none_of_the_libraries_that_take_their_time() -> None:
    program = (
        "import sys\nfrom api.cli.main import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit: pass\n"
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("name", COMMANDS)
def test_help_shows_every_command_with_its_whole_summary(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = muniment(capsys, "--help")
    assert f"  {name} " in answer.data
    assert COMMANDS[name].summary in answer.data


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_a_command_begins_with_an_example_of_it(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = muniment(capsys, name, "--help")
    assert answer.code == 0
    assert f"  Example:\n    muniment {name}" in answer.data
    assert answer.data.index("Example:") < answer.data.index("Options:")


@pytest.mark.parametrize("group", GROUPS)
def test_the_help_of_a_subcommand_begins_with_an_example_of_it(
    group: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for each in load(COMMANDS[group]).registered_commands:
        assert each.callback is not None
        name = each.name or each.callback.__name__
        answer = muniment(capsys, group, name, "--help")
        assert f"  Example:\n    muniment {group} {name}" in answer.data


@pytest.mark.parametrize("group", GROUPS)
def test_no_summary_of_a_subcommand_is_cut_short(
    group: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "..." not in muniment(capsys, group, "--help").data.partition("Commands:")[2]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_says_what_it_is_for(name: str) -> None:
    group = get_command(load(COMMANDS[name]))
    for command in (group, *getattr(group, "commands", {}).values()):
        silent = [each.name for each in command.params if not getattr(each, "help", None)]
        assert silent == []


def test_an_unknown_option_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    answer = muniment(capsys, "status", "--nonsense")
    assert (answer.code, answer.data) == (2, "")
    assert "Try 'muniment status --help'" in answer.words


def test_a_mistyped_command_is_told_which_one_was_meant(
    capsys: pytest.CaptureFixture[str],
) -> None:
    answer = muniment(capsys, "tarce")
    assert answer.code == 2
    assert "Did you mean 'trace'?" in answer.words


@pytest.mark.parametrize("command", ["status", "rebuild"])
def test_without_a_ledger_a_command_says_how_to_make_one(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = muniment(capsys, "--home", str(tmp_path), command)
    assert (answer.code, answer.data) == (2, "")
    assert "Make one with `muniment init`" in answer.words


def test_an_option_named_after_its_purpose_is_offered_to_the_shell(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("_MUNIMENT_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", "muniment trace --se")
    monkeypatch.setenv("COMP_CWORD", "2")
    assert muniment(capsys).data.strip() == "--serial"


def fail() -> None:
    """Fail in a way that nobody foresaw."""
    raise ZeroDivisionError("a secret value")


def stop() -> None:
    """Be interrupted."""
    raise KeyboardInterrupt


def lose() -> None:
    """Raise an error of ours outside of everything that tells it."""
    raise UnreachableError("The database is away.")


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put commands in place that fail."""
    commands = {name: Command(__name__, name, name) for name in ("fail", "stop", "lose")}
    monkeypatch.setattr(api.cli.main, "COMMANDS", MappingProxyType({**COMMANDS, **commands}))
    for name in commands:
        monkeypatch.setitem(sys.modules, __name__, sys.modules[__name__])
        api.cli.main.app.command(name)(lambda: None)


@pytest.mark.usefixtures("broken")
def test_an_unforeseen_failure_is_one_sentence_and_code_5(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("MUNIMENT_DEBUG", raising=False)
    answer = muniment(capsys, "fail")
    assert (answer.code, answer.data, answer.words.count("\n")) == (5, "", 1)
    assert "MUNIMENT_DEBUG=1" in answer.words
    assert "a secret value" not in answer.words


@pytest.mark.usefixtures("broken")
def test_who_mends_the_program_is_shown_the_trace(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MUNIMENT_DEBUG", "1")
    answer = muniment(capsys, "fail")
    assert answer.code == 5
    assert "ZeroDivisionError: a secret value" in answer.words


@pytest.mark.usefixtures("broken")
def test_an_interrupt_ends_with_a_sentence_and_code_130(
    capsys: pytest.CaptureFixture[str],
) -> None:
    answer = muniment(capsys, "stop")
    assert (answer.code, answer.data) == (130, "")
    assert answer.words.strip().startswith("Stopped.")


@pytest.mark.usefixtures("broken")
def test_an_error_of_ours_is_told_wherever_it_comes_from(
    capsys: pytest.CaptureFixture[str],
) -> None:
    answer = muniment(capsys, "lose")
    assert answer.code == 4
    assert answer.words.startswith("unreachable: The database is away. Check")


def test_an_example_of_several_lines_can_be_copied_into_a_shell() -> None:
    docstring = "Do it.\n\n    More words.\n\n    Example: muniment do this\n    --and that\n    "
    assert laid_out(docstring) == (
        "Do it.\n\n\b\nExample:\n  muniment do this \\\n      --and that\n\nMore words."
    )


def test_the_main_command_keeps_its_errors_to_itself() -> None:
    assert isinstance(api.cli.main.app, typer.Typer)
    assert api.cli.main.app.pretty_exceptions_enable is False


@pytest.mark.parametrize(
    "words",
    [
        "authority approve",
        "authority suspend",
        "authority reinstate",
        "authority revoke --reason lost",
        "authority grant --role LIC --jurisdiction XA",
        "authority withdraw --role LIC",
    ],
)
def test_a_thumbprint_that_begins_with_a_hyphen_is_no_option(
    words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    group, name, *options = words.split()
    missing = str(tmp_path / "no.pem")
    answer = muniment(capsys, group, name, f"-{'cMax' * 10}AA", *options, "--key", missing)
    assert answer.code == 2
    assert missing in answer.words
