# SPDX-License-Identifier: Apache-2.0
"""Whatever an auditor is handed, there is a verdict: malformed files of every kind."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from api.cli.receipting.command import receipt as commands
from audit.proof.inclusion import TlogProof
from audit.proof.verify.beside.history import encode_consistency, parse_consistency
from audit.proof.verify.book import Request
from audit.proof.verify.command import main, verify
from audit.proof.verify.container import pack
from audit.proof.verify.evidence import manifest_of
from audit.proof.verify.report import ExitCode
from domain.errors import MunimentError, ProofError
from tests.unit.audit.verify.log_builder import small_log
from tests.unit.audit.verify.test_verify_bundle import EVIDENCE
from tests.unit.audit.verify.test_verify_bundle import LOG as SHOWN
from tests.unit.audit.verify.wider.others import cosigned, inclusion, policy, policy_file
from tests.unit.tries import tries

pytestmark = pytest.mark.slow  # thousands of mutations

LOG = small_log(1)
CODES: Final = {0, 1, 2, 3}
laws = settings(
    max_examples=tries(40),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def mangled(octets: bytes) -> st.SearchStrategy[bytes]:
    """Give octets that are like some others: cut, doubled, changed, or others altogether."""

    def cut(span: tuple[int, int], put: bytes) -> bytes:
        first, last = sorted(span)
        return octets[:first] + put + octets[last:]

    places = st.integers(0, len(octets))
    return st.one_of(
        st.binary(max_size=200), st.builds(cut, st.tuples(places, places), st.binary(max_size=8))
    )


@laws
@given(data=st.data())
def test_any_file_of_an_export_may_be_malformed(data: st.DataObject, tmp_path: Path) -> None:
    export = tmp_path / "export"
    if not export.exists():
        LOG.export(export)
        for folder in ("checkpoints", "tsa"):
            (export / folder).mkdir()
        (export / "checkpoints/3.note").write_bytes(cosigned(LOG.note(3)))
        (export / "tsa/3.alpha.0.tsr").write_bytes(b"0")
    names = sorted(path for path in export.rglob("*") if path.is_file())
    path = data.draw(st.sampled_from(names))
    sound = path.read_bytes()
    path.write_bytes(data.draw(mangled(sound)))
    try:
        with suppress(MunimentError):
            report = verify(
                Request(path=export, jobs=1, policy=policy(LOG), authorities=(), brackets=True)
            )
            assert report.exit_code in CODES
    finally:
        path.write_bytes(sound)


@laws
@given(data=st.data())
def test_any_file_of_a_bundle_may_be_malformed_though_its_manifest_fits(
    data: st.DataObject, tmp_path: Path
) -> None:
    files = EVIDENCE.files()
    files |= {
        "consistency/3-5.proof": encode_consistency([bytes(32)]),
        "checkpoints/5.note": SHOWN.note(5),
        "disclosures/3.sd-jwt": SHOWN.entries[3] + b"~W10~",
        "tsa/5.alpha.0.tsr": b"0",
    }
    del files["manifest.json"]
    name = data.draw(st.sampled_from(sorted(files)))
    files[name] = data.draw(mangled(files[name]))
    files["manifest.json"] = manifest_of(EVIDENCE.subject, files)
    (tmp_path / "b.zip").write_bytes(b"".join(pack(files)))
    with suppress(MunimentError):
        given = {"trust": SHOWN.trust(), "policy": policy(SHOWN), "authorities": ()}
        report = verify(Request(path=tmp_path / "b.zip", **given))  # type: ignore[arg-type]
        assert report.exit_code in CODES - {ExitCode.OK}


@laws
@given(data=st.data())
def test_any_manifest_may_be_malformed(data: st.DataObject, tmp_path: Path) -> None:
    files = EVIDENCE.files()
    files["manifest.json"] = data.draw(mangled(files["manifest.json"]))
    (tmp_path / "b.zip").write_bytes(b"".join(pack(files)))
    report = verify(Request(path=tmp_path / "b.zip", trust=SHOWN.trust()))
    assert report.exit_code is not ExitCode.OK or files == EVIDENCE.files()


@laws
@given(data=st.data())
def test_any_policy_may_be_malformed(data: st.DataObject, tmp_path: Path) -> None:
    export = tmp_path / "export"
    if not export.exists():
        LOG.export(export)
    (tmp_path / "policy").write_bytes(data.draw(mangled(policy_file(LOG))))
    assert main([str(export), "--policy", str(tmp_path / "policy"), "--jobs", "1"]) in CODES


@laws
@given(data=st.data())
def test_any_receipt_may_be_malformed(data: st.DataObject, tmp_path: Path) -> None:
    export = tmp_path / "export"
    if not export.exists():
        LOG.export(export)
    sound = TlogProof(index=3, path=inclusion(LOG, 3, 5), checkpoint_note=LOG.note(5))
    (tmp_path / "r.tlog-proof").write_bytes(data.draw(mangled(sound.encode())))
    for command in ("show", "verify", "upgrade"):
        source = [] if command == "show" else ["--from", str(export)]
        done = CliRunner().invoke(commands, [command, str(tmp_path / "r.tlog-proof"), *source])
        assert done.exit_code in CODES, done.exception


@given(st.one_of(st.binary(max_size=200), st.lists(st.binary(min_size=32, max_size=32))))
def test_a_consistency_proof_is_read_in_one_spelling_alone(given: bytes | list[bytes]) -> None:
    octets = given if isinstance(given, bytes) else encode_consistency(given)
    with suppress(ProofError):
        assert encode_consistency(parse_consistency(octets)) == octets
