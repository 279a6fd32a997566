"""The commands that prove words: check, for drafts, and verify, for exported answers and conversations."""

from __future__ import annotations

import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from qa import folders, show
from qa.check import PROVEN, Finding, check_draft
from qa.check_draft import Draft, make_draft
from qa.check_show import findings_html, show_findings
from qa.check_sources import sources_of
from qa.evidence import EvidenceQuote, read_evidence
from qa.options import DEFAULT_MAX_MB, JsonOption, LibraryOption, MaxMbOption, load_options, open_filled, session_of
from qa.verify import Original, Verified, folder_originals, library_originals, verify_quotes
from source.errors import DocumentError, printable
from source.load import make_document, read_bytes
from source.load_options import LoadOptions

_STANDARD_INPUT = Path("-")
# What comes without a name may hold Markdown; text without any is read alike.
_PASTED = Path("draft.md")


class ClaimKind(StrEnum):
    """What is checked of a draft."""

    QUOTATION = "quotation"
    NUMBER = "number"
    CITED = "cited"


def check(
    context: typer.Context,
    drafts: Annotated[list[Path], typer.Argument(metavar="DRAFT...", hidden=True)],
    *,
    kinds: Annotated[
        list[ClaimKind] | None, typer.Option("--kind", help="Check only these claims; may be given again.")
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
    loaded = [(path, _load_draft(path, options)) for path in drafts]
    wanted = set(kinds or ClaimKind)
    with open_filled(session_of(context, library)) as opened:
        sources = sources_of(opened)
        checked = [
            (_name(path), draft, [one for one in check_draft(sources, draft) if one.kind in wanted])
            for path, draft in loaded
        ]
    if as_json:
        show.show_json(_as_json(checked))
    for name, draft, findings in () if as_json else checked:
        if as_html:
            _print_page(findings_html(name, draft.text, findings))
        else:
            show_findings(show.output(), name, findings)
    if any(one.verdict not in PROVEN for _, _, findings in checked for one in findings):
        raise typer.Exit(1)


def _load_draft(path: Path, options: LoadOptions) -> Draft:
    if path != _STANDARD_INPUT:
        data = read_bytes(path, options.max_bytes)
        return make_draft(make_document(path, data, options), data)
    data = sys.stdin.buffer.read(options.max_bytes + 1)
    if len(data) > options.max_bytes:
        reason = f"it has more than the limit of {options.max_bytes / 1e6:,.0f} MB"
        raise DocumentError("Cannot read the standard input", reason, "Split it, or raise the limit with --max-mb.")
    return make_draft(make_document(_PASTED, data, options), data)


def _name(path: Path) -> str:
    return "standard input" if path == _STANDARD_INPUT else path.name


def _as_json(checked: list[tuple[str, Draft, list[Finding]]]) -> list[dict[str, object]]:
    """One list; where there are several drafts, each claim says which it is of."""
    if len(checked) == 1:
        return [one.as_dict() for one in checked[0][2]]
    return [{"draft": name, **one.as_dict()} for name, _, findings in checked for one in findings]


def _print_page(page: str) -> None:
    """In UTF-8, whatever the locale, as the page says of itself."""
    sys.stdout.flush()
    sys.stdout.buffer.write(page.encode("utf-8", "backslashreplace"))
    sys.stdout.buffer.flush()


def verify(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", hidden=True)],
    *,
    originals: Annotated[
        Path | None, typer.Option("--originals", metavar="FOLDER", help="Look in these files, not in the library.")
    ] = None,
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
    quotes = "1 quote" if len(outcomes) == 1 else f"{len(outcomes):,} quotes"
    told = ", ".join([quotes, *(f"{count:,} {kind}" for kind, count in counts.items() if count)])
    show.show_line(console, f"{printable(path.name)}: {told}", "bold")
