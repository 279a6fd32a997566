"""A source text in the languages that programs are given: plain text, HTML, LaTeX, groff's."""

from __future__ import annotations

import re
from html import escape
from textwrap import fill

from tests.measure.corpus_texts import NOTE_MARK, Piece, SourceText

_WIDTH = 76
_STYLE = """
@page { margin: 22mm } body { font: 11pt "Liberation Serif", serif; text-align: justify; hyphens: auto }
table { border-collapse: collapse; font-size: 85% } td, th { border: 1px solid #888; padding: 2px 6px }
"""
_TWO_COLUMNS = "body { columns: 2; column-gap: 8mm; font-size: 9.5pt } h1 { column-span: all } table { font-size: 60% }"


def to_plain(text: SourceText) -> str:
    """Plain text as people write it: wrapped lines, an empty line between paragraphs, tabs in the table."""
    paragraphs = [_plain_piece(piece) for piece in text.pieces]
    paragraphs += [_wrapped(f"[{number}] {note}") for number, note in text.notes.items()]
    return "\n\n".join(paragraphs) + "\n"


def _plain_piece(piece: Piece) -> str:
    lines = [NOTE_MARK.sub(r"[\1]", line) for line in piece.lines]
    match piece.kind:
        case "bullets":
            return "\n".join(_wrapped(f"- {line}", "  ") for line in lines)
        case "numbers":
            return "\n".join(_wrapped(f"{number}. {line}", "   ") for number, line in enumerate(lines, 1))
        case "table":
            return "\n".join(lines)
        case _:
            return _wrapped(lines[0])


def _wrapped(line: str, indent: str = "") -> str:
    return fill(line, _WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def to_html(text: SourceText, *, columns: bool = False) -> str:
    """A page; its footnotes are written as LibreOffice does, which reads them as such again."""
    style = _STYLE + (_TWO_COLUMNS if columns else "")
    body = "\n".join(_html_piece(piece) for piece in text.pieces)
    notes = "".join(
        f'<div id="sdfootnote{number}"><p class="sdfootnote"><a class="sdfootnotesym" name="sdfootnote{number}sym" '
        f'href="#sdfootnote{number}anc">{number}</a> {escape(note)}</p></div>\n'
        for number, note in text.notes.items()
    )
    head = f'<meta charset="utf-8"><title>{escape(text.title)}</title><style>{style}</style>'
    return f'<!DOCTYPE html>\n<html lang="en"><head>{head}</head>\n<body>\n{body}\n{notes}</body></html>\n'


def _html_piece(piece: Piece) -> str:
    lines = [_html_words(line) for line in piece.lines]
    match piece.kind:
        case "heading":
            return f"<h{piece.level}>{lines[0]}</h{piece.level}>"
        case "bullets" | "numbers":
            tag = "ul" if piece.kind == "bullets" else "ol"
            return f"<{tag}>" + "".join(f"<li>{line}</li>" for line in lines) + f"</{tag}>"
        case "table":
            header, *rows = piece.rows
            written = "".join(f"<th>{escape(cell)}</th>" for cell in header)
            written = f"<thead><tr>{written}</tr></thead><tbody>"
            for row in rows:
                written += "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>\n"
            return f"<table>{written}</tbody></table>"
        case _:
            return f"<p>{lines[0]}</p>"


def _html_words(line: str) -> str:
    anchor = r'<a class="sdfootnoteanc" name="sdfootnote\1anc" href="#sdfootnote\1sym"><sup>\1</sup></a>'
    return NOTE_MARK.sub(anchor, escape(line, quote=False))


def to_latex(text: SourceText, *, columns: bool = False) -> str:
    """An article for pdflatex."""
    packages = "\\usepackage[T1]{fontenc}\\usepackage{lmodern,textcomp}\\usepackage[margin=25mm]{geometry}"
    symbols = "\\DeclareUnicodeCharacter{2212}{\\ensuremath{-}}"
    table = "table*" if columns else "table"
    body = "\n\n".join(_latex_piece(text, piece, table) for piece in text.pieces[1:])
    options = "a4paper,twocolumn" if columns else "a4paper,11pt"
    return (
        f"\\documentclass[{options}]{{article}}\n{packages}\n{symbols}\n\\setcounter{{secnumdepth}}{{0}}\n"
        f"\\title{{{_latex_words(text, text.title)}}}\\author{{}}\\date{{}}\n"
        f"\\begin{{document}}\\maketitle\n{body}\n\\end{{document}}\n"
    )


def _latex_piece(text: SourceText, piece: Piece, table: str) -> str:
    lines = [_latex_words(text, line) for line in piece.lines]
    match piece.kind:
        case "heading":
            command = "section" if piece.level == 2 else "subsection"
            return f"\\{command}{{{lines[0]}}}"
        case "bullets" | "numbers":
            name = "itemize" if piece.kind == "bullets" else "enumerate"
            items = "\n".join(f"\\item {line}" for line in lines)
            return f"\\begin{{{name}}}\n{items}\n\\end{{{name}}}"
        case "table":
            rows = "\n".join(" & ".join(_latex_words(text, cell) for cell in row) + " \\\\" for row in piece.rows)
            columns = "l" * len(piece.rows[0])
            place = "[t]" if table == "table*" else "[!h]"
            tabular = f"\\begin{{tabular}}{{{columns}}}\n{rows}\n\\end{{tabular}}"
            return f"\\begin{{{table}}}{place}\\centering\\small\n{tabular}\n\\end{{{table}}}"
        case _:
            return lines[0]


def _latex_words(text: SourceText, line: str) -> str:
    escaped = re.sub(r"([%&_#$])", r"\\\1", line)
    return NOTE_MARK.sub(lambda mark: f"\\footnote{{{_latex_words(text, text.notes[mark[1]])}}}", escaped)


def to_groff(text: SourceText) -> str:
    """A paper with groff's ms macros, for tbl."""
    written = [".nr PS 11", ".nr VS 13.5", ".TL", text.title]
    for piece in text.pieces[1:]:
        written += _groff_piece(text, piece)
    return "\n".join(written) + "\n"


def _groff_piece(text: SourceText, piece: Piece) -> list[str]:
    match piece.kind:
        case "heading":
            return [f".SH {piece.level - 1}", *_groff_words(text, piece.lines[0])]
        case "bullets":
            return [line for item in piece.lines for line in (".IP \\(bu 2", *_groff_words(text, item))]
        case "numbers":
            items = enumerate(piece.lines, 1)
            return [line for number, item in items for line in (f".IP {number}. 3", *_groff_words(text, item))]
        case "table":
            return [".TS", " ".join("l" * len(piece.rows[0])) + ".", *piece.lines, ".TE"]
        case _:
            return [".LP", *_groff_words(text, piece.lines[0])]


def _groff_words(text: SourceText, line: str) -> list[str]:
    """Lines of input; a sentence ends its line, as groff's manual wants it, and a footnote follows its mark."""
    written = []
    for piece in re.split(r"(?<=[.?!]) (?=[A-ZÅØ“])|(?<=\])", line):
        marks = NOTE_MARK.findall(piece)
        if words := NOTE_MARK.sub(r"\\**", piece).strip():
            written.append(words)
        for mark in marks:
            written += [".FS", text.notes[mark], ".FE"]
    return written
