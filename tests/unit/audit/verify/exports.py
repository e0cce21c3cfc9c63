# SPDX-License-Identifier: Apache-2.0
"""Small evidence that has every kind of file: an export, and a bundle about one firearm."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

from api.client.attest import stand_for_trust
from api.client.keyfile import FileKey
from api.client.signer import Submission, sign
from audit.proof.timestamps.files import StampName, dated_path, note_path
from audit.proof.verify.beside.history import last_name
from audit.proof.verify.evidence import Evidence
from audit.proof.verify.trust import TRUST_FILE, Trust
from domain.catalogue import CATALOGUE
from tests.unit.audit.heads.chronicle import proof_of, state_epoch
from tests.unit.audit.timestamps.local_authority import DAY, NOW, LocalAuthority, revocation_list
from tests.unit.audit.verify.log_builder import NOW as COSIGNED
from tests.unit.audit.verify.log_builder import LogBuilder, new_id
from tests.unit.audit.verify.test_verify_bundle import evidence
from tests.unit.audit.verify.wider.others import consistency, cosigned

SIZE: Final = 2
OLDER: Final = 1
LATER: Final = COSIGNED + 60
LATEST: Final = LATER + 60
"""When the older checkpoint was cosigned again, and the newest one, in Unix seconds."""


def quick_log() -> LogBuilder:
    """Found a log whose keys are quickly checked, so that it can be verified for every octet."""
    keys = [FileKey.create("ES256") for _ in range(3)]
    log = LogBuilder(roots=(keys[0], keys[1]), officer=keys[2])
    log.found()
    return log


def export_log(log: LogBuilder) -> LogBuilder:
    """Give the log of the export: its founding, and a key that is proposed."""
    log.enrol(log.officer, log.key_stream)
    return replace(log, entries=log.entries[:SIZE])


def write_export(folder: Path, log: LogBuilder, *clocks: LocalAuthority) -> Path:
    """Write the log as it was exported at two sizes, with what was said about it.

    Its newest checkpoint was dated before it was cosigned, the older one cosigned twice.
    """
    replace(log, entries=log.entries[:OLDER]).export(folder)
    log.export(folder)
    note, older = log.note(), log.note(OLDER)
    files = {
        "checkpoint": cosigned(note, at=LATEST),
        TRUST_FILE: signed_trust(log).encode(),
        note_path(OLDER): cosigned(older),
        last_name(OLDER): cosigned(older, at=LATER),
        dated_path(SIZE): note,
    }
    for clock in clocks:
        files |= _stamp(clock, note)
    for name in ("checkpoints", "tsa"):
        (folder / name).mkdir()
    for name, octets in files.items():
        (folder / name).write_bytes(octets)
    return folder


def signed_trust(log: LogBuilder) -> Trust:
    """Give the trust file with the signatures of its root keys."""
    trust = log.trust()
    for key in log.roots:
        trust = stand_for_trust(key, trust)
    return trust


def write_disclosing(folder: Path, log: LogBuilder) -> Path:
    """Write the log as it discloses who holds a firearm."""
    log.enrol(log.officer, log.key_stream)
    made = _disclosed(log, new_id("arm"))
    log.export(folder)
    (folder / "disclosures").mkdir()
    name = f"disclosures/{len(log.entries) - 1}.sd-jwt"
    (folder / name).write_bytes(made.to_bytes())
    return folder


def _stamp(clock: LocalAuthority, note: bytes) -> dict[str, bytes]:
    """Date a note, and keep all that may be kept beside the answer."""
    papers, name = clock.stamp(note), StampName(SIZE, clock.name)
    issuer = clock.between[-1] if clock.between else clock.root
    files = {
        name.path("tsr"): papers.answer,
        name.path("tsq"): papers.request or b"",
        name.path("pem"): papers.chain,
        name.path("crl"): revocation_list(issuer, [], when=NOW - DAY / 2, reason=None),
    }
    return {each: octets for each, octets in files.items() if octets}


def full_evidence(log: LogBuilder, folder: Path) -> Evidence:
    """Give evidence about a firearm with every kind of file but time-stamps."""
    log.enrol(log.officer, log.key_stream)
    arm = new_id("arm")
    index, made = len(log.entries), _disclosed(log, arm)
    state_epoch(log, folder / "map")
    size = len(log.entries)
    return replace(
        evidence(log, arm),
        trust=signed_trust(log),
        others={OLDER: cosigned(log.note(OLDER))},
        last={OLDER: cosigned(log.note(OLDER), at=LATER)},
        consistency={(OLDER, size): consistency(log, OLDER, size)},
        heads={1: proof_of(log, arm, folder / "proof").encode()},
        disclosures={index: made.to_bytes()},
    )


def _disclosed(log: LogBuilder, arm: str) -> Submission:
    """Append an event of a firearm with personal data."""
    draft = log.draft("firearm.transferred", arm, _DAT)
    made = sign(draft, {"holder_name": "A. Person"}, log.officer, catalogue=CATALOGUE)
    log.entries.append(made.jws)
    return made


_DAT: Final = {"acq": "purchase", "hld": new_id("hld"), "permit_class": "sport"}
