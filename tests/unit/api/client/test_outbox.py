# SPDX-License-Identifier: Apache-2.0
"""An outbox keeps order, survives a kill at any instant, and holds nothing in plain."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.client.keyfile import FileKey
from api.client.outbox import NEW, Entry, Head, Outbox
from api.client.signer import Draft, Submission, sign
from domain.catalogue import CATALOGUE
from domain.errors import InvalidValueError, ProofError, RefusedError, UsageError
from tests.unit.domain.lives import DATA
from tests.unit.tries import tries

KEY = FileKey.create("ES256")
MARKER = "Zxqv-Marker-Person"
STREAMS = [f"arm.01a2076b-4018-7111-8222-33333333333{n}" for n in range(3)]


def signed(stream: str, at: Head) -> Submission:
    draft = Draft(
        evt="firearm.transferred",
        iss="dealer.xa",
        aud="ledger.xa-test",
        sub=stream,
        seq=at.seq + 1,
        prev=at.eid,
        jti="01a2076b-4400-7abc-8def-0123456789ab",
        iat=1_795_420_800,
        occ="2026-11-23",
        dat=DATA["firearm.transferred"],
    )
    return sign(draft, {"holder_name": MARKER}, KEY, catalogue=CATALOGUE)


def keep(outbox: Outbox, stream: str) -> Entry:
    entry = outbox.chain(stream, partial(signed, stream))
    assert entry is not None
    return entry


@pytest.fixture(name="outbox")
def outbox_fixture(tmp_path: Path) -> Iterator[Outbox]:
    with Outbox.open(tmp_path / "outbox", KEY) as outbox:
        for stream in STREAMS:
            outbox.know(stream, NEW)
        yield outbox


def test_events_of_a_stream_are_chained_while_nobody_hears_of_them(outbox: Outbox) -> None:
    first, other, second = (keep(outbox, STREAMS[n]) for n in (0, 1, 0))
    assert [each.submission for each in outbox.waiting()] == [
        each.submission for each in (first, other, second)
    ]
    assert (other.head.seq, second.head.seq) == (1, 2)
    assert second.stated()["prev"] == first.submission.eid


def test_a_stream_of_which_nothing_is_known_is_not_guessed(outbox: Outbox) -> None:
    assert outbox.chain("arm.01a2076b-4018-7111-8222-444444444444", partial(signed, "")) is None
    assert outbox.waiting() == []


def test_what_is_recorded_is_gone_and_its_stream_goes_on(outbox: Outbox, tmp_path: Path) -> None:
    entry = keep(outbox, STREAMS[0])
    outbox.recorded(entry)
    outbox.recorded(entry)
    assert outbox.waiting() == []
    assert keep(outbox, STREAMS[0]).head.seq == 2
    outbox.close()
    with Outbox.open(tmp_path / "outbox", KEY) as again:
        assert again.head(STREAMS[0]) == again.waiting()[0].head


def test_what_is_refused_stands_aside_with_the_reason(outbox: Outbox) -> None:
    entry, other = keep(outbox, STREAMS[0]), keep(outbox, STREAMS[1])
    outbox.set_aside(entry, RefusedError("No.", slug="role_denied", next_step="Ask."))
    (refused,) = outbox.refused()
    assert refused.submission == entry.submission
    assert refused.refusal == {"code": "role_denied", "detail": "No.", "next_step": "Ask."}
    assert [each.number for each in outbox.waiting()] == [other.number]
    assert outbox.head(STREAMS[0]) == NEW
    outbox.discard(refused)
    assert outbox.refused() == []


@pytest.mark.parametrize("secret", ["correct horse", KEY])
def test_nothing_lies_on_disk_in_plain(
    secret: str | FileKey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "outbox"
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    with Outbox.open(folder, secret) as outbox:
        for stream in STREAMS:
            outbox.know(stream, NEW)
            keep(outbox, stream)
        first, second, _ = outbox.waiting()
        outbox.set_aside(first, RefusedError("No."))
        outbox.recorded(second)
        salts = [text for each in (first, second) for text in each.submission.disclosures]
        plain = [MARKER.encode(), b"holder_name", *salts, first.submission.jws[:60]]
        plain += [each.encode() for each in STREAMS]
    monkeypatch.undo()
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) > 4
    assert [(path, each) for path in files for each in plain if each in path.read_bytes()] == []
    assert {path.stat().st_mode & 0o077 for path in files if path.suffix} == {0}


def test_what_is_purged_was_overwritten(outbox: Outbox, tmp_path: Path) -> None:
    entry = keep(outbox, STREAMS[0])
    (path,) = (tmp_path / "outbox").glob("*.sealed")
    with path.open("rb") as still_open:
        sealed = still_open.read()
        outbox.recorded(entry)
        still_open.seek(0)
        assert still_open.read() == bytes(len(sealed))


def test_it_opens_with_its_own_secret_alone(tmp_path: Path) -> None:
    Outbox.open(tmp_path, "correct horse").close()
    for wrong in ("wrong horse", KEY):
        with pytest.raises(InvalidValueError) as caught:
            Outbox.open(tmp_path, wrong)
        assert caught.value.slug == "passphrase_wrong"
    Outbox.open(tmp_path, "correct horse").close()
    with pytest.raises(UsageError):
        Outbox.open(tmp_path / "new", "")


def test_one_process_has_it_open_at_a_time(outbox: Outbox, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        Outbox.open(tmp_path / "outbox", KEY)
    assert caught.value.slug == "outbox_busy"
    outbox.close()
    Outbox.open(tmp_path / "outbox", KEY).close()


@pytest.mark.parametrize("damage", ["flipped", "swapped", "cut"])
def test_a_file_that_was_touched_is_told(outbox: Outbox, tmp_path: Path, damage: str) -> None:
    keep(outbox, STREAMS[0])
    keep(outbox, STREAMS[0])
    one, other = sorted((tmp_path / "outbox").glob("*.sealed"))
    sealed = one.read_bytes()
    changed = {
        "flipped": sealed[:-1] + bytes([sealed[-1] ^ 1]),
        "swapped": other.read_bytes(),
        "cut": sealed[:5],
    }
    one.write_bytes(changed[damage])
    with pytest.raises(ProofError) as caught:
        outbox.waiting()
    assert caught.value.slug == "seal_broken"
    assert one.name in caught.value.sentence


@pytest.mark.parametrize("label", [b"", b"[]", b'{"salt": 1}', b'{"salt": "*", "check": "*"}'])
def test_a_label_that_is_damaged_is_told(tmp_path: Path, label: bytes) -> None:
    (tmp_path / "label.json").write_bytes(label)
    with pytest.raises(ProofError):
        Outbox.open(tmp_path, KEY)


STEP = st.tuples(st.sampled_from(["keep", "record", "refuse", "reopen"]), st.sampled_from(STREAMS))


@settings(max_examples=tries(15))
@given(st.lists(STEP, max_size=12))
def test_whatever_happens_order_and_chain_hold(steps: list[tuple[str, str]]) -> None:
    expected: list[Submission] = []
    with tempfile.TemporaryDirectory() as folder:
        outbox = Outbox.open(Path(folder), KEY)
        for stream in STREAMS:
            outbox.know(stream, NEW)
        for step, stream in steps:
            if step == "reopen":
                outbox.close()
                outbox = Outbox.open(Path(folder), KEY)
            else:
                _do(step, stream, outbox=outbox, expected=expected)
            assert [each.submission for each in outbox.waiting()] == expected
        outbox.close()


def _do(step: str, stream: str, *, outbox: Outbox, expected: list[Submission]) -> None:
    if step == "keep":
        expected.append(keep(outbox, stream).submission)
    elif expected:
        first = outbox.waiting()[0]
        assert first.submission == expected.pop(0)
        if step == "record":
            outbox.recorded(first)
        else:
            outbox.set_aside(first, RefusedError("No."))


VICTIM = """
import os, sys
from pathlib import Path
from tests.unit.api.client.test_outbox import NEW, Outbox, RefusedError, STREAMS, KEY, keep

