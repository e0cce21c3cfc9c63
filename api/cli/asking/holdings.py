# SPDX-License-Identifier: Apache-2.0
"""``muniment holdings`` and ``muniment custody``: who has what, and through whose hands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Final, NamedTuple, get_args

import typer

from api.access.caller import Reason
from api.access.reasons import read_reason
from api.access.recording import Shown
from api.asking import day_asked, open_snapshot
from api.bootstrap import Office, open_office
from api.cli.accessing.host import Case, LegalBasis, Purpose, read_by_host
from api.cli.asking.listing import AsKnownOn, Csv, Json, On, form_of, give
from api.cli.asking.opening import opened_queries
from api.cli.erasing.documents import read_document
from api.cli.speech import errors_told, say
from api.erasing.person import holdings_of
from api.gate.listing import columns
from api.tracing.inquiry import Inquiry, Trace, trace
from audit.proof.verify.findings import counted
from domain.codes import Custody, HolderClass
from domain.errors import UsageError
from domain.identifiers import parse_stream_id
from projections.asking.custody import chain
from projections.asking.holdings import Holder
from projections.asking.holdings import holdings as all_holdings

Found = dict[str, Any]
Find = Callable[[Holder], Iterator[Found]]

COLUMNS: Final = (
    *("short_form", "kind", "make", "model", "serial", "holder", "custody", "custodian"),
    *("country", "alerts", "since"),
)
LINK_COLUMNS: Final = (
    *("when", "evt", "custody", "custodian", "seals", "deposit_no", "signatures", "breaks"),
)

OfPerson = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", help="Of the person whose document number is in FILE; - asks for it."
    ),
]


def holdings(  # noqa: PLR0913 - each option is one part of the question
    context: typer.Context,
    holding: Annotated[
        str | None, typer.Argument(help="Whose: a holding, hld.<uuid> [default: everybody's].")
    ] = None,
    *,
    holder: Annotated[str | None, typer.Option(help="A class, for example dealer.")] = None,
    custody: Annotated[str | None, typer.Option(help="Where, for example evidence.")] = None,
    custodian: Annotated[str | None, typer.Option(help="Who has it in hand, as stated.")] = None,
    country: Annotated[str | None, typer.Option(help="In which country, ISO code.")] = None,
    person: OfPerson = None,
    purpose: Purpose = None,
    legal_basis: LegalBasis = None,
    case: Case = None,
    on: On = None,
    as_known_on: AsKnownOn = None,
    json: Json = False,
    csv: Csv = False,
) -> None:
    """List the firearms that somebody holds, on a day and as known on a position of the log.

    Example: muniment holdings --holder dealer --on 2020-12-31

    What is registered without a holder is listed with the class unknown. Persons are not named:
    a holding is opaque. By --person the vault finds the holdings of one; the number of the document
    is read from a file or standard input, and is not shown; --purpose and --legal-basis are needed
    and stand in the access log.
    """
    with errors_told():
        form = form_of(json=json, csv=csv)
        day = day_asked(on, datetime.now(UTC))
        asked = person and _Person(read_document(person), read_reason(purpose, legal_basis, case))
        by = Holder(
            holding=_holding(holding),
            holder=_one_of(holder, get_args(HolderClass), "holder"),
            custody=_one_of(custody, get_args(Custody), "custody"),
            custodian=custodian,
            country=country,
        )
        with (
            open_office(context.obj) as office,
            open_snapshot(office.database, as_known_on) as known,
        ):
            find = partial(all_holdings, known, on=day)
            found = _of_person(office, asked, by, find=find) if asked else find(by)
            number = give(found, columns.HOLDINGS if csv else COLUMNS, form=form)
    say(f"On {day}, of the first {known.size:,} entries: {counted(number, 'firearm')}.")


class _Person(NamedTuple):
    """Whose firearms are asked for, and why."""

    document: str
    reason: Reason | None


def _of_person(office: Office, asked: _Person, by: Holder, *, find: Find) -> Iterator[Found]:
    """Find the firearms of a person; that stands in the access log before they are shown."""
    document, reason = asked
    with read_by_host(office, "person.reveal", reason, document=document) as access:
        found = list(find(replace(by, among=holdings_of(office, document))))
        access.told(Shown(count=len(found)))
    return iter(found)


def custody(
    context: typer.Context,
    firearm: Annotated[str, typer.Argument(help="arm.<uuid>, or its short form.")],
    *,
    as_known_on: AsKnownOn = None,
    json: Json = False,
    csv: Csv = False,
) -> None:
    """Tell through whose hands a firearm went, under which seals, and where the chain breaks.

    Example: muniment custody 48HK-6CSK-6CSK-R

    A break accuses nobody: it says what does not follow from the link before, or is missing.
    """
    with errors_told():
        form = form_of(json=json, csv=csv)
        inquiry = Inquiry(identifier=firearm, as_known_on=as_known_on, first=True)
        with open_office(context.obj) as office, opened_queries(office) as queries:
            found = trace(queries, inquiry)
        steps = found.steps if isinstance(found, Trace) else ()
        links = chain(step.moment for step in steps if step.moment)
        give(map(asdict, links), LINK_COLUMNS, form=form)
    breaks = sum(len(each.breaks) for each in links)
    say(f"{counted(len(links), 'link')}, {counted(breaks, 'break')}.")


def _holding(text: str | None) -> str | None:
    """Read the identifier of a holding, which alone is asked for by its name."""
    if text is None or parse_stream_id(text).kind == "hld":
        return text
    raise UsageError(
        f"{text} is no holding.", slug="holding_form", next_step="Give hld.<uuid>, as events do."
    )


def _one_of(value: str | None, codes: tuple[str, ...], name: str) -> str | None:
    if value is None or value in codes:
        return value
    raise UsageError(
        f"There is no {name} {value}.",
        slug="code_unknown",
        next_step=f"Choose one of: {', '.join(codes)}.",
    )
