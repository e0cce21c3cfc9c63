# SPDX-License-Identifier: Apache-2.0
"""The process that appends for all processes of a service: ``python -m api.appending.process``.

Batches form by themselves (log specification 2.3, no linger): whatever has come in while one batch
was at work is the next, whichever process sent it. So many processes append at the rate of one, and
none of them works against another for the head of the log. It ends when its standard input does,
which the kernel closes even for a service that is killed.
"""

from __future__ import annotations

import gc
import selectors
import signal
import socket
import sys
from collections.abc import Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Final, cast

from api.appending.frames import Answers, answered, frames, unpacked
from api.bootstrap import open_office
from api.gate.approvals import Approvals
from api.people.desk import Desk
from api.service.telling import told_appender, told_service, told_settings
from api.telemetry.watching import Appending
from audit.signer.listener import HasFileno, listen
from domain.errors import MunimentError

SEND_SECONDS_MAX: Final = 5.0
"""A process that does not read its answers for so long is left alone."""

_READ_OCTETS: Final = 262_144


class Appender:
    """Serves one listening socket until it is told to stop."""

    def __init__(self, listening: socket.socket, append_all: Appending) -> None:
        """Bind the socket and what appends submissions in their order."""
        self._listening = listening
        self._append_all = append_all
        self._selector = selectors.DefaultSelector()
        self._received: dict[socket.socket, bytearray] = {}
        self._waiting: list[tuple[socket.socket, list[bytes]]] = []

    def serve(self, stop: HasFileno) -> None:
        """Append what comes in until ``stop`` becomes readable; what was taken in is answered."""
        self._selector.register(self._listening, selectors.EVENT_READ)
        self._selector.register(stop, selectors.EVENT_READ)
        while True:
            ready = [key.fileobj for key, _ in self._selector.select()]
            for each in ready:
                if each is self._listening:
                    self._accept()
                elif isinstance(each, socket.socket) and each in self._received:
                    self._receive(each)
            self._work()
            if stop in ready:
                return

    def close(self) -> None:
        """Hang up; the socket that listens is left to whoever opened it."""
        for client in list(self._received):
            self._drop(client)
        self._selector.close()

    def _accept(self) -> None:
        client, _ = self._listening.accept()
        client.settimeout(SEND_SECONDS_MAX)
        self._received[client] = bytearray()
        self._selector.register(client, selectors.EVENT_READ)

    def _receive(self, client: socket.socket) -> None:
        try:
            octets = client.recv(_READ_OCTETS)
            self._received[client] += octets
            self._waiting += [(client, unpacked(each)) for each in frames(self._received[client])]
        except OSError:
            octets = b""
        if not octets:
            self._drop(client)

    def _work(self) -> None:
        """Append everything that waits as one batch, and answer each frame in its order."""
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        answers = iter(self._answers([each for _, frame in waiting for each in frame]))
        for client, frame in waiting:
            self._send(client, answered(list(islice(answers, len(frame)))))

    def _answers(self, submissions: Sequence[bytes]) -> Answers:
        try:
            return self._append_all(submissions)
        except MunimentError as error:
            return [error] * len(submissions)

    def _send(self, client: socket.socket, octets: bytes) -> None:
        try:
            client.sendall(octets)
        except OSError:
            self._drop(client)

    def _drop(self, client: socket.socket) -> None:
        if self._received.pop(client, None) is not None:
            self._selector.unregister(client)
            client.close()


def main() -> None:
    """Open the ledger that the service has told, and append to it."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # those are for the service, which answers first
    settings, service = told_settings(), told_service()
    with (
        open_office(settings) as office,
        Desk.opened(settings, service, database=office.database, ledger=office.ledger) as desk,
        listen(cast("Path", told_appender())) as listening,
    ):
        gc.freeze()  # the catalogue and its schemas stay; searching them anew takes 75 ms each time
        with closing(Appender(listening, Approvals(office, desk).append_all)) as appender:
            appender.serve(sys.stdin)


if __name__ == "__main__":
    main()
