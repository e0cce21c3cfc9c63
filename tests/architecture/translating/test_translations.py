# SPDX-License-Identifier: Apache-2.0
"""Whatever the console says, it says in six languages; a missing sentence fails the build."""

from __future__ import annotations

from collections import defaultdict

import pytest

from api.console.languages import ENGLISH, NAMES, catalogue
from api.console.vocabulary.recognising import Recogniser, Template
from tests.architecture.translating.heard import heard, needless, once
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
def test_every_sentence_that_takes_data_can_be_filled_in(language: str) -> None:
    told = catalogue(language)
    for each in (*extracted(), *filter(Template.parse, SAID)):
        assert told.get(each, each) % defaultdict(str) is not None


def test_every_composed_sentence_is_known_by_its_own_template() -> None:
    said = Recogniser({each: each for each in SAID})
    taken = {}
    for each in once(heard(), extracted()):
        if each in SAID and Template.parse(each):
            found = said.template(each % defaultdict(lambda: "X-7"))
            if found is None or found[0].sentence != each:
                taken[each] = found
    assert taken == {}, "reword one of each pair, or leave it out with a reason"


def test_whatever_is_left_out_is_there_to_be_left_out() -> None:
    assert needless() == set()
