# SPDX-License-Identifier: Apache-2.0
"""Laws of the witness: any octets get an answer, and what it cosigned is one growing tree."""

from __future__ import annotations

import tempfile
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.proof.cosignature import read_answer, signed_text
from audit.witness.message import BODY_OCTETS_MAX, AddCheckpoint, parse_size, size_body
from domain.errors import ProofError
from tests.unit.audit.witness.logs import FIRST, ORIGIN, SECOND, Desk, Log, open_desk

pytestmark = pytest.mark.slow  # real connections and processes

GOOD = FIRST.request(20, 50)
STATUSES = {400, 403, 404, 409, 422}


@contextmanager
def watching(size: int = 20) -> Iterator[Desk]:
    """Give a witness of its own to each example."""
    with tempfile.TemporaryDirectory() as folder:
        desk = open_desk(Path(folder, "witness"), start=FIRST.note(size))
        try:
            yield desk
        finally:
            desk.store.close()


@given(body=st.binary(max_size=400))
def test_any_octets_get_an_answer(body: bytes) -> None:
    with watching() as desk:
        assert desk.witness.add_checkpoint(body).status == 400


@given(data=st.data())
def test_a_request_with_changed_octets_is_refused_or_still_the_same_statement(
    data: st.DataObject,
) -> None:
    body = bytearray(GOOD)
    for _ in range(data.draw(st.integers(1, 3))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    with watching() as desk:
        answer = desk.witness.add_checkpoint(bytes(body))
        held = desk.store.held(ORIGIN)
        assert held is not None
        assert (held.size, held.root) == ((50 if answer.status == 200 else 20), held.root)
        assert held.root in {FIRST.root(20), FIRST.root(50)}
        assert answer.status in {200, *STATUSES}


@given(cut=st.integers(0, len(GOOD) - 1))
def test_a_request_that_was_cut_is_a_bad_request(cut: int) -> None:
    with watching() as desk:
        assert desk.witness.add_checkpoint(GOOD[:cut]).status == 400


@given(
    steps=st.lists(
        st.tuples(st.sampled_from([FIRST, SECOND]), st.integers(0, 64), st.integers(1, 64)),
        max_size=12,
    )
)
def test_whatever_is_asked_the_cosigned_checkpoints_are_of_one_growing_tree(
    steps: list[tuple[Log, int, int]],
) -> None:
    cosigned: list[tuple[int, bytes]] = []
    with watching(8) as desk:
        for history, old, new in steps:
            answer = desk.witness.add_checkpoint(history.request(min(old, new), new))
            if answer.status == 200:
                read_answer(signed_text(history.note(new)), answer.body, desk.cosigner.verifier)
                cosigned.append((new, history.root(new)))
    assert [size for size, _ in cosigned] == sorted(size for size, _ in cosigned)
    assert any(
        all(root == history.root(size) for size, root in cosigned) for history in (FIRST, SECOND)
    )


hashes = st.binary(min_size=32, max_size=32)


@given(old=st.integers(0, 2**63 - 1), path=st.lists(hashes, max_size=63), note=st.binary())
def test_a_request_is_read_as_it_is_written(old: int, path: list[bytes], note: bytes) -> None:
    request = AddCheckpoint(old=old, path=tuple(path), note=note)
    assert AddCheckpoint.parse(request.encode()) == request


@given(size=st.integers(0, 2**63 - 1))
def test_a_size_is_read_as_it_is_written(size: int) -> None:
    assert parse_size(size_body(size)) == size


@pytest.mark.parametrize(
    "body", [b"", b"5", b"05\n", b"5\n\n", b"-1\n", b"\xff\n", b"9" * 40 + b"\n"]
)
def test_a_body_that_names_no_size_is_refused(body: bytes) -> None:
    with pytest.raises(ProofError, match=r"size"):
        parse_size(body)


def test_more_than_63_hashes_or_a_whole_disk_are_not_read() -> None:
    line = b64encode(bytes(32)) + b"\n"
    with pytest.raises(ProofError, match="at most 63"):
        AddCheckpoint.parse(b"old 1\n" + line * 64 + b"\nnote")
    with pytest.raises(ProofError, match="more than"):
        AddCheckpoint.parse(b"old 1\n\n" + bytes(BODY_OCTETS_MAX))
