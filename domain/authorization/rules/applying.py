# SPDX-License-Identifier: Apache-2.0
"""Rules before and at the issue of an authorization (rules 5 and 6 of the domain facts).

Rule 5, from article 10(2) of the Firearms Protocol: before a State issues an export licence, the
importing State has issued its licence, and the transit States have given notice in writing
that they do not object. A transfer within the Union needs the consent of the receiving State
(Directive (EU) 2021/555, article 16), unless that State lists the arms as free of it.
"""

from __future__ import annotations

from typing import Final

from domain.aggregate.objection import Objection, blocked, note
from domain.authorization.applying import (
    Applied,
    ImportLicenceRecorded,
    Issued,
    TransitReply,
)
from domain.authorization.codes import AuthorizationKind
from domain.authorization.state import Authorization
from domain.authorization.terms import countries
from domain.occurrence import parse_occurrence

LICENSED_ABROAD: Final[tuple[AuthorizationKind, ...]] = (
    "export",
    "transit",
    "intra_union_transfer",
    "temporary",
)
"""What may rest on a licence or consent of the importing State."""


def purpose_stated(_: Authorization, dat: Applied) -> Objection | None:
    """A temporary movement has a verifiable lawful purpose, others need none (10(6))."""
    if (dat.kind == "temporary") == (dat.purpose is not None):
        return None
    return blocked(
        "purpose_stated",
        "A temporary movement, and no other, states its lawful purpose.",
        axis="purpose",
        found=dat.purpose or "none",
        legal=("a purpose for a temporary movement", "none for any other"),
    )


def rests_on_a_licence(state: Authorization, _: ImportLicenceRecorded) -> Objection | None:
    """An import licence or a consent rests on none itself."""
    if state.kind in LICENSED_ABROAD:
        return None
    return blocked(
        "authorization_kind",
        "An authorization of this kind does not rest on an import licence.",
        axis="kind",
        found=state.kind,
        legal=LICENSED_ABROAD,
    )


def licence_named_once(_: Authorization, dat: ImportLicenceRecorded) -> Objection | None:
    """The import licence is named by its identifier here or by its foreign number."""
    if (dat.authorization is None) != (dat.foreign_number is None):
        return None
    return blocked(
        "import_licence_unnamed",
        "An import licence is named in one way.",
        axis="import licence",
        found="none" if dat.authorization is None else "both",
        legal=("authorization", "foreign_number"),
    )


def licence_of_importing_state(
    state: Authorization, dat: ImportLicenceRecorded
) -> Objection | None:
    """The import licence is one of the State into which the goods go."""
    return _same_country("import country", dat.country, state.import_country)


def dates_in_order(_: Authorization, dat: ImportLicenceRecorded | Issued) -> Objection | None:
    """Nothing expires before it is issued (rule 6)."""
    if not _before(dat.expires_on, dat.issued_on):
        return None
    return blocked(
        "authorization_dates",
        "It would expire before it is issued.",
        axis="dates",
        found=dat.expires_on,
        legal=(f"{dat.issued_on} or later",),
    )


def carriage_stated(state: Authorization, dat: Issued) -> Objection | None:
    """A transfer within the Union says how it travels, except between dealers (EU art. 16)."""
    if state.kind != "intra_union_transfer" or dat.carriage is not None:
        return None
    return note(
        "carriage_missing",
        "How the goods travel is not stated; only dealers need not.",
        axis="carriage",
        found="none",
        legal=("carriage", "a transfer between dealers"),
    )


def transit_state(state: Authorization, dat: TransitReply) -> Objection | None:
    """A transit State is neither the State of export nor that of import."""
    if dat.country not in (state.export_country, state.import_country):
        return None
    return blocked(
        "transit_country",
        "The State of export or of import is no transit State.",
        axis="route",
        found=dat.country,
        legal=state.transit or ("a State on the way",),
    )


def objection_stands(state: Authorization, dat: TransitReply) -> Objection | None:
    """A State takes back only an objection that it made."""
    answer = state.answer_of(dat.country)
    if answer == "objection":
        return None
    return blocked(
        "objection_missing",
        "No objection of that State is on record.",
        axis="transit",
        found=f"{dat.country}: {answer or 'none'}",
        legal=("objection",),
    )


def as_applied_for(state: Authorization, dat: Issued) -> Objection | None:
    """It is issued for the States of export and import that were applied for."""
    return _same_country(
        "export country", dat.export_country, state.export_country
    ) or _same_country("import country", dat.import_country, state.import_country)


def import_licence_stands(state: Authorization, dat: Issued) -> Objection | None:
    """An export rests on the import licence, a Union transfer on the consent (rule 5)."""
    if not _needs_licence(state, dat):
        return None
    licence = state.import_licence
    if licence is not None and licence.expires_on.text >= dat.issued_on:
        return None
    return blocked(
        "import_licence_missing",
        "The importing State has issued no licence that is still valid.",
        axis="import licence",
        found="none" if licence is None else f"expired on {licence.expires_on.text}",
        legal=("authorization.import-licence-recorded",),
    )


def transit_states_agree(state: Authorization, dat: Issued) -> Objection | None:
    """Every transit State has said in writing that it does not object (rule 5)."""
    if state.kind != "export":
        return None
    return no_objections(state, countries(dat.transit_countries))


def no_objections(state: Authorization, route: tuple[str, ...]) -> Objection | None:
    """Object where a State on the way has not said that it does not object."""
    open_states = state.not_cleared(route)
    if not open_states:
        return None
    found = ", ".join(f"{each}: {state.answer_of(each) or 'none'}" for each in open_states)
    return blocked(
        "transit_no_objection_missing",
        "A transit State has not said in writing that it does not object.",
        axis="transit",
        found=found,
        legal=("authorization.transit-no-objection-recorded",),
    )


def _needs_licence(state: Authorization, dat: Issued) -> bool:
    if state.kind == "intra_union_transfer":
        return not dat.consent_exempt
    return state.kind == "export"


def _same_country(name: str, found: str, legal: str) -> Objection | None:
    if found == legal:
        return None
    return blocked(
        "authorization_countries",
        f"The {name} is not the one of this authorization.",
        axis=name,
        found=found,
        legal=(legal or "authorization.applied",),
    )


def _before(first: str, second: str) -> bool:
    return parse_occurrence(first).certainly_before(parse_occurrence(second))
