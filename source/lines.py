"""Lines of a text, and what a line's shape says about it.

Plain text has no marks for headings, captions or navigation, so this goes by what such lines look like. A wrong
guess costs little: a heading is still searched with what stands below it, and everything is kept and shown.
"""

from __future__ import annotations

import re
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

_SENTENCE_END = re.compile(r"[.!;:,…。]['\"’”)\]]*\Z")
_QUESTION_END = re.compile(r"[?？؟]['\"’”)\]]*\Z")
ENUMERATED = re.compile(r"[^\S\r\n]*(?:[-*•–]|\(?\d{1,3}[.)]|\(?[a-zA-Z][.)])[^\S\r\n]")
_PROMPT = re.compile(
    r"(?:(?:please|briefly|now|and|then|finally),?\s+)*"
    r"(?:analy[sz]e|assess|comment on|compare|contrast|describe|discuss|elaborate on|evaluate|examine|explain|identify"
    r"|outline|summari[sz]e|talk about|tell (?:me|us)|walk (?:me|us))\b",
    re.IGNORECASE,
)
_CREDIT_WORDS = (
    r"(?:(?:image|photo|photograph|picture)\s+)?"
    r"(?:captions?|credits?|sources?|photos?|photographs?|images?|pictures?|courtesy)\s*:"
    r"|(?:photo|photograph|image|picture)\s+(?:by|courtesy)\b|courtesy of\b|(?:copyright\s*)?©"
)
_CREDIT = re.compile(rf"(?:{_CREDIT_WORDS})|.*[.!?]\s+(?:{_CREDIT_WORDS})[^.!?]*\Z", re.IGNORECASE)
_BREADCRUMB = re.compile(r"[^|»›>•·\d]+(?:\s[|»›>•·]\s[^|»›>•·\d]+)+\Z")
_PAGE_ACTIONS = frozenset(
    [
        "share",
        "tweet",
        "print",
        "email",
        "save",
        "comment",
        "comments",
        "subscribe",
        "advertisement",
        "menu",
        "login",
        "skip",
    ]
)
_PAGE_WORDS = _PAGE_ACTIONS | frozenset(
    [
        "a",
        "all",
        "and",
        "article",
        "articles",
        "back",
        "by",
        "content",
        "copy",
        "facebook",
        "follow",
        "for",
        "from",
        "here",
        "home",
        "in",
        "it",
        "link",
        "linkedin",
        "log",
        "main",
        "more",
        "newsletter",
        "now",
        "on",
        "or",
        "our",
        "page",
        "post",
        "reddit",
        "related",
        "reserved",
        "rights",
        "search",
        "sign",
        "story",
        "telegram",
        "the",
        "this",
        "to",
        "top",
        "twitter",
        "up",
        "us",
        "via",
        "whatsapp",
        "with",
        "x",
        "you",
        "your",
    ]
)


def split_lines(text: str, within: Span) -> list[Span]:
    """The lines of `text[within]` that are not blank, without blanks at their ends."""
    edges = [within.start]
    for line_end in LINE_END.finditer(text, within.start, within.end):
        edges += line_end.span()
    edges.append(within.end)
    lines = (trim(text, Span(*edge)) for edge in list(pairwise(edges))[::2])
    return [line for line in lines if len(line)]


class LineNumbers:
    """Line numbers of one text, each found in logarithmic time."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(line_end.end() for line_end in LINE_END.finditer(text))]

    def of(self, span: Span) -> Lines:
        """The lines that `span` touches."""
        return Lines(bisect_right(self._starts, span.start), bisect_right(self._starts, max(span.start, span.end - 1)))


def is_credit(line: str) -> bool:
    """True for "Photo: A. Name", "Credit: …", "© …", "Caption: …", and a short caption that ends in one."""
    return len(line) <= _MAX_CREDIT_CHARS and _CREDIT.match(line) is not None


def is_navigation(line: str) -> bool:
    """True for "News | World | Asia" and "Share this article", and for a line without a letter or digit."""
    words = re.findall(r"\w+", line.casefold())
    if not words:
        return True
    if len(words) > _MAX_HEADING_WORDS or _SENTENCE_END.search(line):
        return False
    acts = _PAGE_ACTIONS.intersection(words) and _PAGE_WORDS.issuperset(words)
    return bool(acts) or _BREADCRUMB.match(line) is not None


def is_heading(text: str, line: Span) -> bool:
    """True for a short line that ends no sentence; it may be numbered."""
    words = line.of(text)
    return (
        len(words) <= _MAX_HEADING_CHARS
        and len(words.split()) <= _MAX_HEADING_WORDS
        and re.search(r"[^\W\d_]", words) is not None
        and not _SENTENCE_END.search(words)
        and not re.match(r"[-*•–]\s", words)
    )


def is_prompt(text: str, block: Span) -> bool:
    """True for what an interviewer asks or a form requests: questions only, or one "Explain …"."""
    if len(block) > _MAX_PROMPT_CHARS:
        return False
    sentences = [sentence.of(text) for sentence in split_sentences(text, block)]
    if _QUESTION_END.search(sentences[-1]):
        return all(_QUESTION_END.search(one) or _PROMPT.match(one) for one in sentences)
    return len(sentences) == 1 and _PROMPT.match(sentences[0]) is not None
