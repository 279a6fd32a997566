"""Running `qa` as a user would, in this process or in one of its own, and looking at what it says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from qa.cli import main
from qa.options import LoadModel


@dataclass(frozen=True, slots=True)
class Result:
    """How a command ended, and what it printed."""

    status: int
    output: str
    errors: str

    @property
    def value(self) -> Any:
        """The JSON that it printed."""
        return json.loads(self.output)


Command = Callable[..., Result]
"""Runs `qa` with its arguments, each of which may be a path."""


def command_here(capsys: pytest.CaptureFixture[str], load_model: LoadModel) -> Command:
    """`qa` in this process, with the models that `load_model` gives it."""

    def run(*arguments: str | Path) -> Result:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments], load_model=load_model)
        printed = capsys.readouterr()
        return Result(int(ended.value.code or 0), printed.out, printed.err)

    return run


def run_process(*arguments: str | Path, library: Path, **variables: str) -> Result:
    """`qa` in a process of its own, with the real model, from a folder that is not the project's."""
    ended = subprocess.run(
        [sys.executable, "-m", "qa", *map(str, arguments)],
        cwd=library.parent,
        env={**os.environ, "QA_LIBRARY": str(library), **variables},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    return Result(ended.returncode, ended.stdout, ended.stderr)
