"""What a chart says: its titles, and its figures as a table with a column for each series."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from source.office.docx_xml import Element, child, elements_in, read_inline
from source.office.tables import TableRow

_NUMBER = re.compile(r"-?[0-9]{1,30}(?:\.[0-9]{1,30})?(?:[eE][-+]?[0-9]{1,3})?")
# What one value is put against, and the value, by the kind of chart.
_CATEGORIES = ("cat", "xVal")
_VALUES = ("val", "yVal")
_FIGURES = frozenset({"numCache", "numLit"})
# How a date is to be written, with its year.
_DAYS = re.compile(r"yy", re.IGNORECASE)
_DAY_ZERO = dt.date(1899, 12, 30)
_LAST_DAY = 2_958_466


@dataclass(frozen=True, slots=True)
class _Series:
    """A name, and by their numbers the categories and values."""

    name: str
    categories: dict[int, str]
    values: dict[int, str]


def chart_titles(chart: Element) -> Iterator[str]:
    """The title of a chart and those of its axes, as far as they are written out."""
    for title in elements_in(chart, frozenset({"title"})):
        yield "\n".join(read_inline(one).text for one in elements_in(title, frozenset({"p"})))


def chart_rows(chart: Element) -> Iterator[list[TableRow]]:
    """The figures as they were last drawn: one table, or one for each series if these share no categories."""
    series = [_read_series(one) for one in elements_in(chart, frozenset({"ser"}))]
    if all(one.categories == series[0].categories for one in series):
        series, shared = [], series
        yield _table(shared)
    for one in series:
        yield _table([one])


def _read_series(series: Element) -> _Series:
    return _Series(
        " ".join(_points(child(series, "tx")).values()),
        _points(_first(series, _CATEGORIES)),
        _points(_first(series, _VALUES)),
    )


def _first(series: Element, names: tuple[str, ...]) -> Element | None:
    return next((found for name in names if (found := child(series, name)) is not None), None)


def _points(element: Element | None) -> dict[int, str]:
    """The texts by their numbers; of categories in several levels the lowest."""
    points: dict[int, str] = {}
    if element is None:
        return points
    figures = next(elements_in(element, _FIGURES), None)
    are_days = figures is not None and _DAYS.search(_text(child(figures, "formatCode"))) is not None
    for place, point in enumerate(elements_in(element, frozenset({"pt"}))):
        number = point.get("idx") or ""
        text = " ".join(_text(child(point, "v")).split())
        if figures is not None and _NUMBER.fullmatch(text):
            text = _as_read(float(text), are_days=are_days)
        points.setdefault(int(number) if re.fullmatch(r"[0-9]{1,9}", number) else place, text)
    return points


def _text(element: Element | None) -> str:
    return (element.text if element is not None else None) or ""


def _as_read(figure: float, *, are_days: bool) -> str:
    """A figure as a reader would write it, without what computing left at its end; days are counted from 1900 on."""
    if are_days and 0 < figure < _LAST_DAY:
        return (_DAY_ZERO + dt.timedelta(days=int(figure))).isoformat()
    return f"{figure:.15g}"


def _table(series: list[_Series]) -> list[TableRow]:
    header = ("", *(one.name for one in series))
    rows = [TableRow(header, header, is_header=True)]
    categories = series[0].categories if series else {}
    for number in sorted({*categories, *(number for one in series for number in one.values)}):
        cells = (categories.get(number, ""), *(one.values.get(number, "") for one in series))
        rows.append(TableRow(cells, cells, is_header=False))
    return rows
