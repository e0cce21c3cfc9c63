# SPDX-License-Identifier: Apache-2.0
"""Identifiers of an import are repeatable, well-formed and opaque without the secret."""

from __future__ import annotations

import stat
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.importing.identity import SECRET_BYTES, Identities
from api.importing.secret import import_secret, passing_secret
from domain.errors import InvalidValueError, UnreachableError, UnsafeError

ONE, OTHER = bytes(SECRET_BYTES), bytes(range(SECRET_BYTES))


def identities(secret: bytes = ONE, register: str = "r", as_of: str = "2016-04-04") -> Identities:
    return Identities(secret, register=register, as_of=as_of)


@given(st.lists(st.text(max_size=9), max_size=4), st.integers(1, 10**7), st.integers(0, 99))
def test_every_identifier_is_a_uuid_of_version_7(cells: list[str], line: int, number: int) -> None:
    ids = identities()
    row = ids.row(line, cells)
    for made in (
        ids.gun(row, number),
        ids.event(row, "firearm.registered 0 0"),
        ids.named_gun(cells),
    ):
        assert made.version == 7
        assert str(UUID(str(made))) == str(made)
        assert made.variant == "specified in RFC 4122"


def test_the_same_row_gets_the_same_identifiers_in_every_run() -> None:
    first, second = (identities().row(7, ["a", "b"]) for _ in range(2))
    assert first == second
    assert identities().event(first, "x") == identities().event(second, "x")


def test_another_line_cell_register_state_or_secret_gives_another_row() -> None:
    rows = {
        identities().row(7, ["a", "b"]),
        identities().row(8, ["a", "b"]),
        identities().row(7, ["ab", ""]),
        identities(register="s").row(7, ["a", "b"]),
        identities(as_of="2017").row(7, ["a", "b"]),
        identities(OTHER).row(7, ["a", "b"]),
        Identities(ONE, register="r", as_of="2016-04-04", part="2").row(7, ["a", "b"]),
    }
    assert len(rows) == 7


def test_a_row_that_the_register_names_is_the_same_on_another_line_and_in_another_file() -> None:
    ids = [identities(), identities(as_of="2020")]
    assert len({each.event(each.named_row(["17"]), "x") for each in ids}) == 1


def test_a_firearm_that_its_marks_name_is_the_same_in_another_file_of_the_register() -> None:
    assert identities().named_gun(["ab1", "x"]) == identities(as_of="2020").named_gun(["ab1", "x"])
    assert identities().named_gun(["ab1", "x"]) != identities(register="s").named_gun(["ab1", "x"])


def test_the_time_bits_follow_the_rows_so_that_inserts_stay_together() -> None:
    ids = identities()
    times = [ids.gun(ids.row(line, ["a"]), 0).int >> 80 for line in (2, 3, 4)]
    assert times == sorted(set(times))


def test_a_secret_of_another_length_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="32 octets"):
        identities(b"short")


def test_the_secret_is_made_once_and_read_afterwards(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "import.secret"
    assert import_secret(path, lambda _: ONE) == import_secret(path, lambda _: OTHER) == ONE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["import.secret"]


def test_a_dry_run_leaves_no_secret_behind(tmp_path: Path) -> None:
    path = tmp_path / "import.secret"
    assert passing_secret(path, lambda _: ONE) == ONE
    assert not path.exists()
    import_secret(path, lambda _: OTHER)
    assert passing_secret(path, lambda _: ONE) == OTHER


def test_a_damaged_secret_stops_the_import(tmp_path: Path) -> None:
    path = tmp_path / "import.secret"
    path.write_bytes(b"half")
    with pytest.raises(UnsafeError, match="damaged"):
        import_secret(path, lambda _: ONE)


def test_a_secret_that_cannot_be_kept_is_told(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_bytes(b"")
    with pytest.raises(UnreachableError, match="cannot be used"):
        import_secret(blocked / "import.secret", lambda _: ONE)
