"""The commands that take up saved answers: highlight, in the PDF files that they quote, and again, to ask once more."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from qa import folders, show
from qa.again import AnswerChange, Change, QuoteChange, ask_again
from qa.ask import ask as answer_question
from qa.check_show import shortened
from qa.evidence import read_answers
from qa.highlight import Asked, Highlighted, documents_printed, highlight, library_printed
from qa.left_out import left_out_reader_for
from qa.options import (
    DEFAULT_MAX_MB,
    JsonOption,
    LibraryOption,
    MaxMbOption,
    OriginalsOption,
    PasswordOption,
    load_model,
    load_options,
    open_filled,
    read_path,
    session_of,
)
from qa.verify import folder_documents, library_originals, originals_of
from source.errors import DocumentError, printable

_STYLES = {"highlighted": "green", "no pdf": "dim"}
_CHANGE_STYLES: dict[Change, str] = {"same": "dim", "moved": "dim", "new": "green", "gone": "bold red"}


def highlight_command(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(metavar="FILE", hidden=True)],
    *,
    out: Annotated[
        Path,
        typer.Option("--out", metavar="FOLDER", parser=read_path, help="Where the copies go; nothing is overwritten."),
    ],
    originals: OriginalsOption = None,
    password: PasswordOption = "",
    as_json: JsonOption = False,
    max_mb: MaxMbOption = DEFAULT_MAX_MB,
    library: LibraryOption = None,
) -> None:
    """Copy the PDF files that saved answers quote, with the quotes highlighted.

    FILE is an exported answer or conversation: JSON, HTML or Markdown. Each quote is verified first, as by `qa verify`,
    and becomes an annotation that holds the question. The originals stay as they are, and one that has changed is
    refused. The exit status is 0 only if every quote of a PDF file is highlighted.

    \b
    Examples:
      qa ask "Who cast the oldest bell?" --json > bells.json
      qa highlight bells.json --out highlighted
      qa highlight conversation.html --originals ~/articles --out highlighted
    """
    if out.is_file():
        raise DocumentError(f"Cannot write into {printable(str(out))}", "it is a file", "Choose another folder.")
    options = load_options(max_mb, password, "")
    saved = [(path, read_answers(path, options)) for path in files]
    read = [(path, answer) for path, answers in saved for answer in answers]
    asked = [Asked(quote, answer.question) for _, answer in read for quote in answer.quotes]
    if originals is None:
        digests = {digest for one in asked for digest in one.quote.digests}
        with folders.open_existing_library(session_of(context, library).library) as opened:
            texts, printed = library_originals(opened, digests), library_printed(opened, digests)
    else:
        documents = list(folder_documents(originals, options))
        texts, printed = originals_of(documents), documents_printed(documents)
    outcomes = highlight(asked, texts, printed, out, options)
    if as_json:
        names = [path.name for path, answer in read for _ in answer.quotes]
        show.show_json([{"file": name, **one.as_dict()} for name, one in zip(names, outcomes, strict=True)])
    else:
        _show_highlighted(outcomes)
        _show_empty(path for path, answers in saved if not any(answer.quotes for answer in answers))
    if any(one.outcome not in _STYLES for one in outcomes):
        raise typer.Exit(1)


def _show_empty(paths: Iterable[Path]) -> None:
    for path in paths:
        show.show_line(show.output(), f"{printable(path.name)}: no quotes to highlight", "bold")


def _show_highlighted(outcomes: list[Highlighted]) -> None:
    console = show.output()
    for number, one in enumerate(outcomes, 1):
        pages = f" page{'s' if len(one.pages) > 1 else ''} {', '.join(map(str, one.pages))}" if one.pages else ""
        reason = f": {one.reason}" if one.reason else ""
        where = f"  {printable(one.quote.document)}{pages}{printable(reason)}"
        style = _STYLES.get(one.outcome, "bold red")
        show.show_line(console, Text.assemble(f"{number:<3}", (f"{one.outcome:<11}", style), where))
    for copy in dict.fromkeys(one.copy for one in outcomes if one.copy):
        show.show_line(console, f"Written: {printable(str(copy))}", "bold")


def again(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(metavar="FILE", hidden=True)],
    *,
    as_json: JsonOption = False,
    max_mb: MaxMbOption = DEFAULT_MAX_MB,
    library: LibraryOption = None,
) -> None:
    """Ask the questions of saved answers again, and say what has changed.

    FILE is an exported answer or conversation: JSON, HTML or Markdown. Each quote is the same, moved (the same words
    elsewhere), different (worded anew in a document of that name), gone, or new. The exit status is 0 only if the same
    words answer as before.

    \b
    Examples:
      qa ask "Who cast the oldest bell?" --json > bells.json
      qa again bells.json
      qa again conversation.html --json
    """
    options = load_options(max_mb, "", "")
    read = [(path, read_answers(path, options)) for path in files]
    session = session_of(context, library)
    with open_filled(session) as opened:
        embedder = load_model(session, opened)
        reader = left_out_reader_for(embedder)
        changes = [
            (path, change)
            for path, saved in read
            for change in ask_again(saved, opened, reader, lambda question: answer_question(opened, embedder, question))
        ]
    if as_json:
        show.show_json([{"file": path.name, **change.as_dict()} for path, change in changes])
    else:
        for _, change in changes:
            _show_change(change)
        for path, saved in read:
            if not saved:
                show.show_line(show.output(), f"{printable(path.name)}: no answers to ask for again", "bold")
    if not all(change.is_same for _, change in changes):
        raise typer.Exit(1)


def _show_change(change: AnswerChange) -> None:
    console = show.output()
    show.show_line(console, printable(change.question or change.searched), "bold")
    verdicts = {(True, True): "answered as before", (True, False): "answered before, not found any more"}
    verdicts |= {(False, True): "not found before, answered now", (False, False): "not found, as before"}
    if change.was_answered and change.is_answered and not change.is_same:
        show.show_line(console, "  answered, but otherwise")
    else:
        show.show_line(console, f"  {verdicts[change.was_answered, change.is_answered]}")
    for one in change.quotes:
        style = _CHANGE_STYLES.get(one.change, "bold yellow")
        show.show_line(console, Text.assemble("  ", (f"{one.change:<10}", style), printable(_told(one))))
    show.show_line(console)


def _told(change: QuoteChange) -> str:
    """Where the quote stands, or stood, and what it says or what has changed in it."""
    text, place = "", ""
    if change.now:
        text, span = change.now.quote, change.now.span
        place = f"{change.now.document.name} {span.start}-{span.end}"
    elif change.before:
        text = change.before.text
        place = f"{change.before.document} {change.before.start}-{change.before.end}"
    words = change.reason if change.change == "different" else f"“{shortened(text)}”"
    reason = f" ({change.reason})" if change.reason and change.change != "different" else ""
    return f"{place}  {words}{reason}"
