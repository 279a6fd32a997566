"""The order of shapes on a slide: all are read once, each column of a layout in the order of the file."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from source.office.slides import Placed, in_reading_order

numbers = st.integers(0, 100).map(float)
places: st.SearchStrategy[Placed[int]] = st.builds(Placed, st.integers(), numbers, numbers, numbers, st.booleans())


@given(st.lists(places))
def test_each_shape_is_read_once_and_what_flows_stays_in_order(shapes: list[Placed[int]]) -> None:
    numbered = [Placed(number, one.left, one.top, one.height, one.is_flowing) for number, one in enumerate(shapes)]
    read = list(in_reading_order(numbered))
    assert sorted(read) == list(range(len(shapes)))
    flowing = [one.shape for one in numbered if one.is_flowing]
    assert [one for one in read if one in flowing] == flowing


@given(st.lists(places, unique_by=lambda one: one.top))
def test_single_shapes_without_height_are_read_from_the_top(shapes: list[Placed[int]]) -> None:
    flat = [Placed(int(one.top), one.left, one.top, 0, is_flowing=False) for one in shapes]
    assert list(in_reading_order(flat)) == sorted(one.shape for one in flat)
