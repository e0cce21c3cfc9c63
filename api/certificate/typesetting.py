# SPDX-License-Identifier: Apache-2.0
"""From a document to the PDF: archival, tagged, and always the same bytes.

The typesetter is given a folder of its own with three files in it, the template, the document as
JSON and the evidence, and can read nothing outside of it. Text of the document is never read as
markup, so nothing that somebody engraved on a firearm can become code.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

from api.certificate.faces import DATA_FAMILIES, FAMILIES, drawable, font_files, missing
from api.certificate.wording import made_visible
from domain.errors import MunimentError

if TYPE_CHECKING:
    import typst

TEMPLATE: Final = Path(__file__).parent / "certificate.typ"
STANDARDS: Final = ("a-3a", "ua-1")
"""PDF/A-3a keeps for decades and carries files; PDF/UA-1 can be read by a screen reader."""


def typeset(document: Mapping[str, Any], evidence: bytes, *, dated: int) -> bytes:
    """Set a document, with the evidence in it.

    Args:
        document: What is to be read, as JSON values.
        evidence: The bundle that is attached.
        dated: When the document is said to be made, Unix seconds.

    Raises:
        UsageError: ``certificates_missing``.
        MunimentError: ``certificate_unset``, a fault of ours.
    """
    try:
        import typst  # noqa: PLC0415 - only the extra brings it, and only this needs it
    except ImportError:
        raise missing() from None
    shown = {
        **made_visible(dict(document), drawable()),
        "fonts": FAMILIES,
        "data_fonts": DATA_FAMILIES,
    }
    with TemporaryDirectory(prefix="muniment-certificate-") as name:
        folder = Path(name)
        (folder / TEMPLATE.name).write_bytes(TEMPLATE.read_bytes())
        (folder / "document.json").write_text(json.dumps(shown, ensure_ascii=False), "utf-8")
        (folder / "evidence").write_bytes(evidence)
        try:
            return compiled(folder, dated=dated)
        except typst.TypstError as error:
            raise MunimentError(
                "The certificate could not be typeset.",
                slug="certificate_unset",
                next_step="This is a fault of the program; report it with MUNIMENT_DEBUG=1.",
            ) from error


def compiled(folder: Path, *, dated: int) -> bytes:
    """Compile the template in a folder, out of which nothing is read.

    Raises:
        TypstError: It cannot be compiled.
    """
    import typst  # noqa: PLC0415 - only the extra brings it, and only this needs it

    made = typst.compile(
        folder / TEMPLATE.name,
        root=folder,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        package_path=folder / "packages",
        package_cache_path=folder / "packages",
        format="pdf",
        pdf_standards=list(STANDARDS),
        timestamp=dated,
    )
    return bytes(made)


@cache
def _fonts() -> typst.Fonts:
    import typst  # noqa: PLC0415 - only the extra brings it, and only this needs it

    folders = sorted({str(each.parent) for each in font_files()})
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=folders)
