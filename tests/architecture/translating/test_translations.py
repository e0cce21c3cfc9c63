# SPDX-License-Identifier: Apache-2.0
"""Whatever the console says, it says in six languages; a missing sentence fails the build."""

from __future__ import annotations

from collections import defaultdict

import pytest

from api.console.languages import ENGLISH, NAMES, catalogue
from tests.architecture.translating.sentences import PLACEHOLDER, extracted, read, sentences

LANGUAGES = [each for each in NAMES if each != ENGLISH]
SAID = sentences()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_translated_and_none_is_left_over(language: str) -> None:
    told = set(catalogue(language))
    command = "python -m tests.architecture.translating.sentences"
    assert told == SAID, f"{command}; then translate: {sorted(SAID - told)[:20]}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_translation_is_uncertain(language: str) -> None:
    assert [each.id for each in read(language) if each.id and each.fuzzy] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_has_the_gaps_of_its_sentence(language: str) -> None:
    told = catalogue(language)
    assert [
        each
        for each, said in told.items()
        if sorted(PLACEHOLDER.findall(each)) != sorted(PLACEHOLDER.findall(said))
    ] == []


@pytest.mark.parametrize("language", NAMES)
def test_every_sentence_of_a_page_can_be_filled_in(language: str) -> None:
    told = catalogue(language)
    for each in set(extracted()):
        assert told.get(each, each) % defaultdict(str) is not None
