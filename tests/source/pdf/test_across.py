"""PDF: a table that a page break parts is named by its header on both pages; what only looks like it is left alone."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from source.boxes import boxes_of
from source.document import Extraction
from source.pdf.reader import load_pdf
from tests.pdfs import BELLS, TIDES, At, blocks_of, check_pdf, column, load, without_tesseract

LEFTS = (60, 170, 260, 340)
HEADER = ("Rope", "Strands", "Load (kN)", "Price")
ROPES = [
    ("Bell rope", "3", "14.2", "9.80"),
    ("Flag line", "3", "3.5", "2.60"),
    ("Mooring rope", "4", "48.0", "21.50"),
    ("Ratline", "4", "5.4", "3.30"),
]
NAMED = [
    "Rope: Bell rope; Strands: 3; Load (kN): 14.2; Price: 9.80",
    "Rope: Flag line; Strands: 3; Load (kN): 3.5; Price: 2.60",
    "Rope: Mooring rope; Strands: 4; Load (kN): 48.0; Price: 21.50",
    "Rope: Ratline; Strands: 4; Load (kN): 5.4; Price: 3.30",
]
GROFF_PATH = os.environ.get("PATH", "")
"""Which the fixture below empties, so that no Tesseract is found."""

NUMBERS = [At(295, 30, "- 1 -"), At(295, 30, "- 2 -"), At(295, 30, "- 3 -")]


@pytest.fixture(autouse=True, scope="module")
def _no_tesseract() -> Iterator[None]:
    with without_tesseract():
        yield


def rows_at(top: float, rows: Sequence[Sequence[str]], lefts: Sequence[float] = LEFTS, font: str = "F1") -> list[At]:
    """A row for each of `rows`, the first one at `top`."""
    return [
        At(left, top - 18 * number, cell, font=font)
        for number, row in enumerate(rows)
        for left, cell in zip(lefts, row, strict=False)
        if cell
    ]


def searched(extraction: Extraction) -> list[list[str]]:
    """How the rows of each part of a table are searched."""
    return [[one.folded for one in block.sentences] for block in extraction.blocks if block.sentences]


def pages_of_rows(extraction: Extraction) -> list[tuple[str, list[int], list[int]]]:
    """For each row that is searched as one, what it says, and the pages of its part and of its boxes."""
    return [
        (
            one.span.of(extraction.text),
            [part.number for part in extraction.parts if part.span.overlaps(one.span)],
            sorted({box.page for box in boxes_of(extraction.boxes, one.span)}),
        )
        for block in extraction.blocks
        for one in block.sentences
    ]


def test_a_header_at_the_end_of_a_page_names_the_rows_on_the_next() -> None:
    first = [*column(60, 100, BELLS), *rows_at(64, [HEADER]), NUMBERS[0]]
    second = [*rows_at(760, ROPES), *column(60, 640, TIDES), NUMBERS[1]]
    extraction = load(first, second)
    assert searched(extraction) == [["Rope; Strands; Load (kN); Price"], NAMED]
    assert pages_of_rows(extraction) == [
        (" ".join(HEADER), [1], [1]),
        *((" ".join(row), [2], [2]) for row in ROPES),
    ]
    assert blocks_of(extraction) == [
        ("body", "\n".join(BELLS)),
        ("body", " ".join(HEADER)),
        ("furniture", "- 1 -"),
        ("body", "\n".join(" ".join(row) for row in ROPES)),
        ("body", "\n".join(TIDES)),
        ("furniture", "- 2 -"),
    ]


def test_a_header_with_its_first_row_at_the_end_of_a_page_names_all_rows() -> None:
    extraction = load([*column(60, 120, BELLS), *rows_at(80, [HEADER, ROPES[0]])], rows_at(760, ROPES[1:]))
    assert searched(extraction) == [["Rope; Strands; Load (kN); Price", NAMED[0]], NAMED[1:]]


def test_a_header_of_two_lines_at_the_end_of_a_page_is_read_cell_by_cell() -> None:
    header = [*rows_at(80, [("Rope", "Strands", "Load", "Price per")]), At(260, 69, "(kN)"), At(340, 69, "metre")]
    extraction = load([*column(60, 120, BELLS), *header], rows_at(760, ROPES))
    assert searched(extraction)[1][0] == "Rope: Bell rope; Strands: 3; Load (kN): 14.2; Price per metre: 9.80"


def test_a_table_that_goes_on_over_pages_keeps_its_header_with_each_row() -> None:
    """To a last page with one row, which is no table by itself."""
    pages = [[HEADER, *ROPES], [("Sash cord", "8", "2.1", "1.15")] * 2, [("Tarred line", "3", "1.9", "0.95")]]
    extraction = load(*([*rows_at(600, rows), number] for rows, number in zip(pages, NUMBERS, strict=True)))
    sash = "Rope: Sash cord; Strands: 8; Load (kN): 2.1; Price: 1.15"
    tarred = "Rope: Tarred line; Strands: 3; Load (kN): 1.9; Price: 0.95"
    assert searched(extraction) == [["Rope; Strands; Load (kN); Price", *NAMED], [sash, sash], [tarred]]


@pytest.mark.parametrize("font", ["F1", "F2"], ids=["plain", "bold"])
def test_a_header_that_stands_on_each_page_is_read_once(font: str) -> None:
    pages = [
        [*rows_at(700, [HEADER], font=font), *rows_at(682, [(f"{name} {number}", *rest) for name, *rest in ROPES])]
        for number in (1, 2, 3)
    ]
    extraction = load([*column(60, 760, BELLS), *pages[0]], *pages[1:])
    words = " ".join(HEADER)
    assert [role for role, said in blocks_of(extraction) if said == words] == ["furniture"] * 2
    assert searched(extraction) == [
        ["Rope; Strands; Load (kN); Price", *(row.replace(";", " 1;", 1) for row in NAMED)],
        [row.replace(";", " 2;", 1) for row in NAMED],
        [row.replace(";", " 3;", 1) for row in NAMED],
    ]


ALONE = [*column(60, 120, BELLS), *rows_at(80, [HEADER])]
BESIDE = [left + 25 for left in LEFTS]
HEIGHTS = [("Height", "Weight", "Length", "Price")]


@pytest.mark.parametrize(
    "pages",
    [
        [[*ALONE, *column(60, 50, TIDES[:1])], rows_at(760, ROPES)],
        [ALONE, [*column(60, 760, TIDES), *rows_at(700, ROPES)]],
        [ALONE, [], rows_at(760, ROPES)],
        [ALONE, rows_at(760, ROPES, BESIDE)],
        [ALONE, rows_at(760, [row[:3] for row in ROPES])],
        [ALONE, rows_at(760, [(*row, "Yes") for row in ROPES], (*LEFTS, 420))],
        [ALONE, [at._replace(size=7) for at in rows_at(760, ROPES)]],
        [ALONE, column(60, 760, [*TIDES, *BELLS])],
        [ALONE, rows_at(760, [[cell for cell in row if cell not in {"3", "4"}] for row in ROPES], LEFTS[::2])],
        [rows_at(80, [ROPES[0]]), rows_at(760, ROPES)],
        [[*column(60, 120, BELLS), *rows_at(80, [("Rope:", "Strands:", "Load:", "Price:")])], rows_at(760, ROPES)],
        [[*column(60, 120, BELLS), *rows_at(80, [HEADER[:1]])], rows_at(760, ROPES)],
    ],
    ids=[
        "prose below the header",
        "prose above the rows",
        "a page between",
        "columns beside those of the header",
        "too few columns",
        "too many columns",
        "smaller type",
        "no rows",
        "fewer and wider columns",
        "a row like the others",
        "labels",
        "one cell",
    ],
)
def test_rows_that_are_not_clearly_below_a_header_are_not_named_by_it(pages: list[list[At]]) -> None:
    extraction = load(*pages)
    assert searched(extraction) == []
    assert sorted(extraction.text.split()) == sorted(word for page in pages for at in page for word in at.words.split())


@pytest.mark.parametrize(
    ("header", "lefts"), [(HEIGHTS[0], LEFTS), (HEADER[:3], LEFTS), (HEADER, BESIDE)], ids=["names", "number", "place"]
)
def test_a_table_below_another_one_has_its_own_header(header: Sequence[str], lefts: Sequence[float]) -> None:
    rows = [row[: len(header)] for row in ROPES]
    extraction = load(rows_at(400, [HEADER, *ROPES]), rows_at(760, [header, *rows], lefts))
    assert searched(extraction)[0] == ["Rope; Strands; Load (kN); Price", *NAMED]
    expected = ["; ".join(f"{name}: {cell}" for name, cell in zip(header, row, strict=True)) for row in rows]
    assert searched(extraction)[1][1:] == expected


words = st.text("mnoprsuv", min_size=3, max_size=9)
numbers = st.decimals(0, 99, places=1, allow_nan=False).map(str)


@given(
    st.lists(st.tuples(words, numbers, numbers), min_size=12, max_size=16, unique_by=lambda row: row[0]),
    st.integers(1, 5),
    st.booleans(),
    st.booleans(),
)
@settings(max_examples=30)
def test_a_table_is_searched_alike_wherever_pages_break_it(
    rows: list[tuple[str, ...]], lines_above: int, has_third_page: bool, repeats_header: bool
) -> None:
    names = HEADER[:1] + HEADER[2:]
    every = [names, *rows]
    edges = [0, lines_above, *[lines_above + 4] * has_third_page, len(every)]
    tables = [[names] * (repeats_header and first > 0) + every[first:end] for first, end in pairwise(edges)]
    prose = column(60, 760, [*BELLS, *TIDES])
    extraction = load([*prose, *rows_at(700, tables[0])], *(rows_at(700, table) for table in tables[1:]))
    assert [one for part in searched(extraction) for one in part] == searched(load([*prose, *rows_at(700, every)]))[0]
    pages = [number for number, (first, end) in enumerate(pairwise(edges), 1) for _ in range(first, end)]
    assert pages_of_rows(extraction) == [
        (" ".join(row), [page], [page]) for row, page in zip(every, pages, strict=True)
    ]


GROFF = """.pl 4i
.LP
These are the sizes that we always have in stock:
{above}
.TS
l l l.
Name\tStrands\tBreaking load (kN)
{rows}
.TE
.LP
The rest is made when it is asked for.
"""


@pytest.mark.parametrize("lines_above", range(4, 15))
def test_a_table_of_groff_is_named_wherever_its_page_ends(lines_above: int) -> None:
    if shutil.which("gropdf", path=GROFF_PATH) is None:
        pytest.skip("no gropdf (apt install groff)")
    cells = [(f"Rope {name}", f"{number % 5 + 3}", f"{number}.5") for number, name in enumerate("abcdefgh", 1)]
    rows = "\n".join("\t".join(row) for row in cells)
    source = GROFF.format(above="\n".join([".br\nWe make ropes."] * lines_above), rows=rows)
    made = subprocess.run(
        ["groff", "-Tpdf", "-t", "-ms"],
        input=source.encode(),
        capture_output=True,
        check=True,
        env=os.environ | {"PATH": GROFF_PATH},
    )
    extraction = check_pdf(load_pdf(made.stdout))
    assert [one for part in searched(extraction) for one in part] == [
        "Name; Strands; Breaking load (kN)",
        *(f"Name: {name}; Strands: {strands}; Breaking load (kN): {load_kn}" for name, strands, load_kn in cells),
    ]
    assert all(part == boxes and len(part) == 1 for _, part, boxes in pages_of_rows(extraction))
