"""Which sentence answers: the order that SelQA's candidate sentences come in, by mean average precision."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np

from index.embed import Embedder
from index.library import Library
from qa.ask import HITS_READ, read
from qa.question import prepare_question
from qa.retrieve import retrieve
from qa.words import content_words, stem, stems_of, words_of
from source.fold import fold
from tests.measure.datasets import SHARED_DATA, Paragraph, Selection, build_paragraph_library, load_selections
from tests.measure.quality_report import Report, mean_line

_K1, _B = 1.2, 0.75
_NOTE = "The weights of the first reading were fitted on these questions, too; those of the second were not."


def measure_selections(embedder: Embedder, every: int) -> Report:
    """The mean average precision of our order, of raw cosine and of BM25."""
    selections = load_selections(SHARED_DATA / "selqa" / "selqa-ass-dev.json")
    sections = list(dict.fromkeys(selection.sentences for selection in selections))
    paragraphs = [Paragraph(f"{at:05d}.txt", "", " ".join(section)) for at, section in enumerate(sections)]
    names = {section: paragraph.name for section, paragraph in zip(sections, paragraphs, strict=True)}
    holding = Counter(one for section in sections for sentence in section for one in stems_of(fold(sentence, "none")))
    sentences = sum(map(len, sections))
    asked = selections[::every]
    with build_paragraph_library("selqa", paragraphs, embedder) as library:
        ids = {document.name: document.id for document in library.documents()}
        ours = [
            average_precision(_by_reader(library, embedder, one, ids[names[one.sentences]]), one.answering)
            for one in asked
        ]
    cosine = [average_precision(_by_cosine(embedder, one), one.answering) for one in asked]
    keywords = [average_precision(bm25(one, holding, sentences), one.answering) for one in asked]
    beside = f"raw cosine {np.mean(cosine):.3f}, BM25 {np.mean(keywords):.3f}"
    lines = (
        mean_line("MAP", ours, "", beside),
        mean_line("MAP, raw cosine", cosine),
        mean_line("MAP, BM25", keywords),
    )
    return Report("selqa", len(asked), lines, ("MAP",), _NOTE)


def average_precision(scores: Sequence[float], answering: frozenset[int]) -> float:
    """Of candidates with these scores, equal ones in the order given; 0 if none is to be found."""
    order = sorted(range(len(scores)), key=lambda number: (-scores[number], number))
    ranks = [rank for rank, number in enumerate(order, 1) if number in answering]
    return sum(found / rank for found, rank in enumerate(ranks, 1)) / len(ranks) if ranks else 0.0


def _by_reader(library: Library, embedder: Embedder, one: Selection, document_id: int) -> list[float]:
    """The score of each candidate: that of the best of the library's sentences that touches it."""
    question = prepare_question(library, embedder, one.question)
    ranked = read(retrieve(library, question, HITS_READ, [document_id]), question, embedder).ranked
    scores: list[float] = []
    start = 0
    for sentence in one.sentences:
        end = start + len(sentence)
        touching = (
            ranked_one.score
            for ranked_one in ranked
            if ranked_one.evidence.sentence.span.start < end and start < ranked_one.evidence.sentence.span.end
        )
        scores.append(max(touching, default=-math.inf))
        start = end + 1
    return scores


def _by_cosine(embedder: Embedder, one: Selection) -> list[float]:
    """The cosine of each candidate by itself."""
    question = embedder.embed_question(fold(one.question, "none"))
    vectors = embedder.embed_passages([[fold(sentence, "none")] for sentence in one.sentences])
    return [float(vector[0] @ question) for vector in vectors]


def bm25(one: Selection, holding: Counter[str], sentences: int) -> list[float]:
    """BM25 of each candidate, where `holding` of all `sentences` hold a stem; lengths are those of the section."""
    texts = [[stem(word) for word in words_of(fold(sentence, "none"))] for sentence in one.sentences]
    average = sum(map(len, texts)) / len(texts)
    asked = {stem(word) for word in content_words(fold(one.question, "none"))}
    scores = []
    for text in texts:
        counts, length = Counter(text), _K1 * (1 - _B + _B * len(text) / average)
        rarity = {word: math.log(1 + (sentences - holding[word] + 0.5) / (holding[word] + 0.5)) for word in asked}
        scores.append(sum(rarity[word] * counts[word] * (_K1 + 1) / (counts[word] + length) for word in asked))
    return scores
