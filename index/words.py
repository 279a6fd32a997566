"""Words as the keyword index holds them, in any script: the same for a text that is added and for a question.

FTS5 ends a word at whatever is no letter or digit. That leaves whole clauses of Chinese as one word, and cuts Hindi or
Thai at every vowel sign. So texts are written differently before FTS5 sees them: marks are left out, writing without
blanks is cut into overlapping pieces, and words of scripts that FTS5's English stemmer knows nothing of are stemmed.
What is written in Latin letters stays as it is.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Collection
from functools import cache, lru_cache

import Stemmer

# Chinese, Japanese and Korean. Each letter is a word or syllable; two of them tell most (docs/experiments.md).
_SYLLABIC = (
    "\u3005-\u3007\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3"
    "\U00020000-\U000323af"
)
# Thai, Lao, Burmese and Khmer. A syllable takes two letters or three, its vowel signs left out.
_ALPHABETIC = "\u0e01-\u0e4e\u0e81-\u0ecd\u0edc-\u0edf\u1000-\u103f\u1050-\u108f\u1780-\u17d3"
_WITHOUT_BLANKS = re.compile(f"(?P<syllabic>[{_SYLLABIC}]+)|[{_ALPHABETIC}]+")
_SYLLABIC_LETTERS, _ALPHABETIC_LETTERS = 2, 3
_WORD = re.compile(r"[^\W_]+")
_ONE_SYLLABLE = re.compile(f"[{_SYLLABIC}]")

# Snowball's stemmer of the language that is written most in each script.
_STEMMED = {
    "arabic": "\u0620-\u065f\u066e-\u06d3",
    "armenian": "\u0531-\u0587",
    "greek": "\u0370-\u03ff\u1f00-\u1fff",
    "hindi": "\u0900-\u0963\u0971-\u097f",
    "russian": "\u0400-\u052f",
    "tamil": "\u0b80-\u0be5",
}
_STEMMED_WORD = re.compile("|".join(f"(?P<{language}>[{letters}]+)" for language, letters in _STEMMED.items()))

# FTS5 takes the marks before this one off their letters by itself.
_FIRST_MARK = 0x483
_OTHER_THAN_LATIN = re.compile(
    "[\u0370-\u1dff\u1f00-\u1fff\u2c00-\u2c5f\u2d00-\ua71f\ua800-\uaaff\uabc0-\ud7ff\uf900-\ufaff\ufb13-\ufefc"
    "\U00010000-\U0010ffff]"
)


def keyword_text(folded: str) -> str:
    """A folded text as the keyword index is given it."""
    if not _OTHER_THAN_LATIN.search(folded):
        return folded
    # Without the marks first, as the words of a question are: stemmers look at them.
    return _STEMMED_WORD.sub(lambda word: stem_by_script(word[0]), divide_words(folded))


def divide_words(folded: str) -> str:
    """`folded` with a blank between any two words, also where the script writes none, and without vowel signs.

    In Chinese, Japanese and Korean any two letters that follow each other are a word, in Thai, Lao, Burmese and Khmer
    any three; a run of fewer is one, too.
    """
    if not _OTHER_THAN_LATIN.search(folded):
        return folded
    return _WITHOUT_BLANKS.sub(_pieces, folded.translate(_without_marks()))


def _pieces(run: re.Match[str]) -> str:
    return f" {' '.join(_pieces_of(run))} "


def _pieces_of(run: re.Match[str]) -> list[str]:
    """The piece that begins with each letter of a run, but for the last ones."""
    letters = run[0]
    length = _SYLLABIC_LETTERS if run["syllabic"] else _ALPHABETIC_LETTERS
    return [letters[start : start + length] for start in range(max(1, len(letters) - length + 1))]


def rejoin_words(folded: str, words: Collection[str]) -> tuple[str, ...]:
    """Those of `words`, which `divide_words` made of `folded`, as they are written: with marks, and pieces as one.

    Of scripts without blanks, those letters are left out that another piece holds, too: where words meet, a piece of
    both is no word. These come after all others, in order.
    """
    if not _OTHER_THAN_LATIN.search(folded):
        return tuple(words)
    written = [letter[0] for letter in _letter_with_marks().finditer(folded)]
    letters = "".join(letter[0] for letter in written)
    among, joined = set(words), list[str]()
    for run in _WITHOUT_BLANKS.finditer(letters):
        shown = written[run.start() : run.end()]
        for start, piece in enumerate(_pieces_of(run)):
            if piece not in among:
                shown[start : start + len(piece)] = " " * len(piece)
        joined += "".join(shown).split()
    with_marks = {word[0].lower(): "".join(written[word.start() : word.end()]) for word in _WORD.finditer(letters)}
    whole = (with_marks.get(word, word) if is_other_than_latin(word) else word for word in words)
    return tuple(dict.fromkeys((*(word for word in whole if not _WITHOUT_BLANKS.match(word)), *joined)))


@cache
def _letter_with_marks() -> re.Pattern[str]:
    marks = re.escape("".join(map(chr, _without_marks())))
    return re.compile(rf"[^{marks}][{marks}]*", re.DOTALL)


@cache
def word_with_marks() -> re.Pattern[str]:
    """A word as it is written, with the vowel signs that `divide_words` leaves out."""
    marks = re.escape("".join(map(chr, _without_marks())))
    return re.compile(rf"[^\W_](?:[^\W_]|[{marks}])*")


@cache
def _without_marks() -> dict[int, None]:
    marks = (code for code in range(_FIRST_MARK, sys.maxunicode + 1) if unicodedata.category(chr(code)) in {"Mn", "Mc"})
    return dict.fromkeys(marks)


@lru_cache(maxsize=100_000)
def stem_by_script(word: str) -> str:
    """What the forms of a word have in common, lower-case and without marks; a word of any other script as it is."""
    found = _STEMMED_WORD.fullmatch(word)
    if found is None or found.lastgroup is None:
        return word
    decomposed = unicodedata.normalize("NFD", _stemmer(found.lastgroup).stemWord(word.lower()))
    return "".join(character for character in decomposed if unicodedata.category(character) not in {"Mn", "Mc"})


@cache
def _stemmer(language: str) -> Stemmer.Stemmer:
    return Stemmer.Stemmer(language)


def is_other_than_latin(word: str) -> bool:
    """True if a letter of `word` belongs to a script that the keyword index is given in another form."""
    return _OTHER_THAN_LATIN.search(word) is not None


def may_be_a_word(piece: str) -> bool:
    """True unless `piece` is one letter of an alphabet or syllabary: a Chinese one has a meaning of its own."""
    return len(piece) > 1 or unicodedata.name(piece, "").startswith("CJK")


def match_expression(word: str) -> str:
    """`word`, one of those that `divide_words` tells apart, as FTS5 is asked for it."""
    quoted = '"{}"'.format(keyword_text(word).replace('"', '""'))
    # One letter alone was indexed with the one after it.
    return f"{quoted} *" if _ONE_SYLLABLE.fullmatch(word) else quoted
