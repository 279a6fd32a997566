"""Asking a library: retriever and reader put together."""

from __future__ import annotations

import time

from index.embed import Embedder
from index.library import Library
from qa.answer import Answer, Hit
from qa.read import MAX_QUOTES, choose_quotes, rank_sentences, weigh_words
from qa.retrieve import retrieve
from qa.words import content_words, words_of
from source.errors import QuestionError
from source.fold import fold

MAX_QUESTION_CHARS = 10_000
_HITS_READ = 10
_NEAREST_SHOWN = 3


def search(library: Library, embedder: Embedder, question: str, k: int = 10) -> tuple[Hit, ...]:
    """The `k` passages that answer `question` best, whether or not they answer it.

    Raises:
        QuestionError: the question is empty, holds no word, or is longer than `MAX_QUESTION_CHARS`.
        LibraryError: the library cannot be read, or was made with another model.
    """
    folded = check_question(question)
    library.check_model(embedder.identity)
    return retrieve(library, embedder.embed_question(folded), content_words(folded), k).hits


def ask(library: Library, embedder: Embedder, question: str) -> Answer:
    """What the documents say to `question`; raises as `search` does."""
    began = time.perf_counter()
    folded = check_question(question)
    library.check_model(embedder.identity)
    vector, words = embedder.embed_question(folded), content_words(folded)
    with library.snapshot():
        found = retrieve(library, vector, words, _HITS_READ)
        counts = {word: library.count_passages_with(word) for word in words}
        rarity = weigh_words(counts, library.count_passages())
    ranked = rank_sentences(found, vector, rarity)
    quotes = choose_quotes(ranked, found, rarity, MAX_QUOTES)
    score = ranked[0].score if ranked else 0.0
    threshold = 0.35
    answered = score >= threshold
    return Answer(
        question=question,
        score=score,
        threshold=threshold,
        citations=tuple(quotes) if answered else (),
        nearest=() if answered else tuple(quotes[:_NEAREST_SHOWN]),
        missing_words=tuple(word for word, count in counts.items() if not count),
        seconds=time.perf_counter() - began,
    )


def check_question(question: str) -> str:
    """`question` folded for searching; raises `QuestionError` if it cannot be searched for."""
    if len(question) > MAX_QUESTION_CHARS:
        reason = f"it has {len(question):,} characters, more than {MAX_QUESTION_CHARS:,}"
        raise QuestionError("Cannot answer this question", reason, "Ask about one thing at a time.")
    folded = fold(question, "none")
    if not words_of(folded):
        raise QuestionError("Cannot answer this question", "there is no word in it", "Ask in a few words.")
    return folded
