"""OpenDocument sheets: rows are lines of their sheet, searched with the header of their table; counts are bounded."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from source.document import Lines
from source.errors import LoadError
from source.office.odf import load_ods
from source.split import split_passages
from tests.archives import broken_archives, broken_members
from tests.checks import check_coverage
from tests.odfs import cell, flat, p, packed, row, table

SHEETS = (
    table(
        row("The bells of Port Ellery", cell("", columns_repeated=1000)),
        row("", repeated=2),
        row("Bell", "Cast", "Weight"),
        row("No. 2", "1687", '<table:table-cell office:value-type="float" office:value="640.5"/>'),
        row(
            cell("No. 9", rows_spanned=2),
            cell(f"{p('17 May')}{p('1902')}<office:annotation>{p('Really?')}</office:annotation>"),
        ),
        row("<table:covered-table-cell/>", cell("", columns_repeated=2), "rung"),
        row("", repeated=1_048_000),
    )
    + table(row(""), name="Empty")
    + table(row("Suki Arden", cell("19", columns_repeated=2), repeated=2), name="Staff")
)
BELLS = packed("spreadsheet", SHEETS, title="Bells")


def test_a_workbook_by_hand() -> None:
    extraction = load_ods(BELLS)
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
            Lines(4, 7),
            [
                "Bell; Cast; Weight",
                "Bell: No. 2; Cast: 1687; Weight: 640.5",
                "Bell: No. 9; Cast: 17 May 1902",
                "rung",
            ],
        ),
        (Lines(1, 2), ["Suki Arden; 19; 19", "Suki Arden; 19; 19"]),
    ]
    assert passages[1].sentences[1].span.of(extraction.text) == "No. 2\t1687\t640.5"
    assert extraction.title == "Bells"
    assert load_ods(flat("spreadsheet", SHEETS)).text == extraction.text


def test_each_row_is_found_at_its_number() -> None:
    generator = random.Random(1)
    numbers = [number for number in range(1, 200) if generator.random() < 0.7]
    rows = [row(f"name {number}", str(number)) if number in numbers else row("") for number in range(1, 200)]
    extraction = load_ods(packed("spreadsheet", table(row("x")) + table(*rows, name="Second")))
    found = []
    for passage in split_passages(extraction)[1:]:
        assert passage.lines is not None
        for sentence in passage.sentences:
            number = passage.lines.first + extraction.text.count("\n", passage.span.start, sentence.span.start)
            assert sentence.span.of(extraction.text) == f"name {number}\t{number}"
            found.append(number)
    assert found == numbers


def test_workbooks_of_others_lose_nothing(shared: Path) -> None:
    (path,) = (shared / "data" / "files" / "docling" / "odf").glob("*.ods")
    extraction = load_ods(path.read_bytes())
    check_coverage(extraction.text, [passage.span for passage in split_passages(extraction)])
    folded = [sentence.folded for block in extraction.blocks for sentence in block.sentences]
    assert "Year: 2024; Freshwater Ducks: 180" in folded


@pytest.mark.parametrize(
    "sheet",
    [
        table(row("x", repeated=10**12)),
        table(row(cell("", columns_repeated=10**9), "x")),
        table(row(cell("a long text " * 100, columns_repeated=16_384), repeated=1_000_000)),
        table(row("", repeated=1_048_576), row("x")),
        *(table(row(cell("x" * 1000, columns_repeated=10_000))) * count for count in (6, 60)),
    ],
)
def test_counts_that_stand_for_too_much_are_refused(sheet: str) -> None:
    with pytest.raises(LoadError) as caught:
        load_ods(packed("spreadsheet", sheet))
    assert str(caught.value) == "its repeated cells stand for too many"


def test_damage_costs_a_sentence_and_nothing_else() -> None:
    reasons = set()
    for mutant in [*broken_archives(BELLS, 3), *broken_members(BELLS, 4)]:
        try:
            extraction = load_ods(mutant)
            check_coverage(extraction.text, [passage.span for passage in split_passages(extraction)])
        except LoadError as error:
            reasons.add(error.reason)
    assert "it is not a whole .ods file" in reasons
