"""The sentences of what a language model has written so far, each with the numbers that it cites."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from source.document import Span
from source.lines import LINE_END
from source.sentences import split_sentences

# Numbers in brackets: [3], [3, 5], [2-4], [^3], also as [sentence 3].
_NUMBERS = r"\d{1,6}(?:\s?(?:[,;–-]|and)\s?\^?\d{1,6})*"
_BRACKETS = r"\s?\[\s?\^?(?:sentences?\s?)?NUMBERS\s?\]"
_MARK = re.compile(_BRACKETS.replace("NUMBERS", f"(?P<numbers>{_NUMBERS})"), re.IGNORECASE)
_RANGE = re.compile(r"(\d+)\s*[–-]\s*(\d+)")
_MAX_RANGE = 20
_ENDS = ".!?…。！？"
_MARKS = _BRACKETS.replace("NUMBERS", _NUMBERS)
_MARKS_AFTER_END = re.compile(rf"(?<![{_ENDS}])(?P<end>[{_ENDS}]+[\"'”’»)\]]*)(?P<marks>(?:{_MARKS})+)", re.IGNORECASE)
_LIST_SIGN = re.compile(r"(?:[-*•]|\d{1,2}[.)]|#{1,6})\s+")
_EMPHASIS = re.compile(r"\*\*|__(?=\S)|(?<=\S)__")
_THOUGHT = re.compile(r"\s*<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL | re.IGNORECASE)
# A quotation of so many sentences is read as one with the sentence that it begins in.
_MAX_QUOTED_SENTENCES = 8
_OPENING, _CLOSING = "“„«", "”»"


@dataclass(frozen=True, slots=True)
class WrittenSentence:
    """A sentence without its marks, on one line, and the numbers in these, each once, in order."""

    text: str
    numbers: tuple[int, ...]


def parse_sentences(text: str) -> list[WrittenSentence]:
    """All sentences of a whole answer; what a model thinks aloud before it begins is none."""
    return [sentence for line in _lines(text) for sentence in _sentences(line)]


def parse_growing(text: str) -> list[WrittenSentence]:
    """The sentences of an answer that still grows, without the last one, which may go on."""
    *lines, last = _lines(text)
    return [*(one for line in lines for one in _sentences(line)), *_sentences(last)[:-1]]


def _lines(text: str) -> list[str]:
    thought = _THOUGHT.match(text)
    return LINE_END.split(text[thought.end() :] if thought else text)


def _sentences(line: str) -> list[WrittenSentence]:
    line = " ".join(line.split())
    if sign := _LIST_SIGN.match(line):
        line = line[sign.end() :]
    line = _MARKS_AFTER_END.sub(lambda found: found["marks"] + found["end"], _EMPHASIS.sub("", line))
    found: list[WrittenSentence] = []
    for piece in _whole_quotations(line):
        numbers = tuple(dict.fromkeys(number for mark in _MARK.finditer(piece) for number in _numbers(mark["numbers"])))
        words = " ".join(_MARK.sub("", piece).split())
        if any(character.isalnum() for character in words):
            found.append(WrittenSentence(words, numbers))
        elif found:  # marks alone, or a sign
            found[-1] = WrittenSentence(found[-1].text, tuple(dict.fromkeys([*found[-1].numbers, *numbers])))
    return found


def _whole_quotations(line: str) -> Iterator[str]:
    """The sentences of a line, those of one quotation together."""
    start, count = 0, 0
    spans = split_sentences(line, Span(0, len(line)))
    for span in spans:
        piece = line[start : span.end]
        count += 1
        opened = sum(map(piece.count, _OPENING)) - sum(map(piece.count, _CLOSING))
        if opened <= 0 or count >= _MAX_QUOTED_SENTENCES or span is spans[-1]:
            yield piece
            start, count = span.end, 0


def _numbers(marked: str) -> Iterator[int]:
    """The numbers of one mark; a long range is its two ends."""
    at = 0
    for found in _RANGE.finditer(marked):
        yield from map(int, re.findall(r"\d+", marked[at : found.start()]))
        first, last = int(found[1]), int(found[2])
        yield from range(first, last + 1) if 0 <= last - first < _MAX_RANGE else (first, last)
        at = found.end()
    yield from map(int, re.findall(r"\d+", marked[at:]))
