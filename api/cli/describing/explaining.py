# SPDX-License-Identifier: Apache-2.0
"""``muniment explain``: would an event be legal now, and if not, what stands against it?"""

from __future__ import annotations

import json as jsonlib
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from api.bootstrap import Office, open_office
from api.cli.asking.opening import opened_queries
from api.cli.describing.events import event_type
from api.cli.exit_codes import ExitCode
from api.cli.passphrases import load_key
from api.cli.speech import data as give
from api.cli.speech import errors_told, say
from api.describing.examples import example_of
from api.describing.roles import in_order, roles_by_name
from api.explaining import Explanation, Question
from api.explaining import explain as answer
from audit.proof.limits import BODY_OCTETS_MAX
from domain.errors import InvalidValueError, UsageError
from domain.identifiers import StreamId, parse_short_form, parse_stream_id
from domain.refusal import Refusal
from domain.schema import EventType

AXES: Final[Mapping[str, str]] = {
    "T": "technical state",
    "H": "holder",
    "C": "custody",
    "A": "alerts",
    "M": "marks",
}
RESTS_ON: Final[Mapping[str, str]] = {
    "record": "what is on record, whatever the data says",
    "data": "the data, whatever is on record",
    "both": "the data and what is on record together",
}
LABEL_CHARS: Final = 9


