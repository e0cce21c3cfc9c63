# SPDX-License-Identifier: Apache-2.0
"""What is due: overdue, today, within a week and later, under one of the shipped policies."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from api.console.asking import asks
from api.console.forms.labels.codes import words_of
from api.console.menu import PAGES, opens
from api.console.pages.registers.listing import Register, chosen, give
from api.console.pages.registers.words import action_words, event_words
from api.console.policies import Policies, policies_for
from api.describing.roles import ROLE_NAMES
from api.gate.asking import Asked
from api.gate.listing import columns
from api.gate.listing.listing import Opened, Row
from api.gate.listing.sources import duties_under, policy_named
from api.languages import marked as _
from api.policies.asking import UNDONE
from domain.catalogue import CATALOGUE
from domain.identifiers import parse_stream_id
from domain.policy.model import ITSELF, DutyRule, Policy
from domain.registry.members import ROLES

WEEK_DAYS: Final = 7
REGISTER: Final = Register(template="duties/list.html", columns=columns.DUTIES, name="duties")
PLACING: Final = Register(
    template="holdings/placing.html", columns=columns.DUTIES, name="firearms-to-be-placed"
)
WHEN: Final = {
    "overdue": _("Overdue"),
    "today": _("Today"),
    "week": _("Within seven days"),
    "later": _("Later"),
    "never": _("On no known day"),
}
PLACES: Final = tuple(WHEN)
HOLDER: Final = "HLD"
WHO: Final = {role: ROLE_NAMES[role] for role in sorted(ROLES)} | {HOLDER: _("holder")}

Reading = Annotated[Asked, Depends(asks("duties.read"))]
Word = Annotated[str, Query(max_length=64)]

router = APIRouter(include_in_schema=False)


@router.get("/duties")
def list_duties(
    request: Request, asked: Reading, *, policy: Word = "", who: Word = "", state: Word = ""
) -> Response:
    """List what is due, overdue ones first, with the rule behind each and the way to do it."""
    offered, now = policies_for(asked), asked.service.gate.now()
    under = policy_named(policy or offered.usual)
    standing = next((each for each in UNDONE if each == chosen(state, UNDONE)), None)
    source = duties_under(under, now=now, state=standing, who=chosen(who, WHO))
    return give(
        request,
        asked,
        source=source,
        register=REGISTER,
        more=lambda found, rows: {"duties": _told(found, rows, under)},
        **_context(under, offered),
        who=who,
        roles=tuple(WHO.items()),
        state=state,
        approves=opens(asked.caller, "erasure.approve"),
    )


@router.get("/holdings/to-place")
def list_placing(request: Request, asked: Reading, *, policy: Word = "") -> Response:
    """List the firearms that are to be placed elsewhere since a licence ended."""
    offered, now = policies_for(asked), asked.service.gate.now()
    under = policy_named(policy or offered.usual)
    through = {rule.code for rule in under.duty if rule.through}
    source = duties_under(under, now=now).only(lambda row: row["duty"] in through)
    return give(
        request,
        asked,
        source=source,
        register=PLACING,
        more=lambda found, rows: {"duties": _told(found, rows, under)},
        **_context(under, offered),
    )


def _context(policy: Policy, offered: Policies) -> dict[str, Any]:
    return {"policy": policy, "policies": offered, "groups": WHEN, "coded": words_of}


def _told(found: Opened, rows: list[Row], policy: Policy) -> list[dict[str, Any]]:
    """Give duties with when each is due, where its record is shown, and what would meet it."""
    rules = {rule.code: rule for rule in policy.duty}
    return [
        {
            **row,
            "when": (when := _when(row, found.on.text)),
            "place": PLACES.index(when),
            "page": _page(row["about"]),
            "opened": event_words(row["opened_by"]["evt"]),
            "ways": _ways(rules[row["duty"]], row["about"]),
        }
        for row in rows
    ]


def _when(row: Row, on: str) -> str:
    if row["state"] == "overdue":
        return "overdue"
    if row["due_on"] is None:
        return "never"
    days = (date.fromisoformat(row["due_on"]) - date.fromisoformat(on)) / timedelta(days=1)
    return "today" if days <= 0 else "week" if days <= WEEK_DAYS else "later"


def _page(about: str) -> str:
    place = PAGES.get(about.partition(".")[0])
    return f"{place}{about}" if place else ""


def _ways(rule: DutyRule, about: str) -> list[tuple[str, str]]:
    """Give the events that meet a duty in the very stream that it is about."""
    kind = parse_stream_id(about).kind
    subjects = {each.evt: each.subject for each in CATALOGUE}
    closing = dict.fromkeys(each.event for each in rule.closes if each.event != ITSELF)
    return [(evt, action_words(evt)) for evt in closing if subjects.get(evt) == kind]
