"""Abbreviations: a question with "IPCC" in it is searched also for what the documents say that stands for, and back.

What stands for what is looked up in the library while the question waits; nothing is stored. Definitions are found by
the algorithm of Schwartz and Hearst (PSB 2003, "A simple algorithm for identifying abbreviation definitions in
biomedical text"), written anew.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from index.library import Library
from qa.words import COMMON_WORDS, STOP_WORDS, stem, words_of

_ABBREVIATION = re.compile(r"(?<![\w.&-])(?=[^\W\d_])[^\W_]{2,8}(?![\w&]|[-.]\w)")
# A longer text in brackets is no long form.
_BRACKETED = re.compile(r"\(\s*([^()\n]{2,100}?)\s*[);,]")
_WORD = re.compile(r"\S+")
_QUOTATION_MARKS = "\"'"
_IS_PLAIN = re.compile(r"[^\"();:?!\[\]]+").fullmatch

# A question with more words that look like abbreviations is written in capital letters.
_MOST_ABBREVIATIONS = 4
# Of the passages that hold an abbreviation, so many are looked through for what it stands for.
_MOST_LOOKED_THROUGH = 50
# So many runs of a question's words are looked up, of so many words at most, and of those whose initials stand anywhere
# in the library so many.
_MOST_LOOKED_UP = 300
_MOST_RUNS = 20
_LONGEST_RUN = 10

_COMPOUND = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_CLAUSE_END = re.compile(r"[?!.,;:()\"]")
# Words of a long form that may have no letter in its abbreviation, and need not stand where it does.
_LINKING = frozenset("a an and at by de for in of on or the to with".split())
# In lower case these are other words: a sentence with "us" in it does not speak of the United States.
_OTHER_WORDS = STOP_WORDS | COMMON_WORDS | {"us"}


@dataclass(frozen=True, slots=True)
class Definition:
    """An abbreviation and its long form, each as a text has them."""

    abbreviation: str
    long_form: str


@dataclass(frozen=True, slots=True)
class Expansion:
    """An abbreviation or a long form as a question has it `written`, and what means the same and is `searched` for."""

    written: str
    searched: str

    @property
    def words(self) -> str:
        """The expansion in a sentence."""
        return f"Searched also for “{self.searched}” ({self.written})."


def telling_words(text: str) -> tuple[str, ...]:
    """The words of a long form, lower-case, without those that only link others."""
    return tuple(word for word in words_of(text) if word not in _LINKING)


def with_long_forms(text: str, expansions: Iterable[Expansion]) -> str:
    """`text` with its abbreviations written out and in brackets behind that; long forms stay alone.

    So it is embedded: a model may not know the abbreviation. It reads the long form well enough by itself.
    """
    for one in expansions:
        if is_abbreviation(one.written):
            apart = re.split(rf"(?<![^\W_]){re.escape(one.written)}(?![^\W_])", text)
            text = f"{one.searched} ({one.written})".join(apart)
    return text


def other_forms(expansions: Iterable[Expansion]) -> dict[str, tuple[frozenset[str], ...]]:
    """For each stem of what is written, the stems of what is searched for also: all of one stand for it."""
    others: dict[str, tuple[frozenset[str], ...]] = {}
    for one in expansions:
        form = frozenset(_stems(one.searched))
        for stemmed in _stems(one.written):
            others[stemmed] = (*others.get(stemmed, ()), form)
    return others


def is_abbreviation(word: str) -> bool:
    """True for 2 to 8 letters and digits, most of them capital letters; an "s" that makes a plural is not counted."""
    letters = word.removesuffix("s")
    capitals = sum(letter.isupper() for letter in letters)
    return capitals >= 2 and 2 * capitals > len(letters) and _ABBREVIATION.fullmatch(word) is not None


# Definitions in a text


def definitions_in(text: str) -> Iterator[Definition]:
    """What a folded text defines as "long form (ABBR)" and "ABBR (long form)", in order."""
    for brackets in _BRACKETED.finditer(text):
        inner = brackets[1].strip(_QUOTATION_MARKS)
        before = text[: brackets.start()].rstrip()
        if is_abbreviation(inner):
            abbreviation, words = inner, _last_words(before, _most_words(inner))
        else:
            abbreviation, words = _last_words(before, 1).strip(_QUOTATION_MARKS), inner
        if is_abbreviation(abbreviation) and (found := long_form(abbreviation, words)):
            yield Definition(abbreviation, found)


def long_form(abbreviation: str, text: str) -> str:
    """The end of `text` that `abbreviation` stands for; empty if none does.

    It is the shortest that begins with a word that begins with the first letter, and has the others after it in order.
    """
    place = len(text)
    for number, letter in reversed(list(enumerate(abbreviation.lower()))):
        place -= 1
        while place >= 0 and not (text[place].lower() == letter and (number or _begins_word(text, place))):
            place -= 1
        if place < 0:
            return ""
    found = text[place:].rstrip(f",{_QUOTATION_MARKS}")
    words = found.split()
    is_long = len(found) > len(abbreviation) and 1 < len(words) <= _most_words(abbreviation)
    is_whole = words[0].lower() not in STOP_WORDS and abbreviation not in words and _IS_PLAIN(found)
    return found if is_long and is_whole else ""


def _most_words(abbreviation: str) -> int:
    return min(len(abbreviation) + 5, 2 * len(abbreviation))


def _last_words(text: str, most: int) -> str:
    words = list(_WORD.finditer(text))[-most:]
    return text[words[0].start() :] if words else ""


def _begins_word(text: str, place: int) -> bool:
    return place == 0 or not text[place - 1].isalnum()


# Definitions in a library


def expand(library: Library, text: str) -> tuple[Expansion, ...]:
    """What a folded question is searched also for: the other form of what the library defines, one for each."""
    shortened = [word for word in dict.fromkeys(_ABBREVIATION.findall(text)) if is_abbreviation(word)]
    if len(shortened) > _MOST_ABBREVIATIONS:
        return ()
    asked = _stems(text)
    long = (Expansion(word, form) for word in shortened for form in _long_forms(library, word))
    short = _abbreviated(library, text)
    return tuple(one for one in (*long, *short) if not set(_stems(one.searched)) <= set(asked))


def _long_forms(library: Library, abbreviation: str) -> list[str]:
    """The long form that most passages looked through have, of several the first; empty if there is none."""
    defined = _definitions(library, [abbreviation], _MOST_LOOKED_THROUGH)
    short = stem(abbreviation.lower())
    forms = [one.long_form for one in defined if stem(one.abbreviation.lower()) == short]
    counts = Counter(map(_stems, forms))
    return sorted(forms, key=lambda form: -counts[_stems(form)])[:1]


def _abbreviated(library: Library, text: str) -> Iterator[Expansion]:
    """The runs of words that the library abbreviates to their initials."""
    possible = islice(_runs(text), _MOST_LOOKED_UP)
    runs = [(run, initials) for run, initials in possible if library.count_passages_with(initials)][:_MOST_RUNS]
    phrases = [phrase for run, initials in runs for phrase in (f"{run} {initials}", f"{initials} {run}")]
    known: dict[tuple[str, ...], str] = {}
    for one in _definitions(library, phrases, _MOST_LOOKED_THROUGH):
        known.setdefault(_stems(one.long_form), one.abbreviation)
    for run in dict.fromkeys(run for run, _ in runs):
        if abbreviation := known.get(_stems(run)):
            yield Expansion(run, abbreviation)


def _definitions(library: Library, phrases: Sequence[str], most: int) -> Iterator[Definition]:
    """The definitions in the passages that hold any of these words or phrases, the best first."""
    ids = [id_ for id_, _ in library.search_keywords([phrase.lower() for phrase in phrases], most)]
    sentences = library.folded_sentences(ids)
    return (one for id_ in ids for _, sentence in sentences.get(id_, ()) for one in definitions_in(sentence))


def _stems(text: str) -> tuple[str, ...]:
    return tuple(map(stem, telling_words(text)))


def _runs(text: str) -> Iterator[tuple[str, str]]:
    """Runs of words that may be a long form, each with its initials, lower-case; longer ones first in each clause."""
    for clause in _CLAUSE_END.split(text):
        words = list(_COMPOUND.finditer(clause))
        for length in range(min(len(words), _LONGEST_RUN), 1, -1):
            for run in zip(*(words[first:] for first in range(length)), strict=False):
                names = [word[0].lower() for word in run]
                if names[0] not in STOP_WORDS and names[-1] not in STOP_WORDS:
                    yield from ((clause[run[0].start() : run[-1].end()], initials) for initials in _initials(names))


def _initials(names: Sequence[str]) -> list[str]:
    """The abbreviations that `names` may have: with and without linking words, compounds as one word or as several."""
    parts = [part for name in names for part in name.split("-")]
    made = {
        "".join(name[0] for name in chosen if name not in left_out)
        for chosen in (names, parts)
        for left_out in (frozenset[str](), _LINKING)
    }
    return sorted(one for one in made if 2 <= len(one) <= 8 and one not in _OTHER_WORDS)
