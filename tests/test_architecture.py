"""How the packages may depend on each other: imports go `source <- index <- qa`, and each library has one home."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator

from tests.conftest import ROOT

PACKAGES = ("source", "index", "qa")
FORBIDDEN = {"source": {"index", "qa"}, "index": {"qa"}, "qa": set[str]()}
HOMES = {
    "charset_normalizer": {"source/decode.py"},
    "cryptography": {"source/office/odf_lock.py", "source/zip_aes.py"},
    "docx": {"source/office/docx.py"},
    "defusedxml": {"source/epub.py", "source/office/odf_package.py"},
    "faiss": {"index/vectors.py"},
    "httpcore": {"qa/llm/connection.py", "source/web/connection.py", "source/web/timed.py"},
    "httpx": {
        "qa/llm/connection.py",
        "qa/llm/settings.py",
        "source/web/fetch.py",
        "source/web/address.py",
        "source/web/connection.py",
    },
    "mcp": {"qa/web/tools.py"},
    "msoffcrypto": {"source/office/unlock.py"},
    "olefile": {"source/office/unlock.py"},
    "onnx": {"index/bert_graph.py"},
    "onnxruntime": {"index/converted_model.py"},
    "openpyxl": {"source/office/xlsx.py"},
    "pptx": {"source/office/pptx.py"},
    "PIL": {"source/pdf/picture.py"},
    "pypdfium2": {
        "source/pdf/file.py",
        "source/pdf/highlight.py",
        "source/pdf/letters.py",
        "source/pdf/pages.py",
        "source/pdf/picture.py",
    },
    "selectolax": {"source/epub.py", "source/html.py", "source/html_blocks.py"},
    "sentence_transformers": {"index/sentence_model.py"},
    "sentencex": {"source/sentences.py"},
    "sqlite3": {"index/database.py"},
    "rapidfuzz": {"qa/spelling.py"},
    "Stemmer": {"index/words.py", "qa/words.py"},
    "tokenizers": {"index/converted_model.py"},
    "torch": {"index/sentence_model.py"},
    "transformers": {"index/sentence_model.py"},
    "watchfiles": {"source/watch.py"},
}
LATE = {
    "cryptography",
    "docx",
    "faiss",
    "fastapi",
    "gradio",
    "httpcore",
    "httpx",
    "mcp",
    "msoffcrypto",
    "olefile",
    "onnx",
    "onnxruntime",
    "openpyxl",
    "pptx",
    "pypdfium2",
    "sentence_transformers",
    "tokenizers",
    "torch",
    "transformers",
    "uvicorn",
    "watchfiles",
}
"""What takes long to import, and so is imported only when first needed."""


def imports() -> Iterator[tuple[str, str]]:
    """Each module of ours, as a path, with the top-level names of what it imports, wherever in it."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            module = path.relative_to(ROOT).as_posix()
            for node in ast.walk(ast.parse(path.read_bytes())):
                if isinstance(node, ast.Import):
                    yield from ((module, alias.name.split(".")[0]) for alias in node.names)
                elif isinstance(node, ast.ImportFrom):
                    assert node.level == 0, f"{module} imports relative to itself"
                    yield module, (node.module or "").split(".")[0]


def test_imports_go_from_source_to_index_to_qa() -> None:
    wrong = [(module, name) for module, name in imports() if name in FORBIDDEN[module.split("/")[0]]]
    assert wrong == []


def test_each_library_is_imported_in_its_home_only() -> None:
    importers = defaultdict(set)
    for module, name in imports():
        importers[name].add(module)
    assert {name: importers[name] for name in HOMES} == HOMES
    assert all(module.startswith("qa/web/") for name in ("gradio", "fastapi", "uvicorn") for module in importers[name])


def imported_by(statement: str) -> dict[str, list[str]]:
    """What a fresh Python holds after `statement`: the slow modules, and environment variables that changed."""
    code = (
        "import json, os, sys; before = dict(os.environ)\n"
        f"{statement}\n"
        f"print(json.dumps({{'late': sorted({LATE!r} & set(sys.modules)),"
        " 'variables': sorted(set(os.environ.items()) ^ set(before.items()))}))"
    )
    child = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    found: dict[str, list[str]] = json.loads(child.stdout.splitlines()[-1])
    return found


def test_importing_the_program_imports_nothing_slow_and_sets_no_variable() -> None:
    statement = "import qa, qa.cli, qa.web.server, index.embed, index.vectors, index.library"
    assert imported_by(statement) == {"late": [], "variables": []}


def test_help_imports_nothing_slow() -> None:
    statement = "import qa.cli\ntry: qa.cli.main(['add', '--help'])\nexcept SystemExit as end: assert end.code == 0"
    assert imported_by(statement)["late"] == []


def test_a_child_that_loads_files_starts_without_what_few_of_them_need() -> None:
    code = "import sys, source.worker; print(sorted({'numpy', 'PIL', 'lxml', 'rich', 'typer'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
