# SPDX-License-Identifier: Apache-2.0
"""Many time-stamps: every one is judged, none overrides another, renewal bridges an expiry."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.proof.timestamps.authorities import TrustedAuthority
from audit.proof.timestamps.files import (
    StampName,
    Suffix,
    note_path,
    parse_stamp_path,
    stamp_names,
    stamped_octets,
)
from audit.proof.timestamps.series import Verdict, facts_of, judge_stamps
from audit.proof.timestamps.verifying import Papers
from tests.unit.audit.timestamps.local_authority import (
    DAY,
    NOW,
    OPENSSL,
    LocalAuthority,
    issue,
    local_authority,
    needs_openssl,
)

pytestmark = needs_openssl

NOTE = b"ledger.xa-test\n7\nroot\n\n signature\n"
NOTES = {7: NOTE}
TODAY = int(NOW.timestamp())


def laid_out(name: StampName, papers: Papers) -> dict[str, bytes]:
    kept: dict[Suffix, bytes | None] = {
        "tsr": papers.answer,
        "tsq": papers.request,
        "pem": papers.chain,
        "crl": papers.crl,
    }
    return {name.path(suffix): octets for suffix, octets in kept.items() if octets is not None}


def states(verdicts: tuple[Verdict, ...]) -> list[str]:
    return [each.state for each in verdicts]


@pytest.fixture(scope="module")
def both(authorities: tuple[LocalAuthority, LocalAuthority]) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for each in authorities:
        files |= laid_out(StampName(7, each.name), each.stamp(NOTE))
    return files


@pytest.fixture(scope="module")
def trusted(authorities: tuple[LocalAuthority, LocalAuthority]) -> list[TrustedAuthority]:
    return [each.trust for each in authorities]


def test_every_stamp_gets_a_verdict_of_its_own(
    both: dict[str, bytes], trusted: list[TrustedAuthority]
) -> None:
    verdicts = judge_stamps(both, NOTES, trusted, now=TODAY)
    assert states(verdicts) == ["valid", "valid"]
    assert {fact.source for fact in facts_of(verdicts)} == {"alpha", "beta"}
    assert {fact.size for fact in facts_of(verdicts)} == {7}


def test_a_good_stamp_does_not_hide_a_bad_one(
    alpha: LocalAuthority, both: dict[str, bytes], trusted: list[TrustedAuthority]
) -> None:
    other = laid_out(StampName(7, "alpha"), alpha.stamp(b"another note"))
    verdicts = judge_stamps({**both, **other}, NOTES, trusted, now=TODAY)
    assert states(verdicts) == ["bad", "valid"]
    assert verdicts[0].slug == "stamp_other"
    assert [fact.source for fact in facts_of(verdicts)] == ["beta"]


def test_the_evidences_own_name_for_an_authority_counts_for_nothing(
    alpha: LocalAuthority, trusted: list[TrustedAuthority]
) -> None:
    """One authority under two names remains one source."""
    files = laid_out(StampName(7, "beta"), alpha.stamp(NOTE))
    files |= laid_out(StampName(7, "alpha"), alpha.stamp(NOTE))
    facts = facts_of(judge_stamps(files, NOTES, trusted, now=TODAY))
    assert {fact.source for fact in facts} == {"alpha"}


def test_what_is_not_trusted_or_not_there_is_not_called_wrong(
    both: dict[str, bytes], trusted: list[TrustedAuthority]
) -> None:
    assert states(judge_stamps(both, NOTES, trusted[:1], now=TODAY)) == ["valid", "untrusted"]
    assert states(judge_stamps(both, {}, trusted, now=TODAY)) == ["missing", "missing"]
    assert judge_stamps({}, NOTES, trusted, now=TODAY) == ()


class Renewed:
    """A short-lived signer's token, and the longer-lived one made over token and note."""

    def __init__(self, folder: Path) -> None:
        self.authority = local_authority(folder, "gamma")
        short = issue("gamma short", self.authority.root, dates=(NOW - DAY, NOW + 2 * DAY))
        first = self.authority.with_signer(short).stamp(NOTE)
        self.authority.write()
        again = self.authority.stamp(stamped_octets(NOTE, [first.answer]))
        self.first = laid_out(StampName(7, "gamma"), first)
        self.again = laid_out(StampName(7, "gamma", 1), again)

    def states(self, files: dict[str, bytes], days: int) -> list[str]:
        now = TODAY + int(days * DAY.total_seconds())
        return states(judge_stamps(files, NOTES, [self.authority.trust], now=now))


