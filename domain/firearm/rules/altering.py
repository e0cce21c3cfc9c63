# SPDX-License-Identifier: Apache-2.0
"""Rules of altering, dismantling and deactivating (rules 7, 9 and 13 of domain facts, section 9).

Sources: Firearms Protocol art. 9; Implementing Regulation (EU) 2015/2403 art. 3 and 5; NWR 2.14
and 2.15. Whether the components that an event names exist and are free is asked in
``domain.component.fitting``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from domain.aggregate.objection import Objection, blocked, momentary, note
from domain.aggregate.scene import Scene
from domain.codes import Alert, Technical
from domain.component.fitting import all_fit, fits
from domain.component.parts import PartKind
from domain.component.state import Component
from domain.component.whereabouts import was_installed
from domain.firearm.events.altering import (
    ComponentReplaced,
    Converted,
    ConvertedIllicitly,
    Deactivation,
    DeactivationPerformed,
    DeactivationVerified,
    Dismantled,
    LeadingComponentReplaced,
)
from domain.firearm.identity import leads
from domain.firearm.rules.common import alerts_clear, same_text
from domain.firearm.state import Firearm, State
from domain.schema import Closed, value_of

ESSENTIAL: Final[tuple[frozenset[PartKind], ...]] = (
    frozenset({"barrel"}),
    frozenset({"frame", "receiver", "receiver_upper", "receiver_lower"}),
    frozenset({"slide", "cylinder", "bolt", "breech_block"}),
)
"""Of each group one part at least is essential to a firearm (Firearms Protocol art. 3(b))."""

DISPOSED_OF_UNDER: Final[frozenset[Alert]] = frozenset({"forfeited", "surrendered_pending"})
"""Flags under which an authority decides what becomes of a firearm."""


def technical_in(*legal: Technical) -> Callable[[State, Closed], Objection | None]:
    """Make the rule that the firearm is technically in one of some states."""

    def rule(state: State, _: Closed) -> Objection | None:
        """What the firearm is technically allows this event."""
        if state.technical in legal:
            return None
        return blocked(
            "technical_state",
            "What this firearm is technically does not allow this event.",
            axis="T",
            found=state.technical,
            legal=legal,
        )

    return rule


def alerts_let_deactivate(state: State, dat: Closed) -> Objection | None:
    """An alert forbids it, unless it is what an authority decided to become of it (rule 13)."""
    authorised = state.disposal is not None and state.disposal.method == "deactivate"
    if authorised and state.alerts <= DISPOSED_OF_UNDER:
        return None
    return alerts_clear(state, dat)


def conversion_changes_something(_: State, dat: Converted) -> Objection | None:
    """A conversion states what is different afterwards (Directive 2021/555 art. 4(5)(d))."""
    after = dat.after.model_dump(exclude_none=True)
    before = dat.before.model_dump(exclude_none=True)
    if any(before.get(name) != value for name, value in after.items()):
        return None
    return blocked(
        "conversion_empty",
        "The firearm is described no differently after the conversion.",
        axis="form",
        found="no change",
        legal=("state the kind, action, calibre, category or barrel length that changed",),
    )


def form_before_agrees(state: State, dat: Converted) -> Objection | None:
    """It was before the conversion what the record says."""
    known = state.description
    if known is None:
        return None
    was = value_of(known.calibre)
    said = value_of(dat.before.calibre) if dat.before.calibre else None
    if was and said and not same_text(was, said):
        return _form_differs("calibre", said, known=was)
    if dat.before.kind not in (None, "unknown", known.kind) and known.kind != "unknown":
        return _form_differs("kind", str(dat.before.kind), known=known.kind)
    category = dat.before.category
    if category is not None and state.category not in (None, category):
        return _form_differs("category", category.code, known=state.category.code)
    return None


def part_does_not_lead(state: State, dat: ComponentReplaced) -> Objection | None:
    """A leading part is replaced by an event of its own, which settles the identity (rule 9)."""
    if not leads(state.identity, dat.part):
        return None
    return blocked(
        "leading_part",
        "This part carries the identity of the firearm.",
        axis="T",
        found=dat.part,
        legal=("firearm.leading-component-replaced",),
    )


def part_leads(state: State, dat: LeadingComponentReplaced) -> Objection | None:
    """Only the part that leads by the record takes the identity with it (rule 8)."""
    stated = state.identity.leading_part
    if stated in (None, dat.part):
        return None
    return blocked(
        "part_not_leading",
        "Another part carries the identity of this firearm.",
        axis="T",
        found=dat.part,
        legal=(str(stated),),
    )


def successor_named(_: State, dat: LeadingComponentReplaced) -> Objection | None:
    """A part never installed makes another firearm, which is named (rule 9; NWR 2.15)."""
    if dat.part_history == "used" or dat.successor is not None:
        return None
    return blocked(
        "successor_missing",
        "A leading part that was never installed makes another firearm, which is to be named.",
        axis="T",
        found="no successor",
        legal=("name the successor",),
    )


def no_successor_of_the_same(_: State, dat: LeadingComponentReplaced) -> Objection | None:
    """With a used leading part the firearm stays the same (rule 9; NWR 2.15)."""
    if dat.part_history == "never_installed" or dat.successor is None:
        return None
    return blocked(
        "successor_unexpected",
        "With a used leading part the firearm keeps its identity and has no successor.",
        axis="T",
        found=dat.successor,
        legal=("name no successor", "never_installed"),
    )


def essential_parts_treated(_: State, dat: DeactivationPerformed) -> Objection | None:
    """Every essential part is made inoperable (Firearms Protocol art. 9(a))."""
    treated = {each.part for each in dat.operations}
    demanded = ESSENTIAL[:2] if dat.table == "muzzle_loading" else ESSENTIAL
    missing = next((group for group in demanded if not treated & group), None)
    if missing is None:
        return None
    return blocked(
        "essential_part_untreated",
        "A deactivation makes every essential part permanently inoperable.",
        axis="T",
        found=", ".join(sorted(treated)),
        legal=tuple(sorted(missing)),
    )


def deactivation_performed(state: State, _: DeactivationVerified) -> Objection | None:
    """Somebody verifies what somebody else has done before (Firearms Protocol art. 9(b))."""
    if state.deactivating:
        return None
    return blocked(
        "deactivation_not_performed",
        "No deactivation of this firearm awaits verification.",
        axis="T",
        found=state.technical,
        legal=("firearm.deactivation-performed",),
    )


def treated_parts_marked(state: State, dat: DeactivationVerified) -> Objection | None:
    """Each part that was worked on bears the mark (2015/2403 art. 5)."""
    missing = set(state.deactivating) - set(dat.parts)
    if not missing:
        return None
    return blocked(
        "deactivation_mark_missing",
        "A part that was made inoperable does not bear the deactivation mark.",
        axis="M",
        found=", ".join(sorted(dat.parts)),
        legal=tuple(sorted(missing)),
    )


def serials_stay(_: object, dat: Deactivation) -> Objection | None:
    """The original serials stay on what is deactivated (rule 7; 2015/2403 art. 5)."""
    if dat.serials_kept:
        return None
    return blocked(
        "serials_not_kept",
        "What is deactivated keeps its original serial numbers.",
        axis="M",
        found="removed",
        legal=("kept",),
    )


def was_deactivated(state: State, _: Closed) -> Objection | None:
    """What is found reactivated was deactivated before, if the record is complete."""
    if state.technical == "deactivated":
        return None
    return note(
        "deactivation_not_recorded",
        "No deactivation of this firearm was recorded.",
        axis="T",
        found=state.technical,
        legal=("deactivated",),
    )


def base_was_deactivated(state: State, dat: ConvertedIllicitly) -> Objection | None:
    """What was converted from a deactivated firearm was deactivated before."""
    return was_deactivated(state, dat) if dat.base == "deactivated" else None


def another_person_performed(scene: Scene, _: DeactivationVerified) -> Objection | None:
    """Who verifies a deactivation is not who performed it (rule 7; 2015/2403 art. 3).

    Two keys of one officer are one person; one entity may do both with different staff.
    """
    performers = {_officer(scene, kid) for kid in _performing_keys(scene.state)}
    verifier = _officer(scene, scene.event.kid)
    if verifier is not None and verifier not in performers:
        return None
    return blocked(
        "verifier_is_performer",
        "A deactivation is verified by another person than the one who performed it.",
        axis="T",
        found="the same person",
        legal=("another officer in the role VER",),
    )


def parts_fit(scene: Scene, dat: ComponentReplaced) -> Objection | None:
    """The components named exist, are of that kind, and are in no other firearm."""
    return fits(scene, dat.component_out, dat.part) or fits(scene, dat.component_in, dat.part)


def leading_parts_fit(scene: Scene, dat: LeadingComponentReplaced) -> Objection | None:
    """The leading components named exist and are free, and the new one is as stated (rule 9)."""
    objection = fits(scene, dat.component_out, dat.part) or fits(scene, dat.component_in, dat.part)
    if objection or dat.component_in is None:
        return objection
    known = scene.other(dat.component_in, Component)
    before = was_installed(scene, dat.component_in, known) if known else None
    return _history_differs(dat) if before == (dat.part_history == "never_installed") else None


def successor_is_new(scene: Scene, dat: LeadingComponentReplaced) -> Objection | None:
    """The record that continues this one begins after it has ended."""
    if dat.successor is None or scene.other(dat.successor, Firearm) is None:
        return None
    return momentary(
        blocked(
            "successor_exists",
            "The successor is on record already.",
            axis="T",
            found=dat.successor,
            legal=("draw a new identifier for the successor",),
        )
    )


def dismantled_parts_fit(scene: Scene, dat: Dismantled) -> Objection | None:
    """Every part that lives on has its own record, the leading one too (NWR 2.14)."""
    own = scene.state
    leading = own.state.identity.leading_component if isinstance(own, Firearm) else None
    if leading and leading not in dat.components:
        return blocked(
            "leading_part_missing",
            "The leading part is not among the parts that go on.",
            axis="T",
            found=", ".join(dat.components),
            legal=(leading,),
        )
    return all_fit(scene, dat.components)


def _form_differs(member: str, said: str, *, known: str) -> Objection:
    return note(
        "form_differs",
        f"Its {member} before the conversion was another one on record.",
        axis="form",
        found=said,
        legal=(known,),
    )


def _history_differs(dat: LeadingComponentReplaced) -> Objection:
    other = "used" if dat.part_history == "never_installed" else "never_installed"
    return momentary(
        blocked(
            "part_history_differs",
            "The component's own record says otherwise whether it was ever installed.",
            axis="T",
            found=dat.part_history,
            legal=(other,),
        )
    )


def _performing_keys(state: object) -> tuple[str, ...]:
    """Give the keys that signed the performances which nobody has verified so far."""
    kids: tuple[str, ...] = ()
    for entry in state.entries if isinstance(state, Firearm) else ():
        if isinstance(entry.effective.dat, DeactivationPerformed):
            kids = (*kids, entry.event.kid)
        elif isinstance(entry.effective.dat, DeactivationVerified):
            kids = ()
    return kids


def _officer(scene: Scene, kid: str | None) -> str | None:
    key = scene.registry.keys.get(kid) if kid else None
    return key.officer if key else None
