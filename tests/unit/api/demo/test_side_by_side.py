# SPDX-License-Identifier: Apache-2.0
"""Two demonstrations at once have a port and a folder each, and neither takes the other's."""

from __future__ import annotations

import socket
from contextlib import ExitStack
from pathlib import Path

import pytest

from api.demo import listening as ports
from api.demo.folder import MARKER, DemoFolder, free_folder
from api.demo.listening import HOST, listening, port_of
from domain.errors import UsageError


@pytest.fixture
def usual(monkeypatch: pytest.MonkeyPatch) -> int:
    """Let the usual port be one that is free on this machine."""
    with socket.socket() as tried:
        tried.bind((HOST, 0))
        port: int = tried.getsockname()[1]
    monkeypatch.setattr(ports, "PORT", port)
    return port


def test_the_second_takes_the_next_free_port_and_each_answers_its_own_callers(usual: int) -> None:
    with listening() as first, listening() as second:
        assert port_of(first) == usual
        assert usual < port_of(second) <= usual + ports.PORTS_TRIED
        for own, other in ((first, second), (second, first)):
            with socket.create_connection((HOST, port_of(own))) as caller:
                answering, address = own.accept()
                answering.close()
                assert address == caller.getsockname()
            other.settimeout(0)
            with pytest.raises(BlockingIOError):
                other.accept()
            other.settimeout(None)


def test_a_port_is_kept_from_the_moment_it_was_taken(usual: int) -> None:
    with listening() as first, socket.socket() as stranger:
        stranger.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with pytest.raises(OSError, match="in use"):
            stranger.bind((HOST, port_of(first)))
    assert usual


def test_any_port_will_do_where_the_usual_ones_are_taken(
    usual: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ports, "PORTS_TRIED", 1)
    with listening() as first, listening() as second:
        assert port_of(first) == usual
        assert port_of(second) not in (0, usual)


def test_the_second_gets_a_folder_beside_the_first_which_is_left_alone(tmp_path: Path) -> None:
    with ExitStack() as stack:
        first = stack.enter_context(free_folder(tmp_path / "demo", named=False))
        first.make_room()
        first.make("test-passphrase")
        second = stack.enter_context(free_folder(tmp_path / "demo", named=False))
        assert second.path == tmp_path / "demo-2"
        second.make_room()
        assert (first.path / MARKER).exists()
    with free_folder(tmp_path / "demo", named=False) as third:
        assert third.path == first.path


def test_a_named_folder_in_which_one_runs_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    with (
        free_folder(folder, named=True),
        pytest.raises(UsageError, match="is running"),
        free_folder(folder, named=True),
    ):
        pass


def test_a_file_in_the_place_of_the_folder_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "demo").write_text("mine", "utf-8")
    with (
        pytest.raises(UsageError) as found,
        free_folder(tmp_path / "demo", named=False) as folder,
    ):
        assert isinstance(folder, DemoFolder)
    assert found.value.slug == "demo_folder_taken"
    assert (tmp_path / "demo").read_text("utf-8") == "mine"
