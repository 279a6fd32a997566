"""The library's own copies of files, uploaded or fetched: they go when their document goes."""

from __future__ import annotations

from pathlib import Path

from qa.web.uploads import discard_upload
from qa.web_pages import discard_page


def discard_copy(library_folder: Path, path: Path) -> None:
    """Delete the file at `path` if it is the library's copy of something; a user's own file stays."""
    discard_upload(library_folder, path)
    discard_page(library_folder, path)
