"""Files in files: each at a path of its own, at any depth, and what is wrong with one costs only that one."""

from __future__ import annotations

from collections.abc import Mapping
from email.message import EmailMessage
from pathlib import Path

import pytest

from source.container import LeftOut, Outcome, Task, Unchanged, Unloaded, load_file, read_member
from source.document import Document
from source.errors import DocumentError
from source.load_options import LoadOptions
from tests.archives import zipped

BELL = b"The bell of Dunmouth was cast by Jonas Trell.\n"
ROPE = b"Ropes wear through in a year.\n"


def mail(attached: Mapping[str, bytes]) -> bytes:
    """A message that asks whether the bell rings, with some files attached."""
    message = EmailMessage()
    message["Subject"], message["From"] = "The bell", "Ann <ann@example.org>"
    message.set_content("Does it ring when the tide turns?")
    for name, data in attached.items():
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def saved(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def told(outcomes: list[Outcome], folder: Path) -> list[tuple[str, str]]:
    """Each path, from `folder`, and the text of the document there, or why there is none."""
    found = []
    for one in outcomes:
        match one:
            case Document():
                what = one.text
            case Unchanged():
                what = "unchanged"
            case LeftOut():
                what = f"left out: {one.kind}"
            case Unloaded():
                what = one.error.reason
        found.append((str(Path(one.path).relative_to(folder)), what))
    return found


def test_an_archive_is_a_folder(tmp_path: Path) -> None:
    data = zipped({"b/rope.txt": ROPE, "bell.txt": BELL, "bell.jpg": b"\xff\xd8", "b/empty.md": b""})
    path = saved(tmp_path, "papers.zip", data)
    outcomes = list(load_file(Task(path)))
    assert told(outcomes, tmp_path) == [
        ("papers.zip/b/empty.md", "it is empty"),
        ("papers.zip/b/rope.txt", ROPE.decode()),
        ("papers.zip/bell.jpg", "left out: .jpg"),
        ("papers.zip/bell.txt", BELL.decode()),
    ]
    document = outcomes[-1]
    assert isinstance(document, Document)
    assert (document.name, document.path) == ("bell.txt", f"{path}/bell.txt")


def test_a_message_is_a_document_and_so_is_what_is_attached_at_any_depth(tmp_path: Path) -> None:
    inner = mail({"papers.zip": zipped({"bell.txt": BELL})})
    path = saved(tmp_path, "outer.zip", zipped({"mail/1.eml": inner}))
    outcomes = list(load_file(Task(path)))
    places = [place for place, _ in told(outcomes, tmp_path)]
    assert places == ["outer.zip/mail/1.eml", "outer.zip/mail/1.eml/papers.zip/bell.txt"]
    assert "Does it ring when the tide turns?" in told(outcomes, tmp_path)[0][1]
    assert read_member(Path(outcomes[1].path)) == BELL
    assert read_member(tmp_path / "outer.zip" / "mail" / "1.eml") == inner


@pytest.mark.parametrize("name", ["outer.zip/none.txt", "outer.zip/bell.txt/inside.txt", "none/bell.txt"])
def test_a_member_that_is_not_there_is_told(tmp_path: Path, name: str) -> None:
    saved(tmp_path, "outer.zip", zipped({"bell.txt": BELL}))
    with pytest.raises(DocumentError, match=r"there is no such file\. Check the path"):
        read_member(tmp_path / name)


def test_members_that_are_known_or_were_told_before_are_not_loaded_again(tmp_path: Path) -> None:
    path = saved(tmp_path, "papers.zip", zipped({"bell.txt": BELL, "rope.txt": ROPE, "tide.txt": b"High at noon."}))
    first = {Path(one.path).name: one for one in load_file(Task(path))}
    bell = first["bell.txt"]
    assert isinstance(bell, Document)
    task = Task(path, known={bell.path: bell.sha256}, skipped={f"{path}/rope.txt"})
    assert told(list(load_file(task)), tmp_path) == [
        ("papers.zip/bell.txt", "unchanged"),
        ("papers.zip/tide.txt", "High at noon."),
    ]


def test_an_archive_that_holds_nothing_to_read_says_so(tmp_path: Path) -> None:
    for name, data in {"photos.zip": zipped({"bell.jpg": b"\xff\xd8"}), "empty.zip": zipped({})}.items():
        *others, last = told(list(load_file(Task(saved(tmp_path, name, data)))), tmp_path)
        assert last == (name, "there is no file in it of a kind that can be read")
        assert others == ([(f"{name}/bell.jpg", "left out: .jpg")] if name == "photos.zip" else [])


def test_archives_in_archives_end_somewhere(tmp_path: Path) -> None:
    data = zipped({"bell.txt": BELL})
    for depth in range(5):
        data = zipped({f"{depth}.zip": data})
    outcomes = told(list(load_file(Task(saved(tmp_path, "deep.zip", data)))), tmp_path)
    assert outcomes[0] == ("deep.zip/4.zip/3.zip/2.zip", "it lies in 3 others, one within the other")
    assert all("bell.txt" not in place for place, _ in outcomes)


def test_a_damaged_archive_and_a_member_that_is_too_large_are_told(tmp_path: Path) -> None:
    whole = zipped({"bell.txt": BELL, "long.txt": ROPE * 100})
    options = LoadOptions(max_bytes=2_000)
    assert told(list(load_file(Task(saved(tmp_path, "a.zip", whole), options))), tmp_path) == [
        ("a.zip/bell.txt", BELL.decode()),
        ("a.zip/long.txt", "it has 0.0 MB, more than the limit of 0 MB"),
    ]
    (outcome,) = told(list(load_file(Task(saved(tmp_path, "b.zip", whole[:-40])))), tmp_path)
    assert outcome == ("b.zip", "it is not a whole .zip file")


def test_each_is_announced_before_it_is_loaded(tmp_path: Path) -> None:
    path = saved(tmp_path, "papers.zip", zipped({"bell.txt": BELL, "rope.txt": ROPE}))
    announced: list[Path] = []
    for outcome in load_file(Task(path), announced.append):
        assert announced[-1] == Path(outcome.path)
    assert announced == [path, path / "bell.txt", path / "rope.txt"]
