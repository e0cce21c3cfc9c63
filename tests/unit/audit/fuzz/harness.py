# SPDX-License-Identifier: Apache-2.0
"""Searches the parsers for faults with atheris, led by coverage, for as long as one likes.

No test: ``python -m tests.unit.audit.fuzz.harness TARGET [CORPUS] [-max_total_time=60]``. It needs
``pip install atheris`` (3.0.0 was used); without a target it lists them. What it finds belongs
into the seeds of ``targets``.
"""

from __future__ import annotations

import importlib
import sys
from contextlib import suppress
from pathlib import Path
from tempfile import mkdtemp

PACKAGES = ["audit.proof", "audit.witness"]


def main() -> None:
    """Search one target; a fault ends it with the octets that show it."""
    atheris = importlib.import_module("atheris")
    with atheris.instrument_imports(include=PACKAGES):
        targets = importlib.import_module("tests.unit.audit.fuzz.targets").TARGETS
        errors = importlib.import_module("domain.errors")
    name, *rest = sys.argv[1:] or [""]
    if name not in targets:
        sys.exit(f"Name one of: {', '.join(targets)}")
    target = targets[name]
    folders = [each for each in rest if not each.startswith("-")]
    corpus = Path(folders[0] if folders else mkdtemp(prefix="muniment-fuzz-"))
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(target.seeds):
        (corpus / f"seed-{number}").write_bytes(seed)

    def once(octets: bytes) -> None:
        with suppress(errors.MunimentError):
            if target.read(octets) not in {None, octets}:
                raise AssertionError(octets)

    options = [each for each in rest if each.startswith("-")]
    atheris.Setup([sys.argv[0], *options, str(corpus)], once)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
