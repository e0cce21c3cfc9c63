# SPDX-License-Identifier: Apache-2.0
"""Two real registers as a whole: what was known on a day is still the answer of that day.

LESO: twelve states of a register that rewrote its own past are imported one after the other;
each must be had again by its date. Ukraine: two states of half a million reports; late arrivals
must change past quarters as now known alone. Each goes into a ledger of its own. An answer that
is not what the files say ends the program. The files are not part of the software.

Run with ``python -m tests.benchmarks.nation.bench_registers [leso|ukraine]``; it takes a while.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from projections.runner import catch_up
from tests.integration.statistics.leso import Leso, known_issues
from tests.integration.statistics.registers import Register, opened_register
from tests.integration.statistics.ukraine import (
    FIRST,
    SECOND,
    Ukraine,
    known_losses,
    quarters,
)

Told = dict[str, Any]
OCTOBER: Final = "2016-10-03"


def main() -> None:
    """Print what was imported, how long it took, and the answers, one line of JSON a register."""
    for name in sys.argv[1:] or REGISTERS:
        with TemporaryDirectory() as folder:
            Path(folder).chmod(0o711)  # so that root's embedded server stays in it
            found = _measured(name, Path(folder))
        sys.stdout.write(json.dumps({"register": name, **found}) + "\n")
        sys.stdout.flush()


def _measured(name: str, folder: Path) -> Told:
    measure, role, place = REGISTERS[name]
    with opened_register(None, folder / "ledger", roles=[role], places=[place]) as register:
        return measure(register, folder)


def _leso(register: Register, folder: Path) -> Told:
    shown = Leso()
    rows, importing = _timed(lambda: shown.take(register, folder))
    told = _caught_up(register)
    started = time.perf_counter()
    for date in shown.dates:
        assert known_issues(register, f"leso_1033@{date}") == shown.issued(date)
    answering = (time.perf_counter() - started) / len(shown.dates)
    october = known_issues(register, "leso_1033@2016-10-31")
    now = known_issues(register, None)
    assert october == shown.issued(OCTOBER)
    assert now == shown.issued(shown.dates[-1]) != october
    return {
        "rows": rows,
        "import, seconds": importing,
        **told,
        "an answer, seconds": round(answering, 2),
        "known on 2016-10-31": october.total(),
        "known now": now.total(),
        "of October's, under another year now": (october - now).total(),
    }


def _ukraine(register: Register, folder: Path) -> Told:
    listed = Ukraine()
    tallies, importing = _timed(
        lambda: [listed.take(register, folder, state) for state in (FIRST, SECOND)]
    )
    told = _caught_up(register)
    before, answering = _timed(lambda: known_losses(register, f"ua_lost_stolen@{FIRST}"))
    now = known_losses(register, None)
    assert before == quarters(listed.reports(FIRST))
    assert now == quarters(listed.reports(FIRST, SECOND))
    late = quarters(listed.reports(SECOND) - listed.reports(FIRST))
    changed = {quarter for quarter in now if now[quarter] != before[quarter]}
    assert changed == set(late)
    past = {quarter for quarter in changed if quarter < "2023-Q1"}
    return {
        "rows": sum(each.rows for each in tallies),
        "refused rows": sum((each.refused for each in tallies), start=Counter[str]()),
        "import, seconds": importing,
        **told,
        "an answer, seconds": answering,
        f"known on {FIRST}": before.total(),
        "known now": now.total(),
        "past quarters that late arrivals changed": len(past),
        "late arrivals in them": sum(now[quarter] - before[quarter] for quarter in past),
    }


def _caught_up(register: Register) -> Told:
    conninfo = register.office.database.conninfo("ledger_projector")
    size, seconds = _timed(lambda: catch_up(conninfo))
    return {"events": size, "projections, seconds": seconds}


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    started = time.perf_counter()
    found = work()
    return found, round(time.perf_counter() - started, 1)


REGISTERS: Final[dict[str, tuple[Callable[[Register, Path], Told], str, str]]] = {
    "leso": (_leso, "STK", "US"),
    "ukraine": (_ukraine, "POL", "UA"),
}


if __name__ == "__main__":
    main()
