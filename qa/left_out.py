"""Which words of a conversation a question leaves out, by a small network over the vectors of words.

Everything said so far is read at once: questions, quotes, the headings above those, and the question. Each word gets
the log odds that a person who put the question in full words would have added it: query resolution as term
classification (Voskarides et al. 2020, arXiv:2005.11723). docs/completing.md says what it was trained on and how good
it is. For English.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Literal

import numpy as np

from index.embed import Embedder, TokenVectors
from index.vectors import Vectors
from qa.layers import SCALE, Layers, load_weights
from qa.rarity import rarity
from qa.topics import Turn
from qa.words import STOP_WORDS, stem, stems_of, words_of
from source.document import Span

WEIGHTS = Path(__file__).with_name("left_out.safetensors")

PieceKind = Literal["title", "heading", "asked", "quoted", "question"]

_KINDS: tuple[PieceKind, ...] = ("title", "heading", "asked", "quoted", "question")
_TURNS, _TURNS_OF_QUOTES, _MOST_HEADINGS = 8, 3, 2
_MOST_CHARS = 600
_WORD = re.compile(r"[^\W_]+|\?")
_RAREST = 6.5
_MANY = 6


@dataclass(frozen=True, slots=True)
class Piece:
    """A text of a conversation, and how many turns ago it was said; `added` are stems that were not asked in words."""

    text: str
    kind: PieceKind
    turns_ago: int
    added: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Word:
    """A word of piece number `piece`, its place, its stem, and whether it may be what the question leaves out."""

    piece: int
    span: Span
    stem: str
    may_be_left_out: bool


@dataclass(frozen=True, slots=True)
class Said:
    """What a question is read with: all pieces, the question last, and their words in order."""

    pieces: tuple[Piece, ...]
    words: tuple[Word, ...]

    def text_of(self, word: Word) -> str:
        """The word as it stands."""
        return word.span.of(self.pieces[word.piece].text)


def read_conversation(question: str, earlier: Sequence[Turn]) -> Said:
    """The pieces and words of `question` and of the turns before it, from the first."""
    pieces = (*_headings(earlier), *_said(earlier), Piece(question[:_MOST_CHARS], "question", 0))
    own = stems_of(question)
    words: list[Word] = []
    for number, piece in enumerate(pieces):
        stems = stems_of(piece.text)  # of other scripts, words are not what lies between two blanks
        for match in _WORD.finditer(piece.text):
            spoken = words_of(match[0])
            stemmed = stem(spoken[0]) if spoken else match[0]
            says = stemmed in stems and match[0].lower() not in STOP_WORDS
            is_new = piece.kind != "question" and stemmed not in own
            words.append(Word(number, Span(*match.span()), stemmed, says and is_new))
    return Said(pieces, tuple(words))


def _headings(earlier: Sequence[Turn]) -> list[Piece]:
    """The titles and innermost headings that quotes stand below, the latest first."""
    quotes = [quote for turn in reversed(earlier) for quote in turn.quotes[:2] if quote.headings]
    titles = dict.fromkeys(quote.headings[0] for quote in quotes)
    below = dict.fromkeys(quote.headings[-1] for quote in quotes if len(quote.headings) > 1)
    return [*_latest(titles, "title"), *_latest(below, "heading")]


def _latest(texts: Iterable[str], kind: PieceKind) -> list[Piece]:
    return [Piece(text[:_MOST_CHARS], kind, number) for number, text in enumerate(islice(texts, _MOST_HEADINGS))]


def _said(earlier: Sequence[Turn]) -> list[Piece]:
    pieces: list[Piece] = []
    for turn, ago in zip(earlier[-_TURNS:], range(min(len(earlier), _TURNS) - 1, -1, -1), strict=True):
        added = stems_of(turn.searched) - stems_of(turn.asked)
        pieces.append(Piece(turn.searched[:_MOST_CHARS], "asked", ago, added))
        if ago < _TURNS_OF_QUOTES:
            pieces += [Piece(quote.text[:_MOST_CHARS], "quoted", ago) for quote in turn.quotes[:1]]
    return pieces


def features_of(said: Said) -> Vectors:
    """(words, features) float32: what is known of each word besides its meaning, each about 0 to 1."""
    stems = [frozenset(word.stem for word in said.words if word.piece == at) for at in range(len(said.pieces))]
    counts = Counter(one for of_piece in stems for one in of_piece)
    last_asked, last_quoted, titles, question = (
        frozenset[str]().union(*(stems[at] for at, one in enumerate(said.pieces) if one.kind == kind and is_last(one)))
        for kind, is_last in (
            ("asked", lambda one: one.turns_ago == 0),
            ("quoted", lambda one: one.turns_ago == 0),
            ("title", lambda _: True),
            ("question", lambda _: True),
        )
    )
    lengths = Counter(word.piece for word in said.words)
    turns = 1 + max((one.turns_ago for one in said.pieces if one.kind == "asked"), default=0)
    rows = []
    for word in said.words:
        piece, text = said.pieces[word.piece], said.text_of(word)
        is_capital = text[0].isupper()
        row = [
            text.lower() in STOP_WORDS or text == "?",
            is_capital,
            is_capital and word.span.start > 0,
            text[0].isdigit(),
            min(1.0, rarity(word.stem, 0, 0) / _RAREST),
            min(1.0, counts[word.stem] / _MANY),
            word.stem in question,
            word.stem in last_asked,
            word.stem in last_quoted,
            word.stem in titles,
            word.stem in piece.added,
            min(1.0, lengths[word.piece] / 40),
            turns / _TURNS,
            *(piece.kind == kind for kind in _KINDS),
            *(piece.turns_ago == ago for ago in range(_TURNS)),
        ]
        rows.append(row)
    return np.array(rows, dtype=np.float32)


def meanings_of(said: Said, tokens: Sequence[TokenVectors]) -> Vectors:
    """(words, 2 * dimension): the mean vector of each word's tokens, by themselves and in context; 0 without any."""
    vectors: list[Vectors] = []
    for word in said.words:
        of = tokens[word.piece]
        starts = of.places[:, 0]
        inside = np.flatnonzero((starts >= word.span.start) & (starts < word.span.end))
        both = np.concatenate([of.alone[inside], of.in_context[inside]], axis=1)
        vectors.append(both.sum(axis=0) / max(1, len(inside)))
    return np.array(vectors, dtype=np.float32)


