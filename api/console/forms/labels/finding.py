# SPDX-License-Identifier: Apache-2.0
"""Which words belong to a member: by its shape where it has words of its own, else by its name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from api.console.forms.labels.acts import ACT, NUMBERS, PLACE, TIMES
from api.console.forms.labels.persons import PAPERS, PERSON, REGISTRY
from api.console.forms.labels.things import GOODS, LISTED, MARKS, OBJECT
from domain.schema import Closed


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """Questions that belong together.

    Attributes:
        title: What they are about.
        names: Names of the members.
    """

    title: str
    names: frozenset[str]


TOPICS: Final = (
    Topic(title="What happened", names=frozenset({*ACT, *NUMBERS, *TIMES})),
    Topic(title="What it is", names=frozenset(OBJECT)),
    Topic(title="Marks", names=frozenset(MARKS)),
    Topic(title="Which firearms", names=frozenset(LISTED)),
    Topic(title="Goods and transport", names=frozenset(GOODS)),
    Topic(title="Where", names=frozenset(PLACE)),
    Topic(title="Who is concerned", names=frozenset(PERSON)),
    Topic(title="Keys and authorities", names=frozenset(REGISTRY)),
    Topic(title="What it rests on", names=frozenset(PAPERS)),
)
"""Every topic, in the order in which its questions are asked."""

LABELS: Final[Mapping[str, str]] = {
    **ACT, **NUMBERS, **TIMES, **PLACE, **OBJECT, **MARKS, **LISTED, **GOODS, **PERSON,
    **PAPERS, **REGISTRY,
}  # fmt: skip
"""Labels by the name of the member."""

OVERRIDES: Final[Mapping[str, str]] = {
    "Accessed.licence": "Licence it was about",
    "Accessed.firearm": "Firearm it was about",
    "Adopted.digest": "Digest of the file of the policy",
    "Agency.agency": "Name of the agency",
    "Agency.country": "State of the agency",
    "AlertPublished.category": "Alert that was entered",
    "AmmunitionRegistered.country": "Country of manufacture",
    "Approved.target": "Event of the proposal",
    "BusinessCeased.entries": "Number of entries handed over",
    "Clock.version": "Version of that policy",
    "ConflictSettled.target": "Event of the sighting",
    "Converted.reference": "Reference of the authorization",
    "Corrected.target": "Event that was wrong",
    "Crossed.country": "Country that it entered",
    "Deactivation.country": "Country of the deactivation",
    "Deactivation.year": "Year of the deactivation",
    "DeactivationPerformed.reference": "Reference of the order",
    "Description.country": "Country of manufacture",
    "Description.reference": "Entry in a list of models",
    "DiscrepancyFound.kind": "What differs",
    "Diversion.country": "Country",
    "Diversion.evidence": "Digest of the report",
    "Diversion.place": "Part of that country",
    "DiversionEstablished.evidence": "Digest of the report",
    "DiversionEstablished.place": "Part of that country",
    "Endorsement.kid": "Key of the second person",
    "Import.country": "Country of import",
    "Imported.year": "Year of import",
    "Item.kind": "Kind of gun",
    "KeyEnrolApproved.target": "Event of the proposal",
    "Kept.custodian": "Who has it now",
    "LossReport.agency": "Police that took the report",
    "LossReport.authority": "Other authority",
    "LossReport.authority_ref": "Number of the report there",
    "LotDestroyed.count": "Number of firearms destroyed",
    "Manufactured.place": "Place of manufacture",
    "MarkRestored.confidence": "How sure the laboratory is",
    "MarkRestored.kind": "What the mark is for",
    "Marking.country": "Country that the mark names",
    "Marking.kind": "What the mark is for",
    "Marking.maker": "Maker that the mark names",
    "Marking.method": "How it was applied",
    "Marking.year": "Year that the mark names",
    "NewlyMarked.markings": "Old marks as they look now",
    "PartDescription.country": "Country of manufacture",
    "Place.kind": "Kind of place",
    "Proposed.basis": "Why the data is to be erased",
    "Publication.reference": "Number of the entry there",
    "Recorded.expected": "Firearms that should have been there",
    "Reconciled.unidentified": "Number of firearms that nobody can identify",
    "Requested.agency": "Agency for which it is asked",
    "Requested.importer": "Importer",
    "Reversed.target": "Event that should not have been recorded",
    "Step.country": "Country",
    "StockIssued.agency": "Agency that receives it",
    "TemporaryMove.country": "Country of the stay",
    "TransitCrossed.country": "Country that it entered",
    "TransitReply.country": "State that replied",
    "Acknowledged.reference": "Number of the requested State",
    "authorization.Applied.kind": "What is asked for",
    "authorization.Issued.number": "Number of the document",
    "licence.Applied.firearms": "Number of firearms",
    "licence.Applied.kind": "Kind of licence",
    "licence.Issued.firearms": "Number of firearms",
    "licence.Issued.number": "Public number of the licence",
    "licence.Registered.firearms": "Number of firearms",
    "licence.Registered.kind": "Kind of licence",
    "licence.Varied.firearms": "Number of firearms",
}
"""Labels of members of one shape, by ``Shape.member``, with the room before it where two rooms
have a shape of that name; what extends the shape has them too."""


def label_of(shape: type[Closed], name: str) -> str:
    """Give the label of a member.

    Raises:
        KeyError: No table has it, which a test over the whole catalogue rules out.
    """
    own = (f"{each.__name__}.{name}" for each in shape.__mro__)
    keys = (key for each in own for key in (f"{_room(shape)}.{each}", each))
    return next((OVERRIDES[key] for key in keys if key in OVERRIDES), None) or LABELS[name]


def topic_of(name: str) -> Topic:
    """Give the topic to which a member of an event belongs."""
    return next(each for each in TOPICS if name in each.names)


def _room(shape: type[Closed]) -> str:
    return shape.__module__.split(".")[1]
