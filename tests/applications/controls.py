"""What stands in the controls of a page: what was typed into a form that came back with errors, field by field."""

from __future__ import annotations

from html.parser import HTMLParser

CHOICES = ("radio", "checkbox")


class Controls(HTMLParser):
    """`values`: name of a control → everything that stands in controls of that name, or is chosen among them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.values: dict[str, list[str]] = {}
        self.offered: dict[str, set[str]] = {}
        self._area = ""
        self._select = ""
        self._text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        name = given.get("name", "")
        if tag == "input" and name:
            value = given.get("value", "on" if given.get("type") in CHOICES else "")
            if given.get("type") in CHOICES:
                self.offered.setdefault(name, set()).add(value)
            if given.get("type") not in CHOICES or "checked" in given:
                self.values.setdefault(name, []).append(value)
        elif tag == "textarea":
            self._area, self._text = name, ""
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select:
            self.offered.setdefault(self._select, set()).add(given.get("value", ""))
            if "selected" in given:
                self.values.setdefault(self._select, []).append(given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            # A browser leaves out the line break with which Django begins a textarea.
            self.values.setdefault(self._area, []).append(self._text.removeprefix("\r\n").removeprefix("\n"))
            self._area = ""
        elif tag == "select":
            self._select = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self._text += data
