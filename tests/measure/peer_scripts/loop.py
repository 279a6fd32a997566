"""What every peer is put through, alike: one process makes its index, and another, fresh one answers questions from it.

Runs in a peer's own environment: it needs nothing but Python, and imports nothing of this program.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

_STATUS = Path("/proc/self/status")
_WARM_UP = "What is this text about?"


@dataclass(frozen=True, slots=True)
class Passage:
    """A text to find, and the name that tells it from the others."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Task:
    """What a peer is to do: `model` is the folder of the embedding model, `folder` an empty one for the index."""

    model: str
    folder: str
    passages: tuple[Passage, ...]
    questions: tuple[str, ...]
    k: int

    def as_json(self) -> str:
        """Text that `task_of` makes the same task of."""
        return json.dumps(asdict(self))


def task_of(text: str) -> Task:
    """The task that `Task.as_json` wrote."""
    fields = json.loads(text)
    passages = tuple(Passage(**passage) for passage in fields.pop("passages"))
    return Task(passages=passages, questions=tuple(fields.pop("questions")), **fields)


@dataclass(frozen=True, slots=True)
class Built:
    """Seconds until the model was there, and then until the index was on the disk; the most bytes in memory."""

    loading_s: float
    indexing_s: float
    memory_bytes: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of the questions.

    `first_s` are the seconds from the start of the process to its first answer. `seconds` and `ranked` belong to the
    questions of the task, in their order; a ranking has names of passages, best first, each once.
    """

    first_s: float
    seconds: tuple[float, ...]
    ranked: tuple[tuple[str, ...], ...]
    memory_bytes: int


def built_of(fields: dict[str, Any]) -> Built:
    """What `run` wrote of building, read from JSON."""
    return Built(**fields)


def asked_of(fields: dict[str, Any]) -> Asked:
    """What `run` wrote of asking, read from JSON."""
    seconds, ranked = tuple(fields.pop("seconds")), tuple(tuple(names) for names in fields.pop("ranked"))
    return Asked(seconds=seconds, ranked=ranked, **fields)


class Peer(Protocol):
    """A program that finds passages. Made of the model's folder and the index's, it loads the model at once."""

    def build(self, passages: tuple[Passage, ...]) -> None:
        """Index the passages and leave the index in its folder."""

    def load(self) -> None:
        """Make what `build` left, in another process, ready for questions."""

    def ask(self, question: str, k: int) -> list[str]:
        """The names of at most `k` passages, best first."""


MakePeer = Callable[[str, str], Peer]


def build(make: MakePeer, task: Task, started: float) -> Built:
    """Make the index; `started` is the time since the epoch at which the process began."""
    peer = make(task.model, task.folder)
    loaded = time.time()
    peer.build(task.passages)
    return Built(loaded - started, time.time() - loaded, peak_memory_bytes())


def ask(make: MakePeer, task: Task, started: float) -> Asked:
    """Ask all questions, one after the other, when one that is not measured has warmed the peer up."""
    peer = make(task.model, task.folder)
    peer.load()
    peer.ask(_WARM_UP, task.k)
    first_s = time.time() - started
    seconds, ranked = [], []
    for question in task.questions:
        began = time.perf_counter()
        found = peer.ask(question, task.k)
        seconds.append(time.perf_counter() - began)
        ranked.append(tuple(dict.fromkeys(found))[: task.k])
    return Asked(first_s, tuple(seconds), tuple(ranked), peak_memory_bytes())


def peak_memory_bytes() -> int:
    """The most resident memory this process has had."""
    if _STATUS.is_file():
        # A child's ru_maxrss begins with what its parent had before exec; this figure does not.
        lines = _STATUS.read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def run(make: MakePeer) -> None:
    """Do one step (`build` or `ask`) of the task in a file, and write what came of it to another.

    The arguments are the step, both files, and the time since the epoch at which the process was started.
    """
    step, task_file, result_file, started = sys.argv[1:]
    task = task_of(Path(task_file).read_text(encoding="utf-8"))
    steps: dict[str, Callable[[MakePeer, Task, float], Built | Asked]] = {"build": build, "ask": ask}
    result = steps[step](make, task, float(started))
    Path(result_file).write_text(json.dumps(asdict(result)), encoding="utf-8")
