# SPDX-License-Identifier: Apache-2.0
"""No record of the access log can be changed, left out or added without being found."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.proof.access.chain import (
    RETENTION_MONTHS,
    Extent,
    Stored,
    kept_from,
    month_of,
)
from audit.proof.access.record import Access, read_record, write_record
from audit.proof.access.verifying import verify_access
from domain.errors import InvalidValueError, ProofError
from tests.unit.audit.access.logs import DAY, MARK, NOW, Log, access

LOG = Log.daily(12)
HEADS = (LOG.head(4, index=70), LOG.head(9, index=90))
PLACES = st.integers(0, LOG.count - 1)


def test_an_untouched_log_holds_and_says_how_much_the_ledger_states() -> None:
    verdict = LOG.verify(*HEADS)
    assert verdict.holds
    assert str(verdict) == (
        "12 records of the access log make one chain. The ledger states the first 9 records;"
        " 3 later records rest on the database alone."
    )
    assert Log().codes() == []


@given(place=PLACES, octet=st.integers(0), flip=st.integers(1, 255))
def test_an_edited_record_is_named(place: int, octet: int, flip: int) -> None:
    raw = bytearray(LOG.records[place].raw)
    raw[octet % len(raw)] ^= flip
    forged = LOG.records[place]._replace(raw=bytes(raw))
    found = _with(place, forged).verify(*HEADS).findings
    assert found[0].code == "access_digest"
    assert f"Record {place} " in found[0].sentence


@given(place=PLACES, flip=st.integers(0, 255))
def test_an_edited_digest_is_named(place: int, flip: int) -> None:
    digest = bytearray(LOG.records[place].digest or b"")
    digest[flip % 32] ^= 1
    forged = LOG.records[place]._replace(digest=bytes(digest))
    found = [each.code for each in _with(place, forged).verify(*HEADS).findings]
    assert found[0] == "access_digest"


@given(place=PLACES)
def test_an_edited_record_with_a_chain_made_anew_is_found_by_what_the_ledger_states(
    place: int,
) -> None:
    raws = LOG.raws
    raws[place] = write_record(access(NOW, case="forged"))
    forged = Log.of(raws)
    stated = next((head for head in HEADS if head.count > place), None)
    findings = forged.verify(*HEADS).findings
    assert [(each.code, each.index) for each in findings] == (
        [("access_head", stated.index)] if stated else []
    )


@given(place=st.integers(1, LOG.count - 2))
def test_a_deleted_record_leaves_a_gap(place: int) -> None:
    kept = (*LOG.records[:place], *LOG.records[place + 1 :])
    found = verify_access(kept, _extent(LOG), HEADS, now=NOW).findings
    assert [each.code for each in found] == ["access_gap"]
    assert f"Record {place} is missing" in found[0].sentence


@given(place=st.integers(0, 8))
def test_a_deleted_record_with_a_chain_made_anew_is_found_by_what_the_ledger_states(
    place: int,
) -> None:
    forged = Log.of([*LOG.raws[:place], *LOG.raws[place + 1 :]])
    assert forged.codes(*HEADS) == ["access_head"]


@given(place=st.integers(0, 8))
def test_an_inserted_record_is_found(place: int) -> None:
    extra = write_record(access(NOW, case="inserted"))
    forged = Log.of([*LOG.raws[:place], extra, *LOG.raws[place:]])
    assert "access_head" in forged.codes(*HEADS)
    renumbered = [*LOG.records[:place], Stored(place, extra, LOG.records[place].digest)]
    renumbered += [each._replace(n=each.n + 1) for each in LOG.records[place:]]
    extent = replace(_extent(LOG), count=LOG.count + 1)
    found = [each.code for each in verify_access(renumbered, extent, HEADS, now=NOW).findings]
    assert found[0] == "access_digest"


@given(kept=st.integers(0, 8))
def test_an_end_that_was_cut_off_after_a_statement_is_found(kept: int) -> None:
    forged = Log(LOG.records[:kept])
    found = forged.verify(*HEADS).findings
    assert [(each.code, each.index) for each in found] == [("access_tail", 90)]
    assert f"9 records; only {kept} are there" in found[0].sentence


def test_an_end_that_was_cut_off_under_its_head_row_is_found() -> None:
    found = verify_access(LOG.records[:10], _extent(LOG), HEADS, now=NOW).findings
    assert [each.code for each in found] == ["access_tail"]


def test_what_nobody_stated_can_be_cut_off_unseen_until_it_is() -> None:
    assert Log(LOG.records[:10]).codes(*HEADS) == []
    assert Log(LOG.records[:10]).codes(*HEADS, LOG.head(12)) == ["access_tail"]


def test_another_beginning_is_no_access_log() -> None:
    assert Log.of(LOG.raws, kept=bytes(32)).codes() == ["access_start"]


def test_whole_months_leave_and_the_rest_still_verifies() -> None:
    years = Log.daily(900)
    heads = tuple(years.head(n, at=NOW - (899 - n) * DAY, index=n) for n in (1, 100, 500, 890))
    shorter = years.cut(now=NOW)
    assert shorter.first == 900 - 1 - (NOW - kept_from(NOW)) // DAY
    assert shorter.codes(*heads) == []
    later = NOW + 40 * DAY
    again = shorter.with_raw(write_record(access(later))).cut(now=later)
    assert again.first > shorter.first
    assert again.codes(*heads, again.head(again.count, at=later), now=later) == []


def test_everything_may_be_due() -> None:
    old = Log.daily(3, until=NOW - 700 * DAY)
    assert len(old.cut(now=NOW).records) == 1
    heads = (old.head(2, at=NOW - 701 * DAY), old.head(3, at=NOW - 700 * DAY))
    assert old.cut(now=NOW).codes(*heads) == []


def test_a_beginning_that_was_erased_without_a_record_of_it_is_found() -> None:
    forged = Log(LOG.records[5:], first=5, kept=LOG.records[4].digest or b"")
    assert forged.codes(*HEADS) == ["access_cut"]


def test_a_beginning_that_another_one_stands_for_is_found() -> None:
    years = Log.daily(900).cut(now=NOW)
    forged = Log.of(years.raws, first=years.first, kept=bytes(32))
    assert "access_cut" in forged.codes()


def test_records_erased_before_their_time_are_found_by_the_rule() -> None:
    early = LOG.cut(now=NOW, before=month_of(NOW), upto=5)
    assert early.codes() == ["access_rule"]
    crooked = LOG.cut(now=NOW, before=kept_from(NOW) - 1, upto=5)
    assert crooked.codes() == ["access_rule"]


def test_records_that_are_said_to_be_older_than_they_are_are_found_by_the_ledger() -> None:
    heads = [LOG.head(n, at=NOW - (11 - n) * DAY, index=50 + n) for n in (3, 6, 9)]
    lied = LOG.cut(now=NOW, upto=8)
    (found,) = lied.verify(*heads).findings
    assert (found.code, found.index) == ("access_rule", 56)


def test_what_should_have_been_erased_is_a_notice() -> None:
    old = Log.daily(800)
    verdict = old.verify()
    assert [each.code for each in verdict.findings] == ["access_overdue"]
    assert verdict.holds
    assert old.cut(now=NOW).codes() == []


@pytest.mark.parametrize(
    ("now", "first"),
    [
        ("2027-01-15", "2025-07-01"),
        ("2027-01-31", "2025-07-01"),
        ("2026-12-31", "2025-06-01"),
        ("2027-07-01", "2026-01-01"),
    ],
)
def test_records_are_kept_for_eighteen_whole_months(now: str, first: str) -> None:
    moment = int(datetime.fromisoformat(now).replace(tzinfo=UTC).timestamp())
    assert kept_from(moment) == int(datetime.fromisoformat(first).replace(tzinfo=UTC).timestamp())
    assert RETENTION_MONTHS == 18


RECORD = access(NOW)


@pytest.mark.parametrize(
    "change",
    [
        {"case": "x" * 129},
        {"case": "two\nlines"},
        {"officer": "\N{LATIN SMALL LETTER E WITH ACUTE}"},
        {"action": "everything"},
        {"decision": ""},
        {"selectors": ("serial 4711",)},
        {"events": (MARK,) * 65},
        {"at": -1},
        {"means": "god"},
        {"more": 1},
    ],
)
def test_a_record_has_no_room_for_anything_else(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"Access|validation"):
        Access.model_validate(RECORD.model_dump() | change)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{}",
        b"[]",
        b'{"kind":"access"}',
        write_record(RECORD).replace(b'"count":1', b'"count":1.0'),
        write_record(RECORD).replace(b'"case":"",', b""),
        write_record(RECORD) + b"\n",
        write_record(RECORD).replace(b'"kind":"access"', b'"kind":"other"'),
    ],
)
def test_octets_of_another_form_are_no_record(raw: bytes) -> None:
    with pytest.raises(ProofError) as refused:
        read_record(raw)
    assert refused.value.slug == "access_form"
    assert Log.of([raw]).codes() == ["access_form"] if raw else True


def test_a_record_comes_back_as_it_was_written() -> None:
    assert read_record(write_record(RECORD)) == RECORD
    full = access(NOW, events=(MARK,) * 64, selectors=(MARK,) * 32, claims=("c" * 40,) * 64)
    assert read_record(write_record(full)) == full
    with pytest.raises(InvalidValueError):
        write_record(full.model_copy(update={"claims": ("c" * 40,) * 500}))


def _with(place: int, record: Stored) -> Log:
    return replace(LOG, records=(*LOG.records[:place], record, *LOG.records[place + 1 :]))


def _extent(log: Log) -> Extent:
    return Extent(first=log.first, kept=log.kept, count=log.count, digest=log.digest)
