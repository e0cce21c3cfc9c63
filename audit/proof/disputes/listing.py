# SPDX-License-Identifier: Apache-2.0
"""Every entry that a compromised key signed in the time in question, and how it stands.

Implements ``compromised_since`` of the envelope specification, section 7, and of the log
specification, section 2.8: revocation marks entries as disputed, they stay, and an entry by
two officers confirms or supersedes each. What such an entry names is compared here with what
the log holds, which no rule could do when it was recorded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from audit.proof.envelope.opening import read_stored
from audit.proof.envelope.token import read_token
from audit.proof.heads.head import Head, read_head
from audit.proof.verify.findings import Finding
from domain.catalogue import CATALOGUE
from domain.errors import MunimentError
from domain.registry.state import Registry, Settlement, Standing

DISPUTES: Final = "disputes"

_NEXT_OPEN: Final = (
    "Let two officers find out whether its signer meant it, and record that with "
    "`muniment disputes settle`."
)
_NEXT_WRONG: Final = "Settle the entry again, naming it and what supersedes it as they are."


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """One entry of a compromised key.

    Attributes:
        index: Its position in the log.
        eid: Its event id.
        sub: Its stream.
        seq: Its number there.
        evt: Its event type; nothing where it cannot be read.
        kid: The key.
        standing: ``disputed``, ``confirmed`` or ``superseded``.
        settlement: What was last found out about it, whether or not that counts.
    """

    index: int
    eid: str
    sub: str
    seq: int
    evt: str
    kid: str
    standing: Standing
    settlement: Settlement | None

    def to_json(self) -> Mapping[str, object]:
        """Give it as JSON values."""
        settled = self.settlement
        return {
            "index": self.index,
            "eid": self.eid,
            "sub": self.sub,
            "seq": self.seq,
            "evt": self.evt,
            "kid": self.kid,
            "standing": self.standing,
            "settled_at": settled.index if settled else None,
            "superseded_by": settled.by if settled else None,
        }


def list_disputes(entries: Iterable[tuple[int, bytes]], registry: Registry) -> Iterator[Dispute]:
    """Give the disputed entries of a log, settled or not, in its order.

    Args:
        entries: Compact tokens with their indexes; those of compromised keys are enough.
        registry: The registry after the newest of them.
    """
    compromised = {key.kid for key in registry.keys.values() if key.compromised_since is not None}
    for index, jws in entries if compromised else ():
        kid = _kid(jws.partition(b".")[0])
        if kid not in compromised or not registry.disputed(kid, index):
            continue
        head = read_head(jws) or Head("", 0, "")
        yield Dispute(
            index=index,
            eid=head.eid,
            sub=head.sub,
            seq=head.seq,
            evt=_type(jws),
            kid=kid,
            standing=registry.standing(kid, index, head.eid),
            settlement=registry.settlements.get(index),
        )


def check_settlements(
    entries: Iterable[tuple[int, bytes]], registry: Registry
) -> Iterator[Finding]:
    """Tell which settlements name another entry than the log holds, or no successor in it.

    Args:
        entries: Compact tokens of the whole log with their indexes.
        registry: The registry after the newest of them.
    """
    settled = registry.settlements
    named = {each.by for each in settled.values() if each.by is not None}
    meant: dict[int, Head | None] = {}
    later: dict[str, tuple[int, str]] = {}
    for index, jws in entries if settled else ():
        head = read_head(jws)
        if index in settled:
            meant[index] = head
        if head is not None and head.eid in named:
            later[head.eid] = (index, head.sub)
    for index in sorted(settled):
        problem = _problem(index, settled[index], meant.get(index), later=later)
        if problem:
            yield problem


def open_disputes(disputes: Iterable[Dispute]) -> Iterator[Finding]:
    """Give a notice for each entry that nobody has settled, for a list of what is to be done."""
    for each in disputes:
        if each.standing == "disputed":
            yield Finding(
                check=DISPUTES,
                code="entry_disputed",
                sentence=f"{each.evt or 'An entry'} of {each.sub} was signed by a key that was "
                "compromised, and nobody has confirmed or superseded it.",
                index=each.index,
                notice=True,
                evidence=f"event {each.eid}, key {each.kid}",
                next_step=_NEXT_OPEN,
            )


def _problem(
    index: int,
    settlement: Settlement,
    head: Head | None,
    *,
    later: Mapping[str, tuple[int, str]],
) -> Finding | None:
    if head is None or head.eid != settlement.eid:
        return _wrong("settlement_entry", f"The entry at index {index} is another one.", settlement)
    if settlement.by is None:
        return None
    place = later.get(settlement.by)
    if place is not None and place[0] > index and place[1] == head.sub:
        return None
    sentence = (
        f"What is said to supersede the entry at index {index} is no later one of its stream."
    )
    return _wrong("settlement_successor", sentence, settlement)


def _wrong(code: str, sentence: str, settlement: Settlement) -> Finding:
    return Finding(
        check=DISPUTES,
        code=code,
        sentence=sentence,
        index=settlement.index,
        evidence=f"names event {settlement.eid}, superseded by {settlement.by or 'nothing'}",
        next_step=_NEXT_WRONG,
    )


@lru_cache(maxsize=4_096)
def _kid(header: bytes) -> str:
    """Read the key that an entry names; the few keys of a ledger sign under few headers."""
    try:
        return read_token(header + b".e30.e30").header.kid
    except MunimentError:
        return ""


def _type(jws: bytes) -> str:
    try:
        return read_stored(jws, CATALOGUE).evt
    except MunimentError:
        return ""
