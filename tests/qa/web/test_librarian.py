"""Asking, removing, suggesting and waiting, without a browser."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest

from index.embed import Embedder
from index.ingest import add_paths
from index.library import Library
from qa.transcript import Reply
from qa.web.librarian import Librarian
from qa.web.line import Line
from qa.web.removals import Removals
from source.errors import LibraryError, ModelError, QuestionError
from tests.conftest import DEMO_DOCUMENTS
from tests.documents import put_text
from tests.fakes import WordEmbedder
from tests.qa.web.test_intake import outcomes, ready, upload


@pytest.fixture
def librarian(library: Library) -> Iterator[Librarian]:
    opened = Librarian(library, ready(WordEmbedder()), undo_s=0.2)
    yield opened
    opened.close()


def answered(librarian: Librarian, question: str, **options: object) -> Reply:
    return librarian.ask(question, lambda _: None, **options).result.result(60)  # type: ignore[arg-type]


def wait_until_gone(removals: Removals, kind: str) -> None:
    gone = threading.Event()
    for _ in range(200):
        if not removals.pending(kind):
            return
        gone.wait(0.05)
    raise AssertionError(removals.pending(kind))


def test_questions_that_cannot_be_asked_are_told_apart(librarian: Librarian, library: Library) -> None:
    with pytest.raises(QuestionError, match="there is no word in it"):
        librarian.check(" ?! ", ())
    with pytest.raises(QuestionError, match="it has 10,001 characters, more than 10,000"):
        librarian.check("a" * 10_001, ())
    with pytest.raises(QuestionError, match=re.escape("the library is empty. Add documents to it first.")):
        librarian.check("Who cast the bell?", ())
    document = put_text(library, WordEmbedder(), "The bell rings.", "/bells.txt")
    with pytest.raises(QuestionError, match=re.escape("no document is in use. Tick at least one in the list.")):
        librarian.check("Who cast the bell?", {document.id})
    librarian.check("Who cast the bell?", {document.id + 1})


def test_a_question_that_would_find_no_room_is_turned_away_before_anything_is_done(library: Library) -> None:
    put_text(library, WordEmbedder(), "The bell rings.", "/bells.txt")
    model: Future[Embedder] = Future()
    librarian = Librarian(library, model, most_waiting=1)
    librarian.check("Who rings?", ())
    waiting = librarian.ask("Who rings?", lambda _: None)
    with pytest.raises(QuestionError, match="1 question is waiting already"):
        librarian.check("Who rings?", ())
    model.set_result(WordEmbedder())
    waiting.result.result(60)
    librarian.check("Who rings?", ())
    librarian.close()


def test_a_model_that_cannot_be_loaded_is_told_to_each_question(library: Library) -> None:
    model: Future[Embedder] = Future()
    librarian = Librarian(library, model)
    was_ready = librarian.is_ready
    model.set_exception(ModelError("Cannot load the model x", "its weights are gone", "Install it again."))
    assert (was_ready, librarian.is_ready) == (False, True)
    for _ in range(2):
        with pytest.raises(ModelError, match=re.escape("Cannot load the model x: its weights are gone.")):
            answered(librarian, "Who?")
    librarian.close()


def test_documents_that_are_left_out_are_not_quoted_and_the_reply_says_how_many_were(
    librarian: Librarian, library: Library
) -> None:
    bell = put_text(library, WordEmbedder(), "The oldest bell was cast by Jonas Trell.", "/bells.txt")
    put_text(library, WordEmbedder(), "Honey keeps the oldest bees warm.", "/honey.txt")
    reply = answered(librarian, "Who cast the oldest bell?")
    assert (reply.searched.documents, reply.searched.all_documents) == (2, 2)
    assert reply.quotes[0].document == "bells.txt"
    reply = answered(librarian, "Who cast the oldest bell?", left_out={bell.id})
    assert (reply.searched.documents, reply.searched.all_documents) == (1, 2)
    assert {quote.document for quote in reply.quotes} == {"honey.txt"}
    librarian.remove(bell.id)
    reply = answered(librarian, "Who cast the oldest bell?")
    assert (reply.searched.documents, reply.searched.all_documents) == (1, 1)
    assert {quote.document for quote in reply.quotes} == {"honey.txt"}


def test_a_removal_hides_at_once_and_removes_only_when_it_cannot_be_taken_back_any_more(
    librarian: Librarian, library: Library, tmp_path: Path
) -> None:
    (tmp_path / "uploads").mkdir()
    outcomes(library, [upload(tmp_path / "uploads", "bells.txt", b"The oldest bell was cast by Jonas Trell.")])
    [document] = library.documents()
    librarian.removals.undo_s = 60
    assert librarian.remove(document.id) == document
    assert librarian.documents() == []
    with pytest.raises(QuestionError, match="the library is empty"):
        librarian.check("Who cast it?", ())
    assert library.documents() == [document]
    assert Path(document.path).exists()
    assert librarian.removals.take_back(("document", document.id))
    assert librarian.documents() == [document]
    librarian.removals.undo_s = 0.05
    librarian.remove(document.id)
    wait_until_gone(librarian.removals, "document")
    assert library.documents() == []
    assert not Path(document.path).exists()
    assert not librarian.removals.take_back(("document", document.id))
    assert librarian.remove(document.id) is None


def test_removal_never_deletes_a_user_s_own_file(librarian: Librarian, library: Library, tmp_path: Path) -> None:
    own = tmp_path / "own.txt"
    own.write_text("My own words.", encoding="utf-8")
    list(add_paths(library, WordEmbedder(), [own]))
    librarian.remove(library.documents()[0].id)
    wait_until_gone(librarian.removals, "document")
    assert library.documents() == []
    assert own.read_text(encoding="utf-8") == "My own words."


def test_what_was_removed_when_the_page_ends_is_there_again(library: Library) -> None:
    put_text(library, WordEmbedder(), "The bell rings.", "/bells.txt")
    librarian = Librarian(library, ready(WordEmbedder()), undo_s=60)
    librarian.remove(library.documents()[0].id)
    librarian.close()
    assert [document.name for document in library.documents()] == ["bells.txt"]


def test_suggestions_are_the_documents_own_questions_from_as_many_as_there_are(
    librarian: Librarian, library: Library
) -> None:
    list(add_paths(library, WordEmbedder(), [DEMO_DOCUMENTS]))
    suggested = librarian.suggest(3)
    assert len(set(suggested)) == 3
    assert "Why does a harbour need nine bells?" in suggested


def test_questions_are_answered_one_after_the_other_and_know_how_many_come_first() -> None:
    line, gate = Line(9), threading.Event()
    done: list[int] = []
    tickets = [line.stand(lambda number=number: gate.wait(30) and number, done.append) for number in range(4)]  # type: ignore[misc]
    assert [ticket.ahead for ticket in tickets] == [0, 1, 2, 3]
    tickets[1].drop()  # it gives up its place
    assert [ticket.ahead for ticket in tickets] == [0, 1, 1, 2]
    tickets[0].drop()  # it is too late for that, but nothing is kept of it
    gate.set()
    assert [tickets[number].result.result(30) for number in (0, 2, 3)] == [0, 2, 3]
    assert done == [2, 3]
    assert [ticket.ahead for ticket in tickets] == [0, 0, 0, 0]
    line.close()


def test_a_full_line_turns_away_and_has_room_again_once_someone_leaves() -> None:
    line, gate = Line(2), threading.Event()
    first = line.stand(lambda: gate.wait(60), lambda _: None)
    second = line.stand(lambda: "second", lambda _: None)
    sentence = "Cannot answer this question now: 2 questions are waiting already. Ask again in a minute."
    for turned_away in (line.check_room, lambda: line.stand(lambda: "third", lambda _: None)):
        with pytest.raises(QuestionError, match=f"^{re.escape(sentence)}$"):
            turned_away()
    second.drop()
    third = line.stand(lambda: "third", lambda _: None)
    gate.set()
    assert (first.result.result(60), third.result.result(60)) == (True, "third")
    line.check_room()
    line.close()


def test_a_removal_that_fails_leaves_all_as_it_was(caplog: pytest.LogCaptureFixture) -> None:
    removals = Removals(0.01)

    def fail() -> None:
        raise LibraryError("Cannot change it", "the disk is full", "Free some space.")

    removals.put_off(("document", 1), fail)
    wait_until_gone(removals, "document")
    assert "shown again" in caplog.text
