"""Folded copies: what searching sees instead of the text itself.

A fold makes spellings of the same words equal (ligatures, no-break spaces, typographic quotation marks, soft
hyphens) and removes inline markup. It is never shown and never quoted; the text it was made from stays as it is.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from source.document import Markup

_SINGLE_QUOTES = "‘’‚‛′´`"
_DOUBLE_QUOTES = "“”„‟«»″"
_DASHES = "‐‑‒–—―−"
# "10²" must not be found as "102", nor "1998①" as "19981".
_KEPT_DECOMPOSITIONS = ("<super>", "<sub>", "<fraction>", "<circle>")
_HARD_WRAPPED_HYPHEN = re.compile(r"(?<=[^\W_])-(?:\r\n|\r|\n)(?=[^\W_])")
# Whether a hyphen at the end of a line is part of the word cannot be seen. With these before or after it, it is; so it
# is in words with more hyphens, and beside capitals: "state-of-\nthe-art", "DNA-\nbased", "Anglo-\nSaxon".
_WORD_WRAPPED_AT_HYPHEN = re.compile(
    r"(?<![\w-])(?P<before>[^\W\d_]{2,}+)-(?:\r\n|\r|\n)(?P<after>[^\W\d_]++)(?!-[^\W\d_])"
)
_FIRST_OF_COMPOUND = frozenset(
    (
        "all anti cross double eight fifty five forty four full half high higher large long longer lower multi nine "
        "ninety non post pseudo quasi self semi seven seventy short shorter single six sixty thirty three twenty two "
        "ultra vice well world year"
    ).split()
)
_LAST_OF_COMPOUND = frozenset(
    (
        "alone aware based born called centred centered century class colored coloured controlled driven effective "
        "efficient established eyed faced facing first founded free friendly going growing handed income independent "
        "intensive interest known level like linked lived living looking made maker makers making minded minute month "
        "oriented owned paid powered quality quarter quarters related resistant running scale sector sensitive sided "
        "sized solving specific step taking third thirds year years"
    ).split()
)
# Not "great" before any word: "great-\ner" is "greater".
_GREAT_KIN = re.compile(r"great-(?:aunt|grand|nephew|niece|uncle)", re.IGNORECASE)
_HARD_WRAPPED_SOFT_HYPHEN = re.compile("\u00ad(?:\r\n|\r|\n)")
# The "1." that is one character, and the like, are not to run into a number beside them.
_APART = re.compile(r"\A(?=\d)|(?<=\d)\Z")
# "museum²" is found as "museum", and "CO₂" as "CO2".
_RAISED_DIGITS = re.compile(r"(?<=\w)(?<![⁰¹²³⁴-⁹①-⑳])(?=[⁰¹²³⁴-⁹①-⑳])")
_LOWERED_DIGITS = re.compile(r"(?<=[^\W\d_])[₀₁₂₃₄₅₆₇₈₉]+")
# Numbers stay: a wrapped line of a paragraph may begin with one, and "step 2" may be asked for.
_BLOCK_MARKERS = re.compile(r"(?m)^[ \t]*(?:>[ \t]?)*(?:(?:[-*+]|#{1,6})[ \t]+)?")
_HTML_BREAK = re.compile(r"</?(?:br|div|dd|dt|hr|li|p|td|th|tr)\b", re.IGNORECASE)
_LONE_EMPHASIS = re.compile(r"(?<!\w)(?:\*{1,3}|_{1,3})(?=\S)|(?<=\S)(?:\*{1,3}|_{1,3})(?!\w)|^\*\*|\*\*$")


class _FoldTable(dict[int, str]):
    """A table for `str.translate` that works out each code point once."""

    def __missing__(self, code_point: int) -> str:
        folded = self[code_point] = _fold_character(chr(code_point))
        return folded


def _fold_character(character: str) -> str:
    if character in _SINGLE_QUOTES:
        return "'"
    if character in _DOUBLE_QUOTES:
        return '"'
    if character in _DASHES:
        return "-"
    category = unicodedata.category(character)
    if category == "Cf":  # soft hyphens, zero-width spaces and joiners, byte order marks
        return ""
    if category in {"Cc", "Cs"} or character.isspace():  # a lone surrogate is no text, and cannot be encoded
        return " "
    if unicodedata.decomposition(character).startswith(_KEPT_DECOMPOSITIONS):
        return character
    composed = unicodedata.normalize("NFKC", character)
    if composed == character:
        return character
    folded = "".join(map(_fold_character, composed))
    return folded if category == "Nd" else _APART.sub(" ", folded)


_FOLD_TABLE = _FoldTable()


def fold(text: str, markup: Markup) -> str:
    """`text` as searching sees it: one line, single spaces, none at the ends; case is kept."""
    if markup == "markdown":
        return fold_inline_markdown(_BLOCK_MARKERS.sub("", text))
    mended = _HARD_WRAPPED_HYPHEN.sub("-", _WORD_WRAPPED_AT_HYPHEN.sub(_mend_word, text))
    mended = _HARD_WRAPPED_SOFT_HYPHEN.sub("", mended)
    folded = _RAISED_DIGITS.sub(" ", mended.translate(_FOLD_TABLE))
    folded = _LOWERED_DIGITS.sub(lambda digits: unicodedata.normalize("NFKC", digits[0]), folded)
    return unicodedata.normalize("NFC", " ".join(folded.split()))


def _mend_word(wrapped: re.Match[str]) -> str:
    """The word that was divided at the end of a line, without the hyphen if it is likely no part of the word."""
    before, after = wrapped["before"], wrapped["after"]
    is_compound = (
        before.lower() in _FIRST_OF_COMPOUND or after in _LAST_OF_COMPOUND or before.isupper() or not after.islower()
    )
    hyphened = f"{before}-{after}"
    return hyphened if is_compound or _GREAT_KIN.match(hyphened) else before + after


def fold_inline_markdown(text: str) -> str:
    """As `fold`, for Markdown without block markers: link targets and emphasis marks go, code and alt texts stay."""
    tokens = _inline_parser().parseInline(text)
    words = " ".join("".join(_words_of(child) for child in token.children or ()) for token in tokens)
    # A sentence may hold one end only of an emphasis that runs on into the next.
    return fold(_LONE_EMPHASIS.sub("", words), "none")


@cache
def _inline_parser() -> MarkdownIt:
    return MarkdownIt("commonmark").enable("strikethrough")


def _words_of(token: Token) -> str:
    if token.type in {"softbreak", "hardbreak"}:
        return " "
    if token.children:
        return "".join(_words_of(child) for child in token.children)
    if token.type == "html_inline":
        return " " if _HTML_BREAK.match(token.content) else ""
    return token.content if token.type in {"text", "code_inline", "image"} else ""
