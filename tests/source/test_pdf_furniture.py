"""PDF: running heads, feet and page numbers are told from what the pages say."""

from __future__ import annotations

from tests.pdfs import BELLS, ROPES, TIDES, At, blocks_of, body_of, column, load


def running(page: int, words: list[str]) -> list[At]:
    return [At(60, 760, f"Bells and Tides {page}", 9), *column(60, 600, words), At(300, 40, f"- {page + 3} -", 9)]


def test_running_heads_and_page_numbers_are_furniture() -> None:
    extraction = load(running(1, BELLS), running(2, TIDES), running(3, ROPES))
    assert body_of(extraction) == ["\n".join(lines) for lines in (BELLS, TIDES, ROPES)]
    furniture = [words for role, words in blocks_of(extraction) if role == "furniture"]
    assert furniture == [words for page in (1, 2, 3) for words in (f"Bells and Tides {page}", f"- {page + 3} -")]


def test_headings_of_chapters_are_not_running_heads_for_having_different_numbers() -> None:
    pages = [
        [At(60, 740, f"Chapter {chapter}", 10, "F2"), *column(60, 700, lines)]
        for chapter, lines in ((1, [*BELLS, *ROPES]), (4, [*TIDES, *ROPES]))
    ]
    assert [words for role, words in blocks_of(load(*pages)) if role == "heading"] == ["Chapter 1", "Chapter 4"]


def test_a_page_number_between_the_halves_of_a_paragraph_keeps_them_two_blocks() -> None:
    first = [*column(60, 700, [*TIDES, "", BELLS[0]]), At(300, 40, "7")]
    extraction = load(first, column(60, 700, [BELLS[1], "", *ROPES]))
    assert [role for role, _ in blocks_of(extraction)] == ["body", "body", "furniture", "body", "body"]
