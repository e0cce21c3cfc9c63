# SPDX-License-Identifier: Apache-2.0
"""The command ``muniment-verify``: what an auditor runs, with nothing but files.

Implements the verifier of the log specification, section 2.9: no server, no network, no
framework. The report goes to stdout, words and progress to stderr. Exit codes: 0 ok,
1 violated, 2 unusable input, 3 incomplete.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from audit.proof.note import NOTE_OCTETS_MAX
from audit.proof.policy.file import read_policy
from audit.proof.verify.book import Request, silent
from audit.proof.verify.bundle import verify_bundle
from audit.proof.verify.evidence import MANIFEST_FILE
from audit.proof.verify.findings import between, counted
from audit.proof.verify.fraud import (
    PROOF_OCTETS_MAX,
    judge_heads,
    read_capped,
    render_verdict,
)
from audit.proof.verify.log.directory import verify_directory
from audit.proof.verify.progress import TerminalProgress
from audit.proof.verify.report import ExitCode, Report
from audit.proof.verify.trust import Trust, read_trust
from domain.errors import MunimentError, UnreachableError, UsageError

if TYPE_CHECKING:
    from audit.proof.timestamps.authorities import TrustedAuthority

JOBS_MAX: Final = 1_024

_EXAMPLES: Final = """\
examples:
  muniment-verify export/ --trust trust.json       verify a whole exported log
  muniment-verify evidence.zip --trust trust.json  verify a bundle
  muniment-verify export/ --trust trust.json --checkpoint last-year   was the past rewritten?
  muniment-verify export/ --trust trust.json --rules   also judge every event by the rules
  muniment-verify export/ --trust trust.json --policy mine.txt --tsa-roots roots/
                                                   also ask witnesses and clocks
  muniment-verify --fraud one two --trust trust.json   do two heads prove two histories?
  muniment-verify export/ --assume-trust           is it sound under the keys in it?

