"""What the network of `qa.left_out` learns from: conversations, and the stems a person added to their questions.

CANARD (CC BY-SA 4.0) has them from people. Of SQuAD 1.1 train (CC BY-SA 4.0) they are made: a question loses what one
before it names, or what answers that; and questions that stand alone come after others, to be left as they are.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from index.embed import Embedder
from index.vectors import Vectors
from qa.evaluate import GoldQuestion
from qa.left_out import Piece, features_of, meanings_of, read_conversation
from qa.topics import Quoted, Turn
from tests.measure.conversations import (
    Conversation,
    added_stems,
    pairs_alone,
    squad_answer_pairs,
    squad_pairs,
    squad_turn,
)
from tests.measure.datasets import QuestionSet

_SEED = 7
_VARIANTS = 4
# The shares of conversations without quotes, of questions that need nothing, and of those after another article.
_UNQUOTED, _ALONE, _ELSEWHERE = 0.4, 0.25, 0.5
# The share that is used of the questions about what answered one before.
_ABOUT_ANSWERS = 0.4
# The share of conversations that stand below the headings of another: not every title says what all is about.
_BELOW_OTHERS = 0.3
_MOST_BEFORE = 3
_AT_ONCE = 512


@dataclass(frozen=True, slots=True)
class Example:
    """A question after others, and the stems that it leaves out."""

    question: str
    earlier: tuple[Turn, ...]
    added: frozenset[str]


def canard_examples(conversations: Sequence[Conversation]) -> Iterator[Example]:
    """Each question several times: after others as asked or in full words, with what answered them or without."""
    generator = random.Random(_SEED)
    headings = [quote.headings for conversation in conversations for one in conversation for quote in one.quotes]
    for conversation in conversations:
        for at, asked in enumerate(conversation[1:], 1):
            added = added_stems(asked.question, asked.full)
            for variant in range(_VARIANTS):
                share, is_quoted = variant / (_VARIANTS - 1), generator.random() >= _UNQUOTED
                others = generator.choice(headings) if generator.random() < _BELOW_OTHERS else None
                # Without its title, what all is about is named nowhere if not by the first question.
                is_named = is_quoted and not others
                full = [generator.random() < share or (number == 0 and not is_named) for number in range(at)]
                turns = tuple(
                    Turn(one.question, one.full if is_full else one.question, _below(one.quotes, others) * is_quoted)
                    for one, is_full in zip(conversation[:at], full, strict=True)
                )
                yield Example(asked.question, turns, added)


def _below(quotes: tuple[Quoted, ...], headings: tuple[str, ...] | None) -> tuple[Quoted, ...]:
    return tuple(replace(one, headings=headings) for one in quotes) if headings else quotes


def squad_examples(questions: QuestionSet) -> Iterator[Example]:
    """Questions of SQuAD after up to four others of their article, or of another."""
    generator = random.Random(_SEED)
    history = _History(questions, generator)
    asked = questions.questions
    places = {one.question: at for at, one in enumerate(asked)}
    for pair in squad_pairs(questions):
        yield Example(pair.leaning, history.up_to(places[pair.first]), added_stems(pair.leaning, pair.second))
    for pair in squad_answer_pairs(questions):
        if generator.random() >= _ABOUT_ANSWERS:
            continue
        turns = history.up_to(places[pair.first], unquoted=0.0)
        yield Example(pair.leaning, turns, added_stems(pair.leaning, pair.second))
    for _, second in pairs_alone(questions):
        if generator.random() < _ALONE:
            is_elsewhere = generator.random() < _ELSEWHERE
            last = generator.randrange(len(asked)) if is_elsewhere else max(0, places[second.question] - 1)
            yield Example(second.question, history.up_to(last), frozenset())


class _History:
    """The turns before a question: others of the same article, with what answers them or without."""

    def __init__(self, questions: QuestionSet, generator: random.Random) -> None:
        self._paragraphs = {one.name: one for one in questions.paragraphs}
        self._asked = questions.questions
        self._generator = generator

    def up_to(self, last: int, unquoted: float = _UNQUOTED) -> tuple[Turn, ...]:
        first = max(0, last - self._generator.randint(0, _MOST_BEFORE))
        found = [
            squad_turn(one, self._paragraphs) for one in self._asked[first : last + 1] if self._is_beside(one, last)
        ]
        is_quoted = self._generator.random() >= unquoted
        return tuple(found if is_quoted else (Turn(one.asked, one.asked, ()) for one in found))

    def _is_beside(self, one: GoldQuestion, last: int) -> bool:
        of_one, of_last = (self._paragraphs[next(iter(each.documents))].title for each in (one, self._asked[last]))
        return of_one == of_last


@dataclass(frozen=True, slots=True)
class Case:
    """An example as the network sees it.

    `features` is (words, features); `stem_of` is (words,), the number of the stem of each word that may be left out,
    and -1 for the rest; `is_added` is (stems,) of 0 and 1.
    """

    pieces: tuple[Piece, ...]
    features: Vectors
    stem_of: npt.NDArray[np.int64]
    is_added: Vectors


def case_of(example: Example) -> Case:
    """What is known of the words of `example`, without their meanings."""
    said = read_conversation(example.question, example.earlier)
    numbers: dict[str, int] = {}
    stem_of = [numbers.setdefault(word.stem, len(numbers)) if word.may_be_left_out else -1 for word in said.words]
    is_added = np.array([one in example.added for one in numbers], dtype=np.float32)
    return Case(said.pieces, features_of(said), np.array(stem_of, dtype=np.int64), is_added)


class Meanings:
    """The vectors of the words of texts, each text embedded once."""

    def __init__(self, embedder: Embedder, texts: Sequence[str]) -> None:
        self._of: dict[str, npt.NDArray[np.float16]] = {}
        different = list(dict.fromkeys(texts))
        for first in range(0, len(different), _AT_ONCE):
            some = different[first : first + _AT_ONCE]
            for text, tokens in zip(some, embedder.embed_tokens([[one] for one in some]), strict=True):
                said = read_conversation(text, ())
                self._of[text] = meanings_of(said, [tokens]).astype(np.float16)

    def of(self, case: Case) -> Vectors:
        """(words, 2 * dimension)."""
        found = [self._of[piece.text] for piece in case.pieces]
        meanings: Vectors = np.concatenate([one for one in found if len(one)]).astype(np.float32)
        return meanings
