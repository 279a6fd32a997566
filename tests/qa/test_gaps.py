"""What could not be read of a document is said in words, page by page."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.gaps import describe_coverage, describe_gaps
from source.document import Part, PartState, Span


def pages(*numbers: int, state: PartState = "no text") -> list[Part]:
    return [Part(Span(0, 0), "page", number, state=state) for number in numbers]


@pytest.mark.parametrize(
    ("gaps", "words"),
    [
        (pages(3), "page 3 has no text (a scan, or empty)"),
        (pages(3, 7, 8, 9), "pages 3 and 7-9 have no text (a scan, or empty)"),
        (pages(1, 3, 5), "pages 1, 3 and 5 have no text (a scan, or empty)"),
        (
            pages(2) + pages(4, 5, state="unreadable"),
            "page 2 has no text (a scan, or empty); pages 4-5 have no readable text",
        ),
    ],
)
def test_gaps_in_words(gaps: list[Part], words: str) -> None:
    assert describe_gaps(gaps) == words


def test_pages_read_by_ocr_are_named_after_the_gaps() -> None:
    scans = pages(4, 5, 6, state="OCR")
    assert describe_coverage(pages(1, state="text")) == ""
    assert describe_coverage(pages(2, state="OCR")) == "page 2 was read by OCR"
    assert describe_coverage([*pages(3), *scans]) == (
        "page 3 has no text (a scan, or empty); pages 4-6 were read by OCR"
    )


@given(st.sets(st.integers(1, 60), min_size=1))
def test_every_page_is_named(numbers: set[int]) -> None:
    words = describe_gaps(pages(*sorted(numbers))).replace("pages ", "").replace("page ", "")
    named: set[int] = set()
    for run in words.split(" ha")[0].replace(" and ", ", ").split(", "):
        first, _, last = run.partition("-")
        named |= set(range(int(first), int(last or first) + 1))
    assert named == numbers
