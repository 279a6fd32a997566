"""What README.md says of the repository is so."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.command import run_process
from tests.conftest import DEMO_DOCUMENTS, ROOT
from tests.measure.tree import OTHERS, TREE, tree

README = (ROOT / "README.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    """The text of a section, up to the next of the same level."""
    return README.split(f"\n## {title}\n")[1].split("\n## ")[0]


def blocks(language: str, text: str) -> list[str]:
    """The fenced code in `text` that is marked with `language`."""
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def test_the_file_tree_is_that_of_the_modules_and_their_docstrings() -> None:
    assert TREE.sub(lambda _: tree(), README) == README, "run make tree"
    assert [name for name in OTHERS if not (ROOT / name).exists()] == []


def test_the_make_targets_that_it_names_exist() -> None:
    named = set(re.findall(r"\bmake ([a-z]+)", README))
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert {"run", "test", "quality"} <= named <= targets


def test_the_links_and_pictures_lead_to_files() -> None:
    targets = [target for target in re.findall(r"\]\(([^)#]+)\)", README) if "://" not in target]
    assert targets
    assert [target for target in targets if not (ROOT / target).is_file()] == []


def test_its_commands_answer_as_it_says(demo_folder: Path) -> None:
    commands = blocks("sh", section("Two commands"))[1]
    asked = re.search(r'qa ask "([^"]+)"', commands)
    assert asked
    answer = run_process("ask", asked[1], "--json", library=demo_folder).value
    assert any("Jonas Trell" in citation["quote"] for citation in answer["citations"])
    named = re.search(r"tell the rest: ([^.]+)\.", section("Two commands"))
    assert named
    helped = run_process("--help", library=demo_folder).output
    assert [
        name for name in re.findall(r"`(\w+)`", named[1]) if not re.search(rf"^  {name} ", helped, re.MULTILINE)
    ] == []


def test_its_python_runs_as_it_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    code = blocks("python", section("As a library"))[0].replace("~/articles", DEMO_DOCUMENTS.as_posix())
    exec(compile(code, "README.md", "exec"), {})
    assert "Jonas Trell" in capsys.readouterr().out


def test_its_gold_question_can_be_measured(tmp_path: Path, demo_folder: Path) -> None:
    gold = blocks("json", section("Measuring your own library"))[0]
    questions = tmp_path / "questions.jsonl"
    questions.write_text(gold, encoding="utf-8")
    report = run_process("eval", questions, "--json", library=demo_folder).value
    assert report["questions"] == 1
    assert report["passage"]["hit@10"] == 1.0
    assert json.loads(gold)["document"] == "harbour-bells.txt"
