# SPDX-License-Identifier: Apache-2.0
"""``muniment person file``: everything that is held about one person."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.access.reasons import read_reason
from api.bootstrap import open_office
from api.cli.accessing.host import Case, LegalBasis, Purpose, read_by_host
from api.cli.erasing.documents import STANDARD_INPUT, read_document
from api.cli.speech import data, errors_told, say
from api.erasing.person import person_file, shown_of
from audit.proof.verify.findings import counted

person = typer.Typer(
    help="Give everything that is held about a person.\n\n\b\nExample:\n"
    "  muniment person file --purpose data_subject_request --legal-basis act_9 < document.txt",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)


@person.callback()
def _group() -> None:
    """Keep ``file`` a command of its own although it is the only one."""


@person.command(name="file")
def give_file(
    context: typer.Context,
    document: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="Holds the number of the person's document; - asks."),
    ] = STANDARD_INPUT,
    *,
    purpose: Purpose = None,
    legal_basis: LegalBasis = None,
    case: Case = None,
) -> None:
    """Give everything that is held about a person, as one JSON object with the ledger's position.

    Example: muniment person file --purpose data_subject_request --legal-basis act_9 < document.txt

    The number of the document is read from FILE or standard input, never from the arguments.
    What was erased is told as erased where it can still be found. Who asked and why stands in the
    access log before anything is shown; without a purpose nothing is.
    """
    with errors_told():
        reason, number = read_reason(purpose, legal_basis, case), read_document(document)
        with (
            open_office(context.obj) as office,
            read_by_host(office, "person.file", reason, document=number) as access,
        ):
            found = person_file(office, number)
            access.told(shown_of(found))
        data(found)
    say(f"{counted(len(found['holdings']), 'holding')}. Hand it to nobody else.")
