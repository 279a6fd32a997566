"""Messages between a child that loads files and its parent: whole, in order, and records only."""

from __future__ import annotations

import os
import pickle
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source.boxes import PageBoxes
from source.container import LeftOut, Unchanged, Unloaded
from source.document import Document, Lines, Part, Passage, Sentence, Span
from source.errors import DocumentError
from source.messages import Begun, Finished, PagesDone, read_bytes_of_message, read_record, write_message

RECORDS = [
    Begun(Path("a/b.txt")),
    PagesDone(3, 14),
    Finished(),
    Unchanged(Path("/a.txt")),
    LeftOut(Path("/a.zip/b.jpg"), ".jpg"),
    Document(
        name="a.pdf",
        path="/a.pdf",
        sha256="0" * 64,
        size_bytes=7,
        format="pdf",
        encoding="",
        title="A",
        text="One.",
        passages=(Passage(1, Span(0, 4), "body", ("A",), Lines(1, 1), (Sentence(Span(0, 4), "One."),)),),
        parts=(Part(Span(0, 4), "page", 1),),
        boxes=(PageBoxes(1, b"\x00" * 16),),
    ),
]


def read_all(data: bytes, max_bytes: int = 1_000_000) -> list[bytes]:
    stream, found = BytesIO(data), []
    while (message := read_bytes_of_message(stream, max_bytes)) is not None:
        found.append(message)
    return found


def test_records_arrive_as_they_were() -> None:
    stream = BytesIO()
    for record in RECORDS:
        write_message(stream, record)
    assert [read_record(data) for data in read_all(stream.getvalue())] == RECORDS


def test_an_error_arrives_as_it_was() -> None:
    stream = BytesIO()
    write_message(stream, Unloaded(Path("/a.txt"), DocumentError("Cannot read a.txt", "it is empty", "Fill it.")))
    (told,) = [read_record(data) for data in read_all(stream.getvalue())]
    assert isinstance(told, Unloaded)
    assert str(told.error) == "Cannot read a.txt: it is empty. Fill it."


@given(st.integers(0, 200))
def test_a_message_that_was_cut_off_is_none(length: int) -> None:
    stream = BytesIO()
    write_message(stream, RECORDS[-1])
    whole = stream.getvalue()
    assert read_all(whole[: min(length, len(whole) - 1)]) == []


def test_a_message_that_would_be_too_long_is_none() -> None:
    stream = BytesIO()
    write_message(stream, "x" * 2_000)
    assert read_all(stream.getvalue(), max_bytes=1_000) == []


class Evil:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("true",)


@pytest.mark.parametrize("evil", [Evil(), os.system, Path.unlink, pickle.Unpickler, Span.__init__])
def test_nothing_but_a_record_is_made(evil: object) -> None:
    with pytest.raises(pickle.UnpicklingError, match="is no record"):
        read_record(pickle.dumps(evil))
