# SPDX-License-Identifier: Apache-2.0
"""``muniment certificate``: one trace as a PDF for a court, with the evidence inside."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any

import typer

from api.bootstrap import Office, open_office
from api.certificate.document import certificate as made_of
from api.cli.asking.opening import opened_queries
from api.cli.exit_codes import ExitCode
from api.cli.speech import data, errors_told, say
from api.cli.tracing import AsAt, AsKnownOn, Identifier, Make, Serial, Viewed, offer
from api.tracing.evidence import bundle_of, gather_evidence
from api.tracing.inquiry import Inquiry, Trace
from api.tracing.inquiry import trace as answer
from audit.files import replace_durably
from audit.proof.encoding import encode
from domain.errors import UnreachableError


def certificate(  # noqa: PLR0913 - each option is one part of the question
    context: typer.Context,
    out: Annotated[Path, typer.Argument(help="The PDF to write.")],
    *,
    origin: Annotated[
        str, typer.Option(help="Public origin of the service whose /verify page readers use.")
    ],
    language: Annotated[str, typer.Option(help="en, fr, es, ru, zh or ar.")] = "en",
    id_: Identifier = None,
    serial: Serial = None,
    make: Make = None,
    as_at: AsAt = None,
    as_known_on: AsKnownOn = None,
    view: Viewed = "corrected",
    json: Annotated[bool, typer.Option("--json", help="Print what was written as JSON.")] = False,
) -> None:
    """Write a trace as a certificate: the answer, the timeline, and how to check both.

    Example: muniment certificate trace.pdf --serial "TW9-000042" --language fr
    --origin https://registry.example

    The evidence is attached to the PDF; holders stand under opaque references. What is printed is
    the SHA-256 of the file, as hexadecimal digits and as events state digests: put the latter
    among the documents of the event that answers a tracing request.
    """
    inquiry = Inquiry(
        identifier=id_,
        serial=serial,
        make=make,
        as_at=as_at,
        as_known_on=as_known_on,
        view=view,
    )
    with errors_told(), open_office(context.obj) as office, opened_queries(office) as queries:
        found = answer(queries, inquiry)
        if isinstance(found, Trace):
            octets = _certified(office, found, language=language, origin=origin)
            _write(out, octets)
            _tell(out, octets, json=json)
        else:
            offer(found, json=json)
    if not isinstance(found, Trace):
        raise typer.Exit(ExitCode.USAGE)
    if found.headline == "failed":
        say("A check failed, and the certificate says so. Tell the auditors of the ledger.")
        raise typer.Exit(ExitCode.NOT_VERIFIED)


def certificate_record(path: Path, octets: bytes) -> dict[str, Any]:
    """Give where a certificate is, and its digest in the two ways in which people need it."""
    digest = sha256(octets)
    return {
        "certificate": str(path),
        "sha256": digest.hexdigest(),
        "digest": encode(digest.digest()).decode(),
    }


def _certified(office: Office, found: Trace, *, language: str, origin: str) -> bytes:
    bundle = bundle_of(gather_evidence(office, found.firearm.uuid))
    return made_of(found, bundle, language=language, origin=origin)


def _write(path: Path, octets: bytes) -> None:
    try:
        replace_durably(path, octets)
        # Like a bundle it is made to be handed on, so it may be read by all.
        path.chmod(0o644)
    except OSError as error:
        raise UnreachableError(
            f"The certificate {path} cannot be written: {error.strerror}.",
            slug="certificate_unwritable",
            next_step="Free space or choose another folder, and run it again.",
        ) from error


def _tell(path: Path, octets: bytes, *, json: bool) -> None:
    record = certificate_record(path, octets)
    if json:
        data(record)
        return
    typer.echo(f"sha256  {record['sha256']}\ndigest  {record['digest']}")
    say(f"The certificate is {path}. An event names it in its `documents` by the digest.")
