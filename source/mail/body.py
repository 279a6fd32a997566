"""The text of an e-mail message: which of its versions is read, its quotes of earlier mail, and its signature."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby

from source.blocks import TextBuilder
from source.document import Block, Extraction, Role, Sentence, Span
from source.fold import fold
from source.html import load_html
from source.mail.parts import Part, children, is_leaf, is_text, text_of
from source.sentences import split_sentences

# "Your program cannot show this message" is no version of it.
_MIN_PLAIN_SHARE = 1 / 3
_MAX_LEVEL = 6
_QUOTE_MARK = re.compile(r"(?m)^[ \t]*>(?:[ \t]?>)*[ \t]?")
# With and without the blank that RFC 3676 has after it: some programs drop it on the way.
_SIGNATURE_MARK = re.compile(r"--[ ]?\Z")
_ITEM = re.compile(r"[ \t]*(?:[-*+•]|\d{1,3}[.)])[ \t]+\S")
# Below a signature may stand the mail that is answered.
_ANSWERED = re.compile(r"[ \t]*>|-{3,}.*[^\W\d_].*-{3,}\s*\Z|_{10,}\s*\Z|.{1,200}:\s*\Z|From: ")
_MAX_SIGNATURE_LINES = 15


def read_body(message: Part) -> Iterator[Extraction]:
    """The texts that a mail program shows, one after the other; of several versions of one, the plain one if it serves.

    Raises:
        LoadError: one is no text in any encoding that can be told.
        RecursionError: versions lie within versions, hundreds deep.
    """
    stack = [message]
    while stack:
        part = stack.pop()
        if is_leaf(part):
            if is_text(part) or (part is message and part.get_content_maintype() == "text"):
                yield _read_text(part)
        elif part.get_content_type() == "multipart/alternative":
            yield from _read_best(children(part))
        else:
            stack += reversed(children(part))


def _read_best(versions: list[Part]) -> list[Extraction]:
    """The plain version, which comes first, unless it says much less than the richest, which comes last."""
    read = [texts for texts in map(list, map(read_body, versions)) if texts]
    if not read:
        return []
    plain, rich = read[0], read[-1]
    return plain if _length(plain) >= _MIN_PLAIN_SHARE * _length(rich) else rich


def _length(texts: list[Extraction]) -> int:
    return sum(len("".join(extraction.text.split())) for extraction in texts)


def _read_text(part: Part) -> Extraction:
    text = text_of(part)
    if part.get_content_type() == "text/html":
        page = load_html(text.encode("utf-8"))
        return replace(page, blocks=tuple(map(_below_subject, page.blocks)))
    builder = TextBuilder()
    for role, paragraph in _paragraphs(text):
        _add_paragraph(builder, role, paragraph)
    return Extraction(builder.text(), tuple(builder.blocks), "", "", text_is_file=False, markup="none")


def _below_subject(block: Block) -> Block:
    return replace(block, level=min(block.level + 1, _MAX_LEVEL)) if block.role == "heading" else block


def _paragraphs(text: str) -> Iterator[tuple[Role, str]]:
    """The paragraphs of a plain text: divided by empty lines, those in quotes too, and where a quote begins or ends."""
    for role, section in _sections(text.rstrip().split("\n")):
        for _, group in groupby(section, key=_quote_depth):
            paragraph: list[str] = []
            has_words = False
            for line in group:
                paragraph.append(line)
                is_empty = not _unquoted(line).strip()
                if is_empty and has_words:
                    yield role, "\n".join(paragraph)
                    paragraph.clear()
                has_words = not is_empty or (has_words and bool(paragraph))
            yield role, "\n".join(paragraph)


def _sections(lines: list[str]) -> Iterator[tuple[Role, list[str]]]:
    """The lines in runs: signatures are furniture, and end with the message or where an earlier one begins."""
    start = position = 0
    while position < len(lines):
        end = _end_of_signature(lines, position) if _SIGNATURE_MARK.match(lines[position]) else None
        if end is None:
            position += 1
            continue
        yield "body", lines[start:position]
        yield "furniture", lines[position:end]
        start = position = end
    yield "body", lines[start:]


def _end_of_signature(lines: list[str], start: int) -> int | None:
    """Where the signature that may begin at `start` ends; None for what is too long to be one."""
    last = start + 1 + _MAX_SIGNATURE_LINES
    for position in range(start + 1, min(last, len(lines))):
        if _ANSWERED.match(lines[position]):
            return position
    return len(lines) if len(lines) <= last else None


def _quote_depth(line: str) -> int:
    found = _QUOTE_MARK.match(line)
    return found[0].count(">") if found else 0


def _unquoted(text: str) -> str:
    return _QUOTE_MARK.sub("", text)


def _add_paragraph(builder: TextBuilder, role: Role, written: str) -> None:
    """Add a paragraph, searched without the marks of a quote; lines that are items of a list stand for themselves."""
    text = written.strip()
    if not text:
        return
    lines = [Span(found.start(), found.end()) for found in re.finditer(r"[^\n]+", text)]
    is_list = len(lines) > 1 and all(_ITEM.match(_unquoted(line.of(text))) for line in lines)
    pieces = lines if is_list else [Span(0, len(text))]
    spans = [span for piece in pieces for span in split_sentences(text, piece)]
    sentences = [Sentence(span, fold(_unquoted(span.of(text)), "none")) for span in spans]
    says_something = any(sentence.folded for sentence in sentences)
    builder.add_sentences(text, role if says_something else "furniture", sentences)
