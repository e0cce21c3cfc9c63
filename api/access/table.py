# SPDX-License-Identifier: Apache-2.0
"""The access policy as one table: which role may do what, where, for which purpose.

Implements the access rules of the envelope specification, section 7, over the roles of the
domain facts, section 5. It is data alone; ``policy`` judges by it, ``page`` shows it, and nothing
else grants anything. What a line does not name is refused. May an event be recorded? That the
mandate of the key that signed it decides, so that ``event.append`` is open to every officer here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, cast, get_args

from domain.access.events import Purpose

Action = Literal[
    "log.read",
    "registry.read",
    "entries.read",
    "event.append",
    "firearm.read",
    "marking.search",
    "holdings.read",
    "authorizations.read",
    "licences.read",
    "requests.read",
    "duties.read",
    "findings.read",
    "statistics.read",
    "feed.read",
    "person.reveal",
    "person.file",
    "access.read",
    "erasure.propose",
    "erasure.approve",
    "webhook.manage",
    "people.invite",
    "metrics.read",
]
"""What can be asked of the service."""

Scope = Literal["anywhere", "mandate", "own"]
"""Where a line holds: in the whole ledger, in the jurisdictions of the role, or there for what the
caller's own authority answers for."""

ClaimGroup = Literal["holder", "person", "trade", "officer"]
"""Kinds of personal data that are revealed together."""

ACTIONS: Final[tuple[Action, ...]] = get_args(Action)

STRANGERS: Final = "stranger"
"""Stands in the table for everybody, known or not."""

