# SPDX-License-Identifier: Apache-2.0
"""``muniment publish``: the log as plain files for a web server, once or again and again.

The publisher of `log.md` 2.5. It never stops the ledger and may be killed at any moment. Under
a policy it publishes what witnesses have cosigned, tells how far they are behind, and alarms.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from signal import SIGTERM, signal
from threading import Event
from typing import Annotated, Final

import typer

from api.beside import ledger_trust
from api.bootstrap import Office, open_office
from api.cli.exit_codes import ExitCode
from api.cli.speech import data, errors_told, progress_shown, say, tell_error
from api.cli.witnessing.collecting import ALARM, FOLDER
from audit.link import Link
from audit.proof.policy.file import read_policy
from audit.proof.policy.rule import Policy
from audit.proof.verify.trust import Trust
from audit.publishing.choosing import Choice, Chooser
from audit.publishing.publisher import Progress, Published, Publisher
from audit.publishing.rows import open_snapshot
from domain.errors import UnreachableError, UsageError

EVERY_SECONDS_MIN: Final = 1
EVERY_SECONDS_MAX: Final = 86_400


@dataclass(frozen=True, slots=True)
class Step:
    """What one step published, and out of what."""

    done: Published
    choice: Choice

    @property
    def alarm(self) -> bool:
        """Whether nothing is published, or witnesses are too far behind."""
        lag = self.choice.lag
        return self.done.size is None or (lag is not None and lag.alarm)


def publish(  # noqa: PLR0913 - each option is one part of what is asked for
    context: typer.Context,
    directory: Annotated[Path, typer.Argument(help="Where to; continued if it holds this log.")],
    *,
    once: Annotated[bool, typer.Option("--once", help="Publish what is new, and end.")] = False,
    every: Annotated[
        int | None,
        typer.Option(
            metavar="SECONDS",
            min=EVERY_SECONDS_MIN,
            max=EVERY_SECONDS_MAX,
            help="Go on until stopped.",
        ),
    ] = None,
    policy: Annotated[
        Path | None, typer.Option(help="Publish only what has the quorum of this policy file.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object a step.")] = False,
) -> None:
    """Publish the log as tiles and a checkpoint that any web server can serve.

    Example: muniment publish public/ --every 5 --policy policy.txt

    Under a policy, run `muniment witness collect` beside it: the newest checkpoint with its
    quorum is published, checkpoint.pending lies beside it. Exit code 4 where witnesses are more
    than ten minutes behind.
    """
    with errors_told():
        if once and every is not None:
            raise UsageError("Publish --once or --every so many seconds, not both.")
        rule = None if policy is None else read_policy(policy)
        with open_office(context.obj) as office, progress_shown("publishing") as progress:
            publisher = _publisher(office, directory, progress)
            if every is None:
                step = publish_step(office, publisher, rule)
                _tell(step, directory, json=json)
            else:
                follow(
                    lambda: publish_step(office, publisher, rule),
                    lambda step: _tell(step, directory, json=json),
                    every=every,
                )
                return
    if step.alarm:
        raise typer.Exit(ExitCode.UNREACHABLE)


def publish_step(office: Office, publisher: Publisher, policy: Policy | None) -> Step:
    """Publish what is new.

    Raises:
        MunimentError: As `Publisher.publish` and `Chooser.choose`.
    """
    _, note = office.notary.checkpoint()
    if policy is None:
        choice = Choice(newest=note, checkpoint=note)
    else:
        folder = office.settings.home / FOLDER
        chooser = Chooser(policy=policy, origin=office.name.origin, folder=folder)
        choice = chooser.choose(note, time.time())
    return Step(publisher.publish(choice), choice)


def follow(step: Callable[[], Step], tell: Callable[[Step], None], *, every: int) -> None:
    """Publish again and again until told to end; what is only away is waited for.

    Raises:
        MunimentError: Something is wrong that waiting does not mend.
    """
    stopped = Event()
    signal(SIGTERM, lambda *_: stopped.set())
    last: Step | None = None
    while not stopped.is_set():
        began = time.monotonic()
        try:
            now = step()
        except UnreachableError as error:
            tell_error(error)
        else:
            if last is None or (now.done.size, now.alarm) != (last.done.size, last.alarm):
                tell(now)
            last = now
        stopped.wait(max(EVERY_SECONDS_MIN / 2, began + every - time.monotonic()))


def _publisher(office: Office, directory: Path, progress: Progress) -> Publisher:
    conninfo = office.database.conninfo("ledger_reader")
    rows = partial(open_snapshot, conninfo)
    return Publisher(rows, directory, trust=partial(_trust, office, conninfo), progress=progress)


def _trust(office: Office, conninfo: str) -> Trust:
    with closing(Link(conninfo)) as link:
        return ledger_trust(office, link)


def _tell(step: Step, directory: Path, *, json: bool) -> None:
    done, lag = step.done, step.choice.lag
    if json:
        record = {"directory": str(directory), "size": done.size, "before": done.before}
        if lag is not None:
            record |= {"lag_entries": lag.entries, "lag_seconds": lag.seconds}
        data({**record, "alarm": step.alarm})
    if done.size is None:
        say("No checkpoint has its quorum yet. Ask for it with `muniment witness collect`.")
    else:
        added = done.size - done.before
        say(f"{directory} publishes {done.size:,} entries, {added:,} of them new.")
    if lag is not None and lag.entries:
        say(f"{lag}.")
    if step.alarm:
        say(ALARM)
