# SPDX-License-Identifier: Apache-2.0
"""Letters for every language: a browser on a bare machine has none for Chinese."""

from __future__ import annotations

import os
from pathlib import Path
from xml.sax.saxutils import escape

from api.certificate.faces import font_files
from domain.errors import UsageError

SETTINGS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  {folders}
  <cachedir>{cache}</cachedir>
</fontconfig>
"""


def with_fonts(folder: Path) -> dict[str, str | float | bool]:
    """Give the environment of a browser that also has the fonts of the certificates, if any.

    Args:
        folder: Where the settings of fontconfig and its cache are kept.
    """
    environment: dict[str, str | float | bool] = dict(os.environ)
    try:
        found = {each.parent for each in font_files()}
    except UsageError:
        return environment
    folders = "".join(f"<dir>{escape(str(each))}</dir>" for each in sorted(found))
    told = folder / "fonts.conf"
    text = SETTINGS.format(folders=folders, cache=escape(str(folder / "cache")))
    told.write_text(text, "utf-8")
    return {**environment, "FONTCONFIG_FILE": str(told)}
