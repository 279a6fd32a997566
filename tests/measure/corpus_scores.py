"""How well a document that a producer made of a source text came back: characters, sentences, places, coverage.

What is compared is folded as for searching, and without what producers draw or add by themselves: bullets and numbers
before items and the footnotes, the marks of footnotes, rules of tables. Running heads and page numbers are not
discounted: they must be told apart as furniture, which is left out here.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from source.document import Document, Passage
from source.fold import fold
from tests.measure.corpus_producers import Holds
from tests.measure.corpus_texts import NOTE_MARK, SourceQuestion, SourceText, unmarked

# Bullets of all producers, and the lines of tables in plain text.
_DRAWN = re.compile(r"[•▪◦·○●■□‣⁃|]|(?<!\S)[-+*=:–](?!\S)|(?<!\S)[-+=:]{2,}(?!\S)|<!-- -->")
_NOTE_NUMBER = re.compile(r"(?<!\S)(?:\[\^?\d\]:?|\d\.?)(?!\S)")
_WORDS_BEFORE_MARK = 25
_BACK_LINK = re.compile(r"[↩↑↵]\ufe0e?")


@dataclass(frozen=True, slots=True)
class Scores:
    """What came back of one text: `chars` and `coverage` are shares, the rest counts.

    `placed` are the gold sentences that stand whole in one passage, at the place that is known for them; `found` those
    that stand whole in one passage.
    """

    chars: float
    golds: int
    found: int
    placed: int
    coverage: float
    missed: tuple[str, ...]


def plain(text: str) -> str:
    """`text` folded, and without what producers draw."""
    return " ".join(_DRAWN.sub(" ", _BACK_LINK.sub(" ", fold(text, "none"))).split())


def expected_words(text: SourceText, holds: Holds) -> str:
    """The words of `text` in reading order that a file holds, but the footnotes."""
    pieces = [text.table] if holds == "table" else text.pieces
    left_out = {text.table.lines[0]} if holds == "all but the header row" else set[str]()
    return " ".join(plain(unmarked(line)) for piece in pieces for line in piece.lines if line not in left_out)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a text says and what was found of it, and how many characters of footnotes were not found whole."""

    expected: str
    found: str
    note_chars: int
    note_chars_missing: int

    @property
    def share(self) -> float:
        """The share of characters that came back in reading order: 1 - edit distance / length."""
        wrong = edit_distance(self.expected, self.found) + self.note_chars_missing
        return 1 - wrong / (len(self.expected) + self.note_chars)

    def differences(self) -> Iterator[str]:
        """Each difference, with some words around it."""
        expected, found = self.expected.split(), self.found.split()
        for kind, *places in SequenceMatcher(None, expected, found, autojunk=False).get_opcodes():
            if kind != "equal":
                first, last, start, end = places
                before = " ".join(expected[max(0, first - 3) : first])
                yield f"… {before} [-{' '.join(expected[first:last])}-] [+{' '.join(found[start:end])}+]"


def compare(text: SourceText, found: str, holds: Holds, *, moves_table: bool) -> Comparison:
    """What `text` says, beside `found`, which is folded already.

    Each producer puts footnotes at another place; each is taken out where it is found, and compared by itself. So is
    the table, for a producer that moves it. A header that is repeated on the next page is taken out, too.
    """
    expected, separate = expected_words(text, holds), []
    if holds != "table":
        separate = [plain(note) for note in text.notes.values()]
    if moves_table:
        separate.append(expected_words(text, "table"))
        expected = expected.replace(separate[-1], "", 1)
    missing = 0
    for words in separate:
        if words in found:
            before, after = found.split(words, 1)
            found = f"{re.sub(_NOTE_NUMBER.pattern + r' *$', '', before).rstrip()} {after.lstrip()}".strip()
        else:
            missing += len(words)
    found = _without_item_numbers(text, without_marks(text, _without_repeated_header(text, found)))
    return Comparison(" ".join(expected.split()), " ".join(found.split()), sum(map(len, separate)), missing)


