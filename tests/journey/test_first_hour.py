# SPDX-License-Identifier: Apache-2.0
"""The first hour with Muniment: from an empty folder to offline verification, by commands only."""

from __future__ import annotations

import json
import shutil
from typing import Any

import pytest

from tests.journey.conftest import Shell
from tests.unit.domain.lives import DESCRIPTION

pytestmark = pytest.mark.slow

ROOTS = ("a.pem", "b.pem", "c.pem")
INIT = (
    *("init", "--ledger", "ledger.xa-test", "--authority", "auth.xa"),
    *("--name", "Registry of XA", "--jurisdiction", "XA"),
)
GUN: dict[str, Any] = {
    **DESCRIPTION,
    "source": {"register_code": "test_register", "as_of": "2018", "row": "17"},
}


@pytest.fixture(scope="module")
def founded(shell: Shell) -> Shell:
    """Make keys, found a ledger, admit the police and enrol an officer of theirs."""
    (shell.folder / "ledger").mkdir(mode=0o711)
    for name in (*ROOTS, "officer.pem"):
        assert shell("muniment", "key", "new", name).returncode == 0
    lonely = shell("muniment", *INIT, "--root", "a.pem")
    assert (lonely.returncode, lonely.stdout) == (3, "")
    roots = [word for name in ROOTS for word in ("--root", name)]
    _well(shell, *INIT, *roots)
    names = ("--name", "Police of XA", "--jurisdiction", "XA", "--key", "a.pem", "--key", "b.pem")
    _well(shell, "authority", "register", "auth.xa.police", *names)
    _enrol(shell, "officer.pem", *("LIC", "POL"))
    return shell


def _well(shell: Shell, *arguments: str, stdin: str | None = None) -> str:
    done = shell("muniment", *arguments, stdin=stdin)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _enrol(shell: Shell, key: str, *roles: str) -> None:
    given = [word for role in roles for word in ("--role", role)]
    people = ("--proposer", "a.pem", "--approver", "b.pem")
    _well(
        shell,
        *("authority", "enrol", "auth.xa.police", "--new-key", key, "--jurisdiction", "XA"),
        *(*given, *people),
    )


@pytest.fixture(scope="module")
def recorded(founded: Shell) -> dict[str, Any]:
    """Sign a registration and append it through a pipe; give its receipt."""
    event = {"evt": "firearm.registered", "occ": "2018", "dat": GUN}
    (founded.folder / "event.json").write_text(json.dumps(event), "utf-8")
    submission = _well(founded, "sign", "event.json", "--key", "officer.pem")
    receipt: dict[str, Any] = json.loads(_well(founded, "append", "-", stdin=submission))
    return receipt


@pytest.fixture(scope="module")
def exported(founded: Shell, recorded: dict[str, Any]) -> str:
    """Write the log out."""
    assert recorded["index"] > 0
    _well(founded, "trust", "write", "trust.json")
    _well(founded, "export", "public")
    return "public"


def test_the_history_is_found_by_a_misread_serial(founded: Shell, recorded: dict[str, Any]) -> None:
    told = _well(founded, "trace", "--serial", "TW9-OOOO42", "--json")
    assert recorded["eid"] in told
    assert json.loads(told)
    assert '"checkpointed"' in told


def test_a_stranger_verifies_the_export_offline(founded: Shell, exported: str) -> None:
    verified = founded("muniment-verify", exported, "--trust", "trust.json", "--json")
    report = json.loads(verified.stdout)
    assert (verified.returncode, report["result"]) == (0, "ok")
    assert report["examined"] == report["size"]


def test_a_changed_byte_in_a_copy_is_named(
    founded: Shell, recorded: dict[str, Any], exported: str
) -> None:
    copy = founded.folder / "forged"
    shutil.copytree(founded.folder / exported, copy)
    (entries,) = (path for path in (copy / "tile" / "entries").rglob("*") if path.is_file())
    octets = bytearray(entries.read_bytes())
    octets[-40] ^= 1  # in the signature of the last entry
    entries.write_bytes(octets)
    report = json.loads(founded("muniment-verify", "forged", "--assume-trust", "--json").stdout)
    assert report["result"] == "violated"
    assert report["first_failure"]["index"] == recorded["index"]


