"""Libraries of older formats are brought up to date and lose nothing; boxes and origins, which the third brought."""

from __future__ import annotations

import dataclasses
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from index.database import Database
from index.digest import passage_digest
from index.library import DATABASE_NAME, Library
from index.removed_rows import removed_ranges
from index.rows import pack_vectors
from index.schema import MIGRATIONS
from index.words import keyword_text
from source.boxes import PageBoxes
from source.document import Part, Span
from tests.documents import body_sentences, make_document, put_text, quotes_of
from tests.fakes import WordEmbedder

WORDS = WordEmbedder()
BELL = "The bell of Dunmouth was cast by Jonas Trell."


def make_old_library(folder: Path, version: int) -> None:
    """A library of an older format with one document, as the program of that time wrote it."""
    with closing(sqlite3.connect(folder / DATABASE_NAME)) as connection:
        connection.create_function("keyword_text", 1, keyword_text)
        for script in MIGRATIONS[:version]:
            connection.executescript(script)
        model = json.dumps(dataclasses.asdict(WORDS.identity))
        connection.execute("INSERT INTO facts VALUES ('model', ?)", [model])
        connection.execute(
            "INSERT INTO documents VALUES (1, '/bell.txt', 'bell.txt', 'a', 45, 'text', 'utf-8', '', '2025', ?)", [BELL]
        )
        connection.execute(
            'INSERT INTO passages (id, document_id, number, role, "start", "end", headings, first_line, last_line)'
            " VALUES (1, 1, 1, 'body', 0, 45, '[]', 1, 1)"
        )
        [vector] = pack_vectors(WORDS.embed_passages([[BELL]])[0])
        connection.execute("INSERT INTO sentences VALUES (1, 1, 0, 45, ?, ?)", [BELL, vector])
        connection.execute("INSERT INTO keywords (rowid, headings, text) VALUES (1, '', ?)", [BELL])
        connection.execute(f"PRAGMA user_version = {version}")
        connection.commit()


@pytest.mark.parametrize("version", range(1, len(MIGRATIONS)))
def test_a_library_of_an_older_format_works_as_a_new_one(tmp_path: Path, version: int) -> None:
    make_old_library(tmp_path, version)
    with Library(tmp_path) as library:
        [old] = library.documents()
        assert (old.name, old.origin, old.parts_by_ocr, library.text(old.id)) == ("bell.txt", "", 0, BELL)
        assert quotes_of(library, ["bell"]) == [BELL]
        assert library.search_vectors(WORDS.embed_question(BELL), 1)[0][1] == pytest.approx(1, abs=2e-3)
        digest = passage_digest(make_document(BELL).passages[0])
        assert library.known_vectors([digest]) == {}, "it was stored without a digest"
        copy = put_text(library, WORDS, BELL, "/copy.txt")
        assert library.known_vectors([digest]).keys() == {digest}
        library.remove([old.id])
        assert library.erase_removed()
    with Library(tmp_path) as library:
        assert library.documents() == [copy]
    with closing(sqlite3.connect(tmp_path / DATABASE_NAME)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def test_words_of_every_script_are_found_in_a_library_that_was_made_before_they_were_divided(tmp_path: Path) -> None:
    make_old_library(tmp_path, 4)
    with closing(sqlite3.connect(tmp_path / DATABASE_NAME)) as connection:
        connection.execute(
            "UPDATE keywords SET headings = 'किताबें', text = ? WHERE rowid = 1", [f"{BELL} 今天天气很好。"]
        )
        connection.execute("INSERT INTO furniture_keywords (rowid, text) VALUES (2, '鐘が鳴る')")
        connection.commit()
    with Library(tmp_path) as library:
        for word in ("天气", "कतब", "dunmouth"):
            assert [passage_id for passage_id, _ in library.search_keywords([word], 5)] == [1], word
        assert [library.count_passages_with(word) for word in ("天气", "鳴る", "海")] == [1, 1, 0]
        assert library.terms_with("d") == {"dunmouth": 1}
        assert BELL in library.passage_with_term("dunmouth")


def test_what_an_older_program_had_still_to_erase_is_erased(tmp_path: Path) -> None:
    make_old_library(tmp_path, 5)
    with closing(sqlite3.connect(tmp_path / DATABASE_NAME)) as connection:
        noted = [("to_erase", "everything"), ("removals", "1"), (f"erased {7:020d}", "9"), (f"erased {12:020d}", "12")]
        connection.executemany("INSERT INTO facts VALUES (?, ?)", noted)
        connection.commit()
    with closing(Database(tmp_path / DATABASE_NAME)) as database:
        assert removed_ranges(database) == {"sentences": [(7, 9), (12, 12)]}
        assert database.read("SELECT name FROM facts WHERE name LIKE 'erased%'") == []
    with Library(tmp_path) as library:
        assert library.erase_removed()
        assert quotes_of(library, ["bell"]) == [BELL]
    with closing(Database(tmp_path / DATABASE_NAME)) as database:
        assert (removed_ranges(database), database.fact("to_erase")) == ({}, "")


def test_boxes_and_origin_are_given_back_as_they_were(library: Library) -> None:
    boxes = tuple(PageBoxes(number, bytes(range(number, 200)) * number) for number in (1, 2, 4))
    made = make_document(BELL, "/saved.txt")
    document = dataclasses.replace(
        made, boxes=boxes, origin="https://example.org/bells?a=ü", fetched_at="2026-01-02T03:04:05+00:00"
    )
    record = library.put(document, WORDS.embed_passages(body_sentences(document)), WORDS.identity)
    other = put_text(library, WORDS, BELL, "/other.txt")
    assert library.boxes_of(record.id, [4, 3, 1, 1]) == [boxes[0], boxes[2]]
    assert library.boxes_of(record.id, []) == library.boxes_of(other.id, [1]) == []
    assert (record.origin, record.fetched_at) == (document.origin, document.fetched_at)
    assert library.document(record.id) == record
    assert (other.origin, other.fetched_at) == ("", "")
    library.remove([record.id])
    assert library.boxes_of(record.id, [1, 2, 4]) == []


def test_parts_read_by_ocr_are_counted(library: Library) -> None:
    made = make_document(BELL, "/scan.txt")
    parts = (
        Part(Span(0, 10), "page", 1),
        Part(Span(10, 20), "page", 2, state="OCR"),
        Part(Span(20, 45), "page", 3, state="OCR"),
        Part(Span(45, 45), "page", 4, state="no text"),
        Part(Span(45, 45), "page", 5, state="unreadable"),
    )
    document = dataclasses.replace(made, parts=parts)
    record = library.put(document, WORDS.embed_passages(body_sentences(document)), WORDS.identity)
    assert (record.parts, record.parts_without_text, record.parts_unreadable, record.parts_by_ocr) == (5, 1, 1, 2)
    assert record.extracted_chars == len(BELL)


def test_documents_under_a_folder_are_those_at_any_depth(library: Library) -> None:
    paths = ["/a/b.txt", "/a/b/c.txt", "/a/b/c/d.txt", "/a/bc/d.txt", "/a/b_/c.txt", "/a/B/c.txt", "/é/b.txt"]
    for path in paths:
        put_text(library, WORDS, BELL, path)
    assert [one.path for one in library.documents_under(Path("/a/b"))] == ["/a/b/c.txt", "/a/b/c/d.txt"]
    assert [one.path for one in library.documents_under(Path("/é"))] == ["/é/b.txt"]
    assert [one.path for one in library.documents_under(Path("/"))] == sorted(paths)
    assert library.documents_under(Path("/a/%")) == []
