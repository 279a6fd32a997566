"""Tables in the viewer: cells as they were written, and not a character lost, moved or added."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from docx import Document as WordDocument
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from playwright.sync_api import expect

from index.ingest import add_paths
from index.library import Library
from index.records import DocumentRecord
from qa.web.tables import delimited_rows
from qa.web.viewer import Place, view_html, window_html
from source.document import Span
from tests.fakes import WordEmbedder
from tests.qa.web.conftest import OpenTab, serving
from tests.qa.web.test_sixty_attacks import ATTACKS
from tests.qa.web.test_viewer import numbers_in, shown_passages

CELL = st.text(alphabet=[*'ab ",;\n\r|é', "\t"], max_size=8)
TABLE = st.lists(st.lists(CELL, min_size=1, max_size=4), min_size=1, max_size=6)


def without_quotes(words: str) -> str:
    return words.replace('""', '"')


@given(TABLE, st.sampled_from([*",;\t|"]))
def test_the_cells_of_csv_are_those_that_pythons_reader_finds(table: list[list[str]], delimiter: str) -> None:
    written = io.StringIO(newline="")
    csv.writer(written, delimiter=delimiter).writerows(table)
    text = written.getvalue().strip("\r\n")
    rows, unshown = delimited_rows(text, Span(0, len(text)), delimiter)
    read = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    expected = [[cell.strip() for cell in row] for row in read if row and (len(row) > 1 or row[0].strip())]
    found = [[without_quotes(cell.of(text)) for cell in row.cells] for row in rows]
    assert [row for row in found if row != [""]] == expected
    assert all(text[one.start : one.start + 2] == '""' for one in unshown)
    edges = [row.span for row in rows]
    assert [span.start for span in edges] == [0, *(span.end for span in edges[:-1])]
    assert edges[-1].end == len(text)


def added(library: Library, path: Path) -> DocumentRecord:
    list(add_paths(library, WordEmbedder(), [path]))
    return next(one for one in library.documents() if one.name == path.name)


def cells_of(shown: str) -> list[list[str]]:
    """What is seen in the cells of the tables, row by row."""
    seen = re.sub(r'<span class="unshown">.*?</span>', "", shown, flags=re.DOTALL)
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", seen, re.DOTALL)
    return [
        [html.unescape(re.sub(r"<[^>]+>", "", cell)) for cell in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row)][1:]
        for row in rows
    ]


ROWS = [["Tower", "Cast", "Remarks"], ["North", "1687", 'says "hoarse"'], ["South", "", "a, b"]]


def make_csv(folder: Path) -> Path:
    with (folder / "bells.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(ROWS)
    return folder / "bells.csv"


def make_xlsx(folder: Path) -> Path:
    book = Workbook()
    for row in ROWS:
        book.active.append([cell or None for cell in row])
    book.save(folder / "bells.xlsx")
    return folder / "bells.xlsx"


def make_docx(folder: Path) -> Path:
    document = WordDocument()
    table = document.add_table(rows=0, cols=3)
    for row in ROWS:
        for cell, words in zip(table.add_row().cells, row, strict=True):
            cell.text = words
    document.save(str(folder / "bells.docx"))
    return folder / "bells.docx"


def make_html(folder: Path) -> Path:
    rows = "".join(f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in row)}</tr>" for row in ROWS)
    (folder / "bells.html").write_text(f"<h1>Bells</h1><p>All the bells.</p><table>{rows}</table>", encoding="utf-8")
    return folder / "bells.html"


def make_markdown(folder: Path) -> Path:
    lines = [f"| {' | '.join(row)} |" for row in ROWS]
    text = "\n".join(["# Bells", "", lines[0], "|---|--:|---|", *lines[1:], "", "So much for them."])
    (folder / "bells.md").write_text(text, encoding="utf-8")
    return folder / "bells.md"


MAKERS = [make_csv, make_xlsx, make_docx, make_html, make_markdown]
Make = Callable[[Path], Path]


@pytest.mark.parametrize("make", MAKERS)
def test_a_table_of_any_format_is_one_with_names_above_its_columns(
    library: Library, tmp_path: Path, make: Make
) -> None:
    document = added(library, make(tmp_path))
    shown = str(view_html(library, document.id, Place(1, 0, 0)))
    assert cells_of(shown) == ROWS
    assert re.findall(r'<th scope="col"[^>]*>(?:<span[^>]*>[^<]*</span>)?(\w+)', shown) == ROWS[0]
    assert shown_passages(shown) == [passage.text for passage in library.passages_of(document.id)]


@pytest.mark.parametrize("make", MAKERS)
def test_every_quote_is_marked_at_its_very_characters(library: Library, tmp_path: Path, make: Make) -> None:
    document = added(library, make(tmp_path))
    text = library.text(document.id)
    passage = next(one for one in library.passages_of(document.id) if "North" in one.text)
    for start in range(passage.span.start, passage.span.end):
        end = min(start + 1 + start % 17, passage.span.end)
        shown = str(view_html(library, document.id, Place(passage.number, start, end)))
        marks = [html.unescape(re.sub("<[^>]+>", "", one)) for one in re.findall(r"<mark.*?</mark>", shown, re.DOTALL)]
        at = start
        for mark in marks:  # in order, inside the quote, and all of it but what divides cells
            at = text.index(mark, at) + len(mark)
        assert at <= end
        assert [one for one in "".join(marks) if one.isalnum()] == [one for one in text[start:end] if one.isalnum()]
        assert shown.count('id="hit"') == bool(marks)


def test_a_long_sheet_is_one_table_and_its_names_stand_above_each_piece(library: Library, tmp_path: Path) -> None:
    with (tmp_path / "long.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["Harbour", "Bells"])
        writer.writerows([f"Harbour number {number}, north", number] for number in range(20_000))
    document = added(library, tmp_path / "long.csv")
    passages = library.passages_of(document.id)
    middle = len(passages) // 2
    shown = str(view_html(library, document.id, Place(middle, 0, 0)))
    assert numbers_in(shown) == list(range(middle - 3, middle + 4))
    assert shown.count("<table>") == 1
    assert shown.count('<tr class="names again">') == 7
    assert shown.count('data-name="Harbour"') == 7
    assert shown_passages(shown) == [passage.text for passage in passages[middle - 4 : middle + 3]]
    assert len(shown) < 400_000
    assert numbers_in(str(window_html(library, document.id, 1, 9999))) == list(range(1, 12))


def test_in_the_browser_the_cited_row_is_marked_and_reached(library: Library, tmp_path: Path, new_tab: OpenTab) -> None:
    document = added(library, make_csv(tmp_path))
    text = library.text(document.id)
    start, end = text.index("South"), len(text.strip())
    with serving(library, lambda _: WordEmbedder()) as address:
        tab = new_tab(address)
        tab.open(f"#s/{document.id}/1/{start}-{end}")
        expect(tab.page.locator("#hit")).to_have_text("South")
        expect(tab.page.locator(".cited-row mark")).to_have_text(["South", "a, b"])
        expect(tab.page.get_by_role("columnheader")).to_have_text([re.compile(name) for name in ROWS[0]])
        expect(tab.page.get_by_role("link", name="Link to row 3")).to_be_visible()
        assert tab.text(".passage") == text.strip()


def test_attacks_in_names_and_cells_are_text(library: Library, tmp_path: Path) -> None:
    names = [attack.replace("\n", " ")[:50] or "x" for attack in ATTACKS if not any(map(str.isdigit, attack))]
    with (tmp_path / "attacks.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([names, *([ATTACKS[: len(names)]] * 20)])
    document = added(library, tmp_path / "attacks.csv")
    last = library.passages_of(document.id)[-1].number
    assert last > 1
    shown = str(view_html(library, document.id, Place(last, 0, 0)))
    assert shown.count("data-name=") == len(names) * (last - 1)
    tags = set(re.findall(r"</?([a-z0-9]+)", shown))
    assert tags <= {"div", "h2", "p", "span", "table", "tbody", "tr", "td", "th", "a"}
    assert shown_passages(shown) == [passage.text for passage in library.passages_of(document.id)]
