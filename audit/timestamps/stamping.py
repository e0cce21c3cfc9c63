# SPDX-License-Identifier: Apache-2.0
"""Having the newest checkpoint dated, and what was dated dated again before it goes stale.

Implements the log specification, section 2.7: hourly, from every authority, over the whole
published note, which is the witnessed one where there is one; a token is dated again, note
included, before its certificate expires. One authority that does not answer holds up no other.
When to run is for a timer of the system.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final, Literal

from audit.proof.checkpoint import Checkpoint
from audit.proof.timestamps.files import GENERATIONS_MAX, StampName, all_series, stamped_octets
from audit.proof.timestamps.series import STANDING, Verdict, judge_stamps
from audit.timestamps.asking import Asker
from audit.timestamps.settings import Authority
from audit.timestamps.shelf import Shelf
from domain.errors import MunimentError, UnsafeError

EVERY_SECONDS: Final = 55 * 60
"""How old the last token of an authority is when the next one is due: a timer that runs every
hour must not find it a few seconds too young."""

OVERDUE_SECONDS: Final = 2 * 3_600
"""How old the newest token may be while entries wait to be dated, before that is an alarm."""

RENEW_SECONDS: Final = 30 * 24 * 3_600
"""How long before a certificate expires its tokens are dated again."""

STAMPS_MAX: Final = 512
"""Time-stamps that one run makes; the next run goes on."""

Reason = Literal["new", "expiring"]

SignedCheckpoint = tuple[Checkpoint, bytes]
"""A checkpoint, and its note octet for octet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A time-stamp that should be made.

    Attributes:
        name: Under which name it will be kept.
        reason: Whether a checkpoint has none of it yet, or an older token is going stale.
    """

    name: StampName
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """How far a log is dated.

    Attributes:
        size: Size of the newest checkpoint of which a time-stamp stands; nothing where none does.
        at: When it was made at the latest, in Unix seconds.
        behind: Entries of the log that it does not cover.
        alarm: Whether they have waited for too long.
    """

    size: int | None
    at: int | None
    behind: int
    alarm: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a time-stamp that was due.

    Attributes:
        due: Which one.
        authority: Which authority was asked.
        error: Why there is none; nothing where it was made and kept.
    """

    due: Due
    authority: str
    error: MunimentError | None = None