def test_the_evidence_of_one_firearm_verifies_by_itself(
    founded: Shell, recorded: dict[str, Any]
) -> None:
    assert recorded["repeated"] is False
    _well(founded, "trace", "--serial", "TW9-000042", "--bundle", "evidence.zip")
    assert founded("muniment-verify", "evidence.zip").returncode == 3
    assert founded("muniment-verify", "evidence.zip", "--assume-trust").returncode == 0


def test_root_keys_sign_the_trust_file_and_exports_carry_it(founded: Shell, exported: str) -> None:
    _well(founded, "trust", "write", "signed.json")
    for name in ("a.pem", "b.pem"):
        _well(founded, "trust", "sign", "signed.json", "--key", name)
    _well(founded, "trust", "keep", "signed.json")
    _well(founded, "export", exported)
    carried = founded.folder / exported / "trust.json"
    assert carried.read_bytes() == (founded.folder / "signed.json").read_bytes()
    _well(founded, "trust", "check", f"{exported}/trust.json", "--known", "trust.json")
    told = json.loads(
        founded("muniment-verify", exported, "--trust", "signed.json", "--json").stdout
    )
    assert told["result"] == "ok"
    assert "2 of its 3 root keys signed" in told["checks"][0]["sentence"]


def test_status_tells_what_was_recorded(founded: Shell, recorded: dict[str, Any]) -> None:
    status = json.loads(_well(founded, "status", "--json"))
    assert status["size"] > recorded["index"]
    assert status["keys"] == {"valid": 4}
    assert status["database"]["embedded"] is True


def test_without_a_ledger_the_first_command_is_named(shell: Shell) -> None:
    done = shell("muniment", "status", MUNIMENT_HOME=str(shell.folder / "nowhere"))
    assert (done.returncode, done.stdout) == (2, "")
    assert "`muniment init`" in done.stderr
    assert not (shell.folder / "nowhere").exists()


def test_a_wrong_passphrase_signs_nothing(founded: Shell, recorded: dict[str, Any]) -> None:
    command = ("muniment", "sign", "event.json", "--key", "officer.pem")
    done = founded(*command, MUNIMENT_PASSPHRASE="wrong")  # noqa: S106 - the point of it
    assert (done.returncode, done.stdout) == (2, "")
    assert "passphrase_wrong" in done.stderr
    assert recorded["eid"] not in done.stderr


def test_a_refused_event_is_code_3_with_its_rule(founded: Shell) -> None:
    seizure = {"evt": "firearm.seized", "dat": {"ground": "other", "proceeding": "unknown"}}
    (founded.folder / "seizure.json").write_text(json.dumps(seizure), "utf-8")
    submission = _well(founded, "sign", "seizure.json", "--key", "officer.pem")
    done = founded("muniment", "append", "-", stdin=submission)
    assert done.returncode == 3
    assert json.loads(done.stdout)["error"] == "origin_missing"


def test_a_database_that_cannot_be_reached_is_code_4(founded: Shell) -> None:
    url = "postgresql://nobody@127.0.0.1:1/absent"
    done = founded("muniment", "status", MUNIMENT_DATABASE_URL=url)
    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr.startswith("unreachable:")


def test_an_unknown_option_is_code_2(founded: Shell) -> None:
    done = founded("muniment", "trace", "--colour", "blue")
    assert (done.returncode, done.stdout) == (2, "")


def test_nothing_is_coloured_off_a_terminal(founded: Shell) -> None:
    done = founded("muniment", "authority", "list", FORCE_COLOR="", TERM="xterm-256color")
    assert "\x1b" not in done.stdout + done.stderr
