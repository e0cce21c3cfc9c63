# SPDX-License-Identifier: Apache-2.0
"""A trace as text for a person, at 80 to 100 columns, with or without a terminal.

Words carry everything; bold only helps the eye. Corrections, contradictions and gaps
stand in place, and the headline is the weakest proof state of the list, never written by
itself (console conventions, section 1).
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC
from textwrap import wrap
from typing import Final

from api.tracing import words
from api.tracing.inquiry import Choice, Possible, Step, Trace
from audit.proof.disputes.words import told_standing
from domain.firearm.events.correcting import Change, Corrected, Reversed
from domain.firearm.history import View
from domain.firearm.state import State
from domain.identifiers import short_form
from domain.schema import Known

WIDTH_MIN: Final = 60
WIDTH_MAX: Final = 100
LABEL_CHARS: Final = 12
INDENT: Final = 4
CHANGED: Final = "*"
FOOTNOTE: Final = (
    f"{CHANGED} changed by this entry. Times of recording are by the ledger's clock; what "
    "witnesses and time-stamps prove of them is told as proved."
)
UNBROKEN: Final = "\N{NO-BREAK SPACE}"

Emphasis = Callable[[str], str]
"""Makes a text stand out, or gives it back as it is."""


@dataclass(frozen=True, slots=True)
class Page:
    """How text is laid out.

    Attributes:
        width: Columns.
        strong: Makes a text stand out.
    """

    width: int
    strong: Emphasis = str

    def field(self, label: str, value: str, *, indent: int = 0, strong: bool = False) -> list[str]:
        """Write a labelled value, wrapped under itself."""
        head = " " * indent + label.ljust(LABEL_CHARS)
        lines = _wrapped(value, self.width - len(head)) or [""]
        # Emphasis comes after wrapping, since its characters take no room.
        told = [self.strong(line) for line in lines] if strong else lines
        return [(head + told[0]).rstrip(), *(" " * len(head) + line for line in told[1:])]

    def title(self, left: str, right: str) -> str:
        """Write a title with a word at the right margin."""
        space = " " * max(2, self.width - len(left) - len(right))
        return self.strong(left) + space + right

    def remark(self, text: str) -> list[str]:
        """Write a line between two entries."""
        return [" " * INDENT + line for line in _wrapped(text, self.width - INDENT)]


def history_page(trace: Trace, page: Page) -> str:
    """Write a whole history."""
    lines = [*_heading(trace, page), ""]
    for step in trace.steps:
        lines += [*_step(step, trace, page), ""]
    if not trace.steps:
        lines += ["Nothing is on record within these limits.", ""]
    lines += _wrapped(FOOTNOTE, page.width)
    return "\n".join(lines)


def choice_page(choice: Choice, page: Page) -> str:
    """Write the firearms to choose from, with the reasons."""
    lines: list[str] = []
    for number, possible in enumerate(choice.possible, start=1):
        lines += [*_possible(number, possible, page), ""]
    if choice.more:
        lines.append("There are more than these; give --make or more characters.")
    return "\n".join(lines).rstrip("\n")


def _heading(trace: Trace, page: Page) -> Iterator[str]:
    state = trace.state
    described = words.describe(state.description) if state.description else "no description"
    yield from page.field("Firearm", described)
    yield from page.field("Short form", short_form(trace.firearm.uuid))
    yield from page.field("Identifier", str(trace.firearm))
    if trace.chosen:
        yield from page.field("Found by", "; ".join(trace.chosen.reasons))
    yield from _limits(trace, page)
    for told in _identity(trace):
        yield from page.field("Identity", told)
    yield from page.field("State", _state(state, None))
    for each in trace.pending:
        yield from page.field("Open", each.sentence)
    yield from page.field("Proof", _headline(trace), strong=True)
    if trace.proof.remark:
        yield from page.field("", trace.proof.remark)
    yield from page.field("Attention", _attention(trace))


def _identity(trace: Trace) -> Iterator[str]:
    """Say which records are this firearm's too, by its own record and by theirs."""
    yield from (f"merged into {each}; read that record too" for each in trace.kin.merged_into)
    own = trace.state.identity.duplicates
    yield from (
        f"possibly the same as {each}, by that record"
        for each in trace.kin.suspected_by
        if str(each) not in own
    )
    yield from words.identity(trace.state)


