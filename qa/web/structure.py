"""Passages of Markdown set as what they mean: emphasis, code, links, and the signs themselves dimmed.

Their characters stay as they stand, each once and in order, so that a place in the document is one on the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup

from qa.web.markup import join, text
from source.document import Span


@dataclass(frozen=True, slots=True)
class Styled:
    """Characters `[start, end)` of a passage, and what they are set as: "sign", "strong", "em", "code" or "link"."""

    start: int
    end: int
    style: str


_SIGN = "sign"
# Blocks: what begins a line. Inline: the signs on both sides of some words. The first that fits wins.
_LINE_SIGNS = re.compile(
    r"^[ \t]*(?:#{1,6}[ \t]+|>[ \t]?|[-*+][ \t]+(?=\S)|```.*$|~~~.*$|(?:[-=*_][ \t]*){3,}$)", re.MULTILINE
)
TABLE_RULE = re.compile(r"^[ \t]*\|?(?:[ \t]*:?-+:?[ \t]*\|)+[ \t:|-]*$", re.MULTILINE)
_BAR = re.compile(r"(?<!\\)\|")
_FENCED = re.compile(r"[ \t]*(?:```|~~~)[^\n]*\n(?P<inside>.*?)\n?[ \t]*(?:```|~~~)?[ \t]*", re.DOTALL)
_INLINE = re.compile(
    r"(?P<tick>`+)(?P<code>[^`\n]+)(?P=tick)"
    r"|(?P<strong>\*\*|__)(?=\S)(?P<bold>[^\n]+?)(?<=\S)(?P=strong)"
    r"|(?<![\w*])(?P<em>[*_])(?=[^\s*_])(?P<slanted>[^*_\n]+?)(?<=\S)(?P=em)(?![\w*])"
    r"|!?\[(?P<label>[^\]\n]*)\](?P<target>\([^()\s]*(?:\s+\"[^\"\n]*\")?\))"
)
_INNER = (("code", "code"), ("bold", "strong"), ("slanted", "em"), ("label", "link"))


def markdown_styles(passage: str) -> list[Styled]:
    """The styles of a passage of Markdown, in order and disjoint; nothing inside code is looked at."""
    if fence := _FENCED.fullmatch(passage):
        inside = fence.span("inside")
        return [Styled(0, inside[0], _SIGN), Styled(*inside, "code"), Styled(inside[1], len(passage), _SIGN)]
    styles = [Styled(found.start(), found.end(), _SIGN) for found in _LINE_SIGNS.finditer(passage) if found[0].strip()]
    table_signs = [*TABLE_RULE.finditer(passage), *_BAR.finditer(passage)] if TABLE_RULE.search(passage) else []
    for found in [*table_signs, *_INLINE.finditer(passage)]:
        if not any(one.start < found.end() and found.start() < one.end for one in styles):
            is_sign = found.re is not _INLINE
            styles += [Styled(found.start(), found.end(), _SIGN)] if is_sign else _inline_styles(found)
    return sorted(styles, key=lambda one: one.start)


def _inline_styles(found: re.Match[str]) -> Iterator[Styled]:
    group, style = next((group, style) for group, style in _INNER if found[group] is not None)
    start, end = found.span(group)
    yield Styled(found.start(), start, _SIGN)
    yield Styled(start, end, style)
    yield Styled(end, found.end(), _SIGN)


def set_passage(passage: str, styles: Sequence[Styled], marks: Sequence[Span], mark_tag: Markup) -> Markup:
    """`passage` as HTML, its characters in their styles, with each of `marks` in a `<mark>` opened by `mark_tag`.

    `marks` are spans of the passage, in order and disjoint.
    """
    pieces: list[Markup] = []
    done = 0
    for mark in marks:
        pieces += [set_slice(passage, styles, done, mark.start), mark_tag]
        pieces += [set_slice(passage, styles, mark.start, mark.end), Markup("</mark>")]
        done = mark.end
    return join([*pieces, set_slice(passage, styles, done, len(passage))])


def set_slice(passage: str, styles: Sequence[Styled], start: int, end: int) -> Markup:
    """The characters of `passage` from `start` to `end`, in their styles."""
    within = [one for one in styles if one.start < end and start < one.end]
    edges = sorted({start, end, *(max(start, one.start) for one in within), *(min(end, one.end) for one in within)})
    pieces = []
    for first, last in pairwise(edges):
        piece = text(passage[first:last])
        style = next((one.style for one in within if one.start <= first and last <= one.end), "")
        pieces.append(Markup('<span class="{}">{}</span>').format(style, piece) if style else piece)
    return join(pieces)
