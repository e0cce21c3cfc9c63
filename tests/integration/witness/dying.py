# SPDX-License-Identifier: Apache-2.0
"""Serves a witness that is killed the moment its new state is on disk, before it answers.

Run as ``python -m tests.integration.witness.dying FOLDER``.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path

from audit.witness.evidence import EvidenceStore
from audit.witness.key import load_cosigner
from audit.witness.listener import WitnessServer
from audit.witness.service import Witness
from audit.witness.store import Held, WitnessStore


class DyingStore(WitnessStore):
    """The store itself; only what comes after it never happens."""

    def move(self, before: Held, after: Held) -> bool:
        super().move(before, after)
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError


def main() -> None:
    folder = Path(sys.argv[1])
    witness = Witness(
        load_cosigner(folder), DyingStore(folder), EvidenceStore(folder), clock=time.time
    )
    with WitnessServer(("127.0.0.1", 0), witness) as server:
        sys.stdout.write(json.dumps({"listening": server.url}) + "\n")
        sys.stdout.flush()
        server.serve_forever()


if __name__ == "__main__":
    main()
