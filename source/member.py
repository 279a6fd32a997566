"""A file inside another one: a member of an archive, an attachment of a message."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Member:
    """`name` is a relative path with "/" between its parts, none of them empty, "." or ".."."""

    name: str
    data: bytes
