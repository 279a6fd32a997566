"""Real files: the demo's, with the traps in them, and those beside a developer's checkout."""

from __future__ import annotations

from pathlib import Path

import pytest

from source.document import Document, Extraction
from source.errors import DocumentError
from source.load import FORMATS, load_document
from source.load_options import NO_OPTIONS
from tests.checks import check_passages
from tests.conftest import DEMO_DOCUMENTS, ROOT

DOCLING = [ROOT.parent / "shared" / "data" / "files" / "docling" / kind for kind in ("html", "md")]
SEED = ROOT.parent / "shared" / "seed"


def check_document(path: Path) -> Document:
    document = load_document(path)
    extraction = FORMATS[path.suffix.lower()].load(path.read_bytes(), NO_OPTIONS)
    assert extraction.text == document.text
    check_passages(extraction, document.passages)
    return document


def texts_of(document: Document, role: str) -> list[str]:
    return [passage.span.of(document.text) for passage in document.passages if passage.role == role]


def folded_of(document: Document) -> list[str]:
    return [sentence.folded for passage in document.passages for sentence in passage.sentences]


@pytest.mark.parametrize("path", sorted(DEMO_DOCUMENTS.iterdir()), ids=lambda path: path.name)
def test_a_demo_document_is_kept_whole(path: Path) -> None:
    check_document(path)


def test_the_bells_navigation_captions_and_repeated_titles_are_furniture() -> None:
    bells = check_document(DEMO_DOCUMENTS / "harbour-bells.txt")
    title = "The Bells of Port Ellery"
    assert texts_of(bells, "furniture") == [
        "Home\u00a0|\u00a0Features\u00a0|\u00a0Harbour Life\u00a0|\u00a0Interviews",
        title,
        f"{title}\r\nPhoto: Marta Quill / Ellery Evening Post",
        "Share this article",
        "Caption: Bell No. 2 with its three feet. Photo: Tobias Rell",
        title,
        "Caption: The lathe in the rope loft (left), and Dr. Carver's card. Photo: Marta Quill / Ellery Evening Post",
        "Share this article",
        title,
        "Home\u00a0|\u00a0About us\u00a0|\u00a0Contact\u00a0|\u00a0Terms of use",
    ]
    assert bells.title == title


def test_the_bells_questions_head_their_answers() -> None:
    bells = check_document(DEMO_DOCUMENTS / "harbour-bells.txt")
    questions = [
        "Why does a harbour need nine bells?",
        "Describe the oldest of them.",
        "Is it true that one of the bells was stolen?",
        "Tell us how you tune a bell.",
        "What about the fog horn?",
        "Say a few words about what comes next.",
        "And who will follow you?",
    ]
    assert texts_of(bells, "heading") == [bells.title, *questions]
    answers = [passage for passage in bells.passages if passage.role == "body" and len(passage.headings) == 2]
    assert list(dict.fromkeys(passage.headings for passage in answers)) == [(bells.title, one) for one in questions]


def test_the_bells_line_ends_and_odd_spaces_are_kept() -> None:
    bells = check_document(DEMO_DOCUMENTS / "harbour-bells.txt")
    assert "founder called Jonas Trell.\r\nIt weighs 640\u00a0kilograms" in bells.text
    assert bells.text.count("\r\n") == bells.text.count("\n") > 50
    assert "3.5\u00a0m" in bells.text
    assert "That is No. 2, which was cast in 1687 by a founder called Jonas Trell." in folded_of(bells)


def test_what_only_machines_see_of_the_handbook_is_not_its_text() -> None:
    handbook = check_document(DEMO_DOCUMENTS / "lighthouse-keepers-handbook.html")
    unseen = ["stands in a script", "cheese", "style sheet is not a sentence", "Machine data", "never painted green"]
    assert [words for words in [*unseen, "Nor must this one"] if words in handbook.text] == []
    assert handbook.title == "The Keeper's Handbook - Skarholm Head Light"