class LeftOutReader(Layers):
    """The network with its weights, and the embedding model whose vectors it reads."""

    def __init__(self, weights: Mapping[str, Vectors], embedder: Embedder) -> None:
        super().__init__(weights)
        self._embedder = embedder

    def read(self, said: Said) -> dict[str, float]:
        """The log odds of each stem that `said` holds and the question does not: that it is to be added to that."""
        texts = [piece.text.encode("utf-8", "replace").decode() for piece in said.pieces]  # "?" for a lone surrogate
        tokens = [*self._embedder.embed_tokens([[text] for text in texts])]
        return by_stem(said, self.scores(meanings_of(said, tokens), features_of(said)))

    @np.errstate(invalid="ignore")  # OpenBLAS sets that flag now and then where only numbers come out
    def scores(self, meanings: Vectors, features: Vectors) -> Vectors:
        """(words,): log odds."""
        state = self.linear(meanings * np.float32(SCALE), "meanings") + self.linear(features, "features")
        state = self.through_blocks(self.normalize(state, "first"))
        scores: Vectors = self.linear(state, "added")[:, 0]
        return scores


def by_stem(said: Said, scores: Vectors) -> dict[str, float]:
    """`scores` of words (words,) as those of stems: any of its words may be why a stem is added."""
    places: dict[str, list[int]] = {}
    for place, word in enumerate(said.words):
        if word.may_be_left_out:
            places.setdefault(word.stem, []).append(place)
    return {one: float(np.logaddexp.reduce(scores[at])) for one, at in places.items()}


def left_out_reader_for(embedder: Embedder, path: Path = WEIGHTS) -> LeftOutReader | None:
    """The network for the vectors of `embedder`, if it was trained on those of this model and its file is there."""
    if embedder.identity.pooling != "late" or not path.is_file():
        return None
    weights, digest = load_weights(path)
    return LeftOutReader(weights, embedder) if digest == embedder.identity.digest else None
