"""Who may sign in: a file of names with hashed passwords, one a line.

`python -m qa.web.accounts NAME >> FILE` asks for a password and adds a line. The passwords themselves are kept nowhere.
"""

from __future__ import annotations

import getpass
import hashlib
import hmac
import re
import secrets
import sys
from collections.abc import Mapping
from pathlib import Path

from source.errors import ServerError, printable

# OWASP's choice for scrypt: 32 MB for each try.
_COST, _BLOCK, _PARALLEL = 2**15, 8, 1
_MAX_MEMORY = 128 * _COST * _BLOCK * 2
_LINE = re.compile(r"(?P<name>[^:\s][^:]*):scrypt\$(?P<salt>[0-9a-f]{32})\$(?P<digest>[0-9a-f]{64})")
_NOBODY = "0" * 32, "0" * 64


class Accounts:
    """Names and what their passwords are compared with."""

    def __init__(self, hashed: Mapping[str, tuple[str, str]]) -> None:
        self._hashed = dict(hashed)

    def has(self, name: str, password: str) -> bool:
        """Whether this is the password of that name; takes as long for a name that is not known."""
        salt, digest = self._hashed.get(name, _NOBODY)
        return hmac.compare_digest(_digest(password, salt), digest) and name in self._hashed


def read_accounts(path: Path) -> Accounts:
    """The accounts in the file at `path`.

    Raises:
        ServerError: it cannot be read, has a line that is none, or no line at all.
    """
    thing = f"Cannot use the accounts in {printable(str(path))}"
    how = "Make one: python -m qa.web.accounts NAME >> FILE."
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeError) as error:
        raise ServerError(thing, (getattr(error, "strerror", None) or "it is not UTF-8 text").lower(), how) from error
    found = [(number, _LINE.fullmatch(line.strip())) for number, line in enumerate(lines, 1) if line.strip()]
    for number, line in found:
        if line is None:
            raise ServerError(thing, f"line {number} is no account", how)
    if not found:
        raise ServerError(thing, "there is none in it", how)
    return Accounts({line["name"]: (line["salt"], line["digest"]) for _, line in found if line})


def account_line(name: str, password: str) -> str:
    """The line of a file of accounts for `name`."""
    salt = secrets.token_hex(16)
    return f"{name}:scrypt${salt}${_digest(password, salt)}"


def _digest(password: str, salt: str) -> str:
    data = password.encode("utf-8", "surrogatepass")
    return hashlib.scrypt(
        data, salt=bytes.fromhex(salt), n=_COST, r=_BLOCK, p=_PARALLEL, maxmem=_MAX_MEMORY, dklen=32
    ).hex()


def main() -> None:
    """Ask for a password and print the line of the name that was given."""
    name = sys.argv[1].strip() if len(sys.argv) == 2 else ""
    if not name or ":" in name:
        sys.exit("Usage: python -m qa.web.accounts NAME >> FILE (a name has no colon)")
    password = getpass.getpass("Password: ", stream=sys.stderr)
    if not password or password != getpass.getpass("Again: ", stream=sys.stderr):
        sys.exit("The two are not the same, or empty. Nothing was made.")
    print(account_line(name, password))


if __name__ == "__main__":
    main()
