# SPDX-License-Identifier: Apache-2.0
"""Whole imports into a ledger in memory: every row accounted for, nothing twice."""

from __future__ import annotations

import csv
import secrets
from collections import Counter
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from api.client.keyfile import FileKey
from api.client.signer import Draft, sign
from api.importing.chunks import CHUNK_MAX_EVENTS, open_chunks
from api.importing.placing import FIRST, Signatory
from api.importing.preview import SHOWN_EVENTS, preview_rows
from api.importing.report import Rejects, rejects_file
from api.importing.signing import BulkSigner, submission_of
from audit.proof.encoding import strict_json
from domain.catalogue import CATALOGUE
from domain.errors import EnvelopeError, RefusedError, UnreachableError
from domain.identifiers import FIRST_PREV
from tests.unit.api.importing.builders import COLUMNS, PISTOLS, SECRET, mapping_of, write
from tests.unit.api.importing.desk import (
    AUDIENCE,
    AUTHORITY,
    MemoryRegister,
    appoint,
    open_register,
    run,
)


@pytest.fixture
def register(tmp_path: Path) -> MemoryRegister:
    return open_register(tmp_path / "keys")


@pytest.fixture
def signatory(register: MemoryRegister) -> Signatory:
    return appoint(register, ["POL"], ["XA"])


def pistols(folder: Path, *rows: str, name: str = "pistols.csv") -> Path:
    lines = [",".join(COLUMNS), *rows]
    return write(folder / name, "".join(f"{line}\n" for line in lines).encode())


def history(register: MemoryRegister) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = {}
    for each in register.ledger.store.select_notifications(1, 100_000):
        if each.topic.startswith("firearm."):
            found.setdefault(UUID(str(each.originator_id)), []).append(each.topic)
    return found


ROWS = (
    "AB1,STEYR,Pistole,1,24.12.2019,Graz",
    "AB2,STEYR,Pistole,1,,",
    "ohne,STEYR,Büchse,2,,",
    "AB1,Steyr,Pistole,1,03.01.2020,Linz",
    "AB9,STEYR,Haubitze,1,,",
)


def test_every_row_becomes_events_or_one_refusal(
    tmp_path: Path, register: MemoryRegister, signatory: Signatory
) -> None:
    tally = run(signatory, pistols(tmp_path, *ROWS))
    assert (tally.rows, tally.complete, tally.events) == (5, 4, 6)
    assert tally.refused == {"value_not_in_table": 1}
    twice = ["firearm.registered/1", "firearm.found/1", "firearm.found/1"]
    assert max(history(register).values(), key=len) == twice


def test_running_it_again_adds_nothing(
    tmp_path: Path, register: MemoryRegister, signatory: Signatory
) -> None:
    path = pistols(tmp_path, *ROWS)
    run(signatory, path)
    size = register.ledger.size
    again = run(signatory, path)
    assert (again.complete, again.events, again.repeated) == (4, 0, 6)
    assert register.ledger.size == size


def test_an_import_that_was_stopped_goes_on_where_it_stopped(
    tmp_path: Path, register: MemoryRegister, signatory: Signatory
) -> None:
    path = pistols(tmp_path, *(f"AB{number},STEYR,Pistole,1,," for number in range(1_200)))
    stopped = run(signatory, path, stop_after=1)
    assert stopped.stopped
    assert stopped.events == CHUNK_MAX_EVENTS
    rest = run(signatory, path)
    assert (rest.events, rest.repeated) == (700, 500)
    assert len(history(register)) == 1_200


def test_a_repaired_file_adds_only_what_was_repaired(tmp_path: Path, signatory: Signatory) -> None:
    run(signatory, pistols(tmp_path, *ROWS))
    repaired = [row.replace("Haubitze", "Pistole") for row in ROWS]
    tally = run(signatory, pistols(tmp_path, *repaired))
    assert (tally.events, tally.complete, tally.refused.total()) == (1, 5, 0)


