# SPDX-License-Identifier: Apache-2.0
"""``muniment authority``: who may sign what, as events of the same log."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final, cast

import typer

from api.bootstrap import Office, open_office
from api.cli.passphrases import load_key
from api.cli.signing.files import unreadable
from api.cli.speech import data, errors_told, say, table
from api.client.keyfile import FileKey
from api.condition import state_of
from api.people.enrolling.request import KeyRequest, read_request
from api.registrar import (
    Enrolment,
    Founding,
    approve,
    change_key,
    enrol,
    propose,
    register_authority,
    rotate,
)
from audit.appending.sequencer import Receipt
from domain.errors import UsageError
from domain.registry.members import KeyClass
from domain.registry.state import KeyRecord

authority = typer.Typer(
    help="Admit authorities, enrol officers' keys, change and end them.\n\n"
    "\b\nExample:\n  muniment authority list",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)

Key = Annotated[Path, typer.Option("--key", help="Key file that signs.")]
Keys = Annotated[
    list[Path],
    typer.Option("--key", metavar="FILE", help="Key file that signs; repeat to endorse."),
]
BY_KID: Final = {"ignore_unknown_options": True}
"""Settings of a command that takes a thumbprint: one of 64 begins with a hyphen, like an option."""

Kid = Annotated[str, typer.Argument(metavar="KID", help="Thumbprint of the key that is changed.")]
Places = Annotated[
    list[str], typer.Option("--jurisdiction", metavar="CODE", help="ISO 3166 code; repeat.")
]


@authority.command()
def register(
    context: typer.Context,
    id_: Annotated[str, typer.Argument(metavar="ID", help="Its id, such as auth.xa.0410.")],
    *,
    name: Annotated[str, typer.Option(help="Name.")],
    jurisdiction: Places,
    key: Keys,
) -> None:
    """Admit an authority, by root keys together.

    Example: muniment authority register auth.xa.0410 --name "Police of XA" --jurisdiction XA
    --key a.pem --key b.pem

    As many root keys sign as the founding of the ledger demands.
    """
    wanted = Founding(authority=id_, name=name, jurisdictions=jurisdiction, threshold=1)
    with errors_told():
        signers = [load_key(path) for path in key]
        with open_office(context.obj) as office:
            _tell(register_authority(office, wanted, signers))


@authority.command("enrol")
def enrol_key(  # noqa: PLR0913 - each option is one fact of the enrolment
    context: typer.Context,
    id_: Annotated[str, typer.Argument(metavar="ID", help="Authority the key signs for.")],
    *,
    new_key: Annotated[Path | None, typer.Option(help="The officer's key file.")] = None,
    request: Annotated[
        Path | None,
        typer.Option(help="Instead of --new-key: the request of who made a key in a browser."),
    ] = None,
    role: Annotated[list[str], typer.Option(metavar="CODE", help="Role code; repeat.")],
    jurisdiction: Places,
    proposer: Annotated[Path, typer.Option(help="Key file of the person who proposes.")],
    approver: Annotated[
        Path | None, typer.Option(help="Key file of another person, to approve at once.")
    ] = None,
    officer_name: Annotated[str | None, typer.Option(help="Name; sealed in the vault.")] = None,
    officer: Annotated[
        str | None, typer.Option(metavar="OFF", help="off.<uuid> of an officer who has a key.")
    ] = None,
    offline: Annotated[
        bool, typer.Option("--offline", help="Admit events up to 72 hours old.")
    ] = False,
    class_: Annotated[
        KeyClass, typer.Option("--class", help="What it signs: event, or http for requests.")
    ] = "event",
) -> None:
    """Propose an officer's key for an authority.

    Example: muniment authority enrol auth.xa.0410 --new-key officer.pem --role POL
    --jurisdiction XA --proposer a.pem --approver b.pem

    A key that was made in a browser comes as a request. It is valid once another person approves
    it: at once with --approver, or later with `muniment authority approve`.
    """
    with errors_told():
        new = _introduced(new_key, request, authority=id_)
        people = [load_key(path) for path in (proposer, approver) if path]
        wanted = Enrolment(
            authority=id_,
            roles=role,
            jurisdictions=jurisdiction,
            key_class=class_,
            offline=offline,
            officer=officer or (new.officer if isinstance(new, KeyRequest) else None),
            officer_name=officer_name,
        )
        with open_office(context.obj) as office:
            _tell(_enrolled(office, wanted, new, people=people))
    if approver is None:
        say(f"Next, by another person: `muniment authority approve {new.kid} --key FILE`.")


def _enrolled(
    office: Office, wanted: Enrolment, new: FileKey | KeyRequest, *, people: Sequence[FileKey]
) -> Receipt:
    """Propose a key, and approve it at once where a second person is there."""
    key = new if isinstance(new, FileKey) else new.checked(office.audience)
    if len(people) == 1:
        return propose(office, wanted, key, proposer=people[0])
    return enrol(office, wanted, key, proposer=people[0], approver=people[1])


def _introduced(
    new_key: Path | None, request: Path | None, *, authority: str
) -> FileKey | KeyRequest:
    """Read the key that is to be enrolled, or what its holder handed over instead of it."""
    if (new_key is None) == (request is None):
        raise UsageError(
            "A key is enrolled from its file, or from the request of its holder.",
            slug="enrol_incomplete",
            next_step="Give one of --new-key and --request.",
        )
    if request is None:
        return load_key(cast("Path", new_key))
    try:
        found = read_request(request.read_bytes())
    except OSError as error:
        raise unreadable(request, error) from error
    if found.authority != authority:
        raise UsageError(
            f"The holder of that key asks for {found.authority}, and proved it for that alone.",
            slug="request_authority",
            next_step=f"Enrol it for {found.authority}, or have a key made for {authority}.",
        )
    return found


@authority.command("approve", context_settings=BY_KID)
def approve_key(context: typer.Context, kid: Kid, *, key: Key) -> None:
    """Approve a key that another person proposed.

    Example: muniment authority approve KID --key b.pem
    """
    with errors_told():
        approver = load_key(key)
        with open_office(context.obj) as office:
            _tell(approve(office, kid, approver=approver))


@authority.command("rotate")
def rotate_key(
    context: typer.Context,
    old_key: Annotated[Path, typer.Argument(metavar="OLD", help="Key file that ends.")],
    new_key: Annotated[Path, typer.Argument(metavar="NEW", help="Key file that takes its place.")],
) -> None:
    """Put a new key in the place of an old one.

    Example: muniment authority rotate old.pem new.pem
    """
    with errors_told():
        old, new = load_key(old_key), load_key(new_key)
        with open_office(context.obj) as office:
            _tell(rotate(office, old, new))


@authority.command(context_settings=BY_KID)
def suspend(context: typer.Context, kid: Kid, *, key: Keys) -> None:
    """Stop a key from signing until it is reinstated.

    Example: muniment authority suspend KID --key admin.pem
    """
    _change(context, "key.suspended", {"kid": kid}, key)


@authority.command(context_settings=BY_KID)
def reinstate(context: typer.Context, kid: Kid, *, key: Keys) -> None:
    """Let a key sign again that another person suspended.

    Example: muniment authority reinstate KID --key supervisor.pem
    """
    _change(context, "key.reinstated", {"kid": kid}, key)


@authority.command(context_settings=BY_KID)
def revoke(
    context: typer.Context,
    kid: Kid,
    *,
    reason: Annotated[str, typer.Option(help="superseded, lost, compromised or ceased.")],
    key: Keys,
    compromised_since: Annotated[int | None, typer.Option(help="First disputed index.")] = None,
) -> None:
    """End a key for ever; what it signed before stays.

    Example: muniment authority revoke KID --reason lost --key admin.pem
    """
    dat: dict[str, object] = {"kid": kid, "reason": reason}
    if compromised_since is not None:
        dat["compromised_since"] = compromised_since
    _change(context, "key.revoked", dat, key)


@authority.command(context_settings=BY_KID)
def grant(
    context: typer.Context,
    kid: Kid,
    *,
    role: Annotated[str, typer.Option(help="Role code.")],
    jurisdiction: Places,
    key: Keys,
) -> None:
    """Give a key a role.

    Example: muniment authority grant KID --role EVC --jurisdiction XA --key admin.pem
    """
    _change(context, "role.granted", {"kid": kid, "role": role, "jurisdictions": jurisdiction}, key)


@authority.command(context_settings=BY_KID)
def withdraw(
    context: typer.Context,
    kid: Kid,
    *,
    role: Annotated[str, typer.Option(help="Role code.")],
    key: Keys,
) -> None:
    """Take a role from a key, everywhere.

    Example: muniment authority withdraw KID --role EVC --key admin.pem
    """
    _change(context, "role.withdrawn", {"kid": kid, "role": role}, key)


@authority.command("list")
def list_keys(
    context: typer.Context,
    *,
    json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """List every key that the ledger ever knew.

    Example: muniment authority list
    """
    with errors_told(), open_office(context.obj) as office:
        size, now = office.ledger.size, int(time.time())
        keys = office.registry.keys.values()
        records = [_summary(each, index=size, now=now) for each in keys]
    if json:
        for record in records:
            data(record)
        return
    rows = [[_cell(value) for value in record.values()] for record in records]
    table(["key", "authority", "state", "roles", "jurisdictions"], rows)


def _change(context: typer.Context, evt: str, dat: dict[str, object], keys: list[Path]) -> None:
    with errors_told():
        signers = [load_key(path) for path in keys]
        with open_office(context.obj) as office:
            _tell(change_key(office, evt, dat, signers=signers))


def _tell(receipt: Receipt) -> None:
    data({"eid": receipt.eid, "index": receipt.index})
    say(f"Recorded and proved at index {receipt.index}.")


def _summary(record: KeyRecord, *, index: int, now: int) -> dict[str, object]:
    held = [grant for grant in record.grants if grant.during.until is None]
    places = {place for grant in held for place in grant.jurisdictions}
    return {
        "kid": record.kid,
        "authority": record.authority,
        "state": state_of(record, index=index, now=now),
        "roles": list(dict.fromkeys(grant.role for grant in held)),
        "jurisdictions": sorted(places),
    }


def _cell(value: object) -> str:
    return " ".join(value) if isinstance(value, list) else str(value)
