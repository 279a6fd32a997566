"""Questions that ask for more than one fact get several quotes, in order, and both sides of a comparison."""

from __future__ import annotations

from dataclasses import replace

import pytest

from index.embed import Embedder
from index.library import Library
from qa.ask import ask
from qa.question import Question, prepare_question
from qa.read import RankedSentence, rank_sentences
from qa.retrieve import Found, retrieve
from qa.several import asks_for_several, choose_several, compared
from source.document import Span
from tests.documents import put_text
from tests.fakes import WordEmbedder

WORDS = WordEmbedder()

TOWER = (
    "# North tower\n\nThe north tower was built of granite in 1340. Its walls are two metres thick, and it has never "
    "needed repair.\n\nThe north tower holds nine bells. They are rung by hand every evening, summer and winter.\n\n"
    "Visitors to the north tower climb 212 steps. There is no lift, and children have to be held by the hand.\n"
)
SOUTH = (
    "# South tower\n\nThe south tower was built of brick in 1902. Its walls are thin, and they were repaired three "
    "times in the first fifty years.\n\nThe south tower holds one bell. It is rung by an electric motor every hour of "
    "the day.\n"
)


@pytest.mark.parametrize(
    "question",
    [
        "Explain how the bells are rung.",
        "Please list the towers",
        "Summarise what the report says about towers",
        "What do the ringers say about motors?",
        "Compare the north tower and the south tower",
        "What are the main differences between the towers?",
        "Which were the causes of the fire?",
        "Can you tell me about the tower?",
        "How do granite and brick differ?",
    ],
)
def test_questions_for_several_facts_are_known_by_their_words(question: str) -> None:
    assert asks_for_several(question)


@pytest.mark.parametrize(
    "question",
    [
        "Who cast the oldest bell?",
        "What is the list price?",
        "When did the tower burn?",
        "How many bells are there?",
        "What are the bells made of?",
        "Did the report describe the tower?",
    ],
)
def test_questions_for_one_fact_are_not_taken_for_them(question: str) -> None:
    assert not asks_for_several(question)


@pytest.mark.parametrize(
    ("question", "sides"),
    [
        ("What is the difference between the north tower and the south tower?", [{"north"}, {"south"}]),
        ("Compare granite walls with brick walls.", [{"granit"}, {"brick"}]),
        ("How do motors differ from ringers?", [{"motor"}, {"ringer"}]),
        ("Motors versus ringers", [{"motor"}, {"ringer"}]),
        ("What happened between the wars?", []),
        ("Compare the towers.", []),
    ],
)
def test_the_sides_of_a_comparison_are_what_only_one_of_them_has(question: str, sides: list[set[str]]) -> None:
    assert list(compared(question)) == sides


def test_of_a_comparison_both_sides_are_quoted(library: Library, embedder: Embedder) -> None:
    put_text(library, embedder, TOWER, "/north.md")
    put_text(library, embedder, SOUTH, "/south.md")
    answer = ask(library, embedder, "What is the difference between the north tower and the south tower?")
    by_name: dict[str, list[Span]] = {}
    for citation in answer.citations:
        by_name.setdefault(citation.document.name, []).append(citation.span)
    assert sorted(by_name) == ["north.md", "south.md"]
    assert min(map(len, by_name.values())) >= 1
    for spans in by_name.values():
        assert not any(one.overlaps(other) for one in spans for other in spans if one is not other)


def ranked_as(found: Found, question: Question, places: list[tuple[str, int]]) -> list[RankedSentence]:
    """The sentences at these places, name of the document and number, and no others, each as likely as the next."""
    by_place = {(one.hit.document.name, one.number): one for one in rank_sentences(found, question)}
    return [replace(by_place[place], probability=0.2) for place in places]


