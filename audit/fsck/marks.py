# SPDX-License-Identifier: Apache-2.0
"""Statements about the root at some size, and which of the trees they fit.

Serves `muniment fsck`: the signer's own state, the kept checkpoints and a published checkpoint
were signed; the head row was not. Implements the rules of the log specification, section 2.4,
as words: a head ahead of the signer is signed forward, one behind it or of another root stops
everything, and the signer is never reset.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from audit.fsck.sources import Roots, Source
from audit.proof.verify.findings import Finding, between, counted

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
            self.findings.append(_unfit(mark, roots.keys(), fits=fits, held=self.held))


def behind(mark: Mark, size: int) -> Finding:
    """Say that something of a larger size than the head was signed."""
    lost = f"{between(size, mark.size - 1)} {'is' if mark.size == size + 1 else 'are'}"
    return Finding(
        check=mark.origin,
        code="rolled_back",
        sentence=f"The head is at {counted(size)}, but {_WHO[mark.origin]} {mark.size}: "
        "entries were dropped, or an older backup was restored.",
        index=size,
        evidence=f"root at {mark.size}: {mark.root.hex()}",
        next_step=f"{NEVER_RESET} The {lost} to be restored: `muniment restore --from DIR`.",
    )


def ahead(mark: Mark, size: int) -> Finding:
    """Say that the signer has not yet signed what is committed."""
    return Finding(
        check=mark.origin,
        code="unsigned",
        sentence=f"The head is {counted(size - mark.size)} ahead of the signer.",
        index=mark.size,
        notice=True,
        next_step=SIGN_FORWARD,
    )


def _unfit(
    mark: Mark, sources: Collection[Source], *, fits: frozenset[Source], held: int
) -> Finding:
    return Finding(
        check=mark.origin,
        code="head_differs" if mark.origin == "head" else "fork",
        sentence=f"{_disagreement(mark, sources, fits)} {_between(held, mark.size - 1)}",
        evidence=f"stated root {mark.root.hex()}; "
        + (f"given by {_named(fits)}" if fits else "no source gives it"),
        next_step=NEVER_RESET,
    )


def _disagreement(mark: Mark, sources: Collection[Source], fits: frozenset[Source]) -> str:
    """Say who gives which root; the more of them, with whoever signed it, are believed."""
    size, unfit = counted(mark.size), frozenset(sources) - fits
    if fits and len(fits) + 1 > len(unfit):
        told, others = _named(fits), _named(unfit)
        so = f", so {others} are wrong" if mark.signed else ""
        return (
            f"{told[0].upper()}{told[1:]} give the root at {size} that {_WHAT[mark.origin]}; "
            f"{others} do not{so}."
        )
    told = _named(unfit)
    only = f"; only {_named(fits)} give that one" if fits else ""
    return (
        f"{told[0].upper()}{told[1:]} give another root at {size} than {_WHAT[mark.origin]}{only}."
    )


def _between(held: int, last: int) -> str:
    before = (
        f"The rows still give what was signed at {counted(held)}"
        if held
        else "The rows give no earlier signed root"
    )
    place = f"is entry {last}" if held == last else f"lies between {held} and {last}"
    return f"{before}, so what differs {place}."


def _named(sources: Collection[Source]) -> str:
    return " and ".join(_SOURCES[each] for each in _SOURCES if each in sources)


_SOURCES: Final[Mapping[Source, str]] = {
    "rows": "the rows",
    "tiles": "the stored tiles",
    "published": "the published entries",
}
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
