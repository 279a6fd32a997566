"""PDF: every page is read in the order a reader would, and what cannot be read is told page by page."""

from __future__ import annotations

import html
import os
import random
import re
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source.document import Extraction, Part, Span
from source.errors import LoadError
from source.fold import fold
from source.load import load_document
from source.pdf import load_pdf
from tests.checks import check_coverage, check_passages
from tests.conftest import DEMO_DOCUMENTS
from tests.pdfs import HEIGHT, WIDTH, At, column, make_pdf

BELLS = ["The old bell of the town hangs in the north tower,", "and it has been rung by hand since the year 1874."]
TIDES = ["High water comes to the harbour twice a day, later", "by fifty minutes each day than on the day before."]
ROPES = ["Ropes are made of hemp and are changed every ten", "years, whether or not they show any sign of wear."]

FOLDERS = ("docling/pdf", "docling/ocr", "docling/pdf_password", "py-pdf-sample-files")
LOCKED = ("2206.01062_pg3.pdf", "libreoffice-writer-password.pdf")
SENTENCES = [
    ("docling/pdf/multi_page.pdf", 2, "Google Docs enabled real-time editing and sharing"),
    (
        "docling/pdf/2305.03393v1-pg9.pdf",
        1,
        "We have chosen the PubTabNet data set to perform HPO, since it includes a",
    ),
    ("docling/pdf/redp5110_sampled.pdf", 6, "resource security prevents data breaches"),
    ("docling/pdf/amt_handbook_sample.pdf", 1, "wing type that is"),
    ("py-pdf-sample-files/026-latex-multicolumn/multicolumn.pdf", 1, "consectetuer adipiscing elit"),
    (
        "py-pdf-sample-files/009-pdflatex-geotopo/GeoTopo-komprimiert.pdf",
        6,
        "Die Elemente von T heißen offene Teilmengen",
    ),
]


def check(extraction: Extraction) -> Extraction:
    """`extraction`, whose passages and pages lose nothing."""
    check_passages(extraction)
    parts, text = extraction.parts, extraction.text
    assert [part.number for part in parts] == list(range(1, len(parts) + 1))
    assert all(one.span.end <= other.span.start for one, other in pairwise(parts))
    assert all((part.state == "text") == (len(part.span) > 0) for part in parts)
    check_coverage(text, [part.span for part in parts if len(part.span)])
    assert "\0" not in text
    assert text.encode("utf-8").decode("utf-8") == text
    return extraction


def load(*pages: list[At], title: str = "", page_entries: str = "") -> Extraction:
    return check(load_pdf(make_pdf(pages, title=title, page_entries=page_entries)))


def blocks_of(extraction: Extraction) -> list[tuple[str, str]]:
    return [(block.role, block.span.of(extraction.text)) for block in extraction.blocks]


def body_of(extraction: Extraction) -> list[str]:
    return [words for role, words in blocks_of(extraction) if role == "body"]


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


def test_a_table_is_read_row_by_row() -> None:
    rows = [("Austria", "8.9", "Vienna"), ("Belgium", "11.5", "Brussels"), ("Denmark", "5.8", "Copenhagen")] * 2
    cells = [
        At(left, 600 - 14 * number, cell)
        for number, row in enumerate(rows)
        for left, cell in zip((60, 200, 340), row, strict=True)
    ]
    by_column = sorted(cells, key=lambda at: at.left)
    assert load(by_column).text.split("\n") == [" ".join(row) for row in rows]


def running(page: int, words: list[str]) -> list[At]:
    return [At(60, 760, f"Bells and Tides {page}", 9), *column(60, 600, words), At(300, 40, f"- {page + 3} -", 9)]


def test_running_heads_and_page_numbers_are_furniture() -> None:
    extraction = load(running(1, BELLS), running(2, TIDES), running(3, ROPES))
    assert body_of(extraction) == ["\n".join(lines) for lines in (BELLS, TIDES, ROPES)]
    furniture = [words for role, words in blocks_of(extraction) if role == "furniture"]
    assert furniture == [words for page in (1, 2, 3) for words in (f"Bells and Tides {page}", f"- {page + 3} -")]


def test_headings_of_chapters_are_not_running_heads_for_having_different_numbers() -> None:
    pages = [
        [At(60, 740, f"Chapter {chapter}", 10, "F2"), *column(60, 700, lines)]
        for chapter, lines in ((1, [*BELLS, *ROPES]), (4, [*TIDES, *ROPES]))
    ]
    assert [words for role, words in blocks_of(load(*pages)) if role == "heading"] == ["Chapter 1", "Chapter 4"]


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


@pytest.mark.parametrize("title", ["Bells of the coast", "", "untitled", "Microsoft Word - bells.doc", "bells.indd"])
def test_the_title_is_the_file_s_own_if_it_is_one(title: str) -> None:
    page = [At(60, 740, "The Harbour Book", 20), *column(60, 700, BELLS)]
    assert load(page, title=title).title == (title if title.startswith("Bells") else "The Harbour Book")