def test_the_handbook_s_rows_are_searched_with_their_headers() -> None:
    handbook = check_document(DEMO_DOCUMENTS / "lighthouse-keepers-handbook.html")
    folded = folded_of(handbook)
    assert (
        "Condition: Thick fog; Governor weight: 4.5 kg; One rotation: 30 s; Flashes: 2 every 15 s; "
        "Fog signal: one long and two short blasts every 90 s"
    ) in folded
    assert (
        "Day: Friday; Principal keeper: Kitchen; Second keeper: Boat and landing stage; Supernumerary: Lens and prisms"
        in folded
    )
    [row] = [one for passage in handbook.passages for one in passage.sentences if one.folded.startswith("Day: Sunday")]
    assert row.span.of(handbook.text) == "Sunday\tRest after the noon signal\tRest\tKitchen"


def test_the_handbook_s_surroundings_are_furniture() -> None:
    handbook = check_document(DEMO_DOCUMENTS / "lighthouse-keepers-handbook.html")
    furniture = " ".join(texts_of(handbook, "furniture"))
    for words in ("Tides & weather", "Log in", "Table 1. Rotation", "spring cleaning", "our leaflet", "Cookies"):
        assert words in furniture
        assert words not in " ".join(texts_of(handbook, "body"))
    assert "3 November 1874" in " ".join(folded_of(handbook))


def test_the_report_s_tables_code_and_footnotes_are_searched() -> None:
    report = check_document(DEMO_DOCUMENTS / "museum-loan-report.md")
    expected = [
        "Borrower: Sundial Park; Place: Orle; Objects: 28; Insured value (EUR): 96,750; Returned: 15 December 2022",
        "2023-03-04T02:10 G4 RH=47.8 T=20.1 ok",
        "2023-03-04T05:40 G4 RH=41.2 T=20.4 LOW",
        "[^2]: The ribbon is changed from red to white at Easter.",
        "That is 38 more outgoing loans than in the year before.",
        "3. Print the words foam: this side up in four languages inside each crate.",
    ]
    assert [one for one in expected if one not in folded_of(report)] == []
    [orrery] = [passage for passage in report.passages if "brass orrery of 1788" in passage.span.of(report.text)]
    assert orrery.headings == (
        "Report on Loans, Financial Year 2022/23",
        "2. Outgoing loans",
        "2.2 Damage",
        "2.2.1 The orrery",
    )


def test_the_seed_article_s_furniture_and_questions_are_told_apart() -> None:
    if not SEED.is_dir():
        pytest.skip(f"no data in {SEED}")
    [path] = SEED.iterdir()
    article = check_document(path)
    title = "How China Supplies Russia’s Military"
    assert texts_of(article, "furniture") == [
        "Interviews\u00a0|\u00a0Security\u00a0|\u00a0East Asia",
        title,
        f"{title}\nCredit: Depositphotos",
    ]
    assert [heading.split()[0] for heading in texts_of(article, "heading")] == [
        "How",
        "Recent",
        "Insights",
        "Briefly",
        "Explain",
        "What",
        "In",
        "Assess",
    ]
    headings = {passage.headings[-1].split()[0] for passage in article.passages if passage.role == "body"}
    assert headings == {"Insights", "Briefly", "Explain", "What", "In", "Assess"}


@pytest.mark.parametrize("folder", DOCLING, ids=lambda folder: folder.name)
def test_every_page_of_a_collection_made_to_be_hard_is_kept_whole(folder: Path) -> None:
    if not folder.is_dir():
        pytest.skip(f"no data in {folder}")
    refused = {}
    for path in sorted(folder.iterdir()):
        try:
            check_document(path)
        except DocumentError as error:
            refused[path.name] = error.reason
    assert refused == {}


def test_an_extraction_is_a_plain_value() -> None:
    data = (DEMO_DOCUMENTS / "honeybee-dance.txt").read_bytes()
    first, second = FORMATS[".txt"].load(data, NO_OPTIONS), FORMATS[".txt"].load(data, NO_OPTIONS)
    assert isinstance(first, Extraction)
    assert first == second
