# SPDX-License-Identifier: Apache-2.0
"""A provider of log-ins for a demonstration: anybody may be anybody, by the press of a button.

It is the package oidc-provider-mock, which stands among the tools of development, run as a program
of its own on this machine alone. Where it is not installed, or for anything but a demonstration,
there is none.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Final

PACKAGE: Final = "oidc_provider_mock"
STRONG: Final = "demo"
"""The authentication context that it states, so that a log-in is good enough to sign by."""

STOP_SECONDS: Final = 10

_PROGRAM: Final = """
import sys
from oidc_provider_mock import User, run_server_in_thread
people = [User(sub=name, claims={"acr": sys.argv[1]}) for name in sys.argv[2:]]
with run_server_in_thread(user_claims=people) as server:
    print(server.server_port, flush=True)
    sys.stdin.read()
"""


@contextmanager
def own_provider(names: Sequence[str]) -> Iterator[str | None]:
    """Run the provider for as long as the ``with`` lasts; give its issuer, if there is one."""
    if find_spec(PACKAGE) is None:
        yield None
        return
    with subprocess.Popen(  # noqa: S603 - our own words, and names that stand in our own code
        [sys.executable, "-W", "ignore", "-c", _PROGRAM, STRONG, *names],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**_plain(os.environ), "AUTHLIB_INSECURE_TRANSPORT": "1"},
        start_new_session=True,  # an interrupt is for the service, which ends this one
    ) as process:
        port = process.stdout.readline().strip() if process.stdout else ""
        try:
            yield f"http://localhost:{int(port)}" if port else None
        finally:
            process.communicate("", timeout=STOP_SECONDS)


def _plain(environment: os._Environ[str]) -> dict[str, str]:
    """Give what any program needs, and nothing of ours, such as a passphrase."""
    return {name: environment[name] for name in ("PATH", "LANG") if name in environment}
