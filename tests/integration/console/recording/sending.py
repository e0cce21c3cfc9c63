# SPDX-License-Identifier: Apache-2.0
"""What a browser would send of a page of questions."""

from __future__ import annotations

from html.parser import HTMLParser


class Sending(HTMLParser):
    """Gathers the successful controls of the forms of a page that post (HTML, section 4.10.21)."""

    def __init__(self) -> None:
        """Begin with nothing."""
        super().__init__()
        self.fields: dict[str, list[str]] = {}
        self._inside = False
        self._select = self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take a control."""
        own = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = own.get("method") == "post" and own.get("action") != "/log-out"
        ticked = own.get("type") not in ("radio", "checkbox") or "checked" in own
        if tag == "input" and "name" in own and ticked:
            self._take(own["name"], own.get("value", ""))
        if tag == "select":
            self._select = own["name"]
        if tag == "option" and self._select and "selected" in own:
            self._take(self._select, own["value"])
        if tag == "textarea":
            self._area = own["name"]
            self._take(self._area, "")

    def handle_endtag(self, tag: str) -> None:
        """Leave a control."""
        if tag == "select":
            self._select = ""
        if tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        """Take what is written in an area; the line break that it begins with does not count."""
        if self._area and self._inside:
            self.fields[self._area] = [data.removeprefix("\n")]

    def _take(self, name: str, value: str) -> None:
        if self._inside:
            self.fields.setdefault(name, []).append(value)


def sent_of(text: str) -> dict[str, list[str]]:
    """Give what a page sends when its button is pressed as it stands, but for its token."""
    reading = Sending()
    reading.feed(text)
    reading.fields.pop("csrf", None)
    return reading.fields
