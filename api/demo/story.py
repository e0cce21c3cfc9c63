# SPDX-License-Identifier: Apache-2.0
"""The story of the demonstration, step by step.

Founding and signing are done here through the same functions as the command line's; the
rest are its real commands. What is told is what the ledger answered.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from api.bootstrap import Office, create_ledger, open_office
from api.client.ids import uuid7
from api.client.keyfile import FileKey
from api.demo.folder import MAPPING, REGISTER, SETTINGS, DemoFolder
from api.demo.forging import forge
from api.demo.life import LIFE, MAKE, MISREAD, REFUSED, SERIAL, STOLEN, UNSURE, Chapter
from api.demo.narrator import Narrator
from api.registrar import (
    Act,
    Enrolment,
    Founding,
    enrol,
    found,
    key_record,
    perform,
    register_authority,
)
from api.settings import LedgerName
from audit.database.place import find_place
from audit.proof.verify.report import ExitCode as Verdict
from domain.errors import RefusedError, UnsafeError
from domain.identifiers import StreamId

STEPS: Final = 8
LEDGER: Final = "ledger.xa-demo"
REGISTRY: Final = "auth.xa"
WORKS: Final = "auth.xa.works"
POLICE: Final = "auth.xa.police"


@dataclass(frozen=True, slots=True)
class Officer:
    """An officer of the demonstration: key name, authority, roles, jurisdictions."""

    key: str
    authority: str
    roles: Sequence[str]
    places: Sequence[str] = ("XA",)


OFFICERS: Final = (
    Officer("licensing", REGISTRY, ("LIC",)),
    Officer("importer", REGISTRY, ("STK",), ("US",)),
    Officer("maker", WORKS, ("MFR",)),
    Officer("police", POLICE, ("POL",)),
)
ROOTS: Final = ("root-1", "root-2", "root-3")


def tell(folder: DemoFolder, narrator: Narrator) -> list[FileKey]:
    """Tell the whole story; the ledger's servers run only for as long as it lasts.

    Returns:
        Two of the root keys, by which whoever goes on can enrol further keys.

    Raises:
        MunimentError: Something did not happen as it must.
    """
    narrator.step("A new ledger: database, log key, three authorities, seven test keys")
    create_ledger(folder.settings, LedgerName(audience=LEDGER, origin=LEDGER))
    with open_office(folder.settings) as office:
        keys = _found(office, folder, narrator)
        _import(narrator)
        seized_at = _live(office, keys, narrator)
        _trace(narrator)
        report = _verify(narrator)
        _forge(folder, narrator, index=seized_at, genuine=report)
    _next(folder, narrator)
    return [keys[name] for name in ROOTS[:2]]


def _found(office: Office, folder: DemoFolder, narrator: Narrator) -> dict[str, FileKey]:
    names = (*ROOTS, *(officer.key for officer in OFFICERS))
    keys = {name: _key(folder, name, narrator.passphrase) for name in names}
    roots = [keys[name] for name in ROOTS]
    registry = Founding(
        authority=REGISTRY,
        name="Registry of XA (test)",
        jurisdictions=["XA", "US"],
        threshold=2,
    )
    found(office, registry, roots)
    for authority, name in ((WORKS, "Example Works (test)"), (POLICE, "Police of XA (test)")):
        founding = Founding(authority=authority, name=name, jurisdictions=["XA"], threshold=1)
        register_authority(office, founding, roots[:2])
    for officer in OFFICERS:
        enrolment = Enrolment(
            authority=officer.authority, roles=officer.roles, jurisdictions=officer.places
        )
        enrol(office, enrolment, keys[officer.key], proposer=roots[0], approver=roots[1])
    database = find_place(folder.ledger).folder
    narrator.say(_FOUNDED.format(ledger=LEDGER, folder=folder.path, database=database))
    narrator.run("muniment authority list")
    narrator.say(_TRUSTED)
    narrator.run("muniment trust write trust.json")
    return keys


def _import(narrator: Narrator) -> None:
    narrator.step("A real register comes in: property lent to police forces in California, 2016")
    narrator.run(
        f"muniment import {REGISTER} --mapping {MAPPING} --key keys/importer.pem"
        " --rejects rejects.csv"
    )
    narrator.say(_IMPORTED)


def _live(office: Office, keys: dict[str, FileKey], narrator: Narrator) -> int:
    """Record the example's life and try what must be refused; give the last index."""
    narrator.step(f"An EXAMPLE firearm lives: {MAKE} {SERIAL} (invented; nobody's gun)")
    stream = StreamId("arm", uuid7(time.time_ns() // 1_000_000, secrets.token_bytes))
    index = 0
    for chapter in LIFE:
        index = perform(office, _act(chapter, stream), keys[chapter.key]).index
        signer = key_record(office, keys[chapter.key].kid).authority
        narrator.say(
            f"{chapter.occ[:10]}  {chapter.evt:<24} {signer:<15} entry {index:>6,}  {chapter.words}"
        )
        if chapter is STOLEN:
            for wrong in REFUSED:
                narrator.say(_refusal(office, wrong, stream, key=keys[wrong.key]))
    return index


def _act(chapter: Chapter, stream: StreamId) -> Act:
    return Act(
        evt=chapter.evt,
        dat=chapter.dat,
        sub=stream,
        occ=chapter.occ,
        disclosures=chapter.disclosures,
    )


def _refusal(office: Office, chapter: Chapter, stream: StreamId, *, key: FileKey) -> str:
    try:
        perform(office, _act(chapter, stream), key)
    except RefusedError as error:
        return f"            refused: {chapter.words}\n            {error.slug}: {error.sentence}"
    raise UnsafeError(f"The ledger took {chapter.words}.", slug="demo_failed")


def _trace(narrator: Narrator) -> None:
    narrator.step("A tracing officer reads one character wrongly: 8 for B")
    narrator.run(f"muniment trace --serial {MISREAD} --bundle example.zip")


def _verify(narrator: Narrator) -> str:
    narrator.step("A stranger verifies the evidence, with no server and no database")
    report = narrator.run("muniment-verify example.zip --trust trust.json")
    narrator.step("The whole log is written out and verified by the same program")
    narrator.run("muniment export export")
    return narrator.run("muniment-verify export --trust trust.json", unlike=report)


def _forge(folder: DemoFolder, narrator: Narrator, *, index: int, genuine: str) -> None:
    narrator.step("One byte is changed in a copy of it, in the entry of the seizure")
    size = _size(folder)
    forgery = forge(folder.path / "export", folder.path / "export-forged", index=index, size=size)
    narrator.say(
        f"export-forged/{forgery.file}, byte {forgery.at:,}: {chr(forgery.before)!r} became"
        f" {chr(forgery.after)!r}, which is in entry {index:,}."
    )
    command = "muniment-verify export-forged --trust trust.json"
    narrator.run(command, expected=(int(Verdict.VIOLATED),), unlike=genuine)


def _size(folder: DemoFolder) -> int:
    note = (folder.path / "export" / "checkpoint").read_text("utf-8")
    return int(note.splitlines()[1])


def _key(folder: DemoFolder, name: str, passphrase: str) -> FileKey:
    made = FileKey.create("ES256" if name == "police" else "Ed25519")
    made.save(folder.key(name), passphrase)
    return made


def _next(folder: DemoFolder, narrator: Narrator) -> None:
    narrator.step("What to try next")
    narrator.say(_next_words(folder))
    narrator.say(f"The demonstration took {narrator.seconds:.0f} seconds.")


def _next_words(folder: DemoFolder) -> str:
    return _NEXT.format(
        folder=folder.path,
        settings=SETTINGS,
        serial=SERIAL,
        unsure=UNSURE,
        register=REGISTER,
        mapping=MAPPING,
    )


_FOUNDED: Final = """\
{ledger} lies in {folder}/ledger,
its database, which listens to no network, in {database}.
Two of three root keys founded it and admitted each authority; one person proposed every
officer's key, and another approved it.
XA is a country code set aside for tests. US stands here because the register of the next
step comes from there. The keys are test keys: their passphrase lies beside them.
"""
_TRUSTED: Final = """\

What a stranger has to know, and gets by another way than the evidence: which key signs the log,
and which event founded it.
"""
_IMPORTED: Final = """\

The mapping says which rows to refuse: the file lists everything from boots to helicopters,
and only complete firearms are taken. rejects.csv gives line and reason of each. What the
source does not say, the ledger does not claim: serial numbers, makers, years, and what
became of a gun that is gone are "unknown".
"""
_NEXT: Final = """\
cd {folder}
. ./{settings}    # which ledger, where the programs are, the test keys' passphrase

muniment status                                          # how the ledger is
muniment trace --serial {serial} --as-at 2021-01-01   # the world on that day
muniment trace --serial "{unsure}" --json             # one character unknown
muniment events firearm.seized                           # what such an event holds
muniment-verify export --trust trust.json --json         # the verdict, for a program
muniment import {register} --mapping {mapping} \\
    --key keys/importer.pem                              # again: it adds nothing

`muniment demo` again starts afresh. README.md tells how to found a ledger of your own.
"""
