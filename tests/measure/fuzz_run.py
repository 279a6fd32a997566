"""Loading broken files in processes that may crash or hang, and what became of each."""

from __future__ import annotations

import contextlib
import os
import resource
import sys
import time
import traceback
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from source.container import LeftOut, Outcome, Task, Unchanged, Unloaded, load_file
from source.document import Document
from source.errors import DocumentError
from tests.checks import check_coverage
from tests.measure.fuzz_bombs import SECRET_FILE
from tests.measure.fuzz_cases import make_case

# As patient as `qa add` is with a file that says nothing.
LIMIT_S = 120.0
_MAX_MEMORY_BYTES = 3_000_000_000

Fate = Literal["document", "refused", "left out", "exception", "crash", "too slow", "too large"]
DEFECTS: frozenset[Fate] = frozenset({"exception", "crash"})
"""What no file may do to a loader. At its limits `qa add` ends one, too, and says so in a line."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a case: `why` is the sentence of a refusal or the place of an exception."""

    number: int
    suffix: str
    fate: Fate
    why: str
    seconds: float
    peak_mb: float


def load_case(number: int, folder: Path) -> Result:
    """Write the case's file, load it as `qa add` does, and look at what comes of it."""
    case = make_case(number)
    path = folder / case.name
    path.write_bytes(case.data)
    began = time.perf_counter()
    fate, why = _fate_of(path)
    path.unlink()
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Result(number, case.suffix, fate, why, time.perf_counter() - began, peak_mb)


def _fate_of(path: Path) -> tuple[Fate, str]:
    documents, refusals = 0, []
    try:
        for outcome in load_file(Task(path)):
            documents += isinstance(outcome, Document)
            refusals += _checked(outcome)
    except MemoryError:
        return "too large", ""
    except BaseException as error:  # noqa: BLE001 - whatever it is, a panic in Rust too, it is what is looked for
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "/source/" in frame.filename]
        place = f"{Path(frames[-1].filename).name}:{frames[-1].name}" if frames else "?"
        return "exception", f"{type(error).__name__} in {place}: {str(error)[:150]}"
    if documents:
        return "document", ""
    return ("refused", refusals[0]) if refusals else ("left out", "")


def _checked(outcome: Outcome) -> list[str]:
    """The sentence of a refusal; AssertionError where something is wrong with a document or a sentence."""
    match outcome:
        case Document():
            check_coverage(outcome.text, [passage.span for passage in outcome.passages])
            assert outcome.passages, "a document without passages"
            assert "root:x:0" not in outcome.text, f"{SECRET_FILE} was read"
            outcome.text.encode()
            return []
        case Unloaded(error=DocumentError() as error):
            assert error.reason, "no reason"
            assert not error.reason.endswith("."), error.reason
            assert error.remedy.endswith("."), error.remedy
            return [str(error)]
        case LeftOut() | Unchanged():
            return []


def _serve(pipe: Connection, folder: Path) -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())  # libraries complain of broken files there
    resource.setrlimit(resource.RLIMIT_AS, (_MAX_MEMORY_BYTES, _MAX_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(EOFError):
        while True:
            pipe.send(load_case(pipe.recv(), folder))


class _Lane:
    """A process that loads one case after the other, and is replaced when one ends it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.number = -1
        self.began = 0.0
        self.start()

    def start(self) -> None:
        context = get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=[theirs, self._folder], daemon=True)
        self._process.start()
        theirs.close()

    def give(self, number: int) -> None:
        self.number, self.began = number, time.monotonic()
        self.pipe.send(number)

    def take(self) -> Result:
        try:
            result: Result = self.pipe.recv()
        except (EOFError, ConnectionResetError):
            self._process.join()
            return self._lost("crash", f"exit status {self._process.exitcode}")
        return result

    def give_up(self) -> Result:
        self._process.kill()
        self._process.join()
        return self._lost("too slow", "")

    def _lost(self, fate: Fate, why: str) -> Result:
        self.pipe.close()
        self.start()
        return Result(self.number, make_case(self.number).suffix, fate, why, time.monotonic() - self.began, 0)

    def end(self) -> None:
        self._process.kill()
        self._process.join()
        self.pipe.close()


def run_cases(numbers: Iterable[int], lanes: int, limit_s: float = LIMIT_S) -> Iterator[Result]:
    """The result of each case, in the order in which they are done."""
    waiting = iter(numbers)
    with TemporaryDirectory(prefix="qa-fuzz-") as folder:
        free = [_Lane(Path(folder)) for _ in range(lanes)]
        every, busy = list(free), list[_Lane]()
        try:
            while True:
                while free and (number := next(waiting, None)) is not None:
                    free[-1].give(number)
                    busy.append(free.pop())
                if not busy:
                    return
                ready = wait([lane.pipe for lane in busy], timeout=0.5)
                for lane in list(busy):
                    is_late = time.monotonic() - lane.began > limit_s
                    if lane.pipe in ready or is_late:
                        busy.remove(lane)
                        yield lane.take() if lane.pipe in ready else lane.give_up()
                        free.append(lane)
        finally:
            for lane in every:
                lane.end()
