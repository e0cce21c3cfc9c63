# SPDX-License-Identifier: Apache-2.0
"""What lies beside the log of a ledger: what its witnesses and its clocks have said about it.

Two folders of the data directory hold it, one settings file names the authorities, and the policy
is the one under which cosignatures were last collected. Doors ask here when entries were recorded.
"""

from __future__ import annotations

import time
from collections.abc import Collection
from typing import Final

from api.bootstrap import Office
from api.settings import Settings
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
from audit.timestamps.settings import SETTINGS_FILE, read_settings
from audit.tree import tree_at
from audit.witness.collecting import POLICY_FILE

WITNESS_FOLDER: Final = "witnesses"
"""In the data directory: checkpoints with their cosignatures, and what each witness knows."""

STAMP_FOLDER: Final = "timestamps"
"""In the data directory: time-stamps with the checkpoints that they date."""


def what_others_said(office: Office, size: int, around: Collection[int] | None = None) -> Said:
    """Give what witnesses and clocks said about the log up to a size, or around some indexes.

    Raises:
        ProofError: The witnessed checkpoint is none.
        UnreachableError: A file cannot be read.
    """
    home = office.settings.home
    return what_was_said(home / WITNESS_FOLDER, home / STAMP_FOLDER, size=size, around=around)


def times_of(
    office: Office,
    link: Link,
    present: Checkpoint,
    around: Collection[int] | None = None,
) -> Times:
    """Tell when entries were recorded, as far as the ledger's witnesses and clocks say so.

    Args:
        office: The open ledger.
        link: A connection that may read the log.
        present: A checkpoint that the log signed.
        around: Indexes that are asked about; without them, everything is judged.

    Raises:
        UsageError: The policy or the settings of time-stamps are malformed.
        ProofError: Tiles of the stored tree are missing.
        UnreachableError: The database does not answer, or a file cannot be read.
    """
    said = what_others_said(office, present.size, around)
    if not said.notes:
        return NOTHING_KNOWN
    believed = Believed(
        trust=ledger_trust(office, link),
        policy=collected_policy(office.settings),
        authorities=named_authorities(office.settings),
        now=int(time.time()),
    )
    return known_times(said, believed, present, tree_at(link, present.size).consistency)


def ledger_trust(office: Office, link: Link) -> Trust:
    """Give what a stranger has to trust to verify this ledger, as root keys signed it if they did.

    Raises:
        UsageError: The ledger is not founded yet, or the signed file that is kept is damaged.
    """
    keys = known_log_keys(office.settings.signer_folder)
    name = office.name
    trust = trust_of(link, audience=name.audience, origin=name.origin, log_keys=keys)
    return with_signatures(trust, office.settings.home / KEPT_FILE)


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
