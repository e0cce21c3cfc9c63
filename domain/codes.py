# SPDX-License-Identifier: Apache-2.0
"""The code lists of a firearm's life and the shapes that its schemas share.

Implements the lists of the domain facts, section 7, and the five axes of section 5 in
readable words; the letters of the NIEM gun codes stand beside them for exchange. Lists
that jurisdictions extend (offences, registers, permit classes) are plain ``Code``
values and are not repeated here.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Final, Literal, TypeVar

from pydantic import AfterValidator, GetCoreSchemaHandler
from pydantic_core import CoreSchema

from domain.occurrence import parse_occurrence

Technical = Literal[
    "planned",
    "unfinished",
    "complete",
    "deactivated",
    "illicitly_reactivated",
    "dismantled",
    "destroyed",
]
"""Axis T: what the object is, technically."""

HolderClass = Literal[
    "maker", "dealer", "civilian", "estate", "state_stock", "museum", "unknown", "none"
]
"""Axis H: which class of holder answers for it."""

Custody = Literal[
    "holder",
    "transit",
    "repair",
    "proof",
    "official_safekeeping",
    "evidence",
    "destruction_site",
    "unknown",
]
"""Axis C: where it physically is."""

Alert = Literal["lost", "stolen", "sought", "seized", "surrendered_pending", "forfeited"]
"""Axis A: one flag of the open set; each has its own closing event. No flag means clear."""

MarkState = Literal[
    "unmarked",
    "adequate",
    "import_mark_due",
    "partly_obliterated",
    "obliterated",
    "restored",
    "re_marked",
    "duplicate_suspected",
    "unknown",
]
"""Axis M: the state of its marks; ``unknown`` where a source says nothing about them."""

NIEM_KINDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "cannon": "A",
        "submachine_gun": "B",
        "combination_gun": "C",
        "disguised_gun": "D",
        "grenade_launcher": "G",
        "missile_launcher": "J",
        "rocket_launcher": "K",
        "machine_gun": "M",
        "mortar": "O",
        "pistol": "P",
        "shotgun_pistol": "Q",
        "rifle": "R",
        "shotgun": "S",
        "silencer": "V",
        "other": "Z",
    }
)
"""First letter of the NIEM gun type code (GTYP) for each kind; a revolver is a pistol there."""

GunKind = Literal[
    "cannon",
    "submachine_gun",
    "combination_gun",
    "disguised_gun",
    "grenade_launcher",
    "missile_launcher",
    "rocket_launcher",
    "machine_gun",
    "mortar",
    "pistol",
    "shotgun_pistol",
    "rifle",
    "shotgun",
    "silencer",
    "other",
    "unknown",
]

NIEM_ACTIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "automatic": "A",
        "bolt": "B",
        "carbine": "C",
        "derringer": "D",
        "side_by_side": "E",
        "flare": "F",
        "gas_or_air": "G",
        "flintlock": "H",
        "semi_automatic": "I",
        "jet": "J",
        "blank": "K",
        "lever": "L",
        "launcher": "N",
        "over_under": "O",
        "pump": "P",
        "revolver": "R",
        "single_shot": "S",
        "recoilless": "T",
        "percussion": "U",
        "tear_gas": "V",
        "three_barrels": "W",
        "four_barrels_or_more": "X",
    }
)
"""Second letter of the NIEM gun type code (GTYP2) for each action."""

GunAction = Literal[
    "automatic",
    "bolt",
    "carbine",
    "derringer",
    "side_by_side",
    "flare",
    "gas_or_air",
    "flintlock",
    "semi_automatic",
    "jet",
    "blank",
    "lever",
    "launcher",
    "over_under",
    "pump",
    "revolver",
    "single_shot",
    "recoilless",
    "percussion",
    "tear_gas",
    "three_barrels",
    "four_barrels_or_more",
    "other",
    "unknown",
]

LossCause = Literal[
    "burglary",
    "robbery",
    "larceny",
    "other_theft",
    "in_transit_loss",
    "mislaid",
    "force_majeure",
    "inventory_shortage",
    "other",
    "unknown",
]

SeizureGround = Literal[
    "illicit_possession",
    "illicit_manufacture",
    "illicit_trafficking",
    "mark_tampering",
    "use_in_other_crime",
    "licence_breach",
    "border_control",
    "protective",
    "other",
    "unknown",
]

Proceeding = Literal["criminal", "administrative", "unknown"]
"""Only seizures for criminal offences count in SDG indicator 16.4.2."""

OwnerStatus = Literal["force_owned", "not_force_owned", "unidentified", "unknown"]
"""Whether a seized firearm belongs to a public force, which does not make it illicit."""

DeclaredOrigin = Literal["licit", "illicit", "unknown"]

PhysicalCondition = Literal[
    "serviceable", "unserviceable", "incomplete", "modified", "home_made", "other", "unknown"
]

CustodyPurpose = Literal[
    "evidence", "examination", "storage", "court", "destruction", "return", "other", "unknown"
]

DuplicateReason = Literal[
    "maker_reused_number",
    "different_object_seen",
    "copy_or_false_mark",
    "maker_uncertain",
    "possible_same_object",
    "other",
]
"""Why a second firearm of one maker and serial is registered all the same (rule 10)."""

Confidence = Literal["certain", "probable", "possible", "unknown"]
"""How sure whoever states something is of it; own list, version 1."""

CorrectionReason = Literal[
    "clerical_error",
    "misread_marking",
    "wrong_identification",
    "source_corrected",
    "late_information",
    "other",
]

ReversalReason = Literal[
    "recorded_by_mistake", "wrong_firearm", "did_not_happen", "recorded_twice", "other"
]
"""Why an event should not have been recorded at all."""


class _AbsentNotNull:
    """Keeps ``None`` a value of the program only: on the wire a member is given or absent."""

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        schema = handler(source)
        return schema["schema"] if schema["type"] == "nullable" else schema


_T = TypeVar("_T")

Maybe = Annotated[_T | None, _AbsentNotNull()]
"""An optional member, used with the default ``None``. An explicit null is refused, since the
envelope admits none: the schema that validates is that of the value alone."""


def _as_occurrence(text: str) -> str:
    parse_occurrence(text)
    return text


When = Annotated[str, AfterValidator(_as_occurrence)]
"""A time in one of the five forms of an occurrence, with the precision that is known."""
