# SPDX-License-Identifier: Apache-2.0
"""`muniment certificate` on a real ledger, and what a stranger makes of the file."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from hashlib import sha256
from pathlib import Path

import pytest

from audit.proof.verify.command import main as verify
from audit.proof.verify.container import unpack
from domain.catalogue import CATALOGUE
from domain.event import read_data
from domain.identifiers import parse_stream_id, short_form
from tests.integration.cli.conftest import ROOTS, Ground, Run
from tests.unit.api.certificate.pdf import attachment, metadata
from tests.unit.domain.least.component import LOSS
from tests.unit.domain.lives import DESCRIPTION

ROOT, SECOND, _ = ROOTS
SUB = "arm.01a2076b-4018-7111-8222-555555555555"
ORIGIN = ("--origin", "https://registry.example")
GUN = {
    **DESCRIPTION,
    "serial": {"known": '#READ("9") *]'},
    "source": {"register_code": "test_register", "as_of": "2018"},
}


@pytest.fixture
def stolen(ground: Ground, run: Run) -> str:
    """Register a firearm with a hostile serial and report it stolen; give its identifier."""
    options = ["--role", "POL", "--jurisdiction", "XA", "--new-key", ground.key("clerk")]
    options += ["--proposer", ground.key(ROOT), "--approver", ground.key(SECOND)]
    if run("authority", "enrol", "auth.xa", *options).code == 0:
        for name, evt, occ, dat in (
            ("gun", "firearm.registered", "2018", GUN),
            ("loss", "firearm.stolen-reported", "2019", LOSS),
        ):
            event = ground.event(name, evt=evt, sub=SUB, occ=occ, dat=dat)
            signed = ground.folder / f"{name}.txt"
            signed.write_text(run("sign", event, "--key", ground.key("clerk")).data, "utf-8")
            assert run("append", str(signed)).code == 0
    return SUB


def test_a_certificate_carries_evidence_that_a_stranger_verifies(
    ground: Ground, run: Run, stolen: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, trust = tmp_path / "trace.pdf", tmp_path / "trust.json"
    assert run("certificate", str(out), "--id", stolen, "--language", "ar", *ORIGIN).code == 0
    assert run("trust", "write", str(trust)).code == 0
    assert ground.home.exists()
    assert "<rdf:li>ar-" in metadata(out.read_bytes())
    taken = tmp_path / f"{short_form(parse_stream_id(stolen).uuid)}.zip"
    taken.write_bytes(attachment(out.read_bytes()))
    assert verify([str(taken), "--trust", str(trust)]) == 0
    assert "OK: " in capsys.readouterr().out


def test_its_digest_is_one_that_the_answer_to_a_tracing_request_can_name(
    run: Run, stolen: str, tmp_path: Path
) -> None:
    out = tmp_path / "trace.pdf"
    assert stolen
    told = json.loads(run("certificate", str(out), "--serial", "READ9", *ORIGIN, "--json").data)
    assert told["sha256"] == sha256(out.read_bytes()).hexdigest()
    assert urlsafe_b64decode(told["digest"] + "=").hex() == told["sha256"]
    answer = {
        "last_status": "stolen",
        "last_on": "2019",
        "last_country": "XA",
        "certainty": "certain",
        "documents": [told["digest"]],
    }
    read_data(CATALOGUE.latest("trace.responded"), answer)


def test_the_bundle_in_it_is_the_one_that_a_trace_writes(
    run: Run, stolen: str, tmp_path: Path
) -> None:
    out, bundle = tmp_path / "trace.pdf", tmp_path / "evidence.zip"
    run("certificate", str(out), "--id", stolen, *ORIGIN)
    run("trace", "--id", stolen, "--bundle", str(bundle))
    assert set(unpack(attachment(out.read_bytes()))) == set(unpack(bundle.read_bytes()))


def test_several_firearms_are_offered_and_nothing_is_written(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "trace.pdf"
    answer = run("certificate", str(out), "--serial", "NO-SUCH-1", *ORIGIN)
    assert (answer.code, out.exists()) == (2, False)
    assert "No firearm on record" in answer.words


@pytest.mark.parametrize(
    ("options", "slug"),
    [
        (("--language", "de", *ORIGIN), "language_unknown"),
        (("--origin", "ftp://registry.example"), "certificate_origin"),
    ],
)
def test_what_cannot_be_certified_is_refused_with_words(
    options: tuple[str, ...], slug: str, run: Run, stolen: str, tmp_path: Path
) -> None:
    answer = run("certificate", str(tmp_path / "trace.pdf"), "--id", stolen, *options)
    assert answer.code == 2
    assert answer.words.startswith(slug)


def test_a_folder_that_is_not_there_is_told(run: Run, stolen: str, tmp_path: Path) -> None:
    answer = run("certificate", str(tmp_path / "none" / "t.pdf"), "--id", stolen, *ORIGIN)
    assert answer.code == 4
    assert answer.words.startswith("certificate_unwritable")
