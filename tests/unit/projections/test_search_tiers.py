# SPDX-License-Identifier: Apache-2.0
"""Rule 11: what a misread number still finds, and why."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InvalidValueError
from domain.firearm.candidates import Damaged
from domain.markings import canonical
from projections.marking_search.reading import Reading
from projections.marking_search.spelling import neighbours
from projections.marking_search.tiers import Likeness, Tier, likeness, restored_likeness

SERIALS = st.text("ABCXYZ0123456789", min_size=4, max_size=10)


def _alike(read: str, seen: str) -> Likeness:
    found = likeness(Reading(read), seen)
    assert found is not None
    return found


@pytest.mark.parametrize("seen", ["369257", "369M257", "369 K 257"])
def test_letters_between_digits_are_ignored(seen: str) -> None:
    assert _alike("369J257", seen).tier is Tier.EMBEDDED


@pytest.mark.parametrize("seen", ["369J258", "A369257B", "36257"])
def test_other_digits_and_letters_at_the_ends_are_not_ignored(seen: str) -> None:
    found = likeness(Reading("369J257"), seen)
    assert found is None or found.tier is Tier.ONE_CHARACTER


@pytest.mark.parametrize(("first", "second"), [*zip("OISBZ", "01582", strict=True)])
def test_characters_that_look_alike_are_offered_and_named(first: str, second: str) -> None:
    found = _alike(f"AX{first}77", f"AX{second}77")
    assert found.tier is Tier.LOOKALIKE
    assert f"{first} or {second} (3rd character)" in found.reason


@pytest.mark.parametrize(
    ("read", "seen", "tier"),
    [
        ("tw9-000042", "tw9-000042", Tier.EXACT),
        ("TW9 000042", "tw9-000042", Tier.CANONICAL),
        ("ABC12", "\u0410\u0412C12", Tier.CANONICAL),
        ("TW9-0000?2", "TW9-000042", Tier.PATTERN),
        ("*42", "TW9-000042", Tier.PATTERN),
        ("TW9*", "TW9", Tier.PATTERN),
        ("5W9-0000?2", "SW9-000042", Tier.PATTERN_LOOKALIKE),
        ("1234*", "1234*", Tier.EXACT),
        ("IZH 27", "ИЖ-27", Tier.LATIN),
        ("ИЖ-27", "Izh 27", Tier.LATIN),
        ("56shi 1", "五六式 1", Tier.LATIN),
        ("IZH-?7", "ИЖ-27", Tier.PATTERN_LATIN),
        ("A?[5S]14..", "AX5140", Tier.PATTERN),
        ("A?[5S]14..", "ax-s14", Tier.PATTERN),
        ("[ЖA]-27", "ZH 27", Tier.PATTERN_LATIN),
        ("A[-1]27", "A27", Tier.PATTERN),
        ("[58]W9", "SW9", Tier.PATTERN_LOOKALIKE),
        ("TW9-000043", "TW9-000042", Tier.ONE_CHARACTER),
        ("TW9-00042", "TW9-000042", Tier.ONE_CHARACTER),
        ("TW9-0000042", "TW9-000042", Tier.ONE_CHARACTER),
        ("TW9-000024", "TW9-000042", Tier.ONE_CHARACTER),
    ],
)
def test_the_nearest_likeness_counts(read: str, seen: str, tier: Tier) -> None:
    assert _alike(read, seen).tier is tier


def test_leading_zeros_are_characters_like_others() -> None:
    assert _alike("000424", "00424").tier is Tier.ONE_CHARACTER
    assert likeness(Reading("000424"), "424") is None


def test_wildcards_stand_for_what_they_say() -> None:
    assert likeness(Reading("AB?4"), "AB4") is None
    assert likeness(Reading("AB?4"), "ABXX4") is None
    assert _alike("AB*4", "AB4").tier is Tier.PATTERN


def test_two_wrong_characters_are_too_many() -> None:
    assert likeness(Reading("TW9-000099"), "TW9-000042") is None


@pytest.mark.parametrize("text", ["?[AB]14", "[58]W[12]", "AB?..", "A1[-.]"])
def test_the_sql_pattern_admits_what_the_reading_admits(text: str) -> None:
    like = re.compile(Reading(text).like().replace("_", ".").replace("%", ".*"))
    for seen in ("XA14", "5W1", "AB0", "AB123", "A1", "A1-", "QB14"):
        if Reading(text).fits(seen):
            assert like.fullmatch(canonical(seen)), (text, seen)


RESTORED = [
    ("A?[5S]14..", "AX5140", True),
    ("A?[5S]14..", "ax s14", True),
    ("A?[5S]14..", "A514", False),
    ("A?[5S]14", "AX5140", False),
    ("TW9?0000?2", "TW9-000042", True),
    ("TW9-0000?2", "TW9000042", True),
    ("?Ж", "1Ж", True),
]


@pytest.mark.parametrize(("pattern", "read", "found"), RESTORED)
def test_a_number_finds_the_marks_that_were_restored_in_part(
    pattern: str, read: str, found: bool
) -> None:
    alike = restored_likeness(Reading(read), pattern)
    assert (alike is not None) is found
    assert alike is None or (alike.tier, alike.reason) == (Tier.RESTORED, f"admits {read}")


def test_a_restored_mark_is_found_by_its_own_pattern_and_by_no_other() -> None:
    alike = restored_likeness(Reading("A?[5S]14.."), "A?[5S]14..")
    assert alike
    assert alike.tier is Tier.EXACT
    assert restored_likeness(Reading("A?514"), "A?[5S]14..") is None


@given(text=SERIALS, data=st.data())
def test_whatever_a_laboratory_reads_of_a_number_is_found_by_that_number(
    text: str, data: st.DataObject
) -> None:
    places = sorted(data.draw(st.sets(st.integers(1, len(text)), min_size=1)))
    reading = [{"position": at, "characters": [text[at - 1], "-"]} for at in places]
    known = {"length": len(text)} if data.draw(st.booleans()) else {}
    pattern = Damaged.model_validate({"reading": reading, **known}).pattern
    assert restored_likeness(Reading(text), pattern)
    assert Reading(pattern).fits(text)


@pytest.mark.parametrize("text", ["7", "A?1", "[58]?[AB]", "A1.."])
def test_little_is_enough_to_search_for(text: str) -> None:
    Reading(text).check()


@pytest.mark.parametrize("text", ["?", "**", "A*", "--", "", "[5S]", "[5S]?..", "[-]"])
def test_a_search_for_nearly_nothing_is_refused(text: str) -> None:
    with pytest.raises(InvalidValueError, match="too few"):
        Reading(text).check()


@given(read=SERIALS, seen=SERIALS)
def test_what_is_one_character_off_is_one_of_the_neighbours(read: str, seen: str) -> None:
    found = likeness(Reading(read), seen)
    if found and found.tier is Tier.ONE_CHARACTER:
        assert canonical(seen) in neighbours(Reading(read).key)


@given(text=SERIALS)
def test_every_neighbour_is_at_most_one_character_off(text: str) -> None:
    found = [likeness(Reading(text), each) for each in neighbours(text)]
    assert all(each is not None and each.tier <= Tier.ONE_CHARACTER for each in found)


def test_a_neighbour_can_have_another_letter_of_the_script_that_was_read() -> None:
    assert "\u0416\u042f1234" in neighbours("\u042f\u042f1234")
    assert not any(each.startswith("\u0416") for each in neighbours("AX1234"))


@given(text=SERIALS, at=st.integers(0, 9), other=st.sampled_from("ABCXYZ0123456789"))
def test_one_other_character_is_always_found(text: str, at: int, other: str) -> None:
    place = at % len(text)
    read = text[:place] + other + text[place + 1 :]
    assert _alike(read, text).tier <= Tier.ONE_CHARACTER