class Stamper:
    """Stamps the checkpoints of one ledger."""

    def __init__(self, shelf: Shelf, authorities: Sequence[Authority], asker: Asker) -> None:
        """Stamp with some authorities, at least one, into a shelf."""
        self._shelf = shelf
        self._authorities = authorities
        self._asker = asker

    def due(
        self, now: int, newest: Checkpoint | None = None, *, every: int = EVERY_SECONDS
    ) -> tuple[Due, ...]:
        """Tell what should be stamped now.

        Args:
            now: The time, in Unix seconds.
            newest: The checkpoint that is published; without it only old tokens are looked at.
            every: Seconds after which an authority is asked about a newer checkpoint.
        """
        judged = self.verdicts(now)
        recent = {
            each.stamp.authority
            for each in judged
            if each.stamp and not each.name.generation and now - each.stamp.earliest < every
        }
        fresh = () if newest is None else self._unstamped(newest.size, recent)
        return (*fresh, *_expiring(judged, now))

    def stamp(
        self,
        now: int,
        newest: SignedCheckpoint,
        *,
        witnessed: SignedCheckpoint | None = None,
        every: int = EVERY_SECONDS,
    ) -> tuple[Outcome, ...]:
        """Make every time-stamp that is due; each is kept as soon as it verified.

        Args:
            now: The time, in Unix seconds.
            newest: The newest checkpoint that the log signed.
            witnessed: The newest one that has its quorum; it goes before until it is dated, so
                that one note has both. While no newer one comes, the newest is dated.
            every: As for ``due``; 0 at the end of an epoch.

        Raises:
            UnsafeError: ``stamped_fork``, another checkpoint of this size was stamped before;
                ``stamping_running``.
            UnreachableError: The folder cannot be read or written.
        """
        with self._shelf.alone():
            undated = witnessed and any(self._unstamped(witnessed[0].size, frozenset()))
            checkpoint, note = witnessed if witnessed and undated else newest
            due = self.due(now, checkpoint, every=every)[:STAMPS_MAX]
            if any(each.reason == "new" for each in due):
                self._keep_note(checkpoint, note)
            return tuple(self._make(each) for each in due)

    def verdicts(self, now: int) -> tuple[Verdict, ...]:
        """Judge everything that is kept, under the roots of the settings."""
        return self._judged(self._shelf.stamps, {n.size for n in self._shelf.names()}, now=now)

    def dated(self, now: int, size: int) -> Dated:
        """Tell how far a log of a size is dated; what is not the newest is not looked at."""
        names = self._shelf.names()
        for each in sorted({name.size for name in names}, reverse=True):
            own = [self._shelf.files(name) for name in names if name.size == each]
            files = {path: octets for found in own for path, octets in found.items()}
            judged = self._judged(files, {each}, now=now)
            times = [one.stamp.latest for one in judged if one.stamp and one.state in STANDING]
            if times:
                late = now - max(times) > OVERDUE_SECONDS
                behind = max(size - each, 0)
                return Dated(size=each, at=max(times), behind=behind, alarm=behind > 0 and late)
        return Dated(size=None, at=None, behind=size, alarm=size > 0)

    def _judged(
        self, files: Mapping[str, bytes], sizes: AbstractSet[int], *, now: int
    ) -> tuple[Verdict, ...]:
        notes = {size: self._shelf.note(size) for size in sizes}
        present = {size: note for size, note in notes.items() if note is not None}
        trusted = [each.trust for each in self._authorities]
        return judge_stamps(files, present, trusted, now=now)

    def _unstamped(self, size: int, recent: AbstractSet[str]) -> Iterator[Due]:
        """Name the authorities that dated neither this checkpoint nor a recent one."""
        kept = set(self._shelf.names())
        for authority in self._authorities:
            name = StampName(size, authority.name)
            if size and name not in kept and authority.name not in recent:
                yield Due(name=name, reason="new")

    def _keep_note(self, checkpoint: Checkpoint, note: bytes) -> None:
        self._shelf.keep_note(checkpoint.size, note)
        kept = self._shelf.note(checkpoint.size) or b""
        if not kept.startswith(checkpoint.body().encode()):
            raise UnsafeError(
                f"Another checkpoint of size {checkpoint.size} was time-stamped before.",
                slug="stamped_fork",
                next_step="Keep both notes: two heads of one size prove that history was changed.",
            )

    def _make(self, due: Due) -> Outcome:
        authority = self._authority_for(due)
        try:
            obtained = self._asker.ask(self._message(due.name), authority)
            self._shelf.keep(due.name, obtained.files)
        except MunimentError as error:
            return Outcome(due=due, authority=authority.name, error=error)
        return Outcome(due=due, authority=authority.name)

    def _authority_for(self, due: Due) -> Authority:
        """Choose whom to ask: the series' own authority, or another where that one is gone."""
        named = (each for each in self._authorities if each.name == due.name.series)
        return next(named, self._authorities[0])

    def _message(self, name: StampName) -> bytes:
        older = (
            StampName(name.size, name.series, generation) for generation in range(name.generation)
        )
        answers = [self._shelf.files(each)[each.path("tsr")] for each in older]
        return stamped_octets(self._shelf.note(name.size) or b"", answers)


def _expiring(judged: Sequence[Verdict], now: int) -> Iterator[Due]:
    """Name the series whose newest token stands, but not for much longer."""
    by_name = {each.name: each for each in judged}
    for series in all_series(by_name):
        last = series[-1]
        verdict, following = by_name[last], last.generation + 1
        stamp = verdict.stamp if verdict.state == "valid" else None
        if stamp and stamp.expires - now < RENEW_SECONDS and following < GENERATIONS_MAX:
            yield Due(name=StampName(last.size, last.series, following), reason="expiring")
