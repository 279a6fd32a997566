"""Pages and the like: kept with their document, told of each passage and quote, and counted where not read."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.library import DATABASE_NAME, Library
from index.schema import MIGRATIONS
from source.document import Document, Extraction, Part, Span
from source.split import split_passages
from source.text import load_text
from tests.fakes import WordEmbedder

WORDS = WordEmbedder()
PAGES = (
    "The bell was cast in 1687 and is",
    "still rung when it storms.\n\nNobody knows its maker.",
    "",
    "It weighs 640 kg.",
)
STATES = ("text", "text", "no text", "unreadable")


def put_pages(library: Library, pages: tuple[str, ...], joint: str = "\n") -> tuple[int, tuple[Part, ...]]:
    """Put a document of these pages; its id and its parts."""
    parts: list[Part] = []
    start = 0
    for number, page in enumerate(pages, 1):
        parts.append(Part(Span(start, start + len(page)), "page", number, state="text" if page else "no text"))
        start += len(page) + len(joint)
    text = joint.join(pages)
    blocks = load_text(text.encode()).blocks
    extraction = Extraction(text, blocks, "", "", text_is_file=False, markup="none", parts=tuple(parts))
    passages = split_passages(extraction)
    document = Document("a.pdf", "/a.pdf", "0" * 64, 9, "pdf", "", "A", text, passages, tuple(parts))
    bodies = [[one.folded for one in passage.sentences] for passage in passages if passage.role == "body"]
    return library.put(document, WORDS.embed_passages(bodies), WORDS.identity).id, tuple(parts)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text("ab .\n", max_size=30), min_size=1, max_size=6), st.sampled_from(["\n", "\n\n"]))
def test_each_passage_knows_the_pages_it_touches(library: Library, pages: list[str], joint: str) -> None:
    if not "".join(pages).strip():
        return
    document_id, parts = put_pages(library, tuple(pages), joint)
    assert library.parts_of(document_id) == list(parts)
    passages = library.passages_of(document_id)
    for passage in passages:
        assert passage.parts == tuple(part for part in parts if part.span.overlaps(passage.span))
    assert library.passages([passage.id for passage in passages]) == {passage.id: passage for passage in passages}


def test_a_quote_names_only_its_own_page(library: Library) -> None:
    document_id, parts = put_pages(library, PAGES)
    crossing = library.passages_of(document_id)[0]
    assert crossing.parts == parts[:2]
    assert crossing.location_of(Span(0, 10)).parts == parts[:1]
    assert crossing.location_of(Span(40, 50)).parts == parts[1:2]
    assert crossing.location_of(Span(20, 50)).parts == parts[:2]


def test_pages_that_were_not_read_are_counted(library: Library) -> None:
    document_id, _ = put_pages(library, PAGES)
    document = library.document(document_id)
    assert (document.parts, document.parts_without_text, document.parts_unreadable) == (4, 1, 0)


def test_a_removed_document_leaves_no_part(library: Library) -> None:
    document_id, _ = put_pages(library, PAGES)
    library.remove([document_id])
    with closing(sqlite3.connect(library.folder / DATABASE_NAME)) as connection:
        assert connection.execute("SELECT count(*) FROM parts").fetchone() == (0,)


def test_a_library_of_the_first_format_is_brought_up_to_date(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / DATABASE_NAME)) as connection:
        connection.executescript(f"{MIGRATIONS[0]} PRAGMA user_version = 1;")
    with Library(tmp_path) as library:
        document_id, parts = put_pages(library, PAGES)
        assert library.parts_of(document_id) == list(parts)
