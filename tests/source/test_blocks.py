"""What loaders share: gaps are filled, rows and lines are sentences, and cells reach as far as they say."""

from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st

from source.blocks import (
    Cell,
    TextBuilder,
    fill_gaps,
    join_lines,
    line_sentences,
    merge_headers,
    row_sentences,
    spread_cells,
)
from source.document import Block, Sentence, Span
from source.lines import split_lines
from source.sentences import MAX_SENTENCE_CHARS
from tests.checks import check_coverage
from tests.strategies import texts


@given(texts, st.data())
def test_what_lies_in_no_block_becomes_furniture(text: str, data: st.DataObject) -> None:
    lines = split_lines(text, Span(0, len(text)))
    kept = [Block(line, "body") for line in lines if data.draw(st.booleans())]
    filled = fill_gaps(text, kept)
    check_coverage(text, [block.span for block in filled])
    assert [block for block in filled if block.role == "body"] == kept


@given(texts)
def test_no_sentence_runs_from_one_line_to_the_next_unless_one_has_no_word(text: str) -> None:
    lines = split_lines(text, Span(0, len(text)))
    sentences = [sentence.span for sentence in line_sentences(text, lines, "none")]
    check_coverage(text, sentences)
    for sentence in sentences:
        assert len(sentence) <= MAX_SENTENCE_CHARS
        inside = [line for line in lines if sentence.start < line.start < sentence.end]
        worded = [line for line in inside if any(map(str.isalnum, Span(line.start, sentence.end).of(text)))]
        before = Span(sentence.start, worded[0].start).of(text) if worded else ""
        assert not worded or not any(map(str.isalnum, before))


def test_the_fence_of_code_belongs_to_its_neighbour() -> None:
    text = "```\nx = 1\ny = 2\n```"
    sentences = line_sentences(text, split_lines(text, Span(0, len(text))), "none")
    assert [sentence.span.of(text) for sentence in sentences] == ["```\nx = 1", "y = 2\n```"]


def test_a_row_is_searched_with_its_headers_and_without_its_empty_cells() -> None:
    text = "Lisbon\t\t44\textra"
    [sentence] = row_sentences(
        text, Span(0, len(text)), ["Place", "Year", "", "", "unused"], ["Lisbon", "", "44", "extra"]
    )
    assert sentence == Sentence(Span(0, len(text)), "Place: Lisbon; 44; extra")


def test_a_row_too_long_for_a_sentence_is_cut_and_searched_as_it_stands() -> None:
    text = "word " * 300
    pieces = row_sentences(text, Span(0, len(text) - 1), ["Header"], [text])
    check_coverage(text, [piece.span for piece in pieces])
    assert [piece.folded for piece in pieces] == [piece.span.of(text) for piece in pieces]
    assert [len(piece.span) <= MAX_SENTENCE_CHARS for piece in pieces] == [True, True]


cells = st.builds(Cell, st.text("abc", min_size=1, max_size=2), st.integers(1, 3), st.integers(1, 3))


@given(st.lists(st.lists(cells, max_size=4), max_size=5))
def test_cells_fill_a_grid_as_a_browser_lays_them_out(table: list[list[Cell]]) -> None:
    """The oracle is a sheet of squares: each cell takes the first free square of its row, and all that it covers."""
    squares: dict[tuple[int, int], str] = {}
    for row, row_cells in enumerate(table):
        for cell in row_cells:
            column = 0
            while (row, column) in squares:
                column += 1
            for across in range(cell.columns):
                for down in range(cell.rows):
                    assume((row + down, column + across) not in squares)  # browsers draw one over the other
                    squares[row + down, column + across] = cell.text
    expected = []
    for row in range(len(table)):
        columns = 0
        while (row, columns) in squares:
            columns += 1
        expected.append(tuple(squares[row, column] for column in range(columns)))
    assert list(spread_cells(table)) == expected


def test_headers_above_each_other_are_one_header() -> None:
    assert merge_headers([["Who", "Weight", "Weight"], ["Who", "in", "out", "x"]]) == (
        "Who",
        "Weight in",
        "Weight out",
        "x",
    )
    assert merge_headers([]) == ()


@given(st.lists(texts, max_size=6))
def test_lines_are_joined_and_found_where_they_stand(lines: list[str]) -> None:
    text, spans = join_lines(lines)
    check_coverage(text, spans)
    assert [span.of(text) for span in spans] == [line.strip() for line in lines if line.strip()]


@given(st.lists(st.tuples(st.booleans(), texts), max_size=6))
def test_a_text_is_built_of_blocks_that_hold_all_of_it(parts: list[tuple[bool, str]]) -> None:
    builder = TextBuilder()
    for is_list, written in parts:
        text, spans = join_lines([written])
        if is_list and spans:
            builder.add_sentences(text, "body", line_sentences(text, spans, "none"))
        else:
            builder.add(written, "furniture")
    text = builder.text()
    check_coverage(text, [block.span for block in builder.blocks])
    assert [block.span.of(text) for block in builder.blocks] == [
        written.strip() for _, written in parts if written.strip()
    ]


def test_an_empty_line_divides_a_paragraph_but_no_heading() -> None:
    builder = TextBuilder()
    builder.add("Bells\n\nof Ellery", "heading", 1)
    builder.add(" One.\n \t\n\nTwo.\n", "body")
    assert builder.text() == "Bells\n\nof Ellery\n\nOne.\n\nTwo."
    assert builder.blocks == [
        Block(Span(0, 16), "heading", 1),
        Block(Span(18, 22), "body"),
        Block(Span(24, 28), "body"),
    ]
