"""What the trained reader learns from: SQuAD 1.1 train as the embedding model sees it, token by token.

Each paragraph and each question passes through the model once; the reader is trained on what comes out.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from safetensors import safe_open

from index.embed import Embedder
from index.model import ModelFiles
from qa.evaluate import GoldQuestion
from qa.words import unbroken_words_of
from source.document import Span
from source.fold import fold
from source.sentences import split_sentences
from tests.measure.datasets import SHARED_DATA, QuestionSet, load_squad

HELD_OUT = 60
"""So many articles are not trained on: the weights of what is made of the reader are fitted on them."""
_SEED = 7
_NEAR = 6
_MOST_TOKENS = 254
_AT_ONCE = 512
_NAME_OR_FIGURE = re.compile(r"(?<=[a-z,] )(?:[A-Z][\w'’-]+(?: [A-Z][\w'’-]+)*|\d[\d,.]*\d|\d)")

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Texts:
    """Tokens of many texts, one after another: those of text n are at `starts[n]` up to `starts[n + 1]`."""

    starts: Ints
    ids: npt.NDArray[np.int32]
    midway: npt.NDArray[np.float16]
    in_context: npt.NDArray[np.float16]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question by number, its paragraph's number and the first and last token there that answer; or none do.

    `near` are other paragraphs of the same article, the nearest first.
    """

    question: int
    paragraph: int
    answer: tuple[int, int] | None
    near: tuple[int, ...]


def held_out_titles(titles: Sequence[str]) -> frozenset[str]:
    """The articles that are not trained on, always the same."""
    return frozenset(random.Random(_SEED).sample(sorted(set(titles)), HELD_OUT))


def training_sets() -> tuple[QuestionSet, QuestionSet]:
    """The questions to train on, and those of the articles held out; answers that stand once only."""
    whole = load_squad(SHARED_DATA / "squad" / "train-v1.1.json.gz").unambiguous()
    held = held_out_titles([one.title for one in whole.paragraphs])
    return whole.of_articles(held, inside=False), whole.of_articles(held, inside=True)


@dataclass(frozen=True, slots=True)
class ReaderData:
    """Paragraphs, their headings and questions as tokens, and what is asked of which.

    The heading of paragraph n is number `heading_of[n]`: the title of its article.
    """

    paragraphs: Texts
    headings: Texts
    heading_of: Ints
    questions: Texts
    asked: tuple[Asked, ...]


def make_data(embedder: Embedder, questions: QuestionSet) -> ReaderData:
    """What of `questions` fits the model's window, and those with a name or figure exchanged, which nothing answers."""
    parts = [_sentences(one.text) for one in questions.paragraphs]
    made = _texts(embedder, [[folded for _, folded in sentences] for sentences in parts])
    paragraphs, places = made
    numbers = {one.name: number for number, one in enumerate(questions.paragraphs)}
    lengths = np.diff(paragraphs.starts)
    golds: list[tuple[str, int, tuple[int, int] | None]] = []
    for gold in questions.questions:
        number = numbers[next(iter(gold.documents))]
        if lengths[number] <= _MOST_TOKENS and (
            answer := _answer(gold, questions.paragraphs[number].text, parts[number], places[number])
        ):
            golds.append((gold.question, number, answer))
    titles = [one.title for one in questions.paragraphs]
    golds += _swapped(golds, titles)
    asked_texts, _ = _texts(embedder, [unbroken_words_of(fold(text, "none")) for text, _, _ in golds])
    nearest = _nearest_of_article(paragraphs, asked_texts, [number for _, number, _ in golds], titles)
    asked = tuple(
        Asked(place, number, answer, near)
        for place, ((_, number, answer), near) in enumerate(zip(golds, nearest, strict=True))
        if near and asked_texts.starts[place + 1] > asked_texts.starts[place]
    )
    names = sorted(set(titles))
    headings, _ = _texts(embedder, [[fold(title.replace("_", " "), "none")] for title in names])
    heading_of = np.array([names.index(title) for title in titles])
    return ReaderData(paragraphs, headings, heading_of, asked_texts, asked)


def word_table(files: ModelFiles) -> npt.NDArray[np.float32]:
    """(word pieces, dimension): what stands for each before the model's first layer."""
    with safe_open(files.folder / "model.safetensors", framework="numpy") as file:
        table: npt.NDArray[np.float32] = file.get_tensor("embeddings.word_embeddings.weight")
    return table


