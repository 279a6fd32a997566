"""Finding files: each once, in order, and what is left out is counted."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source.load import FORMATS, KINDS
from source.walk import find_files

names = st.sampled_from(
    ["a.txt", "b.MD", "c.html", ".hidden.txt", "d.iso", "e", "é.txt", "a b.htm", "folder", ".git", "z"]
)
trees = st.recursive(st.none(), lambda inner: st.dictionaries(names, inner, max_size=4), max_leaves=12)
"""A folder is a dictionary, a file is None."""

Tree = dict[str, "Tree"] | None


def make(path: Path, tree: Tree) -> None:
    if tree is None:
        path.write_text("x")
        return
    path.mkdir()
    for name, inner in tree.items():
        make(path / name, inner)


def slow_find(path: Path) -> list[Path]:
    """Files of known kinds below `path`, files before folders and each by name, without hidden ones."""
    inner = [one for one in sorted(path.iterdir()) if not one.name.startswith(".")]
    files = [one for one in inner if one.is_file() and one.suffix.lower() in FORMATS]
    return files + [file for one in inner if one.is_dir() for file in slow_find(one)]


@given(st.dictionaries(names, trees, max_size=5), st.lists(st.integers(0, 20), max_size=3))
def test_each_file_of_a_known_kind_is_found_once_in_a_fixed_order(tree: dict[str, Tree], again: list[int]) -> None:
    top = Path(tempfile.mkdtemp())
    try:
        make(top / "top", tree)
        expected = slow_find(top / "top")
        named_too = [expected[number] for number in again if number < len(expected)]
        found = find_files([top / "top", *named_too, top / "top"])
        assert list(found.files) == expected
        assert [failure.error.reason for failure in found.failures] == ([] if expected else [NOTHING] * 2)
        assert all(found.left_out.values())
    finally:
        shutil.rmtree(top)


NOTHING = f"there is no file in it of a kind that can be read ({KINDS})"


def test_links_are_followed_once_and_loops_end(tmp_path: Path) -> None:
    make(tmp_path / "top", {"one": {"a.txt": None, "two": {"b.md": None}}, "c.html": None})
    (tmp_path / "top" / "one" / "up").symlink_to(tmp_path / "top")
    (tmp_path / "top" / "one" / "two" / "self").symlink_to(".")
    (tmp_path / "top" / "another").symlink_to(tmp_path / "top" / "one")
    (tmp_path / "top" / "d.txt").symlink_to(tmp_path / "top" / "c.html")
    (tmp_path / "top" / "nowhere.txt").symlink_to(tmp_path / "missing")
    found = find_files([tmp_path / "top"])
    relative = [str(path.relative_to(tmp_path / "top")) for path in found.files]
    assert relative == ["c.html", "nowhere.txt", "another/a.txt", "another/two/b.md"]
    assert found.failures == ()


def test_what_is_left_out_is_counted_by_kind(tmp_path: Path) -> None:
    tree: dict[str, Tree] = {
        "a.iso": None,
        "B.ISO": None,
        "Makefile": None,
        ".env": None,
        ".git": {"x.txt": None},
        "d": {"e.iso": None},
    }
    make(tmp_path / "top", {**tree, "f.txt": None})
    found = find_files([tmp_path / "top"])
    assert found.left_out == Counter({".iso": 3, "no suffix": 1, "hidden files": 1, "hidden folders": 1})


def test_a_file_named_outright_is_found_whatever_its_kind(tmp_path: Path) -> None:
    make(tmp_path / "top", {".hidden.iso": None})
    assert find_files([tmp_path / "top" / ".hidden.iso"]).files == (tmp_path / "top" / ".hidden.iso",)


def test_a_file_is_found_once_by_whatever_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path / "top", {"a.txt": None})
    monkeypatch.chdir(tmp_path)
    found = find_files([Path("top/a.txt"), Path("top"), tmp_path / "top" / ".." / "top" / "a.txt"])
    assert found.files == (Path("top/a.txt"),)


def test_each_path_without_a_file_is_a_failure_of_its_own(tmp_path: Path) -> None:
    make(tmp_path / "empty", {})
    make(tmp_path / "full", {"a.txt": None})
    paths = [tmp_path / "missing", tmp_path / "empty", tmp_path / "full", tmp_path / "empty", tmp_path / ("x" * 300)]
    found = find_files(paths)
    assert [(failure.path, failure.error.reason) for failure in found.failures] == [
        (tmp_path / "missing", "there is no such file or folder"),
        (tmp_path / "empty", NOTHING),
        (tmp_path / "empty", NOTHING),
    ]
    assert found.files == (tmp_path / "full" / "a.txt", tmp_path / ("x" * 300))


def test_a_folder_that_many_links_lead_to_is_searched_once(tmp_path: Path) -> None:
    """Two links in each of 40 folders to the next are a million million ways to the last."""
    folders = [tmp_path / f"folder{number:02}" for number in range(40)]
    for folder, following in zip(folders, [*folders[1:], None], strict=True):
        folder.mkdir()
        if following:
            (folder / "x").symlink_to(following)
            (folder / "y").symlink_to(following)
    (folders[-1] / "a.txt").write_text("x")
    assert len(find_files([folders[0]]).files) == 1
