"""Documents that differ are shown side by side, and what is no contradiction is not called one."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.embed import Embedder
from index.library import Library
from qa.answer import Answer, difference_words
from qa.ask import ask
from qa.differ import content_stems, differing_denials, differing_values, shared_words
from qa.transcript import Searched, read_reply, reply_of
from qa.words import stems_of
from tests.documents import put_text

SEARCHED = Searched(documents=2, all_documents=2, model="model", program="1", generation=2)
REGISTER = (
    "The oldest bell of Dunmouth was cast by Jonas Trell in 1687. It weighs 640 kilograms and hangs in the north tower."
    " The harbour wall was not damaged by the storm of that winter."
)
CHRONICLE = (
    "According to the parish register, Jonas Trell cast the oldest bell of Dunmouth in 1697. The bell weighs 700 "
    "kilograms. The harbour wall was damaged by the storm of that winter."
)


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        ("cast in 1687", "cast in 1867", ("1687", "1867")),
        ("It weighs 640 kg.", "It weighs 640 kilograms.", None),
        ("It weighs 640 kg.", "It weighs 700 kilograms.", ("640 kg", "700 kilograms")),
        ("It weighs 640 kg.", "It has 3 bells.", None),
        ("5,000 lived there in 2010.", "6,000 lived there in 2015.", None),
        ("5,000 lived there in 2010.", "6,000 lived there in 2010.", ("5,000", "6,000")),
        ("on 12 March 2020", "in 2020", None),
        ("on 12 March 2020", "on 13 March 2020", ("12 March 2020", "13 March 2020")),
        ("no number", "640", None),
        ("fourteen ringers", "14 ringers", None),
    ],
)
def test_values_differ_if_one_of_each_is_of_a_kind_and_not_the_same(
    one: str, other: str, words: tuple[str, str] | None
) -> None:
    found = differing_values(one, other)
    assert (found and (found[0].span.of(one), found[1].span.of(other))) == words


def test_a_denial_is_one_that_only_one_of_the_two_holds() -> None:
    found = differing_denials("The wall was not damaged.", "The wall was damaged.")
    assert found is not None
    assert (found[0].of("The wall was not damaged."), found[1].of("The wall was damaged.")) == (
        "not",
        "The wall was damaged.",
    )
    assert differing_denials("It never rang.", "It did not ring.") is None
    assert differing_denials("It rang.", "It rang twice.") is None


def test_shared_words_are_counted_by_stem_without_figures() -> None:
    one, other = (
        content_stems(stems_of(text))
        for text in ("The bell tower rings loudly 12 times.", "A ringing bell, a tower: loud 13.")
    )
    assert shared_words(one, other) == 3 / 6
    assert shared_words(content_stems(stems_of("The bells.")), content_stems(stems_of("The bells."))) == 0.0


@given(st.frozensets(st.sampled_from("abcdefgh"), min_size=4), st.frozensets(st.sampled_from("abcdefgh"), min_size=4))
def test_shared_words_are_a_share_of_all_words_of_both(one: frozenset[str], other: frozenset[str]) -> None:
    assert shared_words(one, other) == len(one & other) / len(one | other)


@pytest.fixture
def answers(library: Library, embedder: Embedder) -> dict[str, Answer]:
    """What two documents say that differ."""
    put_text(library, embedder, REGISTER, "/register.txt")
    put_text(library, embedder, CHRONICLE, "/chronicle.txt")
    questions = [
        "When was the oldest bell of Dunmouth cast?",
        "How much does the bell weigh?",
        "Was the harbour wall damaged by the storm?",
        "Who cast the oldest bell of Dunmouth?",
    ]
    return {question: ask(library, embedder, question) for question in questions}


def test_an_answer_shows_both_sides_of_what_its_documents_differ_in(answers: dict[str, Answer]) -> None:
    told: dict[str, list[tuple[str, list[str]]]] = {}
    for question, answer in answers.items():
        for difference in answer.differences:
            sides = [answer.citations[place] for place in difference.citations]
            assert {side.document.name for side in sides} == {"register.txt", "chronicle.txt"}
            for side, words in zip(sides, difference.words, strict=True):
                assert side.span.start <= words.start < words.end <= side.span.end
            said = sorted(
                side.quote[words.start - side.span.start : words.end - side.span.start]
                for side, words in zip(sides, difference.words, strict=True)
            )
            told.setdefault(question, []).append((difference.kind, said))
    assert told["When was the oldest bell of Dunmouth cast?"] == [("date", ["1687", "1697"])]
    assert told["How much does the bell weigh?"] == [("number", ["640 kilograms", "700 kilograms"])]
    assert [kind for kind, _ in told["Was the harbour wall damaged by the storm?"]] == ["negation"]


def test_a_difference_is_told_without_a_verdict(answers: dict[str, Answer]) -> None:
    answer = answers["When was the oldest bell of Dunmouth cast?"]
    [difference] = answer.differences
    first, second = (place + 1 for place in difference.citations)
    said = {"register.txt": "1687", "chronicle.txt": "1697"}
    one, other = (said[answer.citations[place].document.name] for place in difference.citations)
    assert (
        difference_words(difference, answer.citations, [1, 2, 3, 4])
        == f"Your documents differ: quote {first} says “{one}”, quote {second} “{other}”."
    )
    assert answer.as_dict()["differences"][0]["kind"] == "date"
    reply = reply_of(answer, SEARCHED, [])
    said_of = {quote.document: place for place, quote in enumerate(reply.quotes, 1)}
    [told] = read_reply(reply.as_json()).differences
    assert f"quote {said_of['register.txt']}" in told
    assert sorted(re.findall("“(.*?)”", told)) == ["1687", "1697"]


def test_documents_that_agree_do_not_differ(library: Library, embedder: Embedder) -> None:
    put_text(library, embedder, REGISTER, "/register.txt")
    put_text(library, embedder, REGISTER.replace("1687", "the year 1687").replace("640 kilograms", "640 kg"), "/b.txt")
    for question in ("When was the oldest bell of Dunmouth cast?", "How much does the bell weigh?"):
        assert ask(library, embedder, question).differences == ()
