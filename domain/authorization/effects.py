# SPDX-License-Identifier: Apache-2.0
"""What each event changes in an authorization; total, and never a refusal."""

from __future__ import annotations

from dataclasses import replace

from domain.authorization.applying import (
    Applied,
    ImportLicenceRecorded,
    Issued,
    Refused,
    TransitNoObjectionRecorded,
    TransitObjectionRecorded,
    TransitObjectionWithdrawn,
    TransitReply,
)
from domain.authorization.codes import TransitAnswer
from domain.authorization.state import (
    Answer,
    Authorization,
    Brokering,
    Document,
    Draw,
    ImportLicence,
)
from domain.authorization.terms import countries
from domain.authorization.using import (
    BrokeringRecorded,
    DrawCancelled,
    Drawn,
    Expired,
    Revoked,
    Varied,
)
from domain.occurrence import parse_occurrence


def applied(state: Authorization, dat: Applied) -> Authorization:
    """Begun."""
    return replace(
        state,
        kind=dat.kind,
        purpose=dat.purpose,
        export_country=dat.export_country,
        import_country=dat.import_country,
        transit=countries(dat.transit_countries),
        items=dat.items or (),
    )


def import_licence_recorded(state: Authorization, dat: ImportLicenceRecorded) -> Authorization:
    """Licensed by the importing State; a later licence takes the place of an earlier one."""
    licence = ImportLicence(
        country=dat.country,
        number=dat.authorization or dat.foreign_number or "",
        issued_on=parse_occurrence(dat.issued_on),
        expires_on=parse_occurrence(dat.expires_on),
    )
    return replace(state, import_licence=licence)


def no_objection_recorded(state: Authorization, dat: TransitNoObjectionRecorded) -> Authorization:
    """Free to pass through a State."""
    return _answered(state, dat, "no_objection")


def objection_recorded(state: Authorization, dat: TransitObjectionRecorded) -> Authorization:
    """Not free to pass, or no longer."""
    return _answered(state, dat, "objection")


def objection_withdrawn(state: Authorization, dat: TransitObjectionWithdrawn) -> Authorization:
    """No longer objected to; a written no-objection is still to come."""
    return _answered(state, dat, "objection_withdrawn")


def issued(state: Authorization, dat: Issued) -> Authorization:
    """In force as the document says, whatever was applied for."""
    document = Document(
        number=dat.number,
        issued_on=parse_occurrence(dat.issued_on),
        expires_on=parse_occurrence(dat.expires_on),
        exporter=dat.exporter,
        importer=dat.importer,
        final_recipient=dat.final_recipient,
    )
    return replace(
        state,
        stage="issued",
        document=document,
        export_country=dat.export_country,
        import_country=dat.import_country,
        transit=countries(dat.transit_countries),
        items=dat.items,
    )


def refused(state: Authorization, _: Refused) -> Authorization:
    """Not authorized."""
    return replace(state, stage="refused")


def varied(state: Authorization, dat: Varied) -> Authorization:
    """In force as changed; what the variation does not name stays."""
    document = state.document
    if document is not None:
        document = replace(
            document,
            expires_on=parse_occurrence(dat.expires_on) if dat.expires_on else document.expires_on,
            final_recipient=dat.final_recipient or document.final_recipient,
        )
    route = dat.transit_countries
    return replace(
        state,
        document=document,
        transit=state.transit if route is None else countries(route),
        items=dat.items or state.items,
    )


def drawn(state: Authorization, dat: Drawn) -> Authorization:
    """Less is left."""
    return replace(state, draws=(*state.draws, Draw(dat.shipment, dat.portions)))


def draw_cancelled(state: Authorization, dat: DrawCancelled) -> Authorization:
    """What the shipment drew is free again."""
    kept = tuple(draw for draw in state.draws if draw.shipment != dat.shipment)
    return replace(state, draws=kept)


def revoked(state: Authorization, dat: Revoked) -> Authorization:
    """Worth nothing from a day on; what left before that day was lawful."""
    return replace(state, stage="revoked", revoked_from=parse_occurrence(dat.effective_on))


def expired(state: Authorization, _: Expired) -> Authorization:
    """Closed after its last day."""
    return replace(state, stage="expired")


def brokering_recorded(state: Authorization, dat: BrokeringRecorded) -> Authorization:
    """One more broker is named."""
    brokering = Brokering(
        broker=dat.broker,
        parties=dat.parties,
        registered_as=dat.licence or dat.registration_no,
    )
    return replace(state, brokers=(*state.brokers, brokering))


def _answered(state: Authorization, dat: TransitReply, answer: TransitAnswer) -> Authorization:
    now = Answer(dat.country, answer)
    if state.answer_of(dat.country) is None:
        return replace(state, answers=(*state.answers, now))
    answers = tuple(now if each.country == dat.country else each for each in state.answers)
    return replace(state, answers=answers)
