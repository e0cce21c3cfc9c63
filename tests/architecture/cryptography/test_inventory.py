# SPDX-License-Identifier: Apache-2.0
"""ASVS 11.1.4: the inventory names the cryptography that the code uses, and no other is used."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.architecture.cryptography.names import keyed_digests, used
from tests.architecture.source_tree import ROOMS, carried_files, python_files, read

INVENTORY = Path("docs/cryptography.md")
EVERYWHERE = frozenset("*")
ROW = re.compile(r"^\| `([\w.-]+)` \| [^|]+ \| ((?:`[\w/*]+` ?)+)\|$", re.MULTILINE)
BROWSER_ROW = re.compile(r"^\| `([\w-]+)` \| [^|]+ \|$", re.MULTILINE)
BROWSER = re.compile(
    r"[\"'](SHA-\d+|AES-\w+|ECDSA|ECDH|Ed25519|X25519|HMAC|HKDF|PBKDF2|RS[AE][\w-]*|P-\d+)[\"']"
)
IN_THE_DATABASE = re.compile(r"\b(sha\d+|md5|digest|hmac|crypt|encrypt|gen_random_\w+)\s*\(")


def test_asvs_11_1_4_the_inventory_names_every_primitive_and_where_it_is_used() -> None:
    listed = _listed()
    found = {
        name: EVERYWHERE if listed.get(name) == EVERYWHERE else folders
        for name, folders in used().items()
    }
    assert found == listed


def test_hmac_is_computed_with_sha_256_alone() -> None:
    digests = {each for path in python_files(*ROOMS) for each in keyed_digests(path)}
    assert digests == {"sha256", "'sha256'"}


def test_asvs_11_1_4_the_inventory_names_what_the_browser_is_asked_for() -> None:
    scripts = [path for path in carried_files() if path.suffix == ".js" and path.parts[0] == "api"]
    assert len(scripts) > 10
    found = {name for path in scripts for name in BROWSER.findall(read(path))}
    assert found == set(BROWSER_ROW.findall(read(INVENTORY)))


def test_the_database_computes_sha_256_and_nothing_else() -> None:
    scripts = [path for path in carried_files() if path.suffix == ".sql"]
    assert {name for path in scripts for name in IN_THE_DATABASE.findall(read(path))} == {"sha256"}


@pytest.mark.parametrize(
    "source",
    [
        "import hashlib\nhashlib.md5(b'')",
        "from hashlib import sha1",
        "from cryptography.hazmat.primitives.asymmetric import ec\nec.SECP384R1()",
        "from cryptography.hazmat.primitives.ciphers.aead import AESGCM",
        "from importlib import import_module\nimport_module('jwt')",
    ],
)
def test_what_does_not_stand_in_the_inventory_is_seen(
    source: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "new.py"
    file.write_text(source)
    names = "tests.architecture.cryptography.names.python_files"
    monkeypatch.setattr(names, lambda *_rooms: [file])
    assert list(used().values()) == [frozenset({tmp_path.as_posix()})]


def _listed() -> dict[str, frozenset[str]]:
    section = read(INVENTORY).partition("\n## In the code\n")[2]
    rows = ROW.findall(section)
    return {name: frozenset(re.findall(r"`([^`]+)`", folders)) for name, folders in rows}
