# SPDX-License-Identifier: Apache-2.0
"""Searches the parsers for faults with atheris, led by coverage, for as long as one likes.

``make fuzz SECONDS=60`` searches every target in turn, ``make fuzz TARGET=note`` one of them;
run as a module, it takes a folder for the corpus as well. What it finds belongs into the seeds.
"""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import Final, NoReturn

PACKAGES: Final = ["audit.proof", "audit.witness", "domain"]


def main(seconds: str = "60", name: str = "", folder: str = "") -> None:
    """Search one target, or all; a fault ends it with the octets that show it."""
    if folder:
        _search(seconds, name, Path(folder))
    targets = importlib.import_module("tests.unit.audit.fuzz.signed").EVERY
    if name and name not in targets:
        sys.exit(f"Name one of: {', '.join(targets)}")
    for each in [name] if name else targets:
        print(f"== {each}", flush=True)  # noqa: T201 - whoever waits sees where it is
        # A search ends its process without leaving Python, so another one has to tidy up.
        with TemporaryDirectory(prefix="muniment-fuzz-") as place:
            command = [sys.executable, "-m", __spec__.name, seconds, each, place]
            code = subprocess.run(command, check=False).returncode
        if code:
            sys.exit(code)


def _search(seconds: str, name: str, folder: Path) -> NoReturn:
    atheris = importlib.import_module("atheris")
    with atheris.instrument_imports(include=PACKAGES):
        target = importlib.import_module("tests.unit.audit.fuzz.signed").EVERY[name]
        errors = importlib.import_module("domain.errors")

    def once(octets: bytes) -> None:
        with suppress(errors.MunimentError):
            if target.read(octets) not in {None, octets}:
                raise AssertionError(octets)

    found = Path(gettempdir(), "muniment-fuzz-found-")
    options = [f"-max_total_time={seconds}", f"-artifact_prefix={found}"]
    atheris.Setup([sys.argv[0], *options, str(_corpus(folder, target.seeds))], once)
    atheris.Fuzz()
    sys.exit()


def _corpus(folder: Path, seeds: Iterable[bytes]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds):
        (folder / f"seed-{number}").write_bytes(seed)
    return folder


if __name__ == "__main__":
    main(*sys.argv[1:])
