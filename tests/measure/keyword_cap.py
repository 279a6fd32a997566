"""Measures what it costs to leave common words out of keyword search: how well passages are found, and in what time.

All paragraphs of SQuAD 1.1, dev and train, are one library of 20,963 passages, which is built once and kept; questions
are of dev. `index.keywords` scores at most so many passages whatever the size of the library, so a library five times
as large is stood for by a cap of a fifth.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from index.embed import Embedder
from index.keywords import MAX_SCORED, expression_for, match
from index.library import Library
from index.model import DEFAULT_MODEL, find_model
from qa.question import prepare_question
from qa.retrieve import retrieve
from source.document import Document
from tests.documents import body_sentences, make_document
from tests.measure.datasets import ROOT, SHARED_DATA, load_squad

NO_CAP = sys.maxsize
CAPS = (NO_CAP, MAX_SCORED, 10_000, 4_000, 2_000, 1_000, 400, 200)
_HITS, _FIRST = 10, 5
_PARTS = ("dev", "train")
_TOGETHER = 200


class CappedLibrary(Library):
    """A library whose keyword search scores at most `cap` passages; `seconds` is what the last one took."""

    def __init__(self, folder: Path, cap: int) -> None:
        super().__init__(folder)
        self._cap = cap
        self.seconds = 0.0

    def search_keywords(
        self, words: Sequence[str], k: int, among: Collection[int] | None = None
    ) -> list[tuple[int, float]]:
        """As `Library.search_keywords`, of all passages."""
        if among is not None:
            raise NotImplementedError
        began = time.thread_time()
        with self.snapshot():
            found = match(self._database, expression_for(self._counts, words, self._cap), k) if words else []
        self.seconds = time.thread_time() - began
        return found


def build(folder: Path, embedder: Embedder) -> None:
    """Put into the library in `folder` what is not in it yet of all paragraphs, a document for each."""
    with Library(folder) as library:
        held = library.documents_by_path().keys()
        documents = [one for one in _documents() if one.path not in held]
        for start in range(0, len(documents), _TOGETHER):
            batch = documents[start : start + _TOGETHER]
            passages = [body_sentences(one) for one in batch]
            vectors = iter(embedder.embed_passages([sentences for one in passages for sentences in one]))
            for document, sentences in zip(batch, passages, strict=True):
                library.put(document, [next(vectors) for _ in sentences], embedder.identity)
            sys.stderr.write(f"{start + len(batch):,} of {len(documents):,} documents added\n")


def _documents() -> list[Document]:
    return [
        make_document(" ".join(paragraph.text.split()), f"/{part}/{part}-{paragraph.name}")
        for part in _PARTS
        for paragraph in load_squad(SHARED_DATA / "squad" / f"{part}-v1.1.json.gz").paragraphs
    ]


def measure(folder: Path, embedder: Embedder, cap: int, every: int) -> list[str]:
    """A row of the table: the cap, hit@5, MRR@10, and the median and 95th percentile of a keyword search."""
    ranks: list[int | None] = []
    searches: list[float] = []
    with CappedLibrary(folder, cap) as library:
        for gold in load_squad(SHARED_DATA / "squad" / "dev-v1.1.json.gz").questions[::every]:
            question = prepare_question(library, embedder, gold.question)
            names = [hit.document.name for hit in retrieve(library, question, _HITS).hits]
            searches.append(library.seconds)
            right = {f"dev-{name}" for name in gold.documents}
            ranks.append(next((rank for rank, name in enumerate(names, 1) if name in right), None))
    found = sum(rank is not None and rank <= _FIRST for rank in ranks) / len(ranks)
    reciprocal = sum(1 / rank for rank in ranks if rank) / len(ranks)
    p50, p95 = np.quantile(np.array(searches) * 1000, [0.5, 0.95])
    return ["none" if cap == NO_CAP else f"{cap:,}", f"{found:.3f}", f"{reciprocal:.3f}", f"{p50:.1f}", f"{p95:.1f}"]


def main() -> None:
    """Build the library if it is not there, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    default = ROOT / ".cache" / "measure" / "keyword-cap"
    parser.add_argument("--folder", type=Path, default=default, help="where the library is, or is built and kept")
    parser.add_argument("--every", type=int, default=8, metavar="N", help="ask every Nth question of SQuAD dev")
    parser.add_argument("--caps", type=int, nargs="*", default=list(CAPS), help="passages that may be scored")
    arguments = parser.parse_args()
    if not SHARED_DATA.is_dir():
        sys.exit(f"Nothing to measure with: {SHARED_DATA} is not there")
    embedder = Embedder(find_model(DEFAULT_MODEL))
    build(arguments.folder, embedder)
    table = Table("scored at most", "hit@5", "MRR@10", "search p50, ms", "p95, ms")
    for cap in arguments.caps:
        row = measure(arguments.folder, embedder, cap, arguments.every)
        sys.stderr.write(f"{', '.join(row)}\n")  # each takes minutes
        table.add_row(*row)
    Console().print(table)


if __name__ == "__main__":
    main()
