"""Whether a sentence was found at its right page or part, and whether the boxes on a page hold its words.

The words of a PDF's pages are read a second time by poppler's pdftotext, which shares no code with what is measured.
"""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from html import unescape
from itertools import groupby
from pathlib import Path

import numpy as np

from source.boxes import WORD_BOX
from source.document import Document, Part, Passage, Span
from source.fold import fold
from tests.measure.corpus_scores import plain
from tests.measure.corpus_texts import unmarked

_EDGE_CHARS = 24
_TENTHS_OF_POINT = 720
# A neighbour's edge may reach into a box.
_WRONG_SHARE = 0.02
# Lines that stand close share less of their height.
_UPON_SHARE = 0.4
_WORD = re.compile(r'<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">(.*?)</word>')


def parts_of_sentence(document: Document, passage: Passage, sentence: str) -> list[Part]:
    """The parts that hold the sentences of `passage` of which `sentence` is made."""
    wanted = _squeezed(sentence)
    spans = [
        one.span
        for one in passage.sentences
        if (found := _squeezed(one.folded)) and (found in wanted or wanted in found)
    ]
    return [part for part in document.parts if any(part.span.overlaps(span) for span in spans or [passage.span])]


def is_at_right_pages(path: Path, parts: Sequence[Part], sentence: str) -> bool:
    """True if pdftotext finds the sentence on these pages, too, or finds it nowhere."""
    expected = pages_with(path, sentence)
    return not expected or {part.number for part in parts} == expected


def pages_with(path: Path, sentence: str) -> set[int]:
    """The pages from the one with the first words of `sentence` to that with its last; none if they are not found."""
    squeezed = _squeezed(sentence)
    ways = (_page_texts(path, "-layout"), _page_texts(path, "-raw"))
    first, last = (
        {number for pages in ways for number, page in enumerate(pages, 1) if edge in page}
        for edge in (squeezed[:_EDGE_CHARS], squeezed[-_EDGE_CHARS:])
    )
    return set(range(min(first), max(last) + 1)) if first and last and min(first) <= max(last) else set()


@cache
def _page_texts(path: Path, way: str) -> tuple[str, ...]:
    read = subprocess.run(["pdftotext", way, path, "-"], capture_output=True, text=True, check=True).stdout
    return tuple(_squeezed(page) for page in read.split("\f"))


def _squeezed(words: str) -> str:
    """The letters and digits of `words` only: nothing that depends on how lines are broken."""
    return re.sub(r"[\W_]", "", fold(unmarked(words), "none"))


def is_in_right_part(part: Part, name: str, headings: Sequence[str], all_headings: Iterable[str]) -> bool:
    """True if a chapter, slide or sheet is named by what stands above the sentence, or by no heading at all."""
    if part.kind == "sheet":
        return part.name == name
    title = plain(part.name)
    return title in headings or title not in all_headings


@dataclass(frozen=True, slots=True)
class BoxScore:
    """How many quotes were sampled, and of how many pdftotext reads the words in their boxes and nothing else."""

    quotes: int
    read_back: int
    missed: tuple[str, ...]


def score_boxes(path: Path, document: Document, spans: Iterable[Span]) -> BoxScore:
    """Reads back what stands in the boxes of each span."""
    pages = {page.number: np.frombuffer(page.words, WORD_BOX) for page in document.boxes}
    sizes = _page_sizes(path)
    quotes, missed = 0, []
    for span in spans:
        read = "".join(
            _squeezed(_read_region(path, number, box, sizes[number - 1])) for number, box in _line_boxes(pages, span)
        )
        wanted = _squeezed(span.of(document.text))
        quotes += 1
        on_it = "".join(
            _words_over_others(path, number) for number in {number for number, _ in _line_boxes(pages, span)}
        )
        # The order of raised marks within a line is a matter of taste.
        missing, added = Counter(wanted) - Counter(read), Counter(read) - Counter(wanted) - Counter(on_it)
        wrong = missing.total() + added.total()
        if wrong > _WRONG_SHARE * len(wanted):
            missed.append(f"in its boxes [-{wanted}-] [+{read}+]")
    return BoxScore(quotes, quotes - len(missed), tuple(missed))


def _line_boxes(pages: dict[int, np.ndarray], span: Span) -> Iterator[tuple[int, tuple[int, int, int, int]]]:
    """For each line of the span, its page and its left, top, right and bottom."""
    for number, words in pages.items():
        inside = words[(words["start"] < span.end) & (words["end"] > span.start)]
        if not len(inside):
            continue
        for _, line in groupby(inside, key=lambda word: int(word["line"])):
            boxes = list(line)
            left, right = min(int(one["left"]) for one in boxes), max(int(one["right"]) for one in boxes)
            yield number, (left, min(int(one["top"]) for one in boxes), right, max(int(one["bottom"]) for one in boxes))


def _read_region(path: Path, number: int, box: tuple[int, int, int, int], size: tuple[float, float]) -> str:
    width, height = (side * _TENTHS_OF_POINT / 72 / 65535 for side in size)
    left, top, right, bottom = box[0] * width, box[1] * height, box[2] * width, box[3] * height
    region = {"-x": left, "-y": top, "-W": right - left, "-H": bottom - top}
    options = [word for name, value in region.items() for word in (name, str(round(value)))]
    command = ["pdftotext", "-f", str(number), "-l", str(number), "-r", str(_TENTHS_OF_POINT), *options, str(path), "-"]
    read = subprocess.run(command, capture_output=True, text=True, check=True)
    return read.stdout


@cache
def _words_over_others(path: Path, number: int) -> str:
    """The words of a page that are printed upon one another, as pdftotext sees them: no box holds only one of them."""
    options = ["-f", str(number), "-l", str(number), "-bbox"]
    read = subprocess.run(["pdftotext", *options, path, "-"], capture_output=True, text=True, check=True).stdout
    words = [(unescape(word[5]), tuple(map(float, word.groups()[:4]))) for word in _WORD.finditer(read)]
    return "".join(
        _squeezed(said) for said, box in words if any(other is not box and _lies_upon(box, other) for _, other in words)
    )


def _lies_upon(one: Sequence[float], other: Sequence[float]) -> bool:
    across = min(one[2], other[2]) - max(one[0], other[0])
    down = min(one[3], other[3]) - max(one[1], other[1])
    height = min(one[3] - one[1], other[3] - other[1])
    return across > -height / 2 and down >= _UPON_SHARE * height  # boxes are in whole tenths of a point


def _page_sizes(path: Path) -> list[tuple[float, float]]:
    import pypdfium2

    with pypdfium2.PdfDocument(path) as pdf:
        return [pdf[number].get_size() for number in range(len(pdf))]
