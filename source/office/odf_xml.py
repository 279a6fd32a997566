"""The XML of OpenDocument files: finding what a reader sees in it, and the text of a paragraph.

Nothing here calls itself, so that no nesting is too deep.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_ODF = "urn:oasis:names:tc:opendocument:xmlns"
DRAW = f"{{{_ODF}:drawing:1.0}}"
OFFICE = f"{{{_ODF}:office:1.0}}"
PRESENTATION = f"{{{_ODF}:presentation:1.0}}"
STYLE = f"{{{_ODF}:style:1.0}}"
SVG = f"{{{_ODF}:svg-compatible:1.0}}"
TABLE = f"{{{_ODF}:table:1.0}}"
TEXT = f"{{{_ODF}:text:1.0}}"
XLINK = "{http://www.w3.org/1999/xlink}"
_MATH = "{http://www.w3.org/1998/Math/MathML}"

P, H = f"{TEXT}p", f"{TEXT}h"
NOTE = f"{TEXT}note"
OBJECT = f"{DRAW}object"
_ANNOTATION = f"{_MATH}annotation"
_PAGE_NUMBER = f"{TEXT}page-number"
_BLANKS = re.compile(r"[ \t\r\n]+")
_MAX_SPACES = 1000
# Comments, deleted text, the numbers of items and notes, fields of forms, and what is held besides text.
_UNSEEN = frozenset(
    [
        *(f"{OFFICE}{name}" for name in "annotation automatic-styles binary-data event-listeners forms".split()),
        *(f"{OFFICE}{name}" for name in "master-styles meta scripts settings styles".split()),
        *(f"{TEXT}{name}" for name in ("note-citation", "number", "script", "tracked-changes")),
        *(f"{TABLE}{name}" for name in ("shapes", "tracked-changes")),
        f"{PRESENTATION}notes",
    ]
)


def nearest(root: Element, names: AbstractSet[str]) -> Iterator[Element]:
    """The nearest elements of these names below `root` that a reader sees, in order."""
    stack = [iter(root)]
    while stack:
        element = next(stack[-1], None)
        if element is None:
            stack.pop()
        elif element.tag in names:
            yield element
        elif element.tag not in _UNSEEN and not _is_hidden(element):
            stack.append(iter(element))


def _is_hidden(element: Element) -> bool:
    """True for a section that is not shown."""
    display = element.get(f"{TEXT}display")
    return display == "none" or (display == "condition" and element.get(f"{TEXT}is-hidden") == "true")


@dataclass(frozen=True, slots=True)
class Inline:
    """The text of a paragraph, and the drawings and notes that hang on it."""

    text: str
    hanging: tuple[Element, ...]


@dataclass(slots=True)
class _Pieces:
    """The text as it is read: blanks in the file count once, and not at the start; others are elements."""

    written: list[str]
    is_after_blank: bool = True

    def add(self, text: str | None) -> None:
        """Add text as it stands in the file."""
        seen = _BLANKS.sub(" ", text or "")
        if self.is_after_blank:
            seen = seen.removeprefix(" ")
        if seen:
            self.written.append(seen)
            self.is_after_blank = seen.endswith(" ")

    def add_exactly(self, text: str) -> None:
        """Add what an element stands for."""
        if text:
            self.written.append(text)
            self.is_after_blank = False


def read_inline(paragraph: Element, hidden: AbstractSet[str], objects: Mapping[str, Element]) -> Inline:
    """What is in a paragraph, as a reader sees it; `hidden` are styles of text that is not shown."""
    pieces = _Pieces([])
    pieces.add(paragraph.text)
    if not len(paragraph):  # most are, in sheets
        return Inline("".join(pieces.written), ())
    hanging: list[Element] = []
    stack: list[tuple[Iterator[Element], str, str | None]] = [(iter(paragraph), "", None)]
    while stack:
        element = next(stack[-1][0], None)
        if element is None:
            _, after, tail = stack.pop()
            pieces.add_exactly(after)
            pieces.add(tail)
            continue
        is_drawn = element.tag.startswith(DRAW) and element.tag != f"{DRAW}a"
        held = element.find(OBJECT) if is_drawn else None
        signs = formula(held_by(held, objects)) if held is not None else ""
        if signs or element.tag in _UNSEEN or _is_unseen_text(element, hidden):
            pieces.add_exactly(signs)
        elif is_drawn or element.tag == NOTE:
            hanging.append(element)
        else:
            before, after = _around(element)
            pieces.add_exactly(before)
            pieces.add(element.text)
            stack.append((iter(element), after, element.tail))
            continue
        pieces.add(element.tail)
    return Inline("".join(pieces.written), tuple(hanging))


def _is_unseen_text(element: Element, hidden: AbstractSet[str]) -> bool:
    """True for what is hidden, and for "<number>", which LibreOffice writes where only the page shown tells it."""
    if element.tag == _PAGE_NUMBER:
        return (element.text or "").startswith("<")
    return (element.get(f"{TEXT}style-name") or "") in hidden or element.get(f"{TEXT}is-hidden") == "true"


def _around(element: Element) -> tuple[str, str]:
    """The characters that an element stands for by itself: those before and those after what is in it."""
    match element.tag.removeprefix(TEXT):
        case "s":
            written = element.get(f"{TEXT}c") or "1"
            return " " * (min(int(written), _MAX_SPACES) if re.fullmatch(r"[0-9]{1,9}", written) else 1), ""
        case "tab":
            return "\t", ""
        case "line-break":
            return "\n", ""
        case "ruby-text":
            return "(", ")"
        case _:
            return "", ""


def held_by(place: Element, objects: Mapping[str, Element]) -> Element:
    """What is shown in the place of an object, which is kept beside the text or in it."""
    return objects.get(place.get(f"{XLINK}href") or "", place)


def formula(held: Element) -> str:
    """The signs of a formula in a row; empty for any other object."""
    signs = (one.text or "" for one in held.iter() if one.tag.startswith(_MATH) and one.tag != _ANNOTATION)
    return "".join("".join(signs).split())
