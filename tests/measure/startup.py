"""Measures how long the commands take to start, beside the bare import of PyTorch and Python itself.

Each figure is the best of some runs, each in a process of its own, so that files are in memory and nothing else is.
Exits with 1 if a bound is missed.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.measure.datasets import ROOT

_RUNS = 3
_QUESTION = "Who cast the oldest bell?"
_DEMO_DOCUMENTS = ROOT / "qa" / "demo" / "documents"
MAX_ASK = 3.0
"""`qa ask`, cold, as a multiple of importing PyTorch."""


def seconds_of(arguments: Sequence[str]) -> float:
    """How long Python takes to run these."""
    began = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - began


def seconds_to_page(library: Path) -> float:
    """How long `qa serve` takes until it answers with its page."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    began = time.perf_counter()
    command = [sys.executable, "-m", "qa", "--library", str(library), "serve", "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=60):
                    return time.perf_counter() - began
            except (urllib.error.URLError, ConnectionError):
                if server.poll() is not None:
                    sys.exit("qa serve ended before it served anything")
                time.sleep(0.01)
    finally:
        server.terminate()
        server.wait()


def best_of(measure: Callable[[], float]) -> float:
    """The shortest of some runs."""
    return min(measure() for _ in range(_RUNS))


def main() -> None:
    """Print all, and the bound."""
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "demo"
        option = ["-m", "qa", "--library", str(library)]
        seconds_of([*option, "add", str(_DEMO_DOCUMENTS)])
        torch = best_of(lambda: seconds_of(["-c", "import torch"]))
        rows = {
            "python -c pass": best_of(lambda: seconds_of(["-c", "pass"])),
            "python -c 'import torch'": torch,
            "qa --help": best_of(lambda: seconds_of(["-m", "qa", "--help"])),
            "qa ask, cold": best_of(lambda: seconds_of([*option, "ask", _QUESTION])),
            "qa serve until its page is there": best_of(lambda: seconds_to_page(library)),
        }
    table = Table("command", "seconds", "times import torch", title=f"Start-up, best of {_RUNS}")
    for name, seconds in rows.items():
        table.add_row(name, f"{seconds:.2f}", f"{seconds / torch:.2f}")
    Console().print(table)
    if rows["qa ask, cold"] > MAX_ASK * torch:
        sys.exit(1)


if __name__ == "__main__":
    main()
