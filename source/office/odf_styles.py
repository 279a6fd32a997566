"""What kind of block a paragraph of an OpenDocument text is, by the styles that its own is based on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from source.document import Role
from source.office.odf_xml import STYLE, TEXT, H

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

# Names of built-in styles are English whatever the language of the program; each character that may not stand in a
# name is written as its code.
_FURNITURE = re.compile(r"(?:caption|contents heading|footer|header|header and footer|index)\Z")
_TITLES = {"title": 1, "subtitle": 2}
_CODED = re.compile(r"_([0-9a-f]{1,5})_")
_MAX_LEVEL = 6
_MAX_HEADING_CHARS = 200


class Styles:
    """The styles in some files; those of the last file count where names are the same."""

    def __init__(self, roots: Iterable[Element]) -> None:
        styles = [style for root in roots for style in root.iter(f"{STYLE}style")]
        self._parents = {
            (style.get(f"{STYLE}family"), style.get(f"{STYLE}name")): style.get(f"{STYLE}parent-style-name")
            for style in styles
        }
        self.hidden = frozenset(filter(None, (style.get(f"{STYLE}name") for style in styles if _hides(style))))
        """The names of those whose text is not shown."""

    def kind_of(self, paragraph: Element, text: str) -> tuple[Role, int]:
        """The role of a paragraph that says `text`, and its level if it is a heading: "Title" is 1, "Heading 1" 2."""
        names = self.names_of(paragraph)
        if any(map(_FURNITURE.match, names)):
            return "furniture", 0
        title = next((_TITLES[name] for name in names if name in _TITLES), 0)
        written = paragraph.get(f"{TEXT}outline-level") or "1"
        outline = int(written) + 1 if re.fullmatch(r"[1-9][0-9]?", written) else 2
        level = title or (min(outline, _MAX_LEVEL) if paragraph.tag == H else 0)
        return ("heading", level) if level and len(text) <= _MAX_HEADING_CHARS else ("body", 0)

    def names_of(self, paragraph: Element) -> list[str]:
        """The names of a paragraph's style and of those that it is based on, in lower case, the nearest first."""
        return [_CODED.sub(_decoded, name).lower() for name in self._chain(paragraph.get(f"{TEXT}style-name"))]

    def _chain(self, name: str | None) -> Iterator[str]:
        passed: set[str] = set()
        while name and name not in passed:
            passed.add(name)
            yield name
            name = self._parents.get(("paragraph", name))


def _decoded(coded: re.Match[str]) -> str:
    return chr(int(coded[1], 16))


def _hides(style: Element) -> bool:
    properties = style.find(f"{STYLE}text-properties")
    return properties is not None and properties.get(f"{TEXT}display") == "none"
