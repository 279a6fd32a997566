"""Lines of a text, and what a line's shape says about it.

Plain text has no marks for headings, captions or navigation, so this goes by what such lines look like. A wrong
guess costs little: a heading is still searched with what stands below it, and everything is kept and shown.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from itertools import pairwise

from source.document import Lines, Span
from source.sentences import split_sentences, trim

# Not str.splitlines, which also ends a line at VT, FF, NEL and U+2028.
LINE_END = re.compile(r"\r\n|\n|\r")

_MAX_HEADING_CHARS = 100
_MAX_HEADING_WORDS = 14
_MAX_PROMPT_CHARS = 400
_MAX_CREDIT_CHARS = 160
_MAX_VERSE_CHARS = 60
# A line that another word would have fitted on was ended on purpose, if most lines of its paragraph were.
_UNFILLED_SHARE = 0.7
_MIN_LINE_WORDS = 3
_MIN_STANDING_LINES = 3

_SENTENCE_END = re.compile(r"[.!;:,…。！；：，、．｡؛،۔।॥։።]['\"’”»)\]]*\Z")
_QUESTION_END = re.compile(r"[?？؟⁇՞]['\"’”»)\]]*\Z")
_CLAUSE_END = re.compile(r"[,;:\-–—(]\Z")
_SPEECH = re.compile(r"['\"‘“«„–—]")
ENUMERATED = re.compile(r"[^\S\r\n]*(?:[-*•–]|\(?\d{1,3}[.)]|\(?[a-zA-Z][.)])[^\S\r\n]")
_REQUEST = re.compile(
    r"(?:(?:please|briefly|now|and|then|finally),?\s+)*"
    r"(?:analy[sz]e|assess|comment on|compare|contrast|describe|discuss|elaborate on|evaluate|examine|explain|identify"
    r"|outline|say (?:a few words|a word|something)|summari[sz]e|talk about|tell (?:me|us)|walk (?:me|us))\b",
    re.IGNORECASE,
)
# "The meeting is on Tuesday" says something; "What is to be done" and "1. What is said" head something.
_STATEMENT = re.compile(
    r"(?!(?:how|what|when|where|which|who|whom|whose|why|whether|if)\b)[^\W\d](?=(?:.*\s){3})"
    r".*\s(?:am|are|can|cannot|could|did|does|had|has|have|is|may|might|must|shall|should|was|were|will|would|[a-z]+n['’]t)\b",
    re.IGNORECASE,
)
_VISUAL = r"(?:image|photo|photograph|picture|drawing|illustration)"
_CAPTION = re.compile(rf"(?:{_VISUAL}\s+)?captions?\s*:|(?:copyright\s*)?©", re.IGNORECASE)
_CREDIT = re.compile(
    rf"(?:.*[.!?]\s+)?(?:(?:{_VISUAL}\s+)?credits?\s*:|{_VISUAL}s?\s*:|{_VISUAL}\s+(?:by|courtesy)\b)(?P<names>.*)"
    r"|(?:sources?\s*:|courtesy\s*:|courtesy of\b)(?P<origin>.*)",
    re.IGNORECASE | re.DOTALL,
)
# Words of names: each begins with a capital, but for a few small ones between them; no numbers.
_NAMES = re.compile(
    r"(?:\s*(?:[^\W\d_a-z][^\s\d]*|a|and|by|courtesy|de|der|et|for|from|in|of|on|the|van|via|von|[^\w\s]+)(?=\s|\Z))+\s*\Z"
)
_BREADCRUMB = re.compile(r"[^|»›>•·\d]+(?:\s[|»›>•·]\s[^|»›>•·\d]+)+\Z")
_BREADCRUMB_MARK = re.compile(r"\s[|»›>•·]\s")
_PAGE_ACTIONS = frozenset(
    "advertisement comment comments email login menu print save share skip subscribe tweet".split()
)
_PAGE_NAMES = _PAGE_ACTIONS | frozenset("about contact cookies home imprint log privacy search sign sitemap".split())
_PAGE_WORDS = _PAGE_NAMES | frozenset(
    "a all and article articles back by content cookie copy facebook follow for from here in it link linkedin main map "
    "more newsletter now of on or our page policy post reddit related reserved rights settings site story telegram "
    "terms the this to top twitter up us use via whatsapp with x you your".split()
)


def all_lines(text: str, within: Span) -> list[Span]:
    """The lines of `text[within]`, without blanks at their ends; of blank ones nothing is left."""
    edges = [within.start]
    for line_end in LINE_END.finditer(text, within.start, within.end):
        edges += line_end.span()
    edges.append(within.end)
    return [trim(text, Span(*edge)) for edge in list(pairwise(edges))[::2]]


def split_lines(text: str, within: Span) -> list[Span]:
    """The lines of `text[within]` that are not blank, without blanks at their ends."""
    return [line for line in all_lines(text, within) if len(line)]


class LineNumbers:
    """Line numbers of one text, each found in logarithmic time."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(line_end.end() for line_end in LINE_END.finditer(text))]

    def of(self, span: Span) -> Lines:
        """The lines that `span` touches."""
        return Lines(bisect_right(self._starts, span.start), bisect_right(self._starts, max(span.start, span.end - 1)))


def ends_sentence(line: str) -> bool:
    """True if the last character, quotation marks and brackets aside, can end a sentence or clause."""
    return _SENTENCE_END.search(line) is not None or _QUESTION_END.search(line) is not None


