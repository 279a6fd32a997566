"""Files that hold files: archives as folders, attachments as documents of their own, each at a path of its own.

A member's path is that of its container, a "/", and its name in there: no file can stand at such a path, since a
container is no folder. Nothing is ever unpacked to the disk.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from source.document import Document
from source.errors import DocumentError, LoadError, printable
from source.load import FORMATS, absolute, make_document, read_bytes, suffix_of
from source.load_options import NO_OPTIONS, LoadOptions
from source.mail.mailbox import mbox_members
from source.mail.message import attachments
from source.member import LostMember, Member
from source.zipped import zip_members

Members = Callable[[bytes, LoadOptions], Iterator[Member | LostMember]]

CONTAINERS: dict[str, Members] = {".zip": zip_members, ".eml": attachments, ".mbox": mbox_members}
"""What gives the members of a file, by its lower-case suffix; one that is a format too is also a document."""

# Mail in mail in an archive is the deepest that people make; an archive may hold itself.
_MAX_DEPTH = 3
# All members of all levels together.
_MAX_UNPACKED_BYTES = 2_000_000_000


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The document at `path` has the digest that was known of it, and was not loaded again."""

    path: Path


@dataclass(frozen=True, slots=True)
class Unloaded:
    """What stands at `path` cannot become a document."""

    path: Path
    error: DocumentError


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A member of a kind that is not known; `kind` is its suffix, or "no suffix"."""

    path: Path
    kind: str


Outcome = Document | Unchanged | Unloaded | LeftOut


def is_known(path: Path) -> bool:
    """True if files called so are documents, or hold some."""
    return path.suffix.lower() in FORMATS or path.suffix.lower() in CONTAINERS


@dataclass(frozen=True, slots=True)
class Task:
    """A file to load: `known` are the digests of documents by path, which are not loaded again while they are so.

    What stands at the paths in `skipped` is passed over in silence.
    """

    path: Path
    options: LoadOptions = NO_OPTIONS
    known: Mapping[str, str] = field(default_factory=dict)
    skipped: Collection[str] = ()


def load_file(task: Task, begin: Callable[[Path], None] = lambda _: None) -> Iterator[Outcome]:
    """What is in a file: itself as a document, where it is of such a kind, and then its members, if it has any.

    `begin` is told the path of each before it is loaded.
    """
    path = task.path
    begin(path)
    try:
        data = read_bytes(path, task.options.max_bytes)
    except DocumentError as error:
        yield Unloaded(path, error)
        return
    yield from _Unpacking(task, begin).load(path, data, depth=0)


class _Unpacking:
    """One file's documents: what they share is the room they may take."""

    def __init__(self, task: Task, begin: Callable[[Path], None]) -> None:
        self._task = task
        self._begin = begin
        self._unpacked_bytes = 0

    def load(self, path: Path, data: bytes, depth: int) -> Iterator[Outcome]:
        suffix = suffix_of(path, data)
        members = CONTAINERS.get(suffix)
        if suffix in FORMATS or not members:
            yield from self._load_document(path, data)
        if members:
            yield from self._load_members(path, data, members, depth)

    def _load_document(self, path: Path, data: bytes) -> Iterator[Outcome]:
        place = str(absolute(path))
        if place in self._task.skipped:
            return
        if self._task.known.get(place) == hashlib.sha256(data).hexdigest():
            yield Unchanged(path)
            return
        try:
            yield make_document(path, data, self._task.options)
        except DocumentError as error:
            yield Unloaded(path, error)

    def _load_members(self, container: Path, data: bytes, members: Members, depth: int) -> Iterator[Outcome]:
        if depth == _MAX_DEPTH:
            yield _unloaded(
                container, f"it lies in {depth} others, one within the other", "Unpack it and add it again."
            )
            return
        is_barren = container.suffix.lower() not in FORMATS
        try:
            for member in members(data, self._task.options):
                for outcome in self._load_member(container / member.name, member, depth):
                    is_barren = is_barren and isinstance(outcome, LeftOut)
                    yield outcome
                if self._unpacked_bytes > _MAX_UNPACKED_BYTES:
                    reason = f"it unpacks to more than {_MAX_UNPACKED_BYTES / 1e6:,.0f} MB"
                    yield _unloaded(container, reason, "Unpack it and add the folder.")
                    return
        except LoadError as error:
            yield _unloaded(container, error.reason, error.remedy)
            return
        if is_barren:
            reason = "there is no file in it of a kind that can be read"
            yield _unloaded(container, reason, "Convert what is in it and add it again.")

    def _load_member(self, path: Path, member: Member | LostMember, depth: int) -> Iterator[Outcome]:
        self._begin(path)
        if isinstance(member, LostMember):
            yield _unloaded(path, member.error.reason, member.error.remedy)
            return
        data = member.data
        self._unpacked_bytes += len(data)
        if not is_known(path):
            yield LeftOut(path, path.suffix.lower() or "no suffix")
        elif len(data) > self._task.options.max_bytes:
            reason = (
                f"it has {len(data) / 1e6:,.1f} MB, more than the limit of {self._task.options.max_bytes / 1e6:,.0f} MB"
            )
            yield _unloaded(path, reason, "Split it, or raise the limit with --max-mb.")
        else:
            yield from self.load(path, data, depth + 1)


def _unloaded(path: Path, reason: str, remedy: str) -> Unloaded:
    return Unloaded(path, DocumentError(f"Cannot read {printable(str(path))}", reason, remedy))


def read_member(path: Path, options: LoadOptions = NO_OPTIONS) -> bytes:
    """The bytes of the member at `path`, at whatever depth.

    Raises:
        DocumentError: there is none, or it cannot be read.
    """
    thing = f"Cannot read {printable(str(path))}"
    container = container_of(path)
    if container is not None:
        try:
            for place, member in walk_members(container, read_bytes(container, options.max_bytes), options):
                if place == path:
                    if isinstance(member, LostMember):
                        raise member.error
                    return member.data
        except LoadError as error:
            raise DocumentError(thing, error.reason, error.remedy) from error
    raise DocumentError(thing, "there is no such file", "Check the path.")


def container_of(path: Path) -> Path | None:
    """The file that the member at `path` is in, or would be; None if no part of `path` is a file."""
    return next((parent for parent in path.parents if parent.is_file()), None)


def walk_members(
    container: Path, data: bytes, options: LoadOptions, depth: int = 0
) -> Iterator[tuple[Path, Member | LostMember]]:
    """The members of a container with their paths, each before those that are in it.

    Raises:
        LoadError: a container is damaged or locked; members before it were given.
    """
    members = CONTAINERS.get(suffix_of(container, data)) if depth < _MAX_DEPTH else None
    for member in members(data, options) if members else ():
        path = container / member.name
        yield path, member
        if isinstance(member, Member):
            yield from walk_members(path, member.data, options, depth + 1)
