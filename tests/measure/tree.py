"""Writes the file tree of README.md: each module with the first sentence of its docstring, so that no two differ."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.measure.datasets import ROOT

README = ROOT / "README.md"
TREE = re.compile(r"(?<=\n## Where things are\n\n```\n).*?(?=```\n)", re.DOTALL)
# What is no Python: folders and files of the program, with their purposes.
OTHERS = {
    "qa/demo/": "the demo documents and gold questions on them",
    "qa/frequencies.tsv": "how common words are in English text and questions",
    "qa/web/static/": "styles, scripts and icon of the page",
    "tests/": "a folder for each package, and tests of the whole",
    "Makefile": "make run, test, check and what measures",
    "constraints.txt": "the tested version of PyTorch",
    ".ci/run": "what continuous integration runs",
}
PACKAGES = ("source", "index", "qa", "tests/measure")
_WIDTH = 28
_LONGEST = 110


def purpose_of(module: Path) -> str:
    """The first sentence of a module's docstring; of a long one, as many of its clauses as fit."""
    docstring = " ".join((ast.get_docstring(ast.parse(module.read_bytes())) or "").split())
    sentence = re.split(r"(?<=[\w).`\"])[.!?](?:\s|\Z)", docstring, maxsplit=1)[0]
    while len(sentence) > _LONGEST and (clauses := re.split(r"([:;,]) (?=[^:;,]*\Z)", sentence))[1:]:
        sentence = clauses[0]
    return sentence


def lines_of(package: str) -> Iterator[str]:
    """A package, its modules, and the packages in it."""
    folder = ROOT / package
    yield _line(f"{package}/", purpose_of(folder / "__init__.py"))
    for module in sorted(folder.glob("*.py")):
        if module.name != "__init__.py":
            yield _line(f"  {module.name}", purpose_of(module))
    for inner in sorted(folder.iterdir()):
        if (inner / "__init__.py").is_file():
            yield from lines_of(f"{package}/{inner.name}")


def _line(name: str, purpose: str) -> str:
    return f"{name:<{_WIDTH}}{purpose}\n"


def tree() -> str:
    """The whole tree."""
    lines = [line for package in PACKAGES for line in lines_of(package)]
    return "".join([*lines, *(_line(name, purpose) for name, purpose in OTHERS.items())])


def main() -> None:
    """Put the tree in its place in README.md."""
    text = README.read_text(encoding="utf-8")
    README.write_text(TREE.sub(lambda _: tree(), text), encoding="utf-8")


if __name__ == "__main__":
    main()
