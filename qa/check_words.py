"""Where short words stand in documents as words of their own: searched for as letters, each would be in many others."""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import groupby

from qa.check_fold import MASK
from source.document import Span

MAX_KEY_CHARS = 6
"""A word of more letters is in few others."""

# A place is one number: that of the text, the start, and the length with what divides the word.
_NUMBER_BITS, _LENGTH_BITS = 44, 8
_MAX_CHARS, _MAX_START = (1 << _LENGTH_BITS) - 1, (1 << _NUMBER_BITS - _LENGTH_BITS) - 1
# Beyond it stand only selectors of variants of Chinese characters.
_LAST_MARK = 0x1F000


class _KeyTable(dict[int, str]):
    """A table for `str.translate`: small letters without accents, and digits; nothing for any other character."""

    def __missing__(self, code_point: int) -> str:
        folded = unicodedata.normalize("NFKD", chr(code_point).casefold())
        key = self[code_point] = "".join(one for one in folded if one.isalnum())
        return key


_KEYS = _KeyTable()


def key_of(text: str) -> str:
    """The letters and digits of `text`, without case, accents and what stands between them."""
    return text.lower() if text.isascii() and text.isalnum() else text.translate(_KEYS)


def is_of_word(character: str) -> bool:
    """True for a letter or digit, and for an accent or vowel sign on one."""
    return character.isalnum() or (character != "" and unicodedata.category(character)[0] == "M")


def stands_alone(character: str) -> bool:
    """True for a character of writing without blanks between its words."""
    is_wide = unicodedata.east_asian_width(character) in "WF"
    return is_wide or "\u0e00" <= character <= "\u0eff" or "\u1000" <= character <= "\u109f"


def is_short_word(words: str) -> bool:
    """True for one word of few letters, in writing with blanks between its words."""
    word = words.strip(f"{MASK} .,;:!?…")
    return (
        0 < len(word) <= 2 * MAX_KEY_CHARS
        and 0 < len(key_of(word)) <= MAX_KEY_CHARS
        and all(is_of_word(one) and not stands_alone(one) for one in word)
    )


class ShortWords:
    """The short words of `texts`, by their keys; a word that the end of a line divides is there whole and in parts."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._places: dict[str, array[int]] = defaultdict(lambda: array("Q"))
        short, divided, pieces, accent = _patterns()
        for number, text in enumerate(texts):
            has_accents = _MAY_BE_ACCENT.search(text) and accent.search(text)
            for word in (short if has_accents else _SHORT_WITHOUT_ACCENTS).finditer(text):
                self._note(number, key_of(word[0]), *word.span())
            for run in divided.finditer(text) if _DIVISION.search(text) else ():
                self._note_divided(number, text, [piece.span() for piece in pieces.finditer(text, *run.span())])

    def _note(self, number: int, key: str, start: int, end: int) -> None:
        if 0 < len(key) <= MAX_KEY_CHARS and end - start <= _MAX_CHARS:
            self._places[key].append(number << _NUMBER_BITS | start << _LENGTH_BITS | end - start)

    def _note_divided(self, number: int, text: str, pieces: Sequence[tuple[int, int]]) -> None:
        """What two pieces or more in a row are together; alone, they have been noted."""
        for first, (start, middle) in enumerate(pieces):
            key = key_of(text[start:middle])
            for piece_start, end in pieces[first + 1 :]:
                key += key_of(text[piece_start:end])
                if len(key) > MAX_KEY_CHARS:
                    break
                self._note(number, key, start, end)

    def places(self, word: str) -> Iterator[tuple[int, Span]]:
        """Where the letters of `word` are a word: the text's number and the span, text by text."""
        for place in self._places.get(key_of(word), ()):
            start = place >> _LENGTH_BITS & _MAX_START
            yield place >> _NUMBER_BITS, Span(start, start + (place & _MAX_CHARS))


_SHORT_WITHOUT_ACCENTS = re.compile(rf"(?<![^\W_])[^\W_]{{1,{MAX_KEY_CHARS}}}(?![^\W_])")
_MAY_BE_ACCENT = re.compile("[^\0-\u02ff\u2000-\u206f]")
_BETWEEN = rf"(?:[-‐\u00ad][^\S\r\n]*(?:\r\n|\r|\n)\s*|[\u00ad{MASK}]+)"
_DIVISION = re.compile(_BETWEEN)


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """A short word, words that only a line end or markup divides, a word, and an accent.

    To look for accents within words takes ten times as long as not to.
    """
    points = (point for point in range(0x300, _LAST_MARK) if unicodedata.category(chr(point))[0] == "M")
    ranges = []
    for _, group in groupby(enumerate(points), key=lambda pair: pair[1] - pair[0]):
        run = [point for _, point in group]
        ranges.append(f"{chr(run[0])}-{chr(run[-1])}")
    accents = "".join(ranges)
    letter = f"[^\\W_][{accents}]*"
    short = rf"(?<![^\W_])(?:{letter}){{1,{MAX_KEY_CHARS}}}(?![^\W_])"
    word = f"(?:{letter})+"
    divided = f"{word}(?:{_BETWEEN}{word})+"
    return re.compile(short), re.compile(divided), re.compile(word), re.compile(f"[{accents}]")
