# SPDX-License-Identifier: Apache-2.0
"""Invites officers to log in: what ``muniment people invite`` does, for who administers a registry.

A code opens one passkey of one officer; it is shown once and kept nowhere. It gives no key and no
role: those come from the registry, by two persons (envelope specification, section 7).
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.access.policy import Decision
from api.console.asking import asks, form_of, text_in
from api.console.pages.registers.listing import ROWS_SHOWN
from api.console.rendering import page
from api.gate.asking import Asked, hidden
from api.people.bindings import invite_first, logs_in
from api.people.desk import Desk
from api.people.rights import Rights, rights_of
from domain.registry.members import ROOT

Inviting = Annotated[Asked, Depends(asks("people.invite"))]
After = Annotated[str, Query(max_length=64)]

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitable:
    """An officer of the registry.

    Attributes:
        rights: What the officer may do now.
        logs_in: Whether there is a way to log in already.
    """

    rights: Rights
    logs_in: bool


@router.get("/people")
def show_people(request: Request, asked: Inviting, *, after: After = "") -> Response:
    """Show the officers within reach, and who of them cannot log in yet."""
    decision, desk = asked.check_allowed(), asked.service.people.desk
    officers = _officers(desk)
    found = [*islice(_within(asked, decision, officers[bisect(officers, after) :]), ROWS_SHOWN + 1)]
    shown = [
        Invitable(rights=each, logs_in=logs_in(desk, each.officer)) for each in found[:ROWS_SHOWN]
    ]
    further = len(found) > ROWS_SHOWN
    return page(
        request,
        "people/invite.html",
        officers=shown,
        following=f"/people?after={shown[-1].rights.officer}" if further else "",
        begun=bool(after),
        passkeys=desk.settings.passkeys,
    )


@router.post("/people/invite")
async def invite(request: Request, asked: Inviting) -> Response:
    """Make a code for an officer, and show it this once."""
    officer = text_in(await form_of(request), "officer")
    return await run_in_threadpool(_invited, request, asked, officer)


def _invited(request: Request, asked: Asked, officer: str) -> Response:
    with asked.admitted(officer=officer) as note:
        if not any(_within(asked, note.decision, [officer])):
            raise hidden()
        desk = asked.service.people.desk
        code = invite_first(desk, officer, inviter=asked.caller.officer)
        note.told(answers=1)
    address = f"{asked.service.settings.origin}/register#{code}"
    return page(request, "people/invited.html", officer=officer, code=code, address=address)


def _officers(desk: Desk) -> list[str]:
    """Give whoever holds or held a key, in the order in which they are shown."""
    return sorted({each.officer for each in desk.standing().registry.keys.values()})


def _within(asked: Asked, decision: Decision, officers: Iterable[str]) -> Iterator[Rights]:
    """Give those officers who may do anything now, and whom the caller may invite.

    Holders of root keys are invited by their like alone.
    """
    desk = asked.service.people.desk
    standing = desk.standing()
    for officer in officers:
        rights = rights_of(desk.keys(standing.registry, officer), standing)
        if rights and rights.roles & {ROOT} <= asked.caller.roles and _reached(decision, rights):
            yield rights


def _reached(decision: Decision, rights: Rights) -> bool:
    places = rights.jurisdictions
    return bool(places) and all(decision.admits(each, rights.authority) for each in places)
