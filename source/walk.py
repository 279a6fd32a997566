"""Paths to files: folders are searched in a fixed order, each file comes once, and what is left out is counted."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from source.container import is_known
from source.errors import DocumentError, printable
from source.load import KINDS


@dataclass(frozen=True, slots=True)
class Unfound:
    """A path at which nothing can be searched, and why."""

    path: Path
    error: DocumentError


@dataclass(frozen=True, slots=True)
class Found:
    """The files to load, in order; what could not be searched; and files of unknown kinds, counted by suffix."""

    files: tuple[Path, ...]
    failures: tuple[Unfound, ...]
    left_out: Counter[str]


def find_files(paths: Iterable[Path]) -> Found:
    """The files at `paths` and in the folders among them, sorted by name within each folder.

    A file named outright is always returned, whatever its kind. In folders, links are followed once (a loop ends
    where it began), and hidden files and folders, and files of unknown kinds, are left out and counted.
    """
    files: dict[str, Path] = {}
    failures: list[Unfound] = []
    left_out: Counter[str] = Counter()
    for path in paths:
        thing = f"Cannot add {printable(str(path))}"
        if os.path.isdir(path):  # noqa: PTH112 - Path.is_dir raises where the path cannot be looked at
            failures_before = len(failures)
            if not _walk(path, files, failures, left_out) and len(failures) == failures_before:
                reason = f"there is no file in it of a kind that can be read ({KINDS})"
                failures.append(Unfound(path, DocumentError(thing, reason, "Check the path.")))
        elif _is_missing(path):
            failures.append(Unfound(path, DocumentError(thing, "there is no such file or folder", "Check the path.")))
        else:
            files.setdefault(os.path.realpath(path), path)
    return Found(tuple(files.values()), tuple(failures), left_out)


def _is_missing(path: Path) -> bool:
    """False also where that cannot be told: reading it will say why."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def _walk(top: Path, files: dict[str, Path], failures: list[Unfound], left_out: Counter[str]) -> int:
    """Add the files in `top`; how many there are, those that are in `files` already included."""
    folders_seen: set[str] = set()
    found = 0

    def note(error: OSError) -> None:
        thing = f"Cannot search {printable(str(error.filename))}"
        reason = (
            "you have no permission to read it" if isinstance(error, PermissionError) else str(error.strerror).lower()
        )
        failures.append(Unfound(Path(error.filename), DocumentError(thing, reason, "Change its permissions.")))

    for folder, folder_names, file_names in os.walk(top, onerror=note, followlinks=True):
        if os.path.realpath(folder) in folders_seen:
            folder_names.clear()
            continue
        folders_seen.add(os.path.realpath(folder))
        shown = sorted(name for name in folder_names if not name.startswith("."))
        if len(shown) < len(folder_names):
            left_out["hidden folders"] += len(folder_names) - len(shown)
        folder_names[:] = shown
        for name in sorted(file_names):
            path = Path(folder, name)
            if name.startswith(".") or not is_known(path):
                left_out["hidden files" if name.startswith(".") else path.suffix.lower() or "no suffix"] += 1
            else:
                files.setdefault(os.path.realpath(path), path)
                found += 1
    return found
