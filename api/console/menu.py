# SPDX-License-Identifier: Apache-2.0
"""Where a reader may go: each way stands in the menu of those whose roles open it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

from api.access.caller import Caller
from api.access.table import LINES, STRANGERS, Action
from api.languages import marked as _


@dataclass(frozen=True, slots=True)
class Entry:
    """One way of the menu.

    Attributes:
        address: Where it leads.
        name: What it says, as a message id.
        told: What one does there, as a message id.
        action: What has to be allowed for it.
    """

    address: str
    name: str
    told: str
    action: Action


ENTRIES: Final = (
    Entry(
        "/search",
        _("Find a firearm"),
        _("By what can still be read of its markings, and see its whole life."),
        "marking.search",
    ),
    Entry(
        "/record",
        _("Record an event"),
        _("What happened, question by question, signed with your key."),
        "event.append",
    ),
    Entry(
        "/requests",
        _("Tracing requests"),
        _("Incoming and outgoing, with their terms and answers."),
        "requests.read",
    ),
    Entry("/duties", _("Duties"), _("What is due today, and what is overdue."), "duties.read"),
    Entry(
        "/licences",
        _("Licences"),
        _("Who may hold and trade, until when."),
        "licences.read",
    ),
    Entry(
        "/authorizations",
        _("Authorizations"),
        _("Exports, imports and transits: used, open, expired."),
        "authorizations.read",
    ),
    Entry("/holdings", _("Holdings"), _("Who holds what, now or on a day."), "holdings.read"),
    Entry(
        "/statistics",
        _("Statistics"),
        _("Each figure with its definition, and the way to compute it again."),
        "statistics.read",
    ),
    Entry(
        "/audit",
        _("Audit"),
        _("What does not fit, who signed, and whether the log is whole."),
        "findings.read",
    ),
    Entry(
        "/erasures",
        _("Retention and erasure"),
        _("Which personal data has to go, and who agreed to it."),
        "erasure.propose",
    ),
    Entry(
        "/keys",
        _("Keys and mandates"),
        _("Your keys, and whose keys the registry knows."),
        "registry.read",
    ),
)


PAGES: Final = {
    "arm": "/firearms/",
    "trc": "/requests/",
    "lic": "/licences/",
    "aut": "/authorizations/",
    "lot": "/lots/",
}
"""Where a record is shown, by the kind of its stream."""


def entries(caller: Caller) -> tuple[Entry, ...]:
    """Give the ways that some role of the caller opens, whatever purpose it takes."""
    return tuple(each for each in ENTRIES if opens(caller, each.action))


def opens(caller: Caller, action: Action) -> bool:
    """Tell whether some role of the caller opens an action, whatever purpose it takes."""
    roles = _roles(action)
    return STRANGERS in roles or not caller.roles.isdisjoint(roles)


@cache
def _roles(action: Action) -> frozenset[str]:
    """Give every role that some line of the policy names for an action."""
    return frozenset().union(*(line.roles_named() for line in LINES if line.action == action))
