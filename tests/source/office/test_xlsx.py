"""XLSX: rows are lines of their sheet, searched with the header of their table, and found again by number."""

from __future__ import annotations

import datetime as dt
import io
import random
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from openpyxl import Workbook

from source.document import Lines
from source.errors import LoadError
from source.office.xlsx import load_xlsx
from source.split import split_passages
from tests.checks import check_coverage

Value = str | int | float | bool | dt.datetime | None


def make_xlsx(**sheets: Sequence[Sequence[Value]]) -> bytes:
    """A workbook with a sheet for each name, of these rows."""
    workbook = Workbook()
    workbook.remove(workbook.active)
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    written = io.BytesIO()
    workbook.save(written)
    return written.getvalue()


BELLS = make_xlsx(
    Bells=[
        ["The bells of Port Ellery"],
        [],
        ["Bell", "Cast", "Weight, kg", "Rung"],
        ["No. 2", 1687, 640.5, True],
        ["No. 9", dt.datetime(1902, 5, 17), None, "each\nday"],  # noqa: DTZ001 - sheets know no time zones
    ],
    Empty=[],
    Staff=[[None, "Suki Arden", 19]],
)


def test_a_workbook_by_hand() -> None:
    extraction = load_xlsx(BELLS)
    assert [(part.kind, part.number, part.name, part.state) for part in extraction.parts] == [
        ("sheet", 1, "Bells", "text"),
        ("sheet", 2, "Empty", "no text"),
        ("sheet", 3, "Staff", "text"),
    ]
    passages = split_passages(extraction)
    check_coverage(extraction.text, [passage.span for passage in passages])
    assert [(passage.lines, [one.folded for one in passage.sentences]) for passage in passages] == [
        (Lines(1, 1), ["The bells of Port Ellery"]),
        (
            Lines(3, 5),
            [
                "Bell; Cast; Weight, kg; Rung",
                "Bell: No. 2; Cast: 1687; Weight, kg: 640.5; Rung: TRUE",
                "Bell: No. 9; Cast: 1902-05-17; Rung: each day",
            ],
        ),
        (Lines(1, 1), ["Suki Arden; 19"]),
    ]
    assert passages[1].sentences[1].span.of(extraction.text) == "No. 2\t1687\t640.5\tTRUE"


def test_each_row_is_found_at_its_number() -> None:
    generator = random.Random(1)
    rows: list[list[Value]] = [
        [f"name {number}", number] if generator.random() < 0.7 else [] for number in range(1, 200)
    ]
    extraction = load_xlsx(make_xlsx(First=[["x"]], Second=rows))
    numbers = []
    for passage in split_passages(extraction)[1:]:
        assert passage.lines is not None
        for sentence in passage.sentences:
            number = passage.lines.first + extraction.text.count("\n", passage.span.start, sentence.span.start)
            assert sentence.span.of(extraction.text) == f"name {number}\t{number}"
            numbers.append(number)
    assert numbers == [number for number, row in enumerate(rows, 1) if row]


def test_workbooks_of_others_lose_nothing(shared: Path) -> None:
    paths = sorted((shared / "data" / "files" / "docling" / "xlsx").iterdir())
    assert len(paths) >= 11
    for path in paths:
        extraction = load_xlsx(path.read_bytes())
        check_coverage(extraction.text, [passage.span for passage in split_passages(extraction)])
        assert extraction.text.strip()


def test_damage_costs_a_sentence_and_nothing_else() -> None:
    generator = random.Random(0)
    reasons = set()
    for _ in range(60):
        damaged = bytearray(BELLS[: generator.choice([len(BELLS), generator.randrange(len(BELLS))])])
        for _ in range(generator.randrange(1, 4)):
            damaged[generator.randrange(len(damaged) or 1)] ^= 1 << generator.randrange(8)
        try:
            load_xlsx(bytes(damaged))
        except LoadError as error:
            reasons.add(str(error))
    assert reasons == {"it is not a whole .xlsx file"}


def changed(name: str, old: bytes, new: bytes) -> bytes:
    """The workbook of bells with `old` in a member replaced, which must stand there."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(BELLS)) as whole, zipfile.ZipFile(written, "w") as copy:
        for member in whole.namelist():
            content = whole.read(member)
            assert member != name or old in content
            copy.writestr(member, content.replace(old, new) if member == name else content)
    return written.getvalue()


def test_cells_that_a_sheet_only_claims_to_have_take_no_time() -> None:
    claims = changed("xl/worksheets/sheet1.xml", b'<dimension ref="A1:D5"', b'<dimension ref="A1:XFD1048576"')
    assert load_xlsx(claims) == load_xlsx(BELLS)


def test_a_workbook_whose_words_are_missing_is_damaged() -> None:
    with pytest.raises(LoadError) as error:
        load_xlsx(changed("xl/worksheets/sheet1.xml", b't="inlineStr"><is><t>Bell</t></is>', b't="s"><v>9</v>'))
    assert str(error.value) == "it is not a whole .xlsx file"
