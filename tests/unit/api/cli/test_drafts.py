# SPDX-License-Identifier: Apache-2.0
"""`endorse` reads drafts alone, shows what it covers, and adds one signature that verifies."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from api.client.keyfile import FileKey
from audit.proof.attestation import verify_attestations
from audit.proof.keys import public_key
from tests.unit.api.cli.terminal import Answer, muniment

PASSPHRASE = "test passphrase"  # noqa: S105 - of a key that signs for nobody
DRAFT: dict[str, Any] = {
    "evt": "lot.destroyed",
    "ver": 1,
    "aud": "ledger.xa-test",
    "sub": "lot.01a2076b-4018-7111-8222-333333333333",
    "seq": 4,
    "prev": "B" * 43,
    "occ": "2020-03-01",
    "dat": {"method": "melt", "destroyed_on": "2020-03-01", "certificate_no": "D-1", "count": 2},
}


@pytest.fixture
def key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FileKey:
    """Give a key in a file, and a machine without a ledger."""
    monkeypatch.setenv("MUNIMENT_PASSPHRASE", PASSPHRASE)
    monkeypatch.setenv("MUNIMENT_HOME", str(tmp_path / "nowhere"))
    made = FileKey.create("ES256")
    made.save(tmp_path / "key.pem", PASSPHRASE)
    return made


def endorsed(
    capsys: pytest.CaptureFixture[str], folder: Path, *drafts: Any, options: tuple[str, ...] = ()
) -> Answer:
    file = folder / "draft.json"
    file.write_text("\n".join(map(json.dumps, drafts)), "utf-8")
    return muniment(capsys, "endorse", str(file), "--key", str(folder / "key.pem"), *options)


def test_several_persons_endorse_one_after_the_other(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, key: FileKey
) -> None:
    first = endorsed(capsys, tmp_path, DRAFT)
    other = FileKey.create("Ed25519")
    (tmp_path / "key.pem").unlink()
    other.save(tmp_path / "key.pem", PASSPHRASE)
    answer = endorsed(capsys, tmp_path, json.loads(first.data))
    draft = json.loads(answer.data)
    keys = {each.kid: public_key(each.jwk) for each in (key, other)}
    assert verify_attestations(draft, keys.get) == {key.kid, other.kid}
    assert {**draft, "dat": {**draft["dat"], "endorsements": None}} == {
        **DRAFT, "dat": {**DRAFT["dat"], "endorsements": None},
    }  # fmt: skip


@pytest.mark.usefixtures("key")
def test_what_is_covered_is_shown_and_when_it_happened_is_not_covered(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    answer = endorsed(capsys, tmp_path, DRAFT, DRAFT, options=("--dry-run",))
    covered = [json.loads(line) for line in answer.data.splitlines()]
    assert covered == [{name: DRAFT[name] for name in DRAFT if name != "occ"}] * 2
    assert endorsed(capsys, tmp_path, DRAFT).words.count(answer.data.splitlines()[0]) == 1


@pytest.mark.parametrize(
    ("draft", "code", "slug"),
    [
        ([], 2, "event_file_invalid"),
        ({"evt": "lot.destroyed", "dat": {}}, 2, "event_file_invalid"),
        ({**DRAFT, "evt": "lot.melted"}, 3, "schema_unknown"),
        ({**DRAFT, "seq": 0}, 3, "schema_invalid"),
        ({**DRAFT, "sub": "arm.01a2076b-4018-7111-8222-333333333333"}, 3, "schema_invalid"),
        ({**DRAFT, "dat": {**DRAFT["dat"], "count": "two"}}, 3, "schema_invalid"),
        ({**DRAFT, "evt": "lot.cancelled", "dat": {"reason": "other"}}, 2, "endorsement_unused"),
    ],
)
@pytest.mark.usefixtures("key")
def test_what_is_no_draft_is_endorsed_by_nobody(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, draft: Any, code: int, slug: str
) -> None:
    answer = endorsed(capsys, tmp_path, draft)
    assert (answer.code, answer.data, answer.words.partition(":")[0]) == (code, "", slug)
