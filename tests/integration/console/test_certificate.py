# SPDX-License-Identifier: Apache-2.0
"""The certificate of a trace and the pictures of a firearm, from its page."""

from __future__ import annotations

import sys
from html import unescape
from pathlib import Path

import pytest

from api.certificate.document import certificate
from audit.proof.verify.command import main as verify
from audit.proof.verify.container import unpack
from domain.errors import ProofError
from domain.identifiers import parse_stream_id, short_form
from tests.integration.console.conftest import Console, Person, text_of
from tests.unit.api.certificate.pdf import attachment, metadata


@pytest.fixture(scope="module")
def arm(console: Console) -> str:
    return str(console.desk.life("CERT-7"))


@pytest.fixture(scope="module")
def officer(console: Console) -> Person:
    return console.person("TRC").says()


def test_the_certificate_is_a_pdf_whose_evidence_a_stranger_verifies(
    officer: Person, arm: str, tmp_path: Path
) -> None:
    answer = officer.get(f"/firearms/{arm}/certificate", **{"Accept-Language": "fr"})
    assert answer.status_code == 200, answer.text
    assert answer.content.startswith(b"%PDF")
    assert answer.headers["content-type"] == "application/pdf"
    name = f"certificate-{short_form(parse_stream_id(arm).uuid)}.pdf"
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert "<rdf:li>fr-" in metadata(answer.content)
    bundle, trust = tmp_path / "evidence.zip", tmp_path / "trust.json"
    bundle.write_bytes(attachment(answer.content))
    trust.write_bytes(officer.client.get("/v1/log/trust").content)
    assert verify([str(bundle), "--trust", str(trust)]) == 0


def test_its_evidence_is_that_of_the_page(officer: Person, arm: str) -> None:
    pdf = officer.get(f"/firearms/{arm}/certificate").content
    evidence = officer.get(f"/firearms/{arm}/evidence").content
    assert set(unpack(attachment(pdf))) == set(unpack(evidence))


def test_it_is_for_those_who_may_read_the_firearm(console: Console, arm: str) -> None:
    asked = console.stranger.get(f"/firearms/{arm}/certificate")
    assert asked.status_code == 303
    assert asked.headers["location"].startswith("/log-in?next=")
    refused = (
        console.person("POL", authority="auth.xb", place="XB")
        .says()
        .get(f"/firearms/{arm}/certificate")
    )
    assert refused.status_code == 404
    assert b"%PDF" not in refused.content


def test_where_the_typesetter_is_missing_the_page_says_so(
    officer: Person, arm: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    answer = officer.get(f"/firearms/{arm}/certificate")
    assert answer.status_code == 400
    assert answer.headers["muniment-problem"] == "certificates_missing"
    assert "muniment[certificates]" in unescape(text_of(answer))


@pytest.mark.parametrize(("failures", "status"), [(1, 200), (2, 500)])
def test_a_checkpoint_in_between_is_met_by_one_more_try(
    officer: Person, arm: str, failures: int, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, tried = certificate, iter(range(failures))

    def between(*given: object, **named: object) -> bytes:
        if next(tried, None) is not None:
            raise ProofError("Another checkpoint.", slug="certificate_bundle")
        return made(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr("api.console.pages.firearm.certificate", between)
    assert officer.get(f"/firearms/{arm}/certificate").status_code == status


def test_the_life_and_the_chain_of_custody_have_their_pictures(officer: Person, arm: str) -> None:
    life = officer.get(f"/firearms/{arm}").text
    assert "<details open>" in life
    assert 'id="picture-wide-title"' in life
    assert life.index('id="picture"') < life.index('class="timeline"')
    assert 'id="chain-wide-title"' in officer.get(f"/firearms/{arm}/custody").text
