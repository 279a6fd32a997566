"""What slides of any format share: the order in which a reader sees their shapes, and the slides as parts."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Generic, TypeVar

from source.blocks import heading_words
from source.document import Block, Part, PartState, Span

TITLE_LEVEL, SECTION_LEVEL, SLIDE_LEVEL = 1, 2, 3
"""The levels of the titles of a presentation, of what opens a section of it, and of a slide."""

Shape = TypeVar("Shape")


@dataclass(frozen=True, slots=True)
class Placed(Generic[Shape]):
    """A shape and where it stands, in any unit; `is_flowing` is true where the file's order is the reading order."""

    shape: Shape
    left: float
    top: float
    height: float
    is_flowing: bool

    @property
    def middle(self) -> float:
        """The height at which its middle stands."""
        return self.top + self.height / 2


def in_reading_order(shapes: Sequence[Placed[Shape]]) -> Iterator[Shape]:
    """The shapes in rows from the top, each from the left; those that flow stay in the order of the file.

    The text of a layout flows, also through columns. What was put beside it is read before what stands lower.
    """
    flowing = [one for one in shapes if one.is_flowing]
    free = [one for row in _rows(one for one in shapes if not one.is_flowing) for one in row]
    free.reverse()
    for following in flowing:
        while free and free[-1].middle < following.top:
            yield free.pop().shape
        yield following.shape
    yield from (one.shape for one in reversed(free))


def _rows(shapes: Iterator[Placed[Shape]]) -> Iterator[list[Placed[Shape]]]:
    """What begins above the middle of the highest shape stands in a row with it."""
    row: list[Placed[Shape]] = []
    for shape in sorted(shapes, key=lambda one: (one.top, one.left)):
        if row and shape.top >= row[0].middle:
            yield sorted(row, key=lambda one: (one.left, one.top))
            row = []
        row.append(shape)
    if row:
        yield sorted(row, key=lambda one: (one.left, one.top))


def slide_parts(
    text: str, blocks: Sequence[Block], edges: Sequence[int], damaged: Collection[int] = ()
) -> tuple[Part, ...]:
    """The slides, named by their titles; `edges` are the numbers of the blocks with which they begin, and of all.

    `damaged` are the numbers of those that could not be read.
    """
    return tuple(
        _part(text, blocks, number, edge, "unreadable" if number in damaged else "no text")
        for number, edge in enumerate(pairwise(edges), 1)
    )


def _part(text: str, blocks: Sequence[Block], number: int, edge: tuple[int, int], if_empty: PartState) -> Part:
    """The slide of the blocks from the first to before the second of `edge`."""
    first, end = edge
    if first == end:
        place = blocks[first - 1].span.end if first else 0
        return Part(Span(place, place), "slide", number, state=if_empty)
    span = Span(blocks[first].span.start, blocks[end - 1].span.end)
    names = (heading_words(text, block, "none") for block in blocks[first:end] if block.role == "heading")
    return Part(span, "slide", number, next(names, ""))
