"""Where the words of a document stand on its pages: for marking a quote on the picture of a page.

A thousand pages hold half a million words, so that the boxes of a page are kept as one string of bytes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

WORD_BOX = np.dtype(
    [("start", "<u4"), ("end", "<u4"), ("left", "<u2"), ("top", "<u2"), ("right", "<u2"), ("bottom", "<u2")]
)
"""A word's span in the document's text, and its box on the page as it is shown (turned and cropped), measured from the
top left corner in 1/65535 of the page's width and height."""


@dataclass(frozen=True, slots=True)
class PageBoxes:
    """The boxes of the words of the page with this number (1-based): `words` are `WORD_BOX`es, one after the other."""

    number: int
    words: bytes
