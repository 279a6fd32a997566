"""When two pieces of text are the same words: exactly, or but for typography that is named.

Five things are folded and nothing else: quotation marks, dashes, white space, hyphens at the ends of lines, and the
case of the first letter. What Unicode calls equivalent (a letter and its accent, in one code point or two) and the
ligatures of type ("ﬁ") are the same letters. `docs/checking.md` says so to those who check.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

MASK = "\0"
"""Stands for a character that is no word of a text but its markup, so that all places stay as they are."""

FOLDS = ("quotation marks", "dashes", "white space", "hyphenation", "letter case at the start")
"""What is folded, in the words in which it is told."""

SINGLE_MARKS = "'‘’‚‛‹›′´`＇"
DOUBLE_MARKS = '"“”„‟«»″〝〞〟＂「」『』'
_MARKS = SINGLE_MARKS + DOUBLE_MARKS

# A hyphen that a line end follows: whether it is part of the word cannot be seen, so it matches with and without.
_MAYBE_HYPHEN = "\x01"
_WRAPPED_HYPHEN = re.compile(r"(?<=\w)[-‐\u00ad][^\S\r\n]*(?:\r\n|\r|\n)\s*(?=\w)")
_SOFT_HYPHEN = "\u00ad"
_LIGATURES = str.maketrans({chr(code): unicodedata.normalize("NFKC", chr(code)) for code in range(0xFB00, 0xFB07)})
# Not those two that turn what follows around: 15 is seen as 51.
_NO_WIDTH = re.compile("[\u200b\u200c\u200d\u2060\ufeff\u200e\u200f\u202a-\u202c\u2066-\u2069]")
_WIDE = "\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef"
_BLANKS_IN_WIDE = re.compile(rf"(?<=[{_WIDE}])\s+(?=[{_WIDE}])")
# French sets these off by a space that is no word space.
_SET_OFF = re.compile(r"(?<!\s)[\u00a0\u2009\u202f]+(?=[;:!?%‰])")
_IN_GUILLEMETS = re.compile(r"(?<![^\s(\[])(?<=[«‹])\s+|(?<!\s)\s+(?=[»›](?:\W|\Z))")
_OPENING_GUILLEMET = re.compile(r"((?:(?<=[\s(\[])|\A)[«‹])\s+")
_DOUBLED_SIGNS = re.compile(r"``|''")
_UNIT_MARK = re.compile(rf"(?<=\d)[{re.escape(_MARKS)}](?!\w)")
_OPENING_MARK = re.compile(rf"(?<![^\s(\[{{—–-])[{re.escape(_MARKS)}](?=\S)")
_MINUS = re.compile(r"(?:(?<=\s)|\A)[−–—](?=\d)")
_LONG_DASH = re.compile(r"(?:(?<!\s)\s+)?(?:-{2,3}|[–—―])\s*|(?<!\s)\s+[-‐‑‒−]\s+")
_SHORT_DASH = re.compile(r"[‐‑‒−]")
_ELLIPSIS = re.compile(r"…")
_LETTER = re.compile(r"[^\W\d_]")


def plain(text: str) -> str:
    """`text` without masks, each letter with its accents composed and no ligatures of type."""
    return unicodedata.normalize("NFC", text.replace(MASK, "").strip().translate(_LIGATURES))


def folds_between(draft: str, source: str) -> tuple[str, ...] | None:
    """What must be folded for `draft` to be `source`, of `FOLDS`: nothing if it is; None if it is another text."""
    if plain(draft) == plain(source):
        return ()
    needed = set(FOLDS)
    if not _are_same(draft, source, needed):
        return None
    for fold in FOLDS:
        if _are_same(draft, source, needed - {fold}):
            needed.remove(fold)
    return tuple(fold for fold in FOLDS if fold in needed)


def folded(text: str) -> str:
    """`text` with all that may be folded made one: texts that are the same now were the same but for that."""
    return _small_first(_canonical(text, FOLDS))


def _are_same(draft: str, source: str, folds: Collection[str]) -> bool:
    one, other = _canonical(draft, folds), _canonical(source, folds)
    if "letter case at the start" in folds:
        one, other = _small_first(one), _small_first(other)
    return _equal(one, other)


def _canonical(text: str, folds: Collection[str]) -> str:
    text = _ELLIPSIS.sub("...", plain(text))
    if "hyphenation" in folds:
        text = _WRAPPED_HYPHEN.sub(_hyphen_or_none, text).replace(_SOFT_HYPHEN, "")
    if "white space" in folds:
        text = _SET_OFF.sub("", _NO_WIDTH.sub("", text))
        text = _BLANKS_IN_WIDE.sub("", text)
        text = " ".join(text.split())
    if "quotation marks" in folds:
        text = _fold_marks(text)
    if "dashes" in folds:
        text = _SHORT_DASH.sub("-", _LONG_DASH.sub("-", _MINUS.sub("-", text)))
    return text


def _hyphen_or_none(hyphen: re.Match[str]) -> str:
    """What may be either; beside a digit a hyphen, for numbers are not divided, and ranges are."""
    is_in_number = hyphen.string[hyphen.start() - 1].isdigit() or hyphen.string[hyphen.end()].isdigit()
    return "-" if is_in_number else _MAYBE_HYPHEN


def _fold_marks(text: str) -> str:
    """One sign for every quotation mark and apostrophe; feet and inches, minutes and seconds stay apart."""
    text = _OPENING_GUILLEMET.sub(r"\1", _IN_GUILLEMETS.sub("", text))
    text = _DOUBLED_SIGNS.sub('"', text)
    text = _UNIT_MARK.sub(_unit_or_mark, text)
    return text.translate(_ONE_MARK)


_ONE_MARK = {ord(mark): "'" for mark in _MARKS}


def _unit_or_mark(mark: re.Match[str]) -> str:
    """The sign of a unit, as one that no quotation mark is folded to, unless a quotation can end here."""
    if len(_OPENING_MARK.findall(mark.string, 0, mark.start())) % 2:
        return "'"
    return "\x02" if mark[0] in SINGLE_MARKS else "\x03"


def _small_first(text: str) -> str:
    letter = _LETTER.search(text)
    return text[: letter.start()] + letter[0].lower() + text[letter.end() :] if letter else text


def _equal(one: str, other: str) -> bool:
    """True if the strings are the same where a hyphen that may be one is read as one, or as none."""
    if _MAYBE_HYPHEN not in one and _MAYBE_HYPHEN not in other:
        return one == other
    first = second = 0
    while first < len(one) or second < len(other):
        here, there = one[first : first + 1], other[second : second + 1]
        if here == there or {here, there} == {"-", _MAYBE_HYPHEN}:
            first, second = first + 1, second + 1
        elif here == _MAYBE_HYPHEN:
            first += 1
        elif there == _MAYBE_HYPHEN:
            second += 1
        else:
            return False
    return True
