"""A file inside another one: a member of an archive, an attachment of a message."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from source.errors import LoadError

_DRIVE = re.compile(r"[A-Za-z]:")
# Controls and direction marks forge lines of output, and lone surrogates cannot be written.
_UNSAFE_CATEGORIES = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_MAX_PART_CHARS = 200


@dataclass(frozen=True, slots=True)
class Member:
    """`name` is a relative path with "/" between its parts, none of them empty, "." or ".."."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class LostMember:
    """A member that cannot be read, and why; those beside it can."""

    name: str
    error: LoadError


def safe_name(written: str) -> str:
    """`written`, by whatever system, as the name of a member; empty if nothing of it is left.

    Roots, drive letters and steps upwards go, so that nothing escapes; what cannot be printed becomes "_".
    """
    start = 2 if _DRIVE.match(written) else 0
    parts = (part.strip() for part in written[start:].replace("\\", "/").split("/"))
    return "/".join(_printable(part)[-_MAX_PART_CHARS:] for part in parts if part not in {"", ".", ".."})


def _printable(part: str) -> str:
    return "".join("_" if unicodedata.category(one) in _UNSAFE_CATEGORIES else one for one in part)


@dataclass(slots=True)
class NameBook:
    """Names that are given once each, upper and lower case being the same: a second "a.pdf" is "a (2).pdf"."""

    _taken: set[str] = field(default_factory=set)
    _counts: Counter[str] = field(default_factory=Counter)

    def enter(self, name: str) -> str:
        """`name`, or what it is called if it is taken."""
        entered, path = name, PurePosixPath(name)
        while entered.casefold() in self._taken:
            self._counts[name] += 1
            entered = str(path.with_name(f"{path.stem} ({self._counts[name] + 1}){path.suffix}"))
        self._taken.add(entered.casefold())
        return entered
