# SPDX-License-Identifier: Apache-2.0
"""Invented firearms with serials as makers form them, the same ones for the same seed.

Makers number in rows that begin low, so that short numbers occur under many makes; some
number by day or batch, with letters between or around the digits; one in ten writes Cyrillic.
A share bears an import and a proof mark, which thousands share, another number or a slide of
its own; what a laboratory made visible of a filed number is rare.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from projections.marking_search.fold import Text

SEED: Final = 20_261_128
LETTERS: Final = "ABCDEFGHJKLMNPRSTUVWXYZ"
CYRILLIC: Final = "".join(map(chr, range(0x410, 0x430)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Invented:
    """A firearm that is none."""

    make: str
    model: str
    calibre: str
    kind: str
    year: int
    texts: tuple[Text, ...]
    """Everything that it bears."""
    restored: str | None


@dataclass(frozen=True, slots=True)
class Maker:
    """A maker, and how its serials look: ``#`` counts, ``A`` and ``Я`` are letters."""

    name: str
    form: str
    models: tuple[str, ...]
    calibre: str
    kind: str


MAKERS: Final = (
    *(
        Maker(f"TESTWERK {name}", form, ("P1", "P2 COMPACT"), "9x19", "pistol")
        for name, form in zip("ABCDEF", ("AAA###", "TW9-######", "A#####Z", "#####", "######a",
                                         "##A####"), strict=True)
    ),
    *(
        Maker(f"MUSTER {name}", form, ("SPORTER", "MATCH 22"), ".22 LR", "rifle")
        for name, form in zip("ABCDEF", ("######", "#######", "A######", "##-#####", "A-####-A",
                                         "MU/######"), strict=True)
    ),
    *(
        Maker(f"ENSAYO {name}", form, ("ESCOPETA", "DOBLE"), "12/70", "shotgun")
        for name, form in zip("ABCD", ("####", "16-04-#####-##", "EN######", "####-AA"),
                              strict=True)
    ),
    Maker("ОБРАЗЕЦ", "ЯЯ ####", ("27", "43"), "7,62x39", "rifle"),
    Maker("ПРИМЕР", "Я#####", ("12", "18"), "9x18", "pistol"),
)  # fmt: skip

SHARES: Final = tuple(1 / (rank + 3) for rank in range(len(MAKERS)))


def invented(seed: int = SEED) -> Iterator[Invented]:
    """Give firearms without end."""
    chance = random.Random(seed)
    counts = dict.fromkeys(range(len(MAKERS)), 0)
    while True:
        (at,) = chance.choices(range(len(MAKERS)), SHARES)
        counts[at] += chance.randint(1, 3)
        yield _firearm(MAKERS[at], counts[at], chance)


def _firearm(maker: Maker, count: int, chance: random.Random) -> Invented:
    serial = formed(maker.form, count, chance)
    texts = [Text("serial", "frame", serial), Text("marking", "manufacture", serial)]
    if chance.random() < 0.2:
        texts.append(Text("marking", "import", f"XB {count % 20:02d}"))
        texts.append(Text("marking", "proof", chance.choice(("NP", "BP", "LEP", "PSF"))))
    if chance.random() < 0.1:
        texts.append(Text("number", "registry", f"{chance.randint(1998, 2024)}/{count:011d}"))
    if chance.random() < 0.05:
        texts.append(Text("number", "component", f"S{chance.randint(1, 999_999)}"))
    return Invented(
        make=maker.name,
        model=chance.choice(maker.models),
        calibre=maker.calibre,
        kind=maker.kind,
        year=1950 + count % 70,
        texts=tuple(texts),
        restored=_damaged(serial, chance) if chance.random() < 0.002 else None,
    )


def formed(form: str, count: int, chance: random.Random) -> str:
    """Write a count in the form of a maker."""
    places = form.count("#")
    digits = iter(f"{count:0{places}d}"[-places:])
    return "".join(_written(sign, digits, chance) for sign in form)


def _written(sign: str, digits: Iterator[str], chance: random.Random) -> str:
    match sign:
        case "#":
            return next(digits)
        case "A" | "Z":
            return chance.choice(LETTERS)
        case "a":
            return chance.choice(LETTERS).lower()
        case "Я":
            return chance.choice(CYRILLIC)
    return sign


def _damaged(serial: str, chance: random.Random) -> str:
    """Leave out one character, and two thirds of the time be unsure of another."""
    signs = list(serial)
    signs[chance.randrange(len(signs))] = "?"
    if chance.random() < 0.66:
        at = chance.randrange(len(signs))
        signs[at] = f"[{signs[at]}8]" if signs[at].isalnum() else signs[at]
    return "".join(signs)
