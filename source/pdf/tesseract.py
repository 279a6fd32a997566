"""Reading the words in a picture, through the program Tesseract where it is installed.

It gets nothing but pixels, reads them on one core, and is stopped where it takes too long. What it makes of a page is
left to others.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from dataclasses import dataclass
from threading import Event, Thread

import numpy as np
from numpy.typing import NDArray

from source.errors import LoadError
from source.patience import Patience
from source.processor_time import used_processor_s

INSTALL_TESSERACT = "Install tesseract and add it again."
# Less than what loads the file may take without a sign of progress: a page is lost, and not all of them.
_PATIENCE = Patience(processor_s=100, clock_s=1000)
_LOOK_EVERY_S = 1.0
_LIST_TIMEOUT_S = 120
_NO_LANGUAGES = {"osd", "equ"}  # for finding out how a page is turned, and for formulas
_MIN_CONFIDENCE = 30
# Tesseract's modes: find columns and lines; find out only how the page is turned.
_READ_PAGE, _FIND_TURN = "3", "0"
_WORD_LEVEL, _LINE_LEVEL = "5", "4"
_TURN = re.compile(r"^Rotate: (\d+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class ReadWord:
    """A word in a picture, with its box in pixels from the top left corner; `confidence` runs to 100."""

    text: str
    confidence: float
    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True, slots=True)
class ReadLine:
    """The words of a line, at least one, and the height of its letters' box; `paragraph` tells Tesseract's apart."""

    words: tuple[ReadWord, ...]
    paragraph: tuple[str, str]
    top: int
    bottom: int


@dataclass(frozen=True, slots=True)
class Tesseract:
    """The program, and the languages that it is to expect, joined by "+"."""

    program: str
    languages: str
    finds_turns: bool
    patience: Patience = _PATIENCE

    def read(self, pixels: NDArray[np.uint8], dots_per_inch: int) -> list[ReadLine] | None:
        """The lines of text in a picture (height, width) with 255 as white; None if it fails or takes too long."""
        table = self._run(pixels, dots_per_inch, "-l", self.languages, "--psm", _READ_PAGE, "tsv")
        return None if table is None else _lines_of(table)

    def find_turn(self, pixels: NDArray[np.uint8], dots_per_inch: int) -> int:
        """By how many quarters a picture must be turned clockwise for its text to be upright; 0 if that is unknown."""
        if not self.finds_turns:
            return 0
        found = _TURN.search(self._run(pixels, dots_per_inch, "-l", "osd", "--psm", _FIND_TURN) or "")
        return int(found[1]) // 90 % 4 if found else 0

    def _run(self, pixels: NDArray[np.uint8], dots_per_inch: int, *options: str) -> str | None:
        """What it prints; None if it fails, as it does at finding the turn of too few letters, or takes too long."""
        height, width = pixels.shape
        picture = b"P5 %d %d 255\n" % (width, height) + pixels.tobytes()
        command = [self.program, "stdin", "stdout", "--dpi", str(dots_per_inch), *options]
        with subprocess.Popen(  # noqa: S603 - no shell; all options are ours, or names that it has itself
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
        ) as child:
            ended = Event()
            watch = Thread(target=_end_if_overdue, args=(child, self.patience, ended), daemon=True)
            watch.start()
            try:
                printed, _ = child.communicate(picture)
            finally:
                ended.set()
                watch.join()
        return printed.decode("utf-8") if child.returncode == 0 else None


def _end_if_overdue(child: subprocess.Popen[bytes], patience: Patience, ended: Event) -> None:
    """Watch over `child` until it has ended; beside `communicate`, which goes on with no picture after a time limit."""
    started_at = time.monotonic()
    while not ended.wait(_LOOK_EVERY_S):
        if patience.overdue(used_processor_s(child.pid), time.monotonic() - started_at):
            child.kill()
            return


def find_tesseract(languages: str) -> Tesseract | None:
    """The program with its `languages`, joined by "+", or with all that it has; None where it is not installed.

    Raises:
        LoadError: one of the languages is not installed.
    """
    program = shutil.which("tesseract")
    if program is None:
        return None
    child = subprocess.run(  # noqa: S603 - no shell
        [program, "--list-langs"], capture_output=True, timeout=_LIST_TIMEOUT_S, check=False, env=_environment()
    )
    listed = os.fsdecode(child.stdout).splitlines()[1:]
    installed = [name for name in listed if name not in _NO_LANGUAGES and "/" not in name]
    wanted = [name for name in languages.split("+") if name] or installed
    missing = [name for name in wanted if name not in installed]
    if missing:
        has = f"It has: {', '.join(installed)}." if installed else "It has none."
        raise LoadError(
            f"tesseract has no language {', '.join(missing)!r}",
            f"Install it, or name others with --ocr-languages. {has}",
        )
    return Tesseract(program, "+".join(wanted), "osd" in listed) if wanted else None


def _environment() -> dict[str, str]:
    return {**os.environ, "OMP_THREAD_LIMIT": "1"}


def _lines_of(table: str) -> list[ReadLine]:
    """The lines in Tesseract's table; of words that it doubts, those with a letter."""
    lines: list[ReadLine] = []
    words: list[ReadWord] = []
    place: tuple[str, ...] = ()
    edges = (0, 0)

    def end_line() -> None:
        if words:
            lines.append(ReadLine(tuple(words), (place[1], place[2]), *edges))
            words.clear()

    for row in table.splitlines()[1:]:
        level, *here, left, top, width, height, confidence, text = row.split("\t", 11)
        box = (int(left), int(top), int(left) + int(width), int(top) + int(height))
        if level == _LINE_LEVEL:
            end_line()
            place, edges = tuple(here), (box[1], box[3])
        elif level == _WORD_LEVEL and _is_word(text, float(confidence)):
            words.append(ReadWord(text.strip(), float(confidence), *box))
    end_line()
    return lines


def _is_word(text: str, confidence: float) -> bool:
    return bool(text.strip()) and (confidence >= _MIN_CONFIDENCE or any(map(str.isalpha, text)))
