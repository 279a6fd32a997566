"""The words of a question: what keyword search looks for, and forms of a word that count as the same.

Words and their stems are those of the keyword index (FTS5's unicode61 and porter), which a test compares.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from functools import cache, lru_cache

import Stemmer

from index.words import divide_words, is_other_than_latin, stem_by_script, word_with_marks
from qa.languages import language_of, stop_words

_WORD = re.compile(r"[^\W_]+")
# Of ASCII: letters in lower case, digits, and a blank for all else.
_ASCII_WORDS = {code: chr(code).lower() if chr(code).isalnum() else " " for code in range(128)}
# Words that FTS5 leaves as they are, shorter and longer than these.
_MIN_STEMMED_BYTES = 3
_MAX_STEMMED_BYTES = 64
# With a vowel and a consonant after it before the ending; y is a vowel after a consonant only.
_LATER_RULES = re.compile(
    r"(?P<stem>.*(?:[aeiou]|(?<=[^aeiou])y)(?:[^aeiouy]|(?<=[aeiou])y).*?)(?:(?P<bli>bli)|logi)\Z"
)

# Words that say nothing of what is asked about. No negation is among them: "not" and "never" change a question.
STOP_WORDS = frozenset(
    "a about above after again all also am an and any are as at be because been before being below between both but "
    "by can could did do does doing down during each few for from further had has have having he her here hers "
    "herself him himself his how i if in into is it its itself just me more most my myself of off on once only or "
    "other our ours ourselves out over own s same she should so some such t than that the their theirs them "
    "themselves then there these they this those through to too under until up very was we were what when where "
    "which while who whom whose why will with would you your yours yourself yourselves d ll m re ve please tell "
    "explain describe briefly say says said according".split()
)

# Words worth searching for, but not worth saying that no document holds them: another word often says the same.
COMMON_WORDS = frozenset(
    "become big bring call came come find gave get give go got happen keep kind know leave left let like long look "
    "made make many might mean much must need part people put see seem set show sort still take taken thing time "
    "took type use used want way well went word work year".split()
)


def words_of(text: str) -> list[str]:
    """The words of `text` in order, lower-case; an underscore or apostrophe divides words.

    Scripts without blanks between words are cut into pieces that overlap (see `index.words.divide_words`).
    """
    if text.isascii():  # as below, in half of the time
        return text.translate(_ASCII_WORDS).split()
    # In lower case "İ" holds a mark.
    return [word.lower().replace("i\u0307", "i") for word in _WORD.findall(divide_words(text))]


def unbroken_words_of(text: str) -> list[str]:
    """The words of `text` as they are written: what a script writes without a blank is one, with its vowel signs.

    Capitals stay: a model may know a German noun by its own.
    """
    return (word_with_marks() if is_other_than_latin(text) else _WORD).findall(text)


def content_words(question: str) -> list[str]:
    """The different words of `question` worth searching for: all but stop words, or all if nothing else is left.

    The stop words are those of its language, if it is clear that this is another one than English.
    """
    words = list(dict.fromkeys(words_of(question)))
    passed_over = foreign_stop_words(words) or STOP_WORDS
    return [word for word in words if word not in passed_over] or words


def foreign_stop_words(words: Collection[str]) -> frozenset[str]:
    """The stop words of the language that the `words` of a question are in; none if that may be English."""
    return stop_words().get(language_of(words, STOP_WORDS), frozenset())


@cache
def _stemmer() -> Stemmer.Stemmer:
    return Stemmer.Stemmer("porter", 0)  # what is kept is kept by `stem`


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """What all forms of a lower-case word have in common (Porter 1980), without diacritics."""
    if is_other_than_latin(word):
        return stem_by_script(word)
    plain = word if word.isascii() else _without_diacritics(word)
    if not _MIN_STEMMED_BYTES <= len(plain.encode("utf-8", "surrogatepass")) <= _MAX_STEMMED_BYTES:
        return plain
    stemmed: str = _stemmer().stemWord(plain)
    # Two rules that Porter added later, which FTS5 has: "possibly" as "possible", "technology" as "technological".
    if stemmed.endswith(("bli", "logi")) and (later := _LATER_RULES.match(stemmed)):
        stemmed = _stemmer().stemWord(f"{later['stem']}ble" if later["bli"] else f"{later['stem']}log")
    return stemmed


def _without_diacritics(word: str) -> str:
    decomposed = unicodedata.normalize("NFD", word)
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def stems_of(text: str) -> frozenset[str]:
    """The stems of all words of `text`."""
    return frozenset(map(stem, words_of(text)))
