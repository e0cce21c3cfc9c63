# SPDX-License-Identifier: Apache-2.0
"""``docs/access.md``: the access policy for people, written from its table.

``python -m api.access.page`` prints it, and a test keeps the file the one of this version.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from textwrap import fill
from typing import Final

from api.access.policy import STEP_UP_SECONDS
from api.access.quotas import COUNTED, DAY, HOUR, LIMITS, SECOND
from api.access.table import ACTIONS, CLAIMS, LINES, NAMED, Action, Line, purposes_of
from domain.access.retention import ANY_ROLE_YEARS, CRIMINAL_JUSTICE, CRIMINAL_JUSTICE_YEARS
from domain.registry.members import ANY_ROLE


def page() -> str:
    """Give the whole policy as a page of documentation."""
    return "\n".join((_INTRODUCTION, *_rows(), "", *_after())) + "\n"


def _rows() -> Iterator[str]:
    yield "| action | roles | where | purposes | fresh factor | personal data |"
    yield "|---|---|---|---|---|---|"
    for action in ACTIONS:
        yield from (_row(line) for line in LINES if line.action == action)


def _row(line: Line) -> str:
    cells = (
        f"`{line.action}`",
        "every role" if line.roles_named() == ANY_ROLE else line.roles,
        line.scope,
        line.purposes.replace(" ", ", ") or "none needed",
        "yes" if line.step_up else "",
        line.claims.replace(" ", ", "),
    )
    return f"| {' | '.join(cells)} |".replace("|  |", "| |").replace("|  |", "| |")


def _after() -> Iterator[str]:
    yield "## Personal data\n"
    yield "| group | disclosures |"
    yield "|---|---|"
    for group, names in CLAIMS.items():
        yield f"| {group} | {', '.join(f'`{name}`' for name in sorted(names))} |"
    yield (
        f"\nPersons behind a destroyed firearm or component are shown for {ANY_ROLE_YEARS} years"
        f" after the destruction, to {', '.join(CRIMINAL_JUSTICE)} for {CRIMINAL_JUSTICE_YEARS}.\n"
    )
    yield "## How often\n"
    yield _QUOTAS
    for name, limit in LIMITS.items():
        counted = ", ".join(f"`{action}`" for action, each in COUNTED.items() if each == name)
        period = _PERIODS[limit.period]
        yield f"| {name} | {counted} | {limit.amount} {period} | {limit.burst} |"
    yield "\n## What a refusal tells\n"
    yield _REFUSALS.format(named=_lines(f"`{each}`" for each in ACTIONS if each in NAMED))
    yield _HOST.format(file=_purposes("person.file"), reveal=_purposes("person.reveal"))


def _purposes(action: Action) -> str:
    return ", ".join(sorted(purposes_of(action)))


def _lines(words: Iterable[str]) -> str:
    return fill(", ".join(words), width=100)


_INTRODUCTION: Final = f"""\
# Who may do what

The whole access policy of the service; what no line allows is refused. Roles are those of the
[glossary](glossary.md), and `stranger` is everybody, known or not. Where: `anywhere` in the ledger;
`mandate`, in the jurisdictions of the role; `own`, there, and only what the caller's own authority
answers for. Where purposes stand, one of them has to be stated, with its legal basis. A fresh
factor is asked of people who logged in, and counts for {STEP_UP_SECONDS} seconds; a machine signs
every request. Whether an event may be recorded, the key that signed the event decides, not whoever
carries it here.

This page is printed by `python -m api.access.page`.
"""

_PERIODS: Final = {SECOND: "a second", HOUR: "an hour", DAY: "a day"}
_QUOTAS: Final = """\
Each key, each officer and each authority by itself; whoever is beyond is told how long to wait.
Persons are never searched for by parts of a value.

| limit | counts | in the long run | at once |
|---|---|---|---|"""

_REFUSALS: Final = """\
`unknown_caller`, `role_denied`, `jurisdiction_denied`, `purpose_missing`, `purpose_denied`,
`step_up_needed`, checked in this order. A stranger is never told whether something exists, and
neither is a caller whose role or jurisdiction does not reach it, if the question names one thing:
the answer is that for an unknown thing. Purpose and fresh factor are asked only of who may know.
Questions that name one thing are

{named}.
"""

_HOST: Final = """\
## On the machine of the ledger

Whoever may run commands beside the database has no role here: the machine's own accounts decide who
that is. What shows a person is written into the same access log all the same, before it is shown,
with the account (`uid.NUMBER`, and after `sudo` the account that it names), and refusals too:

| command | as | purposes |
|---|---|---|
| `muniment person file` | `person.file` | {file} |
| `muniment holdings --person FILE` | `person.reveal` | {reveal} |
| `muniment trace --bundle FILE --disclose HLD` | `person.reveal` | the same |

Each takes `--purpose` and `--legal-basis`, and `--case` where there is one; without them it shows
nothing (`purpose_missing`, `purpose_denied`)."""

if __name__ == "__main__":
    sys.stdout.write(page())
