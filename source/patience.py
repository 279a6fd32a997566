"""How long a child that loads files may tell of nothing: by its processor time, and by the clock.

A machine that has much else to do gives a child little of the processor: what the child has used of it tells one that
is at its file for ever from one that waits for its turn. The clock is for a child that waits for something else.
"""

from __future__ import annotations

from dataclasses import dataclass

_SAVE_ANEW = "Save it anew, or with another program, and add it again."
_ADD_LATER = "Add it again when the computer has less to do, or save it anew."


@dataclass(frozen=True, slots=True)
class Overdue:
    """Why a child was ended; `reason` and `remedy` as in the errors."""

    reason: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Patience:
    """So much of the processor, and so long by the clock, may a child take without a sign of progress."""

    processor_s: float
    clock_s: float

    def overdue(self, processor_s: float | None, clock_s: float) -> Overdue | None:
        """Why a child has had its time, having told of nothing for so long; None if it has some left.

        Where its processor time is not known (None), it is taken to have had the processor all the while.
        """
        if processor_s is None:
            limit_s = min(self.processor_s, self.clock_s)
            return Overdue(_reason(f"{limit_s:,.0f} s"), _SAVE_ANEW) if clock_s > limit_s else None
        if processor_s > self.processor_s:
            return Overdue(_reason(f"{self.processor_s:,.0f} s of processor time"), _SAVE_ANEW)
        if clock_s > self.clock_s:
            return Overdue(_reason(f"{self.clock_s:,.0f} s"), _ADD_LATER)
        return None


def _reason(time: str) -> str:
    return f"reading it took too long (no sign of progress in {time})"
