"""A process killed at any moment of adding or removing leaves a library with all that it had reported as done.

A forked child works on a library and says before and after each change what it does; the test kills it at a random
moment, opens the library and compares. The next child goes on with the same library.
"""

from __future__ import annotations

import multiprocessing
import random
import sqlite3
from contextlib import closing
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from index.ingest import Stored, add_paths
from index.library import DATABASE_NAME, Library
from source.load import load_document
from tests.fakes import WordEmbedder

KILLS = 104
_FILES = 12
_LONGEST_LIFE_S = 1.2
_EVERY_SENTENCE = 1_000_000

Contents = dict[str, str]
"""What a library holds: the digest of each document, by path."""

CONTEXT = multiprocessing.get_context("forkserver")


def change_for_ever(library_folder: Path, documents: Path, seed: int, report: Connection) -> None:
    """Add, update and remove random documents until killed, telling `report` ("begin" or "end", what changes)."""
    chance, embedder = random.Random(seed), WordEmbedder()
    paths = sorted(documents.iterdir())
    while True:
        with Library(library_folder) as library:
            for _ in range(chance.randint(1, 3)):
                if chance.random() < 0.4:
                    chosen = chance.sample(library.documents(), min(len(library.documents()), chance.randint(1, 4)))
                    report.send(("begin", {document.path: None for document in chosen}))
                    library.remove(document.id for document in chosen)
                    report.send(("end", {document.path: None for document in chosen}))
                    continue
                files = chance.sample(paths, chance.randint(1, 4))
                for path in files:
                    path.write_text(make_text(path.stem, chance), encoding="utf-8")
                digests = {str(path): load_document(path).sha256 for path in files}
                report.send(("begin", digests))
                for event in add_paths(library, embedder, files):
                    if isinstance(event, Stored):
                        report.send(("end", {event.document.path: digests[event.document.path]}))
            library.search_vectors(embedder.embed_question("bell"), 5)


def make_text(name: str, chance: random.Random) -> str:
    """Some paragraphs, each with a heading now and then."""
    paragraphs = [
        f"Bell {number} of {name} weighs {chance.randint(1, 10**9)} grams. It hangs in place {chance.random()}."
        for number in range(chance.randint(1, 25))
    ]
    return f"The bells of {name}\n\n" + "\n\n".join(paragraphs)


def contents(library: Library) -> Contents:
    """What `library` holds."""
    return {document.path: document.sha256 for document in library.documents()}


def possible_contents(before: Contents, reports: list[tuple[str, dict[str, str | None]]]) -> list[Contents]:
    """What a library may hold after these reports, from `before`: a change that was begun is done or is not.

    Removing several documents is one change; adding several is one for each, in any number, as they were given.
    """
    done, begun = dict(before), {}
    for stage, change in reports:
        if stage == "begin":
            begun = dict(change)
            continue
        done = applied(done, change)
        begun = {path: digest for path, digest in begun.items() if path not in change}
    if None in begun.values():
        return [done, applied(done, begun)]
    return [done, *(applied(done, {path: digest}) for path, digest in begun.items())]


def applied(held: Contents, change: dict[str, str | None]) -> Contents:
    """`held` after `change`, in which None stands for a removal."""
    merged = {**held, **change}
    return {path: digest for path, digest in merged.items() if digest is not None}


def check_whole(folder: Path) -> Contents:
    """Open the library in `folder`, assert that it is whole, and return what it holds."""
    with Library(folder) as library:
        held = contents(library)
        texts = {document.id: library.text(document.id) for document in library.documents()}
        for document_id, text in texts.items():
            for passage in library.passages_of(document_id):
                assert passage.text == passage.span.of(text)
        found = library.search_vectors(WordEmbedder().embed_question("bell"), _EVERY_SENTENCE)
        assert len(found) == library.count_sentences()
        passages = library.passages([passage_id for passage_id, _ in found])
        assert {passage.document_id for passage in passages.values()} == set(texts)
        for sentence in library.sentences(list(passages)):
            assert sentence.span.of(texts[passages[sentence.passage_id].document_id]) != ""
        keyword_hits = dict(library.search_keywords(["bell", "bells"], _EVERY_SENTENCE))
        assert set(keyword_hits) <= set(passages)
    with closing(sqlite3.connect(folder / DATABASE_NAME)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        for table in ("keywords", "furniture_keywords"):
            connection.execute(f"INSERT INTO {table} ({table}) VALUES ('integrity-check')")
        count = "SELECT count(*) FROM keywords UNION ALL SELECT count(*) FROM passages WHERE role = 'body'"
        assert len(set(connection.execute(count).fetchall())) == 1
    return held


@pytest.mark.timeout(600)
def test_a_killed_process_loses_nothing_it_has_reported(tmp_path: Path) -> None:
    documents, folder = tmp_path / "documents", tmp_path / "library"
    documents.mkdir()
    for number in range(_FILES):
        (documents / f"{number:02}.txt").write_text(make_text(f"{number}", random.Random(number)), encoding="utf-8")
    CONTEXT.set_forkserver_preload([__name__])
    chance = random.Random(20261124)
    held, changes, killed_in_a_change = check_whole(folder), 0, 0
    for seed in range(KILLS):
        receiver, sender = CONTEXT.Pipe(duplex=False)
        child = CONTEXT.Process(target=change_for_ever, args=(folder, documents, seed, sender))
        child.start()
        sender.close()
        assert receiver.poll(30)
        child.join(chance.uniform(0, _LONGEST_LIFE_S))
        child.kill()
        child.join()
        reports = []
        try:
            while True:
                reports.append(receiver.recv())
        except (EOFError, OSError):  # the last report may be cut short
            receiver.close()
        possible = possible_contents(held, reports)
        held = check_whole(folder)
        assert held in possible
        changes += sum(stage == "end" for stage, _ in reports)
        killed_in_a_change += len(possible) > 1
    assert child.exitcode == -9
    assert changes > KILLS / 2
    assert killed_in_a_change > KILLS / 10
    assert len(list(folder.glob("vectors-*"))) <= 2
    with Library(folder) as library:
        assert library.erase_removed()
    assert check_whole(folder) == held
