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


def lines_of(title: str) -> list[str]:
    """Lines that no other page has."""
    return [f"{title}: {line.lower()}" for line in (*BELLS, *TIDES, *ROPES)]


def test_a_running_head_of_one_page_is_known_by_the_number_that_all_heads_end_with() -> None:
    chapters = ("Of bells", "Of tides", "Of ropes", "Of lamps")
    pages = [
        [At(60, 760, f"Chapter {number}: {title} {number + 12}", 9), *column(60, 700, lines_of(title))]
        for number, title in enumerate(chapters, start=3)
    ]
    furniture = [words for role, words in blocks_of(load(*pages)) if role == "furniture"]
    assert furniture == [
        "Chapter 3: Of bells 15",
        "Chapter 4: Of tides 16",
        "Chapter 5: Of ropes 17",
        "Chapter 6: Of lamps 18",
    ]


def test_a_first_line_that_ends_with_another_number_is_no_running_head() -> None:
    years = (1687, 1702, 1874, 1911)
    pages = [
        [At(60, 760, f"{word} was cast in {year}", 9), *column(60, 700, lines_of(word))]
        for word, year in zip(("One", "Another", "This", "The last"), years, strict=True)
    ]
    assert [words for role, words in blocks_of(load(*pages)) if role == "furniture"] == []
