# SPDX-License-Identifier: Apache-2.0
"""Who stands behind a registry event: one officer, another person, or a quorum of roots.

Implements four-eyes by person, not by key (envelope specification, sections 8 and 9,
row 11) and the N-of-M root keys of section 7. Persons are compared by their opaque
officer identifiers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from domain.event import Event
from domain.refusal import Refusal
from domain.registry.members import ALGORITHMS, REGISTRY_ADMIN, ROOT, SUPERVISOR, Endorsement
from domain.registry.state import KeyRecord, Registry
from domain.schema import Closed

_ROOT = frozenset({ROOT})
_ADMINS = frozenset({REGISTRY_ADMIN})
_GUARDIANS = frozenset({REGISTRY_ADMIN, SUPERVISOR})
_Data = TypeVar("_Data", bound=Closed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """A registry event at the position that it would take, or took.

    Attributes:
        registry: The registry before it.
        event: The event.
        index: Its position.
    """

    registry: Registry
    event: Event
    index: int

    @property
    def signer(self) -> KeyRecord:
        """The record of the key that signed it; only the founding has none."""
        return self.registry.keys[self.event.kid]

    @property
    def by_root(self) -> bool:
        """Whether a root key signed."""
        return self._holds(_ROOT)

    def data(self, model: type[_Data]) -> _Data:
        """Give the public data as the model that the catalogue names for the event."""
        return data(self.event, model)

    def guards(self, authority: str) -> bool:
        """Tell whether the signer watches over the keys of an authority."""
        return self.watches(self.signer, authority)

    def watches(self, key: KeyRecord, authority: str) -> bool:
        """Tell whether the holder of a key watches over the keys of an authority."""
        if self._holds(_ROOT, key):
            return True
        return self._holds(_GUARDIANS, key) and key.authority == authority

    def administers(self, authority: str) -> bool:
        """Tell whether the signer gives out keys and roles of an authority."""
        if self.by_root:
            return True
        return self._holds(_ADMINS) and self.signer.authority == authority

    def _holds(self, roles: frozenset[str], key: KeyRecord | None = None) -> bool:
        key = key or self.signer
        return key.holds(roles, index=self.index, moment=self.event.iat)


def data(event: Event, model: type[_Data]) -> _Data:
    """Give the public data of an event as a model.

    Raises:
        TypeError: The catalogue gave the event another model: a fault of the program.
    """
    if not isinstance(event.dat, model):
        raise TypeError(f"{event.evt} does not carry {model.__name__}")
    return event.dat


def quorum(act: Act, endorsements: tuple[Endorsement, ...]) -> Refusal | None:
    """Refuse unless enough different root officers signed or endorsed the event."""
    endorsers = {each.kid for each in endorsements} & act.event.attested
    kids = act.registry.roots & (endorsers | {act.event.kid})
    keys = (act.registry.key_at(kid, act.index) for kid in kids)
    officers = {key.officer for key in keys if key}
    return too_few(len(officers), act.registry.threshold)


def too_few(found: int, threshold: int) -> Refusal | None:
    """Refuse where fewer root officers stand together than the ledger was founded with."""
    if found >= threshold:
        return None
    return Refusal(
        rule="four_eyes_required",
        sentence=f"This takes {threshold} root officers together; {found} signed or endorsed it.",
        axis="roots",
        found=str(found),
        legal=("collect endorsements by further root keys and sign again",),
    )


def same_person(sentence: str) -> Refusal:
    """Give the refusal of a second signature by the person who gave the first."""
    return Refusal(
        rule="approver_same_person",
        sentence=sentence,
        axis="officer",
        found="the same person",
        legal=("let another officer sign it",),
    )


def beyond_role(sentence: str, *, found: str, legal: str) -> Refusal:
    """Give the refusal of an act that the signer's role does not reach."""
    return Refusal(rule="role_denied", sentence=sentence, axis="role", found=found, legal=(legal,))


def foreign(act: Act, authority: str, *, sentence: str) -> Refusal:
    """Give the refusal of an act on a key of an authority that the signer's role does not reach."""
    legal = f"an officer of {authority} in that role, or a root"
    return beyond_role(sentence, found=act.signer.authority, legal=legal)


def stream_taken(act: Act, owner: str) -> Refusal:
    """Give the refusal of a stream that belongs to something else."""
    return Refusal(
        rule="stream_taken",
        sentence=f"That stream belongs to another {owner}.",
        axis="stream",
        found=str(act.event.sub),
        legal=("a new identifier",),
    )


def wrong_stream(act: Act, sentence: str, *, legal: str) -> Refusal:
    """Give the refusal of an event in a stream where it does not belong."""
    return Refusal(
        rule="stream_unknown",
        sentence=sentence,
        axis="stream",
        found=str(act.event.sub),
        legal=(legal,),
    )


def ledger_stream(act: Act) -> Refusal | None:
    """Refuse an event about the whole ledger outside of the ledger's own stream."""
    if act.event.sub.uuid == act.registry.log:
        return None
    legal = f"log.{act.registry.log}"
    return wrong_stream(act, "That is not this ledger's own stream.", legal=legal)


def key_unknown(rule: str, sentence: str, kid: str) -> Refusal:
    """Give the refusal of a key that the registry does not know."""
    return Refusal(rule=rule, sentence=sentence, axis="key", found=kid, legal=("an enrolled key",))


def algorithm_closed(alg: str, act: Act, *, sentence: str) -> Refusal:
    """Give the refusal of an algorithm that is closed."""
    open_ones = sorted(ALGORITHMS - act.registry.closed_algorithms.keys())
    return Refusal(
        rule="algorithm_closed", sentence=sentence, axis="algorithm", found=alg,
        legal=tuple(open_ones) or ("none",),
    )  # fmt: skip
