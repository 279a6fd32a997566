"""Puts a peer through its task: one process makes its index, and later others, each fresh, ask questions of it.

The network is blocked for all of them, and their statistics are off.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from qa.evaluate import GoldQuestion
from tests.measure.datasets import ROOT, Paragraph
from tests.measure.peer_scripts.loop import Asked, Built, Passage, Task, asked_of, built_of
from tests.measure.peers_install import PEERS, Environment, PeerError, last_line, size_of
from tests.measure.processes import MemoryWatch
from tests.network_block.loopback_only import LOG_VARIABLE

PASSAGES_ASKED_FOR = 10
_WATCH_EVERY_S = 0.1
# What the peers' own documentation names for working offline and sending no statistics.
_QUIET = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HAYSTACK_TELEMETRY_ENABLED": "False",
    "LANGSMITH_TRACING": "false",
    "LANGCHAIN_TRACING_V2": "false",
    "ANONYMIZED_TELEMETRY": "False",
    "DO_NOT_TRACK": "1",
}


@dataclass(frozen=True, slots=True)
class Indexed:
    """A peer whose index is on the disk: the module that runs it, and the folder where its task and index are."""

    environment: Environment
    module: str
    folder: Path
    task: Task
    built: Built
    index_bytes: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything measured of one system."""

    environment: Environment
    built: Built
    asked: Asked
    index_bytes: int
    mrr: float
    hit_at_5: float


def index(made: Environment, module: str, folder: Path, paragraphs: Sequence[Paragraph], model: Path) -> Indexed:
    """Have a module's peer index the paragraphs in the empty `folder`.

    Raises:
        PeerError: it failed, or tried to reach another machine.
    """
    place = folder / "index"
    place.mkdir()
    passages = tuple(Passage(one.name, one.text) for one in paragraphs)
    task = Task(str(model), str(place), passages, questions=(), k=PASSAGES_ASKED_FOR)
    built = built_of(_run_step(made.python, module, "build", folder, task))
    return Indexed(made, module, folder, task, built, size_of(place))


def ask(peer: Indexed, golds: Sequence[GoldQuestion]) -> Asked:
    """Ask the questions in a fresh process.

    Raises:
        PeerError: it failed, or tried to reach another machine.
    """
    task = replace(peer.task, questions=tuple(gold.question for gold in golds))
    return asked_of(_run_step(peer.environment.python, peer.module, "ask", peer.folder, task))


def figures_of(peer: Indexed, rounds: Sequence[tuple[Sequence[GoldQuestion], Asked]]) -> Figures:
    """All figures: over the questions of all rounds; of the first answers the soonest; the most memory."""
    asked = Asked(
        first_s=min(one.first_s for _, one in rounds),
        seconds=tuple(chain.from_iterable(one.seconds for _, one in rounds)),
        ranked=tuple(chain.from_iterable(one.ranked for _, one in rounds)),
        memory_bytes=max(one.memory_bytes for _, one in rounds),
    )
    golds = chain.from_iterable(golds for golds, _ in rounds)
    ranks = [rank_of(gold, ranked) for gold, ranked in zip(golds, asked.ranked, strict=True)]
    return Figures(
        peer.environment, peer.built, asked, peer.index_bytes, mean_reciprocal_rank(ranks), hit_rate(ranks, 5)
    )


def rank_of(gold: GoldQuestion, ranked: Sequence[str]) -> int | None:
    """The rank, from 1, of the first passage that answers."""
    return next((rank for rank, name in enumerate(ranked, 1) if name in gold.documents), None)


def mean_reciprocal_rank(ranks: Sequence[int | None]) -> float:
    """Over all questions; one without an answer among the first ten counts 0."""
    return float(np.mean([1 / rank if rank and rank <= 10 else 0.0 for rank in ranks]))


def hit_rate(ranks: Sequence[int | None], k: int) -> float:
    """The share of questions with an answer among the first `k`."""
    return float(np.mean([rank is not None and rank <= k for rank in ranks]))


def _run_step(python: str, module: str, step: str, folder: Path, task: Task) -> dict[str, Any]:
    """What a module wrote of one step of the task; its memory counts the processes it started, too."""
    result, attempts, task_file = folder / f"{step}.json", folder / "network.log", folder / "task.json"
    task_file.write_text(task.as_json(), encoding="utf-8")
    variables = {
        **os.environ,
        **_QUIET,
        "PYTHONPATH": str(ROOT / "tests" / "network_block"),
        "XDG_CACHE_HOME": str(PEERS / "cache"),
        LOG_VARIABLE: str(attempts),
    }
    command = [python, "-m", module, step, str(task_file), str(result), repr(time.time())]
    with MemoryWatch(_WATCH_EVERY_S) as memory:
        ended = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, encoding="utf-8", check=False)
    name = module.rpartition(".")[2]
    if attempts.is_file():
        raise PeerError(f"{name} tried to reach another machine: {last_line(attempts.read_text(encoding='utf-8'))}")
    if ended.returncode:
        raise PeerError(f"{name} cannot {step}: {last_line(ended.stderr)}")
    fields: dict[str, Any] = json.loads(result.read_bytes())
    return fields | {"memory_bytes": max(fields["memory_bytes"], memory.most.children)}
