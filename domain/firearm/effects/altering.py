# SPDX-License-Identifier: Apache-2.0
"""Effects of altering, dismantling and deactivating."""

from __future__ import annotations

from domain.aggregate.changing import changed
from domain.codes import Technical
from domain.firearm.effects.common import country_of, joined
from domain.firearm.events.altering import (
    ComponentReplaced,
    Converted,
    ConvertedIllicitly,
    Deactivation,
    DeactivationPerformed,
    DeactivationVerified,
    Dismantled,
    Form,
    LeadingComponentReplaced,
    ReactivatedIllicitly,
)
from domain.firearm.events.common import Description
from domain.firearm.identity import Identity
from domain.firearm.state import State
from domain.licence.codes import Category
from domain.markings import Marking
from domain.schema import Known


def converted(state: State, dat: Converted) -> State:
    """Of another form; a deactivation that was begun is void."""
    return changed(
        state,
        description=_described(state.description, dat.after),
        category=_category(state, dat.after),
        country=country_of(state, dat),
        markings=joined(state, dat.markings),
        deactivating=(),
    )


def component_replaced(state: State, dat: ComponentReplaced) -> State:
    """The same firearm with another part (rule 9)."""
    return changed(
        state,
        country=country_of(state, dat),
        markings=joined(state, dat.markings),
        deactivating=(),
    )


def leading_component_replaced(state: State, dat: LeadingComponentReplaced) -> State:
    """Ended, and continued by another one, or the same with a used part (rule 9)."""
    ends = dat.part_history == "never_installed"
    return changed(
        state,
        country=country_of(state, dat),
        description=state.description if ends else _renumbered(state.description, dat),
        markings=joined(state, dat.markings),
        deactivating=(),
        identity=_ended(state.identity, dat) if ends else _led(state.identity, dat),
    )


def dismantled(state: State, dat: Dismantled) -> State:
    """No firearm any more; its parts live on."""
    return changed(
        state,
        technical=_unless_destroyed(state, "dismantled"),
        country=country_of(state, dat),
        deactivating=(),
        identity=changed(state.identity, ended="dismantled"),
    )


def deactivation_performed(state: State, dat: DeactivationPerformed) -> State:
    """Still complete by law; its parts await verification."""
    treated = dict.fromkeys((*state.deactivating, *(each.part for each in dat.operations)))
    return changed(state, country=country_of(state, dat), deactivating=tuple(treated))


def deactivation_verified(state: State, dat: DeactivationVerified) -> State:
    """Deactivated, with a mark more; the old marks stay, and so does the record (rule 7).

    An authorized disposal that said so is done; what is kept then is decided anew.
    """
    ordered = state.disposal is not None and state.disposal.method == "deactivate"
    return changed(
        state,
        technical=_unless_destroyed(state, "deactivated"),
        country=country_of(state, dat),
        markings=joined(state, (deactivation_mark(dat), *dat.markings)),
        deactivating=(),
        disposal=None if ordered else state.disposal,
    )


def deactivation_mark(dat: Deactivation) -> Marking:
    """Give the mark that goes with a certificate (Implementing Regulation (EU) 2015/2403)."""
    return Marking(
        kind="deactivation",
        text=Known(known=dat.certificate_no),
        condition="legible",
        maker=dat.entity,
        country=dat.country,
        year=dat.year,
    )


def reactivated_illicitly(state: State, dat: ReactivatedIllicitly) -> State:
    """Able to fire again without authorization."""
    return changed(
        state,
        description=_described(state.description, dat.after),
        category=_category(state, dat.after),
        technical=_unless_destroyed(state, "illicitly_reactivated"),
        country=country_of(state, dat),
        markings=joined(state, dat.markings),
    )


def converted_illicitly(state: State, dat: ConvertedIllicitly) -> State:
    """Able to fire where its base was not; a lawful firearm so altered stays one."""
    now: Technical = state.technical if dat.base == "firearm" else "illicitly_reactivated"
    return changed(
        state,
        description=_described(state.description, dat.after),
        category=_category(state, dat.after),
        technical=_unless_destroyed(state, now),
        country=country_of(state, dat),
        markings=joined(state, dat.markings),
    )


def _ended(identity: Identity, dat: LeadingComponentReplaced) -> Identity:
    return changed(identity, ended="leading_part_replaced", successor=dat.successor)


def _led(identity: Identity, dat: LeadingComponentReplaced) -> Identity:
    return changed(identity, leading_part=dat.part, leading_component=dat.component_in)


def _described(known: Description | None, form: Form | None) -> Description | None:
    if known is None or form is None:
        return known
    stated = {"kind": form.kind, "action": form.action, "calibre": form.calibre}
    return known.model_copy(update={name: value for name, value in stated.items() if value})


def _category(state: State, form: Form | None) -> Category | None:
    return (form and form.category) or state.category


def _renumbered(known: Description | None, dat: LeadingComponentReplaced) -> Description | None:
    if known is None or dat.serial_in is None:
        return known
    return known.model_copy(update={"serial": dat.serial_in})


def _unless_destroyed(state: State, technical: Technical) -> Technical:
    """A destroyed firearm stays destroyed whatever late facts say; they are contradictions."""
    return "destroyed" if state.technical == "destroyed" else technical
