# SPDX-License-Identifier: Apache-2.0
"""Findings out of a report that ``muniment-verify`` or ``muniment fsck`` wrote as JSON.

Serves the one list of findings (log specification, section 2.9). The file is somebody else's: its
size is capped and every member is checked before it is believed to be a finding.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from audit.proof.verify.findings import Finding, Severity
from audit.proof.verify.fraud import read_capped
from domain.errors import UsageError

REPORT_OCTETS_MAX: Final = 16 * 1024 * 1024
FINDINGS_MAX: Final = 10_000

_Line = Annotated[str, Field(max_length=8_192, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$")]


class _Read(BaseModel):
    """What is read of a report; what else it says is left alone."""

    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)


class ReportedFinding(_Read):
    """One finding as a report writes it."""

    check: Annotated[str, Field(max_length=64)]
    code: Annotated[str, Field(max_length=64)]
    severity: Severity
    sentence: _Line
    index: Annotated[int, Field(ge=-(2**63), le=2**63 - 1)] | None = None
    evidence: _Line = ""
    next_step: _Line = ""

    def finding(self) -> Finding:
        """Give the finding."""
        return Finding(
            check=self.check,
            code=self.code,
            sentence=self.sentence,
            index=self.index,
            missing=self.severity == "gap",
            notice=self.severity == "notice",
            evidence=self.evidence,
            next_step=self.next_step,
        )


class ReportedCheck(_Read):
    """One check as a report writes it."""

    name: Annotated[str, Field(max_length=64)]
    state: Literal["ok", "failed", "not checked", "assumed"]
    sentence: _Line
    failures: Annotated[int, Field(ge=0)] = 0


class ReportFile(_Read):
    """A report."""

    subject: Annotated[str, Field(max_length=64)]
    ledger: Annotated[str, Field(max_length=64)]
    checks: Annotated[list[ReportedCheck], Field(max_length=FINDINGS_MAX)]
    findings: Annotated[list[ReportedFinding], Field(max_length=FINDINGS_MAX)]


def read_report(path: Path) -> ReportFile:
    """Read a report.

    Raises:
        UsageError: ``report_malformed``, or the file cannot be read.
    """
    octets = read_capped(path, REPORT_OCTETS_MAX)
    try:
        found: Any = json.loads(octets)
        return ReportFile.model_validate(found)
    except (ValueError, RecursionError) as error:
        wrong = error.errors(include_url=False)[0] if isinstance(error, ValidationError) else None
        where = ".".join(map(str, wrong["loc"])) if wrong else "it is not JSON"
        raise UsageError(
            f"{path} is no report: {where}.",
            slug="report_malformed",
            next_step="Write one with `muniment-verify --json` or `muniment fsck --json`.",
        ) from error


def reported(report: ReportFile) -> Iterator[Finding]:
    """Give the findings of a report, and a finding for failures that it only counts."""
    for each in report.findings:
        yield each.finding()
    kept = [each.check for each in report.findings if each.severity != "notice"]
    for check in report.checks:
        more = check.failures - kept.count(check.name)
        if check.state == "failed" and more > 0:
            yield Finding(
                check=check.name,
                code="not_listed",
                sentence=f"The report counts {more} more failures of this check.",
                next_step="Mend what it names, and verify again.",
            )
