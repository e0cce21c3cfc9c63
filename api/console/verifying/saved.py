# SPDX-License-Identifier: Apache-2.0
"""The verification page as one file, for a machine that has no network.

Everything is in it, and its own content security policy admits nothing else: the one script and the
one style by their digests, no connection, no form, no frame. So the browser itself keeps what the
page promises, that nothing leaves the machine.
"""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Final

from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

from api.console.languages import translate
from api.console.rendering import environment
from api.console.verifying.data import page_data
from api.console.verifying.joining import joined_script

STYLES: Final = ("console.css", "verify/verify.css")


@cache
def single_file(language: str) -> bytes:
    """Give the page in a language as one HTML file that works without a network."""
    style = "".join(_style(name) for name in STYLES)
    script = joined_script()
    template = environment(language).get_template("verify/saved.html")
    text = template.render(
        policy=Markup(policy(script, style)),  # noqa: S704 - digests alone
        style=Markup(style),  # noqa: S704 - our own file
        script=Markup(script),  # noqa: S704 - our own files
        data=data_block(language),
    )
    return text.encode()


def data_block(language: str) -> Markup:
    """Give the data of the page as JSON that may stand inside of HTML."""
    return htmlsafe_json_dumps(page_data(translate(language)), separators=(",", ":"))


def policy(script: str, style: str) -> str:
    """Give the content security policy that admits this script and this style, and nothing else."""
    return (
        f"default-src 'none'; script-src {_digest(script)}; style-src {_digest(style)}; "
        "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"
    )


def _digest(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _style(name: str) -> str:
    return (files("api.console") / "static").joinpath(*name.split("/")).read_text("utf-8")
