"""A child that loads files: ended when it is at one for ever, or waits for ever, and not when it waits for its turn."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from source.child import Child, ChildError, Limits
from source.container import Outcome, Task
from source.document import Document
from source.load import load_document
from source.processor_time import used_processor_s
from tests.pdfs import make_pdf
from tests.source.pdf.test_tesseract import fake_tesseract
from tests.source.test_workers import children

needs_proc = pytest.mark.skipif(used_processor_s(os.getpid()) is None, reason="this system tells no processor times")

SENTENCE = "The bell of Dunmouth was cast by Jonas Trell. "


@pytest.fixture
def quick(tmp_path: Path) -> Path:
    """A file that loads at once."""
    path = tmp_path / "quick.txt"
    path.write_text(SENTENCE, encoding="utf-8")
    return path


@pytest.fixture
def slow(tmp_path: Path) -> Path:
    """A file that takes more than a second of processor time to load."""
    path = tmp_path / "slow.txt"
    path.write_text(SENTENCE * 100_000, encoding="utf-8")
    return path


@contextmanager
def warm_child(limits: Limits, path: Path) -> Iterator[tuple[Child, int]]:
    """A child that has loaded a file already, so that what it takes to start is behind it, and its number."""
    before = set(children())
    child = Child(limits)
    (pid,) = set(children()) - before
    try:
        assert outcomes_of(child, path) == [load_document(path)]
        yield child, pid
    finally:
        child.end()


def outcomes_of(child: Child, path: Path) -> list[Outcome]:
    return [message for message in child.load(Task(path)) if isinstance(message, Document)]


@contextmanager
def watched(child: Child) -> Iterator[None]:
    """Somebody asks all the time whether the child is overdue."""
    is_over = threading.Event()

    def watch() -> None:
        while not is_over.wait(0.01):
            child.end_if_overdue()

    watchman = threading.Thread(target=watch)
    watchman.start()
    try:
        yield
    finally:
        is_over.set()
        watchman.join()


def test_a_child_that_waits_for_ever_is_ended_by_the_clock(quick: Path) -> None:
    limits = Limits(processor_s=0.2, processor_s_per_mb=0, clock_factor=5)
    with warm_child(limits, quick) as (child, pid):
        os.kill(pid, signal.SIGSTOP)
        with watched(child), pytest.raises(ChildError) as caught:
            outcomes_of(child, quick)
    assert caught.value.reason == "reading it took too long (no sign of progress in 1 s)"
    assert caught.value.remedy == "Add it again when the computer has less to do, or save it anew."


@needs_proc
def test_a_child_that_works_for_ever_is_ended_by_its_processor_time(quick: Path, slow: Path) -> None:
    limits = Limits(processor_s=0.6, processor_s_per_mb=0, clock_factor=1_000)
    with warm_child(limits, quick) as (child, _), watched(child), pytest.raises(ChildError) as caught:
        outcomes_of(child, slow)
    assert caught.value.reason == "reading it took too long (no sign of progress in 1 s of processor time)"
    assert caught.value.remedy == "Save it anew, or with another program, and add it again."


@needs_proc
def test_a_child_that_waits_for_its_turn_for_longer_than_it_may_work_goes_on(quick: Path) -> None:
    limits = Limits(processor_s=0.3, processor_s_per_mb=0, clock_factor=1_000)
    with warm_child(limits, quick) as (child, pid):
        os.kill(pid, signal.SIGSTOP)
        begun_s = time.monotonic()
        threading.Timer(1.0, os.kill, (pid, signal.SIGCONT)).start()
        with watched(child):
            assert outcomes_of(child, quick) == [load_document(quick)]
        assert time.monotonic() - begun_s > limits.processor_s


@needs_proc
def test_what_a_child_used_before_a_sign_of_progress_counts_no_more(quick: Path) -> None:
    limits = Limits(processor_s=0.2, processor_s_per_mb=0, clock_factor=1_000)
    with warm_child(limits, quick) as (child, pid), watched(child):
        started_s = used_s = used_processor_s(pid)
        while used_s is not None and started_s is not None and used_s < started_s + 3 * limits.processor_s:
            assert outcomes_of(child, quick) == [load_document(quick)]
            used_s = used_processor_s(pid)


@needs_proc
def test_what_a_child_has_started_counts_as_its_work(
    tmp_path: Path, quick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    languages, spin = "printf 'List:\\neng\\n'", "while :; do :; done"
    fake_tesseract(tmp_path, f'case "$1" in --list-langs) {languages};; *) {spin};; esac')
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    scan = tmp_path / "scan.pdf"
    scan.write_bytes(make_pdf([[]], scans=[np.eye(300, dtype=np.uint8) * 255]))
    limits = Limits(processor_s=1, processor_s_per_mb=0, clock_factor=1_000)
    with warm_child(limits, quick) as (child, _), watched(child), pytest.raises(ChildError) as caught:
        outcomes_of(child, scan)
    assert caught.value.reason == "reading it took too long (no sign of progress in 1 s of processor time)"
