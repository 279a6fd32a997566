"""The quotations of a draft: what stands between quotation marks of any style, and block quotes.

An apostrophe quotes nobody. A mark that may be an apostrophe, or inches, ends a quotation only if no later one can. A
quotation may run over several paragraphs, each of which begins with an opening mark. One inside another is part of it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from qa.check_fold import DOUBLE_MARKS, MASK, SINGLE_MARKS
from source.document import Span
from source.sentences import trim

_CLOSING = {
    "“": "”",
    "„": "“”",
    "‟": "”",
    "”": "”",
    "«": "»",
    "»": "«»",
    "‹": "›",
    "›": "‹›",
    "‘": "’",
    "‚": "‘’",
    "「": "」",
    "『": "』",
    "〝": "〞〟",
    "＂": "＂",
    '"': '"',
    "'": "'",
}
"""The marks that can end a quotation, by the one that begins it."""

# A closing mark cannot be taken for one of these; it may be typed as a straight one.
_TWO_SIDED = "“„«‹「『"
# How far from its first mark a quotation may end, if its later paragraphs begin with none.
_MAX_UNMARKED_CHARS = 5000
# A quotation in which more are begun and none is ended is none; nor is one of more paragraphs, each with its mark.
_MAX_DEPTH, _MAX_PARAGRAPHS = 20, 100
_SURE_MARKS = "「」『』〝〞〟"
_MARK = re.compile("[" + re.escape("".join({*_CLOSING, *"".join(_CLOSING.values())})) + "]")
_BEFORE_OPENING = re.compile(rf"(?:\A|[\s(\[{{<—–―‒/:=>*_\-{MASK}{re.escape(SINGLE_MARKS + DOUBLE_MARKS)}])\Z")
_PARAGRAPH_END = re.compile(r"\n[^\S\n]*(?:\n\s*)+|\r\n[^\S\n]*(?:\r\n\s*)+|\Z")
_LETTER = re.compile(r"\w")
_BLOCK_LINE = re.compile(r"(?m)^[ \t]{0,3}>(?:[^\r\n]*)(?:\r\n|\n|\r|\Z)")
_BLOCK_SOURCE = re.compile(r"(?:\A|\n)[>\s\0]{0,20}[—–―-]{1,3}[^\S\n]*(?P<source>[^\n]+)\s*\Z")


@dataclass(frozen=True, slots=True)
class Quotation:
    """`span` is what is quoted, without its marks; `outer` holds them, too. `holes` are marks in it that quote nothing.

    `source` is the line below a block quote that says where it comes from, if there is one.
    """

    span: Span
    outer: Span
    holes: tuple[Span, ...] = ()
    source: str = ""
    is_block: bool = False

    def words(self, text: str) -> str:
        """What is quoted of `text`, with masks for the holes."""
        words = self.span.of(text)
        for hole in self.holes:
            start, end = hole.start - self.span.start, hole.end - self.span.start
            words = words[:start] + MASK * (end - start) + words[end:]
        return words


def find_quotations(text: str, blocks: tuple[Quotation, ...] = ()) -> list[Quotation]:
    """All quotations of `text`, in order; `blocks` are its block quotes, in which none is looked for."""
    found: list[Quotation] = []
    start = 0
    for block in (*blocks, None):
        end = block.outer.start if block else len(text)
        found += _between_marks(text, start, end)
        if block:
            found.append(block)
            start = block.outer.end
    return [one for one in found if _says_something(one, text)]


def _says_something(quotation: Quotation, text: str) -> bool:
    """False for marks around no word, and for an "n" that stands for "and"."""
    is_and = quotation.span.of(text).lower() == "n" and text[quotation.outer.start] in SINGLE_MARKS
    return not is_and and _LETTER.search(quotation.words(text)) is not None


def _between_marks(text: str, start: int, end: int) -> Iterator[Quotation]:
    at = start
    while mark := _MARK.search(text, at, end):
        at = mark.end()
        if not _can_open(text, mark.start()):
            continue
        closing, holes = _find_closing(text, mark.start(), end)
        after = closing + 1
        if not closing and mark[0] in DOUBLE_MARKS:  # forgotten: it may go on to the end of the paragraph
            closing = after = _paragraph_end(text, at, end).start()
        if closing:
            span = trim(text, Span(mark.end(), closing))
            yield Quotation(span, Span(mark.start(), after), tuple(one for one in holes if one.end <= span.end))
            at = after


def _can_open(text: str, at: int) -> bool:
    mark = text[at]
    if mark not in _CLOSING:
        return False
    if mark in _SURE_MARKS:
        return True
    after = text[at + 1 : at + 2]
    is_french = mark in "«‹" and after.isspace()
    return _BEFORE_OPENING.search(text[max(0, at - 1) : at]) is not None and (
        is_french or bool(after and not after.isspace())
    )


def _can_close(text: str, at: int) -> bool:
    mark = text[at]
    if mark in _SURE_MARKS:
        return True
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    is_french = mark in "»›" and before.isspace()
    return (is_french or not before.isspace()) and not (after.isalnum() and mark not in "»«›‹“”")


def _find_closing(text: str, opening: int, end: int) -> tuple[int, list[Span]]:
    """Where the mark that ends the quotation stands, 0 if nowhere, and the opening marks of its later paragraphs."""
    mark = text[opening]
    holes: list[Span] = []
    at = opening + 1
    while at < end and len(holes) < _MAX_PARAGRAPHS:
        paragraph_end = _paragraph_end(text, at, end)
        if closing := _closing_in(text, mark, at, paragraph_end.start()):
            return closing, holes
        at = paragraph_end.end()
        if mark not in SINGLE_MARKS and text[at : at + 1] == mark and _can_open(text, at):
            holes.append(Span(at, at + 1))
            at += 1
        elif not _goes_on(text, mark, opening, at, end):
            break
    limit = _paragraph_end(text, opening + 1, end).start()
    return (_closing_in(text, '"', opening + 1, limit) if mark in _TWO_SIDED else 0), []


def _paragraph_end(text: str, at: int, end: int) -> re.Match[str]:
    ends = _paragraph_ends(text, end)
    return ends[bisect_left(ends, at, key=lambda found: found.start())]


@lru_cache(maxsize=4)
def _paragraph_ends(text: str, end: int) -> list[re.Match[str]]:
    """All up to `end`, in order; the last is there."""
    return list(_PARAGRAPH_END.finditer(text, 0, end))


def _goes_on(text: str, mark: str, opening: int, at: int, end: int) -> bool:
    """True if the paragraph at `at`, which does not begin with the mark, can be part of what was begun at `opening`."""
    limit = _paragraph_end(text, at, end).start()
    opens = any(one[0] == mark and _can_open(text, one.start()) for one in _MARK.finditer(text, at, limit))
    return (
        mark in _TWO_SIDED
        and at - opening < _MAX_UNMARKED_CHARS
        and (not opens or _closing_in(text, mark, at, limit) > 0)
    )


def _closing_in(text: str, mark: str, start: int, end: int) -> int:
    """The first mark that ends it, or a later one if that may be an apostrophe or inches; 0 if there is none."""
    if all(text.find(closing, start, end) < 0 for closing in _CLOSING[mark]):
        return 0
    doubtful = 0
    depth = 0
    for found in _MARK.finditer(text, start, end):
        at = found.start()
        if found[0] in _CLOSING[mark] and _can_close(text, at) and not (found[0] == mark and _reopens(text, at)):
            if depth:
                depth -= 1
            elif _is_doubtful(text, at):
                doubtful = doubtful or at
            else:
                return at
        elif found[0] == mark and _can_open(text, at):
            if doubtful:
                return doubtful
            if mark in _CLOSING[mark]:
                return 0  # a new quotation, though the first was not ended
            depth += 1
            if depth > _MAX_DEPTH:
                return 0
    return doubtful


def _reopens(text: str, at: int) -> bool:
    """True if a mark that looks the same on both sides begins a quotation here rather than ending one."""
    return text[at - 1 : at].isspace() and _can_open(text, at)


def _is_doubtful(text: str, at: int) -> bool:
    """True for what may be a plural's apostrophe ("the bells' ropes") or inches ('a 5" pipe')."""
    goes_on = re.match(r"[^\S\n]+[a-z]", text[at + 1 : at + 4]) is not None
    if text[at] in SINGLE_MARKS:
        return goes_on and text[at - 1 : at] in {"s", "z", "x"}
    return goes_on and text[at] == '"' and text[at - 1 : at].isdigit()


def block_quotes(text: str) -> tuple[Quotation, ...]:
    """The block quotes of Markdown and plain text: lines that begin with ">"."""
    spans: list[Span] = []
    for line in _BLOCK_LINE.finditer(text):
        if spans and spans[-1].end == line.start():
            spans[-1] = Span(spans[-1].start, line.end())
        else:
            spans.append(Span(*line.span()))
    return tuple(block_quote(text, span) for span in spans)


def block_quote(text: str, outer: Span) -> Quotation:
    """The block quote at `outer`, without the marks around it and the line below that says where it comes from."""
    outer = trim(text, outer)
    lines = outer.of(text)
    source = _BLOCK_SOURCE.search(lines)
    start, end = outer.start, outer.start + (source.start() if source else len(lines.rstrip()))
    while start < end and (text[start].isspace() or text[start] == ">"):
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] == ">"):
        end -= 1
    inner = Span(start, end)
    is_marked = len(inner) > 2 and text[start] in _CLOSING
    if is_marked and _closing_in(text, text[start], start + 1, end) == end - 1:
        inner = Span(start + 1, end - 1)
    return Quotation(inner, outer, (), source["source"] if source else "", is_block=True)
