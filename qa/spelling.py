"""Misspelt words of a question: a word that stands in no document is searched for as the library spells it.

A word counts as misspelt only if it is neither in the library, nor common English, nor in the model's vocabulary:
"moths" must not be searched for as "months" because no document has moths in it. For a name, other letters make another
one: "Marisa" is not searched for as "Maria".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

from index.embed import Embedder
from index.library import Library
from index.words import is_other_than_latin
from qa.rarity import is_common
from qa.words import stem, words_of

# In words of at least so many letters, so many may be wrong, missing, too many, or have changed places with the next.
_MOST_SLIPS = ((9, 2), (5, 1))
# A question with more words that may be misspelt is in another language, or no question, and would take long.
_MOST_MISSPELT = 8
# Of the stems that are near enough, so many are looked up, to see the words they come from.
_MOST_LOOKED_AT = 20


@dataclass(frozen=True, slots=True)
class Correction:
    """A word as it was `written`, and as the library spells the one that is `searched` for; both lower-case."""

    written: str
    searched: str

    @property
    def words(self) -> str:
        """The correction in a sentence."""
        return f"Searched for “{self.searched}” (you wrote “{self.written}”)."


def correct(library: Library, embedder: Embedder, words: Iterable[str]) -> tuple[Correction, ...]:
    """A correction for each of `words`, none of which is in any document, that is likely to be misspelt."""
    misspelt = [word for word in words if _may_be_misspelt(embedder, word)]
    if len(misspelt) > _MOST_MISSPELT:
        return ()
    corrections = ((word, _spelt_right(library, word)) for word in misspelt)
    return tuple(Correction(word, searched) for word, searched in corrections if searched)


def _may_be_misspelt(embedder: Embedder, word: str) -> bool:
    may_have_slips = _most_slips(word) > 0 and word.isalpha() and not is_other_than_latin(word)
    return may_have_slips and not is_common(word) and not embedder.knows_word(word)


def _most_slips(word: str) -> int:
    return next((slips for letters, slips in _MOST_SLIPS if len(word) >= letters), 0)


def _spelt_right(library: Library, word: str) -> str:
    """The word of the library that `word` most likely is; empty if none is near enough.

    That with the fewest slips (Damerau's, in one place only once), then the one in most passages, then the first by
    alphabet. Only words that begin with one of the first two letters of `word` are looked at, so that no library is
    too large.
    """
    most, stemmed = _most_slips(word), stem(word)
    terms = {term: count for letter in sorted({*stemmed[:2]}) for term, count in library.terms_with(letter).items()}
    found = process.extract(stemmed, terms.keys(), scorer=OSA.distance, score_cutoff=most, limit=None)
    near = sorted((int(slips), -terms[term], term) for term, slips, _ in found if term.isalpha())
    spelt = [
        (slips, count, form)
        for _, count, term in near[:_MOST_LOOKED_AT]
        for slips, form in [_nearest_form(library.passage_with_term(term), term, word)]
        if slips <= most
    ]
    return min(spelt, default=(0, 0, ""))[2]


def _nearest_form(text: str, term: str, word: str) -> tuple[int, str]:
    """Of the words of `text` with the stem `term`, the one that takes the fewest slips to become `word`."""
    forms = sorted({form for form in words_of(text) if stem(form) == term and _may_be_meant(form, word, text)})
    return min(((OSA.distance(form, word), form) for form in forms), default=(len(word), ""))


def _may_be_meant(form: str, word: str, text: str) -> bool:
    """False if `word` has other letters, and `form` is a name: it stands nowhere in `text` with a small one."""
    has_its_letters = set(form) == set(word) or set(stem(form)) == set(stem(word))
    return has_its_letters or re.search(_whole(form), text) is not None


def with_corrections(text: str, corrections: Iterable[Correction]) -> str:
    """`text` with each misspelt word replaced, wherever it stands."""
    for one in corrections:
        text = re.sub(_whole(one.written), one.searched, text, flags=re.IGNORECASE)
    return text


def _whole(word: str) -> str:
    return rf"(?<![^\W_]){re.escape(word)}(?![^\W_])"
