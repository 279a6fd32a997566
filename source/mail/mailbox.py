"""Mailboxes in one file (.mbox): the messages one after the other, each begun by a line "From ..." (RFC 4155)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.parser import BytesHeaderParser
from email.policy import compat32
from itertools import pairwise

from source.errors import LoadError
from source.load_options import LoadOptions
from source.mail.parts import header
from source.member import Member, safe_name

# A line of a text may begin so too, and not every program escapes it; the time is what tells.
_BEGINNING = re.compile(rb"(?:\A|(?<=\n\n)|(?<=\n\r\n))From [^\r\n]*\d:\d\d[^\r\n]*\r?\n")
_ESCAPED = re.compile(rb"(?m)^>(>*From )")
_MAX_HEADER_BYTES = 100_000
_MAX_SUBJECT_CHARS = 80


def mbox_members(data: bytes, options: LoadOptions) -> Iterator[Member]:
    """The messages of a mailbox, numbered from 1 and called after their subjects.

    Raises:
        LoadError: `data` is no mailbox.
    """
    del options  # a mailbox has no lock
    data = data.lstrip(b"\r\n")
    starts = list(_BEGINNING.finditer(data))
    if not starts or starts[0].start():
        raise LoadError("it is not a whole .mbox file", "Save its messages as .eml files and add these.")
    edges = [*(start.start() for start in starts), len(data)]
    for number, (start, (_, end)) in enumerate(zip(starts, pairwise(edges), strict=True), 1):
        message = _ESCAPED.sub(rb"\1", data[start.end() : end])
        yield Member(_name(message, number), message)


def _name(message: bytes, number: int) -> str:
    head = BytesHeaderParser(policy=compat32).parsebytes(message[:_MAX_HEADER_BYTES])
    subject = header(head, "Subject").replace("/", "_").replace("\\", "_")[:_MAX_SUBJECT_CHARS]
    return f"{number} {safe_name(subject)}".rstrip(" .") + ".eml"
