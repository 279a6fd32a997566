"""The library's own copies of uploaded files, so that a document's path stays readable.

A copy is at `files/<first 16 hexadecimal digits of its sha256>/<name>` in the library's folder.
"""

from __future__ import annotations

import contextlib
import hashlib
import shutil
from pathlib import Path

from source.errors import DocumentError, printable
from source.load import absolute

_FOLDER = "files"
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
