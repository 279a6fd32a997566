"""Tables and charts of presentations: rows with their headers, or the text of a table that is there for its layout."""

from __future__ import annotations

from typing import Any

from pptx import Presentation
from pptx.chart import data as chart_data
from pptx.enum.chart import XL_CHART_TYPE
from pptx.slide import Slide
from pptx.util import Cm

from source.office.pptx import load_pptx
from tests.extractions import folded_of
from tests.pptxs import BLANK, add_slide, bytes_of, texts_of

CHART_DATA: Any = chart_data


def add_chart(slide: Slide, kind: XL_CHART_TYPE, figures: Any) -> Any:
    shapes: Any = slide.shapes
    return shapes.add_chart(kind, Cm(0), Cm(0), Cm(9), Cm(5), figures).chart


def test_merged_cells_are_written_once_and_searched_in_each_row() -> None:
    deck = Presentation()
    table = add_slide(deck, BLANK).shapes.add_table(4, 3, Cm(0), Cm(0), Cm(9), Cm(3)).table
    texts = [["Who", "Weight", ""], ["Ann", "1", "2"], ["", "3", "4"], ["Ben", "5", ""]]
    for cell, text in zip(table.iter_cells(), [text for row in texts for text in row], strict=True):
        cell.text = text
    table.cell(0, 1).merge(table.cell(0, 2))
    table.cell(1, 0).merge(table.cell(2, 0))
    extraction = load_pptx(bytes_of(deck))
    assert extraction.text == "Who\tWeight\nAnn\t1\t2\n3\t4\nBen\t5\t"
    assert folded_of(extraction) == [
        "Who; Weight; Weight",
        "Who: Ann; Weight: 1; Weight: 2",
        "Who: Ann; Weight: 3; Weight: 4",
        "Who: Ben; Weight: 5",
    ]
    table.first_row = False
    assert folded_of(load_pptx(bytes_of(deck)))[1] == "Ann; 1; 2"


def test_a_table_for_layout_is_read_as_the_paragraphs_in_it() -> None:
    deck = Presentation()
    table = add_slide(deck, BLANK).shapes.add_table(1, 2, Cm(0), Cm(0), Cm(9), Cm(3)).table
    long = "A sentence of prose in a cell. " * 20
    table.cell(0, 0).text, table.cell(0, 1).text = "Menu", f"{long}\nThe end."
    assert texts_of(deck) == ["Menu", long.strip(), "The end."]


def test_a_chart_is_read_as_its_titles_and_a_table() -> None:
    deck = Presentation()
    figures: Any = CHART_DATA.CategoryChartData()
    figures.categories = ["Spring", "Autumn"]
    figures.add_series("Bells", (4.3, None))
    figures.add_series("Ropes", (0.1 + 0.2, 7))
    chart = add_chart(add_slide(deck, BLANK), XL_CHART_TYPE.BAR_CLUSTERED, figures)
    chart.has_title = True
    chart.chart_title.text_frame.text = "Sold by season"
    extraction = load_pptx(bytes_of(deck))
    assert extraction.text == "Sold by season\n\n\tBells\tRopes\nSpring\t4.3\t0.3\nAutumn\t\t7"
    assert "Spring; Bells: 4.3; Ropes: 0.3" in folded_of(extraction)
    assert "Autumn; Ropes: 7" in folded_of(extraction)


def test_series_that_share_no_categories_are_tables_of_their_own() -> None:
    deck = Presentation()
    figures: Any = CHART_DATA.XyChartData()
    points_of: dict[str, list[tuple[float, float]]] = {"Old": [(1.5, 2)], "New": [(3, 4), (5, 6)]}
    for name, points in points_of.items():
        series = figures.add_series(name)
        for point in points:
            series.add_data_point(*point)
    add_chart(add_slide(deck, BLANK), XL_CHART_TYPE.XY_SCATTER, figures)
    assert texts_of(deck) == ["Old\n1.5\t2", "New\n3\t4\n5\t6"]