def test_a_cut_file_that_is_completed_later_doubles_nothing(
    tmp_path: Path, register: MemoryRegister, signatory: Signatory
) -> None:
    whole = pistols(tmp_path, *ROWS)
    cut = write(tmp_path / "cut.csv", whole.read_bytes()[:110])
    first = run(signatory, cut)
    assert first.refused == {"row_truncated": 1}
    second = run(signatory, whole)
    assert first.events + second.events == 6
    assert len(history(register)) == 4


def test_another_file_of_the_register_continues_the_same_firearm(
    tmp_path: Path, register: MemoryRegister, signatory: Signatory
) -> None:
    run(signatory, pistols(tmp_path, ROWS[0]))
    later = mapping_of(PISTOLS.replace("2020-01-31", "2021-01-31"))
    newer = pistols(tmp_path, "AB3,STEYR,Pistole,1,,", ROWS[3], name="newer.csv")
    assert run(signatory, newer, mapping=later).events == 2
    assert Counter(map(len, history(register).values())) == {3: 1, 1: 1}


def test_a_row_that_occurs_twice_in_the_register_by_its_own_name_is_recorded_once(
    tmp_path: Path, register: MemoryRegister, signatory: Signatory
) -> None:
    named = PISTOLS.replace("[identity]", '[identity]\nrow = ["Number", "Found"]')
    rows = [ROWS[0]] * 3 + ["AB7,STEYR,Pistole,1,,"] * CHUNK_MAX_EVENTS + [ROWS[0]]
    tally = run(signatory, pistols(tmp_path, *rows), mapping=mapping_of(named))
    assert tally.events == 3
    assert tally.complete == len(rows)
    assert len(history(register)) == 2


def test_a_second_firearm_of_one_maker_and_serial_states_the_reason_of_the_mapping(
    tmp_path: Path, register: MemoryRegister, signatory: Signatory
) -> None:
    own = PISTOLS.replace(', { column = "Make" }]', ', { column = "Kind" }]')
    path = pistols(tmp_path, "AB1,STEYR,Pistole,1,,", "AB1,STEYR,Büchse,1,01.01.2020,Graz")
    tally = run(signatory, path, mapping=mapping_of(own))
    assert (tally.events, tally.refused.total()) == (3, 0)
    assert sorted(map(len, history(register).values())) == [1, 2]


def test_without_a_stated_reason_the_second_one_is_refused_by_the_ledger(
    tmp_path: Path, signatory: Signatory
) -> None:
    own = PISTOLS.replace(', { column = "Make" }]', ', { column = "Kind" }]').replace(
        'duplicate_reason = "possible_same_object"', ""
    )
    path = pistols(tmp_path, "AB1,STEYR,Pistole,1,,", "AB1,STEYR,Büchse,1,01.01.2020,Graz")
    tally = run(signatory, path, mapping=mapping_of(own))
    assert tally.refused == {"marking_claimed": 1}
    assert tally.events == 1


def test_what_the_schema_refuses_is_one_refusal_of_its_row(
    tmp_path: Path, signatory: Signatory
) -> None:
    text = PISTOLS.replace('otherwise = "legible"', 'otherwise = "legible"\nstrip = "#"')
    path = pistols(tmp_path, "s/n 12,STEYR,Pistole,1,01.01.2020,Graz", "AB1,STEYR,Pistole,1,,")
    tally = run(signatory, path, mapping=mapping_of(text))
    assert tally.refused == {"schema_invalid": 1}
    assert tally.events == 1


def test_a_key_without_the_role_stops_the_import_at_once(
    tmp_path: Path, register: MemoryRegister
) -> None:
    signatory = appoint(register, ["CUS"], ["XA"])
    with pytest.raises(RefusedError) as caught:
        run(signatory, pistols(tmp_path, *ROWS))
    assert caught.value.slug == "role_denied"
    assert not history(register)


