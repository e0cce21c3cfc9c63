# SPDX-License-Identifier: Apache-2.0
"""The PDF: archival, tagged, always the same bytes, and with evidence that verifies."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import typst

from api.certificate import typesetting
from api.certificate.document import certificate
from api.certificate.faces import drawable
from api.certificate.languages import LOCALES
from api.certificate.typesetting import TEMPLATE, compiled, typeset
from api.tracing.inquiry import Trace
from audit.proof.verify.book import Request
from audit.proof.verify.bundle import verify_bundle
from audit.proof.verify.report import ExitCode
from domain.errors import MunimentError, ProofError, UsageError
from tests.unit.api.certificate.pdf import attachment, metadata
from tests.unit.api.certificate.traces import Life, stolen, unanchored
from tests.unit.every import for_every

LIFE = stolen()
TRACE = LIFE.trace()
BUNDLE = LIFE.bundle()
ORIGIN = "https://registry.example"
DATED = 1_795_420_800

HOSTILE = (
    '#read("/etc/passwd")',
    "*A1* _b_ `c` $d$ = e",
    '1]#panic("x")[',
    "A1\u202e321\u202c\u2066B",
    "A\u200b1\u00a02\u3000\u00ad",
    "1" * 64,
    "\U0001f52b1 \u0e01\ue0002",
    "\u4e2d\u0301\u06d4\u0627\u0661",
    "</script>\\u0041\x07\x1b[31m1",
)
"""What somebody may have typed as a serial, or cut into steel."""


def certified(life: Life, trace: Trace | None = None, language: str = "en") -> bytes:
    return certificate(trace or life.trace(), life.bundle(), language=language, origin=ORIGIN)


@for_every(list(LOCALES), "language")
def test_it_says_that_it_is_archival_and_tagged_and_in_which_language(language: str) -> None:
    pdf = certificate(TRACE, BUNDLE, language=language, origin=ORIGIN)
    said = metadata(pdf)
    assert "<pdfaid:part>3</pdfaid:part>" in said
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in said
    assert "<pdfuaid:part>1</pdfuaid:part>" in said
    assert f"<rdf:li>{language}-" in said
    assert b"/Marked true" in pdf
    assert b"/StructTreeRoot" in pdf


def test_the_evidence_comes_out_as_it_went_in_and_verifies(tmp_path: Path) -> None:
    pdf = certificate(TRACE, BUNDLE, language="en", origin=ORIGIN)
    assert attachment(pdf) == BUNDLE
    taken = tmp_path / "evidence.zip"
    taken.write_bytes(attachment(pdf))
    report = verify_bundle(Request(path=taken, trust=LIFE.log.trust()))
    assert report.exit_code is ExitCode.OK


def test_the_same_trace_and_bundle_give_the_same_bytes() -> None:
    first, second = (
        certificate(LIFE.trace(), BUNDLE, language="ar", origin=ORIGIN) for _ in range(2)
    )
    assert first == second


def test_another_process_elsewhere_gives_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[dict[str, Any]] = []
    here = _kept(monkeypatch, given)
    (tmp_path / "document.json").write_text(json.dumps(given[0]), "utf-8")
    (tmp_path / "bundle").write_bytes(BUNDLE)
    program = (
        "import json, sys\nfrom pathlib import Path\n"
        "from api.certificate.typesetting import typeset\n"
        "document = json.loads(Path('document.json').read_text('utf-8'))\n"
        f"pdf = typeset(document, Path('bundle').read_bytes(), dated={DATED})\n"
        "Path('made.pdf').write_bytes(pdf)\n"
    )
    elsewhere = {"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "TMPDIR": str(tmp_path), "LANG": "C"}
    root = str(Path(typesetting.__file__).parents[2])
    subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, **elsewhere, "PYTHONPATH": root},
        cwd=tmp_path,
        check=True,
        timeout=60,
    )
    assert sha256((tmp_path / "made.pdf").read_bytes()).digest() == sha256(here).digest()


def _kept(monkeypatch: pytest.MonkeyPatch, given: list[dict[str, Any]]) -> bytes:
    """Make a certificate, and keep the document that it is set from."""

    def keep(document: dict[str, Any], evidence: bytes, *, dated: int) -> bytes:
        assert dated
        given.append(document)
        return typeset(document, evidence, dated=DATED)

    monkeypatch.setattr("api.certificate.document.typeset", keep)
    return certificate(TRACE, BUNDLE, language="zh", origin=ORIGIN)


def test_it_is_dated_by_the_ledger_and_not_by_the_clock() -> None:
    newest = TRACE.proof.history.lines[-1].at
    said = metadata(certificate(TRACE, BUNDLE, language="en", origin=ORIGIN))
    assert f"<xmp:CreateDate>{newest:%Y-%m-%dT%H:%M:%S}+00:00</xmp:CreateDate>" in said


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("language", ["en", "ar"])
def test_no_serial_becomes_code_or_stops_the_typesetter(
    text: str, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[dict[str, Any]] = []
    _kept(monkeypatch, given)
    document = {**given[0], "lang": language, "rtl": language == "ar"}
    document["subtitle"] = [{"d": text}, {"n": text, "dir": "rtl"}, {"w": " 1"}]
    assert typeset(document, BUNDLE, dated=DATED).startswith(b"%PDF")


def test_a_hostile_make_in_a_signed_event_is_certified() -> None:
    life = Life().register(make={"known": '#read("/etc/passwd")'}, model={"known": "*]$x"})
    pdf = certified(life)
    assert attachment(pdf) == life.bundle()


def test_the_typesetter_stops_at_what_no_font_can_draw(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[dict[str, Any]] = []
    _kept(monkeypatch, given)
    document = {**given[0], "subtitle": [{"d": "\u0e01"}]}
    monkeypatch.setattr("api.certificate.typesetting.drawable", lambda: {0x0E01, *drawable()})
    with pytest.raises(MunimentError) as stopped:
        typeset(document, BUNDLE, dated=DATED)
    assert stopped.value.slug == "certificate_unset"


@pytest.mark.parametrize(
    "code", ['#read("/etc/passwd")', '#read("../outside")', '#import "@preview/x:1.0.0": y']
)
def test_the_typesetter_reads_nothing_but_its_own_folder(code: str, tmp_path: Path) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    (tmp_path / "outside").write_text("secret", "utf-8")
    (folder / TEMPLATE.name).write_text(f'#set document(title: "x")\n{code}', "utf-8")
    with pytest.raises(typst.TypstError):
        compiled(folder, dated=DATED)


@pytest.mark.parametrize("word", ["@", "include", "eval(", "plugin"])
def test_the_template_takes_nothing_from_elsewhere_and_evaluates_nothing(word: str) -> None:
    code = [line.partition("//")[0] for line in TEMPLATE.read_text("utf-8").splitlines()]
    assert [line for line in code if word in line] == []


def test_a_bundle_about_another_firearm_is_refused() -> None:
    life = stolen()
    bundle = Life(log=life.log).register().bundle()
    with pytest.raises(ProofError, match="about something else") as refused:
        certificate(life.trace(), bundle, language="en", origin=ORIGIN)
    assert refused.value.slug == "certificate_bundle"


def test_a_bundle_from_before_the_ledger_grew_is_refused() -> None:
    life = stolen()
    older = life.bundle()
    Life(log=life.log).register()
    with pytest.raises(ProofError, match="another checkpoint"):
        certificate(life.trace(), older, language="en", origin=ORIGIN)


def test_what_is_no_bundle_is_refused() -> None:
    with pytest.raises(UsageError) as refused:
        certificate(TRACE, b"%PDF-1.7", language="en", origin=ORIGIN)
    assert refused.value.slug == "bundle_foreign"


def test_a_bundle_too_large_to_be_carried_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.certificate.checking.BUNDLE_OCTETS_MAX", len(BUNDLE) - 1)
    with pytest.raises(ProofError, match="octets"):
        certificate(TRACE, BUNDLE, language="en", origin=ORIGIN)


def test_without_a_signed_checkpoint_nothing_is_certified() -> None:
    with pytest.raises(ProofError) as refused:
        certificate(unanchored(TRACE), BUNDLE, language="en", origin=ORIGIN)
    assert refused.value.slug == "certificate_unanchored"


@pytest.mark.parametrize(
    "origin", ["registry.example", "javascript:alert(1)", f"{ORIGIN}/path", f"{ORIGIN}\n", ""]
)
def test_an_origin_that_is_none_is_refused(origin: str) -> None:
    with pytest.raises(UsageError) as refused:
        certificate(TRACE, BUNDLE, language="en", origin=origin)
    assert refused.value.slug == "certificate_origin"


def test_a_language_that_there_is_not_is_refused() -> None:
    with pytest.raises(UsageError) as refused:
        certificate(TRACE, BUNDLE, language="../en", origin=ORIGIN)
    assert refused.value.slug == "language_unknown"


@pytest.mark.parametrize("absent", ["typst", "fontpkg_noto_sans_arabic"])
def test_without_the_extra_somebody_is_told_what_to_install(
    absent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, absent, None)
    drawable.cache_clear()
    with pytest.raises(UsageError, match=r"muniment\[certificates\]") as refused:
        certificate(TRACE, BUNDLE, language="en", origin=ORIGIN)
    drawable.cache_clear()
    assert refused.value.slug == "certificates_missing"
