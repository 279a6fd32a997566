"""The library's own copies of uploaded files, so that a document's path stays readable.

A copy is at `files/<first 16 hexadecimal digits of its sha256>/<name>` in the library's folder; before it is one, it
stands in a folder of its own below `incoming/`.
"""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import time
from pathlib import Path

from source.errors import DocumentError, printable
from source.load import absolute

_FOLDER = "files"
_INCOMING = "incoming"
_OLD_S = 24 * 3600
_DIGEST_DIGITS = 16


def keep_upload(library_folder: Path, upload: Path) -> Path:
    """Move an uploaded file into the library's folder; where it is now.

    Raises:
        DocumentError: it cannot be read, or the folder cannot be written.
    """
    try:
        with upload.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        kept = absolute(library_folder) / _FOLDER / digest[:_DIGEST_DIGITS] / upload.name
        kept.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(upload, kept)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        remedy = "Check the disk and the library's folder, then add it again."
        raise DocumentError(f"Cannot keep {printable(upload.name)}", reason, remedy) from error
    return kept


def discard_upload(library_folder: Path, path: Path) -> None:
    """Delete the library's copy of an uploaded file; a file anywhere else is the user's own and stays."""
    if path.parent.parent != absolute(library_folder) / _FOLDER:
        return
    path.unlink(missing_ok=True)
    with contextlib.suppress(OSError):  # another upload may have put a file of the same content there
        path.parent.rmdir()


def incoming_folder(library_folder: Path) -> Path:
    """Below which files stand, each in a folder of its own, while they are being uploaded and until they are kept."""
    return absolute(library_folder) / _INCOMING


def clear_incoming(upload: Path) -> None:
    """Remove the folder that `upload` came in, with what may be left there; nothing if it came in another way."""
    if upload.parent.parent.name == _INCOMING:
        shutil.rmtree(upload.parent, ignore_errors=True)


def clear_old_uploads(library_folder: Path) -> None:
    """Remove what was left unfinished more than a day ago, by a program that was killed."""
    with contextlib.suppress(OSError):
        for folder in incoming_folder(library_folder).iterdir():
            if time.time() - folder.stat().st_mtime > _OLD_S:
                shutil.rmtree(folder, ignore_errors=True)
