# SPDX-License-Identifier: Apache-2.0
"""Personal data by the command line: for a purpose that is stated, and into the access log.

Whoever may run commands beside the database is no caller of the service: no role is asked for, and
the record names the account of the machine. A purpose has to be one for which the access policy
opens the same data to somebody (envelope specification, section 7: no purpose, no data).
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Annotated, Final

import typer

from api.access.caller import Caller, Reason
from api.access.message import HttpRequest
from api.access.policy import Decision
from api.access.recording import NOTHING, Question, Shown, access_of
from api.access.table import Action, purposes_of
from api.bootstrap import Office
from audit.access.log import AccessLog
from audit.access.selectors import SelectorKey
from domain.errors import MunimentError, RefusedError

Purpose = Annotated[
    str | None, typer.Option(metavar="CODE", help="What it is for; stands in the access log.")
]
LegalBasis = Annotated[
    str | None, typer.Option(metavar="CODE", help="Rule of law that allows it; stands there, too.")
]
Case = Annotated[
    str | None, typer.Option(metavar="TEXT", help="Reference of the case, if there is one.")
]

SUDO_VARIABLE: Final = "SUDO_UID"
"""Set by sudo to the account that somebody came from; its own word, and no proof."""


class Access:
    """What is written down of one command."""

    def __init__(self) -> None:
        """Show nothing yet."""
        self.shown = NOTHING

    def told(self, shown: Shown) -> None:
        """Say what the answer shows, before it is handed out."""
        self.shown = shown


@contextmanager
def read_by_host(
    office: Office, action: Action, reason: Reason | None, **selectors: str
) -> Iterator[Access]:
    """Let a command read personal data, and write down what became of it before it is shown.

    Args:
        office: The open ledger.
        action: What it reads, as in the access policy.
        reason: Why.
        selectors: What is asked for, by its kind; kept as keyed digests alone.

    Raises:
        RefusedError: ``purpose_missing`` or ``purpose_denied``; that is written down, too.
        UnreachableError: ``access_unrecorded``; then nothing may be shown.
    """
    access, code = Access(), ""
    try:
        _check(action, reason)
        yield access
    except MunimentError as error:
        code = error.slug
        raise
    finally:
        question = Question(
            caller=Caller(means="host", officer=account()),
            action=action,
            reason=reason,
            request=_command(action, selectors),
            at=int(time.time()),
            selectors=selectors,
        )
        key = SelectorKey.load(office.settings.selector_key)
        with closing(AccessLog(office.database.conninfo("ledger_access"))) as log:
            log.record(access_of(question, code or Decision(), access.shown, key=key))


def account() -> str:
    """Name the account that runs this program, and the one that sudo says it came from."""
    came_from = os.environ.get(SUDO_VARIABLE, "")
    known = came_from.isascii() and came_from.isdigit() and len(came_from) <= len(str(2**32))
    return f"uid.{os.getuid()}" + (f" sudo.{came_from}" if known else "")


def _check(action: Action, reason: Reason | None) -> None:
    allowed = purposes_of(action)
    if reason is None:
        raise _refused("Personal data is given for a purpose that is stated.", "purpose_missing")
    if reason.purpose not in allowed:
        named = ", ".join(sorted(allowed))
        raise _refused(f"That is given for one of these purposes: {named}.", "purpose_denied")


def _refused(sentence: str, slug: str) -> RefusedError:
    return RefusedError(
        sentence,
        slug=slug,
        next_step="Say --purpose and --legal-basis, and --case if there is one; docs/access.md "
        "lists the purposes.",
    )


def _command(action: Action, selectors: dict[str, str]) -> HttpRequest:
    """Give the question in the form of which the access log keeps a keyed digest."""
    body = "\n".join(f"{kind} {text}" for kind, text in sorted(selectors.items()))
    return HttpRequest(method="HOST", url=action, fields=(), body=body.encode())
