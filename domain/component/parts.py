# SPDX-License-Identifier: Apache-2.0
"""The kinds of parts, and which of them leads.

Implements article 3(b) of the Firearms Protocol (barrel, frame or receiver, slide or cylinder,
bolt or breech block, sound moderators), article 1(1)(2) of Directive (EU) 2021/555 (both upper
and lower receivers) and rule 8 of the domain facts, section 9: a register knows a firearm by its
frame or receiver. Which part leads in a given model is stated in its record, not derived here.
"""

from __future__ import annotations

from typing import Final, Literal

PartKind = Literal[
    "frame",
    "receiver",
    "receiver_upper",
    "receiver_lower",
    "barrel",
    "slide",
    "cylinder",
    "bolt",
    "breech_block",
    "moderator",
    "trigger_housing",
    "other",
    "unknown",
]
"""Firearms Protocol 3(b); Directive 2021/555 art. 1(1)(2); trigger housing by national lists."""

LeadingPart = Literal["frame", "receiver", "receiver_upper", "receiver_lower"]
"""The parts that can carry the identity of a firearm (Directive 2021/555 art. 4(2))."""

StatedLeadingPart = LeadingPart | Literal["unknown"]
"""Which part leads, as a maker states it."""

LEADING_UNLESS_STATED: Final[tuple[LeadingPart, ...]] = ("frame", "receiver", "receiver_lower")
"""Where a record does not say which part leads, an upper receiver is a part like any other."""

PartTechnical = Literal["unfinished", "complete", "deactivated", "destroyed", "unknown"]
"""What a part is, technically; ``destroyed`` is final."""

PartHistory = Literal["never_installed", "used"]
"""Whether a part was ever in a firearm; it decides what becomes of the identity (rule 9)."""
