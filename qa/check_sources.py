"""Where words stand in documents: every place at once, by their letters and digits alone.

The search leaves out all that may be folded, and more; `qa.check_fold` then decides whether it is the same text. So
what is called exact is so by comparison, and no place can be missed by a ranking.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from index.library import Library
from qa.check_fold import MASK, folds_between
from qa.check_mask import mask_markdown
from qa.check_words import ShortWords, is_of_word, is_short_word, key_of, stands_alone
from qa.words import content_words
from source.document import Span
from source.fold import fold

Propose = Callable[[str, int], list[tuple[int, Span]]]
"""Passages that share words with a text, best first: their documents' ids and their spans; at most so many."""

_SEGMENT_CHARS = 300
_SEPARATOR = "\n"
# The draft's own comma or full stop, which many put before the closing mark.
_OWN_END = re.compile(r"[.,]\Z")
_MAX_EDGE_CHARS = 12
# A few letters stand in so many places that only these are looked at.
_MAX_SEARCHED = 20_000
# The beginning of a long quotation proposes the passages.
_MAX_PROPOSING_WORDS = 64


@dataclass(frozen=True, slots=True)
class Source:
    """A document that may be quoted; `words` is its text with masks for what is markup."""

    id: int
    name: str
    title: str
    text: str
    words: str


@dataclass(frozen=True, slots=True)
class Match:
    """Words of a draft that stand in a document, at `span`, but for the `folds`; `length` of the draft's are there."""

    source: Source
    span: Span
    folds: tuple[str, ...]
    length: int


class Sources:
    """The documents to be searched, in the order given, and what proposes passages of them."""

    def __init__(self, sources: Sequence[Source], propose: Propose) -> None:
        self.all = tuple(sources)
        self.propose = propose
        self.by_id = {source.id: source for source in self.all}
        keys: list[str] = []
        self._segment_starts: list[int] = []
        self._segments: list[tuple[Source, int]] = []
        length = 0
        for source in self.all:
            for start in range(0, len(source.words), _SEGMENT_CHARS):
                key = key_of(source.words[start : start + _SEGMENT_CHARS])
                if key:
                    self._segment_starts.append(length)
                    self._segments.append((source, start))
                    keys.append(key)
                    length += len(key)
            keys.append(_SEPARATOR)
            length += len(_SEPARATOR)
        self._key = "".join(keys)

    def matches(self, words: str, *, is_at_start: bool = True) -> Iterator[Match]:
        """All places where `words` stand, exactly or but for folding, in the order of the documents.

        Only the first letter of a quotation may have another case: `is_at_start` says that it is there.
        """
        for source, inner in self.places(words):
            if match := match_at(source, inner, words, is_at_start=is_at_start):
                yield match

    def places(self, words: str) -> Iterator[tuple[Source, Span]]:
        """All places with the letters and digits of `words`, from the first of them to the last."""
        if is_short_word(words):
            yield from ((self.all[number], span) for number, span in self._short_words.places(words))
            return
        key = key_of(words)
        at = self._key.find(key) if key else -1
        for _ in range(_MAX_SEARCHED):
            if at < 0:
                return
            source, start = self._place(at)
            if not _in_one_word(source.words[start - 1 : start], source.words[start]):
                _, last = self._place(at + len(key) - 1)
                end = _with_marks(source.words, last + 1)
                if not _in_one_word(source.words[end - 1], source.words[end : end + 1]):
                    yield source, Span(start, end)
            at = self._key.find(key, at + 1)

    @cached_property
    def _short_words(self) -> ShortWords:
        return ShortWords([source.words for source in self.all])

    def _place(self, at: int) -> tuple[Source, int]:
        """The document and the character that the key's character at `at` comes from."""
        number = bisect_right(self._segment_starts, at) - 1
        source, position = self._segments[number]
        left = at - self._segment_starts[number]
        while True:
            length = len(key_of(source.words[position]))
            if left < length:
                return source, position
            left -= length
            position += 1


def _in_one_word(one: str, other: str) -> bool:
    return is_of_word(one) and is_of_word(other) and not (stands_alone(one) or stands_alone(other))


def match_at(source: Source, inner: Span, words: str, *, is_at_start: bool = True) -> Match | None:
    """`words` at the place where their letters and digits stand; None if they are others there.

    A comma or full stop at their end may be the draft's own.
    """
    first, last = _word_edges(words)
    lefts = _lefts(source.words, inner.start) if words[:first].strip(MASK + " ") else [inner.start]
    end = _with_marks(source.words, inner.end)
    whole = words.rstrip()
    for length in dict.fromkeys([len(whole), len(_OWN_END.sub("", whole))]):
        rights = _rights(source.words, end) if words[last:length].strip(MASK + " ") else [end]
        for left in lefts:
            for right in rights:
                folds = _folds_at(source, Span(left, right), words[:length])
                if folds is not None and (is_at_start or "letter case at the start" not in folds):
                    return Match(source, Span(left, right), folds, length)
    return None


def _folds_at(source: Source, span: Span, words: str) -> tuple[str, ...] | None:
    """What must be folded for `words` to be what stands there, as a reader sees it or as the file has it."""
    folds = folds_between(words, span.of(source.words))
    return folds_between(words, span.of(source.text)) if folds is None and source.words is not source.text else folds


def _word_edges(words: str) -> tuple[int, int]:
    places = [place for place, one in enumerate(words) if key_of(one)]
    return places[0], _with_marks(words, places[-1] + 1)


def _with_marks(words: str, end: int) -> int:
    """`end`, after the accents of the letter before it."""
    while end < len(words) and unicodedata.category(words[end])[0] == "M":
        end += 1
    return end


def _lefts(words: str, start: int) -> list[int]:
    lefts = [start]
    while lefts[-1] > 0 and start - lefts[-1] < _MAX_EDGE_CHARS and not words[lefts[-1] - 1].isalnum():
        lefts.append(lefts[-1] - 1)
    return lefts


def _rights(words: str, end: int) -> list[int]:
    rights = [end]
    while rights[-1] < len(words) and rights[-1] - end < _MAX_EDGE_CHARS and not words[rights[-1]].isalnum():
        rights.append(rights[-1] + 1)
    return rights


def make_source(id_: int, name: str, title: str, text: str, format_: str) -> Source:
    """A document as it is searched."""
    return Source(id_, name, title, text, mask_markdown(text) if format_ == "markdown" else text)


def sources_of(library: Library) -> Sources:
    """All documents of `library`, by name and path; its keyword index proposes passages."""

    def propose(words: str, k: int) -> list[tuple[int, Span]]:
        found = [
            id_ for id_, _ in library.search_keywords(content_words(fold(words, "none"))[:_MAX_PROPOSING_WORDS], k)
        ]
        passages = library.passages(found)
        return [(passages[id_].document_id, passages[id_].span) for id_ in found if id_ in passages]

    with library.snapshot():
        documents = [
            make_source(one.id, one.name, one.title, library.text(one.id), one.format) for one in library.documents()
        ]
    return Sources(documents, propose)
