# SPDX-License-Identifier: Apache-2.0
"""Strangers' readers, which know nothing of us, read the published log over plain HTTP.

They are aics-tlog and tlog-scales (both Apache-2.0), two implementations that share no code; of
neither is anything used but its public names. Where one is not installed its tests say so.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.proof.cosignature import cosign, cosigner_key, signed_text
from audit.proof.merkle import CompactRange, leaf_hash
from audit.proof.note import verifier_key, with_lines
from audit.publishing.choosing import Choice
from tests.integration.publishing.serving import serving
from tests.unit.audit.publishing.press import LOG_KEY, ORIGIN, Press, entries_of

OLDER = 65_600
SIZE = 66_100
"""More than 256 times 256, so that tiles of three levels are read; the rest is in partial ones."""

PLACES = (0, 255, 256, 65_535, 65_536, SIZE - 1)


@dataclass(frozen=True)
class Site:
    """A published log and what is known of it.

    Attributes:
        url: Where it is served.
        entries: What it holds.
        witness: Verifier key of the witness that cosigned its checkpoint.
    """

    url: str
    entries: list[bytes]
    witness: str

    @property
    def vkey(self) -> str:
        return str(verifier_key(ORIGIN, LOG_KEY.public_key()))

    def root(self, size: int = SIZE) -> bytes:
        return CompactRange().extend(map(leaf_hash, self.entries[:size])).root()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Publish a log in two steps, its last checkpoint cosigned, and serve it."""
    press = Press(tmp_path_factory.mktemp("public"), entries_of(SIZE))
    key, name = Ed25519PrivateKey.generate(), "witness.example/w1"
    with pytest.MonkeyPatch.context() as quick:
        quick.setattr("os.fsync", lambda _: None)
        press.publish(OLDER)
        note = press.note(SIZE)
        line = cosign(signed_text(note), name=name, private_key=key, at=int(time.time()))
        cosigned = with_lines(note, [line])
        press.publisher.publish(Choice(newest=cosigned, checkpoint=cosigned))
    with serving(press.folder) as url:
        yield Site(url, press.entries, str(cosigner_key(name, key.public_key())))


class TestAicsTlog:
    """The reader of aics-tlog."""

    @pytest.fixture
    def tlog(self) -> Any:
        return pytest.importorskip("aics_tlog", reason="aics-tlog is not installed")

    @pytest.fixture
    def reader(self, tlog: Any, site: Site) -> Any:
        return tlog.HttpTileReader(site.url, proxies={})

    def test_it_accepts_the_checkpoint_with_its_witness(
        self, tlog: Any, reader: Any, site: Site
    ) -> None:
        note = tlog.parse_note(reader.read_checkpoint())
        log, witness = tlog.parse_vkey(site.vkey), tlog.parse_vkey(site.witness)
        result = tlog.verify_checkpoint(note, log, [witness], 1, expected_origin=ORIGIN)
        assert result.ok, result.error
        found = tlog.parse_checkpoint(note.text)
        assert (found.size, found.root) == (SIZE, site.root())

    def test_every_tile_and_every_entry_is_right(self, tlog: Any, reader: Any, site: Site) -> None:
        report = tlog.audit_tiles(reader, SIZE, site.root())
        assert (report.size, report.bundles) == (SIZE, 259)
        assert reader.stats["errors"] == 0

    @pytest.mark.parametrize("index", PLACES)
    def test_it_proves_an_entry(self, tlog: Any, reader: Any, site: Site, index: int) -> None:
        verified = tlog.VerifiedTileReader(reader, SIZE, site.root())
        assert tlog.read_entry(verified, index, SIZE) == site.entries[index]
        path = tlog.inclusion_proof_from_tiles(reader, index, SIZE)
        entry = site.entries[index]
        assert tlog.verify_leaf_inclusion(entry, index, SIZE, path, site.root())

    def test_it_proves_that_the_log_only_grew(self, tlog: Any, reader: Any, site: Site) -> None:
        proof = tlog.consistency_proof_from_tiles(reader, OLDER, SIZE)
        assert tlog.verify_consistency(OLDER, SIZE, site.root(OLDER), site.root(), proof)


class TestTlogScales:
    """The reader of tlog-scales."""

    @pytest.fixture
    def scales(self) -> Any:
        reason = "tlog-scales is not installed"
        parts = ("backend", "reader", "signing", "tiles")
        return SimpleNamespace(
            **{part: pytest.importorskip(f"tlog_scales.{part}", reason=reason) for part in parts}
        )

    @pytest.fixture
    def reader(self, scales: Any, site: Site) -> Any:
        backend = scales.backend.make_backend(site.url)
        backend.session.trust_env = False
        made = scales.reader.TilesReader(backend)
        made.get_checkpoint()
        return made

    def test_it_accepts_the_checkpoint_with_its_witness(
        self, scales: Any, reader: Any, site: Site
    ) -> None:
        found = reader.get_checkpoint()
        assert (found.origin, found.size, found.root_hash) == (ORIGIN, SIZE, site.root())
        for vkey in (site.vkey, site.witness):
            found.verify(scales.signing.Vkey.from_string(vkey))

    def test_the_tiles_give_the_signed_root(self, reader: Any, site: Site) -> None:
        assert reader.calculate_root_hash() == site.root()

    @pytest.mark.parametrize("index", PLACES)
    def test_it_proves_an_entry(self, scales: Any, reader: Any, site: Site, index: int) -> None:
        entry = reader.get_entry(index)
        assert entry == site.entries[index]
        proof = reader.get_inclusion_proof(index, SIZE)
        proof.check(scales.tiles.leaf_hash(entry), site.root())

    def test_it_proves_that_the_log_only_grew(self, reader: Any, site: Site) -> None:
        reader.get_consistency_proof(OLDER, SIZE).check(site.root(OLDER), site.root())
