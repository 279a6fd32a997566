"""What the terminal shows: answers, passages, lists and figures, each piece safe to print.

Nothing from a document, a file name or a question reaches the terminal as it is: characters that could forge or
garble a line are escaped, and Rich gets `Text`, never markup. On a terminal, lines are wrapped at its width and
what matters is bold; into a file or another program, each line goes whole and plain.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from index.records import DocumentRecord
from index.state import FileState, Stats
from qa.answer import Answer, Citation, Hit, difference_words, place, saved
from source.document import Location, Span
from source.errors import printable
from source.lines import LINE_END

_INDENT = "   "
_BAR = "   │ "
_NARROWEST = 20


def output() -> Console:
    """Standard output."""
    return Console(highlight=False, markup=False, emoji=False)


def messages() -> Console:
    """Standard error, for progress and for what went wrong."""
    return Console(stderr=True, highlight=False, markup=False, emoji=False)


def show_line(console: Console, line: str | Text = "", style: str = "") -> None:
    """Print one line."""
    console.print(line, style=style, soft_wrap=not console.is_terminal)


def show_lines(console: Console, lines: Iterable[str]) -> None:
    """Print lines, one after the other."""
    for line in lines:
        show_line(console, line)


def show_json(value: object) -> None:
    """Print one JSON value in UTF-8, whatever the locale; what is no text in it, a lone surrogate, as an escape."""
    data = json.dumps(value, ensure_ascii=False, indent=2).encode("utf-8", "backslashreplace")
    sys.stdout.flush()
    sys.stdout.buffer.write(data + b"\n")
    sys.stdout.buffer.flush()


def show_answer(console: Console, answer: Answer) -> None:
    """The quotes; or that there are none, which words stand in no document, and what came nearest."""
    for told in filter(None, (answer.notice, *(one.words for one in answer.corrections))):
        show_line(console, printable(told), "dim")
    if not answer.answered:
        show_line(console, "Your documents do not answer this.", "bold")
        if answer.missing_words:
            show_line(console, f"Words in no document: {printable(', '.join(answer.missing_words))}")
        if answer.nearest:
            show_line(console, "Nearest passages:")
    for number, citation in enumerate(answer.citations or answer.nearest, 1):
        if number > 1 or not answer.answered:
            show_line(console)
        show_citation(console, number, citation)
    show_line(console)
    for difference in answer.differences:
        numbers = range(1, 1 + len(answer.citations))
        show_line(console, printable(difference_words(difference, answer.citations, numbers)), "bold")
    score = f"Score {answer.score:.2f} (an answer from {answer.threshold:.2f}), {answer.seconds:.2f} s"
    show_line(console, score, "dim")


def show_citation(console: Console, number: int, citation: Citation) -> None:
    """A numbered quote below its document and place."""
    _show_place(console, number, citation.document, citation.location)
    show_quoted(console, _emphasised(citation))


def show_hits(console: Console, hits: Sequence[Hit]) -> None:
    """The passages, each with its score, and how near it is by meaning and by words."""
    for number, hit in enumerate(hits, 1):
        if number > 1:
            show_line(console)
        _show_place(console, number, hit.document, hit.passage.location_of(hit.passage.span))
        keywords = f"{hit.keyword_share:.2f} (BM25 {hit.keyword_score:.2f})" if hit.keyword_score else "none"
        scores = f"score {hit.score:.3f}, sentence vector {hit.cosine:.3f}, keywords {keywords}"
        show_line(console, _INDENT + scores, "dim")
        show_quoted(console, Text(on_its_lines(hit.passage.text)))


def _show_place(console: Console, number: int, document: DocumentRecord, location: Location) -> None:
    where = "".join(f", {words}" for words in (saved(document), place(location)) if words)
    line = Text.assemble((f"{number:<3}", "bold"), (printable(document.name), "bold cyan"), where)
    show_line(console, line)
    if location.headings:
        show_line(console, _INDENT + printable(" › ".join(location.headings)), "dim")


def _emphasised(citation: Citation) -> Text:
    """A quote with the words that answer in bold."""
    edges = {citation.span.start, citation.span.end}
    for span in citation.answering:
        edges |= {span.start, span.end}
    quote, text, offset = Text(), citation.quote, citation.span.start
    for start, end in pairwise(sorted(edges)):
        answers = any(span.overlaps(Span(start, end)) for span in citation.answering)
        quote.append(on_its_lines(text[start - offset : end - offset]), "bold" if answers else "")
    return quote


def on_its_lines(text: str) -> str:
    """`text` with its line ends as they are and everything else printable; a tab is shown as blanks."""
    return "\n".join(printable(line.replace("\t", "    ")) for line in LINE_END.split(text))


def show_quoted(console: Console, quote: Text) -> None:
    """`quote` behind a bar on every line, so that nothing in it can pass for a line of this program."""
    show_behind(console, _BAR, quote)


def show_behind(console: Console, sign: str, foreign: Text) -> None:
    """`foreign` words behind `sign` on every line."""
    for line in foreign.split("\n", allow_blank=True):
        for part in _wrapped(console, line, len(sign)):
            show_line(console, Text.assemble((sign, "dim"), part))


def _wrapped(console: Console, line: Text, indent: int) -> Iterator[Text]:
    if console.is_terminal and line:
        for part in line.wrap(console, max(console.width - indent, _NARROWEST)):
            part.rstrip()
            yield part
    else:
        yield line


def show_documents(console: Console, documents: Sequence[tuple[DocumentRecord, FileState, str]]) -> None:
    """A table of the documents, each with its coverage in words.

    Into a file or another program go lines of four fields divided by tabs.
    """
    rows = [
        (
            printable(document.name),
            f"{document.body_passages:,}",
            "; ".join(filter(None, (state, coverage))),
            printable(document.path),
        )
        for document, state, coverage in documents
    ]
    if not console.is_terminal:
        for row in rows:
            print("\t".join(row), file=console.file)  # Rich would make blanks of the tabs
        return
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("Name", overflow="fold")
    table.add_column("Passages", justify="right")
    table.add_column("File")
    table.add_column("Path", overflow="fold")
    for row in rows:
        table.add_row(*(Text(field) for field in row))
    console.print(table)


def document_dict(document: DocumentRecord, state: FileState) -> dict[str, object]:
    """A document as plain values, for JSON."""
    return {
        "name": document.name,
        "path": document.path,
        "sha256": document.sha256,
        "format": document.format,
        "title": document.title,
        "bytes": document.size_bytes,
        "added_at": document.added_at,
        "passages": document.body_passages,
        "characters": {
            "body": document.body_chars,
            "heading": document.heading_chars,
            "furniture": document.furniture_chars,
        },
        "parts": {
            "all": document.parts,
            "without_text": document.parts_without_text,
            "unreadable": document.parts_unreadable,
            "by_ocr": document.parts_by_ocr,
        },
        "state": state,
    }


def show_stats(console: Console, folder: str, stats: Stats) -> None:
    """The figures of a library, one a line."""
    model = "none yet"
    if stats.model:
        identity = stats.model
        model = f"{printable(identity.name)} ({identity.dimension} dimensions, weights {identity.digest[:12]})"
    index = f"exact, {_size(stats.vectors_bytes)}" if stats.vectors_bytes else "made when first needed"
    chars = f"{stats.body_chars:,} body, {stats.heading_chars:,} headings, {stats.furniture_chars:,} furniture"
    figures = {
        "Library": printable(folder),
        "Documents": f"{stats.documents:,}",
        "Passages": f"{stats.passages:,}",
        "Sentences": f"{stats.sentences:,}",
        "Characters": f"{stats.extracted_chars:,} read: {chars}",
        "Parts": _parts(stats),
        "Model": model,
        "Generation": f"{stats.generation:,}",
        "Size on disk": _size(stats.bytes_on_disk),
        "Vector index": index,
    }
    for name, figure in figures.items():
        show_line(console, Text.assemble((f"{name:<14}", "dim"), figure))


def _parts(stats: Stats) -> str:
    """How many pages, slides, sheets and chapters there are, and what became of those without a text of their own."""
    counts = {
        "read by OCR": stats.parts_by_ocr,
        "without text": stats.parts_without_text,
        "unreadable": stats.parts_unreadable,
    }
    return ", ".join([f"{stats.parts:,}", *(f"{count:,} {what}" for what, count in counts.items())])


def _size(size_bytes: int) -> str:
    return f"{size_bytes / 1e6:,.1f} MB" if size_bytes >= 1e5 else f"{size_bytes / 1e3:,.1f} kB"


def stats_dict(folder: str, stats: Stats) -> dict[str, object]:
    """The figures of a library as plain values, for JSON."""
    model = stats.model
    return {
        "library": folder,
        "documents": stats.documents,
        "passages": stats.passages,
        "sentences": stats.sentences,
        "characters": {
            "extracted": stats.extracted_chars,
            "body": stats.body_chars,
            "heading": stats.heading_chars,
            "furniture": stats.furniture_chars,
        },
        "parts": {
            "all": stats.parts,
            "without_text": stats.parts_without_text,
            "unreadable": stats.parts_unreadable,
            "by_ocr": stats.parts_by_ocr,
        },
        "model": model
        and {"name": model.name, "digest": model.digest, "dimension": model.dimension, "pooling": model.pooling},
        "generation": stats.generation,
        "bytes": stats.bytes_on_disk,
        "vector_index": {"kind": "exact", "bytes": stats.vectors_bytes},
    }


def show_evaluation(console: Console, report: dict[str, Any]) -> None:
    """The figures of `qa.metrics.summarize`, with their 95 % confidence intervals."""
    asked = "1 question" if report["questions"] == 1 else f"{report['questions']:,} questions"
    show_line(console, f"{asked}; in brackets, 95 % confidence intervals")
    for group in ("passage", "document", "quote", "refusal"):
        show_line(console)
        for name, value in report[group].items():
            low_high = report["intervals"].get(f"{group} {name}")
            between = "({:.3f} to {:.3f})".format(*low_high) if low_high else ""
            show_line(console, f"{group:<10}{name:<24}{_figure(value)}  {between}".rstrip())
    latency = report["latency_ms"]
    show_line(console, f"\n{'latency':<10}{'p50, p95':<24}{latency['p50']:.1f} ms, {latency['p95']:.1f} ms")
    methods: dict[str, dict[str, float | None]] = report.get("compare", {})
    if methods:
        show_line(console)
        names = list(next(iter(methods.values())))
        show_line(console, f"{'passage':<26}" + "".join(f"{name:>8}" for name in names), "bold")
        for method, figures in methods.items():
            show_line(console, f"{method:<26}" + "".join(f"{_figure(value):>8}" for value in figures.values()))


def _figure(value: float | None) -> str:
    return "  -  " if value is None else f"{value:.3f}"
