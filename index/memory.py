"""Giving memory back to the machine that was freed but is kept for later by the C library."""

from __future__ import annotations

import ctypes
import sys


def give_back_memory() -> None:
    """Return what the allocator holds of freed memory; nothing where the C library has no such function.

    PyTorch's tensors come and go between small objects that stay, so that without this glibc keeps some two hundred
    megabytes of holes; with a converted copy of the model it is a few. Takes milliseconds.
    """
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)
