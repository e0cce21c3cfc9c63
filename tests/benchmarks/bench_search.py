# SPDX-License-Identifier: Apache-2.0
"""The search by marking at a million markings, against reading one row by its primary key.

The markings are invented (``serials``), go in by the projection's own way of writing, and are
indexed and analyzed as a rebuild does it. Each question is asked in several rounds with the
primary-key read beside it, over one connection, both prepared; its shortest time counts, so
that what else the machine does is not taken for the search. Percentiles are over questions.
Where only the first and the last character are known, completeness is bought with time.

Run with ``python -m tests.benchmarks.bench_search [MARKINGS [QUESTIONS [ROUNDS]]]``.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final
from uuid import UUID

import psycopg

from audit.link import Link
from projections.marking_search.describing import Particulars
from projections.marking_search.fold import marking_row, restored_row
from projections.marking_search.queries import MarkingSearch
from projections.marking_search.question import Question
from projections.marking_search.store import MARKING_SEARCH
from projections.position import Position, log_size, set_position
from projections.projection import Rows
from projections.runner import catch_up
from projections.tables import SHADOW, create, index_shadow, swap_in, write
from projections.view import View
from tests.benchmarks.ledger import opened_ledger
from tests.benchmarks.tools.serials import Invented, invented

MARKINGS: Final = 1_000_000
QUESTIONS: Final = 300
ROUNDS: Final = 5
AGAIN: Final = 5
BATCH: Final = 1_000
FIRST: Final = 1_000
CHUNK: Final = 5_000

_KEY: Final = """
select text from projection.marking where idx = %b and place = 0
"""
_OCTETS: Final = """
select sum(pg_total_relation_size(c.oid)) from pg_class c
where relnamespace = 'projection'::regnamespace and relkind = 'r'
"""
_MISTAKEN: Final = str.maketrans("0158OISB", "OISB0158")

Asked = Callable[[Invented], Question]


def main() -> None:
    """Print times and ratios, one line of JSON a size."""
    markings, questions, rounds = (
        int(given) if given else default
        for given, default in zip(
            (*sys.argv[1:], "", "", "")[:3], (MARKINGS, QUESTIONS, ROUNDS), strict=True
        )
    )
    for size in (markings // 10, markings):
        print(json.dumps(measured(size, questions, rounds=rounds)))  # noqa: T201 - the result


def measured(markings: int, questions: int, *, rounds: int) -> dict[str, Any]:
    """Fill a ledger's search with markings, and measure every kind of question."""
    with opened_ledger() as bench:
        database = bench.office.database
        catch_up(database.conninfo("ledger_projector"))
        with psycopg.connect(database.conninfo("ledger_projector"), autocommit=True) as connection:
            firearms = filled(connection, markings)
            (octets,) = connection.execute(_OCTETS).fetchone() or (0,)
        link = Link(database.conninfo("ledger_reader"))
        chance = random.Random(markings)
        known = dict(islice(enumerate(invented()), firearms))
        sample = chance.sample(sorted(known), min(questions, firearms))
        found = _measure(link, {number: known[number] for number in sample}, rounds)
        link.close()
    octets = int(octets) // markings
    return {"markings": markings, "firearms": firearms, "octets a marking": octets, **found}


def filled(connection: psycopg.Connection[Any], markings: int) -> int:
    """Write the rows as a rebuild does; give the number of firearms."""
    create(connection, MARKING_SEARCH, SHADOW)
    left, firearms = markings, 0
    makers = invented()
    while left > 0:
        batch = list(islice(makers, min(CHUNK, left)))
        rows = _rows(enumerate(batch, start=FIRST + firearms))
        write(connection, MARKING_SEARCH, rows=rows, place=SHADOW)
        left -= len(rows["marking"])
        firearms += len(batch)
    index_shadow(connection, MARKING_SEARCH)
    with connection.transaction():
        swap_in(connection, MARKING_SEARCH)
        position = Position(MARKING_SEARCH.version, log_size(connection))
        set_position(connection, MARKING_SEARCH.name, position=position)
    return firearms


def _rows(firearms: Iterator[tuple[int, Invented]]) -> Rows:
    rows: dict[str, list[tuple[Any, ...]]] = {each.name: [] for each in MARKING_SEARCH.tables}
    for index, each in firearms:
        stream = UUID(int=(0x7 << 76) | (1 << 63) | index)
        told = Particulars(
            make=each.make, model=each.model, calibre=each.calibre, kind=each.kind, year=each.year
        )
        for place, seen in enumerate(each.texts):
            row = marking_row(stream, seen)
            rows["marking"].append((index, place, *row))
        if each.restored:
            row = restored_row(stream, "manufacture", each.restored)
            rows["restored"].append((index, 0, *row))
        rows["particulars"].append((index, 0, stream, *told.row))
    return rows


def _measure(link: Link, sample: Mapping[int, Invented], rounds: int) -> dict[str, Any]:
    search = MarkingSearch(View(link, lambda _: 0))
    found: dict[str, Any] = {}
    for name, asked in KINDS.items():
        questions = {number: asked(each) for number, each in sample.items()}
        for question in list(questions.values())[:20]:
            search.search(question)
        found[name] = _percentiles(link, search, questions, rounds=rounds)
    found[f"batch of {BATCH}, a question"] = _batch(link, search, list(sample.values()), rounds)
    return found


