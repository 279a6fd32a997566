"""Tables in the viewer: cells below the names of their columns, with each character of the document there once.

What divides cells is in the page and not seen, so that a place in the document is one in the page. Names that are
repeated where a table goes on are no text of the document: they are drawn by the stylesheet.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from itertools import chain, repeat

from markupsafe import Markup

from index.records import DocumentRecord, StoredPassage
from qa.web.markup import join, text
from qa.web.structure import Styled, set_slice
from qa.web.tables import Row, Table, is_sheet
from source.document import Span
from source.sentences import trim

_HIT = Markup('<mark id="hit">')
_MARK = Markup("<mark>")
_FIGURE_CLASS = Markup(' class="figure"')
_FIGURE = re.compile(r"[^\w(]{0,3}\(?[-+−]?[\d.,' \u00a0\u202f]*\d[^\w]{0,3}(?:[^\W\d_]{1,3}[²³]?)?")


class TableSetter:
    """Sets the tables of one passage, and marks `hit` in them, if any; the first cell with words of it is `#hit`."""

    def __init__(
        self, document: DocumentRecord, passage: StoredPassage, styles: Sequence[Styled], hit: Span | None
    ) -> None:
        self._document = document
        self._passage = passage
        self._offset = passage.span.start
        self._styles = list(styles)
        self._hit = hit
        self._tags = chain([_HIT], repeat(_MARK))

    def rows(self, table: Table, names: Sequence[str]) -> Markup:
        """The rows of `table`, below `names` of its columns if it goes on with another one."""
        styles = sorted([*self._styles, *map(self._moved, table.unshown)], key=lambda one: one.start)
        figures = self._columns_of_figures(table)
        again = [_names_again(names, figures)] if names else []
        rows = (
            self._row(row, styles, figures, is_names=table.has_names and number == 0)
            for number, row in enumerate(table.rows)
        )
        return join([*again, *rows])

    def _columns_of_figures(self, table: Table) -> frozenset[int]:
        """The numbers, from 0, of the columns whose cells are figures, most of them: they end below one another."""
        counts: Counter[int] = Counter()
        for row in table.rows[table.has_names :]:
            for number, cell in enumerate(row.cells):
                written = self._text(cell.start, cell.end)
                counts[number] += bool(_FIGURE.fullmatch(written)) - bool(written and not _FIGURE.fullmatch(written))
        return frozenset(number for number, more in counts.items() if more > 0)

    def _moved(self, one: Styled) -> Styled:
        return Styled(one.start - self._offset, one.end - self._offset, one.style)

    def _row(self, row: Row, styles: Sequence[Styled], figures: Collection[int], *, is_names: bool) -> Markup:
        is_cited = self._hit is not None and self._hit.overlaps(row.span)
        kind = " ".join(filter(None, ["names" if is_names else "", "cited-row" if is_cited else ""]))
        return Markup('<tr class="{kind}"><td class="gutter">{link}</td>{cells}</tr>').format(
            kind=kind, link=self._link(row), cells=join(self._cells(row, styles, figures, is_names=is_names))
        )

    def _link(self, row: Row) -> Markup:
        passage = self._passage
        lines = passage.location_of(Span(row.span.start, row.span.start)).lines if is_sheet(self._document) else None
        if lines is None and row.span.start != passage.span.start:
            return Markup("")
        return Markup(
            '<a class="number" href="#s/{document}/{number}/{start}-{end}" title="Link to this {what}" '
            'data-number="{shown}" aria-label="Link to {what} {shown}"></a>'
        ).format(
            document=self._document.id,
            number=passage.number,
            start=row.span.start,
            end=row.span.end,
            what="row" if lines else "paragraph",
            shown=lines.first if lines else passage.number,
        )

    def _cells(
        self, row: Row, styles: Sequence[Styled], figures: Collection[int], *, is_names: bool
    ) -> Iterator[Markup]:
        at = row.span.start
        cells = row.cells or (Span(at, at),)
        for number, cell in enumerate(cells):
            is_last = number == len(cells) - 1
            tag = "th" if is_names and len(cell) else "td"
            yield Markup('<{tag}{scope}{kind} dir="auto">{before}{words}{after}</{tag}>').format(
                tag=tag,
                scope=Markup(' scope="col"') if tag == "th" else "",
                kind=_FIGURE_CLASS if number in figures else "",
                before=self._unshown(at, cell.start),
                words=self._marked(cell, styles),
                after=self._unshown(cell.end, row.span.end) if is_last else "",
            )
            at = cell.end

    def _unshown(self, start: int, end: int) -> Markup:
        signs = self._text(start, end)
        return Markup('<span class="unshown">{}</span>').format(text(signs)) if signs else Markup("")

    def words(self, span: Span) -> Markup:
        """Words beside the tables; empty lines around them are not seen."""
        words = trim(self._passage.text, Span(span.start - self._offset, span.end - self._offset))
        inner = Span(words.start + self._offset, words.end + self._offset)
        around = self._unshown(span.start, inner.start), self._unshown(inner.end, span.end)
        return join([around[0], self._marked(inner, self._styles), around[1]])

    def _marked(self, span: Span, styles: Sequence[Styled]) -> Markup:
        hit = self._hit
        first = last = span.start
        if hit is not None and hit.overlaps(span):
            first, last = max(hit.start, span.start), min(hit.end, span.end)
        pieces = [self._slice(styles, span.start, first)]
        if first < last:
            pieces += [next(self._tags), self._slice(styles, first, last), Markup("</mark>")]
        return join([*pieces, self._slice(styles, last, span.end)])

    def _text(self, start: int, end: int) -> str:
        return self._passage.text[start - self._offset : end - self._offset]

    def _slice(self, styles: Sequence[Styled], start: int, end: int) -> Markup:
        if not styles:
            return text(self._text(start, end))
        return set_slice(self._passage.text, styles, start - self._offset, end - self._offset)


def _names_again(names: Sequence[str], figures: Collection[int]) -> Markup:
    th = Markup('<th scope="col"{kind} dir="auto" data-name="{name}" aria-label="{name}"></th>')
    cells = join(
        th.format(kind=_FIGURE_CLASS if number in figures else "", name=text(name)) if name else Markup("<td></td>")
        for number, name in enumerate(names)
    )
    return Markup('<tr class="names again"><td class="gutter"></td>{}</tr>').format(cells)


def sheet(bodies: Markup) -> Markup:
    """A table made of its bodies, which can be scrolled sideways by itself."""
    return Markup('<div class="sheet" role="group" tabindex="0" aria-label="Table"><table>{}</table></div>').format(
        bodies
    )
