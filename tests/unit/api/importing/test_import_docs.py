# SPDX-License-Identifier: Apache-2.0
"""What docs/importing.md shows works, and it leaves nothing out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from api.importing.mapping import model
from api.importing.refusals import REASONS
from tests.unit.api.importing.builders import mapping_of, write
from tests.unit.api.importing.desk import appoint, open_register, run
from tests.unit.every import for_every

TEXT = Path("docs/importing.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)
    assert found
    return found[1]


def test_the_example_gives_what_the_text_says(tmp_path: Path) -> None:
    register = open_register(tmp_path / "keys")
    signatory = appoint(register, ["POL"], ["XA"])
    file = write(tmp_path / "pistols.csv", block("csv").encode())
    tally = run(signatory, file, mapping=mapping_of(block("toml")))
    assert (tally.rows, tally.events) == (5, 6)
    assert tally.refused == {"not_a_firearm": 1}


@for_every(REASONS, "reason")
def test_every_reason_is_explained(reason: str) -> None:
    assert f"`{reason}`" in TEXT


@pytest.mark.parametrize(
    "part",
    [
        model.SourcePart,
        model.IdentityPart,
        model.Table,
        model.Spelling,
        model.EventPart,
        model.Value,
        model.Condition,
    ],
)
def test_every_key_of_a_mapping_is_explained(part: type[BaseModel]) -> None:
    keys = {field.alias or name for name, field in part.model_fields.items()}
    words = set(re.findall(r"[a-z_]+", TEXT))
    assert keys <= words, keys - words
