"""What was found of a draft's claims: as lines for the terminal, or one HTML page that needs nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from html import escape

from rich.console import Console
from rich.table import Table
from rich.text import Text

from qa.check import PROVEN, Finding, Verdict
from qa.show import show_line
from source.errors import printable

SAID: dict[Verdict, str] = {
    "exact": "exact",
    "folded": "exact but for folding",
    "altered": "altered",
    "misattributed": "misattributed",
    "not_found": "not found",
}
_STYLES: dict[Verdict, str] = {"exact": "green", "folded": "green", "misattributed": "bold magenta"}
_SHOWN_CHARS = 160


def show_findings(console: Console, name: str, findings: Sequence[Finding]) -> None:
    """A table, then a line that counts; into a file or another program go lines of six fields divided by tabs."""
    rows = [
        (
            SAID[one.verdict],
            one.kind,
            shortened(one.text),
            f"{one.span.start}-{one.span.end}",
            f"{one.source.name} {one.place.start}-{one.place.end}" if one.source and one.place else "",
            _explained(one),
        )
        for one in findings
    ]
    if console.is_terminal:
        console.print(_table(findings, rows))
    else:
        for row in rows:
            print("\t".join(map(printable, row)), file=console.file)  # Rich would make blanks of the tabs
    show_line(console, f"{printable(name)}: {summary(findings)}", "bold")


def _table(findings: Sequence[Finding], rows: Sequence[Sequence[str]]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for title in ("Verdict", "Kind", "In the draft", "At", "In the library", "Difference"):
        table.add_column(title, overflow="fold")
    for finding, row in zip(findings, rows, strict=True):
        verdict, *rest = (printable(field) for field in row)
        table.add_row(Text(verdict, _STYLES.get(finding.verdict, "bold red")), *map(Text, rest))
    return table


def _explained(finding: Finding) -> str:
    """The difference; of what was not found, the words that come nearest."""
    if finding.verdict == "not_found":
        return f"nearest: {shortened(finding.quoted)}" if finding.quoted else ""
    return finding.difference


def shortened(words: str) -> str:
    """The words on one line, as many of them as a table shows."""
    line = " ".join(words.split())
    return line if len(line) <= _SHOWN_CHARS else f"{line[:_SHOWN_CHARS]}…"


def summary(findings: Sequence[Finding]) -> str:
    """How many claims there are, and how many of each verdict."""
    counts = Counter(one.verdict for one in findings)
    claims = "1 claim" if len(findings) == 1 else f"{len(findings):,} claims"
    return ", ".join([claims, *(f"{counts[verdict]:,} {said}" for verdict, said in SAID.items() if counts[verdict])])


_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title><style>
body {{ max-width: 52rem; margin: 3rem auto; padding: 0 1.2rem; font: 16px/1.6 system-ui, sans-serif; color: #17212b; }}
h1 {{ font-size: 1.5rem; }} .draft {{ white-space: pre-wrap; font-family: Georgia, serif; overflow-wrap: anywhere; }}
mark {{ color: inherit; border-radius: 2px; }} mark a {{ color: inherit; text-decoration: none; }}
.proven {{ background: #d6f0d8; }} .wrong {{ background: #ffd9d4; outline: 1px solid #b3261e; }}
li {{ margin: .8rem 0; }} li strong {{ text-transform: capitalize; }} blockquote {{ margin: .2rem 0; padding-left: 1rem;
border-left: 3px solid #c3ccd5; font-family: Georgia, serif; white-space: pre-wrap; }}
.meta {{ font-size: .85rem; color: #566370; }}
</style></head><body><h1 dir="auto">{title}</h1><p>{summary}</p><div class="draft" dir="auto">{draft}</div>
<h2>What was found</h2><ol>{findings}</ol></body></html>
"""


def findings_html(name: str, text: str, findings: Sequence[Finding]) -> str:
    """The draft with its claims marked, and below it a list of them with the words of the documents."""
    items = "".join(_item(number, one) for number, one in enumerate(findings, 1))
    return _PAGE.format(
        title=escape(name), summary=escape(summary(findings)), draft=marked_html(text, findings), findings=items
    )


def marked_html(text: str, findings: Sequence[Finding]) -> str:
    """`text`, escaped, with each claim in a `mark` that leads to its finding; of those that overlap, the first."""
    pieces: list[str] = []
    at = 0
    for number, one in enumerate(findings, 1):
        if one.span.start >= at:
            claim = (
                f'<mark class="{_class(one)}" title="{escape(SAID[one.verdict])}">'
                f'<a href="#claim-{number}">{escape(one.span.of(text))}</a></mark>'
            )
            pieces += [escape(text[at : one.span.start]), claim]
            at = one.span.end
    return "".join([*pieces, escape(text[at:])])


def _class(finding: Finding) -> str:
    return "proven" if finding.verdict in PROVEN else "wrong"


def _item(number: int, finding: Finding) -> str:
    place = ""
    if finding.source and finding.place:
        start, end = finding.place.start, finding.place.end
        place = (
            f'<blockquote dir="auto">{escape(finding.quoted)}</blockquote>'
            f'<p class="meta" dir="auto">{escape(finding.source.name)}, characters {start:,} to {end:,}</p>'
        )
    difference = f" ({escape(finding.difference)})" if finding.difference else ""
    return (
        f'<li id="claim-{number}"><strong class="{_class(finding)}">{SAID[finding.verdict]}</strong>, {finding.kind}: '
        f'<span dir="auto">{escape(shortened(finding.text))}</span>{difference}{place}</li>'
    )
