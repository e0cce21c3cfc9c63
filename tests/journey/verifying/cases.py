# SPDX-License-Identifier: Apache-2.0
"""Bundles to be verified twice: sound ones, and others that were touched in each kind of place."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api.client.keyfile import FileKey
from api.client.signer import sign
from audit.proof.note import verifier_key
from audit.proof.verify.container import pack
from audit.proof.verify.evidence import MANIFEST_FILE, Evidence, manifest_of
from audit.proof.verify.registry import may_be_registry
from audit.proof.verify.trust import LogKey, Trust
from domain.catalogue import CATALOGUE
from tests.journey.verifying.both import Case
from tests.unit.audit.verify.log_builder import LogBuilder, new_id, small_log
from tests.unit.audit.verify.test_verify_bundle import evidence
from tests.unit.audit.verify.trusting.test_older_trust import LOG as ROTATED
from tests.unit.audit.verify.trusting.test_older_trust import NEWER, OLD
from tests.unit.audit.verify.wider.others import consistency, cosigned, policy_file

Files = Mapping[str, bytes]

LOG: Final = small_log(3)
ARM: Final = LOG.register()
NOWHERE: Final = Path()


def _disclosed() -> bytes:
    """Record something with personal data, which is not in the log; give its presentation."""
    dat = {"acq": "purchase", "hld": new_id("hld"), "permit_class": "sport"}
    draft = LOG.draft("firearm.transferred", ARM, dat)
    claims = {"holder_name": "Ødegård, Žofie", "permit_no": "XA-42"}
    made = sign(draft, claims, LOG.officer, catalogue=CATALOGUE)
    LOG.entries.append(made.jws)
    return made.to_bytes()


PRESENTED: Final = _disclosed()
SIZE: Final = len(LOG.entries)


def _rich() -> Evidence:
    shown = evidence(LOG, ARM)
    note = cosigned(shown.checkpoint, ("court", "press"))
    proofs = {at: replace(each, checkpoint_note=note) for at, each in shown.proofs.items()}
    return replace(
        shown,
        checkpoint=note,
        proofs=proofs,
        others={4: LOG.note(4), 6: LOG.note(6)},
        last={6: cosigned(LOG.note(6))},
        consistency={(4, 6): consistency(LOG, 4, 6), (6, SIZE): consistency(LOG, 6, SIZE)},
        disclosures={SIZE - 1: PRESENTED},
    )


RICH: Final = _rich()
"""Evidence with everything in it: witnesses, older checkpoints, personal data."""


def zipped(files: Files) -> Files:
    """Pack files into the one archive that a bundle is."""
    return {"evidence.zip": b"".join(pack(files))}


def shown(of: Evidence, log: LogBuilder = LOG, **options: object) -> Case:
    """Give a bundle whose reader trusts the log."""
    return Case(**{"files": zipped(of.files()), "trust": log.trust(), **options})  # type: ignore[arg-type]


def changed(octets: bytes, at: int) -> bytes:
    """Change one octet into another of the same alphabet."""
    old = octets[at : at + 1]
    new = b"B" if old == b"A" else b"7" if old == b"3" else b"3" if old.isdigit() else b"A"
    return octets[:at] + new + octets[at + 1 :]


def touched() -> Iterator[tuple[str, Case]]:
    """Change one octet of every file, at three places each, named in the manifest or not."""
    files = RICH.files()
    for name in sorted(files):
        for part in (5, 50, 95):
            octets = changed(files[name], len(files[name]) * part // 100)
            yield f"{name} at {part} %", _touched({**files, name: octets})
            if name != MANIFEST_FILE:
                yield f"{name} at {part} %, named", _touched(named({**files, name: octets}))


def named(files: Files) -> Files:
    """Give files a manifest that names them as they are."""
    subject = json.loads(files[MANIFEST_FILE])["subject"]
    rest = {name: each for name, each in files.items() if name != MANIFEST_FILE}
    return {**rest, MANIFEST_FILE: manifest_of(subject, rest)}


def _touched(files: Files) -> Case:
    return Case(files=zipped(files), trust=LOG.trust(), policy=policy_file(LOG))


def containers() -> Iterator[tuple[str, Case]]:
    """Cut, lengthen and reorder the archive, and hand it over as a folder."""
    files = RICH.files()
    (octets,) = zipped(files).values()
    for keep in (0, 3, 4, 29, 40, 4_000, len(octets) // 2, len(octets) - 30, len(octets) - 1):
        yield f"cut at {keep}", Case(files={"e.zip": octets[:keep]}, trust=LOG.trust())
    yield "longer", Case(files={"e.zip": octets + b"hidden"}, trust=LOG.trust())
    first = next(iter(pack({"entries/0.jws": b"x"})))
    yield "a file twice", Case(files={"e.zip": first + b"x" + octets}, trust=LOG.trust())
    for name in ("entries/01.jws", "../evil", "entries/x.jws", "notes.txt"):
        yield f"with {name}", Case(files=zipped({**files, name: b"x"}), trust=LOG.trust())
    yield "as a folder", Case(files=files, trust=LOG.trust(), policy=policy_file(LOG))
    more = {**files, "letter.txt": b"x", "entries/999.jws": b"x"}
    yield "as a folder with more", Case(files=more, trust=LOG.trust())
    for name in sorted(files):
        rest = {other: each for other, each in files.items() if other != name}
        yield f"without {name}", Case(files=zipped(rest), trust=LOG.trust())
        if name != MANIFEST_FILE:
            yield f"never with {name}", _touched(named(rest))


def believed() -> Iterator[tuple[str, Case]]:
    """Let readers believe different things."""
    case = shown(RICH)
    yield "trusted", case
    yield "assumed", replace(case, trust=None, assume=True)
    yield "neither trusted nor assumed", replace(case, trust=None)
    yield "another ledger's trust", replace(case, trust=small_log(1).trust())
    yield "no trust file", Case(files=zipped({"entries/0.jws": b"x"}))
    for member, value in (
        ("genesis", "B" * 42 + "A"),
        ("threshold", 1),
        ("root_keys", ("B" * 42 + "A", "C" * 42 + "A")),
        ("audience", "ledger.yb-test"),
    ):
        trust = LOG.trust().model_copy(update={member: value})
        yield f"another {member}", replace(case, trust=trust)
    key = LOG.trust().log_keys[0]
    vkey = str(verifier_key("elsewhere/log", LOG.log_key.public_key()))
    elsewhere = LOG.trust(origin="elsewhere/log", log_keys=(LogKey(vkey=vkey, from_size=0),))
    yield "another origin", replace(case, trust=elsewhere)
    ended = LOG.trust(log_keys=(LogKey(vkey=key.vkey, from_size=0, to_size=5),))
    yield "a key that has ended", replace(case, trust=ended)
    for quorum in (1, 2, 3):
        yield f"quorum {quorum}", replace(case, policy=policy_file(LOG, quorum))
    yield "no quorum", replace(case, policy=b"quorum none\n")
    yield "a policy of another log", replace(case, policy=policy_file(small_log(1)))
    yield from _rotated()


def _rotated() -> Iterator[tuple[str, Case]]:
    arm = next(name for name in ROTATED.heads if name.startswith("arm."))
    bundle = evidence(ROTATED, arm)
    yield "a trust file that is older", _under(OLD.trust(), replace(bundle, trust=NEWER))
    yield "a trust file that is newer", _under(NEWER, bundle)
    yield "a key nobody named", _under(OLD.trust(), bundle)


def _under(trust: Trust, bundle: Evidence) -> Case:
    return Case(files=zipped(bundle.files()), trust=trust)


def compared() -> Iterator[tuple[str, Case]]:
    """Compare with checkpoints that readers kept."""
    fork = replace(small_log(5), log_key=LOG.log_key)
    stranger = replace(LOG, log_key=Ed25519PrivateKey.generate())
    for name, note in {
        "the same": LOG.note(),
        "an older one": LOG.note(4),
        "one without proof": LOG.note(5),
        "a fork": fork.note(SIZE),
        "an older fork": fork.note(6),
        "an older fork of another size": fork.note(5),
        "one of a stranger": stranger.note(),
        "no note": b"not a note",
        "nothing": b"",
        "an empty tree": LOG.note(0),
    }.items():
        yield name, shown(RICH, saved=note)


def recorded() -> Iterator[tuple[str, Case]]:
    """Record what an honest ledger would refuse, each under good signatures."""
    for name, record in _RECORDED.items():
        log = small_log(1)
        arm = record(log)
        yield name, shown(evidence(log, arm), log)
    yield from _assembled()


def _assembled() -> Iterator[tuple[str, Case]]:
    of = RICH
    own = sorted(at for at, jws in of.entries.items() if not may_be_registry(jws))
    one, other = own[-2:]
    yield "an entry twice", shown(replace(of, entries={**of.entries, other: of.entries[one]}))
    yield "receipts changed", shown(replace(of, proofs={**of.proofs, one: of.proofs[other]}))
    yield "about another", shown(replace(of, subject=new_id("arm")))
    for jws in (b"", b".", b"..", b"a.b.c", b"\xff" * 300, b"{" * 20_000, b"~", PRESENTED):
        yield f"{jws[:6]!r} for an entry", shown(replace(of, entries={**of.entries, one: jws}))
    yield "disclosed elsewhere", shown(replace(of, disclosures={one: PRESENTED}))
    jws, *texts, _ = PRESENTED.split(b"~")
    for name, parts in {
        "disclosed twice": [jws, *texts, texts[0], b""],
        "disclosed in part": [jws, texts[0], b""],
        "disclosed foreign": [jws, changed(texts[0], 9), b""],
        "disclosed without end": [jws, *texts],
    }.items():
        yield name, shown(replace(of, disclosures={other: b"~".join(parts)}))


def _later(log: LogBuilder, **changes: object) -> str:
    arm = log.register()
    log.transfer(arm, **changes)
    return arm


def _ended(log: LogBuilder) -> str:
    log.revoke(log.officer, log.key_stream)
    return log.register()


def _stranger(log: LogBuilder) -> str:
    return log.register(key=FileKey.create("Ed25519"))


def _elsewhere(log: LogBuilder) -> str:
    key = FileKey.create("ES256")
    log.enrol(key, new_id("key"), place="XA-NW")
    return log.register(key=key)


def _same_request(log: LogBuilder) -> str:
    jti = new_id("x").partition(".")[2]
    log.register(jti=jti)
    return log.register(jti=jti)


_RECORDED: Final[Mapping[str, Callable[[LogBuilder], str]]] = {
    "a key that has ended": _ended,
    "a key that nobody enrolled": _stranger,
    "a key of another place": _elsewhere,
    "one request twice": _same_request,
    "a number twice": lambda log: _later(log, seq=1),
    "another predecessor": lambda log: _later(log, prev="B" * 42 + "A"),
    "another ledger": lambda log: _later(log, aud="ledger.yb-test"),
    "another authority": lambda log: _later(log, iss="auth.yb"),
    "after it was signed": lambda log: _later(log, occ="2027-01-01"),
    "a year": lambda log: _later(log, occ="2015"),
    "too early": lambda log: _later(log, iat=1),
    "too late": lambda log: _later(log, iat=9_000_000_000),
}
