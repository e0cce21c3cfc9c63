# SPDX-License-Identifier: Apache-2.0
"""What docs/verifying.md tells an auditor without our program does what it says."""

import json
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from audit.proof.encoding import decode
from audit.proof.verify.evidence import write_bundle
from audit.proof.verify.trust import fingerprint
from tests.unit.audit.verify.test_verify_bundle import EVIDENCE, LOG

GUIDE = Path(__file__).parents[3] / "docs" / "verifying.md"
TOOLS = ("sh", "openssl", "basenc", "base64", "od")

pytestmark = pytest.mark.skipif(
    not all(map(shutil.which, TOOLS)), reason="openssl and coreutils are not on this machine"
)


@pytest.fixture
def unpacked(tmp_path: Path) -> Path:
    write_bundle(tmp_path / "evidence.zip", EVIDENCE)
    with zipfile.ZipFile(tmp_path / "evidence.zip") as archive:
        archive.extractall(tmp_path / "evidence")
    return tmp_path / "evidence"


def run(folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    program = "\n".join(re.findall(r"```sh\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL))
    return subprocess.run(
        [str(shutil.which("sh")), "-c", program],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", **variables},
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
        timeout=120,
    )


def roots(output: str) -> set[str]:
    return set(re.findall(r"^(?:computed|signed) root +([0-9a-f]{64})$", output, re.MULTILINE))


@pytest.mark.parametrize("index", sorted(EVIDENCE.entries))
def test_the_place_of_every_entry_is_proved_by_a_shell(unpacked: Path, index: int) -> None:
    done = run(unpacked, INDEX=str(index), X=LOG.officer.jwk["x"])
    assert done.stdout.startswith("Signature Verified Successfully")
    assert len(roots(done.stdout)) == 1


def test_the_signature_of_an_event_is_verified_by_openssl(unpacked: Path) -> None:
    index = max(EVIDENCE.entries)
    done = run(unpacked, INDEX=str(index), X=LOG.officer.jwk["x"])
    assert done.stdout.count("Signature Verified Successfully") == 2
    payload = json.loads(decode(EVIDENCE.entries[index].split(b".")[1]))
    assert json.dumps(payload, separators=(",", ":"), ensure_ascii=False) in done.stdout


def test_the_fingerprint_of_the_log_key_is_computed_by_a_shell(unpacked: Path) -> None:
    done = run(unpacked, INDEX="0", X=LOG.officer.jwk["x"])
    (key,) = EVIDENCE.trust.log_keys
    assert done.stdout.splitlines()[-1].strip() == fingerprint(key.vkey)
    assert fingerprint(key.vkey) in "\n".join(EVIDENCE.trust.fingerprints())


def test_a_changed_entry_shows_in_the_shell_too(unpacked: Path) -> None:
    index = max(EVIDENCE.entries)
    path = unpacked / "entries" / f"{index}.jws"
    path.write_bytes(path.read_bytes().replace(b".", b".A", 1))
    done = run(unpacked, INDEX=str(index), X=LOG.officer.jwk["x"])
    assert len(roots(done.stdout)) == 2
    assert done.stdout.count("Signature Verified Successfully") == 1
