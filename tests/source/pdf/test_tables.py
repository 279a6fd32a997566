"""PDF: the rows of a clear table are read cell by cell and named by its first one; nothing else is taken for one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source.document import Extraction
from source.errors import LoadError
from source.pdf.reader import load_pdf
from tests.pdfs import BELLS, TIDES, At, body_of, check_pdf, column, load, make_pdf, without_tesseract

LEFTS = (60, 170, 260, 340)
HEADER = ("Rope", "Strands", "Load (kN)", "Price")
ROPES = [("Bell rope", "3", "14.2", "9.80"), ("Flag line", "3", "3.5", "2.60"), ("Ratline", "4", "5.4", "3.30")]


@pytest.fixture(autouse=True, scope="module")
def _no_tesseract() -> Iterator[None]:
    with without_tesseract():
        yield


def table(rows: Sequence[Sequence[str]], top: float = 600, leading: float = 18) -> list[At]:
    """A row for each of `rows`, the lines of a cell divided by line ends and set closer, from the top of the row."""
    placed = []
    for row in rows:
        for left, cell in zip(LEFTS, row, strict=False):
            placed += [At(left, top - 11 * number, line) for number, line in enumerate(cell.split("\n"))]
        top -= leading + 11 * max(cell.count("\n") for cell in row)
    return placed


def searched(extraction: Extraction) -> list[list[str]]:
    """How the rows of each table are searched."""
    return [[one.folded for one in block.sentences] for block in extraction.blocks if block.sentences]


def test_rows_are_searched_with_their_headers_and_stand_as_on_the_page() -> None:
    extraction = load([*column(60, 700, BELLS), *table([HEADER, *ROPES]), *column(60, 480, TIDES)])
    rows = [" ".join(row) for row in (HEADER, *ROPES)]
    assert body_of(extraction) == ["\n".join(BELLS), "\n".join(rows), "\n".join(TIDES)]
    assert searched(extraction) == [
        [
            "Rope; Strands; Load (kN); Price",
            "Rope: Bell rope; Strands: 3; Load (kN): 14.2; Price: 9.80",
            "Rope: Flag line; Strands: 3; Load (kN): 3.5; Price: 2.60",
            "Rope: Ratline; Strands: 4; Load (kN): 5.4; Price: 3.30",
        ]
    ]


def test_a_cell_of_two_lines_is_read_whole_before_the_next_one() -> None:
    header = ("Rope", "Strands", "Load\n(kN)", "Price per\nmetre")
    extraction = load(table([header, *ROPES, ("Mooring\nrope", "4", "48.0", "21.50")]))
    assert (
        extraction.text.split()
        == (
            "Rope Strands Load (kN) Price per metre Bell rope 3 14.2 9.80 Flag line 3 3.5 2.60 Ratline 4 5.4 3.30 "
            "Mooring rope 4 48.0 21.50"
        ).split()
    )
    assert searched(extraction)[0][-1] == "Rope: Mooring rope; Strands: 4; Load (kN): 48.0; Price per metre: 21.50"


def test_cells_beside_the_middle_of_one_with_two_lines_are_of_its_row() -> None:
    """As browsers set tables: what is lower than the rest of its row stands half a line above and below it."""
    placed = table([HEADER, *ROPES])
    tall = [At(60, 530.5, "Mooring"), At(60, 519.5, "rope")]
    rest = [At(left, 525, cell) for left, cell in zip(LEFTS[1:], ("4", "48.0", "21.50"), strict=True)]
    assert (
        searched(load([*placed, *tall, *rest]))[0][-1]
        == "Rope: Mooring rope; Strands: 4; Load (kN): 48.0; Price: 21.50"
    )


def test_rows_set_as_close_as_lines_are_rows() -> None:
    assert len(searched(load(table([HEADER, *ROPES], leading=11)))[0]) == 4


@pytest.mark.parametrize(
    "rows",
    [
        ROPES * 2,
        [("Contents", "1"), ("Of bells", "5"), ("Of tides", "9")],
        [("Height:", "tall"), ("Weight:", "heavy"), ("Length:", "long")],
        [HEADER, ROPES[0]],
    ],
    ids=["no header", "contents", "labels", "two rows"],
)
def test_rows_that_no_first_one_clearly_names_stay_lines(rows: list[tuple[str, ...]]) -> None:
    extraction = load(table(rows))
    assert searched(extraction) == []
    assert extraction.text.split() == " ".join(" ".join(row) for row in rows).split()


def test_columns_of_text_are_no_table() -> None:
    page = [*column(50, 650, [*BELLS, *TIDES], 9), *column(320, 650, [*TIDES, *BELLS], 9)]
    assert searched(load(page)) == []


cells = st.sampled_from(["", "3", "14.2", "Rope", "Bell\nrope", "An entry of many words that is as wide as the page"])


@given(
    st.lists(st.lists(cells, min_size=2, max_size=4), min_size=1, max_size=7),
    st.sampled_from([11.0, 18.0, 40.0]),
)
def test_all_of_any_table_is_in_passages_and_pages(rows: list[list[str]], leading: float) -> None:
    try:
        extraction = check_pdf(load_pdf(make_pdf([table(rows, leading=leading)])))
    except LoadError:
        assert not any(cell for row in rows for cell in row)
        return
    assert sorted("".join(extraction.text.split())) == sorted(
        "".join("".join(cell.split()) for row in rows for cell in row)
    )
