"""What makes files of a source text: the programs that people use, each behind one small function.

A file is made once and kept below `build/corpus` until the text or the way it is made changes.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Literal

from tests.measure import corpus_python, corpus_write
from tests.measure.corpus_texts import SourceText
from tests.measure.datasets import ROOT

FOLDER = ROOT / "build" / "corpus"
_TIMEOUT_S = 300

Make = Callable[[SourceText, Path], None]
Holds = Literal["all", "all but the header row", "table"]


@dataclass(frozen=True, slots=True)
class Producer:
    """A program and the kind of file that it makes; `package` is what to install where `program` is not there.

    `holds` is what of a text comes into the file: all of it, all but the first row of its table, or its table only.
    `moves_table` is true where the program sets tables at the top of a page, away from where they are spoken of.
    `adds` is a pattern of the words that are its own.
    """

    name: str
    suffix: str
    make: Make
    program: str = ""
    package: str = ""
    holds: Holds = "all"
    moves_table: bool = False
    adds: str = ""

    def is_missing(self) -> bool:
        """True if its program is not on this machine."""
        return bool(self.program) and shutil.which(self.program) is None

    def path_of(self, text: SourceText) -> Path:
        """Where its file of `text` is kept, whether or not it has been made."""
        return FOLDER / f"{self.name.replace(' ', '-')}-{self.suffix[1:]}" / _digest() / f"{text.name}{self.suffix}"

    def file_of(self, text: SourceText) -> Path:
        """Its file of `text`, made unless it is there."""
        path = self.path_of(text)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory() as folder:
                made = Path(folder) / path.name
                self.make(text, made)
                shutil.copy(made, path)
        return path


@cache
def _digest() -> str:
    """A short digest of the texts and of what is made of them."""
    sources = [
        *Path(__file__).parent.glob("corpus_p[ry]*.py"),
        Path(corpus_write.__file__),
        *(Path(__file__).parent / "texts").glob("*.md"),
    ]
    return hashlib.sha256(b"".join(path.read_bytes() for path in sorted(sources))).hexdigest()[:12]


def _run(*command: str | Path, folder: Path) -> None:
    """Run a program in `folder`; what it says is shown if it fails."""
    environment = os.environ | {"SOURCE_DATE_EPOCH": "1700000000", "QTWEBENGINE_CHROMIUM_FLAGS": "--no-sandbox"}
    ended = subprocess.run(
        list(map(str, command)), cwd=folder, env=environment, capture_output=True, timeout=_TIMEOUT_S, check=False
    )
    if ended.returncode:
        raise RuntimeError(f"{command[0]} failed: {(ended.stdout + ended.stderr).decode(errors='backslashreplace')}")


def _write(folder: Path, name: str, words: str) -> Path:
    path = folder / name
    path.write_text(words, encoding="utf-8")
    return path


def write_plain(text: SourceText, path: Path) -> None:
    """The text with wrapped lines."""
    _write(path.parent, path.name, corpus_write.to_plain(text))


def write_markdown(text: SourceText, path: Path) -> None:
    """The text as it stands here."""
    _write(path.parent, path.name, text.markdown)


def write_html(text: SourceText, path: Path) -> None:
    """A plain page."""
    _write(path.parent, path.name, corpus_write.to_html(text))


def pandoc(text: SourceText, path: Path, *options: str) -> None:
    """What pandoc makes of the Markdown."""
    source = _write(path.parent, "source.md", text.markdown)
    _run(
        "pandoc", "--standalone", f"--metadata=pagetitle:{text.title}", *options, source, "-o", path, folder=path.parent
    )


def pandoc_plain(text: SourceText, path: Path) -> None:
    """Pandoc's plain text, with tables drawn."""
    source = _write(path.parent, "source.md", text.markdown)
    _run("pandoc", "-t", "plain", source, "-o", path, folder=path.parent)


def pandoc_latex(text: SourceText, path: Path) -> None:
    """Pandoc's LaTeX, printed by pdflatex."""
    source = _write(path.parent, "source.md", text.markdown)
    _run("pandoc", "--pdf-engine=pdflatex", "-V", "geometry:margin=25mm", source, "-o", path, folder=path.parent)


def latex(text: SourceText, path: Path, *, columns: bool) -> None:
    """An article by pdflatex."""
    source = _write(path.parent, f"{path.stem}.tex", corpus_write.to_latex(text, columns=columns))
    for _ in range(2):
        _run("pdflatex", "-interaction=nonstopmode", "-halt-on-error", source.name, folder=path.parent)


def groff(text: SourceText, path: Path) -> None:
    """A paper by groff's ms macros."""
    source = _write(path.parent, "source.ms", corpus_write.to_groff(text))
    ended = subprocess.run(
        ["groff", "-Tpdf", "-Kutf8", "-t", "-ms", source], capture_output=True, timeout=_TIMEOUT_S, check=True
    )
    path.write_bytes(ended.stdout)


