"""CSV and TSV: every row is a sentence at its lines, searched with the names of its columns."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source.delimited import load_delimited, load_tsv
from source.errors import LoadError
from source.split import split_passages
from tests.checks import check_passages

cells = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]) | st.sampled_from(',;"\n\r\t '), max_size=12
)
tables = st.lists(st.lists(cells, min_size=2, max_size=4), min_size=1, max_size=8)


@given(tables, st.sampled_from(["\n", "\r\n", "\r"]))
def test_no_character_of_a_table_is_lost(table: list[list[str]], line_end: str) -> None:
    written = io.StringIO(newline="")
    csv.writer(written, lineterminator=line_end).writerows(table)
    extraction = load_delimited(written.getvalue().encode())
    assert extraction.text == written.getvalue()
    check_passages(extraction)


@given(st.lists(st.tuples(*[st.from_regex(r"[a-z]{1,8}", fullmatch=True)] * 3), min_size=1, max_size=8))
def test_each_row_is_searched_with_the_names_of_its_columns(rows: list[tuple[str, str, str]]) -> None:
    text = "\n".join(",".join(row) for row in [("name", "place", "trade"), *rows])
    sentences = [one for block in load_delimited(text.encode()).blocks for one in block.sentences]
    assert [one.folded for one in sentences[1:]] == [f"name: {a}; place: {b}; trade: {c}" for a, b, c in rows]


def test_a_table_by_hand() -> None:
    text = 'Bell;Cast;Note\r\nNo. 2;1687;"a little flat;\r\nbut loved"\r\n\r\nNo. 9;1902;A\r\n'
    extraction = load_delimited(text.encode())
    (passage,) = split_passages(extraction)
    assert [one.folded for one in passage.sentences] == [
        "Bell; Cast; Note",
        "Bell: No. 2; Cast: 1687; Note: a little flat; but loved",
        "Bell: No. 9; Cast: 1902; Note: A",
    ]
    assert passage.sentences[1].span.of(text) == 'No. 2;1687;"a little flat;\r\nbut loved"'
    assert (passage.lines.first, passage.lines.last) == (1, 5) if passage.lines else False


@pytest.mark.parametrize("text", ["1687,640\n1902,310\n", "one\ntwo\n", "alone"])
def test_a_first_row_that_names_nothing_is_a_row(text: str) -> None:
    sentences = [one for block in load_delimited(text.encode()).blocks for one in block.sentences]
    assert sentences[-1].folded.replace("; ", ",") == text.rsplit(maxsplit=1)[-1].replace("two", "one: two")


def test_a_tsv_is_divided_by_tabs_only() -> None:
    sentences = load_tsv(b"Name\tPlace\nCarver, A.\tPort Ellery\n").blocks[0].sentences
    assert sentences[1].folded == "Name: Carver, A.; Place: Port Ellery"


@pytest.mark.parametrize("data", [b"", b"\n\n", b"  \r\n"])
def test_a_table_without_a_row_has_no_block(data: bytes) -> None:
    assert load_delimited(data).blocks == ()


def test_a_cell_without_an_end_is_an_error_not_a_hang() -> None:
    with pytest.raises(LoadError) as error:
        load_delimited(b'a,b\n"' + b"x" * 1_100_000)
    assert str(error.value) == "line 2 begins no row of a table (field larger than field limit (1000000))"
    assert error.value.remedy == "Mend it, or add it as .txt."