_OFFICIALS: Final = "POL LIC CUS CRT LAB EVC STK"
_TRADE: Final = "DLR MFR IMX BRK PRF DEA VER DST"
_EVERYONE: Final = f"TRC AUD STW {_OFFICIALS} {_TRADE} service supervisor registry-admin root"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the policy.

    Attributes:
        action: What may be done.
        roles: Role codes that may do it, with a space between them.
        scope: Where.
        purposes: For which purposes, with a space between them; one of them has to be stated.
            Empty: none is needed.
        step_up: Whether a person has to prove a fresh factor for it.
        claims: Which personal data may be shown, with a space between the groups.
    """

    action: Action
    roles: str
    scope: Scope
    purposes: str = ""
    step_up: bool = False
    claims: str = ""

    def purposes_named(self) -> frozenset[str]:
        """Give the purposes one by one."""
        return frozenset(self.purposes.split())

    def groups(self) -> tuple[ClaimGroup, ...]:
        """Give the groups of personal data one by one."""
        return tuple(cast("ClaimGroup", group) for group in self.claims.split())

    def roles_named(self) -> frozenset[str]:
        """Give the roles one by one."""
        return frozenset(self.roles.split())


def _reveals(roles: str, scope: Scope, purposes: str, *, claims: str) -> Line:
    return Line("person.reveal", roles, scope, purposes, step_up=True, claims=claims)


# fmt: off
LINES: Final[tuple[Line, ...]] = (
    Line("log.read",            STRANGERS,                                  "anywhere"),
    Line("registry.read",       STRANGERS,                                  "anywhere"),
    Line("entries.read",        "TRC AUD STW service",                      "anywhere"),
    Line("entries.read",        _OFFICIALS,                                 "mandate"),
    Line("event.append",        _EVERYONE,     "anywhere", step_up=True),
    Line("firearm.read",        "TRC AUD STW",                              "anywhere"),
    Line("firearm.read",        _OFFICIALS,                                 "mandate"),
    Line("firearm.read",        _TRADE,                                     "own"),
    Line("marking.search",      "TRC",         "anywhere", "tracing criminal_investigation"),
    Line("marking.search",      "POL",         "anywhere", "tracing criminal_investigation"),
    Line("marking.search",      "POL",         "anywhere", "public_safety"),
    Line("marking.search",      "CUS",         "anywhere", "customs_control"),
    Line("marking.search",      "STW",         "anywhere", "maintenance data_subject_request"),
    Line("marking.search",      "AUD",         "anywhere", "audit"),
    Line("marking.search",      "LAB EVC",     "mandate",  "tracing criminal_investigation"),
    Line("marking.search",      "CRT",         "mandate",  "prosecution court"),
    Line("marking.search",      "LIC",         "mandate",  "licensing inspection public_safety"),
    Line("marking.search",      "STK",         "own",      "inspection"),
    Line("holdings.read",       "TRC AUD STW",                              "anywhere"),
    Line("holdings.read",       "POL LIC CUS CRT",                          "mandate"),
    Line("holdings.read",       "DLR MFR IMX STK",                          "own"),
    Line("authorizations.read", "TRC AUD STW",                              "anywhere"),
    Line("authorizations.read", "POL LIC CUS CRT",                          "mandate"),
    Line("authorizations.read", "DLR MFR IMX BRK",                          "own"),
    Line("licences.read",       "TRC AUD STW",                              "anywhere"),
    Line("licences.read",       "POL LIC CUS CRT DLR",                      "mandate"),
    Line("licences.read",       "MFR IMX BRK",                              "own"),
    Line("requests.read",       "TRC",         "anywhere", "tracing"),
    Line("requests.read",       "AUD",         "anywhere", "audit"),
    Line("requests.read",       "POL",         "mandate",  "tracing criminal_investigation"),
    Line("requests.read",       "CRT",         "mandate",  "prosecution court"),
    Line("duties.read",         "TRC AUD STW",                              "anywhere"),
    Line("duties.read",         _OFFICIALS,                                 "mandate"),
    Line("duties.read",         _TRADE,                                     "own"),
    Line("findings.read",       "TRC AUD STW service registry-admin root",  "anywhere"),
    Line("findings.read",       "POL LIC supervisor",                       "mandate"),
    Line("statistics.read",     _EVERYONE,                                  "anywhere"),
    Line("feed.read",           "TRC AUD STW service",                      "anywhere"),
    Line("feed.read",           "POL LIC CUS STK",                          "mandate"),
    _reveals("TRC", "anywhere", "tracing criminal_investigation",  claims="holder person trade"),
    _reveals("POL", "mandate",  "tracing criminal_investigation",  claims="holder person trade"),
    _reveals("POL", "mandate",  "public_safety",                   claims="holder"),
    _reveals("CRT", "mandate",  "prosecution court",       claims="holder person trade officer"),
    _reveals("LIC", "mandate",  "licensing inspection",            claims="holder trade"),
    _reveals("LIC", "mandate",  "public_safety",                   claims="holder"),
    _reveals("CUS", "mandate",  "customs_control",                 claims="trade"),
    _reveals("DLR", "own",      "inspection",                      claims="holder"),
    _reveals("STW", "mandate",  "data_subject_request",    claims="holder person trade officer"),
    _reveals("STW", "mandate",  "maintenance",                     claims="holder person trade"),
    _reveals("AUD", "anywhere", "audit",                           claims="officer"),
    _reveals("supervisor registry-admin root", "mandate", "maintenance", claims="officer"),
    Line("person.file",     "STW",                         "mandate",  "data_subject_request",
         step_up=True, claims="holder person trade officer"),
    Line("access.read",     "AUD",                         "anywhere", "audit", step_up=True),
    Line("erasure.propose", "STW",                         "mandate",  step_up=True),
    Line("erasure.approve", "STW AUD CRT LIC",             "mandate",  step_up=True),
    Line("webhook.manage",  "service registry-admin root", "own",      step_up=True),
    Line("people.invite",   "registry-admin root",         "mandate", step_up=True),
    Line("people.invite",   "supervisor",                  "own",      step_up=True),
    Line("metrics.read",    "service registry-admin root", "anywhere"),
)  # fmt: skip
# fmt: on
"""The policy. Lines of one action add up: what one of them allows is allowed."""

NAMED: Final[frozenset[Action]] = frozenset(
    {
        "entries.read",
        "firearm.read",
        "holdings.read",
        "authorizations.read",
        "licences.read",
        "requests.read",
        "person.reveal",
        "person.file",
        "erasure.propose",
        "erasure.approve",
    }
)
"""Actions on a thing that the question names: whoever may not see it is not told that it exists."""

CLAIMS: Final[dict[ClaimGroup, frozenset[str]]] = {
    "holder": frozenset({"holder_birth_date", "holder_doc_no", "holder_name", "permit_no"}),
    "person": frozenset({"person_birth_date", "person_doc_no", "person_name"}),
    "trade": frozenset(
        f"{party}_{member}"
        for party in ("broker", "exporter", "final_recipient", "importer")
        for member in ("address", "name")
    ),
    "officer": frozenset({"officer_name"}),
}
"""Names of the disclosures in each group; every disclosure of the catalogue stands in one."""

PURPOSES: Final[tuple[Purpose, ...]] = get_args(Purpose)


def purposes_of(action: Action) -> frozenset[str]:
    """Give the purposes for any of which somebody may do an action."""
    named = (line.purposes_named() for line in LINES if line.action == action)
    return frozenset[str]().union(*named)