def chromium(text: SourceText, path: Path, *, columns: bool, has_header: bool) -> None:
    """The page as Chromium prints it; its header has date and title, its footer address and page number."""
    source = _write(path.parent, "source.html", corpus_write.to_html(text, columns=columns))
    options = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={path.parent / 'profile'}"]
    if not has_header:
        options.append("--no-pdf-header-footer")
    _run("chromium", *options, f"--print-to-pdf={path}", source.as_uri(), folder=path.parent)


def libreoffice(text: SourceText, path: Path, *, kind: str = "") -> None:
    """The page as LibreOffice Writer saves it; as a Writer document first, with headings and footnotes."""
    source = _write(path.parent, f"{path.stem}.html", corpus_write.to_html(text))
    _convert(source, "odt", "--infilter=HTML (StarWriter)")
    if path.suffix != ".odt":
        _convert(source.with_suffix(".odt"), kind or path.suffix[1:])


def libreoffice_impress(text: SourceText, path: Path) -> None:
    """The slides that python-pptx makes, as LibreOffice Impress saves them."""
    source = path.with_name("source") / f"{path.stem}.pptx"
    source.parent.mkdir()
    corpus_python.write_pptx(text, source)
    _convert(source, path.suffix[1:], folder=path.parent)


def libreoffice_calc(text: SourceText, path: Path) -> None:
    """The sheet that openpyxl makes, as LibreOffice Calc saves it."""
    source = path.with_name("source") / f"{path.stem}.xlsx"
    source.parent.mkdir()
    corpus_python.write_xlsx(text, source)
    # Separated by commas, quoted by double quotation marks, in UTF-8.
    kind = "csv:Text - txt - csv (StarCalc):44,34,76" if path.suffix == ".csv" else path.suffix[1:]
    _convert(source, kind, folder=path.parent)


def _convert(source: Path, kind: str, *options: str, folder: Path | None = None) -> None:
    folder = folder or source.parent
    profile = f"-env:UserInstallation={(source.parent / 'profile').as_uri()}"
    _run("soffice", profile, "--headless", *options, "--convert-to", kind, "--outdir", folder, source, folder=folder)


def calibre(text: SourceText, path: Path) -> None:
    """The page as Calibre converts it."""
    source = _write(path.parent, "source.html", corpus_write.to_html(text))
    _run("ebook-convert", source, path, "--title", text.title, "--language", "en", folder=path.parent)


_OFFICE = ("soffice", "libreoffice-writer libreoffice-impress libreoffice-calc")
_PANDOC = ("pandoc", "pandoc")
_LATEX = ("pdflatex", "texlive-latex-recommended texlive-fonts-recommended lmodern")
_CALIBRE = ("ebook-convert", "calibre")
_CHROMIUM = ("chromium", "chromium")

PLAIN = Producer("ourselves", ".txt", write_plain)

PRODUCERS = (
    PLAIN,
    Producer("ourselves", ".md", write_markdown),
    Producer("ourselves", ".html", write_html),
    Producer("python", ".docx", corpus_python.write_docx),
    Producer("python", ".pptx", corpus_python.write_pptx),
    Producer("python", ".xlsx", corpus_python.write_xlsx, holds="table"),
    Producer("python", ".csv", corpus_python.write_csv, holds="table"),
    Producer("python", ".eml", corpus_python.write_eml, adds=r"\A.*? From: .* Date: .*? \+0100"),
    Producer("python", ".zip", corpus_python.write_zip),
    Producer("pandoc", ".txt", pandoc_plain, *_PANDOC),
    *(Producer("pandoc", suffix, pandoc, *_PANDOC) for suffix in (".html", ".docx", ".odt", ".epub", ".rtf", ".pptx")),
    Producer("pandoc latex", ".pdf", pandoc_latex, "pdflatex", f"pandoc {_LATEX[1]}"),
    Producer("latex", ".pdf", partial(latex, columns=False), *_LATEX, moves_table=True),
    Producer("latex columns", ".pdf", partial(latex, columns=True), *_LATEX, moves_table=True),
    Producer("groff", ".pdf", groff, "gropdf", "groff"),
    Producer("chromium", ".pdf", partial(chromium, columns=False, has_header=False), *_CHROMIUM),
    Producer("chromium header", ".pdf", partial(chromium, columns=False, has_header=True), *_CHROMIUM),
    Producer("chromium columns", ".pdf", partial(chromium, columns=True, has_header=False), *_CHROMIUM),
    *(Producer("libreoffice", suffix, libreoffice, *_OFFICE) for suffix in (".odt", ".docx", ".rtf", ".pdf")),
    Producer("libreoffice", ".epub", libreoffice, *_OFFICE, holds="all but the header row"),
    Producer("libreoffice", ".html", partial(libreoffice, kind="html:HTML (StarWriter)"), *_OFFICE),
    *(Producer("libreoffice", suffix, libreoffice_impress, *_OFFICE) for suffix in (".odp", ".pptx")),
    Producer("libreoffice slides", ".pdf", libreoffice_impress, *_OFFICE),
    *(Producer("libreoffice", suffix, libreoffice_calc, *_OFFICE, "table") for suffix in (".xlsx", ".ods", ".csv")),
    *(Producer("calibre", suffix, calibre, *_CALIBRE) for suffix in (".epub", ".docx", ".pdf")),
)