def test_a_paragraph_that_runs_across_pages_is_one_block_on_both() -> None:
    extraction = load(column(60, 700, [*TIDES, "", BELLS[0]]), column(60, 700, [BELLS[1], "", *ROPES]))
    assert body_of(extraction) == ["\n".join(lines) for lines in (TIDES, BELLS, ROPES)]
    across = extraction.blocks[1].span
    assert [part.number for part in extraction.parts if part.span.overlaps(across)] == [1, 2]


def test_a_page_number_between_the_halves_of_a_paragraph_keeps_them_two_blocks() -> None:
    first = [*column(60, 700, [*TIDES, "", BELLS[0]]), At(300, 40, "7")]
    extraction = load(first, column(60, 700, [BELLS[1], "", *ROPES]))
    assert [role for role, _ in blocks_of(extraction)] == ["body", "body", "furniture", "body", "body"]


def test_a_page_without_text_is_told_by_its_number() -> None:
    extraction = load(column(60, 700, BELLS), [], column(60, 700, TIDES))
    first, second = len("\n".join(BELLS)), len("\n".join(TIDES))
    assert extraction.parts == (
        Part(Span(0, first), "page", 1),
        Part(Span(first, first), "page", 2, state="no text"),
        Part(Span(first + 2, first + 2 + second), "page", 3),
    )


def test_a_page_in_a_font_that_does_not_tell_its_letters_is_unreadable() -> None:
    extraction = load([At(60, 700, "Nobody knows what this says.", font="F3")], column(60, 700, TIDES))
    assert [part.state for part in extraction.parts] == ["unreadable", "text"]
    assert extraction.text == "\n".join(TIDES)


def test_a_hyphen_at_a_line_end_stays_in_the_text_and_its_word_is_found() -> None:
    lines = ["A word may be divided where the line ends, for exam-", "ple here, and a semi-", "automatic door as well."]
    extraction = load(column(60, 700, lines))
    assert extraction.text == "\n".join(lines)
    folded = fold(extraction.text, "none")
    assert "for example here" in folded
    assert "a semi-automatic door" in folded


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_page_that_was_turned_reads_as_one_that_was_not(quarters: int) -> None:
    matrix = {1: "0 1 -1 0", 2: "-1 0 0 -1", 3: "0 -1 1 0"}[quarters]

    def turned(at: At) -> At:
        x, y = at.left, at.bottom
        left, bottom = {1: (HEIGHT - y, x), 2: (WIDTH - x, HEIGHT - y), 3: (y, HEIGHT - x)}[quarters]
        return at._replace(left=left, bottom=bottom, matrix=matrix)

    page = [At(60, 740, "The Harbour Book", 20), *column(60, 500, [*BELLS, "", *TIDES])]
    assert blocks_of(load(list(map(turned, page)))) == blocks_of(load(page))


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


@pytest.mark.parametrize(
    ("data", "reason", "remedy"),
    [
        (make_pdf([[], []]), "it has no text layer (a scan?)", "Read it with OCR (for example ocrmypdf)"),
        (
            make_pdf([[At(60, 700, "Nobody knows.", font="F3")]]),
            "its fonts do not tell which letters they show",
            "Read it with OCR (for example ocrmypdf)",
        ),
        (b"", "it is not a whole PDF file", "Get it once more, or save it again,"),
        (b"%PDF-1.7\nnothing", "it is not a whole PDF file", "Get it once more, or save it again,"),
        (b"It is a letter.", "it is not a whole PDF file", "Get it once more, or save it again,"),
        (make_pdf([]), "it is not a whole PDF file", "Get it once more, or save it again,"),
    ],
)
def test_what_cannot_be_read_says_why(data: bytes, reason: str, remedy: str) -> None:
    with pytest.raises(LoadError) as caught:
        load_pdf(data)
    assert (caught.value.reason, caught.value.remedy) == (reason, f"{remedy} and add it again.")


def test_a_pdf_file_becomes_a_document_with_pages(tmp_path: Path) -> None:
    path = tmp_path / "bells.PDF"
    path.write_bytes(make_pdf([column(60, 700, BELLS)]))
    document = load_document(path)
    assert (document.format, document.encoding, document.title) == ("pdf", "", "bells")
    assert [(part.kind, part.number) for part in document.parts] == [("page", 1)]


places = st.builds(
    At,
    st.integers(-50, WIDTH),
    st.integers(-50, HEIGHT),
    st.text(st.sampled_from("ab (.-1\xe9\xad\x01\t"), max_size=30),
    st.sampled_from([0.1, 8, 10, 10, 14, 900]),
    st.sampled_from(["F1", "F1", "F2", "F3"]),
    st.sampled_from(["1 0 0 1", "1 0 0 1", "0 1 -1 0", "0.7 0.7 -0.7 0.7", "-1 0 0 1", "0 0 0 0", "1e9 0 0 1e9"]),
)


