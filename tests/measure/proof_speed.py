"""How long drafts take to check: one of twenty pages, and ones that were made to take long."""

from __future__ import annotations

import random
import string
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from index.library import Library
from index.vectors import Vectors
from qa.check import Finding, check_draft
from qa.check_draft import make_draft
from qa.check_sources import sources_of
from source.load import make_document
from tests.documents import put_text
from tests.fakes import DIMENSION, WordEmbedder
from tests.measure.datasets import SHARED_DATA, load_squad
from tests.measure.proof_altered import ALTERED
from tests.measure.proof_case import Passage
from tests.measure.proof_cases import draft_of, make_cases
from tests.measure.proof_true import TRUE

PASSAGES, CLAIMS = 10_000, 120
MOST_SECONDS = 10.0
# A hostile draft that is four times as long may take so many times as long: near to linear.
MOST_GROWTH = 8.0
_GROWTH = 4
# What takes less is too little to say how it grows.
_LEAST_SECONDS = 0.5


def print_speed(console: Console, seed: int) -> bool:
    """The tables; whether every bound is kept. Times are those of the processor: one core is used."""
    path = SHARED_DATA / "squad" / "train-v1.1.json.gz"
    if not path.exists():
        console.print(f"Left out, for {path} is not there: speed")
        return True
    paragraphs = [Passage(one.name, "", one.text) for one in load_squad(path).paragraphs[:PASSAGES]]
    with _library(paragraphs) as library:
        return _print_usual(console, library, paragraphs, seed) & _print_hostile(console, library, paragraphs, seed)


@contextmanager
def _library(paragraphs: Sequence[Passage]) -> Iterator[Library]:
    with tempfile.TemporaryDirectory() as folder, Library(Path(folder)) as library:
        embedder = ConstantEmbedder()
        for number in range(0, len(paragraphs), 20):
            text = "\n\n".join(one.text for one in paragraphs[number : number + 20])
            put_text(library, embedder, text, f"/documents/{number:05d}.txt")
        yield library


def _check(library: Library, draft: str) -> tuple[list[Finding], float]:
    """What is found, and the seconds of the processor that it takes, with those to read the library."""
    data = draft.encode()
    began = time.process_time()
    loaded = make_draft(make_document(Path("draft.md"), data), data)
    findings = check_draft(sources_of(library), loaded)
    return findings, time.process_time() - began


def _print_usual(console: Console, library: Library, paragraphs: Sequence[Passage], seed: int) -> bool:
    cases = make_cases(paragraphs[:500], seed, CLAIMS // (len(TRUE) + len(ALTERED)) + 1)
    prose = "\n\n".join(f"It is known. {one.text}" for one in paragraphs[600:660])
    draft = f"{draft_of(cases)[0]}\n\n{prose}"
    findings, seconds = _check(library, draft)
    words = len(draft.split())
    console.print(
        f"A draft of {words:,} words ({words / 400:.0f} pages) with {len(findings)} claims against "
        f"{library.count_passages():,} passages: {seconds:.1f} s, {seconds / MOST_SECONDS:.2f} of the bound",
        highlight=False,
    )
    return seconds < MOST_SECONDS


def _print_hostile(console: Console, library: Library, paragraphs: Sequence[Passage], seed: int) -> bool:
    table = Table("hostile drafts", "bytes", "seconds", "bytes", "seconds", "times as long")
    nothing = _check(library, "Nothing.")[1]
    is_good = True
    for name, make in HOSTILE.items():
        figures: list[str] = []
        taken: list[float] = []
        for size in (1, _GROWTH):
            draft = make(size, random.Random(seed), paragraphs)
            taken.append(max(0.0, _check(library, draft)[1] - nothing))
            figures += [f"{len(draft):,}", f"{taken[-1]:.2f}"]
        growth = taken[1] / max(taken[0], _LEAST_SECONDS / _GROWTH)
        is_good &= taken[0] < MOST_SECONDS and growth <= MOST_GROWTH
        table.add_row(name, *figures, f"{growth:.1f}")
    console.print(table)
    return is_good


Make = Callable[[int, random.Random, Sequence[Passage]], str]


def _invented(size: int, generator: random.Random, paragraphs: Sequence[Passage]) -> str:
    words = [word.strip("“”\"'") for one in paragraphs[:300] for word in one.text.split()]
    return f"“{' '.join(generator.choice(words) for _ in range(6000 * size))}”"


def _letters(size: int, generator: random.Random, _: Sequence[Passage]) -> str:
    return " ".join(f"“{generator.choice(string.ascii_letters + 'éüßÑ')}”" for _ in range(2000 * size))


def _words(size: int, generator: random.Random, paragraphs: Sequence[Passage]) -> str:
    words = [word for one in paragraphs[:2000] for word in one.text.split()]
    return " ".join(f"“{word[:5]}”" for word in generator.choices(words, k=500 * size))


def _numbers(size: int, generator: random.Random, _: Sequence[Passage]) -> str:
    return " ".join(f"It was {generator.randrange(10**6)} in all." for _ in range(500 * size))


def _speakers(size: int, generator: random.Random, _: Sequence[Passage]) -> str:
    names = ("".join(generator.choices(string.ascii_lowercase, k=8)).title() for _ in range(50 * size))
    return "\n\n".join(f"“one of the first” said Anna {name}." for name in names)


def _repeated(unit: str, count: int, before: str = "", after: str = "") -> Make:
    return lambda size, _generator, _paragraphs: before + unit * (count * size) + after


HOSTILE: dict[str, Make] = {
    "an invented quotation": _invented,
    "quotations of a letter": _letters,
    "quotations of a short word": _words,
    "numbers": _numbers,
    "speakers": _speakers,
    "ellipses": _repeated("the … ", 2000, "“", "”"),
    "brackets": _repeated("[t]he [of] ", 2000, "“", "”"),
    "marks that open": _repeated("“a ‘b ", 3000),
    "paragraphs that open": _repeated("“a\n\n", 1000),
    "markers": _repeated("[1]", 3000, "It is said ", "."),
    "blanks": _repeated(" ", 30_000, "It is said", "here [1]."),
    "links and code": _repeated("[a` *_<a ", 3000),
    "block quotes": _repeated("> of\n\n", 1000),
}
"""Makes a draft of a size, in units, that gives those who check it much to do."""


class ConstantEmbedder(WordEmbedder):
    """All sentences have one vector: checking looks at none."""

    def embed_question(self, question: str) -> Vectors:  # noqa: ARG002 - it says nothing
        """(dimension,) float32 of length 1."""
        vector = np.zeros(DIMENSION, np.float32)
        vector[0] = 1
        return vector
