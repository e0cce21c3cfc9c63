# SPDX-License-Identifier: Apache-2.0
"""What lies beside the log of a ledger: what its witnesses and its clocks have said about it.

Two folders of the data directory hold it, one settings file names the authorities, and the policy
is the one under which cosignatures were last collected. Doors ask here when entries were recorded.
"""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, Protocol

from api.settings import LedgerName, Settings
from audit.export.founding import KEPT_FILE, trust_of, with_signatures
from audit.export.said import Said, what_was_said
from audit.export.times import NOTHING_KNOWN, Believed, Times, known_times
from audit.link import Link
from audit.proof.checkpoint import Checkpoint
from audit.proof.policy.file import read_policy
from audit.proof.policy.rule import Policy
from audit.proof.timestamps.authorities import TrustedAuthority
from audit.proof.verify.trust import Trust
from audit.signer.keys.known import known_log_keys
from audit.timestamps.asking import Asker
from audit.timestamps.settings import SETTINGS_FILE, read_settings
from audit.timestamps.shelf import Shelf
from audit.timestamps.stamping import Stamper
from audit.tree import tree_at
from audit.witness.collecting import POLICY_FILE, Collector, Lag

WITNESS_FOLDER: Final = "witnesses"
"""In the data directory: checkpoints with their cosignatures, and what each witness knows."""

STAMP_FOLDER: Final = "timestamps"
"""In the data directory: time-stamps with the checkpoints that they date."""


class Place(Protocol):
    """What is known of a ledger without opening it; an open ``Office`` is one too."""

    @property
    def name(self) -> LedgerName:
        """What the ledger is called."""

    @property
    def settings(self) -> Settings:
        """Where it lives."""


@dataclass(frozen=True, slots=True)
class Closed:
    """A ledger that is looked at without being opened for writing."""

    name: LedgerName
    settings: Settings


def what_others_said(place: Place, size: int, around: Collection[int] | None = None) -> Said:
    """Give what witnesses and clocks said about the log up to a size, or around some indexes.

    Raises:
        ProofError: The witnessed checkpoint is none.
        UnreachableError: A file cannot be read.
    """
    home = place.settings.home
    return what_was_said(home / WITNESS_FOLDER, home / STAMP_FOLDER, size=size, around=around)


def times_of(
    place: Place, link: Link, present: Checkpoint, *, around: Collection[int] | None = None
) -> Times:
    """Tell when entries were recorded, as far as the ledger's witnesses and clocks say so.

    Args:
        place: The ledger.
        link: A connection that may read the log.
        present: A checkpoint that the log signed.
        around: Indexes that are asked about; without them, everything is judged.

    Raises:
        UsageError: The policy or the settings of time-stamps are malformed.
        ProofError: Tiles of the stored tree are missing.
        UnreachableError: The database does not answer, or a file cannot be read.
    """
    said = what_others_said(place, present.size, around)
    if not said.notes:
        return NOTHING_KNOWN
    believed = Believed(
        trust=ledger_trust(place, link),
        policy=collected_policy(place.settings),
        authorities=named_authorities(place.settings),
        now=int(time.time()),
    )
    growth = tree_at(link, present.size).consistency
    return known_times(said, believed, present, growth=growth)


def ledger_trust(place: Place, link: Link) -> Trust:
    """Give what a stranger has to trust to verify this ledger, as root keys signed it if they did.

    Raises:
        UsageError: The ledger is not founded yet, or the signed file that is kept is damaged.
    """
    keys = known_log_keys(place.settings.signer_folder)
    name = place.name
    trust = trust_of(link, audience=name.audience, origin=name.origin, log_keys=keys)
    return with_signatures(trust, place.settings.home / KEPT_FILE)


def collected_policy(settings: Settings) -> Policy | None:
    """Give the policy under which cosignatures were last collected, if ever they were.

    Raises:
        UsageError: The file is no policy.
    """
    path = settings.home / WITNESS_FOLDER / POLICY_FILE
    return read_policy(path) if path.exists() else None


def named_authorities(settings: Settings) -> tuple[TrustedAuthority, ...] | None:
    """Give the authorities that date this ledger's checkpoints, if it names any.

    Raises:
        UsageError: ``tsa_settings`` or ``tsa_roots``.
    """
    path = settings.home / SETTINGS_FILE
    return tuple(each.trust for each in read_settings(path)) if path.exists() else None


def stamper_of(settings: Settings) -> Stamper | None:
    """Give what dates this ledger's checkpoints, if it names authorities.

    Raises:
        UsageError: ``tsa_settings`` or ``tsa_roots``.
    """
    path = settings.home / SETTINGS_FILE
    if not path.exists():
        return None
    return Stamper(Shelf(settings.home / STAMP_FOLDER), read_settings(path), Asker())


def witness_lag(place: Place, policy: Policy, *, size: int, now: float) -> tuple[Lag, int | None]:
    """Tell how far witnessing is behind, and the size that has its quorum, if any has.

    Args:
        place: The ledger.
        policy: Witnesses and quorum.
        size: Entries of the log.
        now: The time, in Unix seconds.
    """
    folder = place.settings.home / WITNESS_FOLDER
    kept = Collector(policy, place.name.origin, folder, clients=(), production=False)
    newest = kept.newest()
    return kept.lag(size, now), newest[1].checkpoint.size if newest else None
