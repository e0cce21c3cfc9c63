# SPDX-License-Identifier: Apache-2.0
"""What a running ledger finds about itself: its record, and the parts that its proofs rest on.

The same findings as ``muniment findings`` lists, but for those that take a walk over the whole log.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from api.beside import WITNESS_FOLDER
from api.bootstrap import Office
from api.condition import Condition
from audit.findings.witnesses import answer_findings, lag_findings
from audit.proof.verify.findings import Finding
from domain.errors import UnsafeError

LOG: Final = "log"

_STREAM: Final = re.compile(r"\b([a-z]{3,4}\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\b")


def log_findings(office: Office, condition: Condition) -> Iterator[Finding]:
    """Tell what is wrong with the parts of an open ledger.

    Args:
        office: The open ledger.
        condition: How it is.

    Raises:
        UnreachableError: What witnesses answered cannot be read.
    """
    yield from map(_problem, (*condition.problems, *condition.stopped))
    yield from answer_findings(office.settings.home / WITNESS_FOLDER)
    if condition.witnesses is not None:
        yield from lag_findings(condition.witnesses.lag, condition.witnesses.size)


def records_in(evidence: str) -> tuple[str, ...]:
    """Give the records that the evidence of a finding names, each once."""
    return tuple(dict.fromkeys(_STREAM.findall(evidence)))


def _problem(error: UnsafeError) -> Finding:
    return Finding(check=LOG, code=error.slug, sentence=error.sentence, next_step=error.next_step)