@pytest.fixture(scope="module")
def renewed(tmp_path_factory: pytest.TempPathFactory) -> Renewed:
    return Renewed(tmp_path_factory.mktemp("renewed"))


def test_a_stamp_lapses_with_its_certificate(renewed: Renewed) -> None:
    assert renewed.states(renewed.first, days=1) == ["valid"]
    assert renewed.states(renewed.first, days=3) == ["expired"]


def test_a_younger_stamp_over_stamp_and_note_carries_it_on(renewed: Renewed) -> None:
    files = renewed.first | renewed.again
    assert renewed.states(files, days=1) == ["valid", "valid"]
    assert renewed.states(files, days=3) == ["renewed", "valid"]
    assert renewed.states(files, days=9_000) == ["expired", "expired"]


def test_openssl_alone_verifies_a_renewal_over_the_files_put_together(
    renewed: Renewed, tmp_path: Path
) -> None:
    """As docs may tell an auditor: cat the older token and the note."""
    older, younger = (StampName(7, "gamma", each).path("tsr") for each in (0, 1))
    (tmp_path / "dated").write_bytes(renewed.first[older] + NOTE)
    (tmp_path / "tsr").write_bytes(renewed.again[younger])
    root = renewed.authority.folder / "root.pem"
    done = subprocess.run(
        [OPENSSL, "ts", "-verify", "-data", "dated", "-in", "tsr", "-CAfile", str(root)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert "Verification: OK" in done.stdout, done.stderr


def test_a_renewed_stamp_still_proves_its_own_early_time(renewed: Renewed) -> None:
    files = renewed.first | renewed.again
    now = TODAY + int(3 * DAY.total_seconds())
    facts = facts_of(judge_stamps(files, NOTES, [renewed.authority.trust], now=now))
    assert [(fact.size, fact.kind) for fact in facts] == [(7, "stamped")] * 2
    assert facts[0].latest <= facts[1].latest


def test_a_renewal_made_too_late_carries_nothing(tmp_path: Path) -> None:
    """The token's certificate ends before the renewal, which openssl can only date today."""
    gamma = local_authority(tmp_path, "gamma")
    ended = issue("gamma ended", gamma.root, dates=(NOW - 9 * DAY, NOW - DAY))
    first = gamma.with_signer(ended).stamp(NOTE)
    gamma.write()
    again = gamma.stamp(stamped_octets(NOTE, [first.answer]))
    files = laid_out(StampName(7, "gamma"), first) | laid_out(StampName(7, "gamma", 1), again)
    assert states(judge_stamps(files, NOTES, [gamma.trust], now=TODAY)) == ["bad", "valid"]


def test_a_renewal_without_what_it_renews_is_a_gap(renewed: Renewed) -> None:
    assert renewed.states(renewed.again, days=1) == ["missing"]


def test_a_changed_stamp_breaks_its_renewal_too(renewed: Renewed) -> None:
    path = StampName(7, "gamma").path("tsr")
    octets = bytearray(renewed.first[path])
    octets[-1] ^= 1
    files = {**renewed.first, **renewed.again, path: bytes(octets)}
    assert renewed.states(files, days=1) == ["bad", "bad"]


def test_names_of_files_are_read_as_they_are_written() -> None:
    name = StampName(70_000, "alpha-2", 3)
    assert name.path("tsr") == "tsa/70000.alpha-2.3.tsr"
    assert parse_stamp_path(name.path("crl")) == (name, "crl")
    assert note_path(70_000) == "checkpoints/70000.note"
    assert stamp_names([name.path("tsr"), name.path("pem"), "tsa/../x.tsr"]) == (name,)


@given(text=st.one_of(st.text(max_size=40), st.from_regex(r"tsa/[0-9a-z./-]{0,30}\.tsr")))
def test_any_other_name_is_none(text: str) -> None:
    found = parse_stamp_path(text)
    assert found is None or found[0].path(found[1]) == text
