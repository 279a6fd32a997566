"""What kind of block a paragraph of a Word document is, by its style and properties."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from source.document import Role
from source.office.docx_xml import Element, child, name_of, value_of

# Names of built-in styles are English whatever the language of the program.
_FURNITURE = re.compile(
    r"(?:caption|footer|header|index(?: heading| \d)|table of (?:authorities|figures)|toc(?: heading| \d))\Z"
)
_TITLES = {"title": 1, "subtitle": 2}
_HEADING = re.compile(r"heading (\d)\Z")
_QUOTES = frozenset({"block text", "intense quote", "quotations", "quote"})
_LIST = re.compile(r"list(?: bullet| continue| number)?(?: \d)?\Z")
_MAX_LEVEL = 6
# Contracts set whole clauses in heading styles for their numbers.
_MAX_HEADING_CHARS = 200
_BODY_OUTLINE = 9


@dataclass(frozen=True, slots=True)
class Kind:
    """What a paragraph is: its role, the level of a heading (else 0), and if it is an item of a list."""

    role: Role
    level: int = 0
    is_item: bool = False


class Styles:
    """The styles of a document, from its styles part; None where there is none."""

    def __init__(self, root: Element | None) -> None:
        styles = [one for one in root if name_of(one) == "style"] if root is not None else []
        self._by_id = {value_of(style, "styleId"): style for style in styles}

    def kind_of(self, paragraph: Element, text: str) -> Kind:
        """What `paragraph`, which says `text`, is: a title is of level 1 and "Heading 1" of level 2."""
        properties = child(paragraph, "pPr")
        styles = list(self._chain(value_of(child(properties, "pStyle"), "val")))
        names = [value_of(child(style, "name"), "val").lower() for style in styles]
        layers = [properties, *(child(style, "pPr") for style in styles)]
        if any(map(_FURNITURE.match, names)):
            return Kind("furniture")
        level = _heading_level(names, layers)
        if level and len(text) <= _MAX_HEADING_CHARS:
            return Kind("heading", level)
        number = _nearest([child(layer, "numPr") for layer in layers], "numId")
        is_item = number not in {"", "0"} or (number == "" and any(map(_LIST.match, names)))
        return Kind("body", is_item=is_item and not level)

    def is_quote(self, paragraph: Element) -> bool:
        """True for a paragraph in one of the styles for block quotes."""
        styles = self._chain(value_of(child(child(paragraph, "pPr"), "pStyle"), "val"))
        return any(value_of(child(style, "name"), "val").lower() in _QUOTES for style in styles)

    def _chain(self, style_id: str) -> Iterator[Element]:
        """A style and those that it is based on, the nearest first."""
        passed: set[str] = set()
        while style_id in self._by_id and style_id not in passed:
            passed.add(style_id)
            yield self._by_id[style_id]
            style_id = value_of(child(self._by_id[style_id], "basedOn"), "val")


def _heading_level(names: list[str], layers: list[Element | None]) -> int:
    """The level of a heading from 1; 0 for any other paragraph."""
    title = next((_TITLES[name] for name in names if name in _TITLES), 0)
    if title:
        return title
    outline = _nearest(layers, "outlineLvl")
    heading = next(filter(None, map(_HEADING.match, names)), None)
    if re.fullmatch(r"[0-9]", outline):
        return min(int(outline) + 2, _MAX_LEVEL) if int(outline) < _BODY_OUTLINE else 0
    return min(int(heading[1]) + 1, _MAX_LEVEL) if heading else 0


def _nearest(layers: list[Element | None], name: str) -> str:
    """The value of a property in the nearest layer that has it."""
    return next((value_of(found, "val") for found in (child(layer, name) for layer in layers) if found is not None), "")
