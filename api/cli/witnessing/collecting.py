# SPDX-License-Identifier: Apache-2.0
"""``muniment witness collect``: the ledger's newest checkpoint, taken to its witnesses."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Final

from api.beside import WITNESS_FOLDER
from api.bootstrap import Office, open_office
from api.cli.exit_codes import ExitCode
from api.cli.speech import data, say, table
from api.settings import Settings
from audit.link import Link
from audit.proof.growth import TileNodes
from audit.proof.policy.file import read_policy
from audit.proof.policy.rule import Policy, shown
from audit.tree import tree_at
from audit.witness.client import WitnessClient
from audit.witness.collecting import Collected, Collector, Lag
from audit.witness.memory import WitnessMemory
from domain.errors import UnsafeError

FOLDER: Final = WITNESS_FOLDER
ALARM: Final = "ALARM: witnesses are behind. Ask their operators; nothing of the ledger is lost."


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of asking, and how far witnessing is behind now."""

    collected: Collected
    lag: Lag


def collect_now(settings: Settings, path: Path) -> Outcome:
    """Have the newest checkpoint of a ledger cosigned by every witness of a policy.

    Raises:
        UsageError: The policy is malformed or asks for no witness.
        ProofError: The policy does not know this ledger's log key.
        UnreachableError: The database, the signer or the disk is away.
    """
    policy = read_policy(path)
    with open_office(settings) as office:
        checkpoint, note = office.notary.checkpoint()
        with closing(Link(office.database.conninfo("ledger_reader"))) as link:
            tree = tree_at(link, checkpoint.size)
            collector = _collector(office, policy, tree=tree)
            collected = collector.collect(note)
            return Outcome(collected, collector.lag(checkpoint.size, time.time()))


def tell(outcome: Outcome, *, json: bool) -> ExitCode:
    """Show what each witness said, and whether there is a quorum; give the exit code."""
    found, lag = outcome.collected, outcome.lag
    rows = _rows(found)
    if json:
        data(
            {
                "size": found.checkpoint.size,
                "witnessed": found.witnessed,
                "witnesses": dict(rows),
                "lag_entries": lag.entries,
                "lag_seconds": lag.seconds,
                "alarm": lag.alarm,
            }
        )
    else:
        table(("witness", "says"), rows)
        quorum = "has its quorum" if found.witnessed else "LACKS its quorum"
        say(f"The checkpoint of size {found.checkpoint.size:,} {quorum}.")
    if lag.entries and not json:
        say(f"{lag}.")
    if lag.alarm:
        say(ALARM)
    return _code(found)


def _rows(found: Collected) -> list[tuple[str, str]]:
    """Give what each witness said; a cosignature of an earlier run stands beside a failure."""
    failed = {name: f"{error.slug}: {error}" for name, error in found.failures}
    earlier = {
        name: f"cosigned earlier; now {failed[name]}" for name in found.cosigned if name in failed
    }
    said = {**dict.fromkeys(found.cosigned, "cosigned"), **failed, **earlier}
    return [(shown(name), words) for name, words in said.items()]


def _code(found: Collected) -> ExitCode:
    if any(isinstance(error, UnsafeError) for _, error in found.failures):
        return ExitCode.NOT_VERIFIED
    return ExitCode.OK if found.witnessed else ExitCode.UNREACHABLE


def _collector(office: Office, policy: Policy, *, tree: TileNodes) -> Collector:
    folder = office.settings.home / FOLDER
    one_at_a_time = Lock()

    def proof(old: int, _new: int) -> Sequence[bytes]:
        with one_at_a_time:
            return tree.consistency(old)

    clients = [
        WitnessClient(witness=each, memory=WitnessMemory(folder, each.key), proof=proof)
        for each in policy.witnesses
        if each.url is not None
    ]
    return Collector(policy, office.name.origin, folder, clients=clients, production=True)
