"""A library: documents, vectors and keywords change together, and everything it gives back is what was put in."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.embedding import embed_again
from index.library import DATABASE_NAME, Library
from index.vectors import VectorIndex
from source.document import Lines, Span
from source.errors import LibraryError
from tests.checks import check_coverage, slow_lines
from tests.documents import body_sentences, make_document, put_text, quotes_of
from tests.fakes import WordEmbedder
from tests.strategies import htmls, markdowns, texts

WORDS = WordEmbedder()
EVERYTHING = 1_000_000
BELLS = (
    "The Bells\n\nThey ring when the tide has turned.\n\nPhoto: Marta Quill\n\nThe oldest of them was cast in 1687.\n"
)
ROPES = "Ropes wear through when nobody looks after them.\n"


@given(
    st.one_of(
        st.tuples(st.just("/a.txt"), texts),
        st.tuples(st.just("/a.md"), markdowns),
        st.tuples(st.just("/a.html"), htmls),
    )
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_given_back_is_to_the_letter_what_was_put_in(library: Library, file: tuple[str, str]) -> None:
    path, text = file
    document = make_document(text, path)
    record = library.put(document, WORDS.embed_passages(body_sentences(document)), WORDS.identity)
    assert library.text(record.id) == document.text
    passages = library.passages_of(record.id)
    ids = [passage.id for passage in passages]
    assert library.passages(ids) == {passage.id: passage for passage in passages}
    assert library.headings([*ids, max(ids, default=0) + 1]) == {one.id: one.headings for one in passages}
    check_coverage(document.text, [passage.span for passage in passages])
    for passage, original in zip(passages, document.passages, strict=True):
        assert passage.text == passage.span.of(document.text)
        assert (passage.number, passage.role, passage.span) == (original.number, original.role, original.span)
        assert (passage.headings, passage.lines) == (original.headings, original.lines)
        sentences = library.sentences([passage.id])
        if passage.role == "body":
            assert [(one.span, one.folded) for one in sentences] == [
                (one.span, one.folded) for one in original.sentences
            ]
            check_coverage(document.text, [one.span for one in sentences], passage.span)
            for one in sentences:
                where = passage.location_of(one.span)
                assert (where.paragraph, where.headings) == (passage.number, passage.headings)
                assert where.lines == (None if passage.lines is None else slow_lines(document.text, one.span))
        else:
            assert sentences == []


def test_a_record_by_hand(library: Library) -> None:
    record = put_text(library, WORDS, BELLS, "/documents/bells.txt")
    document = make_document(BELLS, "/documents/bells.txt")
    assert (record.name, record.path, record.title) == ("bells.txt", "/documents/bells.txt", "The Bells")
    assert (record.sha256, record.size_bytes) == (document.sha256, len(BELLS) + 3)
    assert (record.format, record.encoding) == ("text", "utf-8-sig")
    assert (record.body_passages, record.body_chars) == (
        2,
        len("They ring when the tide has turned.") + len("The oldest of them was cast in 1687."),
    )
    assert (record.heading_chars, record.furniture_chars) == (len("The Bells"), len("Photo: Marta Quill"))
    passages = library.passages_of(record.id)
    assert [(one.role, one.text, one.headings, one.lines) for one in passages] == [
        ("heading", "The Bells", (), Lines(1, 1)),
        ("body", "They ring when the tide has turned.", ("The Bells",), Lines(3, 3)),
        ("furniture", "Photo: Marta Quill", ("The Bells",), Lines(5, 5)),
        ("body", "The oldest of them was cast in 1687.", ("The Bells",), Lines(7, 7)),
    ]


def ids_in_file(library: Library) -> list[list[int]]:
    """The sentence ids that each vector file in the folder holds."""
    indexes = [VectorIndex.load(path, WORDS.identity.dimension) for path in library.folder.glob("vectors-*")]
    return [sorted(index.ids().tolist()) for index in indexes if index is not None]


def rows_left(folder: Path) -> dict[str, int]:
    """How many rows each table holds, SQLite's own and those of the keyword index included, but for bookkeeping."""
    with closing(sqlite3.connect(folder / DATABASE_NAME)) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        for name in ("keywords", "furniture_keywords"):
            connection.execute(f"CREATE VIRTUAL TABLE temp.{name}_terms USING fts5vocab(main, {name}, row)")
            tables.append(f"{name}_terms")
        kept = {"facts", "sqlite_sequence"}
        counted = [name for name in tables if name not in kept and not name.endswith(("_data", "_config", "_idx"))]
        return {name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in counted}


