"""How long a child may tell of nothing: so much of the processor, and so long by the clock."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source.child import Limits
from source.patience import Overdue, Patience

PATIENCE = Patience(processor_s=120, clock_s=1_200)
SAVE_ANEW = "Save it anew, or with another program, and add it again."
BUSY = Overdue(
    "reading it took too long (no sign of progress in 1,200 s)",
    "Add it again when the computer has less to do, or save it anew.",
)
SPINNING = Overdue("reading it took too long (no sign of progress in 120 s of processor time)", SAVE_ANEW)
UNKNOWN = Overdue("reading it took too long (no sign of progress in 120 s)", SAVE_ANEW)
seconds = st.floats(0, 10_000)


@pytest.mark.parametrize(
    ("processor_s", "clock_s", "overdue"),
    [
        (9, 1_199, None),  # a good file on a starved machine
        (120, 120, None),
        (120.5, 121, SPINNING),
        (0, 1_200, None),
        (0, 1_200.5, BUSY),
        (None, 120, None),
        (None, 120.5, UNKNOWN),
    ],
)
def test_times_by_hand(processor_s: float | None, clock_s: float, overdue: Overdue | None) -> None:
    assert PATIENCE.overdue(processor_s, clock_s) == overdue


@given(seconds, seconds, seconds, seconds)
def test_a_child_is_overdue_when_either_time_is_up(limit_s: float, by_clock_s: float, used: float, gone: float) -> None:
    patience = Patience(limit_s, by_clock_s)
    assert (patience.overdue(used, gone) is not None) == (used > limit_s or gone > by_clock_s)
    assert (patience.overdue(None, gone) is not None) == (gone > limit_s or gone > by_clock_s)


def test_a_large_file_is_given_more_time_of_both_kinds() -> None:
    limits = Limits(processor_s=20, processor_s_per_mb=5, clock_factor=3)
    assert limits.patience(0) == Patience(20, 60)
    assert limits.patience(4_000_000) == Patience(40, 120)
