"""The threshold that a library's own documents ask for, and what becomes of it."""

from __future__ import annotations

import itertools
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.embed import Embedder
from index.library import Library
from qa.ask import ask
from qa.calibrate import HIGHEST, LOWEST, find_threshold, make_questions, scores_of
from qa.confidence import REREAD_THRESHOLD, THRESHOLD
from qa.metrics import wilson
from qa.words import STOP_WORDS, words_of
from source.errors import LibraryError
from source.fold import fold
from tests.command import Command
from tests.documents import put_text
from tests.fakes import WordEmbedder

WORDS = WordEmbedder()
ANSWERING = {"How": "How many", "When": "When", "Who": "Who", "Where": "Where"}


def test_made_questions_ask_for_what_they_leave_out(demo_library: Library) -> None:
    made = list(make_questions(demo_library, 20))
    assert made == list(itertools.islice(make_questions(demo_library, 100), 20))
    assert len({one.passage_id for one in made}) == len(made) == 20
    passages = demo_library.passages([one.passage_id for one in made])
    for one in made:
        asking = next(words for words in ANSWERING.values() if one.text.startswith(words))
        asked = words_of(one.text.removeprefix(asking))
        held = words_of(fold(passages[one.passage_id].text, "markdown"))
        assert 3 <= len(asked) <= 5
        assert set(asked) <= set(held)
        assert not STOP_WORDS & set(asked)


def test_without_its_passage_a_question_scores_less(demo_library: Library, embedder: Embedder) -> None:
    scores = [scores_of(demo_library, embedder, one) for one in make_questions(demo_library, 12)]
    assert sum(with_it > without for with_it, without in scores) >= 10


@given(
    st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=30, max_size=80),
    st.floats(0, 1),
)
def test_the_threshold_is_the_least_that_keeps_to_the_share(scores: list[tuple[float, float]], answered: float) -> None:
    found = find_threshold(scores, 0.25, answered).found
    assert LOWEST <= found.threshold <= HIGHEST
    share = sum(without >= found.threshold for _, without in scores) / len(scores)
    assert found.answered == share
    if found.threshold < HIGHEST:
        assert share <= answered
    if found.threshold > LOWEST:  # a little less, and it would be too many
        lower = found.threshold - 0.0021
        assert sum(without >= lower for _, without in scores) / len(scores) > answered or lower < LOWEST


def test_rates_by_hand() -> None:
    scores = [(0.9, 0.1)] * 18 + [(0.2, 0.1)] * 2 + [(0.9, 0.5)] * 20
    calibration = find_threshold(scores, 0.25, 0.1)
    assert (calibration.questions, calibration.found.threshold) == (40, 0.501)
    assert (calibration.before.answered, calibration.before.refused) == (0.5, 0.05)
    assert (calibration.found.answered, calibration.found.refused) == (0.0, 0.05)


def test_as_many_may_be_answered_as_the_share_says() -> None:
    """0.57 of 100 is 57, though 1 - 0.57 is a little more than 0.43."""
    found = find_threshold([(1.0, 0.2)] * 43 + [(1.0, 0.4)] * 57, 0.25, 0.57).found
    assert (found.threshold, found.answered) == (0.201, 0.57)


def test_too_few_questions_calibrate_nothing() -> None:
    for number, made in ((29, "only 29 questions"), (1, "only 1 question"), (0, "no question")):
        with pytest.raises(LibraryError) as caught:
            find_threshold([(1.0, 0.0)] * number, 0.25, 0.1)
        assert str(caught.value) == (
            f"Cannot calibrate this library: {made} could be made of its documents, and 30 are needed. "
            "Add more documents first."
        )


def test_to_reset_and_to_print_json_is_a_usage_error(qa: Command) -> None:
    result = qa("calibrate", "--reset", "--json")
    assert result.status == 2
    assert "with --reset there is nothing to print: leave --json out" in result.errors


def test_wilson_by_hand() -> None:
    assert wilson(0, 10) == (0.0, 0.2775)
    assert wilson(5, 10) == (0.2366, 0.7634)


def test_a_threshold_that_was_set_is_the_answers_until_another_model_comes(library: Library) -> None:
    put_text(library, WORDS, "The bell of Dunmouth was cast by Jonas Trell. It rang in 1687.\n")
    question = "The bell of Dunmouth was cast by Jonas Trell."
    assert library.threshold is None
    assert ask(library, WORDS, question).threshold == THRESHOLD
    for impossible in (-0.1, 1.1, float("nan")):
        with pytest.raises(ValueError, match="is no probability"):
            library.set_threshold(impossible)
    library.set_threshold(0.999)
    answer = ask(library, WORDS, question)
    assert (answer.threshold, answer.answered) == (0.999, answer.score >= 0.999)
    with Library(library.folder) as again:
        assert again.threshold == 0.999
    library.set_threshold(0)
    assert ask(library, WORDS, "moths").threshold == 0
    other = WordEmbedder("others")
    sentences = [one for id_ in library.body_passage_ids() for one in library.sentences([id_])]
    library.replace_vectors([(one.id, other.embed_question(one.folded)) for one in sentences], other.identity)
    assert library.threshold is None


def test_calibrate_tells_what_it_found_and_reset_takes_it_back(
    demo_qa: Command, demo_folder: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(demo_folder, folder)
    told = demo_qa("calibrate", "--questions", "40", "--json", "--library", f"{folder}/").value
    with Library(folder) as library:
        assert library.threshold == told["found"]["threshold"]
    assert told["questions"] == 40
    assert told["before"]["threshold"] == REREAD_THRESHOLD
    assert told["found"]["answered"] <= 0.1
    assert "The threshold is the usual one again." in demo_qa("calibrate", "--reset", "--library", f"{folder}/").errors
    with Library(folder) as library:
        assert library.threshold is None
