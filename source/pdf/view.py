"""Boxes on a page, and how they lie when the page is turned or shown."""

from __future__ import annotations

import math
from dataclasses import dataclass

from source.boxes import BOX_UNITS

Box = tuple[float, float, float, float]
"""Left, bottom, right, top; heights grow upwards, as in PDF."""

Point = tuple[float, float]
"""How far to the right, and how far up."""


def turn_box(box: Box, turns: int) -> Box:
    """`box` with the page turned so that text at an angle of `turns` quarters runs to the right."""
    left, bottom, right, top = box
    match turns:
        case 1:
            return (bottom, -right, top, -left)
        case 2:
            return (-right, -top, -left, -bottom)
        case 3:
            return (-top, left, -bottom, right)
        case _:
            return box


def join_boxes(one: Box, other: Box) -> Box:
    """The smallest box around both."""
    return (min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3]))


@dataclass(frozen=True, slots=True)
class View:
    """A page as it is shown: the visible `box` of it, turned clockwise by `quarters`."""

    box: Box
    quarters: int

    def height(self, turns: int) -> float:
        """That of the page with its text turned from `turns` quarters to run to the right."""
        _, bottom, _, top = turn_box(self.box, turns)
        return top - bottom

    def place(self, box: Box) -> tuple[int, int, int, int]:
        """Left, top, right and bottom of `box` on the page as it is shown, cut at its edges, as in a `WORD_BOX`."""
        left, bottom, right, top = turn_box(box, self.quarters)
        page_left, page_bottom, page_right, page_top = turn_box(self.box, self.quarters)
        width, height = page_right - page_left, page_top - page_bottom
        if not (width > 0 and height > 0):
            return (0, 0, 0, 0)
        return (
            math.floor(_within(left - page_left, width)),
            math.floor(_within(page_top - top, height)),
            math.ceil(_within(right - page_left, width)),
            math.ceil(_within(page_top - bottom, height)),
        )

    def corners(self, left: float, top: float, right: float, bottom: float) -> tuple[Point, Point, Point, Point]:
        """Where a box, in shares of the page as it is shown, has its corners on the page as it is written.

        They are those that are shown on the upper left, upper right, lower left and lower right.
        """
        page_left, page_bottom, page_right, page_top = turn_box(self.box, self.quarters)
        width, height = page_right - page_left, page_top - page_bottom

        def written(x: float, y: float) -> Point:
            place_x, place_y = page_left + x * width, page_top - y * height
            return turn_box((place_x, place_y, place_x, place_y), -self.quarters % 4)[:2]

        return written(left, top), written(right, top), written(left, bottom), written(right, bottom)


def _within(distance: float, length: float) -> float:
    return min(max(distance / length, 0.0), 1.0) * BOX_UNITS
