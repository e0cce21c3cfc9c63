# SPDX-License-Identifier: Apache-2.0
"""What `sign` and `append` read: one event, many events, submissions a line, and bad input."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from api.cli import writing
from api.cli.signing.files import read_acts
from audit.proof.limits import BODY_OCTETS_MAX
from domain.errors import UsageError

EVENT = {"evt": "firearm.found", "dat": {"station": "STATION 7"}}


def _file(folder: Path, text: str) -> Path:
    file = folder / "events.json"
    file.write_text(text, "utf-8")
    return file


def test_one_event_may_be_laid_out_over_many_lines(tmp_path: Path) -> None:
    (act,) = read_acts(_file(tmp_path, json.dumps(EVENT, indent=2)))
    assert (act.evt, act.sub, act.occ) == ("firearm.found", None, None)


def test_many_events_stand_one_a_line(tmp_path: Path) -> None:
    text = "\n".join(json.dumps({**EVENT, "occ": year}) for year in ("2018", "2019"))
    assert [act.occ for act in read_acts(_file(tmp_path, f"{text}\n\n"))] == ["2018", "2019"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "it is empty"),
        ("\n\n", "it is empty"),
        ("{", "Expecting"),
        ("[]", "a member has another form"),
        ('"text"', "a member has another form"),
        ('{"dat": {}}', "the member 'evt' is missing"),
        ('{"evt": "firearm.found"}', "the member 'dat' is missing"),
        ('{"evt": "firearm.found", "dat": 7}', "a member has another form"),
        ('{"evt": "firearm.found", "dat": {}, "sub": "gun 7"}', "a member has another form"),
    ],
)
def test_a_file_that_holds_no_event_is_refused_with_the_reason(
    tmp_path: Path, text: str, reason: str
) -> None:
    with pytest.raises(UsageError, match=reason) as caught:
        read_acts(_file(tmp_path, text))
    assert "muniment events" in caught.value.next_step


def test_bytes_that_are_not_utf_8_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "events.json"
    file.write_bytes(b'{"evt": "\xff"}')
    with pytest.raises(UsageError, match="not UTF-8"):
        read_acts(file)


def test_a_file_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No such file"):
        read_acts(tmp_path / "absent.json")


def test_submissions_keep_the_line_numbers_of_their_file() -> None:
    source = io.BytesIO(b"\n one~ \r\n\n\ntwo~")
    assert list(writing._lines(source)) == [(2, b"one~"), (5, b"two~")]


def test_a_line_without_end_is_cut_and_the_next_one_is_read() -> None:
    source = io.BytesIO(b"a" * (3 * BODY_OCTETS_MAX) + b"\nnext~\n")
    (_, long), (number, following) = writing._lines(source)
    assert len(long) > BODY_OCTETS_MAX
    assert (number, following) == (2, b"next~")
