# SPDX-License-Identifier: Apache-2.0
"""No octet of a person stands anywhere but sealed, and after an erasure not even that (threat 16).

Marker values go through everything that touches persons; then every file of the ledger, of its
server and of the temporary folder, every table and every line that was said is searched for them,
in plain and in the spellings that a program might have left.
"""

from __future__ import annotations

import base64
import logging
import mmap
import os
import secrets
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from api.bootstrap import Office
from audit.proof.encoding import decode
from domain.errors import MunimentError
from tests.integration.erasing.conftest import FOR, WHY, Stage, reopened

MARKER = f"QZ{secrets.token_hex(8).upper()}"
NAME = f"Ødegård-{secrets.token_hex(8)} Žofie 山田"
PLAIN_CONTROL = b"erasure.executed"
"""What the search has to find, or it would find nothing at all."""


def spellings(text: str) -> Iterator[bytes]:
    """Give the octets under which a text may lie in a file."""
    for octets in {text.encode(), text.encode("utf-16-le"), text.lower().encode()}:
        yield octets
        yield octets.hex().encode()
        yield octets.hex().upper().encode()
        yield from _base64(octets)
    yield text.encode("unicode_escape")


def _base64(octets: bytes) -> Iterator[bytes]:
    """Give base64 of octets at each of the three places that they may have in a longer text."""
    for lead in range(3):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            whole = encode(b"\0" * lead + octets)
            first, last = -(-lead * 8 // 6), (len(octets) + lead) * 8 // 6
            yield whole[first:last]


def test_the_search_finds_every_spelling() -> None:
    for text in (MARKER, NAME):
        octets = text.encode()
        for lead in range(3):
            wrapped = base64.b64encode(b"x" * lead + octets + b"tail")
            assert any(each in wrapped for each in spellings(text))
        assert any(each in octets.hex().encode() for each in spellings(text))


@pytest.mark.slow
def test_nothing_of_a_person_stands_anywhere_but_sealed(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    before = set(_files([Path(tempfile.gettempdir())]))
    said = _exercise(stage)
    submissions = _submission_salts(stage)
    needles = [*spellings(MARKER), *spellings(NAME), *submissions]
    _checkpoint(stage.office)
    folders = [_data_directory(stage.office), stage.settings.home]
    fresh = [each for each in _files([Path(tempfile.gettempdir())]) if each not in before]
    assert _holding(_files(folders), [PLAIN_CONTROL]), "the search finds what is there"
    assert _holding([*_files(folders), *fresh], needles) == []
    assert _tables_with(stage.office, needles) == []
    heard = "\n".join([caplog.text, *said]).encode()
    assert [each for each in needles if each in heard] == []


@pytest.mark.slow
def test_after_an_erasure_no_salt_is_left_and_no_sealed_octet_opens(stage: Stage) -> None:
    arm = stage.refused_licence(document=MARKER)
    texts = [each.text for each in stage.office.personal.of_events([arm.eid])]
    salts = [decode(text)[2:45] for text in texts]
    assert len(salts) == len(arm.person)
    sealed = stage.rows()
    stage.approved(arm)
    stage.executed()
    stage.run("erasure", "compact")
    _checkpoint(stage.office)
    needles = [*salts, *texts, *spellings(MARKER)]
    folders = [_data_directory(stage.office), stage.settings.home]
    assert _holding(_files(folders), needles) == []
    with reopened(stage) as office:
        gone = [row for row in sealed if row.hld == arm.hld]
        assert office.vault.open_all(gone) == [None] * len(gone)
        assert _tables_with(office, [row.mac for row in gone if row.mac]) == []


def _exercise(stage: Stage) -> list[str]:
    """Send markers through everything that touches persons; give what was said meanwhile."""
    stage.registered(MARKER, NAME)
    gone = stage.refused_licence(document=MARKER)
    said = []
    for words in (
        ("holdings", "--person", "-", "--json", *FOR),
        ("holdings", "--json"),
        ("retention", "--policy", "example-state", "--json"),
        ("search", "S-0000"),
        ("erasure", "due", "--policy", "example-state"),
        ("fsck",),
    ):
        answer = stage.run(*words, given=MARKER)
        said += [answer.stdout, answer.stderr]
    assert NAME in stage.run("person", "file", *WHY, given=MARKER).stdout, (
        "the person alone is told"
    )
    stage.approved(gone)
    stage.executed()
    said += [stage.run("status").output, stage.run("erasure", "status").output]
    said.append(str(_refused(stage, gone.eid)))
    return said


def _refused(stage: Stage, eid: str) -> MunimentError | None:
    try:
        stage.office.personal.reveal(eid)
    except MunimentError as error:
        return error
    return None


def _submission_salts(stage: Stage) -> list[bytes]:
    """Give the salts of what is still sealed, and the disclosures as they travelled."""
    eids = {row.eid for row in stage.rows()}
    assert eids
    with psycopg.connect(stage.office.database.admin) as connection:
        query = "select hld from vault.disclosure group by hld"
        holdings = [hld for (hld,) in connection.execute(query).fetchall()]
    texts = [each.text for each in stage.office.personal.of_holdings(holdings)]
    assert texts
    return [*texts, *(decode(each)[2:45] for each in texts)]


def _checkpoint(office: Office) -> None:
    with psycopg.connect(office.database.admin, autocommit=True) as connection:
        connection.execute("checkpoint")


def _data_directory(office: Office) -> Path:
    with psycopg.connect(office.database.admin) as connection:
        row = connection.execute("show data_directory").fetchone()
    assert row is not None
    return Path(row[0])


def _files(folders: Iterable[Path]) -> list[Path]:
    """Give the files below some folders, write-ahead log and server log among them."""
    found = []
    for folder in folders:
        for parent, _, names in os.walk(folder):
            found += [Path(parent, name) for name in names]
    return [each for each in found if each.is_file()]


def _holding(files: Iterable[Path], needles: Iterable[bytes]) -> list[tuple[Path, bytes]]:
    """Give the files that hold some octets, each with the first that it holds."""
    wanted, found = list(needles), []
    for path in files:
        try:
            if not path.stat().st_size:
                continue
            with path.open("rb") as file, mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ) as read:
                found += [(path, each) for each in wanted if read.find(each) >= 0][:1]
        except (OSError, ValueError):
            continue  # a server's file that went away meanwhile
    return found


def _tables_with(office: Office, needles: Iterable[bytes]) -> list[str]:
    """Give the tables whose rows hold some octets, as a dump would write them."""
    wanted = list(needles)
    query = (
        "select schemaname, tablename from pg_tables "
        "where schemaname not in ('pg_catalog', 'information_schema')"
    )
    found = []
    with psycopg.connect(office.database.admin) as connection:
        for schema, table in connection.execute(query).fetchall():
            copy = SQL("copy {} to stdout").format(Identifier(schema, table))
            with connection.cursor().copy(copy) as rows:
                dumped = b"".join(bytes(row) for row in rows)
            held = [each for each in wanted if each in dumped or each.hex().encode() in dumped]
            found += [f"{schema}.{table}"] if held else []
    return found
