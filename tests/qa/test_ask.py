"""Answers as a whole: cut from the documents to the letter, and the same whenever they are asked for."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from index.embed import Embedder
from index.ingest import add_paths
from index.library import Library
from qa.answer import Answer
from qa.ask import ask, search
from source.errors import LibraryError, QuestionError
from source.load import load_document
from tests.command import Command, run_process
from tests.conftest import DEMO_DOCUMENTS, ROOT
from tests.documents import put_text
from tests.fakes import WordEmbedder
from tests.pdfs import column, make_pdf

WORDS = WordEmbedder()
DEMO_QUESTIONS = [
    json.loads(line)["question"] for line in (ROOT / "qa" / "demo" / "questions.jsonl").read_text("utf-8").splitlines()
]
BELLS = "The bell of Dunmouth was cast by Jonas Trell. It rang in 1687.\n\nIt weighs 640 kilograms in all.\n"

IN_A_PROCESS = """
import json, sys
from pathlib import Path
from index.library import Library
from qa.ask import ask
from tests.fakes import WordEmbedder
with Library(Path(sys.argv[1])) as library:
    answers = [ask(library, WordEmbedder(), question).as_dict() for question in sys.argv[2:]]
print(json.dumps([{**answer, "seconds": 0} for answer in answers]))
"""


def timeless(answer: Answer) -> Answer:
    """The answer without how long it took, which alone may differ."""
    return replace(answer, seconds=0)


def test_every_demo_question_is_answered_in_the_very_words_of_the_files(
    demo_library: Library, embedder: Embedder
) -> None:
    """As the loader reads them now, not only as the library has kept them."""
    texts = {path.name: load_document(path).text for path in DEMO_DOCUMENTS.iterdir()}
    answered = 0
    for question in DEMO_QUESTIONS:
        answer = ask(demo_library, embedder, question)
        answered += answer.answered
        assert bool(answer.citations) != bool(answer.nearest)
        assert answer.answered == (answer.score >= answer.threshold)
        assert len(answer.citations) <= 4
        assert len(answer.nearest) <= 3
        for citation in [*answer.citations, *answer.nearest]:
            text = texts[citation.document.name]
            assert citation.quote.encode() == text[citation.span.start : citation.span.end].encode() != b""
            assert citation.passage.text == citation.passage.span.of(text)
            assert citation.passage.span.start <= citation.span.start < citation.span.end <= citation.passage.span.end
            for span in citation.answering:
                assert citation.span.start <= span.start < span.end <= citation.span.end
            assert citation.passage.role == "body"
    assert answered > len(DEMO_QUESTIONS) / 2


def test_an_answer_by_hand(library: Library) -> None:
    put_text(library, WORDS, BELLS)
    answer = ask(library, WORDS, "The bell of Dunmouth was cast by Jonas Trell.")
    assert answer.answered
    assert answer.question == "The bell of Dunmouth was cast by Jonas Trell."
    assert [citation.quote for citation in answer.citations] == ["The bell of Dunmouth was cast by Jonas Trell."]
    assert (answer.nearest, answer.missing_words) == ((), ())
    assert answer.seconds > 0


def test_a_refusal_by_hand(library: Library) -> None:
    put_text(library, WORDS, BELLS)
    answer = ask(library, WORDS, "Moths inhale quasars?")
    assert not answer.answered
    assert answer.citations == ()
    assert answer.missing_words == ("moths", "inhale", "quasars")
    quotes = {citation.quote for citation in answer.nearest}
    assert quotes >= {"It weighs 640 kilograms in all.", "The bell of Dunmouth was cast by Jonas Trell."}


@pytest.mark.parametrize(
    ("question", "words"), [("Who cast the bell?", ("cast", "bell")), ("What is it?", ("what", "is", "it"))]
)
def test_an_empty_library_has_no_word_of_the_question(library: Library, question: str, words: tuple[str, ...]) -> None:
    answer = ask(library, WORDS, question)
    assert (answer.answered, answer.score) == (False, 0)
    assert (answer.citations, answer.nearest, answer.missing_words) == ((), (), words)
    assert search(library, WORDS, question) == ()


def test_a_question_that_is_none_is_said_so_by_ask_and_search(library: Library) -> None:
    with pytest.raises(QuestionError, match="there is no word in it"):
        ask(library, WORDS, "?!")
    with pytest.raises(QuestionError, match="more than 10,000"):
        search(library, WORDS, "a" * 10_001)


def test_a_library_of_another_model_is_not_asked(library: Library) -> None:
    put_text(library, WORDS, BELLS)
    with pytest.raises(LibraryError, match="Cannot use the model other"):
        ask(library, WordEmbedder("other"), "Who cast the bell?")


def test_what_was_removed_is_no_longer_quoted(library: Library) -> None:
    record = put_text(library, WORDS, BELLS)
    put_text(library, WORDS, "Gulls sit on the roof of the market.\n", "/documents/gulls.txt")
    question = "The bell of Dunmouth was cast by Jonas Trell."
    assert [citation.quote for citation in ask(library, WORDS, question).citations] == [question]
    library.remove([record.id])
    answer = ask(library, WORDS, question)
    quotes = [citation.quote for citation in [*answer.citations, *answer.nearest]]
    assert quotes == ["Gulls sit on the roof of the market."]
    assert answer.missing_words == ("bell", "dunmouth", "cast", "jonas", "trell")


def test_the_best_hits_are_those_that_search_shows(demo_library: Library, embedder: Embedder) -> None:
    hits = search(demo_library, embedder, "Who cast the oldest bell?", 5)
    assert hits == search(demo_library, embedder, "Who cast the oldest bell?")[:5]
    assert "cast in 1687 by a founder called Jonas Trell" in hits[0].passage.text


def test_the_same_question_has_the_same_answer_from_another_opening_and_other_vector_files(
    demo_folder: Path, demo_library: Library, embedder: Embedder, tmp_path: Path
) -> None:
    questions = DEMO_QUESTIONS[::10]
    expected = [timeless(ask(demo_library, embedder, question)) for question in questions]
    with Library(demo_folder) as again:
        assert [timeless(ask(again, embedder, question)) for question in questions] == expected
    copied = tmp_path / "library"
    copied.mkdir()
    (copied / "library.sqlite3").write_bytes((demo_folder / "library.sqlite3").read_bytes())
    for log in demo_folder.glob("library.sqlite3-wal"):
        (copied / log.name).write_bytes(log.read_bytes())
    with Library(copied) as without_vector_file:
        assert [timeless(ask(without_vector_file, embedder, question)) for question in questions] == expected


def test_the_same_question_has_the_same_answer_in_processes_of_their_own(library: Library) -> None:
    """Whatever the seed of Python's hashes, on which the order of sets depends."""
    list(add_paths(library, WORDS, [DEMO_DOCUMENTS]))
    questions = DEMO_QUESTIONS[::4]
    expected = [{**ask(library, WORDS, question).as_dict(), "seconds": 0} for question in questions]
    for seed in ("1", "2"):
        ended = subprocess.run(
            [sys.executable, "-c", IN_A_PROCESS, library.folder, *questions],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=ROOT,
            capture_output=True,
            check=True,
        )
        assert json.loads(ended.stdout) == json.loads(json.dumps(expected))


