# SPDX-License-Identifier: Apache-2.0
"""The codes of the closed lists in words.

Most codes are English words already, and their words are made from them; the table has the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from api.describing.roles import ROLE_NAMES

ANSWERS: Final[Mapping[str, str]] = {"yes": "Yes", "no": "No"}

WORDS: Final[Mapping[str, str]] = {
    "unknown": "Not known",
    "none": "There is none",
    "http": "Signing requests",
    "enc": "Encryption",
    "event": "Signing events",
    "trace": "Tracing statements",
    "Ed25519": "Ed25519",
    "ES256": "ES256 (P-256)",
    "admin_serial": "Number of the registry",
    "antique": "It is an antique",
    "ata_carnet": "ATA carnet",
    "automatic": "Fully automatic",
    "blank_firer": "Blank-firing gun",
    "break_open": "Break-open gun",
    "chamber_empty": "Chamber was empty",
    "chamber_loaded": "Chamber was loaded",
    "common": "Digits and signs only",
    "dot": "Dot peening",
    "flobert": "Flobert gun",
    "frame_or_lower": "Frame or lower receiver",
    "gas_or_air": "Gas or air",
    "gas_or_alarm": "Gas or alarm gun",
    "han": "Chinese characters",
    "iarms": "INTERPOL iARMS",
    "ibis": "IBIS",
    "intra_union_transfer": "Transfer within the Union",
    "ncic": "NCIC",
    "other": "Something else",
    "over_under": "Over and under",
    "re_enactment": "Historical re-enactment",
    "receiver": "Receiver (a part)",
    "receiver_lower": "Lower receiver",
    "receiver_or_upper": "Receiver or upper receiver",
    "receiver_upper": "Upper receiver",
    "salute_or_acoustic": "Salute or acoustic weapon",
    "semi_automatic": "Semi-automatic",
    "semi_automatic_long": "Semi-automatic long gun",
    "repeating_long": "Repeating long gun",
    "single_shot_long": "Single-shot long gun",
    "muzzle_loading": "Muzzle-loading gun",
    "sis": "Schengen Information System",
    "state_surplus": "Surplus of the State",
}
"""Words of codes that do not speak for themselves."""


def words_of(code: str) -> str:
    """Give a code of a closed list in words."""
    known = ANSWERS.get(code) or WORDS.get(code) or ROLE_NAMES.get(code)
    words = known or code.replace("_", " ").replace("-", " ")
    return words[:1].upper() + words[1:]