exit codes: 0 ok, 1 violated, 2 unusable input, 3 incomplete
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Verify what the arguments name, print a report and give the exit code."""
    options = _options(arguments)
    if options.fraud:
        return _judge_fraud(options)
    progress = TerminalProgress(sys.stderr, time.monotonic) if sys.stderr.isatty() else None
    try:
        report = verify(
            Request(
                path=options.path,
                trust=_trust(options.trust),
                assume_trust=options.assume_trust,
                saved=_saved(options.checkpoint),
                jobs=options.jobs,
                progress=progress or silent,
                signatures="signatures" not in (options.without or ()),
                rules=options.rules,
                policy=read_policy(options.policy) if options.policy else None,
                authorities=_authorities(options.tsa_roots),
                now=int(time.time()),
                brackets=options.brackets,
                state=options.state,
            )
        )
    except MunimentError as error:
        return _stop(error, progress, as_json=options.json)
    except KeyboardInterrupt:
        stopped = UnreachableError(
            "Stopped before the end, so nothing can be concluded.",
            slug="stopped",
            next_step="Run it again; with --state DIR it goes on where it was stopped.",
        )
        return _stop(stopped, progress, as_json=options.json)
    if progress:
        progress.clear()
    _say(json.dumps(report.to_json()) if options.json else render(report))
    return int(report.exit_code)


def _judge_fraud(options: argparse.Namespace) -> int:
    """Judge two heads of one log and give the exit code."""
    try:
        first, second = (read_capped(path, NOTE_OCTETS_MAX) for path in options.fraud)
        proof = options.consistency and read_capped(options.consistency, PROOF_OCTETS_MAX)
        verdict = judge_heads((first, second), read_trust(options.trust), proof)
    except MunimentError as error:
        return _stop(error, None, as_json=options.json)
    _say(json.dumps(verdict.to_json()) if options.json else render_verdict(verdict))
    return int(verdict.exit_code)


def verify(request: Request) -> Report:
    """Verify an export or a bundle, whichever the path is.

    Raises:
        UsageError: The path is neither, or there is no usable trust file.
        UnreachableError: It could not be read to its end.
    """
    if not request.path.exists():
        raise UsageError(
            f"{request.path} does not exist.",
            slug="unreadable",
            next_step="Name an export's directory or a bundle.",
        )
    try:
        if request.path.is_dir() and not (request.path / MANIFEST_FILE).exists():
            return verify_directory(request)
        return verify_bundle(request)
    except OSError as error:
        raise UnreachableError(
            f"A file could not be read or written: {error.strerror}.",
            slug="disk",
            next_step="Free space for temporary files, or repair the disk, and run it again"
            f"{', with another folder for --state' if request.state else ''}.",
        ) from error


def render(report: Report) -> str:
    """Give the report as text for a person."""
    size = "unknown size" if report.size is None else counted(report.size)
    lines = [f"{report.subject} of {report.ledger}, log {report.origin}, {size}", ""]
    if report.progress:
        lines[1:] = [str(report.progress["sentence"]), ""]
    lines += [f"  {each.state:<12} {each.name:<13} {each.sentence}" for each in report.checks]
    if report.compare:
        lines += ["", "Compare with the keeper of the ledger, by another way:"]
        lines += [f"  {each}" for each in report.compare]
    for each in report.brackets or ():
        named = between(int(str(each["first"])), int(str(each["last"])))
        lines += ["", f"{named.capitalize()}: {each['sentence']}."]
    if len(report.findings) > 1 or report.noticed:
        lines += ["", "Found (the lowest indexes of each check):"]
        lines += [f"  {each.check:<13} {each}" for each in report.findings]
    return "\n".join([*lines, "", _headline(report)])


def _headline(report: Report) -> str:
    if report.failing:
        return report.failing
    keys = " under ASSUMED KEYS, see trust" if report.compare else ""
    see = "see the notices and what" if report.noticed else "see what"
    return f"OK{keys}: {counted(report.examined)} verified; {see} was not checked."


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="muniment-verify",
        description="Verify an exported log or a bundle of evidence, offline.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("path", type=Path, nargs="?", metavar="DIR|BUNDLE", help="what to verify")
    parser.add_argument("--trust", type=Path, metavar="FILE", help="the keys you trust")
    parser.add_argument(
        "--assume-trust",
        action="store_true",
        help="take the keys that came along for the right ones",
    )
    parser.add_argument(
        "--checkpoint", type=Path, metavar="OLD_NOTE", help="a checkpoint you kept earlier"
    )
    parser.add_argument(
        "--fraud", type=Path, nargs=2, metavar="NOTE", help="judge two heads of one log instead"
    )
    parser.add_argument(
        "--consistency", type=Path, metavar="PROOF", help="the proof between the two heads"
    )
    parser.add_argument("--json", action="store_true", help="print the report as one JSON object")
    parser.add_argument(
        "--rules", action="store_true", help="judge every event again by the rules of its time"
    )
    parser.add_argument(
        "--policy", type=Path, metavar="FILE", help="the witnesses you believe (tlog-policy)"
    )
    parser.add_argument(
        "--tsa-roots", type=Path, metavar="DIR", help="roots of the time-stampers you believe"
    )
    parser.add_argument(
        "--brackets", action="store_true", help="say between which times entries were recorded"
    )
    parser.add_argument(
        "--without",
        action="append",
        choices=("signatures",),
        help="leave this out; the result is then incomplete at best",
    )
    parser.add_argument(
        "--state", type=Path, metavar="DIR", help="keep progress here, and go on from it"
    )
    parser.add_argument("--jobs", type=_jobs, metavar="N", help="processes; one a core by default")
    return parser


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the arguments; what does not go together ends with a usage error, code 2."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if (options.path is None) == (options.fraud is None):
        parser.error("name either what to verify or, with --fraud, two heads of one log")
    if options.fraud and options.trust is None:
        parser.error("--fraud needs --trust FILE: only you can say which keys are the log's")
    if options.trust and options.assume_trust:
        parser.error("--assume-trust is for when you have no --trust FILE")
    if options.consistency and not options.fraud:
        parser.error("--consistency goes with --fraud")
    return options


def _jobs(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= JOBS_MAX):
        raise argparse.ArgumentTypeError(f"a number of processes is 1 to {JOBS_MAX}")
    return int(text)


def _trust(path: Path | None) -> Trust | None:
    return read_trust(path) if path else None


def _authorities(folder: Path | None) -> tuple[TrustedAuthority, ...] | None:
    if folder is None:
        return None
    from audit.proof.timestamps.authorities import read_authorities  # noqa: PLC0415

    return read_authorities(folder)


def _saved(path: Path | None) -> bytes | None:
    return read_capped(path, NOTE_OCTETS_MAX) if path else None


def _stop(error: MunimentError, progress: TerminalProgress | None, *, as_json: bool) -> int:
    """Say why nothing could be concluded, and with which code."""
    code = ExitCode.INCOMPLETE if isinstance(error, UnreachableError) else ExitCode.UNUSABLE
    if progress:
        progress.clear()
    if as_json:
        result = {"result": code.name.lower(), "exit_code": int(code), "code": error.slug}
        _say(json.dumps({**result, "sentence": error.sentence}))
    sys.stderr.write(f"{error}\n")
    return int(code)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main())
