"""The documents that are new: those added, or replaced by a newer version, since a time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from index.library import Library
from source.errors import QuestionError, printable


def read_time(written: str) -> datetime:
    """The date, which is its midnight, or time that is written as ISO 8601 says; without a zone unless one is given.

    Raises:
        typer.BadParameter: it is neither.
    """
    try:
        return datetime.fromisoformat(written)
    except ValueError as error:
        message = f"{printable(written)!r} is no date. Write it as 2026-03-31 or 2026-03-31T14:00."
        raise typer.BadParameter(message) from error


SinceOption = Annotated[
    datetime | None,
    typer.Option(
        "--since",
        metavar="DATE",
        parser=read_time,
        help="Look only in documents added or changed since then, as 2026-03-31 or 2026-03-31T14:00.",
    ),
]


def documents_since(library: Library, since: datetime) -> frozenset[int]:
    """The ids of the documents that were added or changed at `since` or later, which is local time if it has no zone.

    Raises:
        QuestionError: there are none, or the time is none that can be compared, as in the year 1.
    """
    thing = "Cannot answer from what is new"
    try:
        since = since.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise QuestionError(thing, f"{since.date()} is too far off", "Choose another date.") from error
    found = frozenset(one.id for one in library.documents() if datetime.fromisoformat(one.added_at) >= since)
    if not found:
        reason = f"no document was added or changed since {since:%Y-%m-%d %H:%M} UTC"
        raise QuestionError(thing, reason, "Choose an earlier date, or leave out --since.")
    return found
