# SPDX-License-Identifier: Apache-2.0
"""What of a verification is kept from one run to the next, and for what alone it counts.

Serves ``muniment-verify --state``: the log specification, section 2.9, asks for a verifier that
can be stopped and go on. Kept is how the entries of a range were judged, under the hash of those
entries and of the registry they were judged by. Every run reads and hashes all entries anew, so
tiles, root and checkpoints are always compared with the octets as they are, and a range whose
octets differ is judged anew: a report says the same, broken off or not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Final

import audit.proof
import domain
from audit.proof.policy.file import write_policy
from audit.proof.verify.book import Request
from audit.proof.verify.findings import counted
from audit.proof.verify.log.entries import Judged, RangeResult, Span
from audit.proof.verify.resuming.folder import claim_folder, discard, forget, sweep
from audit.proof.verify.resuming.ranges import DamagedError, Ranges
from audit.proof.verify.trust import Trust

FORMAT: Final = "muniment-verify-state-2"

_BOUND: Final = {
    "format": "the form of what is kept",
    "program": "this program",
    "checkpoint": "the checkpoint of the log",
    "trust": "the trust file",
    "policy": "the policy",
    "left out": "what is left out",
}
"""What progress is bound to, and what it is called where it differs."""


class Progress:
    """Keeps nothing, for a run that nobody will go on with.

    Attributes:
        folder: Where temporary files and the replay of the rules lie; nothing for the usual place.
    """

    folder: Path | None = None

    def step(self, proposed: int) -> int:
        """Give how many bundles make a range."""
        return proposed

    def known(self, first: int, stop: int) -> bytes:  # noqa: ARG002 - nothing is known
        """Give the seal of a range that was judged before; nothing if it was not."""
        return b""

    def take(self, span: Span, result: RangeResult) -> Judged:  # noqa: ARG002 - nothing is kept
        """Give how a range was judged, now or before."""
        if result.judged is None:
            raise TypeError("a range that nobody knows was not judged")
        return result.judged

    def note_replayed(self, before: int) -> None:
        """Note how many entries an earlier run judged by the rules."""

    def told(self) -> Mapping[str, object] | None:
        """Tell what an earlier run did, for the report; nothing where none did anything."""
        return None


class KeptProgress(Progress):
    """Keeps every range once it is judged, before the next one is taken."""

    def __init__(self, folder: Path, ranges: Ranges, *, began: str, anew: str) -> None:
        """Go on in a folder that is claimed.

        Args:
            folder: Where it is kept.
            ranges: What was judged so far.
            began: When the first of these runs began.
            anew: Why nothing of an earlier run counts, if there was one.
        """
        self.folder = folder
        self._ranges = ranges
        self._began = began
        self._anew = anew
        self._before = self._changed = self._replayed = 0

    def step(self, proposed: int) -> int:
        """Give what the first run had, however many processes this one has."""
        self._ranges.note({"step": str(proposed)})
        return int(self._ranges.facts()["step"])

    def known(self, first: int, stop: int) -> bytes:
        """Give the seal of a range that was judged before and is whole; nothing else counts."""
        return self._ranges.seal(first, stop)

    def take(self, span: Span, result: RangeResult) -> Judged:
        """Give how a range was judged, and keep it if that was now."""
        if result.judged is None:
            self._before += result.entries
            return self._ranges.judged(span.first, span.stop)
        if span.known:
            self._changed += result.entries
        self._ranges.keep(span, result.seal, result.judged)
        return result.judged

    def note_replayed(self, before: int) -> None:
        """Note how many entries an earlier run judged by the rules."""
        self._replayed = before

    def told(self) -> Mapping[str, object] | None:
        """Tell how many entries an earlier run judged, and why not more."""
        if not (self._before or self._changed or self._replayed or self._anew):
            return None
        return {
            "sentence": " ".join(filter(None, (self._anew, self._went_on()))),
            "began": self._began,
            "judged_before": self._before,
            "judged_anew": self._changed,
            "replayed_before": self._replayed,
        }

    def _went_on(self) -> str:
        kept = []
        if self._before:
            kept.append(f"signatures and keys of {counted(self._before)}")
        if self._replayed:
            kept.append(f"the rules over {counted(self._replayed)}")
        if not (kept or self._changed):
            return ""
        changed = (
            f" {counted(self._changed)} of a range that had changed since, or "
            "whose registry had, were judged anew."
            if self._changed
            else ""
        )
        return (
            f"From an earlier run, begun {self._began}: {' and '.join(kept) or 'nothing'}.{changed}"
            " All entries were read and hashed in this run, and every other check was made in it."
        )


@contextmanager
def open_progress(request: Request, trust: Trust, note: bytes) -> Iterator[Progress]:
    """Open what an earlier run left, if it was about the same log under the same keys.

    Once the block has come to its end there is nothing to go on with, and what was kept is removed.

    Args:
        request: What is asked for; without a folder nothing is kept.
        trust: Who may sign.
        note: The checkpoint of the log.

    Raises:
        UsageError: The folder is not fit, or another run is using it.
        UnreachableError: The folder cannot be used.
        OSError: The disk is full, for example.
    """
    if request.state is None:
        yield Progress()
        return
    claim_folder(request.state, request.path)
    bound = _bound(request, trust, note)
    anew = _unlike(request.state, bound)
    if anew:
        forget(request.state)
    now = datetime.fromtimestamp(request.now, UTC).isoformat(" ")
    with Ranges.opened(request.state) as ranges:
        sweep(request.state)
        ranges.note({**bound, "began": now})
        yield KeptProgress(request.state, ranges, began=ranges.facts()["began"], anew=anew)
    discard(request.state)


def _bound(request: Request, trust: Trust, note: bytes) -> dict[str, str]:
    return {
        "format": FORMAT,
        "program": _program(),
        "checkpoint": sha256(note).hexdigest(),
        "trust": sha256(trust.encode()).hexdigest(),
        "policy": sha256(write_policy(request.policy)).hexdigest() if request.policy else "none",
        "left out": "nothing" if request.signatures else "signatures",
    }


def _unlike(folder: Path, bound: Mapping[str, str]) -> str:
    """Say why the progress in a folder is of no use; nothing if it is, or if there is none."""
    try:
        with Ranges.opened(folder) as ranges:
            facts = ranges.facts()
    except DamagedError:
        return "What an earlier run had kept is damaged, so this one began anew."
    unlike = next((name for name in _BOUND if facts and facts.get(name) != bound[name]), None)
    if unlike is None:
        return ""
    return f"Since an earlier run {_BOUND[unlike]} changed, so this one began anew."


def _program() -> str:
    """Hash the source of everything that judges; a version number would miss a patch."""
    digest = sha256()
    for package in (audit.proof, domain):
        root = Path(str(package.__file__)).parent
        for path in sorted(root.rglob("*.py")):
            digest.update(path.relative_to(root).as_posix().encode() + b"\0")
            digest.update(sha256(path.read_bytes()).digest())
    return digest.hexdigest()
