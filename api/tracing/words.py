# SPDX-License-Identifier: Apache-2.0
"""Plain names for what the ledger calls by codes: events, states, times, signers.

Neutral throughout: the ledger knows contradictions and possibilities, no suspects. The
doors share these words; translations will replace this module, not its callers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from api.describing.roles import ROLE_NAMES
from api.tracing.names import EVENT_NAMES
from domain.event import Event
from domain.firearm.events.common import Description, Fact
from domain.firearm.state import State
from domain.markings import Marking
from domain.occurrence import Occurrence
from domain.registry.state import Registry
from domain.schema import Closed, Stated, value_of

PRECISIONS: Final[Mapping[str, str]] = MappingProxyType(
    {"instant": "", "day": "", "month": " (the month is known)", "year": " (the year is known)"}
)

KID_SHOWN_CHARS: Final = 8
HEAD_SHOWN_CHARS: Final = 8
TAIL_SHOWN_CHARS: Final = 8
UNKNOWN: Final = "unknown"
NOTHING_MORE: Final = "nothing more was stated"


def event_name(evt: str) -> str:
    """Name a kind of event; a kind without a name keeps its code."""
    return EVENT_NAMES.get(evt, evt.partition(".")[2].replace("-", " ").capitalize() or evt)


def plain(code: str) -> str:
    """Write a code as words."""
    return code.replace("_", " ")


def stated(value: Stated, *, missing: str = "none") -> str:
    """Say a value that may be known, unknown or none."""
    known = value_of(value)
    if known is not None:
        return known
    return UNKNOWN if value == "unknown" else missing


def when(occ: Occurrence) -> str:
    """Say when something happened, with the precision that is known."""
    if occ.precision == "unknown":
        return "date unknown; it stands where the ledger learned of it"
    text = occ.text.replace("T", " ").replace("Z", " UTC")
    return text + PRECISIONS[occ.precision]


def signer(registry: Registry, event: Event, index: int) -> str:
    """Say who signed: the authority, the key's fingerprint and the role it signed by."""
    authority = registry.authorities.get(event.iss)
    name = f"{authority.name} ({event.iss})" if authority else event.iss
    return f"{name}, key {event.kid[:KID_SHOWN_CHARS]}{_role(registry, event, index)}"


def roles(registry: Registry, event: Event, index: int) -> tuple[str, ...]:
    """Give the role codes by which the key could sign this event at its position."""
    key = registry.keys.get(event.kid)
    held = key.grants if key else ()
    found = {
        grant.role
        for grant in held
        if grant.role in event.type.roles and grant.stands(index, event.iat)
    }
    return tuple(sorted(found))


def axes(state: State) -> dict[str, str]:
    """Say a state, axis by axis, always in the same order."""
    return {
        "object": plain(state.technical),
        "holder": "government stock" if state.holder == "state_stock" else plain(state.holder),
        "custody": {"holder": "with the holder", "evidence": "in evidence"}.get(
            state.custody, plain(state.custody)
        ),
        "alerts": ", ".join(sorted(map(plain, state.alerts))) or "none",
        "marks": plain(state.marks),
        "country": state.country or UNKNOWN,
    }


def details(state: State) -> dict[str, str]:
    """Say what else is known of where a firearm is; only what is known."""
    found = {
        "custodian": state.custodian,
        "holding": state.holding and _shortened(state.holding),
        "seals": ", ".join(state.seals) or None,
        "deposit": state.deposit_no,
        "due": "confiscation mark" if state.confiscation_due else None,
        "hand-over": state.handover and f"awaits the {state.handover.awaits}'s report",
        "import mark due": state.import_due and state.import_due.country,
        "stay until": state.stay and state.stay.due_on,
        "count found it": state.discrepancy and plain(state.discrepancy),
        "lot": state.lot and _shortened(state.lot),
        "shipment": state.shipment and _shortened(state.shipment),
    }
    return {name: value for name, value in found.items() if value}


def identity(state: State) -> tuple[str, ...]:
    """Say which other records are, may be, or went before and come after a firearm."""
    known = state.identity
    others = (
        *(f"same as {each}, merged into this record" for each in known.aliases),
        *(f"possibly the same as {each}" for each in known.duplicates),
        known.predecessor and f"continues {known.predecessor}",
        known.successor and f"continued by {known.successor}",
        known.duplicate_reason
        and f"maker and serial occur already: {plain(known.duplicate_reason)}",
    )
    return tuple(sorted(filter(None, others)))


