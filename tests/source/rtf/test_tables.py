"""Tables of RTF: rows with their headers, or the text of a table that is there for its layout."""

from __future__ import annotations

import pytest

from source.rtf.blocks import load_rtf
from tests.checks import check_passages
from tests.rtfs import body_of, row, rtf


def folded_of(body: bytes) -> list[str]:
    passages = check_passages(load_rtf(rtf(body)))
    return [sentence.folded for passage in passages for sentence in passage.sentences]


@pytest.mark.parametrize(
    ("body", "folded"),
    [
        (row(b"Who", b"Day", properties=rb"\trhdr") + row(b"Ann", b"Mon"), ["Who; Day", "Who: Ann; Day: Mon"]),
        (row(b"Who", b"Day") + row(b"Ann", b"1"), ["Who; Day", "Who: Ann; Day: 1"]),
        (row(b"1", b"2") + row(b"3", b"4"), ["1; 2", "3; 4"]),
        (row(b"1", b"2", properties=rb"\trhdr") + row(b"3", b"4"), ["1; 2", "1: 3; 2: 4"]),
        (row(b"A 1", b"B", properties=rb"\tbllkhdrrows") + row(b"x", b"y"), ["A 1; B", "A 1: x; B: y"]),
        (row(b"A", b"B", b"C") + row(b"x", b"", b"z"), ["A; B; C", "A: x; C: z"]),
        (row(b"A", b"B") + row(rb"1\par 2", rb"{\b 3}"), ["A; B", "A: 1 2; B: 3"]),
        (
            row(b"Who", b"Weight", b"") + row(b"Ann", b"1 to 2", shapes=rb"\cellx1000\cellx3000"),
            ["Who; Weight", "Ann; 1 to 2; 1 to 2"],
        ),
        (
            row(b"Who", b"Kilos", properties=rb"\trhdr", shapes=rb"\cellx1000\cellx3000")
            + row(b"Ann", b"1", b"2")
            + row(b"", b"3", b"4", shapes=rb"\clvmrg\cellx1000\cellx2000\cellx3000"),
            ["Who; Kilos; Kilos", "Who: Ann; Kilos: 1; Kilos: 2", "Who: Ann; Kilos: 3; Kilos: 4"],
        ),
        (
            row(b"A", b"B", b"", shapes=rb"\cellx1000\clmgf\cellx2000\clmrg\cellx3000", properties=rb"\trhdr")
            + row(b"x", b"y", b"z"),
            ["A; B; B", "A: x; B: y; B: z"],
        ),
        (row(b"A", b"B", shapes=b"") + row(b"x", b"y", shapes=rb"\cellx500"), ["A; B", "A: x; B: y"]),
    ],
)
def test_a_row_is_read_with_its_headers(body: bytes, folded: list[str]) -> None:
    assert folded_of(body) == folded


def test_tables_for_layout_and_tables_in_tables_are_read_as_text() -> None:
    long = b"A sentence of prose in a cell. " * 20
    assert body_of(row(b"Menu", long)) == ["Menu", long.decode().strip()]
    assert body_of(row(b"one") + row(b"two")) == ["one", "two"]
    nested = (
        rb"\trowd\cellx1000\cellx2000\pard\intbl x\par\pard\intbl\itap2 a\nestcell b\nestcell"
        rb"{\*\nesttableprops\trowd\cellx10\nestrow}{\nonesttables\par no}\pard\intbl\cell y\cell\row"
    )
    assert body_of(nested) == ["x", "a\tb", "y"]
    assert body_of(row(b"a", b"b") + rb"\pard After.\par" + row(b"c", b"d")) == ["a\tb", "After.", "c\td"]
