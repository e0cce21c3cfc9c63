# SPDX-License-Identifier: Apache-2.0
"""What an append has set off: hits, what does not fit, and duties that it opened.

Implements design decision D13, a warning is data, for whoever has just appended: nobody should
have to look for it afterwards. Duties are told under the policy that the caller names.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import orjson

from api.bootstrap import Office
from api.policies.asking import stream_duties
from api.policies.loading import NAMES, load_policy
from api.policies.record import duty_record
from audit.appending.sequencer import Receipt
from audit.proof.encoding import decode
from domain.application import Ledger
from domain.errors import MunimentError, UsageError
from domain.identifiers import REGISTRY_KINDS, StreamId, parse_stream_id
from domain.occurrence import Occurrence
from domain.policy.model import Policy
from domain.refusal import Refusal

WITHOUT_DUTIES: Final = frozenset((*REGISTRY_KINDS, "acc", "ers", "pol"))
"""Kinds of streams in which no duty arises."""


@dataclass(frozen=True, slots=True)
class Appended:
    """An event that is in the log.

    Attributes:
        sub: The stream that it belongs to, as the event names it.
        record: What became of it, as JSON values; the proof is a C2SP tlog-proof.
    """

    sub: str
    record: dict[str, Any]

    @property
    def stream(self) -> StreamId:
        """The stream that it belongs to."""
        return parse_stream_id(self.sub)

    @property
    def eid(self) -> str:
        """Its event id."""
        return str(self.record["eid"])

    @property
    def index(self) -> int:
        """Its position in the log, from 0."""
        return int(self.record["index"])

    @property
    def repeated(self) -> bool:
        """Whether it had been recorded before."""
        return bool(self.record["repeated"])


def append_all(office: Office, submissions: Sequence[bytes]) -> list[Appended | MunimentError]:
    """Append submissions in their order and tell what each has set off."""
    return [
        each if isinstance(each, MunimentError) else _appended(each)
        for each in office.append_all(submissions)
    ]


def opened_duties(
    ledger: Ledger, stream: StreamId, policy: Policy, *, by: int, on: Occurrence
) -> list[dict[str, Any]]:
    """Give the duties that an event has opened, as they stand on a day.

    Args:
        ledger: The open ledger.
        stream: The stream of the event.
        policy: What the duties are told under.
        by: Index of the event.
        on: The day.

    Raises:
        UnreachableError: The database does not answer; the event is recorded.
    """
    if stream.kind in WITHOUT_DUTIES:
        return []
    ledger.catch_up()
    found = stream_duties(ledger, stream, policy, on=on)
    return [duty_record(each) for each in found if each.opened_by.index == by]


def shipped_policy(name: str | None) -> Policy | None:
    """Load one of the policies that come with the software; a path is none over HTTP.

    Raises:
        UsageError: ``policy_unknown``.
    """
    if name is None:
        return None
    if name not in NAMES:
        raise UsageError(
            "There is no policy of that name.",
            slug="policy_unknown",
            next_step=f"Choose one of: {', '.join(NAMES)}.",
        )
    return load_policy(name).policy


def stated_in(submission: bytes) -> dict[str, Any]:
    """Read the payload of a submission as it stands, proved or not.

    Raises:
        EnvelopeError: It has no payload in base64url.
        ValueError: The payload is no JSON.
    """
    _, _, rest = submission.partition(b".")
    stated: dict[str, Any] = orjson.loads(decode(rest.partition(b".")[0]))
    return stated


def _appended(receipt: Receipt) -> Appended:
    record = {
        "eid": receipt.eid,
        "index": receipt.index,
        "repeated": receipt.repeated,
        "proof": receipt.proof.encode().decode(),
        "hits": [asdict(each) for each in receipt.hits],
        "findings": [_note(each) for each in receipt.findings],
    }
    return Appended(str(receipt.stream), record)


def _note(each: Refusal) -> dict[str, Any]:
    return {
        "code": each.rule,
        "sentence": each.sentence,
        "axis": each.axis,
        "found": each.found,
        "legal": list(each.legal),
    }
