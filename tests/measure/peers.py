"""Measures this program beside others for the same task: same machine, run, model files, passages and questions.

Each peer is set up as its own documentation says (`tests.measure.peer_scripts`), in an environment of its own. All are
asked in turns, so that what else the machine does falls on all alike. Exits with 1 if a peer could not be measured or
tried to reach another machine.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from rich.console import Console
from rich.table import Table

from index.model import DEFAULT_MODEL, find_model
from qa.evaluate import GoldQuestion
from tests.measure.datasets import SHARED_DATA, load_squad
from tests.measure.peer_scripts.loop import Asked
from tests.measure.peers_install import PEERS, PeerError, environment, size_of
from tests.measure.peers_run import PASSAGES_ASKED_FOR, Figures, Indexed, ask, figures_of, index

_ROUNDS = 3
_QUESTIONS = SHARED_DATA / "xquad" / "xquad.en.json"


@dataclass(frozen=True, slots=True)
class System:
    """What is measured: its script in `peer_scripts`, and its environment's name and requirements."""

    title: str
    script: str
    environment: str
    requirements: tuple[str, ...]


_OURS = ("quoted_answers", ("quoted-answers",))
SYSTEMS = (
    System("ours, read once", "quoted_answers_once", *_OURS),
    System("ours, passages", "quoted_answers", *_OURS),
    System("ours, answer", "quoted_answers_whole", *_OURS),
    System("txtai", "txtai", "txtai", ("txtai",)),
    System(
        "LlamaIndex",
        "llama_index",
        "llama_index",
        ("llama-index-core", "llama-index-embeddings-huggingface", "llama-index-retrievers-bm25"),
    ),
    System("Haystack", "haystack", "haystack", ("haystack-ai", "sentence-transformers-haystack")),
    System(
        "LangChain",
        "langchain",
        "langchain",
        ("langchain-classic", "langchain-community", "langchain-huggingface[full]", "faiss-cpu", "rank-bm25"),
    ),
)


def _milliseconds(quantile: float) -> Callable[[Figures], float]:
    return lambda one: float(np.quantile(one.asked.seconds, quantile)) * 1000


_MB = 1_000_000
# The name of each row, its figure, how it is written, and whether it is also given as a multiple of ours.
ROWS: tuple[tuple[str, Callable[[Figures], float], str, bool], ...] = (
    ("installing, s", lambda one: one.environment.seconds, ".0f", True),
    ("installed, MB", lambda one: one.environment.size_bytes / _MB, ".0f", True),
    ("loading before indexing, s", lambda one: one.built.loading_s, ".1f", True),
    ("indexing, s", lambda one: one.built.indexing_s, ".2f", True),
    ("first answer of a new process, s", lambda one: one.asked.first_s, ".1f", True),
    ("a question, p50, ms", _milliseconds(0.5), ".1f", True),
    ("a question, p95, ms", _milliseconds(0.95), ".1f", True),
    ("most memory while indexing, MB", lambda one: one.built.memory_bytes / _MB, ".0f", True),
    ("most memory while asking, MB", lambda one: one.asked.memory_bytes / _MB, ".0f", True),
    ("index on the disk, MB", lambda one: one.index_bytes / _MB, ".2f", True),
    ("MRR@10 of passages", lambda one: one.mrr, ".3f", False),
    ("hit@5 of passages", lambda one: one.hit_at_5, ".3f", False),
)


def table_of(figures: Mapping[str, Figures], title: str) -> Table:
    """A column for each system by its title; of times and sizes, also the multiple of those of the first."""
    table = Table(title=title)
    table.add_column("figure", no_wrap=True)
    for system, one in figures.items():
        table.add_column(f"{system}\n{one.environment.version}", justify="right", no_wrap=True)
    for name, value, form, is_compared in ROWS:
        values = [value(one) for one in figures.values()]
        written = [format(one, form) for one in values]
        if is_compared:
            multiples = ["", *(f" ({one / values[0]:.1f}x)" for one in values[1:])]
            written = [text + multiple for text, multiple in zip(written, multiples, strict=True)]
        table.add_row(name, *written)
    return table


def index_all(systems: Sequence[System], failures: list[str]) -> dict[str, Indexed]:
    """Those systems that could be installed and have made their index, by their titles; why the others have not."""
    paragraphs, model = load_squad(_QUESTIONS).paragraphs, find_model(DEFAULT_MODEL).folder
    indexed = {}
    for system in systems:
        print(f"{system.title}: installing and indexing", file=sys.stderr, flush=True)
        try:
            made = environment(system.environment, system.requirements)
            folder = PEERS / system.environment / system.script
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            module = f"tests.measure.peer_scripts.{system.script}"
            indexed[system.title] = index(made, module, folder, paragraphs, model)
        except PeerError as error:
            failures.append(str(error))
    return indexed


def ask_all(indexed: Mapping[str, Indexed], golds: Sequence[GoldQuestion], failures: list[str]) -> dict[str, Figures]:
    """The figures of those that have answered all questions, by their titles; why the others have not."""
    rounds: dict[str, list[tuple[Sequence[GoldQuestion], Asked]]] = {title: [] for title in indexed}
    for number in range(_ROUNDS):
        some = golds[number::_ROUNDS]
        for title in list(rounds):
            print(f"{title}: asking, round {number + 1} of {_ROUNDS}", file=sys.stderr, flush=True)
            try:
                rounds[title].append((some, ask(indexed[title], some)))
            except PeerError as error:
                failures.append(str(error))
                del rounds[title]
    return {title: figures_of(indexed[title], parts) for title, parts in rounds.items()}


def main() -> None:
    """Print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="ask every Nth question")
    parser.add_argument("--only", nargs="+", choices=[system.script for system in SYSTEMS[3:]], help="and us")
    arguments = parser.parse_args()
    if not SHARED_DATA.is_dir():
        sys.exit(f"Nothing to measure with: {SHARED_DATA} is not there")
    golds = load_squad(_QUESTIONS).questions[:: arguments.every]
    chosen = [one for one in SYSTEMS[3:] if not arguments.only or one.script in arguments.only]
    shutil.rmtree(PEERS / "cache", ignore_errors=True)  # converting the weights once is part of the first loading
    failures: list[str] = []
    figures = ask_all(index_all([*SYSTEMS[:3], *chosen], failures), golds, failures)
    console = Console(width=160)
    console.print(table_of(figures, f"XQuAD-en, {len(golds)} questions, {PASSAGES_ASKED_FOR} passages asked for"))
    console.print(
        "Installed is all that pip adds to a new environment, from wheels at hand; of ours, the model is "
        f"{size_of(find_model(DEFAULT_MODEL).folder) / _MB:.0f} MB, whose\nfiles the others are given. The first "
        "column's loading and memory include the conversion of the weights, which is made once on a machine."
    )
    for failure in failures:
        console.print(failure, markup=False)
    if failures:
        sys.exit(1)


if __name__ == "__main__":
    main()
