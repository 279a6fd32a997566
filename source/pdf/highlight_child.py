"""The child process in which a PDF file is highlighted, so that what a hostile file does to PDFium ends there.

It reads one request from its standard input, as JSON, and writes the copy to its standard output; a failure is told in
one line on its standard error.
"""

from __future__ import annotations

import hashlib
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from source.boxes import LineBox
from source.container import read_member
from source.errors import DocumentError, LoadError
from source.load import read_bytes
from source.load_options import LoadOptions
from source.pdf.highlight import Highlight, highlight_pdf
from source.worker import limit_resources

CHANGED = 3
"""The exit status where the file is gone, or has other bytes than those that were quoted."""

_MAX_MEMORY_BYTES = 3_000_000_000


def request_of(path: Path, sha256: str, highlights: list[Highlight], options: LoadOptions) -> bytes:
    """What `main` reads."""
    values = {
        "path": str(path),
        "sha256": sha256,
        "highlights": [asdict(one) for one in highlights],
        "password": options.password,
        "max_bytes": options.max_bytes,
    }
    return json.dumps(values).encode("ascii")


def main() -> None:
    """Serve one request."""
    limit_resources(_MAX_MEMORY_BYTES)
    request: dict[str, Any] = json.load(sys.stdin.buffer)
    options = LoadOptions(request["max_bytes"], request["password"])
    path = Path(request["path"])
    try:
        data = read_bytes(path, options.max_bytes) if path.is_file() else read_member(path, options)
    except DocumentError:
        sys.exit(CHANGED)
    if hashlib.sha256(data).hexdigest() != request["sha256"]:
        sys.exit(CHANGED)
    highlights = [
        Highlight(tuple(LineBox(**box) for box in one["boxes"]), one["note"]) for one in request["highlights"]
    ]
    try:
        copy = highlight_pdf(data, highlights, options.password)
    except LoadError as error:
        sys.exit(error.reason)
    sys.stdout.buffer.write(copy)


if __name__ == "__main__":
    main()
