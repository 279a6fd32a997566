"""PDF: the lines of a page are put in the order of their reading, and divided into paragraphs and headings."""

from __future__ import annotations

import pytest

from source.fold import fold
from tests.pdfs import BELLS, ROPES, TIDES, At, blocks_of, body_of, column, load, turned


def test_gaps_divide_paragraphs_and_line_ends_stay() -> None:
    extraction = load(column(60, 700, [*BELLS, "", *TIDES]))
    assert extraction.text == "\n\n".join("\n".join(lines) for lines in (BELLS, TIDES))
    assert body_of(extraction) == ["\n".join(BELLS), "\n".join(TIDES)]


def test_an_indent_after_a_full_stop_divides_paragraphs() -> None:
    lines = column(60, 700, [*BELLS, *TIDES])
    lines[2] = lines[2]._replace(left=75)
    assert body_of(load(lines)) == ["\n".join(BELLS), "\n".join(TIDES)]


@pytest.mark.parametrize("is_by_row", [False, True], ids=["by column", "by row"])
def test_columns_are_read_one_after_the_other_however_they_were_written(is_by_row: bool) -> None:
    left, right = column(50, 650, [*BELLS, *TIDES], 9), column(320, 650, [*ROPES, *BELLS], 9)
    body = [at for pair in zip(left, right, strict=True) for at in pair] if is_by_row else left + right
    head = At(50, 700, "This line runs across both of the columns, as the summary of an article does in print.", 12)
    text = load([head, *body]).text
    assert text.split() == " ".join([head.words, *BELLS, *TIDES, *ROPES, *BELLS]).split()


def test_a_short_column_is_read_after_the_long_one_beside_it() -> None:
    """Though fewer lines cross a strip through the short column than the gutter, which a table above runs across."""
    rows = [("Date", "Observer", "Height", "Error"), *[("12 June", "J. Trell", "6.412 metres", "5")] * 5]
    cells = [
        At(left, 740 - 11 * number, cell, 9)
        for number, row in enumerate(rows)
        for left, cell in zip((100, 180, 270, 440), row, strict=True)
    ]
    long = [*column(50, 650, [*BELLS, *TIDES] * 4, 9)]
    extraction = load([*cells, *long, *column(320, 650, [*ROPES, *TIDES], 9)])
    said = " ".join([*(" ".join(row) for row in rows), *([*BELLS, *TIDES] * 4), *ROPES, *TIDES])
    assert extraction.text.split() == said.split()


def test_a_paragraph_goes_on_in_the_next_column_past_the_footnotes_of_its_own() -> None:
    left = [*column(50, 650, [*BELLS, *BELLS, "The tide tables and", "the ropes that were made in the town"])]
    note = column(50, 560, ["1 All of them were made of hemp, and none was", "ever sold to a ship of another town."], 8)
    right = column(330, 650, ["have been kept by the harbour master and may be", "seen on any day.", *TIDES])
    extraction = load([*left, *note, *right])
    assert "The tide tables and the ropes that were made in the town have been kept by" in fold(extraction.text, "none")
    assert extraction.text.index("1 All of them") > extraction.text.index("seen on any day.")


def marked(left: float, bottom: float, mark: str, words: str) -> list[At]:
    """A line that begins with a raised mark."""
    return [At(left, bottom + 4, mark, 6), At(left + 3.4, bottom, words, 9)]


def test_a_footnote_is_one_paragraph_though_it_begins_with_a_raised_mark() -> None:
    note = [*marked(72, 600, "1", "The insurers do not pay for archives kept below the level that the pol-")]
    extraction = load([*column(60, 700, BELLS), *note, At(60, 589, "icy requires.", 9)])
    assert body_of(extraction)[-1] == (
        "1The insurers do not pay for archives kept below the level that the pol-\nicy requires."
    )
    assert "the policy requires" in fold(extraction.text, "none")


def test_a_line_with_a_raised_mark_within_it_stays_in_its_paragraph() -> None:
    line = [
        At(60, 676, "sign.", 9),
        At(88, 680, "1", 6.5),
        At(92.5, 676, "The wire was replaced in 1897, and no one", 9),
    ]
    words = [*column(60, 698, BELLS, 9), *line, At(60, 665, "noticed until the following spring.", 9)]
    assert body_of(load(words)) == [
        "\n".join([*BELLS, "sign. 1The wire was replaced in 1897, and no one", "noticed until the following spring."])
    ]