def test_of_what_is_removed_no_row_is_left_anywhere(tmp_path: Path) -> None:
    with Library(tmp_path) as library:
        first = put_text(library, WORDS, BELLS)
        second = put_text(library, WORDS, ROPES, "/documents/ropes.txt")
        library.search_vectors(WORDS.embed_question("bell"), 5)
        full = rows_left(tmp_path)
        library.remove([first.id, second.id, 12345])
    empty = {name for name, rows in full.items() if not rows}
    never_held = {"boxes", "conversations", "origins", "parts", "removed_rows", "spare_vectors", "turns"}
    assert empty == never_held  # see test_erasure.py
    assert rows_left(tmp_path) == dict.fromkeys(full, 0)
    with Library(tmp_path) as library:
        assert library.documents() == []
        assert library.search_keywords(["bell", "ropes", "quill"], 5) == []
        assert library.search_vectors(WORDS.embed_question("bell"), 5) == []
        assert ids_in_file(library) == [[]]


def test_a_changed_document_takes_the_place_of_its_older_version(library: Library) -> None:
    old = put_text(library, WORDS, BELLS)
    other = put_text(library, WORDS, ROPES, "/documents/ropes.txt")
    new = put_text(library, WORDS, "A new bell was hung in May.\n")
    assert new.id not in {old.id, other.id}
    assert library.documents() == [new, other]
    assert quotes_of(library, ["bell", "tide", "ropes"]) == ["A new bell was hung in May.", ROPES.strip()]
    assert library.count_passages_with("quill") == 0
    with pytest.raises(KeyError):
        library.document(old.id)


class BrokenError(Exception):
    """What goes wrong in the midst of a change."""


def test_a_document_that_cannot_be_stored_whole_leaves_the_older_one(library: Library) -> None:
    old = put_text(library, WORDS, BELLS)
    document = make_document(ROPES + "\n\n" + BELLS)
    vectors = WORDS.embed_passages(body_sentences(document))
    before = library.generation
    with pytest.raises(StopIteration):
        library.put(document, vectors[:1], WORDS.identity)
    assert library.documents() == [old]
    assert library.text(old.id) == BELLS
    assert quotes_of(library, ["tide"]) == ["They ring when the tide has turned."]
    assert library.generation == before


def test_every_change_makes_the_generation_larger(library: Library) -> None:
    generations = [library.generation]
    record = put_text(library, WORDS, BELLS)
    generations.append(library.generation)
    put_text(library, WORDS, BELLS)
    generations.append(library.generation)
    library.replace_vectors(embed_again(library, WORDS), WORDS.identity)
    generations.append(library.generation)
    library.remove([record.id])
    generations.append(library.generation)
    assert generations == sorted(set(generations))


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[Library, Library]]:
    """Two views of one library, as two processes have."""
    with Library(tmp_path / "library") as one, Library(tmp_path / "library") as other:
        yield one, other


def test_two_who_have_a_library_open_see_each_other_s_changes(pair: tuple[Library, Library]) -> None:
    one, other = pair
    bell = WORDS.embed_question("They ring when the tide has turned.")
    assert other.search_vectors(bell, 3) == []
    record = put_text(one, WORDS, BELLS)
    assert other.documents() == [record]
    assert len(other.search_vectors(bell, EVERYTHING)) == len(one.search_vectors(bell, EVERYTHING)) == 2
    assert quotes_of(other, ["tide"]) == quotes_of(one, ["tide"]) == ["They ring when the tide has turned."]
    assert one.documents_by_id([record.id, record.id + 1]) == {record.id: record}
    other.remove([record.id])
    ropes = put_text(other, WORDS, ROPES)
    assert one.documents_by_id([record.id, ropes.id]) == {ropes.id: ropes}
    assert [passage_id for passage_id, _ in one.search_vectors(bell, 3)] == [
        one.passages_of(one.documents()[0].id)[0].id
    ]
    assert quotes_of(one, ["tide", "ropes"]) == [ROPES.strip()]


def test_a_snapshot_shows_one_state_to_every_kind_of_reading(pair: tuple[Library, Library]) -> None:
    one, other = pair
    record = put_text(one, WORDS, BELLS)
    bell = WORDS.embed_question("bell")
    with one.snapshot():
        near = one.search_vectors(bell, EVERYTHING)
        other.remove([record.id])
        put_text(other, WORDS, ROPES, "/documents/ropes.txt")
        assert one.documents() == [record]
        assert one.documents_by_id([record.id]) == {record.id: record}
        assert one.search_vectors(bell, EVERYTHING) == near
        assert quotes_of(one, ["tide", "ropes"]) == ["They ring when the tide has turned."]
        assert one.count_passages() == 2
        assert one.text(record.id) == BELLS
    assert quotes_of(one, ["tide", "ropes"]) == [ROPES.strip()]
    assert len(one.search_vectors(bell, EVERYTHING)) == 1


