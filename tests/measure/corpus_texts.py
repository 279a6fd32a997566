"""Our own source texts, piece by piece, so that every producer is given the same words, and what is asked of them.

They are kept to a part of Markdown that every format can hold: headings, paragraphs, lists of one level, a table and
footnotes. A footnote's mark stands in the words of a piece as `[^1]`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

FOLDER = Path(__file__).parent / "texts"
NOTE_MARK = re.compile(r"\[\^(\d)\]")
_NOTE = re.compile(r"\[\^(\d)\]: (.*)")
_NUMBERED = re.compile(r"\d\. ")

PieceKind = Literal["heading", "paragraph", "bullets", "numbers", "table"]


@dataclass(frozen=True, slots=True)
class Piece:
    """`lines` are a heading's or paragraph's one line, the items of a list, or a table's rows, cells divided by tabs.

    `level` is 1 to 3 for a heading, else 0.
    """

    kind: PieceKind
    lines: tuple[str, ...]
    level: int = 0

    @property
    def rows(self) -> list[list[str]]:
        """The cells of a table, row by row."""
        return [line.split("\t") for line in self.lines]


@dataclass(frozen=True, slots=True)
class SourceText:
    """A text: its Markdown, its pieces without emphasis marks, and its footnotes by number."""

    name: str
    markdown: str
    pieces: tuple[Piece, ...]
    notes: dict[str, str]

    @property
    def title(self) -> str:
        """Its first heading."""
        return self.pieces[0].lines[0]

    @property
    def table(self) -> Piece:
        """The one table in it."""
        [table] = [piece for piece in self.pieces if piece.kind == "table"]
        return table

    def headings_above(self, sentence: str) -> list[str]:
        """The path of headings to where `sentence` stands, or to the mark of the footnote that it stands in."""
        numbers = [number for number, note in self.notes.items() if sentence in note]
        wanted = f"[^{numbers[0]}]" if numbers else sentence
        path: list[str] = []
        for piece in self.pieces:
            if piece.kind == "heading":
                path = [*path[: piece.level - 1], piece.lines[0]]
            if any(wanted in line.replace("\t", " ") or wanted in unmarked(line) for line in piece.lines):
                return path
        raise KeyError(sentence)


@dataclass(frozen=True, slots=True)
class SourceQuestion:
    """A question, and the sentence of the text with this name, or the cells of a row of its table, that answers it."""

    text: str
    question: str
    sentence: str


def load_texts() -> list[SourceText]:
    """All texts, by name."""
    return [_read(path) for path in sorted(FOLDER.glob("*.md"))]


def load_questions() -> list[SourceQuestion]:
    """All questions; each sentence stands once in its text."""
    lines = (FOLDER / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    return [SourceQuestion(**json.loads(line)) for line in lines]


def unmarked(line: str) -> str:
    """`line` without the marks of footnotes."""
    return NOTE_MARK.sub("", line)


def _read(path: Path) -> SourceText:
    markdown = path.read_text(encoding="utf-8")
    notes = dict(_NOTE.findall(markdown))
    return SourceText(path.stem, markdown, tuple(_pieces(markdown.replace("*", ""))), notes)


def _pieces(markdown: str) -> Iterator[Piece]:
    for paragraph in markdown.strip().split("\n\n"):
        lines = paragraph.split("\n")
        if lines[0].startswith("#"):
            marks, words = lines[0].split(" ", 1)
            yield Piece("heading", (words,), len(marks))
        elif lines[0].startswith("- "):
            yield Piece("bullets", tuple(line[2:] for line in lines))
        elif _NUMBERED.match(lines[0]):
            yield Piece("numbers", tuple(line[3:] for line in lines))
        elif lines[0].startswith("|"):
            rows = [line.strip("| ").split(" | ") for line in lines if not line.startswith("| --")]
            yield Piece("table", tuple("\t".join(row) for row in rows))
        elif not _NOTE.match(lines[0]):
            yield Piece("paragraph", (" ".join(lines),))
