# SPDX-License-Identifier: Apache-2.0
"""Logs that no honest ledger would write, each refused by the check that names it."""

from pathlib import Path

from api.client.attest import endorse
from api.client.keyfile import FileKey
from audit.proof.verify.book import Request
from audit.proof.verify.log.directory import verify_directory
from audit.proof.verify.report import Check, ExitCode, Report
from tests.unit.audit.verify.log_builder import DESCRIPTION, LogBuilder, new_id, small_log


def verified(log: LogBuilder, path: Path) -> Report:
    return verify_directory(Request(path=path, trust=log.trust(), jobs=1))


def check(report: Report, name: str) -> Check:
    return next(each for each in report.checks if each.name == name)


def found(log: LogBuilder, tmp_path: Path, name: str) -> tuple[str, int | None]:
    report = verified(log, log.export(tmp_path / "export"))
    assert report.exit_code is ExitCode.VIOLATED
    assert check(report, name).state == "failed"
    finding = next(each for each in report.findings if each.check == name)
    return finding.code, finding.index


def test_a_key_does_not_sign_after_its_revocation(tmp_path: Path) -> None:
    log = small_log(2)
    log.revoke(log.officer, log.key_stream)
    log.register()
    assert found(log, tmp_path, "mandate") == ("key_not_valid", len(log.entries) - 1)


def test_a_key_does_not_sign_before_its_approval(tmp_path: Path) -> None:
    log = LogBuilder()
    log.found()
    log.register()
    log.enrol(log.officer, log.key_stream)
    assert found(log, tmp_path, "mandate") == ("key_not_valid", 1)


def test_a_key_that_nobody_enrolled_does_not_sign(tmp_path: Path) -> None:
    log = small_log(1)
    log.register(key=FileKey.create("Ed25519"))
    assert found(log, tmp_path, "mandate")[0] == "kid_unknown"


def test_a_key_does_not_sign_beyond_its_role(tmp_path: Path) -> None:
    log = small_log(1)
    described = {name: value for name, value in DESCRIPTION.items() if name != "source"}
    dat = {**described, "leading_part": "frame"}
    log.append("firearm.manufactured", new_id("arm"), dat)
    assert found(log, tmp_path, "mandate")[0] == "role_denied"


def test_an_officer_of_a_part_who_says_nothing_of_the_place_speaks_for_too_much(
    tmp_path: Path,
) -> None:
    log, regional = small_log(1), FileKey.create("Ed25519")
    log.enrol(regional, new_id("key"), place="XA-NW")
    log.append("firearm.registered", new_id("arm"), {**DESCRIPTION, "jur": "XA-NW"}, key=regional)
    assert verified(log, log.export(tmp_path / "good")).exit_code is ExitCode.OK
    log.register(key=regional)
    assert found(log, tmp_path, "mandate") == ("jurisdiction_denied", len(log.entries) - 1)


def test_a_second_signature_that_nobody_gave_is_noticed(tmp_path: Path) -> None:
    log = small_log(1)
    dat = {
        "jur": "XA", "policy": "xa-test", "version": "1.0", "digest": "B" * 43,
        "effective_on": "2027-01-01",
    }  # fmt: skip
    sub = new_id("pol")
    given = endorse(log.roots[0], log.draft("policy.adopted", sub, dat))
    log.append("policy.adopted", sub, {**dat, "endorsements": [given]})
    good = verified(log, log.export(tmp_path / "good"))
    assert (good.exit_code, good.findings) == (ExitCode.OK, ())
    # A signature of another act: whoever holds the database could copy it from there.
    log.append("policy.adopted", new_id("pol"), {**dat, "endorsements": [given]})
    assert found(log, tmp_path, "signature") == ("sig_invalid", len(log.entries) - 1)


def test_an_illegal_registry_entry_is_named_and_has_no_effect(tmp_path: Path) -> None:
    log = LogBuilder.founded()
    newcomer = FileKey.create("ES256")
    stream = new_id("key")
    log.enrol(newcomer, stream)
    log.append("key.enrol-approved", stream, {"target": "A" * 43}, key=log.roots[1])
    log.register(key=newcomer)
    assert found(log, tmp_path, "registry") == ("key_not_pending", 5)


def test_a_ledger_without_a_founding_has_no_keys(tmp_path: Path) -> None:
    log = LogBuilder()
    log.register()
    assert found(log, tmp_path, "registry") == ("not_founded", 0)


def test_a_repeated_sequence_number_breaks_the_chain(tmp_path: Path) -> None:
    log = small_log(1)
    stream = log.register()
    log.transfer(stream)
    log.transfer(stream, seq=2)
    assert found(log, tmp_path, "chain") == ("seq_conflict", len(log.entries) - 1)


def test_an_omitted_event_breaks_the_chain(tmp_path: Path) -> None:
    log = small_log(1)
    stream = log.register()
    log.transfer(stream)
    log.transfer(stream)
    del log.entries[-2]
    assert found(log, tmp_path, "chain") == ("seq_conflict", len(log.entries) - 1)


def test_another_predecessor_breaks_the_chain(tmp_path: Path) -> None:
    log = small_log(1)
    log.transfer(log.register(), prev="B" * 43)
    assert found(log, tmp_path, "chain") == ("prev_mismatch", len(log.entries) - 1)


def test_one_request_is_not_recorded_twice(tmp_path: Path) -> None:
    log = small_log(1)
    jti = new_id("x").partition(".")[2]
    log.register(jti=jti)
    log.register(jti=jti)
    assert found(log, tmp_path, "requests") == ("jti_conflict", len(log.entries) - 1)


def test_an_event_for_another_ledger_is_refused(tmp_path: Path) -> None:
    log = small_log(1)
    log.register(aud="ledger.yb-test")
    assert found(log, tmp_path, "envelope") == ("aud_mismatch", len(log.entries) - 1)


def test_an_event_that_happens_after_it_was_signed_is_refused(tmp_path: Path) -> None:
    log = small_log(1)
    log.register(occ="2027-01-01")
    assert found(log, tmp_path, "envelope")[0] == "occ_window"


def test_an_entry_that_is_no_event_is_refused_without_an_exception(tmp_path: Path) -> None:
    log = small_log(1)
    log.entries += [b"", b".", b"..", b"\xff" * 300, b"{" * 20_000]
    assert found(log, tmp_path, "envelope")[1] == len(log.entries) - 5


def test_an_empty_log_verifies_but_nothing_is_called_checked(tmp_path: Path) -> None:
    log = small_log(0)
    trust = log.trust()
    empty = LogBuilder(log_key=log.log_key, roots=log.roots)
    (tmp_path / "checkpoint").write_bytes(empty.note())
    report = verify_directory(Request(path=tmp_path, trust=trust, jobs=1))
    assert report.exit_code is ExitCode.OK
    assert check(report, "registry").state == "not checked"


def test_all_failures_are_counted_though_few_are_listed(tmp_path: Path) -> None:
    log = LogBuilder.founded()
    stranger = FileKey.create("Ed25519")
    for _ in range(40):
        log.register(key=stranger)
    report = verified(log, log.export(tmp_path))
    assert check(report, "mandate").failures == 40
    assert len(report.findings) < 40
