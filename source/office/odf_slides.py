"""The slides of an OpenDocument presentation: their shapes in reading order, then what is said to them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from source.office.odf_blocks import OdfWriter
from source.office.odf_xml import DRAW, PRESENTATION, SVG
from source.office.slides import SLIDE_LEVEL, TITLE_LEVEL, Placed, in_reading_order

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_GROUP = f"{DRAW}g"
_NOTES = f"{PRESENTATION}notes"
_FURNITURE = frozenset({"date-time", "footer", "header", "page-number"})
# What is the same on many slides is written once, and they refer to it.
_DECLARED = ("header", "footer", "date-time")
_LENGTH = re.compile(r"(-?[0-9]{1,9}(?:\.[0-9]{1,9})?)(cm|mm|in|pt|pc|px)?")
_UNITS_MM = {"cm": 10.0, "mm": 1.0, "in": 25.4, "pt": 25.4 / 72, "pc": 25.4 / 6, "px": 25.4 / 96, None: 1.0}


def write_slides(body: Element, writer: OdfWriter) -> list[int]:
    """Write all slides; the numbers of the blocks with which they begin, and of all."""
    declared = {
        (kind, one.get(f"{PRESENTATION}name")): "".join(one.itertext())
        for kind in _DECLARED
        for one in body.iter(f"{PRESENTATION}{kind}-decl")
    }
    edges = [0]
    for page in body.iterfind(f"{DRAW}page"):
        _write_page(page, writer)
        for kind in _DECLARED:
            writer.builder.add(declared.get((kind, page.get(f"{PRESENTATION}use-{kind}-name")), ""), "furniture")
        edges.append(len(writer.builder.blocks))
    return edges


def _write_page(page: Element, writer: OdfWriter) -> None:
    shapes = list(_shapes_of(page))
    opens_presentation = any(_kind(one) == "subtitle" for one in shapes)
    for title in (one for one in shapes if _kind(one) == "title"):
        writer.builder.add(writer.text_of(title), "heading", TITLE_LEVEL if opens_presentation else SLIDE_LEVEL)
    for shape in in_reading_order([_placed(one) for one in shapes if _kind(one) != "title"]):
        for one in _read_group(shape):
            writer.write(one, is_furniture=_kind(one) in _FURNITURE)
    for notes in page.iterfind(_NOTES):
        for shape in _shapes_of(notes):
            writer.write(shape, is_furniture=_kind(shape) in _FURNITURE)


def _kind(shape: Element) -> str:
    return shape.get(f"{PRESENTATION}class") or ""


def _shapes_of(element: Element) -> Iterator[Element]:
    """The drawings in a page or group, also those that are links."""
    for one in element:
        if one.tag == f"{DRAW}a":
            yield from (inner for inner in one if inner.tag.startswith(DRAW))
        elif one.tag.startswith(DRAW):
            yield one


def _read_group(shape: Element) -> Iterator[Element]:
    """The shapes in a group in reading order, or `shape` alone if it is none."""
    stack = [shape]
    while stack:
        shape = stack.pop()
        if shape.tag == _GROUP:
            stack += reversed(list(in_reading_order([_placed(one) for one in _shapes_of(shape)])))
        else:
            yield shape


def _placed(shape: Element) -> Placed[Element]:
    """A shape and its place, in millimetres; a group stands where its shapes do."""
    singles = [one for one in shape.iter() if one.get(f"{SVG}y")] if shape.tag == _GROUP else [shape]
    lefts, tops = ([_length(one, name) for one in singles] for name in ("x", "y"))
    bottoms = [top + _length(one, "height") for top, one in zip(tops, singles, strict=True)]
    top = min(tops, default=0)
    is_flowing = _kind(shape) not in {"", *_FURNITURE}
    return Placed(shape, min(lefts, default=0), top, max(bottoms, default=top) - top, is_flowing)


def _length(shape: Element, name: str) -> float:
    written = _LENGTH.fullmatch(shape.get(f"{SVG}{name}") or "")
    return float(written[1]) * _UNITS_MM[written[2]] if written else 0
