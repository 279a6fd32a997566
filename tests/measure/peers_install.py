"""Environments for the peers, each apart from ours and from the others, and what installing them costs."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.measure.datasets import ROOT

PEERS = ROOT / ".cache" / "peers"
_WHEELS = PEERS / "wheels"
_CONSTRAINTS = ROOT / "constraints.txt"
_OURSELVES = "quoted-answers"


class PeerError(Exception):
    """A peer could not be installed, or did not do what it was asked."""


@dataclass(frozen=True, slots=True)
class Environment:
    """An environment that is ready: its Python, and the version of the package that it was made for.

    `made_of` is the digest of what decides what is in it, but for what has been published since. `seconds` and
    `size_bytes` are those of installing, from wheels that had been fetched and built before: a network's speed is no
    merit of a package.
    """

    python: str
    made_of: str
    version: str
    seconds: float
    size_bytes: int


def environment(name: str, requirements: tuple[str, ...]) -> Environment:
    """The environment of this name with these requirements, the first of which it is about; made where it is missing.

    Raises:
        PeerError: pip cannot install them together with what `constraints.txt` holds fast.
    """
    record = PEERS / name / "installed.json"
    made_of = _digest(requirements)
    if record.is_file():
        made = Environment(**json.loads(record.read_bytes()))
        if made.made_of == made_of and Path(made.python).exists():
            return made
    made = _make(name, requirements, made_of)
    record.write_text(json.dumps(asdict(made)), encoding="utf-8")
    return made


def _digest(requirements: tuple[str, ...]) -> str:
    files = [_CONSTRAINTS, *([ROOT / "pyproject.toml"] if _OURSELVES in requirements else [])]
    parts = [*map(str.encode, requirements), *(file.read_bytes() for file in files)]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def _make(name: str, requirements: tuple[str, ...], made_of: str) -> Environment:
    folder = PEERS / name / "venv"
    shutil.rmtree(PEERS / name, ignore_errors=True)
    _run(name, sys.executable, "-m", "venv", str(folder))
    python = str(folder / ("Scripts" if os.name == "nt" else "bin") / "python")
    pip = [python, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    sources = [str(ROOT) if one == _OURSELVES else one for one in requirements]
    at_hand = ["-c", str(_CONSTRAINTS), "--find-links", str(_WHEELS)]
    _run(name, *pip, "wheel", *at_hand, "--wheel-dir", str(_WHEELS), *sources)
    empty = size_of(folder)
    began = time.perf_counter()
    _run(name, *pip, "install", *at_hand, "--no-index", *requirements)
    seconds = time.perf_counter() - began
    package = requirements[0].partition("[")[0]
    version = _run(name, python, "-c", f"from importlib.metadata import version; print(version({package!r}))").strip()
    return Environment(python, made_of, version, seconds, size_of(folder) - empty)


def _run(name: str, *command: str) -> str:
    ended = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    if ended.returncode:
        # Warnings may follow what pip calls its errors.
        errors = [line.removeprefix("ERROR: ") for line in ended.stderr.splitlines() if line.startswith("ERROR: ")]
        raise PeerError(f"{name} cannot be installed: {last_line(errors[-1] if errors else ended.stderr)}")
    return ended.stdout


def last_line(text: str) -> str:
    """The last line that is not blank: of an error, what it says."""
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "it says nothing")


def size_of(folder: Path) -> int:
    """The bytes of all files below a folder."""
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
