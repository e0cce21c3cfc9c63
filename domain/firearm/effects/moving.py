# SPDX-License-Identifier: Apache-2.0
"""Effects of crossing borders.

What is recorded as destroyed only has its country changed: it is neither held nor marked again.
"""

from __future__ import annotations

from domain.aggregate.changing import changed
from domain.authorization.border import LACKS_UNIQUE_MARK, ImportDue, Stay
from domain.circulation import effects as circulation
from domain.firearm.effects.common import joined, marks_as_seen
from domain.firearm.events.moving import (
    Exported,
    Imported,
    ReturnedFromAbroad,
    TemporarilyExported,
    TemporarilyImported,
    TransitCrossed,
)
from domain.firearm.state import State
from domain.markings import Marking, Markings


def exported(state: State, dat: Exported) -> State:
    """Out of the country and on its way; nobody has it under a licence of this one any more."""
    return changed(circulation.exported(state, dat), licence=None, entrusted=None, stay=None)


def transit_crossed(state: State, dat: TransitCrossed) -> State:
    """In another country, on its way."""
    seen = _seen(state, dat.markings)
    if state.technical == "destroyed":
        return changed(seen, country=dat.country)
    return changed(seen, custody="transit", country=dat.country, shipment=dat.shipment)


def imported(state: State, dat: Imported) -> State:
    """In the country to stay; an import mark is due unless it bears one of this import."""
    seen = _seen(state, dat.markings)
    if state.technical == "destroyed":
        return changed(seen, country=dat.country)
    due = _due(seen, dat)
    return changed(
        circulation.imported(seen, dat),
        marks="import_mark_due" if due.open else due.then,
        entrusted=None,
        stay=None,
        import_due=due if due.open else None,
    )


def temporarily_exported(state: State, dat: TemporarilyExported) -> State:
    """Abroad for a time, in the same hands."""
    return _away(state, dat, imported=False)


def temporarily_imported(state: State, dat: TemporarilyImported) -> State:
    """Here for a time, in the same hands; no import mark is due (Firearms Protocol 8(1)(b))."""
    return _away(state, dat, imported=True)


def returned_from_abroad(state: State, dat: ReturnedFromAbroad) -> State:
    """Back where it belongs."""
    return changed(_seen(state, dat.markings), country=dat.country, stay=None)


def _away(state: State, dat: TemporarilyExported | TemporarilyImported, *, imported: bool) -> State:
    stay = Stay(
        imported=imported,
        home=state.country,
        country=dat.country,
        purpose=dat.purpose,
        due_on=dat.due_on,
    )
    return changed(state, country=dat.country, stay=stay)


def _seen(state: State, markings: Markings) -> State:
    if not markings:
        return state
    return changed(
        state,
        marks=marks_as_seen(state.marks, markings),
        markings=joined(state, markings),
    )


def _due(state: State, dat: Imported) -> ImportDue:
    before = state.marks
    if before == "import_mark_due" and state.import_due is not None:
        before = state.import_due.then
    lacks_unique = before in LACKS_UNIQUE_MARK
    return ImportDue(
        country=dat.country,
        import_mark=not any(_is_of_this_import(mark, dat) for mark in state.markings),
        unique_mark=lacks_unique,
        then=before,
    )


def _is_of_this_import(mark: Marking, dat: Imported) -> bool:
    """Tell whether an import mark was cut for this import, perhaps by the maker beforehand."""
    if (mark.kind, mark.country, mark.condition) != ("import", dat.country, "legible"):
        return False
    return mark.year == dat.year or (mark.year is None and mark in dat.markings)
