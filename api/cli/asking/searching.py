# SPDX-License-Identifier: Apache-2.0
"""``muniment search``: what may bear a number or a mark, for one text or a list of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Annotated

import typer

from api.bootstrap import open_office
from api.cli.asking.answers import WRITERS, Answer
from api.cli.asking.listing import Form, form_of
from api.cli.asking.opening import opened_queries
from api.cli.asking.questions import Asked, asked_in, opened
from api.cli.exit_codes import ExitCode
from api.cli.speech import errors_told, say
from api.settings import Settings
from domain.errors import UsageError
from projections.marking_search.queries import BATCH_QUESTIONS, CANDIDATES_MAX, MarkingSearch
from projections.marking_search.question import Question

Text = str | None


def search(  # noqa: PLR0913 - each option is one part of the question
    context: typer.Context,
    text: Annotated[Text, typer.Argument(help="As read; ? one unknown, * several, [5S].")] = None,
    *,
    make: Annotated[Text, typer.Option(help="The make as read.")] = None,
    model: Annotated[Text, typer.Option(help="The model as read.")] = None,
    calibre: Annotated[Text, typer.Option(help="The calibre as read.")] = None,
    kind: Annotated[Text, typer.Option(help="The kind of gun, for example pistol.")] = None,
    year: Annotated[int | None, typer.Option(help="The year of manufacture.")] = None,
    country: Annotated[Text, typer.Option(help="The country of manufacture, ISO code.")] = None,
    batch: Annotated[
        Text, typer.Option(metavar="FILE.csv", help="Questions, one a row; - is standard input.")
    ] = None,
    limit: Annotated[
        int, typer.Option(min=1, max=CANDIDATES_MAX, help="Candidates for each question.")
    ] = CANDIDATES_MAX,
    json: Annotated[bool, typer.Option("--json", help="One JSON object a question.")] = False,
    csv: Annotated[bool, typer.Option("--csv", help="One row a candidate.")] = False,
) -> None:
    """Find firearms, components and lots by a number or mark, the best first, with reasons.

    Example: muniment search "TW9-0000?2" --make TESTWERK --calibre 9x19

    Example: muniment search --batch found.csv --csv --limit 1

    A batch has a first row with the names of its columns: text, and where known make, model,
    calibre, kind, year, country and ref, which is repeated in the answer. Nothing is merged or
    ruled out: compare every field with the object, then `muniment trace --id`.
    """
    seen = {"make": make, "model": model, "calibre": calibre, "kind": kind, "country": country}
    with errors_told():
        form = form_of(json=json, csv=csv)
        asked = _asked(Question(text=text or "", year=year, **seen), batch)
        refused = _search(context.obj, asked, form, limit=limit)
    if refused:
        say(f"{refused} could not be asked; the answers say why.")
        raise typer.Exit(ExitCode.USAGE)


def _asked(question: Question, batch: str | None) -> Iterator[Asked]:
    """Give the one question, or those of a list."""
    if bool(question.text) == (batch is not None):
        raise UsageError(
            "Tell what to search for: one text, or a list of them, not both.",
            next_step="Give TEXT, or --batch FILE.csv.",
        )
    if question.asked and batch is not None:
        raise UsageError(
            "Each question of a list has a make and the like of its own.",
            next_step="Give them as columns of the list, not as options.",
        )
    if batch is not None:
        with opened(batch) as lines:
            yield from asked_in(lines)
    else:
        question.check()
        yield Asked(number=1, text=question.text, question=question)


def _search(settings: Settings, asked: Iterable[Asked], form: Form, *, limit: int) -> int:
    """Write the answers as they come; give the number of questions that could not be asked."""
    refused = 0

    def counted(answers: Iterable[Answer]) -> Iterator[Answer]:
        nonlocal refused
        for each in answers:
            refused += each.candidates is None
            yield each

    with open_office(settings) as office, opened_queries(office) as queries:
        for line in WRITERS[form](counted(_answers(queries.markings, asked)), limit):
            typer.echo(line)
    return refused


def _answers(markings: MarkingSearch, asked: Iterable[Asked]) -> Iterator[Answer]:
    remaining = iter(asked)
    while batch := list(islice(remaining, BATCH_QUESTIONS)):
        found = markings.search_many(each.question for each in batch if each.question)
        for each in batch:
            yield Answer(asked=each, candidates=next(found) if each.question else None)