def live(folder, told, operation):
    left = [operation]
    def die(event, given):
        if event in ("open", "os.rename", "os.remove") and str(given[0]).startswith(folder):
            left[0] -= 1
            if left[0] == 0:
                os._exit(9)
    say = lambda what, entry: os.write(told, f"{what} {entry.number}\\n".encode())
    outbox = Outbox.open(Path(folder), KEY)
    sys.addaudithook(die)
    outbox.know(STREAMS[0], NEW)
    for _ in range(2):
        say("kept", keep(outbox, STREAMS[0]))
    first, second = outbox.waiting()
    outbox.recorded(first)
    say("gone", first)
    outbox.set_aside(second, RefusedError("No."))
    say("aside", second)
    os._exit(0)

KEY.save(Path(sys.argv[1], "key.pem"), "x")
for operation in range(1, 200):
    folder = os.path.join(sys.argv[1], str(operation))
    told = os.open(folder + ".told", os.O_CREAT | os.O_WRONLY)
    child = os.fork() or live(folder, told, operation)
    os.close(told)
    _, status = os.waitpid(child, 0)
    if os.waitstatus_to_exitcode(status) != 9:
        sys.exit(os.waitstatus_to_exitcode(status))
"""


@pytest.mark.slow
def test_a_kill_at_any_file_operation_loses_nothing_and_brings_nothing_back(
    tmp_path: Path,
) -> None:
    command = [sys.executable, "-c", VICTIM, str(tmp_path)]
    subprocess.run(command, check=True, timeout=120)
    key = FileKey.load(tmp_path / "key.pem", "x")
    lives = sorted(tmp_path.glob("*.told"), key=lambda path: int(path.stem))
    assert len(lives) > 20
    for life in lives:
        told = [tuple(line.split()) for line in life.read_text().splitlines()]
        _check_what_is_left(life.with_suffix(""), key, told)


def _check_what_is_left(folder: Path, key: FileKey, told: list[tuple[str, ...]]) -> None:
    with Outbox.open(folder, key) as outbox:
        waiting = {str(each.number) for each in outbox.waiting()}
        aside = {str(each.number) for each in outbox.refused()}
    said = {what: {n for each, n in told if each == what} for what in ("kept", "gone", "aside")}
    assert said["aside"] <= aside - waiting
    assert not said["gone"] & (waiting | aside)
    # The first is purged once both are kept, so that a kill may come before that is said.
    assert said["kept"] - said["gone"] - ({"1"} if len(said["kept"]) > 1 else set()) <= (
        waiting | aside
    )
    assert not [*folder.glob("*.part"), *folder.glob("*.purged")]
