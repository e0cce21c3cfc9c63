# SPDX-License-Identifier: Apache-2.0
"""What docs/sdk.md shows works, line by line, against a real service."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from api.access.caller import Reason
from api.client.calling.receipts import Receipt, proved
from api.client.desk import Desk
from api.client.keyfile import FileKey
from api.client.outbox import Outbox
from api.client.service import Client
from api.registrar import Enrolment, Founding, enrol, register_authority
from audit.proof.inclusion import parse_tlog_proof
from audit.proof.verify.trust import Trust, read_trust
from tests.architecture.source_tree import ROOT
from tests.integration.append.desk import born
from tests.integration.http.conftest import Served
from tests.unit.domain.least.component import LOSS
from tests.unit.domain.lives import HOLDING

AUTHORITY = "dealer.xa.17"
PASSPHRASE = "correct horse"  # noqa: S105 - a test's own
BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINES_OF_A_DEALER_MAX = 12


@pytest.fixture(name="names")
def names_fixture(
    served: Served, trust: Trust, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> dict[str, Any]:
    """Give a dealer's folder, keys and firearm under the names that the page uses."""
    monkeypatch.chdir(tmp_path)
    dealer = Founding(authority=AUTHORITY, name="Dealer", jurisdictions=["XA"], threshold=2)
    if AUTHORITY not in served.office.registry.authorities:
        register_authority(served.office, dealer, served.roots)
    _enrolled(served, "event", "MFR", "DLR").save(Path("officer.pem"), PASSPHRASE)
    _enrolled(served, "http", "DLR", "TRC").save(Path("machine.pem"), PASSPHRASE)
    Path("trust.json").write_bytes(trust.encode())
    officer = FileKey.load(Path("officer.pem"), PASSPHRASE)
    draft = replace(born(), iss=AUTHORITY)
    with Client.open(served.origin, officer, None, authority=AUTHORITY, ledger=trust) as maker:
        maker.append(draft)
    return {
        "Client": Client,
        "Desk": Desk,
        "FileKey": FileKey,
        "Outbox": Outbox,
        "Path": Path,
        "Reason": Reason,
        "read_trust": read_trust,
        "replace": replace,
        "passphrase": PASSPHRASE,
        "address": served.origin,
        "firearm": draft.sub,
        "holding": HOLDING,
        "drafts": [replace(born(), iss=AUTHORITY) for _ in range(2)],
        "loss": LOSS,
    }


def test_a_dealer_an_officer_offline_and_a_token_are_shown_as_they_work(
    names: dict[str, Any], trust: Trust
) -> None:
    dealer, asking, offline, token = BLOCK.findall((ROOT / "docs" / "sdk.md").read_text())
    assert len(dealer.splitlines()) <= LINES_OF_A_DEALER_MAX
    for shown in (dealer, asking, offline):
        exec(compile(shown, "docs/sdk.md", "exec"), names)  # noqa: S102 - our own page
    receipt = names["receipt"]
    octets = Path("receipt.tlog-proof").read_bytes()
    assert parse_tlog_proof(octets).index == receipt.index
    assert proved(octets, receipt.jws, trust, index=receipt.index) == receipt.checkpoint
    assert [type(each) for each in names["outcomes"]] == [Receipt, Receipt]
    assert names["history"]["firearm"] == names["firearm"]
    assert names["news"].items
    assert [len(names["sent"].receipts), names["sent"].refused] == [1, []]
    assert "TokenKey.open(" in token


def _enrolled(served: Served, key_class: Any, *roles: str) -> FileKey:
    key = FileKey.create("Ed25519")
    wanted = Enrolment(authority=AUTHORITY, roles=roles, jurisdictions=["XA"], key_class=key_class)
    enrol(served.office, wanted, key, proposer=served.roots[0], approver=served.roots[1])
    return key
