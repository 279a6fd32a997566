"""Pictures of a PDF's pages, drawn by a process of their own: a file that harms whoever draws it harms nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections import OrderedDict
from pathlib import Path

from index.records import DocumentRecord
from source.errors import DocumentError, printable

WIDTH_PX = 1240
"""Wide enough for the panel on a screen with two dots to a pixel."""

_TIMEOUT_S = 30
_MOST_KEPT = 48
_CHANGED = 3
# The digest first: a picture of other bytes than those that were added would be no proof.
_DRAW = """
import hashlib, pathlib, sys
try:
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
    resource.setrlimit(resource.RLIMIT_CPU, (25, 25))
except ImportError:
    pass
from source.errors import LoadError
from source.pdf.picture import render_page
path, sha256, number, width = sys.argv[1:]
try:
    data = pathlib.Path(path).read_bytes()
except OSError:
    sys.exit(3)
if hashlib.sha256(data).hexdigest() != sha256:
    sys.exit(3)
try:
    sys.stdout.buffer.write(render_page(data, int(number), int(width)))
except LoadError as error:
    sys.exit(f"{error.reason}")
"""


class Pictures:
    """Pictures of pages, the latest of them kept; one is drawn at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, int], bytes] = OrderedDict()

    def page(self, document: DocumentRecord, number: int) -> bytes:
        """The page with this number (1-based) as a PNG file.

        Raises:
            DocumentError: the file is gone, has changed, or cannot be drawn.
        """
        key = document.sha256, number
        with self._lock:
            if key not in self._kept:
                self._kept[key] = _draw(document, number)
            self._kept.move_to_end(key)
            if len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
            return self._kept[key]


def _draw(document: DocumentRecord, number: int) -> bytes:
    thing = f"Cannot show page {number} of {printable(document.name)}"
    remedy = "Read its text instead."
    root = str(Path(__file__).parents[2])
    arguments = [document.path, document.sha256, str(number), str(WIDTH_PX)]
    try:
        drawn = subprocess.run(  # noqa: S603 - our own Python, and arguments that no shell sees
            [sys.executable, "-P", "-c", _DRAW, *arguments],
            capture_output=True,
            timeout=_TIMEOUT_S,
            check=False,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))},
        )
    except subprocess.TimeoutExpired as error:
        raise DocumentError(thing, f"drawing it took longer than {_TIMEOUT_S} seconds", remedy) from error
    except (OSError, ValueError) as error:
        raise DocumentError(thing, "it cannot be drawn on this machine", remedy) from error
    if drawn.returncode == _CHANGED:
        raise DocumentError(thing, "the file has changed since it was added, or is gone", remedy)
    if drawn.returncode:
        words = drawn.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
        reason = words if drawn.returncode == 1 and len(words) < 200 else "drawing it failed"
        raise DocumentError(thing, printable(reason), remedy)
    return drawn.stdout


def is_pdf(document: DocumentRecord) -> bool:
    """True if pages of this document can be drawn: it is a PDF in a file of its own."""
    return document.format == "pdf" and Path(document.path).suffix.lower() == ".pdf"