def describe(description: Description) -> str:
    """Describe a firearm in a line."""
    kind = " ".join(
        plain(code) for code in (description.action, description.kind) if code != UNKNOWN
    )
    parts = [
        _make_and_model(description),
        kind or "kind unknown",
        f"calibre {stated(description.calibre)}",
        f"serial {stated(description.serial, missing='never cut')}",
    ]
    if description.year != UNKNOWN:
        parts.append(f"made {description.year}")
    if description.country != UNKNOWN:
        parts.append(f"country of manufacture {description.country}")
    return ", ".join(parts)


def _shortened(identifier: str) -> str:
    """Show both ends of an opaque identifier, enough to tell two apart."""
    return f"{identifier[:HEAD_SHOWN_CHARS]}...{identifier[-TAIL_SHOWN_CHARS:]}"


def _make_and_model(description: Description) -> str:
    make, model = value_of(description.make), value_of(description.model)
    if make and model:
        return f"{make} {model}"
    if make or model:
        return f"{make}, model {description.model}" if make else f"{model}, make unknown"
    return "make and model unknown"


def what_happened(event: Event) -> tuple[str, ...]:
    """Say what an event states, a phrase each; what it leaves out is left out."""
    dat = event.dat
    if isinstance(dat, Description):
        return (describe(dat), *_members(dat, skip=Description.model_fields))
    return tuple(_members(dat, skip=())) or (NOTHING_MORE,)


def _members(dat: Closed, skip: Iterable[str]) -> list[str]:
    """Say the members that were given, in the order of the schema, ``jur`` and marks last."""
    told = []
    for name in (*type(dat).model_fields,):
        value = getattr(dat, name)
        if value in (None, ()) or (name in skip and name not in _ALWAYS):
            continue
        told.append(_member(name, value))
    return told


def _member(name: str, value: object) -> str:
    if isinstance(value, Marking):
        return _marking(value)
    if isinstance(value, tuple) and value and isinstance(value[0], Marking):
        return "; ".join(_marking(each) for each in value)
    return f"{_LABELS.get(name, plain(name))} {_value(value)}"


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(_value(each) for each in value)
    if isinstance(value, Closed):
        return _closed(value)
    return plain(str(value)) if str(value).islower() else str(value)


def _closed(value: Closed) -> str:
    if "known" in type(value).model_fields:
        return str(getattr(value, "known", ""))
    given = {name: getattr(value, name) for name in value.model_fields_set}
    ordered = [name for name in type(value).model_fields if given.get(name) is not None]
    return " ".join(f"{plain(name)} {_value(given[name])}" for name in ordered)


def _marking(mark: Marking) -> str:
    text = value_of(mark.text)
    parts = [f"{plain(mark.kind)} mark"]
    parts.append(text or f"text {mark.text}")
    parts += [f"symbols {' '.join(mark.symbols)}"] if mark.symbols else []
    parts += [f"on {plain(mark.location)}"] if mark.location else []
    parts.append(f"({plain(mark.condition)}{', ' + plain(mark.damage) if mark.damage else ''})")
    parts += [f"maker {mark.maker}"] if mark.maker else []
    parts += [f"country {mark.country}"] if mark.country else []
    parts += [f"year {mark.year}"] if mark.year else []
    return " ".join(parts)


def _role(registry: Registry, event: Event, index: int) -> str:
    codes = roles(registry, event, index)
    if not codes:
        return ", role unknown"
    return ", as " + " or ".join(ROLE_NAMES.get(code, code) for code in codes)


_ALWAYS: Final = frozenset({"markings", "numbers", "reference", *Fact.model_fields})
_LABELS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "acq": "by",
        "agency": "agency",
        "case_no": "case",
        "cause": "cause",
        "crimes": "offences",
        "described": "described as",
        "deposit_no": "deposit number",
        "discovered_on": "discovered",
        "duplicate_reason": "second record of this number because of",
        "from_custodian": "from",
        "from_hld": "from holding",
        "ground": "ground:",
        "hld": "holding",
        "jur": "in",
        "numbers": "further numbers:",
        "permit_class": "permit class",
        "presence": "present in",
        "proceeding": "proceeding:",
        "released_by": "given by",
        "received_by": "taken by",
        "report_no": "report",
        "source": "taken over from",
        "station": "station",
        "technical": "object:",
        "to_custodian": "to",
        "window_from": "not before",
        "window_to": "not after",
    }
)
