"""CSV and TSV: the document's text is the file itself; each row is a sentence, searched with its header names."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import partial

from source.blocks import row_sentences
from source.decode import decode
from source.document import Block, Extraction, Sentence, Span
from source.errors import LoadError
from source.lines import LINE_END
from source.sentences import trim

DELIMITERS = ",;\t|"
"""What may stand between the cells of a file that does not say so by its kind."""

_SAMPLE_CHARS = 20_000
_MAX_CELL_CHARS = 1_000_000


def load_delimited(data: bytes, *, delimiters: str = DELIMITERS) -> Extraction:
    """The rows of a table with one of `delimiters` between its cells, whichever fits; lines are the file's."""
    decoded = decode(data)
    text = decoded.text
    rows = list(_rows(text, delimiter_of(text, delimiters)))
    headers = rows[0][1] if rows and _is_header(rows) else []
    sentences: list[Sentence] = []
    for number, (span, cells) in enumerate(rows):
        sentences += row_sentences(text, span, headers if number else [], cells)
    blocks: tuple[Block, ...] = ()
    if sentences:
        blocks = (Block(Span(sentences[0].span.start, sentences[-1].span.end), "body", sentences=tuple(sentences)),)
    return Extraction(text, blocks, "", decoded.encoding, text_is_file=True, markup="none")


load_tsv = partial(load_delimited, delimiters="\t")


def delimiter_of(text: str, delimiters: str) -> str:
    """Which of `delimiters` stands between the cells of a table, by how it begins."""
    sample = text[:_SAMPLE_CHARS]
    try:
        return csv.Sniffer().sniff(sample, delimiters).delimiter
    except csv.Error:  # one column, or rows of different lengths
        return max(delimiters, key=sample.count)


def _rows(text: str, delimiter: str) -> Iterator[tuple[Span, list[str]]]:
    """Each row that is not blank: where it stands, without its line end, and its cells. A cell may hold line ends."""
    ends = [line_end.end() for line_end in LINE_END.finditer(text)]
    if not ends or ends[-1] < len(text):
        ends.append(len(text))
    starts = [0, *ends[:-1]]
    lines = (text[start:end] for start, end in zip(starts, ends, strict=True))
    csv.field_size_limit(_MAX_CELL_CHARS)
    reader = csv.reader(lines, delimiter=delimiter)
    first = 0
    try:
        for cells in reader:
            span = trim(text, Span(starts[first], ends[reader.line_num - 1]))
            first = reader.line_num
            if len(span):
                yield span, [cell.strip() for cell in cells]
    except csv.Error as error:
        reason = f"line {first + 1:,} begins no row of a table ({error})"
        raise LoadError(reason, "Mend it, or add it as .txt.") from error


def _is_header(rows: list[tuple[Span, list[str]]]) -> bool:
    """True if the first row has a name for each column, none of them a figure, and rows follow it."""
    names = rows[0][1]
    return len(rows) > 1 and all(name and not any(character.isdigit() for character in name) for name in names)
