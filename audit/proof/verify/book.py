# SPDX-License-Identifier: Apache-2.0
"""Turning findings into conclusions, in the same words for an export and for a bundle.

Implements the reporting rules of the log specification, section 2.9. A conclusion is ok
only for what was done; trust that came with the evidence is called assumed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from audit.proof.checkpoint import Checkpoint
from audit.proof.policy.rule import Policy
from audit.proof.verify.findings import Finding, counted
from audit.proof.verify.registry import SIGNATURE
from audit.proof.verify.report import Check, Report, Tally, exit_code
from audit.proof.verify.trust import TRUST_FILE, Trust
from domain.errors import ProofError, UsageError

if TYPE_CHECKING:
    from audit.proof.timestamps.authorities import TrustedAuthority

TRUST: Final = "trust"
CHECKPOINT: Final = "checkpoint"
CONSISTENCY: Final = "consistency"
FRAUD: Final = "fraud"

Progress = Callable[[str, int, int], None]
"""Told the phase, the entries done and the entries in all."""

LATER: Final = (
    Check(
        name="disclosures",
        state="not checked",
        sentence="Personal data is not in the log; none was presented here.",
    ),
    Check(
        name="approvals",
        state="not checked",
        sentence="Approvals by passkey are not in the log; none came along. An export with "
        "--approvals holds those that the service kept.",
    ),
    Check(
        name="witnesses",
        state="not checked",
        sentence="No policy was given, so that another reader was shown the same log is not "
        "proved; name yours with --policy, or compare checkpoints with other readers.",
    ),
    Check(
        name="time",
        state="not checked",
        sentence="No trusted clock was named, so signing times are the signers' own; name those "
        "of time-stamps with --tsa-roots, those of witnesses with --policy.",
    ),
)
"""What is said of a check of the specification that was not concluded."""


_ONE_TREE: Final = (
    "There are no two signed trees here to be compared; give a checkpoint that you or others kept "
    "with --checkpoint, or two with --fraud."
)
_NOBODYS_KEYS: Final = Finding(
    check=TRUST,
    code="trust_unnamed",
    sentence="Nobody said whose keys these are: they came with the evidence, and whoever forges "
    "that forges them too.",
    missing=True,
    next_step=f"Get {TRUST_FILE} by another way and name it with --trust FILE; --assume-trust "
    "takes these keys for the right ones.",
)


SIGNATURES_LEFT_OUT: Final = (
    "Left out by --without signatures, but for entries that say who may sign; so who signed the "
    "others is not known."
)
"""What is said of the check of signatures where somebody left it out."""

_UNSIGNED: Final = Finding(
    check=SIGNATURE,
    code="signatures_left_out",
    sentence=SIGNATURES_LEFT_OUT,
    missing=True,
    next_step="Run it again without --without.",
)


def silent(_phase: str, _done: int, _total: int) -> None:
    """Show no progress."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What somebody asks the verifier to do.

    Attributes:
        path: The export's directory or the bundle.
        trust: What the auditor trusts; nothing where only the evidence's own is at hand.
        assume_trust: Whether the evidence's own keys are to be taken for the right ones.
        saved: A checkpoint note the auditor kept from an earlier visit.
        jobs: Number of processes; by default one a core.
        progress: Told how far it is.
        signatures: Whether to verify the signatures of entries; without, nothing is concluded.
        rules: Whether to judge every event of a whole log again by the rules of its time.
        policy: Which witnesses the auditor believes, and how many of them are enough.
        authorities: Which time-stamping authorities the auditor believes.
        now: The auditor's time, in Unix seconds.
        brackets: Whether the report says between which times entries were recorded.
        state: Folder in which progress over a whole log is kept, so that a run can go on.
    """

    path: Path
    trust: Trust | None = None
    assume_trust: bool = False
    saved: bytes | None = None
    jobs: int | None = None
    progress: Progress = silent
    signatures: bool = True
    rules: bool = False
    policy: Policy | None = None
    authorities: tuple[TrustedAuthority, ...] | None = None
    now: int = 0
    brackets: bool = False
    state: Path | None = None


class Book:
    """Collects findings and concludes checks, one after another.

    Attributes:
        tally: What was found.
        trust: What is trusted.
        own_read: Whether the evidence's own trust file was read, if only for a hint.
        brackets: Between which times entries were recorded; nothing if not asked for.
        progress: What an earlier run did that was broken off; nothing where none did.
    """

    def __init__(self, subject: str, trust: Trust, *, assumed: bool) -> None:
        """Open a book about a subject, ``export`` or ``bundle``."""
        self.tally = Tally()
        self.trust = trust
        self.own_read = assumed
        self._subject = subject
        self._assumed = assumed
        self._checks: list[Check] = [_about_trust(trust, assumed=assumed)]
        self._reservations: list[Finding] = []
        self._trees: set[tuple[int, bytes]] = set()
        self._own: Callable[[], Trust] | None = None
        self.brackets: tuple[Mapping[str, object], ...] | None = None
        self.progress: Mapping[str, object] | None = None

    @classmethod
    def opened(cls, request: Request, subject: str, own: Callable[[], Trust]) -> Book:
        """Open the book of a request; what it leaves out is held against the result.

        Args:
            request: What somebody asks for.
            subject: ``export`` or ``bundle``.
            own: Gives the evidence's own trust file, where the request names none.

        Raises:
            UsageError: There is no usable trust file.
        """
        assumed = request.trust is None
        book = cls(subject, request.trust or own(), assumed=assumed)
        book._own = own
        if assumed and not request.assume_trust:
            book.reserve(_NOBODYS_KEYS)
        if not request.signatures:
            book.reserve(_UNSIGNED)
        return book

    def reserve(self, finding: Finding) -> None:
        """Hold something against the result as a whole, whatever the check it is about says."""
        self._reservations.append(finding)

    def conclude(self, name: str, done: str, *, undone: str | None = None) -> None:
        """Conclude a check from its findings.

        Args:
            name: Name of the check.
            done: What is true if nothing was found.
            undone: Why it was not done, if it was not.
        """
        self._checks.append(conclusion(self.tally, name, done, undone=undone))

    def open_checkpoint(self, note: bytes, *, lasting: bool = True) -> Checkpoint | None:
        """Check a checkpoint; nothing else can be concluded if it does not hold.

        Args:
            note: The note, octet for octet.
            lasting: Whether it is one that is kept or published, as that of a receipt is not.
        """
        try:
            checkpoint = self.trust.open(note, lasting=lasting)
        except ProofError as error:
            self._refuse(CHECKPOINT, note, error)
            return None
        self._trees.add((checkpoint.size, checkpoint.root))
        return checkpoint

    def open_saved(self, note: bytes | None) -> Checkpoint | None:
        """Check the auditor's own checkpoint; nothing if there is none or it does not hold."""
        if note is None:
            return None
        try:
            saved = self.trust.open(note)
        except ProofError as error:
            self._refuse(CONSISTENCY, note, error)
            return None
        self._trees.add((saved.size, saved.root))
        return saved

    def conclude_fraud(self) -> None:
        """Conclude whether two of the checkpoints that were opened prove two histories."""
        sizes = Counter(size for size, _ in self._trees)
        for size in sorted(size for size, count in sizes.items() if count > 1):
            self.tally.add(
                Finding(
                    check=FRAUD,
                    code="two_histories",
                    sentence=f"The log signed two different trees of {counted(size)}.",
                    next_step="Keep both checkpoints: `muniment-verify --fraud` proves it by them.",
                )
            )
        count = len(self._trees)
        none = f"Of the {count} trees here that the log signed no two are of one size."
        self.conclude(FRAUD, none, undone=None if count > 1 else _ONE_TREE)

    def _refuse(self, check: str, note: bytes, error: ProofError) -> None:
        """Tell why a checkpoint does not hold; perhaps the trust file is only too old for it."""
        newer = self._successor() if error.slug == "note_unsigned" else None
        if newer is not None and _opens(newer, note):
            self.tally.add(_too_old(check, newer))
            return
        saved = "The saved checkpoint is not one of this log: " if check == CONSISTENCY else ""
        self.tally.add(Finding(check=check, code=error.slug, sentence=saved + error.sentence))

    def _successor(self) -> Trust | None:
        """Give the evidence's own trust file, if it could be a later one of the same ledger."""
        self.own_read = True
        try:
            found = self._own() if self._own else None
        except UsageError:
            return None
        return found if found and found.continues(self.trust) else None

    def report(self, *, size: int | None, examined: int) -> Report:
        """Close the book."""
        for finding in self._reservations:
            self.tally.add(finding)
        concluded = {each.name for each in self._checks}
        left = (each for each in LATER if each.name not in concluded)
        return Report(
            subject=self._subject,
            ledger=self.trust.audience,
            origin=self.trust.origin,
            size=size,
            examined=examined,
            checks=(*self._checks, *left),
            findings=self.tally.kept,
            exit_code=exit_code(self.tally),
            compare=self.trust.fingerprints() if self._assumed else (),
            brackets=self.brackets,
            progress=self.progress,
        )