def test_a_key_that_the_ledger_does_not_know_stops_the_import_at_once(
    tmp_path: Path, signatory: Signatory
) -> None:
    stranger = replace(signatory, key=FileKey.create("Ed25519"))
    with pytest.raises(EnvelopeError, match="knows no key"):
        run(stranger, pistols(tmp_path, *ROWS))


def test_refused_rows_are_listed_by_line_without_any_content(
    tmp_path: Path, signatory: Signatory
) -> None:
    out = tmp_path / "rejects.csv"
    with rejects_file(out) as rejects:
        run(signatory, pistols(tmp_path, *ROWS, "1,2", "AB5,STEYR,Pistole,x,,"), rejects=rejects)
        assert not out.exists()
    with out.open(newline="", encoding="utf-8") as text:
        listed = [(row["line"], row["reason"]) for row in csv.DictReader(text)]
    assert listed == [("6", "value_not_in_table"), ("7", "row_width"), ("8", "quantity_invalid")]
    assert "Haubitze" not in out.read_text(encoding="utf-8")
    assert [path.name for path in tmp_path.glob("*.part")] == []


def test_a_list_of_refused_rows_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with (
        pytest.raises(UnreachableError, match="cannot be written"),
        rejects_file(tmp_path / "no" / "rejects.csv"),
    ):
        pass


def test_a_dry_run_counts_and_shows_the_bytes_and_touches_nothing(
    tmp_path: Path, register: MemoryRegister, signatory: Signatory
) -> None:
    size = register.ledger.size
    with open_chunks(pistols(tmp_path, *ROWS), mapping_of(), secret=SECRET) as chunks:
        preview = preview_rows(chunks, signatory=signatory, rejects=Rejects())
    assert register.ledger.size == size
    assert preview.tally.refused == {"value_not_in_table": 1}
    payloads = [strict_json(payload) for payload in preview.payloads]
    assert len(payloads) == SHOWN_EVENTS
    assert [each["seq"] for each in payloads] == [1, 2, 1]
    assert payloads[0]["iss"] == AUTHORITY
    assert payloads[0]["dat"]["serial"] == {"known": "AB1"}


@pytest.mark.parametrize("alg", ["Ed25519", "ES256"])
def test_signing_in_bulk_gives_the_octets_of_the_signing_kit(tmp_path: Path, alg: str) -> None:
    noise = secrets.token_bytes(1_024)
    key = FileKey.create(alg)
    with open_chunks(pistols(tmp_path, *ROWS), mapping_of(), secret=SECRET) as chunks:
        events = [event for chunk in chunks for row in chunk.rows for event in row.events]
    for event in events:
        draft = Draft(
            evt=event.evt,
            iss=AUTHORITY,
            aud=AUDIENCE,
            sub=f"arm.{event.stream}",
            seq=1,
            prev=FIRST_PREV,
            jti=str(event.jti),
            iat=1_700_000_000,
            occ=event.occ,
            dat=event.dat,
        )
        expected = sign(draft, {}, key, catalogue=CATALOGUE, randomness=lambda n: noise[:n])
        signer = BulkSigner(
            key, iss=AUTHORITY, aud=AUDIENCE, catalogue=CATALOGUE, randomness=lambda n: noise[:n]
        )
        text = signer.signing_input(event, FIRST, iat=1_700_000_000)
        assert submission_of(text, key.sign(text)) == expected.to_bytes()


def test_a_placed_batch_tells_the_heads_of_its_own_streams_alone(
    tmp_path: Path, signatory: Signatory
) -> None:
    with open_chunks(pistols(tmp_path, *ROWS), mapping_of(PISTOLS), secret=bytes(32)) as chunks:
        events = [event for chunk in chunks for row in chunk.rows for event in row.events]
    others = {UUID(int=number): (1, "B" * 43) for number in range(9)}
    placed = signatory.place(events, others)
    assert placed.reached.keys() == {event.stream for event in events}