def test_a_library_takes_vectors_of_one_model_only(library: Library) -> None:
    models = [library.model]
    put_text(library, WORDS, BELLS)
    assert [*models, library.model] == [None, WORDS.identity]
    other = WordEmbedder("other\n")
    with pytest.raises(LibraryError) as caught:
        put_text(library, other, ROPES, "/documents/ropes.txt")
    assert str(caught.value) == (
        f"Cannot use the model other\\n with the library in {library.folder}: the library was made with words "
        f"(weights {WORDS.identity.digest[:12]}, not {other.identity.digest[:12]}). Leave out --model, or embed all of "
        "it again: qa reindex --model other\\n."
    )
    assert [record.name for record in library.documents()] == ["bells.txt"]


def test_embedding_again_swaps_all_vectors_and_the_model_at_once(pair: tuple[Library, Library]) -> None:
    one, other = pair
    put_text(one, WORDS, BELLS)
    put_text(one, WORDS, ROPES, "/documents/ropes.txt")
    sentence, new = "They ring when the tide has turned.", WordEmbedder("new")
    assert other.search_vectors(WORDS.embed_question(sentence), 1)[0][1] == pytest.approx(1, abs=2e-3)
    one.replace_vectors(embed_again(one, new), new.identity)
    assert other.model == one.model == new.identity
    for library in pair:
        assert library.search_vectors(new.embed_question(sentence), 1)[0][1] == pytest.approx(1, abs=2e-3)
        assert library.search_vectors(WORDS.embed_question(sentence), 1)[0][1] < 0.7
    with pytest.raises(LibraryError):
        put_text(other, WORDS, ROPES)


def test_vectors_held_from_before_a_swap_are_not_kept_as_the_new_ones(tmp_path: Path) -> None:
    """The ids of sentences stay the same, so a file of old vectors under the new name would never be noticed."""
    sentence, new = "They ring when the tide has turned.", WordEmbedder("new")
    with Library(tmp_path) as one:
        put_text(one, WORDS, BELLS)
        with Library(tmp_path) as other:
            other.search_vectors(WORDS.embed_question(sentence), 1)
            one.replace_vectors(embed_again(one, new), new.identity)
    with Library(tmp_path) as library:
        assert library.search_vectors(new.embed_question(sentence), 1)[0][1] == pytest.approx(1, abs=2e-3)


def test_a_swap_that_leaves_a_sentence_out_is_none(library: Library) -> None:
    put_text(library, WORDS, BELLS)
    new = WordEmbedder("new")
    before = library.generation
    with pytest.raises(ValueError, match="1 vectors for 2 sentences"):
        library.replace_vectors(list(embed_again(library, new))[:1], new.identity)
    assert (library.model, library.generation) == (WORDS.identity, before)


def test_what_is_embedded_again_is_what_was_embedded(library: Library) -> None:
    put_text(library, WORDS, BELLS)
    put_text(library, WORDS, ROPES, "/documents/ropes.txt")
    expected = [*body_sentences(make_document(BELLS)), *body_sentences(make_document(ROPES))]
    assert [sentences for _, sentences in library.folded_passages()] == expected


@pytest.mark.parametrize("damage", ["delete", "truncate", "flip", "old"])
def test_the_vector_file_is_only_a_copy(tmp_path: Path, damage: str) -> None:
    bell = WORDS.embed_question("bell")
    with Library(tmp_path) as library:
        put_text(library, WORDS, BELLS)
        library.search_vectors(bell, 5)
    [file] = tmp_path.glob("vectors-*")
    kept = file.read_bytes()
    with Library(tmp_path) as library:
        put_text(library, WORDS, ROPES, "/documents/ropes.txt")
        expected = library.search_vectors(bell, 5)
    match damage:
        case "delete":
            file.unlink()
        case "truncate":
            file.write_bytes(kept[: len(kept) // 2])
        case "flip":
            file.write_bytes(kept[:-1] + bytes([kept[-1] ^ 1]))
        case "old":
            file.write_bytes(kept)
    with Library(tmp_path) as library:
        assert library.search_vectors(bell, 5) == expected
    assert len(list(tmp_path.glob("vectors-*"))) == 1


def test_spans_of_a_document_are_code_points_whatever_it_is_written_in(library: Library) -> None:
    text = "Ünïcödé 🙂 first. 𝔖econd 👩\u200d👧 here, e\u0301 too.\r\n\r\nשלום עולם, this is the third one."
    record = put_text(library, WORDS, text)
    assert [passage.text for passage in library.passages_of(record.id)] == text.split("\r\n\r\n")
    [second] = [one for one in library.sentences([library.passages_of(record.id)[0].id]) if one.folded.startswith("S")]
    assert second.span == Span(17, 41)
    assert second.span.of(text) == "𝔖econd 👩\u200d👧 here, e\u0301 too."


def test_removing_nothing_changes_nothing(library: Library) -> None:
    put_text(library, WORDS, BELLS)
    before = library.generation, (library.folder / DATABASE_NAME).stat().st_mtime_ns
    library.remove([])
    assert (library.generation, (library.folder / DATABASE_NAME).stat().st_mtime_ns) == before
    assert library._database.fact("to_erase") == ""