def explain(  # noqa: PLR0913 - each option is one part of the question
    context: typer.Context,
    arm: Annotated[
        str, typer.Argument(metavar="ARM", help="arm.<uuid>, its short form, or another stream.")
    ],
    *,
    event: Annotated[str, typer.Option(help="Event type, as `muniment events` lists it.")],
    data: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Its data or the whole event as JSON; - for input."),
    ] = None,
    key: Annotated[
        str | None, typer.Option(help="Key file, or thumbprint: may this key sign it?")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Tell whether an event would be legal now for that stream; nothing is recorded.

    Example: muniment explain 48HK-6CSK-6CSK-R --event firearm.transferred --data event.json

    Without --data the example of `muniment sign --template` is judged; a refusal says whether it
    rests on what is on record or on data, which is invented then. The exit code is 0 where the
    event would be recorded, and 3 where it would be refused.
    """
    with errors_told():
        kind = event_type(event)
        dat, occ = (example_of(kind), None) if data is None else _read(data, kind)
        kid = _kid(key) if key else None
        with open_office(context.obj) as office:
            stream = stream_of(office, arm)
            question = Question(kind=kind, stream=stream, dat=dat, occ=occ, kid=kid)
            found = answer(office.ledger, question)
    if json:
        give(_record(question, found, template=data is None))
    else:
        typer.echo("\n".join(_lines(question, found, template=data is None)))
    if data is None:
        say(_by_the_example(found.foresight.refusal))
    if not found.legal:
        raise typer.Exit(ExitCode.REFUSED)


def stream_of(office: Office, text: str) -> StreamId:
    """Find the stream of an identifier, or the firearm of a short form."""
    if "." in text:
        return parse_stream_id(text)
    bits = parse_short_form(text)
    with opened_queries(office) as queries:
        firearms = [str(StreamId("arm", each)) for each in queries.timeline.spoken(bits)]
    if len(firearms) == 1:
        return parse_stream_id(firearms[0])
    if firearms:
        raise UsageError(
            f"{len(firearms)} firearms have the short form {text}.",
            slug="short_form_shared",
            next_step=f"Name one of them in full: {', '.join(firearms)}.",
        )
    raise InvalidValueError(
        f"The ledger knows no firearm {text}.",
        slug="firearm_unknown",
        next_step="Check the identifier, or search with `muniment trace --serial TEXT`.",
    )


def _kid(key: str) -> str:
    """Give the thumbprint of a key file; a name that is no file is a thumbprint itself."""
    path = Path(key)
    return load_key(path).kid if path.exists() else key


def _read(file: Path, kind: EventType) -> tuple[dict[str, Any], str | None]:
    """Read the data of an event, by itself or inside the event as ``muniment sign`` reads it."""
    try:
        with sys.stdin.buffer if str(file) == "-" else file.open("rb") as source:
            found = jsonlib.loads(source.read(BODY_OCTETS_MAX + 1))
    except OSError as error:
        raise _no_data(file, str(error.strerror)) from error
    except ValueError as error:
        raise _no_data(file, str(error)) from error
    whole = isinstance(found, dict) and "dat" in found and "evt" in found
    if whole and found["evt"] != kind.evt:
        raise _no_data(file, f"it holds another event than {kind.evt}")
    dat, occ = (found["dat"], found.get("occ")) if whole else (found, None)
    if not isinstance(dat, dict) or not isinstance(occ, str | None):
        raise _no_data(file, "it is no JSON object of members")
    return dat, occ


def _no_data(file: Path, reason: str) -> UsageError:
    return UsageError(
        f"{file} holds no data of an event: {reason}.",
        slug="event_file_invalid",
        next_step="Write an example with `muniment sign --template EVENT`.",
    )


def _by_the_example(refusal: Refusal | None) -> str:
    """Say what it means that the data was invented."""
    judged = "Judged by the data of the example, since no --data was given"
    if refusal is None or refusal.rests_on == "record":
        return f"{judged}."
    return f"{judged}. That data is invented: with other data the event may be legal."


def _lines(question: Question, found: Explanation, *, template: bool = False) -> Iterator[str]:
    refusal = found.foresight.refusal
    verdict = "LEGAL now" if refusal is None else "NOT LEGAL now"
    if template and refusal is not None and refusal.rests_on != "record":
        verdict += " with the data of the example"
    yield f"{question.kind.evt} on {question.stream}: {verdict}."
    if found.foresight.refusal:
        yield from _told(found.foresight.refusal)
    for note in found.foresight.notes:
        yield _labelled("noted", f"{note.sentence} ({note.rule})")
    yield _labelled("roles", roles_by_name(question.kind))
    if question.kid:
        yield _labelled("key", _mandate(question, found))
    yield _labelled("stream", _standing(found))


def _told(refusal: Refusal) -> Iterator[str]:
    yield _labelled("rule", refusal.rule)
    yield _labelled("because", refusal.sentence)
    yield _labelled("axis", f"{refusal.axis} {AXES.get(refusal.axis, '')}".strip())
    yield _labelled("found", refusal.found)
    yield _labelled("legal", ", ".join(refusal.legal))
    yield _labelled("rests on", RESTS_ON[refusal.rests_on])


def _mandate(question: Question, found: Explanation) -> str:
    if found.mandate is None:
        return f"{question.kid} may sign it"
    return f"{question.kid} may not sign it ({found.mandate.rule}): {found.mandate.sentence}"


def _standing(found: Explanation) -> str:
    entries = f"{found.recorded} events" if found.recorded else "no event yet"
    return f"{entries}, in a log of {found.size:,}"


def _labelled(label: str, words: str) -> str:
    return f"  {label:<{LABEL_CHARS}}{words}"


def _record(question: Question, found: Explanation, *, template: bool) -> dict[str, Any]:
    refusal, notes = found.foresight.refusal, found.foresight.notes
    record: dict[str, Any] = {
        "stream": str(question.stream),
        "event": question.kind.evt,
        "legal": refusal is None,
        "refusal": refusal and _refusal_record(refusal),
        "notes": [_refusal_record(each) for each in notes],
        "roles": in_order(question.kind.roles),
        "size": found.size,
        "recorded": found.recorded,
        "data": "template" if template else "given",
    }
    if question.kid:
        may = found.mandate is None
        refused = found.mandate and _refusal_record(found.mandate)
        record["key"] = {"kid": question.kid, "may": may, "refusal": refused}
    return record


def _refusal_record(refusal: Refusal) -> dict[str, Any]:
    return {
        "rule": refusal.rule,
        "sentence": refusal.sentence,
        "axis": refusal.axis,
        "found": refusal.found,
        "legal": list(refusal.legal),
        "rests_on": refusal.rests_on,
    }
