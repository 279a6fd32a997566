"""The passages of a document as HTML: headings, paragraphs and tables, one after the other, with a quote marked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from index.records import DocumentRecord, StoredPassage
from qa.web.markup import join, text, wrapping
from qa.web.structure import Styled, markdown_styles, set_passage
from qa.web.table_html import TableSetter, sheet
from qa.web.tables import Table, Tables
from source.document import Part, Span
from source.errors import printable

_HIT = Markup('<mark id="hit">')


@dataclass(frozen=True, slots=True)
class Cited:
    """The passage that a quote is from, and the quote."""

    passage: StoredPassage
    hit: Span


def passages_html(
    document: DocumentRecord, tables: Tables, passages: Sequence[StoredPassage], cited: Cited | None
) -> Markup:
    """`passages`, which follow each other in `document`; those that one table was cut into are one table again."""
    return join(_pieces(document, tables, passages, cited))


def _pieces(
    document: DocumentRecord, tables: Tables, passages: Sequence[StoredPassage], cited: Cited | None
) -> Iterator[Markup]:
    part: Part | None = None
    bodies: list[Markup] = []
    for passage in passages:
        hit = cited.hit if cited and cited.passage.id == passage.id else None
        found = tables.of(passage)
        is_table = len(found) == 1 and found[0].span == passage.span
        if bodies and not (is_table and tables.continues(passage)):
            yield sheet(join(bodies))
            bodies = []
        if passage.parts and passage.parts[0] != part:
            part = passage.parts[0]
            yield _part_label(part)
        if is_table:
            bodies.append(_body(document, passage, found[0], tables.names_above(passage), hit))
        elif found:
            yield _mixed(document, passage, found, tables.names_above(passage), hit)
        else:
            yield _paragraph(document, passage, hit)
    if bodies:
        yield sheet(join(bodies))


def _part_label(part: Part) -> Markup:
    name_of_it = f" · {printable(part.name)}" if part.name else ""
    return Markup('<p class="part" dir="auto">{}</p>').format(
        text(f"{part.kind.capitalize()} {part.number}{name_of_it}")
    )


def _paragraph(document: DocumentRecord, passage: StoredPassage, hit: Span | None) -> Markup:
    offset = passage.span.start
    marks = [Span(hit.start - offset, hit.end - offset)] if hit else []
    return Markup(
        '<{tag} class="passage {role} {wrap}{cited}" data-number="{number}" dir="auto">{link}{text}</{tag}>'
    ).format(
        tag="h3" if passage.role == "heading" else "p",
        role=passage.role,
        wrap=wrapping(passage.text),
        cited=_cited(hit),
        number=passage.number,
        link=_link(document, passage),
        text=set_passage(passage.text, _styles(document, passage), marks, _HIT),
    )


def _body(
    document: DocumentRecord, passage: StoredPassage, table: Table, names: Sequence[str], hit: Span | None
) -> Markup:
    """A passage that is a table, or a piece of one."""
    rows = TableSetter(document, passage, _styles(document, passage), hit).rows(table, names)
    return Markup('<tbody class="passage {role}{cited}" data-number="{number}">{rows}</tbody>').format(
        role=passage.role, cited=_cited(hit), number=passage.number, rows=rows
    )


def _mixed(
    document: DocumentRecord, passage: StoredPassage, tables: Sequence[Table], names: Sequence[str], hit: Span | None
) -> Markup:
    """A passage with tables and other words."""
    setter = TableSetter(document, passage, _styles(document, passage), hit)
    pieces: list[Markup] = []
    at = passage.span.start
    for table in tables:
        pieces.append(setter.words(Span(at, table.span.start)))
        pieces.append(
            sheet(Markup("<tbody>{}</tbody>").format(setter.rows(table, names if table is tables[0] else [])))
        )
        at = table.span.end
    pieces.append(setter.words(Span(at, passage.span.end)))
    return Markup(
        '<section class="passage {role} keep{cited}" data-number="{number}" dir="auto">{link}{pieces}</section>'
    ).format(
        role=passage.role,
        cited=_cited(hit),
        number=passage.number,
        link=_link(document, passage),
        pieces=join(pieces),
    )


def _styles(document: DocumentRecord, passage: StoredPassage) -> list[Styled]:
    return markdown_styles(passage.text) if document.format == "markdown" else []


def _cited(hit: Span | None) -> str:
    return " cited" if hit else ""


def _link(document: DocumentRecord, passage: StoredPassage) -> Markup:
    return Markup(
        '<a class="number" href="#s/{document}/{number}/{start}-{end}" title="Link to this paragraph" '
        'data-number="{number}" aria-label="Link to paragraph {number}"></a>'
    ).format(document=document.id, number=passage.number, start=passage.span.start, end=passage.span.end)
