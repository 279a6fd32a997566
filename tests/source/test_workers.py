"""Files loaded in child processes: in order, the same as here, and no file harms more than itself."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from source.child import Limits
from source.container import Outcome, Task, Unchanged, Unloaded
from source.document import Document
from source.load import load_document
from source.workers import TaskDone, Workers
from tests.conftest import DEMO_DOCUMENTS

SLOW_CHARS = 12_000_000  # takes seconds, and hundreds of megabytes, to load
IMPATIENT = Limits(processor_s=1, processor_s_per_mb=0)


@pytest.fixture
def slow(tmp_path: Path) -> Path:
    """A file of ordinary text that takes some seconds to load."""
    path = tmp_path / "slow.txt"
    sentence = "The bell of Dunmouth was cast by Jonas Trell. "
    path.write_text(sentence * (SLOW_CHARS // len(sentence)), encoding="utf-8")
    return path


@pytest.fixture
def quick(tmp_path: Path) -> Path:
    """A file that loads at once."""
    path = tmp_path / "quick.txt"
    path.write_text("It weighs 640 kilograms.\n", encoding="utf-8")
    return path


def outcomes_of(workers: Workers, *paths: Path) -> list[Outcome]:
    """What the files come to."""
    found = workers.load(Task(path) for path in paths)
    return [one for one in found if isinstance(one, Document | Unchanged | Unloaded)]


def only_reason(outcomes: list[Outcome]) -> str:
    """Why the one file could not be loaded."""
    (outcome,) = outcomes
    assert isinstance(outcome, Unloaded)
    return outcome.error.reason


def children() -> list[int]:
    """The processes that this one has started to load files."""
    found = subprocess.run(
        ["pgrep", "-P", str(os.getpid()), "-f", "source.worker"], capture_output=True, text=True, check=False
    ).stdout
    return [int(line) for line in found.split()]


def kill_children() -> None:
    for child in children():
        os.kill(child, signal.SIGKILL)


def test_documents_are_those_that_are_loaded_here_in_the_order_asked_for() -> None:
    paths = sorted(DEMO_DOCUMENTS.iterdir()) * 3
    with Workers() as workers:
        events = list(workers.load(Task(path) for path in paths))
    documents, done = events[::2], events[1::2]
    assert documents == [load_document(path) for path in paths]
    assert [one.task.path for one in done if isinstance(one, TaskDone)] == paths


def test_a_document_whose_digest_is_known_is_not_loaded_again(quick: Path) -> None:
    digest = load_document(quick).sha256
    with Workers() as workers:
        known = Task(quick, known={str(quick): digest})
        changed = Task(quick, known={str(quick): digest[::-1]})
        assert [one for one in workers.load([known, changed]) if not isinstance(one, TaskDone)] == [
            Unchanged(quick),
            load_document(quick),
        ]


def test_a_file_that_cannot_be_read_is_told_as_it_would_be_here(tmp_path: Path) -> None:
    with Workers() as workers:
        (outcome,) = outcomes_of(workers, tmp_path / "gone.txt")
    assert isinstance(outcome, Unloaded)
    assert str(outcome.error) == f"Cannot read {tmp_path}/gone.txt: there is no such file. Check the path."


def test_a_file_that_takes_too_long_is_given_up_and_the_next_is_loaded(slow: Path, quick: Path) -> None:
    with Workers(IMPATIENT, children=1) as workers:
        late, next_one = outcomes_of(workers, slow, quick)
    assert isinstance(late, Unloaded)
    assert late.error.reason == "reading it took too long (no sign of progress in 1 s of processor time)"
    assert next_one == load_document(quick)


def test_a_file_that_takes_too_much_memory_is_given_up_and_the_next_is_loaded(slow: Path, quick: Path) -> None:
    with Workers(Limits(max_memory_bytes=150_000_000), children=1) as workers:
        large, next_one = outcomes_of(workers, slow, quick)
    assert isinstance(large, Unloaded)
    assert large.error.reason == "reading it takes more memory than a file may take"
    assert next_one == load_document(quick)


def test_a_file_that_holds_too_much_is_given_up_and_the_next_is_loaded(tmp_path: Path, quick: Path) -> None:
    large = tmp_path / "large.txt"
    large.write_text("It was cast. " * 5_000, encoding="utf-8")
    with Workers(Limits(max_message_bytes=20_000), children=1) as workers:
        too_large, next_one = outcomes_of(workers, large, quick)
    assert isinstance(too_large, Unloaded)
    assert too_large.error.reason == "it holds more than a document may hold"
    assert next_one == load_document(quick)


def test_a_child_that_crashes_costs_its_file_only(slow: Path, quick: Path) -> None:
    with Workers(children=1) as workers:
        threading.Timer(1.0, kill_children).start()
        crashed, next_one = outcomes_of(workers, slow, quick)
    assert isinstance(crashed, Unloaded)
    assert str(crashed.error) == (
        f"Cannot read {slow}: what reads such files crashed over it (status -9). "
        "Save it anew, or with another program, and add it again."
    )
    assert next_one == load_document(quick)


def test_no_child_is_left_when_the_work_is_abandoned(slow: Path, quick: Path) -> None:
    before = set(children())
    with Workers() as workers:
        loading: Iterator[object] = workers.load(Task(path) for path in [quick, slow, slow, slow])
        assert next(loading) == load_document(quick)
        assert set(children()) - before
    deadline = time.monotonic() + 10
    while set(children()) - before and time.monotonic() < deadline:
        time.sleep(0.05)
    assert set(children()) - before == set()


def test_a_child_can_write_no_file(tmp_path: Path) -> None:
    code = (
        "import source.worker as worker, pathlib, sys\n"
        "worker.limit_resources(3_000_000_000)\n"
        "try: pathlib.Path(sys.argv[1]).write_text('x')\n"
        "except OSError as error: print(error.errno)"
    )
    told = subprocess.run([sys.executable, "-c", code, tmp_path / "new"], capture_output=True, text=True, check=True)
    assert told.stdout == f"{errno.EFBIG}\n"
    assert (tmp_path / "new").read_bytes() == b""
