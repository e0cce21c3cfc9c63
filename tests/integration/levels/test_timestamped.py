# SPDX-License-Identifier: Apache-2.0
"""From an event to a receipt that is time-stamped under a policy, by commands alone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from audit.proof.verify.command import main as muniment_verify
from domain.identifiers import parse_stream_id, short_form
from tests.integration.append.desk import born
from tests.integration.levels.conftest import Yard
from tests.unit.audit.timestamps.local_authority import needs_openssl

pytestmark = needs_openssl


def upgraded(yard: Yard, receipt: bytes, source: Sequence[str] = ()) -> tuple[int, str]:
    """Upgrade a receipt in a folder of its own; give the code and the level it came to."""
    folder = yard.folder / f"receipts-{len(source)}"
    folder.mkdir()
    file = folder / "mine.tlog-proof"
    file.write_bytes(receipt)
    done = yard.run("receipt", "upgrade", str(file), *source, *yard.believed(), "--json")
    return done.code, json.loads(done.data)["level"]


@pytest.mark.parametrize("stamped_first", [False, True])
def test_an_event_is_witnessed_and_time_stamped_by_commands(
    dated: Yard, *, stamped_first: bool
) -> None:
    draft = born()
    receipt = dated.desk.append(draft).proof.encode()
    if stamped_first:
        assert dated.run("timestamp", "now").code == 0
    assert dated.collect()["witnessed"]
    assert dated.run("timestamp", "now", "--at-once").code == 0
    assert upgraded(dated, receipt) == (0, "timestamped")

    export = dated.folder / "public"
    assert dated.run("export", str(export)).code == 0
    assert upgraded(dated, receipt, ("--from", str(export))) == (0, "timestamped")
    assert verified(dated, export) == 0

    gun = dated.folder / "gun.zip"
    name = short_form(parse_stream_id(draft.sub).uuid)
    assert dated.run("trace", "--id", name, "--bundle", str(gun)).code == 0
    assert verified(dated, gun) == 0


def verified(yard: Yard, path: Path) -> int:
    return muniment_verify([str(path), *yard.believed(), "--jobs", "1"])
