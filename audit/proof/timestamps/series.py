# SPDX-License-Identifier: Apache-2.0
"""Every time-stamp of every checkpoint, judged one by one, and the times that they prove.

Implements the log specification, section 2.7: each token is verified, none overrides another,
and a token whose certificate has expired counts only while a younger one over token and note
stands, made before that expiry. What is missing or not trusted is never called wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from audit.proof.timestamps.authorities import TrustedAuthority
from audit.proof.timestamps.bracket import Fact
from audit.proof.timestamps.files import (
    StampName,
    all_series,
    dated_path,
    papers_of,
    stamp_names,
    stamped_octets,
)
from audit.proof.timestamps.verifying import Stamp, verify_stamp
from domain.errors import ProofError

State = Literal["valid", "renewed", "expired", "untrusted", "missing", "bad"]
"""How a time-stamp stands: the first two prove a time, the last one contradicts the evidence."""

STANDING: Final[frozenset[State]] = frozenset(("valid", "renewed"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of one time-stamp.

    Attributes:
        name: Which one.
        state: How it stands.
        slug: Stable name of what is wrong; empty where nothing is.
        sentence: The same for a person.
        stamp: What it proves or once proved, if it verified.
    """

    name: StampName
    state: State
    slug: str = ""
    sentence: str = ""
    stamp: Stamp | None = None


def judge_stamps(
    files: Mapping[str, bytes],
    notes: Mapping[int, bytes],
    trusted: Sequence[TrustedAuthority],
    *,
    now: int,
) -> tuple[Verdict, ...]:
    """Judge every time-stamp among some files.

    Args:
        files: Files by their names relative to the bundle, of which only ``tsa/`` is read.
        notes: Checkpoint notes by size. Whoever calls has opened them under the log's keys
            and proved that they belong to one history: a time is worth no more than that.
            A note of the same text among the files goes before, as the one that was dated.
        trusted: The authorities that the auditor believes.
        now: The auditor's time, in Unix seconds.
    """
    names = stamp_names(files)
    return tuple(
        verdict
        for series in all_series(names)
        for verdict in _judge_series(series, files, notes=notes, judge=_Judge(trusted, now))
    )


def facts_of(verdicts: Sequence[Verdict]) -> tuple[Fact, ...]:
    """Give the times that standing time-stamps prove about sizes of the log."""
    return tuple(
        Fact(
            size=each.name.size,
            earliest=each.stamp.earliest,
            latest=each.stamp.latest,
            source=each.stamp.authority,
            kind="stamped",
        )
        for each in verdicts
        if each.stamp and each.state in STANDING
    )


@dataclass(frozen=True, slots=True)
class _Judge:
    trusted: Sequence[TrustedAuthority]
    now: int

    def alone(self, name: StampName, files: Mapping[str, bytes], message: bytes) -> Verdict:
        """Judge a time-stamp at its own time, whatever came later."""
        try:
            stamp = verify_stamp(message, papers_of(name, files), self.trusted)
        except ProofError as error:
            state: State = "untrusted" if error.slug == "stamp_untrusted" else "bad"
            return Verdict(name=name, state=state, slug=error.slug, sentence=error.sentence)
        return Verdict(name=name, state="valid", stamp=stamp)

    def today(self, verdict: Verdict, later: Verdict | None) -> Verdict:
        """Judge a time-stamp as of now, with how the next of its series stands."""
        stamp = verdict.stamp
        if stamp is None or self.now <= stamp.expires:
            return verdict
        renewed = later and later.stamp and later.state in STANDING
        if renewed and later and later.stamp and later.stamp.latest <= stamp.expires:
            return Verdict(name=verdict.name, state="renewed", stamp=stamp)
        return Verdict(
            name=verdict.name,
            state="expired",
            slug="stamp_expired",
            sentence="The certificate behind this time-stamp has expired, and no younger "
            "time-stamp over it was made before that.",
            stamp=stamp,
        )


def _judge_series(
    series: Sequence[StampName],
    files: Mapping[str, bytes],
    *,
    notes: Mapping[int, bytes],
    judge: _Judge,
) -> list[Verdict]:
    note = _dated_note(series[0].size, files, notes)
    alone = list(_judge_alone(series, files, note=note, judge=judge))
    later: Verdict | None = None
    judged: list[Verdict] = []
    for verdict in reversed(alone):
        later = judge.today(verdict, later)
        judged.append(later)
    return judged[::-1]


def _dated_note(size: int, files: Mapping[str, bytes], notes: Mapping[int, bytes]) -> bytes | None:
    """Give the octets that were dated: what a token proves, it proves of the text in them."""
    note, dated = notes.get(size), files.get(dated_path(size))
    if note is None or dated is None:
        return note
    same = dated.rpartition(b"\n\n")[0] == note.rpartition(b"\n\n")[0]
    return dated if same else note


def _judge_alone(
    series: Sequence[StampName], files: Mapping[str, bytes], *, note: bytes | None, judge: _Judge
) -> Iterator[Verdict]:
    older: list[bytes] = []
    for name in series:
        if note is None:
            yield _missing(name, "The checkpoint that this time-stamp dates is not here.")
        elif name.generation != len(older):
            yield _missing(name, "A time-stamp that this one renews is not here.")
        else:
            yield judge.alone(name, files, stamped_octets(note, older))
            older.append(files[name.path("tsr")])


def _missing(name: StampName, sentence: str) -> Verdict:
    return Verdict(name=name, state="missing", slug="stamp_gap", sentence=sentence)
