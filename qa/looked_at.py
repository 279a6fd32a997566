"""Files that are looked at and not added: a draft, and what is wrong with one in words that do not speak of adding.

They are as foreign as those that are added, and are loaded by a child process as these are.
"""

from __future__ import annotations

import errno
import hashlib
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from source.child import Limits
from source.container import CONTAINERS, Task, Unloaded
from source.document import Document
from source.errors import DocumentError, printable
from source.load import FORMATS, absolute, read_bytes, suffix_of
from source.load_options import NO_OPTIONS, LoadOptions
from source.workers import Workers

STANDARD_INPUT = Path("-")
"""What stands for the standard input where a file is named."""

# What comes without a name may hold Markdown; text without any is read alike.
_PASTED = "draft.md"
# No space, none for this user, a disk that cannot be written, no folder for temporary files.
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.ENOENT}
_ADDING = re.compile(r"\b(?P<first>[Aa])dd (?P<what>it again|its parts)\b")
_UNLOCKING = "Give it with --password, or save it"
_TRIED = {"it again": "again", "its parts": "its parts"}


@dataclass(frozen=True, slots=True)
class LoadedDraft:
    """What a draft says, and the bytes that it was loaded from."""

    document: Document
    data: bytes


def load_drafts(paths: Sequence[Path], options: LoadOptions, limits: Limits | None = None) -> list[LoadedDraft]:
    """The drafts in the files at `paths`, or on the standard input, each within `limits`.

    Raises:
        DocumentError: one cannot be read, takes too long or too much memory, holds several files, or holds no text.
    """
    with Workers(limits, children=1) as workers:
        return [
            _load_standard_input(workers, options) if path == STANDARD_INPUT else _load_file(workers, path, options)
            for path in paths
        ]


def _load_file(workers: Workers, path: Path, options: LoadOptions) -> LoadedDraft:
    with without_adding():
        data = read_bytes(path, options.max_bytes)
        suffix = suffix_of(path, data)
        if suffix in CONTAINERS and suffix not in FORMATS:
            remedy = "Give those that are drafts, one by one."
            raise DocumentError(f"Cannot check {printable(str(path))}", "it holds other files", remedy)
        document = load_apart(workers, path, options)
    if document.sha256 != hashlib.sha256(data).hexdigest():
        thing = f"Cannot read {printable(str(path))}"
        raise DocumentError(thing, "it changed while it was read", "Try again when nothing writes to it.")
    return LoadedDraft(document, data)


def _load_standard_input(workers: Workers, options: LoadOptions) -> LoadedDraft:
    thing = "Cannot read the standard input"
    data = sys.stdin.buffer.read(options.max_bytes + 1)
    if len(data) > options.max_bytes:
        reason = f"it has more than the limit of {options.max_bytes / 1e6:,.0f} MB"
        raise DocumentError(thing, reason, "Split it, or raise the limit with --max-mb.")
    with without_adding(thing):
        return LoadedDraft(load_bytes_apart(workers, _PASTED, data, options), data)


def load_bytes_apart(workers: Workers, name: str, data: bytes, options: LoadOptions = NO_OPTIONS) -> Document:
    """As `load_apart`, of a file called `name` that is written for that alone."""
    thing = f"Cannot read {printable(name)}"
    with ExitStack() as stack:
        try:
            path = Path(stack.enter_context(TemporaryDirectory(prefix="qa-draft-"))) / name
            path.write_bytes(data)
        except (OSError, ValueError) as error:
            if isinstance(error, OSError) and error.errno in _NO_ROOM:
                remedy = "Make room for temporary files and try again."
                raise DocumentError(thing, "there is no room for a copy of it", remedy) from error
            raise DocumentError(thing, "its name cannot be used here", "Rename it.") from error
        return load_apart(workers, path, options)


def load_apart(workers: Workers, path: Path, options: LoadOptions = NO_OPTIONS) -> Document:
    """The document in the file at `path`, loaded by one of `workers`; not what else the file holds.

    Raises:
        DocumentError: it is none, or only holds some, as an archive does.
    """
    for outcome in list(workers.load([Task(path, options)])):  # to the end, or the worker would wait for a reader
        if isinstance(outcome, Document) and outcome.path == str(absolute(path)):
            return outcome
        if isinstance(outcome, Unloaded) and outcome.path == path:
            raise outcome.error
    thing = f"Cannot read {printable(str(path))}"
    raise DocumentError(thing, "it is no document by itself", "Use a Markdown, text, Word or HTML file.")


@contextmanager
def without_adding(thing: str = "") -> Iterator[None]:
    """Errors about a file come out with other remedies than to add it again; about `thing`, if that is named.

    What is looked at is not unlocked.
    """
    try:
        yield
    except DocumentError as error:
        remedy = _ADDING.sub(_trying, error.remedy.replace(_UNLOCKING, "Save it"))
        raise DocumentError(thing or error.thing, error.reason, remedy) from error


def _trying(adding: re.Match[str]) -> str:
    trying = "Try" if adding["first"] == "A" else "try"
    return f"{trying} {_TRIED[adding['what']]}"
