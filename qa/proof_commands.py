"""The commands that prove words: check, for drafts, and verify, for exported answers and conversations."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from index.library import Library
from qa import folders, show
from qa.check import PROVEN, Finding
from qa.check_show import findings_html, show_findings
from qa.draft_child import DraftChild, FindingReader, generous_s
from qa.draft_worker import CheckTask
from qa.evidence import EvidenceQuote, read_evidence
from qa.looked_at import STANDARD_INPUT, LoadedDraft, load_drafts
from qa.options import (
    DEFAULT_MAX_MB,
    JsonOption,
    LibraryOption,
    MaxMbOption,
    OriginalsOption,
    load_options,
    open_filled,
    session_of,
)
from qa.verify import Original, Verified, folder_originals, library_originals, verify_quotes
from source.errors import printable


class ClaimKind(StrEnum):
    """What is checked of a draft."""

    QUOTATION = "quotation"
    NUMBER = "number"
    CITED = "cited"


def check(
    context: typer.Context,
    drafts: Annotated[list[Path], typer.Argument(metavar="DRAFT", hidden=True)],
    *,
    kinds: Annotated[
        list[ClaimKind] | None,
        typer.Option("--kind", metavar="|".join(ClaimKind), help="Check only these claims; may be given again."),
    ] = None,
    as_json: JsonOption = False,
    as_html: Annotated[bool, typer.Option("--html", help="Print one HTML page, the draft with its claims.")] = False,
    max_mb: MaxMbOption = DEFAULT_MAX_MB,
    library: LibraryOption = None,
) -> None:
    """Check the quotations, numbers and cited sentences of a draft against the library.

    DRAFT is a file of any kind that can be added, or - for standard input. Each claim is exact, exact but for folding
    (quotation marks, dashes, white space, hyphens at line ends, the case of the first letter), altered, misattributed
    or not found. The exit status is 0 only if all are exact, with or without folding.

    \b
    Examples:
      qa check article.md
      qa check article.docx --kind quotation --json
      pbpaste | qa check - --html > checked.html
    """
    if as_json and as_html:
        message = "choose --json or --html"
        raise typer.BadParameter(message)
    options = load_options(max_mb, "", "")
    with DraftChild() as child:
        loaded = load_drafts(drafts, options)
        with open_filled(session_of(context, library)) as opened:
            checked = _check_all(child, opened, [*map(_name, drafts)], loaded, set(kinds or ClaimKind))
    _show_checked(checked, as_json=as_json, as_html=as_html)
    if any(one.unfinished or any(claim.verdict not in PROVEN for claim in one.findings) for one in checked):
        raise typer.Exit(1)


@dataclass(frozen=True, slots=True)
class _Checked:
    """A draft's text, with what was found of its claims; `unfinished` is why not of all of them, empty if of all."""

    name: str
    text: str
    findings: list[Finding]
    unfinished: str


def _check_all(
    child: DraftChild, library: Library, names: Sequence[str], drafts: Sequence[LoadedDraft], kinds: Collection[str]
) -> list[_Checked]:
    max_s = generous_s(sum(len(one.document.text) for one in drafts))
    task = CheckTask(library.folder, [(one.document, one.data) for one in drafts], max_s, niceness=0)
    reader, checked = FindingReader(library), []
    for name, draft, told in zip(names, drafts, child.check(task), strict=True):
        findings = [one for one in reader.read_all(draft.document.text, told) if one.kind in kinds]
        checked.append(_Checked(name, draft.document.text, findings, told.unfinished))
    return checked


def _show_checked(checked: list[_Checked], *, as_json: bool, as_html: bool) -> None:
    if as_json:
        show.show_json(_as_json(checked))
    for one in () if as_json else checked:
        if as_html:
            _print_page(findings_html(one.name, one.text, one.findings))
        else:
            show_findings(show.output(), one.name, one.findings)
    for one in checked:
        if one.unfinished:
            told = f"Cannot check all of {one.name}: {one.unfinished}. Check it in parts."
            show.show_line(show.messages(), printable(told))


def _name(path: Path) -> str:
    return "standard input" if path == STANDARD_INPUT else path.name


def _as_json(checked: list[_Checked]) -> list[dict[str, object]]:
    """One list; where there are several drafts, each claim says which it is of."""
    if len(checked) == 1:
        return [one.as_dict() for one in checked[0].findings]
    return [{"draft": draft.name, **one.as_dict()} for draft in checked for one in draft.findings]


def _print_page(page: str) -> None:
    """In UTF-8, whatever the locale, as the page says of itself."""
    sys.stdout.flush()
    sys.stdout.buffer.write(page.encode("utf-8", "backslashreplace"))
    sys.stdout.buffer.flush()


def verify(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(metavar="FILE", hidden=True)],
    *,
    originals: OriginalsOption = None,
    as_json: JsonOption = False,
    max_mb: MaxMbOption = DEFAULT_MAX_MB,
    library: LibraryOption = None,
) -> None:
    """Verify the quotes of exported answers and conversations: JSON, HTML or Markdown.

    Each quote is verified, changed (the document with its digest does not say so there, or is called otherwise), or
    missing (there is no document with its digest). The exit status is 0 only if all are verified.

    \b
    Examples:
      qa verify answer.html
      qa verify conversation.json --originals ~/articles
    """
    options = load_options(max_mb, "", "")
    read = [(path, read_evidence(path, options)) for path in files]
    if originals is None:
        with folders.open_existing_library(session_of(context, library).library) as opened:
            checked = _verify_all(read, lambda digests: library_originals(opened, digests))
    else:
        checked = _verify_all(read, lambda _: folder_originals(originals, options))
    if as_json:
        show.show_json([{"file": path.name, **one.as_dict()} for path, outcomes in checked for one in outcomes])
    for path, outcomes in () if as_json else checked:
        _show_verified(path, outcomes)
    if any(one.verification != "verified" for _, outcomes in checked for one in outcomes):
        raise typer.Exit(1)


def _verify_all(
    read: list[tuple[Path, list[EvidenceQuote]]], find: Callable[[set[str]], dict[str, Original]]
) -> list[tuple[Path, list[Verified]]]:
    found = find({digest for _, quotes in read for quote in quotes for digest in quote.digests})
    return [(path, verify_quotes(quotes, found)) for path, quotes in read]


def _show_verified(path: Path, outcomes: list[Verified]) -> None:
    console = show.output()
    styles = {"verified": "green", "changed": "bold red", "missing": "bold yellow"}
    for number, one in enumerate(outcomes, 1):
        place = f" {one.quote.start}-{one.quote.end}"
        reason = f": {one.reason}" if one.reason else ""
        where = f"  {printable(one.quote.document)}{place}{printable(reason)}"
        show.show_line(
            console, Text.assemble(f"{number:<3}", (f"{one.verification:<8}", styles[one.verification]), where)
        )
    counts = {kind: sum(one.verification == kind for one in outcomes) for kind in styles}
    quotes = {0: "no quotes to verify", 1: "1 quote"}.get(len(outcomes), f"{len(outcomes):,} quotes")
    told = ", ".join([quotes, *(f"{count:,} {kind}" for kind, count in counts.items() if count)])
    show.show_line(console, f"{printable(path.name)}: {told}", "bold")
