# SPDX-License-Identifier: Apache-2.0
"""Statements about the root at some size, and which of the trees they fit.

Serves `muniment fsck`: the signer's own state, the kept checkpoints and a published checkpoint
were signed; the head row was not. Implements the rules of the log specification, section 2.4,
as words: a head ahead of the signer is signed forward, one behind it or of another root stops
everything, and the signer is never reset.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal

from audit.fsck.sources import Roots, Source
from audit.proof.verify.findings import Finding

Origin = Literal["head", "checkpoints", "signer", "published"]

NEVER_RESET: Final = (
    "Stop the service and keep the database as evidence. Rebuild the rows from an export, a "
    "mirror or a newer backup, run this again, and never reset the signer."
)
SIGN_FORWARD: Final = "Nothing is wrong: the signer signs forward at the next append or start."


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What the root is said to be at a size.

    Attributes:
        origin: Who says so.
        size: Number of leaves.
        root: The root, 32 octets.
    """

    origin: Origin
    size: int
    root: bytes

    @property
    def signed(self) -> bool:
        """Whether somebody who has only the database could not have written it."""
        return self.origin != "head"


@dataclass(slots=True)
class Judged:
    """What the marks said about the trees so far.

    Attributes:
        right: Sources that give the root of the newest signed mark.
        signed: Size of that mark.
        held: Largest size whose signed root the rows give.
        findings: Marks that the rows do not fit.
    """

    right: frozenset[Source] = frozenset()
    signed: int = 0
    held: int = 0
    findings: list[Finding] = field(default_factory=list)
    _told: set[Origin] = field(default_factory=set)

    def take(self, mark: Mark, roots: Roots) -> None:
        """Compare one mark, not of a smaller size than the one before, with the roots there."""
        fits = frozenset(source for source, root in roots.items() if root == mark.root)
        if mark.signed and mark.size >= self.signed:
            agree = self.right & fits if mark.size == self.signed else fits
            self.right, self.signed = agree, mark.size
        if "rows" in fits:
            self.held = max(self.held, mark.size) if mark.signed else self.held
        elif mark.origin not in self._told:
            self._told.add(mark.origin)
            self.findings.append(_unfit(mark, fits, held=self.held))


def behind(mark: Mark, size: int) -> Finding:
    """Say that something of a larger size than the head was signed."""
    return Finding(
        check=mark.origin,
        code="rolled_back",
        sentence=f"The head is at {size} entries, but {_WHO[mark.origin]} {mark.size}: entries "
        "were dropped, or an older backup was restored.",
        index=size,
        evidence=f"root at {mark.size}: {mark.root.hex()}",
        next_step=f"{NEVER_RESET} The entries {size} to {mark.size - 1} are to be restored: "
        "`muniment restore --from DIR`.",
    )


def ahead(mark: Mark, size: int) -> Finding:
    """Say that the signer has not yet signed what is committed."""
    return Finding(
        check=mark.origin,
        code="unsigned",
        sentence=f"The head is {size - mark.size} entries ahead of the signer.",
        index=mark.size,
        notice=True,
        next_step=SIGN_FORWARD,
    )


def _unfit(mark: Mark, fits: frozenset[Source], *, held: int) -> Finding:
    also = f"; {' and '.join(sorted(fits))} give it" if fits else "; no source gives it"
    between = (
        f"The rows still give what was signed at {held} entries"
        if held
        else ("The rows give no earlier signed root")
    )
    return Finding(
        check=mark.origin,
        code="head_differs" if mark.origin == "head" else "fork",
        sentence=f"The rows give another root at {mark.size} entries than {_WHAT[mark.origin]}. "
        f"{between}, so what differs lies between {held} and {mark.size - 1}.",
        evidence=f"stated root {mark.root.hex()}{also}",
        next_step=NEVER_RESET,
    )


_WHO: Final = {
    "head": "its own row says",
    "checkpoints": "a kept checkpoint was signed over",
    "signer": "the signer signed",
    "published": "the published checkpoint covers",
}
_WHAT: Final = {
    "head": "the head row states",
    "checkpoints": "a kept checkpoint signed",
    "signer": "the signer remembers",
    "published": "the published checkpoint signed",
}
