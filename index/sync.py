"""Keeping a library in step with a folder: what is new is added, what has changed replaced, what is gone removed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from index.embed import Embedder
from index.ingest import Event, Found, Removed, add_paths_lazily
from index.library import Library
from index.records import DocumentRecord
from source.errors import DocumentError, printable
from source.load import absolute
from source.load_options import NO_OPTIONS, LoadOptions
from source.walk import find_files


def sync_folder(
    library: Library,
    load: Callable[[], Embedder],
    folder: Path,
    *,
    may_empty: bool = False,
    options: LoadOptions = NO_OPTIONS,
) -> Iterator[Event]:
    """Make what `library` holds of `folder` equal to what is in it: what happens to each file, as it happens.

    Files are added and replaced as by `add_paths_lazily`; then documents whose file is gone are removed, so that
    nothing of a renamed file is embedded again. A file that is there but cannot be loaded keeps its older version.
    Documents from elsewhere stay. `may_empty` allows that all documents from `folder` are removed because there is no
    file in it any more, as it looks when a disk is not mounted.

    Raises:
        DocumentError: there is no such folder, or it is empty and `may_empty` is not given. Nothing was changed.
        LibraryError: the library cannot be written; what was reported as done stays.
    """
    library.check_writable()
    folder = absolute(folder.expanduser())
    check_folder(folder)
    if _has_files(folder):
        yield from add_paths_lazily(library, load, [folder], options=options)
    else:
        yield Found(0, find_files([folder]).left_out, 0)
    gone = [document for document in library.documents_under(folder) if _is_gone(document)]
    if gone and not may_empty and not _has_files(folder):
        reason = f"there is no readable file in it, but the library holds {len(gone):,} documents from there"
        raise _error(folder, reason, "Check that its disk is mounted, or remove them with --empty.")
    if gone:
        check_folder(folder)  # it may have gone meanwhile
        library.remove([document.id for document in gone])
    for document in gone:
        yield Removed(Path(document.path), document)


def check_folder(folder: Path) -> None:
    """Raise `DocumentError` unless `folder` is a folder that can be looked at."""
    try:
        os.scandir(folder).close()
    except FileNotFoundError as error:
        raise _error(folder, "there is no such folder", "Check the path, and that its disk is mounted.") from error
    except NotADirectoryError as error:
        raise _error(folder, "it is no folder", "Add it with qa add.") from error
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise _error(folder, reason, "Check its permissions and its disk.") from error


def _has_files(folder: Path) -> bool:
    """True if something stands in `folder` that can be tried, or that cannot even be looked at."""
    found = find_files([folder])
    return bool(found.files) or any(failure.path != folder for failure in found.failures)


def _error(folder: Path, reason: str, remedy: str) -> DocumentError:
    return DocumentError(f"Cannot sync {printable(str(folder))}", reason, remedy)


def _is_gone(document: DocumentRecord) -> bool:
    """True if there is certainly no file any more that `document` was read from.

    What stood in a container is there while the container is: whether it lacks a member is told by loading it.
    """
    path = Path(document.path)
    for place in (path, *path.parents):
        try:
            place.stat()
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError:  # it cannot be looked at, but it is there
            return False
        return place.is_dir()
    return True