def standing_lines(text: str, within: Span) -> list[Span]:
    """The parts of a paragraph whose lines were not wrapped but ended on purpose, as in a list of facts; or all of it.

    A line goes with the next where it ends in the midst of a clause, the next begins with a small letter, or either
    has less than a few words.
    """
    lines = split_lines(text, within)
    written = [line.of(text) for line in lines]
    if len(lines) < _MIN_STANDING_LINES or not (_are_unfilled(written) or _are_rows(written)):
        return [within]
    parts = [lines[0]]
    for line, following in zip(written, lines[1:], strict=False):
        ended = not _CLAUSE_END.search(line) and not text[following.start].islower()
        if ended and count_words(parts[-1].of(text)) >= _MIN_LINE_WORDS:
            parts.append(following)
        else:
            parts[-1] = Span(parts[-1].start, following.end)
    if len(parts) > 1 and count_words(parts[-1].of(text)) < _MIN_LINE_WORDS:
        parts[-2:] = [Span(parts[-2].start, parts[-1].end)]
    return parts


def _are_unfilled(lines: list[str]) -> bool:
    """True if most lines but the longest have room for the first word of the next, which is no small one."""
    width = max(map(len, lines))
    breaks = [(line, following) for line, following in pairwise(lines) if len(line) < width]
    unfilled = sum(
        len(line) + 1 + len(following.split(maxsplit=1)[0]) <= width
        and not following[0].islower()
        and not _CLAUSE_END.search(line)
        for line, following in breaks
    )
    return len(breaks) >= 2 and unfilled >= _UNFILLED_SHARE * len(breaks)


def _are_rows(lines: list[str]) -> bool:
    """True if each line begins with a figure, as in a log, or has the same number of dividing marks, as in a table."""
    marks = {tuple(line.count(mark) for mark in ",;|\t") for line in lines}
    return all(line[0].isdigit() for line in lines) or (len(marks) == 1 and max(marks.pop()) >= 2)


def count_words(text: str) -> int:
    """The number of words; where there are no blanks between them, two wide characters count as one."""
    return sum(max(1, _count_wide(run) // 2) for run in re.findall(r"\w+", text))


def _count_wide(text: str) -> int:
    """How many characters are Chinese, Japanese or Korean, each of which says as much as three of an alphabet."""
    return sum(unicodedata.east_asian_width(character) in "WF" for character in text)


def is_credit(line: str) -> bool:
    """True for "Photo: A. Name", "Source: Name", "© …", "Caption: …", and a short caption that ends in one."""
    if len(line) > _MAX_CREDIT_CHARS:
        return False
    credit = _CREDIT.match(line)
    names = credit and (credit["names"] or credit["origin"])
    return _CAPTION.match(line) is not None or bool(names and _NAMES.match(names))


def is_breadcrumb(line: str) -> bool:
    """True for words without figures that are divided by marks, as in "News | World | Asia"."""
    short = len(line.split()) <= _MAX_HEADING_WORDS and not _SENTENCE_END.search(line)
    return short and _BREADCRUMB.match(line) is not None


def is_navigation(line: str) -> bool:
    """True for "Share this article", "Home | About us", and for a line without a letter or digit."""
    if not re.search(r"\w", line):
        return True
    if count_words(line) > _MAX_HEADING_WORDS or _SENTENCE_END.search(line):
        return False
    parts = _BREADCRUMB_MARK.split(line)
    if len(parts) == 1:
        return _is_of_page_words(line, _PAGE_ACTIONS)
    return sum(map(names_a_page, parts)) > len(parts) / 2


def names_a_page(line: str) -> bool:
    """True for words such as "Contact us" that lead to a page or do something with it, and nothing else."""
    return _is_of_page_words(line, _PAGE_NAMES)


def _is_of_page_words(line: str, telling: frozenset[str]) -> bool:
    words = re.findall(r"\w+", line.casefold())
    return not telling.isdisjoint(words) and _PAGE_WORDS.issuperset(words)


def is_heading(text: str, line: Span) -> bool:
    """True for a short line that ends no sentence; it may be numbered."""
    words = line.of(text)
    return (
        len(words) + 2 * _count_wide(words) <= _MAX_HEADING_CHARS
        and len(words.split()) <= _MAX_HEADING_WORDS
        and re.search(r"[^\W\d_]", words) is not None
        and not ends_sentence(words)
        and not re.match(r"[-*•–]\s", words)
    )


def is_statement(line: str) -> bool:
    """True for a line that says something by itself: "The meeting is on Tuesday"."""
    return _STATEMENT.match(line) is not None


def is_question(text: str, block: Span) -> bool:
    """True for what an interviewer asks: questions, and requests among them. Not for speech or verse."""
    lines = split_lines(text, block)
    is_verse = len(lines) > 2 and max(map(len, lines)) < _MAX_VERSE_CHARS
    if len(block) > _MAX_PROMPT_CHARS or is_verse or _SPEECH.match(block.of(text)):
        return False
    sentences = [sentence.of(text) for sentence in split_sentences(text, block)]
    return _QUESTION_END.search(sentences[-1]) is not None and all(
        _QUESTION_END.search(one) or _REQUEST.match(one) for one in sentences
    )


def is_request(text: str, block: Span) -> bool:
    """True for one sentence such as "Explain …", which may be an interviewer's, or a step in a manual."""
    if len(block) > _MAX_PROMPT_CHARS or not _REQUEST.match(block.of(text)):
        return False
    return len(split_sentences(text, block)) == 1
