"""Markdown's marks, taken out of a copy of its text that is as long: what is left is what a reader sees.

A quotation is copied from the file or from the page that it makes; both must be found in it.
"""

from __future__ import annotations

import re

from qa.check_fold import MASK

_LINE_MARKS = re.compile(r"(?m)^[ \t]{0,3}(?:>[ \t]?)+|^[ \t]*(?:[-*+][ \t]+|#{1,6}[ \t]+)")
_FENCED = re.compile(r"(?ms)^[ \t]*(?P<fence>`{3,}|~{3,}).*?(?:^[ \t]*(?P=fence)[`~]*[ \t]*$|\Z)")
_CODE = re.compile(r"(?s)(?<!`)(?P<ticks>`+)(?!`)(?P<code>.{1,2000}?)(?<!`)(?P=ticks)(?!`)")
_LINK = re.compile(r"(!?\[)((?:[^\[\]\n]|\n(?!\s*\n))+)(\]\([^()\s]*(?:\s+\"[^\"\n]*\")?\))")
_FOOTNOTE = re.compile(r"\[\^[^\]\s]+\](?!:)")
# What is struck out is not said, so that its marks stay; "<not 5>" is no tag, and is seen.
_ATTRIBUTE = r"[A-Za-z_:][\w:.-]*(?:=(?:\"[^\"\n]*\"|'[^'\n]*'|[^\s\"'=<>`]+))?"
_TAG = re.compile(
    rf"<!--.{{0,2000}}?-->|<(?!(?:s|del|strike)\b)[A-Za-z][A-Za-z0-9-]*(?:\s+{_ATTRIBUTE})*\s*/?>"
    r"|</(?!(?:s|del|strike)\b)[A-Za-z][A-Za-z0-9-]*\s*>|<https?://[^<>\s]+>",
    re.DOTALL,
)
_EMPHASIS = re.compile(r"(?<![\w*_\\])(?:\*{1,3}|_{1,3})(?=[^\s*_])|(?<=[^\s*_\\])(?:\*{1,3}|_{1,3})(?![\w*_])")
_INNER_EMPHASIS = re.compile(r"(?<=\w)\*{1,3}(?=\w)")
_ESCAPE = re.compile(r"\\(?=[!-/:-@\[-`{-~])")


def mask_markdown(text: str) -> str:
    """`text` with `MASK` for each character that is a mark of Markdown and no word."""
    masked = _LINE_MARKS.sub(_hide, text)
    masked = _CODE.sub(lambda code: MASK * len(code["ticks"]) + code["code"] + MASK * len(code["ticks"]), masked)
    masked = _FOOTNOTE.sub(_hide, masked)
    masked = _LINK.sub(lambda link: _hidden(link[1]) + link[2] + _hidden(link[3]), masked)
    masked = _TAG.sub(_hide, masked)
    masked = _INNER_EMPHASIS.sub(_hide, _EMPHASIS.sub(_hide, masked))
    return _ESCAPE.sub(_hide, masked)


def mask_code(text: str) -> str:
    """`text`, Markdown, without its code, in which a quotation mark quotes nobody."""
    return _CODE.sub(_hide, _FENCED.sub(_hide, text))


def _hide(found: re.Match[str]) -> str:
    return _hidden(found[0])


def _hidden(words: str) -> str:
    """Masks for `words`; line ends stay, so that paragraphs do."""
    return re.sub(r"[^\r\n]", MASK, words)
