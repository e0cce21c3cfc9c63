# SPDX-License-Identifier: Apache-2.0
"""The certificate of one trace: the one function that doors call.

Implements "Certificate (PDF)" of the console conventions, section 3: one page of plain answer, the
timeline, and how to check both, in a PDF that carries the evidence. It is a function of what it is
given and of nothing else, no clock and no machine, so whoever makes it again gets the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from api.certificate.answer import answer, verdict
from api.certificate.checking import Carried, carried, checking
from api.certificate.details import Teller
from api.certificate.languages import language as spoken
from api.certificate.timeline import timeline
from api.certificate.typesetting import typeset
from api.certificate.wording import N_
from api.tracing.inquiry import Trace
from domain.errors import ProofError, UsageError
from domain.identifiers import short_form
from projections.timeline.prover import Anchor

_ORIGIN: Final = re.compile(r"https?://[a-z0-9.:\[\]-]{1,255}")
NOBODY: Final[Mapping[str, str]] = {}


def certificate(
    trace: Trace,
    bundle: bytes,
    *,
    language: str,
    origin: str,
    revealed: Mapping[str, str] = NOBODY,
) -> bytes:
    """Make the certificate of a trace as a PDF.

    Args:
        trace: The history, proved.
        bundle: The evidence about the same firearm under the same checkpoint; it is attached.
        language: ``en``, ``fr``, ``es``, ``ru``, ``zh`` or ``ar``.
        origin: Public origin of the service, ``https://registry.example``, without a path.
        revealed: Names of holders that the reader may see, by holding, ``hld.<uuid>``.

    Raises:
        UsageError: There is no such language, the origin is none, the bundle is none, or the extra
            ``certificates`` is not installed.
        ProofError: The bundle belongs to another trace, or the log has signed no checkpoint.
    """
    teller = Teller(spoken(language), revealed)
    if not _ORIGIN.fullmatch(origin):
        raise UsageError(
            "The address of the page that verifies needs a scheme and a host, and no path.",
            slug="certificate_origin",
            next_step="Give the public origin of the service, such as https://registry.example.",
        )
    anchor = _anchor(trace)
    evidence = carried(trace, anchor, bundle)
    document = _document(trace, anchor, teller)
    document["checking"] = checking(evidence, origin, teller)
    document["attachment"] = _attachment(evidence, teller)
    return typeset(document, bundle, dated=_dated(trace))


def _document(trace: Trace, anchor: Anchor, teller: Teller) -> dict[str, Any]:
    spoken_in = teller.language
    short = short_form(trace.firearm.uuid)
    return {
        "lang": spoken_in.code,
        "region": spoken_in.region,
        "rtl": spoken_in.right_to_left,
        "pdf_title": f"{teller.word(TITLE)} {short}",
        "author": anchor.checkpoint.origin,
        "title": teller.word(TITLE),
        "subtitle": teller.say(
            N_("Firearm %(firearm)s in the ledger %(ledger)s"),
            firearm=short,
            ledger=anchor.checkpoint.origin,
        ),
        "verdict": verdict(trace, teller),
        "answer": answer(trace, anchor, teller),
        "timeline": timeline(trace, teller),
        "footer": teller.say(
            N_("%(firearm)s, checkpoint of %(size)s entries"),
            firearm=short,
            size=anchor.checkpoint.size,
        ),
    }


TITLE: Final = N_("Certificate of a trace")


def _attachment(evidence: Carried, teller: Teller) -> dict[str, str]:
    return {
        "name": evidence.name,
        "description": teller.word(N_("The evidence of this certificate, to be verified offline")),
    }


def _anchor(trace: Trace) -> Anchor:
    if trace.anchor is None:
        raise ProofError(
            "The log has signed no checkpoint to which a proof could lead.",
            slug="certificate_unanchored",
            next_step="See `muniment status` for why the signer does not answer, and try again.",
        )
    return trace.anchor


def _dated(trace: Trace) -> int:
    """Date the PDF by the newest entry of the firearm: a checkpoint carries no time of its own."""
    return max((int(line.at.timestamp()) for line in trace.proof.history.lines), default=0)
