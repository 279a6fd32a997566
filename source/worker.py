"""The child process in which files are loaded, so that what a hostile file does to a loader ends there.

It reads tasks from its standard input and writes what they come to to its standard output. It may take so much memory
and no more, writes no files, and ends when its parent does.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import sys
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from source.container import Task, load_file
from source.messages import Begun, Finished, PagesDone, read_bytes_of_message, write_message

OUT_OF_MEMORY = 77
"""The exit status of a child that needed more memory than it may take."""


def main(max_memory_bytes: int) -> None:
    """Serve the parent until it closes the pipe."""
    tasks, replies = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints is no message
    limit_resources(max_memory_bytes)
    with contextlib.suppress(BrokenPipeError):
        while (data := read_bytes_of_message(tasks, sys.maxsize)) is not None:
            _serve(pickle.loads(data), replies)  # noqa: S301 - what comes from the parent is its own


def _serve(task: Task, replies: BinaryIO) -> None:
    def begin(path: Path) -> None:
        write_message(replies, Begun(path))

    def note_page(done: int, total: int) -> None:
        write_message(replies, PagesDone(done, total))

    try:
        for outcome in load_file(replace(task, options=replace(task.options, note_page=note_page)), begin):
            write_message(replies, outcome)
    except MemoryError:
        os._exit(OUT_OF_MEMORY)  # what is left of the memory may not do for more
    write_message(replies, Finished())


def limit_resources(max_memory_bytes: int) -> None:
    """Bound the memory of this process and forbid it files, where the system can do so."""
    if sys.platform == "win32":
        return
    import resource

    limits = {resource.RLIMIT_AS: max_memory_bytes, resource.RLIMIT_FSIZE: 0, resource.RLIMIT_CORE: 0}
    for kind, limit in limits.items():
        with contextlib.suppress(ValueError, OSError):  # macOS refuses some
            resource.setrlimit(kind, (limit, limit))


if __name__ == "__main__":
    main(int(sys.argv[1]))
