# SPDX-License-Identifier: Apache-2.0
"""Offers the console of a demonstration: an address, three log-ins, until it is interrupted."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from typing import Final

from api.bootstrap import open_office
from api.client.keyfile import FileKey
from api.demo.desks import READERS, Login, enrolling, make_logins
from api.demo.folder import DemoFolder
from api.demo.listening import HOST, PORT, listening, port_of
from api.demo.provider import STRONG, own_provider
from api.people.desk import Desk
from api.service.serving import serve
from api.service.settings import SERVICE_FILE, ServiceSettings

SECRET_FILE: Final = "demo-provider.secret"  # noqa: S105 - the name of a file
SECRET_OCTETS: Final = 32
SECRET_MODE: Final = 0o600

Say = Callable[[str], None]


def offer(folder: DemoFolder, roots: Sequence[FileKey], *, say: Say) -> None:
    """Serve the console of a founded demo ledger, and say who logs in there and how.

    Args:
        folder: The demonstration.
        roots: Two of its root keys; they enrol what is made in browsers.
        say: Says something to the person who watches.

    Raises:
        MunimentError: The ledger cannot be served.
    """
    with ExitStack() as stack:
        bound = stack.enter_context(listening())
        issuer = stack.enter_context(own_provider([each.name for each in READERS]))
        service = write_settings(folder, port=port_of(bound), issuer=issuer)
        office = stack.enter_context(open_office(folder.settings))
        desk = stack.enter_context(
            Desk.opened(folder.settings, service, database=office.database, ledger=office.ledger)
        )
        logins = make_logins(office, desk, roots, provider=issuer is not None)
        stack.enter_context(enrolling(office, desk, roots))
        if port_of(bound) != PORT:
            say(f"Port {PORT} is taken, perhaps by another demonstration; this one has its own.")
        say(_words(service.origin, logins, provider=issuer is not None))
        with suppress(KeyboardInterrupt):
            serve(folder.settings, service, bound=bound)


def write_settings(folder: DemoFolder, *, port: int, issuer: str | None) -> ServiceSettings:
    """Write how the demo ledger is served, as ``muniment serve`` and ``people`` read it."""
    lines = [
        f'origin = "http://localhost:{port}"',
        "synced_passkeys = true",
        f'bind = {{ host = "{HOST}", port = {port} }}',
    ]
    if issuer is not None:
        # Whoever has no passkey could approve nothing, and is to see everything.
        lines += ["approvals = []", "[oidc]", f'issuer = "{issuer}"', 'client_id = "demo"']
        lines += [f'client_secret_file = "{SECRET_FILE}"', f'acr_values = ["{STRONG}"]']
        _write_secret(folder)
    (folder.ledger / SERVICE_FILE).write_text("\n".join(lines) + "\n", "utf-8")
    return ServiceSettings.read(folder.ledger)


def _write_secret(folder: DemoFolder) -> None:
    path = folder.ledger / SECRET_FILE
    path.touch(mode=SECRET_MODE)
    path.write_text(secrets.token_urlsafe(SECRET_OCTETS), "utf-8")


def _words(origin: str, logins: Sequence[Login], *, provider: bool) -> str:
    lines = [f"The console is open at {origin} until you press Ctrl-C. Three people work there:"]
    for each in logins:
        lines += ["", f"{each.reader.what} ({', '.join(each.reader.roles)})"]
        if provider:
            lines.append(f'  "Log in at your organization", then the button {each.reader.name}')
        lines.append(f"  or with a passkey: {origin}/register#{each.code}")
    return "\n".join([*lines, "", _KEYS])


_KEYS: Final = """\
To sign, each makes a key at /keys/new; the root keys of this demonstration enrol it within a
second. The provider of these log-ins asks nobody for anything: it is for trying out alone."""
