"""Phrases in quotation marks in a question: only passages that hold them are searched, if there are any.

As in any search engine, the marks ask for these words in this order; each may stand in any of its forms. A single word
in marks is searched for as without them: questions put them around letters and odd words ("begins with "B"").
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from index.library import Library
from qa.words import words_of
from source.fold import fold

# Folding has made all double quotation marks this one.
_QUOTED = re.compile(r'(?<!\d)"([^"]*)"')
_MOST_CHARS = 300
# Of a common phrase a large library has very many passages, which takes a while to find out.
_MOST_PHRASES = 8


@dataclass(frozen=True, slots=True)
class QuotedPhrase:
    """A phrase that a question has in quotation marks, folded; `held` says whether any passage searched holds it."""

    phrase: str
    held: bool

    @property
    def words(self) -> str:
        """In a sentence, what was searched."""
        if self.held:
            return f"Searched the passages with “{self.phrase}”."
        return f"None of the passages searched says “{self.phrase}”, so its words were searched for."


def quoted_phrases(question: str) -> tuple[str, ...]:
    """The phrases in double quotation marks in `question`, folded; no single word, and no phrase of 300 characters.

    Marks at the ends of a phrase are the sentence's, not the phrase's. Where there are more than eight, the question is
    a text with quotations, and none counts.
    """
    quoted = (found[1].strip(" ,.;:!?") for found in _QUOTED.finditer(fold(question, "none")))
    phrases = tuple(dict.fromkeys(one for one in quoted if len(one) <= _MOST_CHARS and len(words_of(one)) > 1))
    return phrases if len(phrases) <= _MOST_PHRASES else ()


def holding_phrases(
    library: Library, question: str, among: Collection[int] | None
) -> tuple[Collection[int] | None, tuple[QuotedPhrase, ...]]:
    """Which passages of `among`, or of all if None, hold what `question` has in quotation marks, and what that is.

    Of several phrases each passage has to hold one, so that both sides of a comparison are found; if none does, they
    are all of `among`.

    Raises:
        LibraryError: the library cannot be read.
    """
    held: dict[str, frozenset[int]] = {}
    for phrase in quoted_phrases(question):
        ids = library.passages_with_phrase(phrase)
        held[phrase] = ids if among is None else ids.intersection(among)
    phrases = tuple(QuotedPhrase(phrase, bool(ids)) for phrase, ids in held.items())
    return frozenset[int]().union(*held.values()) or among, phrases
