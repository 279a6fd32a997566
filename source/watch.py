"""Watching a folder: when something in it may have changed, and when it is away.

This is the only module that imports `watchfiles`. What has changed is not told: who wants to know looks at the folder,
and so misses nothing that the system did not tell of.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from source.errors import DocumentError, printable

FolderState = Literal["changed", "same", "away"]
"""`changed`: something may have, since the last time; `same`: nothing has for a while; `away`: there is no folder."""

_TICK_MS = 1_000
# A program that saves a file writes several times: its changes are told once it has been quiet for this long,
_QUIET_MS = 300
# but not later than this, while others go on.
_LONGEST_WAIT_MS = 3_000

_Identity = tuple[int, int]


def watch_folder(folder: Path, ignored: Path) -> Iterator[FolderState]:
    """The state of `folder` at first, which is never `same`, after each change, and at least every second, for ever.

    Hidden files and what is in the folder `ignored` may change without being told. A folder that went away and came
    back, as a disk does, has changed.

    Raises:
        DocumentError: the system cannot watch it.
    """
    while True:
        identity = _identity(folder)
        if identity is None:
            yield "away"
            time.sleep(_TICK_MS / 1_000)
        else:
            yield from _watch_while_same(folder, identity, ignored)


def _identity(folder: Path) -> _Identity | None:
    """What tells a folder from another one in its place; None if there is none."""
    try:
        status = folder.stat()
    except OSError:
        return None
    return (status.st_dev, status.st_ino) if folder.is_dir() else None


def _watch_while_same(folder: Path, identity: _Identity, ignored: Path) -> Iterator[FolderState]:
    import watchfiles

    def is_of_interest(_: watchfiles.Change, path: str) -> bool:
        within = Path(os.path.relpath(path, folder)).parts
        is_hidden = any(name.startswith(".") and name not in {".", ".."} for name in within)
        return not is_hidden and not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(ignored))

    changes_or_ticks = watchfiles.watch(
        folder,
        watch_filter=is_of_interest,
        debounce=_LONGEST_WAIT_MS,
        step=_QUIET_MS,
        rust_timeout=_TICK_MS,
        yield_on_timeout=True,
        ignore_permission_denied=True,
    )
    has_begun = False  # the first comes when changes are already being noted, so that none is missed
    try:
        for changes in changes_or_ticks:
            if _identity(folder) != identity:
                return
            yield "changed" if changes or not has_begun else "same"
            has_begun = True
    except (OSError, RuntimeError) as error:  # what watchfiles raises of its own is only known as the latter
        if _identity(folder) == identity:
            reason = f"the system does not tell of changes ({str(error).lower()})"
            remedy = "Raise its limit (sysctl fs.inotify.max_user_watches), or set WATCHFILES_FORCE_POLLING=1."
            raise DocumentError(f"Cannot watch {printable(str(folder))}", reason, remedy) from error