def conclusion(tally: Tally, name: str, done: str, *, undone: str | None = None) -> Check:
    """Conclude a check from what a tally holds; see ``Book.conclude``."""
    first = tally.first(name)
    if first:
        count = tally.count(name)
        sentence = f"{count} found; the first: {first}" if count > 1 else str(first)
        return Check(name=name, state="failed", sentence=sentence, failures=count)
    if undone:
        return Check(name=name, state="not checked", sentence=undone)
    return Check(name=name, state="ok", sentence=done)


def _opens(trust: Trust, note: bytes) -> bool:
    try:
        trust.open(note)
    except ProofError:
        return False
    return True


def _too_old(check: str, newer: Trust) -> Finding:
    roots = f"{len(newer.signatures)} of its {len(newer.root_keys)} root keys"
    trusted = "enough" if newer.endorsed else f"{newer.threshold} would be enough"
    return Finding(
        check=check,
        code="trust_older",
        sentence="The key that signed it is not in your trust file, which may be older than that "
        f"key: the {TRUST_FILE} in the evidence names it, signed by {roots} ({trusted}).",
        missing=True,
        next_step=f"Name that {TRUST_FILE} with --trust."
        if newer.endorsed
        else f"Get the newer {TRUST_FILE} by another way and name it with --trust.",
    )


def _about_trust(trust: Trust, *, assumed: bool) -> Check:
    count = len(trust.signatures)
    signed = f" {count} of its {len(trust.root_keys)} root keys signed the file." if count else ""
    if assumed:
        return Check(
            name=TRUST,
            state="assumed",
            sentence="The keys came with the evidence, which proves nothing about whose they are; "
            f"compare them by another way, or give your own with --trust.{signed}",
        )
    sentence = f"The keys are those you gave, for {trust.audience} at {trust.origin}.{signed}"
    return Check(name=TRUST, state="ok", sentence=sentence)