def _sentences(text: str) -> list[tuple[Span, str]]:
    return [(span, fold(span.of(text), "none")) for span in split_sentences(text, Span(0, len(text)))]


def _answer(
    gold: GoldQuestion, text: str, sentences: Sequence[tuple[Span, str]], places: Ints
) -> tuple[int, int] | None:
    """The first and last token of the answer, as far as the sentence goes in which it begins."""
    assert gold.span is not None
    start = 0
    for span, folded in sentences:
        if span.overlaps(gold.span):
            words = fold(Span(max(gold.span.start, span.start), min(gold.span.end, span.end)).of(text), "none")
            at = gold.span.start - span.start
            if folded[at : at + len(words)] != words:
                at = folded.find(words)
            if at < 0 or not words:
                return None
            inside = np.flatnonzero((places[:, 0] < start + at + len(words)) & (places[:, 1] > start + at))
            return (int(inside[0]), int(inside[-1])) if len(inside) else None
        start += len(folded) + 1
    return None


def _texts(embedder: Embedder, parts: Sequence[Sequence[str]]) -> tuple[Texts, list[Ints]]:
    """The tokens of `parts`, texts in folded parts, and the place of each token of each text."""
    ids, midway, in_context, places = [], [], [], []
    for first in range(0, len(parts), _AT_ONCE):
        for tokens in embedder.embed_tokens(parts[first : first + _AT_ONCE]):
            ids.append(tokens.ids.astype(np.int32))
            midway.append(tokens.midway.astype(np.float16))
            in_context.append(tokens.in_context.astype(np.float16))
            places.append(tokens.places)
    starts = np.concatenate([[0], np.cumsum([len(one) for one in ids])])
    return Texts(starts, np.concatenate(ids), np.concatenate(midway), np.concatenate(in_context)), places


def _swapped(
    golds: Sequence[tuple[str, int, tuple[int, int] | None]], titles: Sequence[str]
) -> list[tuple[str, int, None]]:
    """Every third question with a name or figure exchanged for one of another question on its article: not answered."""
    said: dict[str, list[str]] = defaultdict(list)
    for text, number, _ in golds:
        said[titles[number]] += _NAME_OR_FIGURE.findall(text)
    generator = random.Random(_SEED)
    swapped: list[tuple[str, int, None]] = []
    for text, number, _ in golds[::3]:
        found = list(_NAME_OR_FIGURE.finditer(text))
        if not found:
            continue
        chosen = generator.choice(found)
        is_figure = chosen[0][0].isdigit()
        others = [
            one
            for one in said[titles[number]]
            if one[0].isdigit() == is_figure and not set(one.lower().split()) & set(text.lower().split())
        ]
        if others:
            swapped.append((text[: chosen.start()] + generator.choice(others) + text[chosen.end() :], number, None))
    return swapped


def _nearest_of_article(
    paragraphs: Texts, questions: Texts, paragraph_of: Sequence[int], titles: Sequence[str]
) -> list[tuple[int, ...]]:
    """For each question, the paragraphs of its article nearest to it, without its own and those too long."""
    means, asked = _means(paragraphs), _means(questions)
    of_title: dict[str, list[int]] = defaultdict(list)
    for number, title in enumerate(titles):
        if paragraphs.starts[number + 1] - paragraphs.starts[number] <= _MOST_TOKENS:
            of_title[title].append(number)
    found = []
    for place, number in enumerate(paragraph_of):
        others = np.array([one for one in of_title[titles[number]] if one != number], dtype=np.int64)
        order = np.argsort(-(means[others] @ asked[place]), kind="stable")[:_NEAR]
        found.append(tuple(others[order].tolist()))
    return found


def _means(texts: Texts) -> npt.NDArray[np.float32]:
    width = texts.in_context.shape[1]
    rows = np.zeros((len(texts.starts) - 1, width), dtype=np.float32)
    for number, (start, end) in enumerate(pairwise(texts.starts)):
        if end > start:
            rows[number] = texts.in_context[start:end].astype(np.float32).mean(axis=0)
    means: npt.NDArray[np.float32] = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    return means