def _without_repeated_header(text: SourceText, found: str) -> str:
    header = plain(text.table.lines[0])
    first, *others = found.split(header)
    return f"{first}{header}{''.join(others)}" if others else first


def without_marks(text: SourceText, found: str) -> str:
    """`found` without the marks of footnotes, known by the words before them."""
    for piece in text.pieces:
        for line in piece.lines:
            for mark in NOTE_MARK.finditer(line):
                before = plain(unmarked(line[: mark.start()]))[-_WORDS_BEFORE_MARK:]
                found = re.sub(rf"({re.escape(before)}) ?(?:\[?\^?{mark[1]}\]?)(?!\d)", r"\1", found, count=1)
    return found


def _without_item_numbers(text: SourceText, found: str) -> str:
    for piece in text.pieces:
        if piece.kind == "numbers":
            for number, line in enumerate(piece.lines, 1):
                words = plain(line)[:_WORDS_BEFORE_MARK]
                found = re.sub(rf"(?<!\S){number}[.)] ?(?={re.escape(words)})", "", found, count=1)
    return found


def edit_distance(first: str, second: str) -> int:
    """The least number of characters to insert, delete or replace (Levenshtein), by Myers' and Hyyrö's bit vectors.

    Each bit of these whole numbers stands for a character of `first`, so that a step costs one pass over machine words.
    """
    if not first:
        return len(second)
    places: dict[str, int] = {}
    for index, character in enumerate(first):
        places[character] = places.get(character, 0) | 1 << index
    every, last = (1 << len(first)) - 1, 1 << (len(first) - 1)
    rises, falls, distance = every, 0, len(first)
    for character in second:
        equal = places.get(character, 0)
        diagonal = ((((equal & rises) + rises) ^ rises) | equal | falls) & every
        up = falls | ~(diagonal | rises) & every
        down = rises & diagonal
        distance += bool(up & last) - bool(down & last)
        up, down = (up << 1 | 1) & every, down << 1 & every
        rises = down | ~(diagonal | up) & every
        falls = up & diagonal
    return distance


def coverage(document: Document) -> float:
    """The share of the text's non-blank characters that stand in passages."""
    inside = sum(_count_marks(passage.span.of(document.text)) for passage in document.passages)
    return inside / _count_marks(document.text)


def _count_marks(text: str) -> int:
    return len("".join(text.split()))


def read_back(document: Document, added: str) -> str:
    """What the document says, folded passage by passage, without its furniture and what the pattern `added` matches."""
    shown = (passage for passage in document.passages if passage.role != "furniture")
    words = " ".join(filter(None, (plain_passage(document, passage) for passage in shown)))
    return re.sub(added, "", words, count=1).strip() if added else words


def plain_passage(document: Document, passage: Passage) -> str:
    """The words of a passage; inline markup of Markdown is no part of them, nor are the commas between cells."""
    words = passage.span.of(document.text)
    match document.format:
        case "markdown":
            return plain(fold(words, "markdown"))
        case "csv":
            return plain(" ".join(cell for row in csv.reader(words.splitlines()) for cell in row))
        case _:
            return plain(words)


def passages_with(document: Document, text: SourceText, sentence: str) -> list[Passage]:
    """The passages that are no furniture and hold `sentence` whole, whatever footnote is marked in it."""
    wanted = plain(sentence)
    return [
        passage
        for passage in document.passages
        if passage.role != "furniture" and wanted in without_marks(text, plain_passage(document, passage))
    ]


def headings_of(text: SourceText, questions: Sequence[SourceQuestion]) -> dict[str, list[str]]:
    """The folded headings above each gold sentence."""
    return {
        one.sentence: [plain(unmarked(heading)) for heading in text.headings_above(one.sentence)] for one in questions
    }