def _percentiles(
    link: Link, search: MarkingSearch, questions: Mapping[int, Question], *, rounds: int
) -> dict[str, float]:
    def by_key(number: int) -> None:
        link.read(_KEY, (FIRST + number,))

    def ours(number: int) -> None:
        search.search(questions[number])

    key = _shortest(by_key, questions, rounds)
    times = _shortest(ours, questions, rounds)
    misses = sum(not search.search(each).found for each in questions.values())
    return {
        "key_p50_us": _at(key, 50),
        "p50_us": _at(times, 50),
        "p99_us": _at(times, 99),
        "p50 ratio": round(_at(times, 50) / _at(key, 50), 1),
        "p99 ratio": round(_at(times, 99) / _at(key, 99), 1),
        "p99 to key p50": round(_at(times, 99) / _at(key, 50), 1),
        "not found": misses,
    }


def _shortest(work: Callable[[int], None], numbers: Iterable[int], rounds: int) -> list[float]:
    """Give the shortest time of every number in microseconds, in rising order.

    The slowest tenth is worked again, more often: among them are those that were interrupted.
    """
    times = dict.fromkeys(numbers, float("inf"))
    for turn in range(AGAIN * rounds):
        slowest = sorted(times, key=lambda number: -times[number])
        for number in slowest if turn < rounds else slowest[: max(1, len(times) // 10)]:
            started = time.perf_counter()
            work(number)
            times[number] = min(times[number], time.perf_counter() - started)
    return sorted(each * 1e6 for each in times.values())


def _at(times: Sequence[float], percentile: int) -> float:
    return round(times[min(len(times) - 1, len(times) * percentile // 100)], 1)


def _batch(
    link: Link, search: MarkingSearch, sample: Sequence[Invented], rounds: int
) -> dict[str, float]:
    questions = [
        Question(text=_serial(sample[number % len(sample)]), make=sample[number % len(sample)].make)
        for number in range(BATCH)
    ]

    def by_key(number: int) -> None:
        for index in range(BATCH):
            link.read(_KEY, (FIRST + number + index,))

    def ours(_: int) -> None:
        assert sum(bool(each.found) for each in search.search_many(questions)) == BATCH

    key = _shortest(by_key, [0], rounds)[0] / BATCH
    one = _shortest(ours, [0], rounds)[0] / BATCH
    return {"key_us": round(key, 1), "us": round(one, 1), "ratio": round(one / key, 2)}


def _serial(each: Invented) -> str:
    return each.texts[0].text


def _canonical(each: Invented) -> Question:
    return Question(text=f" {_serial(each).lower().replace('-', ' ')}.")


def _described(each: Invented) -> Question:
    return Question(text=_serial(each), make=each.make, model=each.model, calibre=each.calibre)


def _embedded(each: Invented) -> Question:
    """Put another letter between two digits."""
    serial = _serial(each)
    at = next((at for at in range(1, len(serial)) if serial[at - 1 : at + 1].isdigit()), 1)
    return Question(text=f"{serial[:at]}K{serial[at:]}")


def _lookalike(each: Invented) -> Question:
    return Question(text=_serial(each).translate(_MISTAKEN))


def _with(each: Invented, at: int, sign: str) -> Question:
    serial = _serial(each)
    place = at % len(serial)
    return Question(text=f"{serial[:place]}{sign}{serial[place + 1 :]}")


def _two_open(each: Invented) -> Question:
    serial = _serial(each)
    middle = len(serial) // 2
    return Question(text=f"?{serial[1:middle]}?{serial[middle + 1 :]}")


def _ends(each: Invented) -> str:
    """Give the first and last characters, never one of them twice."""
    serial = _serial(each)
    return f"{serial[:2]}*{serial[-2:]}" if len(serial) < 6 else f"{serial[:3]}*{serial[-2:]}"


def _misread(each: Invented) -> Question:
    serial = _serial(each)
    other = "3" if serial[-2] != "3" else "4"
    text = f"{serial[:-2]}{other}{serial[-1]}"
    return Question(text=text, make=each.make, calibre=each.calibre, year=each.year)


KINDS: Final[Mapping[str, Asked]] = {
    "exact": lambda each: Question(text=_serial(each)),
    "exact, with make, model and calibre": _described,
    "canonical": _canonical,
    "embedded letters": _embedded,
    "look-alikes": _lookalike,
    "? in front": lambda each: _with(each, 0, "?"),
    "? in the middle": lambda each: _with(each, len(_serial(each)) // 2, "?"),
    "? at the end": lambda each: _with(each, -1, "?"),
    "two ?": _two_open,
    "* in front": lambda each: Question(text=f"*{_serial(each)[2:]}"),
    "* in the middle": lambda each: Question(text=_ends(each)),
    "* between one and one": lambda each: Question(text=f"{_serial(each)[0]}*{_serial(each)[-1]}"),
    "* at the end": lambda each: Question(text=f"{_serial(each)[:-2]}*"),
    "* at both ends": lambda each: Question(text=f"*{_serial(each)[1:-1]}*"),
    "one misread, with make, calibre and year": _misread,
    "a mark that thousands bear": lambda _: Question(text="NP"),
}


if __name__ == "__main__":
    main()
