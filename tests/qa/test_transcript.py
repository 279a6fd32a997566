"""What is kept of an answer: nothing is changed by keeping it, and nothing stands there twice."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.embed import Embedder
from index.library import Library
from qa.answer import Answer, Citation, place
from qa.ask import ask
from qa.transcript import Quote, Reply, Searched, read_reply, reply_of
from source.document import Span
from tests.documents import put_text
from tests.fakes import WordEmbedder

SEARCHED = Searched(5, 5, "words", "0.1.0", 7)
QUESTIONS = (
    "Why did nobody react to the humidity alarm in Gallery 4?",
    "Who cast the oldest bell?",
    "How far does a bee fly?",
    "How many zebras may park beside the xylophone?",
)
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@st.composite
def replies(draw: st.DrawFn) -> Reply:
    text = draw(st.text(min_size=1, max_size=40))
    start = draw(st.integers(0, 1000))
    quote = Quote(
        document_id=draw(st.integers(1, 2**63 - 1)),
        document=draw(WORDS),
        format="text",
        sha256="0" * 64,
        passage=3,
        place="paragraph 3",
        headings=tuple(draw(st.lists(WORDS, max_size=3))),
        start=start,
        end=start + len(text),
        text=text,
        marks=((start, start + 1),),
        before=draw(WORDS),
        after=draw(WORDS),
        is_cut_before=draw(st.booleans()),
        is_cut_after=False,
        sureness=0.5,
    )
    words = tuple(draw(st.lists(WORDS, max_size=3)))
    return Reply(draw(WORDS), draw(st.booleans()), 0.7, (quote,), words, words, SEARCHED, 0.1)


@given(replies())
def test_a_reply_is_the_same_after_keeping(reply: Reply) -> None:
    assert read_reply(reply.as_json()) == reply


@pytest.mark.parametrize("text", ["", "{", "null", "[]", "{}", '{"quotes": [{}]}', '{"quotes": 3}'])
def test_what_is_no_reply_is_told(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - json raises a kind of its own
        read_reply(text)


@pytest.mark.parametrize("question", QUESTIONS)
def test_quotes_and_what_stands_around_them_are_cut_from_the_document(
    demo_library: Library, embedder: Embedder, question: str
) -> None:
    answer = ask(demo_library, embedder, question)
    reply = reply_of(answer, SEARCHED, ["What else?"])
    citations = answer.citations or answer.nearest
    assert {quote.text for quote in reply.quotes} == {citation.quote for citation in citations}
    assert reply.quotes[0].text == citations[0].quote
    assert (reply.answered, reply.missing_words, reply.follow_ups) == (
        answer.answered,
        answer.missing_words,
        ("What else?",),
    )
    for quote in reply.quotes:
        text = demo_library.text(quote.document_id)
        assert text[quote.start : quote.end] == quote.text
        assert text[quote.start - len(quote.before) : quote.end + len(quote.after)] == (
            quote.before + quote.text + quote.after
        )
        assert all(quote.start <= start < end <= quote.end for start, end in quote.marks)
        assert 0 <= quote.sureness <= answer.score + 1e-3


def cited(library: Library, sentences: list[tuple[int, str]]) -> Answer:
    """An answer that quotes these words of the documents with these ids, in order."""
    citations = []
    for document_id, words in sentences:
        passage = next(one for one in library.passages_of(document_id) if words in one.text)
        start = passage.span.start + passage.text.index(words)
        span = Span(start, start + len(words))
        citations.append(Citation(library.document(document_id), passage, span, (span,), 0.5))
    return Answer("Which?", 0.8, 0.15, tuple(citations), (), (), 0.1)


def test_quotes_of_one_document_stand_together_and_show_no_words_twice(library: Library) -> None:
    embedder = WordEmbedder()
    one = put_text(library, embedder, "Alpha rings. Beta hums. Gamma sings. Delta sleeps.", "/one.txt").id
    two = put_text(library, embedder, "Omega answers from the other quay.", "/two.txt").id
    answer = cited(library, [(one, "Gamma sings."), (two, "Omega answers from the other quay."), (one, "Alpha rings.")])
    reply = reply_of(answer, SEARCHED, [])
    shown = [(quote.document, quote.before, quote.text, quote.after) for quote in reply.quotes]
    assert shown == [
        ("one.txt", " Beta hums. ", "Gamma sings.", " Delta sleeps."),
        ("one.txt", "", "Alpha rings.", " Beta hums. "),
        ("two.txt", "", "Omega answers from the other quay.", ""),
    ]
    assert [quote.sureness for quote in reply.quotes] == [0.4, 0.4, 0.4]
    assert reply.quotes[0].place == place(answer.citations[0].location)


def test_a_kept_reply_is_plain_json(library: Library) -> None:
    document = put_text(library, WordEmbedder(), "The bell rings at noon.", "/bells.txt").id
    reply = reply_of(cited(library, [(document, "The bell rings at noon.")]), SEARCHED, [])
    values = json.loads(reply.as_json())
    assert values["quotes"][0]["text"] == "The bell rings at noon."
    searched = {"documents": 5, "all_documents": 5, "model": "words", "program": "0.1.0", "generation": 7}
    assert values["searched"] == searched
