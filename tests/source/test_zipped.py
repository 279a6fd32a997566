"""Archives as folders: no name escapes, none is given twice, and one bad member costs only itself."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source.errors import LoadError
from source.load_options import NO_OPTIONS, LoadOptions
from source.member import LostMember, Member, NameBook, safe_name
from source.zipped import zip_members
from tests.source.zip_lock import locked_zip

Entry = tuple[str | zipfile.ZipInfo, bytes]


def make_zip(*entries: Entry) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return written.getvalue()


def told(data: bytes, options: LoadOptions = NO_OPTIONS) -> list[tuple[str, bytes | str]]:
    """What comes of an archive: names with bytes, or with the reason why there are none."""
    return [(one.name, one.data if isinstance(one, Member) else one.error.reason) for one in zip_members(data, options)]


def test_an_archive_by_hand() -> None:
    data = make_zip(
        ("notes/b.txt", b"B"),
        ("notes/", b""),
        ("notes/a.txt", b"A"),
        ("c.txt", b"C"),
        (".hidden", b"no"),
        ("notes/.git/config", b"no"),
        ("__MACOSX/notes/._a.txt", b"no"),
        ("notes/.DS_Store", b"no"),
    )
    assert told(data) == [("c.txt", b"C"), ("notes/a.txt", b"A"), ("notes/b.txt", b"B")]


@pytest.mark.parametrize(
    ("written", "safe"),
    [
        ("/etc/passwd", "etc/passwd"),
        ("../../etc/passwd", "etc/passwd"),
        ("a/../../b.txt", "a/b.txt"),
        ("C:\\Users\\ann\\b.txt", "Users/ann/b.txt"),
        ("C:b.txt", "b.txt"),
        ("\\\\server\\share\\b.txt", "server/share/b.txt"),
        ("./a//b.txt", "a/b.txt"),
        ("a\x00.txt", "a_.txt"),
        ("a\x1b[2J\u202etxt.exe", "a_[2J_txt.exe"),
        ("..", ""),
        (" .. /b", "b"),
        ("\ud800.txt", "_.txt"),
    ],
)
def test_a_name_cannot_escape(written: str, safe: str) -> None:
    assert safe_name(written) == safe


@given(st.text() | st.text("./\\:C \x00a"))
def test_no_name_at_all_can_escape(written: str) -> None:
    safe = safe_name(written)
    parts = safe.split("/") if safe else []
    assert not {"", ".", ".."} & set(parts)
    assert "\\" not in safe
    assert safe.isprintable() or not safe.isascii()
    assert safe_name(safe) in {safe, safe[2:].lstrip("/ ")}
    safe.encode()


@given(st.lists(st.sampled_from(["a.pdf", "A.pdf", "a (2).pdf", "b/a.pdf", "a"])))
def test_names_are_given_once(wanted: list[str]) -> None:
    book = NameBook()
    given_names = [book.enter(name) for name in wanted]
    assert len({name.casefold() for name in given_names}) == len(wanted)
    assert all(given[:1] == name[:1] for given, name in zip(given_names, wanted, strict=True))


def test_the_second_of_a_name_is_numbered() -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = make_zip(("a.pdf", b"1"), ("a.pdf", b"2"), ("../a.pdf", b"3"), ("b", b"4"), ("/b", b"5"))
    assert told(data) == [("a.pdf", b"1"), ("a (2).pdf", b"2"), ("a (3).pdf", b"3"), ("b", b"4"), ("b (2)", b"5")]


def test_names_are_read_as_utf_8_or_as_the_standard_has_it() -> None:
    marked = make_zip(("Glöckchen.txt", b""))
    unmarked = bytearray(marked)
    for header, flags in ((b"PK\x03\x04", 7), (b"PK\x01\x02", 9)):
        unmarked[unmarked.index(header) + flags] &= ~0x08
    assert told(marked) == told(bytes(unmarked)) == [("Glöckchen.txt", b"")]
    old = make_zip(("Gl__ckchen.txt", b"")).replace(b"Gl__", b"Gl\x94\x94")
    assert told(old) == [("Glööckchen.txt", b"")]


def test_a_link_is_told_and_not_followed() -> None:
    link = zipfile.ZipInfo("passwords.txt")
    link.create_system = 3
    link.external_attr = 0o120777 << 16
    data = make_zip((link, b"/etc/passwd"), ("a.txt", b"A"))
    assert told(data) == [("a.txt", b"A"), ("passwords.txt", "it is a link, and those in archives are not followed")]


def test_a_damaged_member_costs_only_itself() -> None:
    data = bytearray(make_zip(("a.txt", b"first " * 50), ("b.txt", b"second " * 50), ("c.txt", b"third " * 50)))
    data[data.index(b"b.txt") + 8] ^= 0xFF
    assert told(bytes(data)) == [
        ("a.txt", b"first " * 50),
        ("b.txt", "it is not a whole .zip file"),
        ("c.txt", b"third " * 50),
    ]


def test_locked_members_open_with_the_password() -> None:
    data = locked_zip({"a.txt": b"A", "b/c.txt": b"C"}, "trell")
    assert told(data, LoadOptions(password="trell")) == [("a.txt", b"A"), ("b/c.txt", b"C")]
    assert told(data) == [("a.txt", "it is locked with a password"), ("b/c.txt", "it is locked with a password")]
    assert [reason for _, reason in told(data, LoadOptions(password="x"))] == ["the password is wrong"] * 2


def test_members_are_unpacked_one_by_one() -> None:
    data = bytearray(make_zip(("a.txt", b"A"), ("b.txt", b"B" * 99)))
    members = zip_members(bytes(data), NO_OPTIONS)
    assert next(members) == Member("a.txt", b"A")


def test_what_info_zip_writes_is_read(tmp_path: Path) -> None:
    if shutil.which("zip") is None:
        pytest.skip("zip is not installed")
    folder = tmp_path / "notes"
    (folder / "Glöckchen").mkdir(parents=True)
    (folder / "Glöckchen" / "bell.txt").write_bytes(b"cast in 1687 " * 50)
    (folder / "empty.txt").write_bytes(b"")
    (folder / "link.txt").symlink_to("/etc/passwd")
    command = ["zip", "-q", "-r", "-y", "-P", "trell", "../notes.zip", "."]
    subprocess.run(command, check=True, cwd=folder, timeout=60)
    data = (tmp_path / "notes.zip").read_bytes()
    assert told(data, LoadOptions(password="trell")) == [
        ("Glöckchen/bell.txt", b"cast in 1687 " * 50),
        ("empty.txt", b""),
        ("link.txt", "it is a link, and those in archives are not followed"),
    ]
    assert told(data, LoadOptions(password="Trell"))[0] == ("Glöckchen/bell.txt", "the password is wrong")


@given(st.data(), st.binary(max_size=300))
def test_damage_costs_members_or_a_sentence(choices: st.DataObject, noise: bytes) -> None:
    data = bytearray(make_zip(("a.txt", b"first " * 9), ("b/c.txt", b"second " * 9)))
    start = choices.draw(st.integers(0, len(data)))
    data[start : start + len(noise)] = noise
    try:
        members = list(zip_members(bytes(data), NO_OPTIONS))
    except LoadError:
        return
    assert all(isinstance(one, Member | LostMember) and one.name for one in members)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"Rar!\x1a\x07\x01\x00"])
def test_what_is_no_archive_is_refused(data: bytes) -> None:
    with pytest.raises(LoadError, match=r"it is not a whole \.zip file"):
        list(zip_members(data, NO_OPTIONS))