@pytest.fixture
def towers(library: Library) -> tuple[Found, Question]:
    """What two documents say of towers, each in one passage of seven sentences."""
    for name, material in (("north.txt", "granite"), ("south.txt", "brick")):
        facts = ("walls", "stairs", "clock", "roof", "cellar", "gate", "garden")
        text = " ".join(f"The {fact} of the {name[:5]} tower {material} {place}." for place, fact in enumerate(facts))
        put_text(library, WORDS, text, f"/{name}")
    question = prepare_question(library, WORDS, "Compare the north tower and the south tower.")
    return retrieve(library, question, 10), question


def test_a_side_that_is_hardly_quoted_gets_two_quotes(towers: tuple[Found, Question]) -> None:
    found, question = towers
    ranked = ranked_as(found, question, [("north.txt", 0), ("north.txt", 2), ("south.txt", 4), ("south.txt", 0)])
    one_sided = choose_several(ranked, found, question, 2, ())
    assert [quote.document.name for quote in one_sided] == ["north.txt", "north.txt"]
    both = choose_several(ranked, found, question, 2, compared(question.text))
    assert [(quote.document.name, quote.quote.split()[1]) for quote in both] == [
        ("north.txt", "walls"),
        ("north.txt", "clock"),
        ("south.txt", "walls"),
        ("south.txt", "cellar"),
    ]


def test_a_quote_of_a_side_that_is_there_already_is_not_its_second(towers: tuple[Found, Question]) -> None:
    found, question = towers
    ranked = ranked_as(found, question, [("north.txt", 0), ("south.txt", 4), ("north.txt", 2), ("south.txt", 0)])
    quotes = choose_several(ranked, found, question, 2, compared(question.text))
    assert [(quote.document.name, quote.quote.split()[1], quote.score) for quote in quotes] == [
        ("north.txt", "walls", 0.2),
        ("north.txt", "clock", 0.2),
        ("south.txt", "walls", 0.2),
        ("south.txt", "cellar", 0.2),
    ]


def test_what_a_document_is_called_says_what_its_quotes_are_about(library: Library) -> None:
    put_text(library, WORDS, "The museum lent objects. It has walls of brick. The museum opens at ten.", "/museum.txt")
    put_text(
        library, WORDS, "The lamp burns paraffin. It has walls of granite. The lamp is lit at dusk.", "/lighthouse.txt"
    )
    question = prepare_question(library, WORDS, "the museum and the lighthouse")
    found = retrieve(library, question, 10)
    ranked = ranked_as(found, question, [("museum.txt", 0), ("museum.txt", 2), ("lighthouse.txt", 0)])
    quotes = choose_several(ranked, found, question, 2, compared("Compare the museum and the lighthouse"))
    assert [quote.quote for quote in quotes] == [
        "The museum lent objects.",
        "The museum opens at ten.",
        "The lamp burns paraffin.",
    ]


def test_quotes_after_the_best_one_stand_by_document_in_its_order(towers: tuple[Found, Question]) -> None:
    found, question = towers
    places = [("south.txt", 4), ("north.txt", 6), ("south.txt", 6), ("north.txt", 2), ("south.txt", 0)]
    quotes = choose_several(ranked_as(found, question, places), found, question, 8, ())
    assert [(quote.document.name, quote.quote.split()[1]) for quote in quotes] == [
        ("south.txt", "cellar"),
        ("south.txt", "walls"),
        ("south.txt", "garden"),
        ("north.txt", "clock"),
        ("north.txt", "garden"),
    ]


def test_a_broad_question_gets_more_quotes_than_one_for_a_fact(library: Library, embedder: Embedder) -> None:
    put_text(library, embedder, TOWER, "/north.md")
    put_text(library, embedder, SOUTH, "/south.md")
    answer = ask(library, embedder, "Describe the north tower.")
    one_fact = ask(library, embedder, "How many steps do visitors to the north tower climb?")
    assert len(answer.citations) > len(one_fact.citations) == 1
    assert answer.citations[0].document.name == "north.md"
