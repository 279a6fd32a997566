"""What is shipped: a wheel holds all modules, the example documents and what the page needs."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile

import pytest

from tests.conftest import ROOT

PACKAGES = ("source", "index", "qa")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names in a wheel built from a copy of this tree, offline."""
    copy, built = tmp_path_factory.mktemp("copy"), tmp_path_factory.mktemp("built")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, copy / package, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy)
    offline = ["--no-deps", "--no-build-isolation", "--no-index", "--quiet"]
    subprocess.run([sys.executable, "-m", "pip", "wheel", *offline, "-w", str(built), str(copy)], check=True)
    with zipfile.ZipFile(next(built.glob("*.whl"))) as archive:
        return set(archive.namelist())


def test_the_wheel_holds_every_file_of_the_packages(wheel: set[str]) -> None:
    files = (path for package in PACKAGES for path in (ROOT / package).rglob("*") if path.is_file())
    expected = {path.relative_to(ROOT).as_posix() for path in files if path.parent.name != "__pycache__"}
    assert expected - wheel == set()
    assert {name for name in wheel if ".dist-info/" not in name} - expected == set()


def test_the_wheel_holds_the_licence(wheel: set[str]) -> None:
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in wheel)


@pytest.mark.parametrize(
    "name",
    [
        "source/py.typed",
        "index/py.typed",
        "qa/py.typed",
        "qa/frequencies.tsv",
        "qa/demo/questions.jsonl",
        "qa/demo/documents/harbour-bells.txt",
        "qa/web/static/base.css",
        "qa/web/static/icon.svg",
        "qa/web/static/library.html",
        "qa/web/static/main.js",
        "qa/web/static/narrow.css",
        "qa/web/static/top.html",
        "qa/web/static/viewer.html",
    ],
)
def test_the_wheel_holds_what_would_be_missed_late(wheel: set[str], name: str) -> None:
    """Named one by one, as what is missing from this tree as well is missing from no comparison with it."""
    assert name in wheel