def test_the_real_model_gives_the_same_answer_to_the_byte_in_a_process_of_its_own(
    demo_folder: Path, demo_qa: Command
) -> None:
    arguments = ("ask", "Why did nobody react to the humidity alarm in Gallery 4?", "--json")
    here = demo_qa(*arguments).output.splitlines()
    there = run_process(*arguments, library=demo_folder, PYTHONHASHSEED="7").output.splitlines()
    assert here[-2].startswith('  "seconds": ')
    del here[-2], there[-2]
    assert there == here


def test_a_quote_of_a_pdf_tells_where_its_lines_stand(library: Library, embedder: Embedder, tmp_path: Path) -> None:
    """The two lines begin 72 points from the left of a page 600 wide, and run from the top of one 800 high."""
    lines = ["The old bell of the town hangs in the north tower,", "and it has been rung by hand since the year 1874."]
    (tmp_path / "bells.pdf").write_bytes(make_pdf([column(72, 700, lines)]))
    list(add_paths(library, embedder, [tmp_path / "bells.pdf"]))
    answer = ask(library, embedder, "Since which year has the old bell been rung by hand?")
    first, second = answer.as_dict()["citations" if answer.answered else "nearest"][0]["boxes"]
    assert [first["page"], second["page"]] == [1, 1]
    assert [first["box"][0], second["box"][0]] == pytest.approx([72 / 600, 72 / 600], abs=0.004)
    assert first["box"][1] < (800 - 700) / 800 < first["box"][3] < second["box"][3]