@pytest.mark.parametrize("shift", [(0.0, 0.7), (0.4, 0.0), (0.3, -0.3)])
def test_letters_that_are_drawn_again_are_read_once(shift: tuple[float, float]) -> None:
    """Even if more is drawn the second time: PDFium itself leaves out what is drawn twice as a whole."""
    first = [At(60, 700, "Date"), At(160, 700, "The old be"), At(400, 700, "Error")]
    again = [At(160 + shift[0], 700 + shift[1], "The old bell of the town"), At(400, 700.7, "Error (mm)")]
    assert load([*first, *again]).text == "Date The old bell of the town Error (mm)"


def test_the_letters_of_a_ligature_are_no_copies() -> None:
    assert load([At(60, 700, "\7 \7\7 \7fi", font="F4")]).text == "fi fifi fifi"


def test_a_title_that_runs_into_the_text_below_it_is_read_before_it() -> None:
    title = [At(60, 740, "A Float, a Pipe and a Clock:", 30), At(60, 700, "Paper Rolls of 1889", 30)]
    text = [
        At(50, 703, "By Helena of the Institute for Coastal Archives at Port Ellery, in", 9),
        At(50, 692, "May.", 9),
    ]
    assert load([*text, *title]).text.split() == " ".join(at.words for at in (*title, *text)).split()


def test_a_table_is_read_row_by_row() -> None:
    rows = [("Austria", "8.9", "Vienna"), ("Belgium", "11.5", "Brussels"), ("Denmark", "5.8", "Copenhagen")] * 2
    cells = [
        At(left, 600 - 14 * number, cell)
        for number, row in enumerate(rows)
        for left, cell in zip((60, 200, 340), row, strict=True)
    ]
    by_column = sorted(cells, key=lambda at: at.left)
    assert load(by_column).text.split("\n") == [" ".join(row) for row in rows]


def test_larger_and_bold_lines_are_headings_by_size() -> None:
    page = [
        At(60, 740, "The Harbour Book", 20),
        At(60, 710, "Of bells", 14),
        *column(60, 680, BELLS),
        At(60, 640, "Of tides", 10, "F2"),
        *column(60, 620, TIDES),
    ]
    extraction = load(page)
    assert [(block.role, block.level) for block in extraction.blocks] == [
        ("heading", 1),
        ("heading", 2),
        ("body", 0),
        ("heading", 3),
        ("body", 0),
    ]
    assert extraction.title == "The Harbour Book"


def test_a_hyphen_at_a_line_end_stays_in_the_text_and_its_word_is_found() -> None:
    lines = ["A word may be divided where the line ends, for exam-", "ple here, and a semi-", "automatic door as well."]
    extraction = load(column(60, 700, lines))
    assert extraction.text == "\n".join(lines)
    folded = fold(extraction.text, "none")
    assert "for example here" in folded
    assert "a semi-automatic door" in folded


@pytest.mark.parametrize(
    ("wrapped", "mended"),
    [
        ("My great-\nuncle", "My great-uncle"),
        ("a great-\ner bell", "a greater bell"),
        ("great-\ngrandfather", "great-grandfather"),
    ],
)
def test_great_keeps_its_hyphen_before_kin(wrapped: str, mended: str) -> None:
    assert fold(wrapped, "none") == mended


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_page_that_was_turned_reads_as_one_that_was_not(quarters: int) -> None:
    page = [At(60, 740, "The Harbour Book", 20), *column(60, 500, [*BELLS, "", *TIDES])]
    assert blocks_of(load([turned(at, quarters) for at in page])) == blocks_of(load(page))


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_page_that_is_shown_turned_reads_as_it_was_written(quarters: int) -> None:
    page = [At(60, 740, "The Harbour Book", 20), *column(60, 500, [*BELLS, "", *TIDES])]
    assert blocks_of(load(page, page_entries=f"/Rotate {90 * quarters}")) == blocks_of(load(page))


def test_a_few_words_along_the_margin_are_furniture_below_the_rest() -> None:
    stamp = At(20, 300, "Draft of 3 May", 10, matrix="0 1 -1 0")
    assert blocks_of(load([stamp, *column(60, 700, BELLS)])) == [
        ("body", "\n".join(BELLS)),
        ("furniture", "Draft of 3 May"),
    ]
