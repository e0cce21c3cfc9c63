# SPDX-License-Identifier: Apache-2.0
"""Runs the signer: ``python -m audit.signer --folder F --origin O [--conninfo C]``.

The connection string may come by the environment instead, where no process list
shows it. One SIGTERM stops the signer after the request in hand. With ``--detach``
it goes into the background once its socket listens, and says on standard output, as
an answer of `protocol`, why it could not.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

from audit.signer.files import socket_path, take_lock, write_pid
from audit.signer.identity import Identity, load_identity
from audit.signer.keys.rotation import complete_keys
from audit.signer.listener import Listener, listen
from audit.signer.protocol import CONNINFO_VARIABLE, encode, error_answer
from audit.signer.state import StateFile
from domain.errors import MunimentError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the signer until SIGTERM; exit code 1 when it cannot start."""
    options = _options(arguments)
    try:
        lock = take_lock(options.folder)
        state = StateFile(options.folder)
        complete_keys(options.folder, state.tree.size)
        identity = load_identity(options.folder, options.origin)
        listening = listen(socket_path(options.folder))
    except MunimentError as error:
        sys.stdout.buffer.write(encode(error_answer(error)))
        sys.stdout.flush()
        print(error, file=sys.stderr)  # noqa: T201 - standard error is the signer's log
        return 1
    if not options.detach:
        write_pid(lock, os.getpid())
    elif child := os.fork():
        write_pid(lock, child)
        os._exit(0)
    else:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    _serve(identity, state, listening=listening, conninfo=options.conninfo)
    return 0


def _serve(
    identity: Identity, state: StateFile, *, listening: socket.socket, conninfo: str
) -> None:
    stopped, wake = socket.socketpair()
    wake.setblocking(False)  # noqa: FBT003 - the standard library's own signature
    signal.set_wakeup_fd(wake.fileno())
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    # The database driver takes most of the start-up time; callers already wait in
    # the socket's queue while it is loaded.
    from audit.signer.desk import Desk  # noqa: PLC0415

    desk = Desk(identity, state, conninfo)
    listener = Listener(listening, desk.answer)
    listener.serve(stopped)
    listener.close()
    desk.close()


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m audit.signer", description="The log signer.")
    parser.add_argument("--folder", type=Path, required=True, help="the signer's own folder")
    parser.add_argument("--origin", required=True, help="identity of the log")
    parser.add_argument(
        "--conninfo",
        default=os.environ.get(CONNINFO_VARIABLE, ""),
        help=f"PostgreSQL connection string; by default from {CONNINFO_VARIABLE}",
    )
    parser.add_argument("--detach", action="store_true", help="go into the background")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
