"""Batches to train the reader on: questions, each beside two passages, as padded vectors of tokens."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional

from tests.measure.reader_data import Asked, ReaderData, Texts
from tests.measure.reader_network import Batch

_CASES = 32
# Batches whose questions are sorted by length together, so that little is padded.
_SORTED_TOGETHER = 40
# The shares of questions asked of two passages of which none answers, of swapped ones asked, and below a heading.
_UNANSWERED, _SWAPPED_ASKED, _BELOW_HEADING = 0.15, 0.6, 0.5


@dataclass(frozen=True, slots=True)
class Case:
    """A question by number beside two passages; `answer` is in the first of them, its first and last token."""

    question: int
    passages: tuple[int, int]
    answer: tuple[int, int] | None
    is_below_heading: bool


class Tokens:
    """The vectors of tokens, by text."""

    def __init__(self, texts: Texts, words: torch.Tensor) -> None:
        self._texts = texts
        self._words = words

    def rows(self, number: int) -> tuple[torch.Tensor, ...]:
        """(tokens, dimension) of text `number`, three times: alone, midway, in context."""
        span = slice(int(self._texts.starts[number]), int(self._texts.starts[number + 1]))
        midway, in_context = (
            torch.from_numpy(layer[span]).float() for layer in (self._texts.midway, self._texts.in_context)
        )
        return self._words[torch.from_numpy(self._texts.ids[span].astype(np.int64))], midway, in_context


class BatchMaker:
    """Makes batches of what there is to learn from; `words` is (word pieces, dimension)."""

    def __init__(self, data: ReaderData, words: np.typing.NDArray[np.float32]) -> None:
        table = functional.normalize(torch.from_numpy(np.array(words)), dim=-1)
        self._paragraphs, self._headings, self._questions = (
            Tokens(texts, table) for texts in (data.paragraphs, data.headings, data.questions)
        )
        self._asked = data.asked
        self._heading_of = data.heading_of
        self._lengths = np.diff(data.paragraphs.starts)

    def epoch(self, generator: random.Random) -> Iterator[list[Case]]:
        """All questions once, in batches of passages of like lengths."""
        cases = [case for asked in self._asked if (case := _case(asked, generator))]
        generator.shuffle(cases)
        together = _CASES * _SORTED_TOGETHER
        for first in range(0, len(cases), together):
            some = sorted(cases[first : first + together], key=lambda one: max(self._lengths[[*one.passages]]))
            batches = [some[at : at + _CASES] for at in range(0, len(some), _CASES)]
            generator.shuffle(batches)
            yield from batches

    def tensors(self, cases: Sequence[Case]) -> tuple[Batch, Batch, torch.Tensor]:
        """The first passages and then the second, the questions twice, and (cases, 2): where answers begin and end.

        Places are those in both passages of a case in a row, from 1 on; 0 is for no answer.
        """
        pairs = [(case, case.passages[at]) for at in (0, 1) for case in cases]
        headings = [self._headings.rows(self._heading_of[one]) if case.is_below_heading else () for case, one in pairs]
        passages = [self._paragraphs.rows(one) for _, one in pairs]
        texts = [
            tuple(torch.cat(both) for both in zip(heading, passage, strict=True)) if heading else passage
            for heading, passage in zip(headings, passages, strict=True)
        ]
        before = [len(heading[0]) if heading else 0 for heading in headings]
        asked = [self._questions.rows(case.question) for case in cases] * 2
        places = [
            [0, 0] if case.answer is None else [1 + at + place for place in case.answer]
            for case, at in zip(cases, before, strict=False)
        ]
        return _padded(texts, before), _padded(asked, [0] * len(asked)), torch.tensor(places)


def _case(asked: Asked, generator: random.Random) -> Case | None:
    near, is_below_heading = generator.choice(asked.near), generator.random() < _BELOW_HEADING
    if asked.answer is None and generator.random() >= _SWAPPED_ASKED:
        return None
    if asked.answer is not None and generator.random() < _UNANSWERED:
        other = generator.choice(asked.near)
        return None if other == near else Case(asked.question, (near, other), None, is_below_heading)
    return Case(asked.question, (asked.paragraph, near), asked.answer, is_below_heading)


def _padded(texts: Sequence[tuple[torch.Tensor, ...]], headings: Sequence[int]) -> Batch:
    """`headings` are how many tokens each begins with that are its heading."""
    lengths = torch.tensor([len(one[0]) for one in texts])
    places = torch.arange(int(lengths.max()))
    alone, midway, in_context = (
        torch.nn.utils.rnn.pad_sequence(list(layer), batch_first=True) for layer in zip(*texts, strict=True)
    )
    return Batch(
        (alone, midway, in_context),
        (places < lengths[:, None]).float(),
        (places < torch.tensor(headings)[:, None]).float(),
    )
