"""Two documents for the tests of commands, and the questions on the demo."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import ROOT

DEMO_QUESTIONS = ROOT / "qa" / "demo" / "questions.jsonl"
BELLS = "The bell of Dunmouth was cast by Jonas Trell.\n\nIt weighs 640 kilograms and hangs on the fish market.\n"
HONEY = "# Honey\n\nBees dance in the dark of the hive. A second sentence follows it.\n"


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    """A folder of two documents."""
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "bells.txt").write_text(BELLS, encoding="utf-8")
    (folder / "honey.md").write_text(HONEY, encoding="utf-8")
    return folder
