"""The shapes of a slide in reading order: what they are, and where they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from source.office.docx_xml import Element, child, elements_in, name_of
from source.office.slides import Placed, in_reading_order

_SHAPES = frozenset({"cxnSp", "graphicFrame", "grpSp", "pic", "sp"})
_TITLES = frozenset({"ctrTitle", "title"})
_FURNITURE = frozenset({"dt", "ftr", "hdr", "sldNum"})
_LISTS = frozenset({"body", "obj"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where a shape stands, in any unit."""

    left: int
    top: int
    height: int


@dataclass(frozen=True, slots=True)
class SlideXml:
    """The XML of a slide and what belongs to it.

    `places` are those of its placeholders by index; `drawings` are charts and diagrams by the id of their relation.
    """

    tree: Element
    places: Mapping[str, Place]
    drawings: Mapping[str, Element]
    notes: Element | None
    begins_section: bool


def read_shapes(root: Element, places: Mapping[str, Place]) -> Iterator[Element]:
    """The shapes in reading order, the title first, those of a group together."""
    stack = [root]
    while stack:
        shape = stack.pop()
        if shape is root or name_of(shape) == "grpSp":
            inner = list(elements_in(shape, _SHAPES))
            titles = [one for one in inner if is_title(one)]
            others = in_reading_order([_placed(one, places) for one in inner if not is_title(one)])
            stack += reversed([*titles, *others])
        else:
            yield shape


def _placed(shape: Element, places: Mapping[str, Place]) -> Placed[Element]:
    frame = next((one for one in [shape, *shape] if child(one, "xfrm") is not None), None)
    offset = child(child(frame, "xfrm"), "off")
    placeholder = _placeholder(shape)
    is_flowing = placeholder is not None and not is_furniture(shape)
    if offset is None and placeholder is not None:
        place = places.get(placeholder.get("idx") or "0", Place(0, 0, 0))
    else:
        height = _number(child(child(frame, "xfrm"), "ext"), "cy")
        place = Place(_number(offset, "x"), _number(offset, "y"), height)
    return Placed(shape, place.left, place.top, place.height, is_flowing)


def _number(element: Element | None, attribute: str) -> int:
    """The value of an attribute; 0 if it is not there or no whole number."""
    written = (element.get(attribute) if element is not None else None) or ""
    return int(written) if re.fullmatch(r"-?[0-9]{1,12}", written) else 0


def _properties(shape: Element) -> Element | None:
    """What a shape is, which is said in its first child."""
    return next((one for one in shape if name_of(one).startswith("nv")), None)


def _placeholder(shape: Element) -> Element | None:
    return child(child(_properties(shape), "nvPr"), "ph")


def _kind(shape: Element) -> str:
    """The kind of a placeholder, which is an object where nothing is said; empty for any other shape."""
    placeholder = _placeholder(shape)
    return "" if placeholder is None else placeholder.get("type") or "obj"


def is_title(shape: Element) -> bool:
    """True for the title of a slide."""
    return _kind(shape) in _TITLES


def opens_presentation(shape: Element) -> bool:
    """True for the title of a title slide."""
    return _kind(shape) == "ctrTitle"


def is_furniture(shape: Element) -> bool:
    """True for numbers, dates, headers and footers."""
    return _kind(shape) in _FURNITURE


def holds_list(shape: Element) -> bool:
    """True for a placeholder that layouts set as a list."""
    return _kind(shape) in _LISTS


def description(shape: Element) -> str:
    """What is to be read aloud in the place of a picture; most often empty."""
    named = child(_properties(shape), "cNvPr")
    return ((named.get("descr") if named is not None else None) or "").strip()
