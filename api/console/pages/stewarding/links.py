# SPDX-License-Identifier: Apache-2.0
"""The way from what is to be recorded to the pages that ask about it and have it signed.

Nothing is signed here: the pages of recording take these answers as if somebody had written them,
show every one again, and then the exact bytes.
"""

from __future__ import annotations

from dataclasses import dataclass

from api.console.forms.form import form_of, write_form
from api.registrar import Act
from domain.occurrence import Occurrence


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """An event whose questions are answered already.

    Attributes:
        evt: Its type.
        fields: Names and texts of the answers, as the pages of recording ask for them.
    """

    evt: str
    fields: tuple[tuple[str, str], ...]


def recording(act: Act, today: Occurrence) -> Recording:
    """Give what the pages of recording are told about an act of today."""
    answers = write_form(form_of(act.evt), occ=today.text, dat=act.dat, disclosures={})
    pairs = [(name, text) for name, texts in answers.fields.items() for text in texts]
    beside = [("stream", str(act.sub or "")), ("at", "1"), ("go", "step:1")]
    return Recording(evt=act.evt, fields=(*pairs, *beside))
