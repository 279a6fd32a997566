"""What a terminal shows of answers and of progress."""

from __future__ import annotations

from collections import Counter
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from rich.text import Text

from index.embedding import Embedding
from index.ingest import Event, Failed, FileDone, Found, Removed, Stored
from index.library import Library
from index.records import DocumentRecord
from qa.answer import Answer, Citation
from qa.progress import Tally, follow, track
from qa.show import show_answer, show_documents
from source.container import LeftOut
from source.document import Span
from source.errors import DocumentError
from source.workers import PagesLoaded

WIDTH = 40


def terminal() -> Console:
    """A terminal of 40 columns, whose output can be read back."""
    return Console(file=StringIO(), force_terminal=True, color_system="standard", width=WIDTH, highlight=False)


def shown(console: Console) -> str:
    """What `console` was told to show, with its escape sequences."""
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


@pytest.fixture
def citation(demo_library: Library) -> Citation:
    """The sentence on the founder of the oldest bell, with his name as what answers."""
    document = next(one for one in demo_library.documents() if one.name == "harbour-bells.txt")
    sentence = "That is No. 2, which was cast in 1687 by a founder called Jonas Trell."
    start = demo_library.text(document.id).index(sentence)
    passage = next(one for one in demo_library.passages_of(document.id) if one.span.overlaps(Span(start, start + 1)))
    name = start + sentence.index("Jonas Trell")
    return Citation(document, passage, Span(start, start + len(sentence)), (Span(name, name + 11),), 0.9)


def test_an_answer_wraps_behind_its_bar_with_the_answering_words_in_bold(citation: Citation) -> None:
    console = terminal()
    answer = Answer("Who cast it?", 0.9, 0.5, (citation,), (), (), 0.01)
    show_answer(console, answer)
    text = Text.from_ansi(shown(console))
    lines = text.plain.splitlines()
    assert lines[4:7] == [
        "   │ That is No. 2, which was cast in",
        "   │ 1687 by a founder called Jonas",
        "   │ Trell.",
    ]
    assert all(len(line) <= WIDTH for line in lines)
    bold = [span for span in text.spans if not isinstance(span.style, str) and span.style.bold]
    assert [text.plain[span.start : span.end] for span in bold] == ["1  ", "harbour-bells.txt", "Jonas", "Trell"]


def test_a_list_on_a_terminal_is_a_table_that_loses_no_letter(demo_library: Library) -> None:
    console = terminal()
    document = demo_library.documents()[0]
    show_documents(console, [(document, "current", "")])
    lines = Text.from_ansi(shown(console)).plain.splitlines()
    assert lines[0].split() == ["Name", "Passages", "File", "Path"]
    assert all(len(line) <= WIDTH for line in lines)
    letters = sorted("".join(lines[1:]).replace(" ", ""))
    assert letters == sorted(f"{document.name}{document.body_passages}current{document.path}")


def test_progress_on_a_terminal_counts_files_and_names_failures(demo_library: Library) -> None:
    console, tally = terminal(), Tally()
    document: DocumentRecord = demo_library.documents()[0]
    events: list[Event] = [
        Found(2, Counter({".iso": 1}), 700),
        Failed(Path("x"), DocumentError("Cannot read x", "it is empty", "Fill it.")),
        FileDone(Path("x"), 0),
        PagesLoaded(Path("y"), 3, 14),
        Embedding(Path("y"), 64, 90),
        LeftOut(Path("y/bell.jpg"), ".jpg"),
        Stored(Path("y"), "added", document),
        Removed(Path("y/gone.txt"), document),
        FileDone(Path("y"), 700),
    ]
    follow(console, events, tally)
    plain = Text.from_ansi(shown(console)).plain
    assert "Cannot read x: it is empty. Fill it." in plain
    assert "y/gone.txt is no more, and was removed." in plain
    assert "2/2 files" in plain
    assert list(tally.lines()) == [
        "1 added, 0 updated, 0 unchanged, 1 removed, 1 failed.",
        "Left out of the folders: .iso (1), .jpg (1).",
    ]


def test_many_kinds_that_were_left_out_are_summed_up() -> None:
    tally = Tally()
    tally.note(Found(0, Counter({f".{number}": 20 - number for number in range(12)}), 0))
    assert list(tally.lines())[1] == (
        "Left out of the folders: .0 (20), .1 (19), .2 (18), .3 (17), .4 (16), .5 (15), .6 (14), .7 (13), "
        "other kinds (42)."
    )


def test_tracking_gives_back_what_it_is_given() -> None:
    assert list(track(terminal(), "abc", "Embedding", 3)) == ["a", "b", "c"]
    assert list(track(Console(file=StringIO()), "abc", "Embedding", 3)) == ["a", "b", "c"]
