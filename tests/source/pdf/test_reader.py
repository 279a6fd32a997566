"""PDF: every page is accounted for, and what cannot be read is told page by page."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source.document import Part, Span
from source.errors import LoadError
from source.load import load_document
from source.load_options import LoadOptions
from source.pdf.reader import load_pdf
from tests.pdfs import (
    BELLS,
    HEIGHT,
    ROPES,
    TIDES,
    WIDTH,
    At,
    body_of,
    check_pdf,
    column,
    load,
    make_pdf,
    without_tesseract,
)


@pytest.fixture(autouse=True, scope="module")
def _no_tesseract() -> Iterator[None]:
    with without_tesseract():
        yield


@pytest.mark.parametrize("title", ["Bells of the coast", "", "untitled", "Microsoft Word - bells.doc", "bells.indd"])
def test_the_title_is_the_file_s_own_if_it_is_one(title: str) -> None:
    page = [At(60, 740, "The Harbour Book", 20), *column(60, 700, BELLS)]
    assert load(page, title=title).title == (title if title.startswith("Bells") else "The Harbour Book")


def test_a_paragraph_that_runs_across_pages_is_one_block_on_both() -> None:
    extraction = load(column(60, 700, [*TIDES, "", BELLS[0]]), column(60, 700, [BELLS[1], "", *ROPES]))
    assert body_of(extraction) == ["\n".join(lines) for lines in (TIDES, BELLS, ROPES)]
    across = extraction.blocks[1].span
    assert [part.number for part in extraction.parts if part.span.overlaps(across)] == [1, 2]


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


@pytest.mark.parametrize(
    ("data", "reason", "remedy"),
    [
        (make_pdf([[], []]), "it has no text layer (a scan?)", "Install tesseract"),
        (
            make_pdf([[At(60, 700, "Nobody knows.", font="F3")]]),
            "its fonts do not tell which letters they show",
            "Install tesseract",
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
    check_pdf(extraction)


def test_a_damaged_file_is_read_or_refused() -> None:
    whole = make_pdf([column(60, 700, BELLS), column(60, 700, TIDES)], title="Bells")
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
        check_pdf(extraction)


LOCKED = make_pdf([column(60, 700, BELLS)], passwords=("Ellery", "harbour"))


@pytest.mark.parametrize("password", ["Ellery", "harbour"])
def test_a_locked_file_is_opened_by_either_of_its_passwords(password: str) -> None:
    assert body_of(check_pdf(load_pdf(LOCKED, LoadOptions(password=password)))) == ["\n".join(BELLS)]


@pytest.mark.parametrize(
    ("password", "reason", "remedy"),
    [
        (
            "",
            "it is locked with a password",
            "Give it with --password, or save it without one, and add it again.",
        ),
        ("ellery", "the password is wrong", "Give the right one with --password, or save it without one."),
        ("\0\ud800", "the password is wrong", "Give the right one with --password, or save it without one."),
    ],
)
def test_a_locked_file_says_what_it_needs(password: str, reason: str, remedy: str) -> None:
    with pytest.raises(LoadError) as caught:
        load_pdf(LOCKED, LoadOptions(password=password))
    assert (caught.value.reason, caught.value.remedy) == (reason, remedy)


def test_a_file_that_only_its_owner_may_change_is_read_without_a_password() -> None:
    data = make_pdf([column(60, 700, BELLS)], passwords=("", "harbour"))
    assert body_of(check_pdf(load_pdf(data))) == ["\n".join(BELLS)]


def test_a_password_for_a_file_that_has_none_does_no_harm() -> None:
    data = make_pdf([column(60, 700, BELLS)])
    assert load_pdf(data, LoadOptions(password="Ellery")) == load_pdf(data)


def test_each_page_is_noted_once_it_is_read() -> None:
    noted: list[tuple[int, int]] = []
    data = make_pdf([column(60, 700, BELLS), [], column(60, 700, TIDES)])
    load_pdf(data, LoadOptions(note_page=lambda done, total: noted.append((done, total))))
    assert noted == [(1, 3), (2, 3), (3, 3)]


def test_a_file_of_thousands_of_pages_is_read_to_the_last() -> None:
    pages = [[At(60, 700, f"This is what page {number} says.")] for number in range(1, 3001)]
    extraction = check_pdf(load_pdf(make_pdf(pages)))
    assert [part.span.of(extraction.text) for part in extraction.parts] == [page[0].words for page in pages]