def _limits(trace: Trace, page: Page) -> Iterator[str]:
    limits = []
    if trace.as_at:
        limits.append(f"as at {trace.as_at.text} in the world")
    if trace.known_index is not None:
        limits.append(
            f"as known once entry {trace.known_index} was recorded"
            if trace.known_index >= 0
            else "as known before anything was recorded"
        )
    if trace.view != "corrected":
        limits.append(_VIEWS[trace.view])
    if limits:
        left = f"; {trace.left_out} later entries left out" if trace.left_out else ""
        yield from page.field("Told", " and ".join(limits) + left)


_VIEWS: Final[Mapping[View, str]] = {
    "original": "as first recorded, without what put it right",
    "both": "what was put right both as first recorded and as it counts now",
}


def _headline(trace: Trace) -> str:
    count = len(trace.steps)
    anchor = trace.anchor
    if trace.headline == "failed":
        failed = [step for step in trace.steps if step.proven.state == "failed"]
        first = min(failed, key=lambda step: step.proven.line.seq)
        rest = f" (and {len(failed) - 1} more)" if len(failed) > 1 else ""
        return f"failed at number {first.number}{rest}. Do not rely on this history as it stands."
    if trace.headline is None or anchor is None:
        return str(trace.headline or "nothing to prove")
    tree = f"signed tree of {anchor.checkpoint.size} entries of {anchor.checkpoint.origin}"
    root = b64encode(anchor.checkpoint.root).decode()
    if trace.headline in {"checkpointed", "witnessed"}:
        entries = "1 entry" if count == 1 else f"{count} entries"
        found = f"{trace.headline}: {entries}, each signature valid, no gap, in the {tree}"
        return f"{found} (root {root}){_cosigned(trace)}"
    return f"{trace.headline}: the newest entries are not yet in the {tree}"


def _cosigned(trace: Trace) -> str:
    """Say how far witnesses have seen the tree; nothing where the ledger has none."""
    witnessed = trace.proof.times.witnessed
    if witnessed is None:
        return ""
    names = ", ".join(witnessed.names)
    seen = f"its first {witnessed.size} are cosigned by {names}, the quorum {witnessed.quorum}"
    unseen = sum(step.proven.state != "witnessed" for step in trace.steps)
    behind = f", not yet {_counted('entry', unseen)} of these" if unseen else ""
    return f"; {seen}{behind}"


def _attention(trace: Trace) -> str:
    moments = [step.moment for step in trace.steps if step.moment]
    found = {
        "contradiction": sum(len(moment.contradictions) for moment in moments),
        "corrected entry": sum(bool(moment.corrected_by) for moment in moments),
        "reversed entry": sum(moment.reversed_by is not None for moment in moments),
        "gap": sum(step.gap is not None for step in trace.steps),
        "late entry": sum(_is_flagged(step, "late") for step in trace.steps),
        "suspect time": sum(_is_flagged(step, "suspect") for step in trace.steps),
    }
    told = [_counted(name, number) for name, number in found.items() if number]
    return ", ".join(told) or "no contradiction, correction, reversal, gap or late entry"


def _is_flagged(step: Step, flag: str) -> bool:
    return any(each.flag == flag for each in step.remarks)


def _counted(name: str, number: int) -> str:
    plural = name.replace("entry", "entrie") + "s"
    return f"{number} {name if number == 1 else plural}"


def _step(step: Step, trace: Trace, page: Page) -> Iterator[str]:
    if step.gap:
        yield from page.remark(f"~ gap: {step.gap}")
        yield ""
    line = step.proven.line
    name = words.event_name(line.kind.partition("/")[0])
    first = " (as first recorded)" if step.moment and step.moment.superseded else ""
    yield page.title(f"{step.number:>2}  {name}{first}", step.proven.state)
    recorded = f"{line.at.astimezone(UTC):%Y-%m-%d %H:%M} UTC, entry {line.index}"
    if step.proven.reason:
        yield from page.field("failed", step.proven.reason, indent=INDENT)
    if step.moment is None:
        yield from page.field("recorded", recorded, indent=INDENT)
        yield from _proved_time(step, page)
        return
    event = step.moment.event
    yield from page.field("happened", words.when(event.occ), indent=INDENT)
    yield from page.field("recorded", recorded, indent=INDENT)
    yield from _proved_time(step, page)
    yield from page.field(
        "signed by", words.signer(trace.proof.registry, event, line.index), indent=INDENT
    )
    yield from page.field("what", "; ".join(_what(step, trace)), indent=INDENT)
    for named in trace.context.get(line.index, ()):
        yield from page.field("under", f"{named.told}; {named.record}", indent=INDENT)
    yield from page.field("after", _state(step.state, step.before), indent=INDENT)
    yield from _remarks(step, trace, page)


