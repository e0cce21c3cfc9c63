# SPDX-License-Identifier: Apache-2.0
"""Personal data: sealed with the append or not at all, unreadable on disk, bound to its event."""

from __future__ import annotations

import mmap
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest

from api.client.signer import Submission
from audit.vault.filestore import FileKeyStore
from audit.vault.keyfiles import WRAPPING_KEY_FILE
from audit.vault.vault import SealedDisclosure, Vault
from domain.errors import MunimentError, UnsafeError
from tests.integration.append.desk import (
    AUDIENCE,
    FOUNDING_EVENTS,
    Desk,
    at_once,
    born,
    receipts,
    signed,
)

HOLDING = "hld.5f0c3b1e-8a77-4c1d-9b2e-6d1f0a9c7e54"
SOURCE = {"register_code": "test_register", "as_of": "2018", "row": "17"}
PERSON = {"holder_name": "Ada Exemplar", "holder_doc_no": "D-4711", "permit_no": "P-42"}
CALLERS = 16
_ROWS = "select eid, digest, hld, nonce, ciphertext from vault.disclosure order by digest"


def taken_over(
    desk: Desk, person: Mapping[str, str] = PERSON, *, hld: str = HOLDING, **changes: int
) -> Submission:
    """Sign the registration of a firearm that somebody holds."""
    draft = born(evt="firearm.registered", **changes)
    data = {**draft.dat, "source": SOURCE, "hld": hld, "holder": "civilian"}
    return signed(replace(draft, dat=data), desk.key, dict(person))


def sealed(desk: Desk) -> list[SealedDisclosure]:
    """Read the whole vault."""
    with psycopg.connect(desk.office.database.admin) as connection:
        rows = connection.execute(_ROWS).fetchall()
    names = ("eid", "digest", "hld", "nonce", "ciphertext")
    return [SealedDisclosure(**dict(zip(names, row, strict=True))) for row in rows]


def test_disclosures_come_back_as_they_were_submitted(desk: Desk) -> None:
    submission = taken_over(desk)
    desk.office.append(submission.to_bytes())
    rows = sealed(desk)
    assert {row.hld for row in rows} == {UUID(HOLDING.removeprefix("hld."))}
    opened = [desk.office.vault.open(row) for row in rows]
    assert sorted(text or b"" for text in opened) == sorted(submission.disclosures)
    assert len({row.nonce for row in rows}) == len(PERSON)


def test_a_refused_event_leaves_no_disclosure(desk: Desk) -> None:
    with pytest.raises(MunimentError, match="sequence 0"):
        desk.office.append(taken_over(desk, seq=2).to_bytes())
    assert sealed(desk) == []


def test_a_repeated_event_leaves_one_set_of_disclosures(desk: Desk) -> None:
    submission = taken_over(desk).to_bytes()
    answers = at_once([partial(desk.office.append, submission)] * CALLERS)
    assert {receipt.index for receipt in receipts(answers)} == {FOUNDING_EVENTS}
    assert len(sealed(desk)) == len(PERSON)


def test_personal_data_stands_nowhere_in_the_data_directory(desk: Desk) -> None:
    person = {"holder_name": f"Marker {secrets.token_hex(16)}", "permit_no": secrets.token_hex(16)}
    submission = taken_over(desk, person)
    desk.office.append(submission.to_bytes())
    with psycopg.connect(desk.office.database.admin, autocommit=True) as connection:
        connection.execute("checkpoint")
        row = connection.execute("show data_directory").fetchone()
    assert row is not None
    folders = [Path(row[0]), desk.office.settings.home]
    assert found_in(folders, submission.jws[:100]), "the search finds what is there"
    for secret in (*submission.disclosures, *(value.encode() for value in person.values())):
        assert found_in(folders, secret) == []


@pytest.mark.parametrize("field", ["ciphertext", "nonce", "digest", "eid"])
def test_a_changed_row_does_not_open(desk: Desk, field: str) -> None:
    desk.office.append(taken_over(desk).to_bytes())
    row = sealed(desk)[0]
    octets: bytes = getattr(row, field)
    changes: dict[str, Any] = {field: bytes([octets[0] ^ 1]) + octets[1:]}
    with pytest.raises(UnsafeError, match="changed or moved") as refused:
        desk.office.vault.open(replace(row, **changes))
    assert refused.value.slug == "vault_tampered"


def test_a_row_moved_to_another_event_of_the_same_holding_does_not_open(desk: Desk) -> None:
    for _ in range(2):
        desk.office.append(taken_over(desk, {"holder_name": "Ada Exemplar"}).to_bytes())
    one, other = sealed(desk)
    assert one.hld == other.hld
    with pytest.raises(UnsafeError, match="changed or moved"):
        desk.office.vault.open(replace(one, eid=other.eid))
    with pytest.raises(UnsafeError, match="changed or moved"):
        desk.office.vault.open(replace(one, ciphertext=other.ciphertext, nonce=other.nonce))


def test_a_row_does_not_open_in_another_ledger_or_under_another_holding(desk: Desk) -> None:
    other = f"hld.{UUID(int=5)}"
    desk.office.append(taken_over(desk).to_bytes())
    desk.office.append(taken_over(desk, hld=other).to_bytes())
    row = next(each for each in sealed(desk) if each.hld != UUID(int=5))
    store = FileKeyStore(desk.office.settings.vault_folder)
    with pytest.raises(UnsafeError, match="changed or moved"):
        Vault(store, audience=f"{AUDIENCE}-2").open(row)
    with pytest.raises(UnsafeError, match="changed or moved"):
        Vault(store, audience=AUDIENCE).open(replace(row, hld=UUID(int=5)))
    assert Vault(store, audience=AUDIENCE).open(row)
    store.close()


def test_without_its_wrapping_key_nothing_opens(desk: Desk, tmp_path: Path) -> None:
    desk.office.append(taken_over(desk).to_bytes())
    (desk.office.settings.vault_folder / WRAPPING_KEY_FILE).write_bytes(bytes(32))
    store = FileKeyStore(desk.office.settings.vault_folder)
    with pytest.raises(UnsafeError, match="wrapping key") as refused:
        Vault(store, audience=AUDIENCE).open(sealed(desk)[0])
    assert refused.value.slug == "wrapping_key_wrong"
    store.close()
    assert tmp_path.exists()


def test_once_its_key_is_destroyed_a_disclosure_is_gone(desk: Desk) -> None:
    desk.office.append(taken_over(desk).to_bytes())
    row = sealed(desk)[0]
    desk.office.vault._keys.destroy([row.hld])
    assert desk.office.vault.open(row) is None


def found_in(folders: list[Path], needle: bytes) -> list[Path]:
    """Give the files that hold some octets."""
    files = (path for folder in folders for path in folder.rglob("*"))
    return [path for path in files if _holds(path, needle)]


def _holds(path: Path, needle: bytes) -> bool:
    with suppress(FileNotFoundError):  # the server may take a file away meanwhile
        if path.is_file() and path.stat().st_size:
            with path.open("rb") as file:
                return _mapped(file.fileno(), needle)
    return False


def _mapped(file: int, needle: bytes) -> bool:
    with mmap.mmap(file, 0, access=mmap.ACCESS_READ) as octets:
        return octets.find(needle) >= 0
