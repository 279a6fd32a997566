"""Tables of Word documents: rows with their headers, or the text of a table that is there for its layout."""

from __future__ import annotations

import pytest
from docx import Document

from source.office.docx import load_docx
from tests.docxs import body_of, bytes_of, c, item, p, r, table, with_body
from tests.extractions import folded_of


def test_a_table_is_read_by_rows_with_the_headers_and_a_merged_cell_once() -> None:
    document = Document()
    cells = [["Who", "Weight", ""], ["Ann", "1", "2"], ["", "3", "4"], ["Ben", "5", ""]]
    made = document.add_table(4, 3)
    for row, texts in zip(made.rows, cells, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    made.cell(0, 1).merge(made.cell(0, 2))
    made.cell(1, 0).merge(made.cell(2, 0))
    extraction = load_docx(bytes_of(document))
    assert extraction.text == "Who\tWeight\nAnn\t1\t2\n3\t4\nBen\t5\t"
    assert [one.folded for one in extraction.blocks[0].sentences] == [
        "Who; Weight; Weight",
        "Who: Ann; Weight: 1; Weight: 2",
        "Who: Ann; Weight: 3; Weight: 4",
        "Who: Ben; Weight: 5",
    ]


@pytest.mark.parametrize(
    ("xml", "folded"),
    [
        (table(c("Day") + c("Who"), c("Mon") + c("Ann")), ["Day; Who", "Mon; Ann"]),
        (table(c("Day") + c("Who"), c("Mon") + c("Ann"), look="0420"), ["Day; Who", "Day: Mon; Who: Ann"]),
        (table(c("1") + c("2"), c("3") + c("4"), look="0420"), ["1; 2", "3; 4"]),
        (
            table("<w:trPr><w:tblHeader/></w:trPr>" + c("1") + c("2"), c("3") + c("4")),
            ["1; 2", "1: 3; 2: 4"],
        ),
        (
            table(c("A") + c("B"), '<w:trPr><w:gridBefore w:val="1"/></w:trPr>' + c("x"), c("y") + c("z"), look="0020"),
            ["A; B", "B: x", "A: y; B: z"],
        ),
        (table("<w:trPr><w:del/></w:trPr>" + c("gone") + c("too"), c("a") + c("b")), ["a; b"]),
        (table(c("") + c(" ")) + p(r("Text.")), ["Text."]),
        (table(f"<w:sdt><w:sdtPr/><w:sdtContent>{c('a')}</w:sdtContent></w:sdt>" + c("b")), ["a; b"]),
        (table(c("a", '<w:gridSpan w:val="x"/>') + c("b", '<w:gridSpan w:val="99999999999"/>')), ["a; b"]),
    ],
)
def test_rows_by_hand(xml: str, folded: list[str]) -> None:
    assert folded_of(load_docx(with_body(xml))) == folded


def test_a_table_for_layout_is_read_as_the_text_in_it() -> None:
    long = "A sentence of prose in a cell. " * 20
    inner = table(c("a") + c("b"))
    assert body_of(table(c("Menu") + c(long))) == ["Menu", long.strip()]
    deleted = "<w:trPr><w:del/></w:trPr>" + c("gone")
    assert body_of(table(c("kept"), deleted)) == ["kept"]
    assert body_of(table(f"{c('x')}<w:tc>{inner}<w:p/></w:tc>")) == ["x", "a\tb"]
    assert body_of(table(f"<w:tc>{item(r('one'))}{item(r('two'))}{p(r('three'))}</w:tc>")) == ["one\ntwo", "three"]
