"""ZIP files: a member unpacks to what it says or not at all, and bombs are refused before anything is unpacked."""

from __future__ import annotations

import io
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source.archive import Archive
from source.errors import LoadError
from tests.source.zip_lock import locked_zip

LOCKED_BY_7ZIP = Path(__file__).with_name("locked_by_7zip.zip").read_bytes()


def make_zip(members: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return written.getvalue()


def read_first(data: bytes, password: str = "") -> bytes:
    archive = Archive(data, ".zip")
    return archive.read_member(archive.members[0], password)


def reason_of(data: bytes, password: str = "") -> str:
    with pytest.raises(LoadError) as caught:
        read_first(data, password)
    return caught.value.reason


@given(st.dictionaries(st.text("abc/é", min_size=1).filter(lambda name: name[0] != "/"), st.binary(max_size=200)))
def test_what_was_written_is_read(members: dict[str, bytes]) -> None:
    archive = Archive(make_zip(members), ".zip")
    assert {name: archive.read(name) for name in archive.names} == members


@pytest.mark.parametrize("data", [b"", b"PK", b"PK\x03\x04" + bytes(100), make_zip({"a": b"x" * 99})[:-30]])
def test_what_is_no_archive_is_refused(data: bytes) -> None:
    assert reason_of(data) == "it is not a whole .zip file"


def test_a_member_that_is_not_there_is_missed() -> None:
    with pytest.raises(LoadError, match=r"it is not a whole \.zip file"):
        Archive(make_zip({"a": b"x"}), ".zip").read("b")


def test_a_changed_byte_is_noticed() -> None:
    data = bytearray(make_zip({"a": bytes(range(256))}))
    data[60] ^= 1
    assert reason_of(bytes(data)) == "it is not a whole .zip file"


def test_more_bytes_than_the_limit_are_not_unpacked() -> None:
    data = bytearray(make_zip({"a": b"x"}))
    central = data.rfind(b"PK\x01\x02")
    data[central + 24 : central + 28] = (600_000_000).to_bytes(4, "little")
    assert reason_of(bytes(data)) == "it unpacks to 600 MB, more than the limit of 500 MB"


def test_more_members_than_the_limit_are_refused() -> None:
    data = make_zip({str(number): b"" for number in range(100_001)})
    assert reason_of(data) == "it holds 100,001 files, more than the limit of 100,000"


def test_members_that_share_their_bytes_are_refused() -> None:
    """A central directory may name one piece of data many times over."""
    data = make_zip({"a": bytes(1_000_000)})
    central, end = data.rfind(b"PK\x01\x02"), data.rfind(b"PK\x05\x06")
    entry = data[central:end]
    copies = 50
    tail = bytearray(data[end:])
    tail[8:12] = copies.to_bytes(2, "little") * 2
    tail[12:16] = (copies * len(entry)).to_bytes(4, "little")
    assert reason_of(data[:central] + entry * copies + bytes(tail)) == "it is not a whole .zip file"


def test_a_locked_member_opens_with_its_password_only() -> None:
    data = locked_zip({"a.txt": b"The bell was cast in 1687."}, "trell")
    archive = Archive(data, ".zip")
    assert archive.read_member(archive.members[0], "trell") == b"The bell was cast in 1687."
    with pytest.raises(LoadError) as caught:
        archive.read("a.txt")
    assert (caught.value.reason, caught.value.remedy) == (
        "it is locked with a password",
        "Give it with --password, or save it without one, and add it again.",
    )


def test_no_wrong_password_gives_anything() -> None:
    """One in 256 passes the check that the format has."""
    data = locked_zip({"a.txt": b"The bell was cast in 1687."}, "trell")
    assert {reason_of(data, password=f"wrong {number}") for number in range(1000)} == {"the password is wrong"}


def test_members_that_7zip_locked_with_aes_open_with_their_password_only() -> None:
    archive = Archive(LOCKED_BY_7ZIP, ".zip")
    short, long = (archive.read_member(member, "trell").decode() for member in archive.members)
    assert short == "The bell was cast in 1687.\n"
    assert long == short + "".join(f"The bell of Dunmouth rang {times} times.\n" for times in range(1, 61))
    assert reason_of(LOCKED_BY_7ZIP) == "it is locked with a password"
    assert {reason_of(LOCKED_BY_7ZIP, password=f"wrong {number}") for number in range(20)} == {"the password is wrong"}


def test_damage_behind_a_lock_gives_nothing() -> None:
    """Each byte of the first member is sealed; what stands around it says how it is to be read."""
    end = LOCKED_BY_7ZIP.index(b"PK", 4)
    for place in range(30, end):
        broken = bytearray(LOCKED_BY_7ZIP)
        broken[place] ^= 1
        with suppress(LoadError):
            archive = Archive(bytes(broken), ".zip")
            assert archive.read_member(archive.members[0], "trell") == b"The bell was cast in 1687.\n", place


def test_a_locked_member_packed_in_a_rare_way_is_named() -> None:
    stored, lzma = b"AE\x03\x00\x00", b"AE\x03\x0e\x00"
    assert stored in LOCKED_BY_7ZIP
    data = LOCKED_BY_7ZIP.replace(stored, lzma)
    assert reason_of(data, password="trell") == "it is packed in a way that cannot be opened here"