def _proved_time(step: Step, page: Page) -> Iterator[str]:
    """Say between which times it was recorded, where any clock but the ledger's own says so."""
    if step.bracket.not_before or step.bracket.not_after:
        yield from page.field("proved", str(step.bracket), indent=INDENT)
    for each in step.remarks:
        yield from page.field(each.flag, each.sentence, indent=INDENT)


def _remarks(step: Step, trace: Trace, page: Page) -> Iterator[str]:
    if step.moment is None:
        return
    standing = told_standing(trace.proof.registry, step.moment.event, step.proven.line.index)
    if standing:
        yield from page.field("disputed", standing, indent=INDENT)
    for index in step.moment.corrected_by:
        yield from page.field("corrected", _correction(index, trace), indent=INDENT)
    if step.moment.reversed_by is not None:
        by = _named(step.moment.reversed_by, trace)
        yield from page.field("reversed", f"by {by}: it counts no longer", indent=INDENT)
    for contradiction in step.moment.contradictions:
        yield from page.field("contradicts", contradiction.refusal.sentence, indent=INDENT)


def _what(step: Step, trace: Trace) -> Iterable[str]:
    event = step.proven.event if step.moment is None else step.moment.event
    if event is None:
        return ()
    if isinstance(event.dat, Corrected | Reversed):
        target = next((each for each in trace.steps if _eid(each) == event.dat.target), None)
        named = f"number {target.number}" if target else f"event {event.dat.target}"
        changes = event.dat.changes if isinstance(event.dat, Corrected) else ()
        return (f"of {named}, {words.plain(event.dat.reason)}", *map(_change, changes))
    return words.what_happened(event)


def _correction(index: int, trace: Trace) -> str:
    """Say what a correction changed: what was signed, and what counts now."""
    event = next(each.event for each in trace.proof.entries if each.line.index == index)
    changes = event.dat.changes if event and isinstance(event.dat, Corrected) else ()
    return f"by {_named(index, trace)}: " + "; ".join(_change(change) for change in changes)


def _named(index: int, trace: Trace) -> str:
    step = next((each for each in trace.steps if each.proven.line.index == index), None)
    # What put a record right may be left out by a date of the world; what it says still counts.
    return f"number {step.number}" if step else f"entry {index}"


def _change(change: Change) -> str:
    name = "when it happened" if change.field == "occ" else words.plain(change.field)
    return f"{name}: {_side(change.old)} as first recorded, {_side(change.new)} as corrected"


def _side(value: object) -> str:
    if value is None:
        return "nothing"
    return value.known if isinstance(value, Known) else str(value)


def _eid(step: Step) -> str | None:
    return step.proven.event.eid if step.proven.event else None


def _state(state: State, before: State | None) -> str:
    now = {**words.axes(state), **words.details(state)}
    then = None if before is None else {**words.axes(before), **words.details(before)}
    told = [
        f"{name} {value}{CHANGED if then is not None and then.get(name) != value else ''}"
        for name, value in now.items()
    ]
    gone = [f"{name} no longer known{CHANGED}" for name in (then or {}) if name not in now]
    # A name and its value stay on one line.
    return f"{UNBROKEN}| ".join(each.replace(" ", UNBROKEN) for each in (*told, *gone))


def _wrapped(text: str, width: int) -> list[str]:
    lines = wrap(text, width, break_on_hyphens=False)
    return [line.replace(UNBROKEN, " ") for line in lines]


def _possible(number: int, possible: Possible, page: Page) -> Iterator[str]:
    state = possible.state
    described = words.describe(state.description) if state.description else "no description"
    first, *rest = page.field("possible", described, indent=INDENT)
    yield f"{number:>2}{first[2:]}"
    yield from rest
    yield from (
        page.field("why", "; ".join(possible.candidate.reasons), indent=INDENT)
        if (possible.candidate)
        else ()
    )
    yield from page.field("now", _state(state, None), indent=INDENT)
    yield from page.field("choose by", f"--id {short_form(possible.firearm.uuid)}", indent=INDENT)
