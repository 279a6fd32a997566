"""Presentations as people and other programs save them: real ones, and the other kinds of the same format."""

from __future__ import annotations

from pathlib import Path

import pytest

from source.office.pptx import load_pptx
from tests.archives import made_strict, replaced
from tests.checks import check_passages
from tests.pptxs import a_bell, bytes_of


def test_real_decks_are_read_whole(shared: Path) -> None:
    files = shared / "data" / "files"
    paths = sorted([*(files / "docling" / "pptx").glob("*.pptx"), *(files / "python-pptx").glob("*.pptx")])
    assert len(paths) > 60
    for path in paths:
        extraction = load_pptx(path.read_bytes())
        check_passages(extraction)
        spans = [part.span for part in extraction.parts]
        assert spans == sorted(spans)
        assert "\n".join(span.of(extraction.text) for span in spans).split() == extraction.text.split()


@pytest.mark.parametrize(
    ("name", "slide", "text"),
    [
        ("docling/pptx/powerpoint_sample.pptx", 2, "With foo\nBar\nAnd baz things"),
        ("docling/pptx/powerpoint_sample.pptx", 3, "Final notes on the third slide."),
        ("docling/pptx/powerpoint_sample.pptx", 3, "I1\nI2\nI3\nI4"),
        ("docling/pptx/powerpoint_with_image.pptx", 1, "A cartoon duck holding a paper"),
        ("docling/pptx/powerpoint_unrecognized_shape.pptx", 2, "Text in an unrecognized shape"),
        ("docling/pptx/pptx_chart.pptx", 1, "2019\t120\t80"),
        ("python-pptx/shp-shapes.pptx", 1, "Smart Art"),
        ("python-pptx/cht-chart-props.pptx", 1, "2002-01-05\t32\t12"),
    ],
)
def test_what_real_decks_say(shared: Path, name: str, slide: int, text: str) -> None:
    extraction = load_pptx((shared / "data" / "files" / name).read_bytes())
    assert [part.number for part in extraction.parts if text in part.span.of(extraction.text)] == [slide]


def test_a_strict_deck_is_read_like_any_other() -> None:
    data = bytes_of(a_bell())
    assert load_pptx(made_strict(data)) == load_pptx(data)


@pytest.mark.parametrize(
    "kind",
    [
        "openxmlformats-officedocument.presentationml.slideshow",
        "openxmlformats-officedocument.presentationml.template",
        "ms-powerpoint.presentation.macroEnabled",
        "ms-powerpoint.slideshow.macroEnabled",
        "ms-powerpoint.template.macroEnabled",
    ],
)
def test_shows_templates_and_decks_with_macros_are_read_like_any_other(kind: str) -> None:
    data = bytes_of(a_bell())
    usual = "openxmlformats-officedocument.presentationml.presentation"
    variant = replaced(data, "[Content_Types].xml", f"vnd.{usual}.main+xml", f"vnd.{kind}.main+xml")
    assert load_pptx(variant) == load_pptx(data)
