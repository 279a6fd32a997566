"""The commands that change or describe a library: what they print, and what they leave behind."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import pytest

from index.library import Library
from index.vectors import Vectors
from source.document import Part, PartState, Span
from tests.command import Command, command_here
from tests.conftest import DEMO_DOCUMENTS
from tests.documents import body_sentences, make_document
from tests.fakes import WordEmbedder
from tests.qa.conftest import BELLS, HONEY

# qa add


def test_add_reports_what_is_new_changed_and_unchanged(qa: Command, documents: Path) -> None:
    assert qa("add", documents).output == "2 added, 0 updated, 0 unchanged, 0 failed.\n"
    (documents / "honey.md").write_text(HONEY + "\nA third one.\n", encoding="utf-8")
    result = qa("add", documents)
    assert (result.status, result.errors) == (0, "")
    assert result.output == "0 added, 1 updated, 1 unchanged, 0 failed.\n"


def test_a_changed_file_takes_the_place_of_its_older_version(
    qa: Command, documents: Path, library_folder: Path
) -> None:
    qa("add", documents)
    (documents / "bells.txt").write_text("The bells were sold to a scrap dealer in Ostend.\n", encoding="utf-8")
    qa("add", documents)
    with Library(library_folder) as library:
        texts = [library.text(document.id) for document in library.documents()]
    assert texts == ["The bells were sold to a scrap dealer in Ostend.\n", HONEY]


def test_add_goes_on_past_a_file_that_fails_and_exits_1(qa: Command, documents: Path) -> None:
    (documents / "a.txt").write_bytes(b"")
    result = qa("add", documents)
    assert result.status == 1
    assert result.output == "2 added, 0 updated, 0 unchanged, 1 failed.\n"
    assert result.errors == f"Cannot read {documents}/a.txt: it is empty. Add it again when there is text in it.\n"


def test_add_counts_what_it_leaves_out_of_folders(qa: Command, documents: Path) -> None:
    (documents / "old").mkdir()
    for name in ("a.iso", "b.ISO", "old/c.iso", "LICENSE", ".hidden"):
        (documents / name).touch()
    (documents / ".git").mkdir()
    assert qa("add", documents).output.splitlines() == [
        "2 added, 0 updated, 0 unchanged, 0 failed.",
        "Left out of the folders: .iso (3), hidden folders (1), hidden files (1), no suffix (1).",
    ]


def test_add_without_paths_is_a_usage_error(qa: Command) -> None:
    result = qa("add")
    assert result.status == 2
    assert "name a file or folder, or give --demo" in result.errors


@pytest.mark.parametrize("address", ["ftp://example.org/a", "file:///etc/hosts", "https:/example.org", "C9:/a"])
def test_add_refuses_addresses_that_are_not_of_the_web_and_adds_the_rest(
    qa: Command, documents: Path, address: str
) -> None:
    result = qa("add", address, documents)
    assert (result.status, result.output) == (1, "2 added, 0 updated, 0 unchanged, 1 failed.\n")
    assert result.errors == (
        f"Cannot save {address}: it is not an address of the web. Write it as https://example.org/page.\n"
    )


def test_add_takes_no_file_larger_than_the_limit(qa: Command, tmp_path: Path) -> None:
    large = tmp_path / "large.txt"
    large.write_text("Some words. " * 100_000, encoding="utf-8")
    result = qa("add", large, "--max-mb", "1")
    assert result.errors == (
        f"Cannot read {large}: it has 1.2 MB, more than the limit of 1 MB. "
        "Split it, or raise the limit with --max-mb.\n"
    )


def test_the_demo_documents_come_with_the_program(demo_qa: Command) -> None:
    result = demo_qa("add", "--demo")
    count = len(list(DEMO_DOCUMENTS.iterdir()))
    assert result.output == f"0 added, 0 updated, {count} unchanged, 0 failed.\n"


# qa list, qa remove and qa stats


def test_list_says_whether_files_are_still_what_was_added(qa: Command, documents: Path) -> None:
    for name in ("current.txt", "longer.txt", "other.txt", "gone.txt"):
        (documents / name).write_text(f"This is the text of {name}.\n", encoding="utf-8")
    qa("add", documents)
    (documents / "longer.txt").write_text("This is a longer text than it was before.\n", encoding="utf-8")
    (documents / "other.txt").write_text("This is the text of OTHER.txt.\n", encoding="utf-8")
    (documents / "gone.txt").unlink()
    states = {document["name"]: document["state"] for document in qa("list", "--json").value["documents"]}
    assert states == {
        "bells.txt": "current",
        "current.txt": "current",
        "gone.txt": "missing",
        "honey.md": "current",
        "longer.txt": "changed",
        "other.txt": "changed",
    }
    assert f"gone.txt\t1\tmissing\t{documents}/gone.txt\n" in qa("list").output


def test_remove_by_name_and_by_path(qa: Command, documents: Path, library_folder: Path) -> None:
    qa("add", documents)
    assert qa("remove", "bells.txt").output == f"Removed bells.txt ({documents}/bells.txt).\n"
    assert qa("remove", documents / "honey.md").status == 0
    with Library(library_folder) as library:
        assert library.documents() == []
    assert (documents / "bells.txt").exists()


def test_a_name_that_is_not_there_removes_nothing(qa: Command, documents: Path) -> None:
    qa("add", documents)
    result = qa("remove", "bells.txt", "moths.txt")
    assert result.status == 1
    assert result.errors == (
        "Cannot remove moths.txt: no document has this name or path. See which there are: qa list.\n"
    )
    assert [document["name"] for document in qa("list", "--json").value["documents"]] == ["bells.txt", "honey.md"]


def test_a_name_that_two_documents_share_asks_for_a_path(qa: Command, tmp_path: Path) -> None:
    for folder in ("north", "south"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "bells.txt").write_text(BELLS, encoding="utf-8")
    qa("add", tmp_path / "north", tmp_path / "south")
    result = qa("remove", "bells.txt")
    assert result.status == 1
    assert result.errors == (
        "Cannot remove bells.txt: 2 documents have this name. "
        f"Give the path of one: {tmp_path}/north/bells.txt, {tmp_path}/south/bells.txt.\n"
    )
    assert qa("remove", tmp_path / "south" / "bells.txt").status == 0
    assert qa("remove", "bells.txt").output == f"Removed bells.txt ({tmp_path}/north/bells.txt).\n"


def test_stats_are_those_of_the_library(qa: Command, documents: Path, library_folder: Path) -> None:
    qa("add", documents)
    qa("search", "bell")
    value = qa("stats", "--json").value
    assert value["bytes"] == sum(path.stat().st_size for path in library_folder.iterdir())
    assert value["vector_index"]["bytes"] == next(library_folder.glob("*.faiss")).stat().st_size
    del value["bytes"], value["vector_index"]
    assert value == {
        "library": str(library_folder),
        "documents": 2,
        "passages": 3,
        "sentences": 4,
        "characters": {
            "extracted": len(BELLS.replace("\n", "")) + len(HONEY.replace("\n", "")),
            "body": len(BELLS.replace("\n", ""))
            + len("Bees dance in the dark of the hive. A second sentence follows it."),
            "heading": len("# Honey"),
            "furniture": 0,
        },
        "parts": {"all": 0, "without_text": 0, "unreadable": 0, "by_ocr": 0},
        "model": {"name": "words", "digest": value["model"]["digest"], "dimension": 64, "pooling": "single"},
        "generation": 2,
    }
    assert "Documents     2\nPassages      3\nSentences     4\n" in qa("stats").output


def put_pages(library: Library, name: str, *states: PartState) -> None:
    """A document of pages in these states."""
    made = make_document(BELLS, f"/{name}")
    first = Part(Span(0, len(made.text)), "page", 1, state=states[0])
    others = [Part(Span(len(made.text), len(made.text)), "page", number, state=s) for number, s in enumerate(states, 1)]
    document = dataclasses.replace(made, parts=(first, *others[1:]))
    words = WordEmbedder()
    library.put(document, words.embed_passages(body_sentences(document)), words.identity)


def test_list_and_stats_tell_what_of_each_document_was_read(qa: Command, library_folder: Path) -> None:
    with Library(library_folder) as library:
        put_pages(library, "a.txt", "text", "no text", "unreadable")
        put_pages(library, "b.txt", "OCR", "no text")
        put_pages(library, "c.txt", "text", "text")
    assert qa("list").output.splitlines() == [
        "a.txt\t2\tmissing; page 2 has no text (a scan, or empty); page 3 has no readable text\t/a.txt",
        "b.txt\t2\tmissing; page 2 has no text (a scan, or empty); page 1 was read by OCR\t/b.txt",
        "c.txt\t2\tmissing\t/c.txt",
    ]
    counted = [document["parts"] for document in qa("list", "--json").value["documents"]]
    assert counted == [
        {"all": 3, "without_text": 1, "unreadable": 1, "by_ocr": 0},
        {"all": 2, "without_text": 1, "unreadable": 0, "by_ocr": 1},
        {"all": 2, "without_text": 0, "unreadable": 0, "by_ocr": 0},
    ]
    value = qa("stats", "--json").value
    assert value["parts"] == {"all": 7, "without_text": 2, "unreadable": 1, "by_ocr": 1}
    chars = 3 * len(BELLS.replace("\n", ""))
    assert value["characters"] == {"extracted": chars, "body": chars, "heading": 0, "furniture": 0}
    lines = qa("stats").output.splitlines()
    assert f"Characters    {chars} read: {chars} body, 0 headings, 0 furniture" in lines
    assert "Parts         7, 1 read by OCR, 2 without text, 1 unreadable" in lines


def test_remove_leaves_nothing_to_be_read_in_the_files(qa: Command, documents: Path, library_folder: Path) -> None:
    qa("add", documents)
    qa("search", "bell")
    qa("remove", "bells.txt")
    files = {path.name: path.read_bytes() for path in library_folder.iterdir()}
    assert {name for name, data in files.items() if b"Jonas Trell" in data or b"bells.txt" in data} == set()
    assert [name for name, data in files.items() if b"Bees dance" in data] == ["library.sqlite3"]


def test_remove_says_when_another_process_keeps_what_was_removed(
    qa: Command, documents: Path, library_folder: Path
) -> None:
    qa("add", documents)
    with Library(library_folder) as reader, reader.snapshot():
        assert len(reader.documents()) == 2
        result = qa("remove", "bells.txt")
    assert (result.status, result.output) == (0, f"Removed bells.txt ({documents}/bells.txt).\n")
    assert result.errors == (
        "Another process is reading the library: what was removed can be found in its files until that ends or more is "
        "removed.\n"
    )
    assert not any(b"Jonas Trell" in path.read_bytes() for path in library_folder.iterdir())


# qa reindex


def test_reindex_embeds_all_again_with_another_model(qa: Command, documents: Path) -> None:
    qa("add", documents)
    assert qa("add", documents, "--model", "others").errors.endswith(
        "or embed all of it again: qa reindex --model others.\n"
    )
    assert qa("reindex", "--model", "others").output == "Embedded 4 sentences with others.\n"
    assert qa("stats", "--json").value["model"]["name"] == "others"
    hits = qa("search", "It weighs 640 kilograms and hangs on the fish market.", "--json").value["hits"]
    assert hits[0]["cosine"] == pytest.approx(1, abs=1e-3)


def test_an_interrupted_reindex_leaves_the_library_as_it_was(
    qa: Command, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    paragraphs = [f"Bell {number} hangs in place {number * 7} of the town." for number in range(200)]
    (tmp_path / "bells.txt").write_text("\n\n".join(paragraphs), encoding="utf-8")
    qa("add", tmp_path / "bells.txt")
    before = qa("stats", "--json").value
    interrupted = command_here(capsys, lambda *_: InterruptedEmbedder("others"))("reindex", "--model", "others")
    assert (interrupted.status, interrupted.output) == (130, "")
    assert interrupted.errors == "Interrupted. The library is as it was.\n"
    assert qa("stats", "--json").value["generation"] == before["generation"]
    assert qa("stats", "--json").value["model"] == before["model"]
    assert qa("search", paragraphs[0], "--json").value["hits"][0]["cosine"] == pytest.approx(1, abs=1e-3)


class InterruptedEmbedder(WordEmbedder):
    """Ctrl-C comes while it works on its second batch."""

    def embed_passages(self, passages: Sequence[Sequence[str]]) -> list[Vectors]:
        if "Bell 100" in str(passages):
            raise KeyboardInterrupt
        return super().embed_passages(passages)