@given(st.lists(st.lists(places, max_size=12), min_size=1, max_size=4))
def test_all_of_any_page_is_in_passages_and_pages(pages: list[list[At]]) -> None:
    try:
        extraction = load_pdf(make_pdf(pages))
    except LoadError as error:
        assert re.search(r"no text layer|fonts do not tell", error.reason)  # noqa: PT017 - an error is not expected
        return
    check(extraction)


def test_a_damaged_file_is_read_or_refused() -> None:
    whole = make_pdf([running(1, BELLS), running(2, TIDES)], title="Bells")
    chance = random.Random(3)
    for _ in range(300):
        data = bytearray(whole[: chance.choice([len(whole), chance.randrange(len(whole))])])
        for _ in range(chance.randrange(1, 20)):
            if data:
                data[chance.randrange(len(data))] = chance.randrange(256)
        try:
            extraction = load_pdf(bytes(data))
        except LoadError:
            continue
        check(extraction)


@pytest.fixture(scope="session")
def printed_bells(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The demo's interview as a browser prints it, with its address, the time and a number on each page."""
    browser = shutil.which("chromium")
    if browser is None:
        if os.environ.get("QA_REQUIRE_BROWSER") == "1":
            pytest.fail("no chromium")
        pytest.skip("no chromium")
    folder = tmp_path_factory.mktemp("printed")
    page = "".join(f"<p>{html.escape(words)}</p>" for words in bells_of_the_demo())
    style = "@page {size: A5} p {text-align: justify; hyphens: auto; break-inside: avoid}"
    (folder / "bells.html").write_text(f"<html lang=en><meta charset=utf-8><style>{style}</style>{page}", "utf-8")
    output = folder / "bells.pdf"
    options = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder / 'profile'}"]
    command = [browser, *options, f"--print-to-pdf={output}", str(folder / "bells.html")]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return output.read_bytes()


def bells_of_the_demo() -> list[str]:
    """The paragraphs of the demo's interview."""
    text = (DEMO_DOCUMENTS / "harbour-bells.txt").read_text(encoding="utf-8")
    return [" ".join(paragraph.split()) for paragraph in text.split("\n\n") if paragraph.strip()]


def test_what_a_browser_printed_is_read_word_for_word_and_paragraph_by_paragraph(printed_bells: bytes) -> None:
    extraction = check(load_pdf(printed_bells))
    assert len(extraction.parts) > 1
    said = [fold(words, "none") for role, words in blocks_of(extraction) if role != "furniture"]
    wanted = [fold(words, "none") for words in bells_of_the_demo()]
    assert " ".join(said) == " ".join(wanted)
    assert len(set(wanted) - set(said)) < 0.05 * len(wanted)
    furniture = [words for role, words in blocks_of(extraction) if role == "furniture"]
    assert len(furniture) == 2 * len(extraction.parts)


def files(shared: Path) -> list[Path]:
    return sorted(path for folder in FOLDERS for path in (shared / "data" / "files" / folder).rglob("*.pdf"))


def test_real_files_are_read_whole_or_refused_with_a_reason(shared: Path) -> None:
    refused: dict[str, str] = {}
    for path in files(shared):
        try:
            check(load_pdf(path.read_bytes()))
        except LoadError as error:
            refused[path.name] = error.reason
    locked = [name for name, reason in refused.items() if "password" in reason]
    assert locked == list(LOCKED)
    # PDFium cannot open it: its table of objects is damaged.
    assert [name for name, reason in refused.items() if "not a whole" in reason] == ["unreadablemetadata.pdf"]
    scans = {name for name, reason in refused.items() if "scan" in reason}
    assert {path.name for path in files(shared) if path.parent.name == "ocr"} <= scans
    assert len(scans) == 11


@pytest.mark.parametrize(("name", "number", "sentence"), SENTENCES)
def test_sentences_of_real_files_are_on_their_pages(shared: Path, name: str, number: int, sentence: str) -> None:
    extraction = load_pdf((shared / "data" / "files" / name).read_bytes())
    assert sentence in fold(extraction.parts[number - 1].span.of(extraction.text), "none")


def test_the_columns_of_a_real_file_are_read_one_after_the_other(shared: Path) -> None:
    folder = shared / "data" / "files" / "docling" / "pdf"
    text = fold(load_pdf((folder / "amt_handbook_sample.pdf").read_bytes()).text, "none")
    in_order = ["pulleys, provided the inner race", "Figure 7-26. Self-locking nuts.", "the most common ranges in size"]
    assert sorted(in_order, key=text.index) == in_order
