"""Checking drafts: what a document says is proven in whatever style it is quoted, and what was changed never is."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

from hypothesis import assume, example, given
from hypothesis import strategies as st

from qa.check import PROVEN
from qa.check_fold import folds_between
from qa.check_fragments import find_places
from qa.check_sources import Sources, make_source
from qa.check_words import key_of
from source.document import Span
from source.load import make_document
from source.sentences import split_sentences
from tests.conftest import DEMO_DOCUMENTS
from tests.qa.drafts import BELLS, HONEY, MINUTES, check_text, quotation, sources_of_texts
from tests.strategies import lines, texts

MARKS = [
    ("“", "”"),
    ('"', '"'),
    ("„", "“"),
    ("„", "”"),
    ("”", "”"),
    ("« ", " »"),
    ("«\u202f", "\u202f»"),
    ("»", "«"),
    ("‹", "›"),
    ("‘", "’"),
    ("'", "'"),
    ("「", "」"),
    ("『", "』"),
]
WORD = re.compile(r"[^\W_]+")
ALL_KEYS = key_of(BELLS + MINUTES + HONEY)


def is_text(text: str) -> bool:
    return not re.search(r"[\x00-\x08\x0e-\x1f\x7f]", text)


@st.composite
def slices(draw: st.DrawFn, documents: st.SearchStrategy[str]) -> tuple[str, Span]:
    """A document, and a span of whole words of it."""
    text = draw(documents)
    found = whole_words(text)
    assume(found)
    first = draw(st.integers(0, len(found) - 1))
    last = draw(st.integers(first, min(len(found) - 1, first + 40)))
    return text, Span(found[first].start, found[last].end)


def whole_words(text: str) -> list[Span]:
    """Runs of letters, digits and what is written on them; one of accents alone is none."""
    kinds = "".join("w" if one.isalnum() else "m" if unicodedata.category(one)[0] == "M" else " " for one in text)
    return [Span(*found.span()) for found in re.finditer("(?<!m)w[wm]*", kinds)]


@given(slices(texts | lines))
@example(('A bell-\nfounder’s 5" pipe, ﬁne …', Span(2, 30)))
def test_any_words_of_a_document_are_found_exactly_there(drawn: tuple[str, Span]) -> None:
    text, span = drawn
    source = make_source(1, "a.txt", "", text, "text")
    places = list(find_places(Sources([source], lambda *_: []), span.of(text)))
    assert any(place.folds == () and place.span.of(text) == span.of(text) for place in places)


@given(slices(lines), st.sampled_from(MARKS), st.sampled_from(["exact", "blanks", "dashes", "apostrophes", "wrapped"]))
def test_any_words_quoted_in_any_style_are_exact_or_folded_unless_they_are_cut_off(
    drawn: tuple[str, Span], marks: tuple[str, str], style: str
) -> None:
    text, span = drawn
    words = span.of(text)
    assume(is_text(text))
    assume(not re.search(r"[\"'“”„«»‘’‹›「」『』`\[\]]|\.\.\.|…", words))
    quoted = restyle(words, style)
    finding = quotation(f"So it is: {marks[0]}{quoted}{marks[1]}", sources_of_texts({"a.txt": text}))
    if finding.verdict == "altered":
        assert re.match(r"it is cut (?:off from|within)", finding.difference)
    else:
        assert finding.verdict in PROVEN
        assert finding.quoted
        assert folds_between(quoted, finding.quoted) is not None


def restyle(words: str, style: str) -> str:
    match style:
        case "blanks":
            return words.replace(" ", "\u00a0 ")
        case "dashes":
            return words.replace(" — ", "–").replace("–", "—")
        case "apostrophes":
            return words.replace("'", "’")
        case "wrapped":
            return words.replace(" ", "\n")
        case _:
            return words


PROSE = st.sampled_from([BELLS, MINUTES, HONEY])


@given(slices(PROSE), st.data())
def test_a_changed_word_is_never_proven(drawn: tuple[str, Span], data: st.DataObject) -> None:
    text, span = drawn
    assume("“" not in text[span.start - 1 : span.end] and "”" not in span.of(text))
    words = list(WORD.finditer(span.of(text)))
    word = data.draw(st.sampled_from(words))
    new = data.draw(st.sampled_from(["bell", "harbour", "always", "two", "Trell", "1688", "X"]))
    assume(key_of(new) != key_of(word[0]))
    changed = f"{span.of(text)[: word.start()]}{new}{span.of(text)[word.end() :]}"
    assume(key_of(changed) not in ALL_KEYS)
    assert check_text(f"So it is: “{changed}”")[0].verdict not in PROVEN


@given(slices(PROSE), st.data())
def test_an_added_not_is_never_proven(drawn: tuple[str, Span], data: st.DataObject) -> None:
    text, span = drawn
    assume("“" not in text[span.start - 1 : span.end] and "”" not in span.of(text))
    words = list(WORD.finditer(span.of(text)))
    at = data.draw(st.sampled_from(words)).end()
    changed = f"{span.of(text)[:at]} {data.draw(st.sampled_from(['not', 'never', '[not]']))}{span.of(text)[at:]}"
    assume(key_of(changed) not in ALL_KEYS)
    assert check_text(f"So it is: “{changed}”")[0].verdict not in PROVEN


@given(slices(PROSE), st.data())
def test_a_changed_digit_is_never_proven(drawn: tuple[str, Span], data: st.DataObject) -> None:
    text, span = drawn
    assume("“" not in text[span.start - 1 : span.end] and "”" not in span.of(text))
    digits = [place for place, one in enumerate(span.of(text)) if one.isdigit()]
    assume(digits)
    at = data.draw(st.sampled_from(digits))
    digit = data.draw(st.sampled_from("0123456789"))
    changed = f"{span.of(text)[:at]}{digit}{span.of(text)[at + 1 :]}"
    assume(changed != span.of(text) and key_of(changed) not in ALL_KEYS)
    assert quotation(f"So it is: “{changed}”").verdict not in PROVEN


@given(slices(PROSE), st.data())
def test_a_changed_sign_in_a_number_or_word_is_never_proven(drawn: tuple[str, Span], data: st.DataObject) -> None:
    text, span = drawn
    words = span.of(text)
    signs = [place for place, one in enumerate(words) if one in ".,;$"]
    assume(signs and "”" not in words)
    at = data.draw(st.sampled_from(signs))
    changed = words[:at] + data.draw(st.sampled_from(["!", "?", ":", "%"])) + words[at + 1 :]
    assert quotation(f"So it is: “{changed}”").verdict not in PROVEN


def test_marks_of_markdown_are_no_words() -> None:
    sources = sources_of_texts(
        {"a.md": "The museum lent **212 objects** to [17 borrowers](x.md) in *six* countries.\n"}
    )
    for words in ("lent 212 objects to 17 borrowers in six", "lent **212 objects** to"):
        assert quotation(f"“{words}”", sources).verdict == "exact"
    assert quotation("> The museum lent **212** objects\n> to 17 *borrowers*", sources, "a.md").verdict == "folded"


def test_no_changed_number_and_no_added_not_is_accepted_in_any_sentence_of_the_demo() -> None:
    """In a known program, 103 of 103 such quotations were."""
    sources = sources_of_texts({path.name: path.read_text("utf-8") for path in sorted(DEMO_DOCUMENTS.iterdir())})
    changed: list[str] = []
    for source in sources.all:
        for sentence in split_sentences(source.text, Span(0, len(source.text))):
            words = " ".join(sentence.of(source.words).replace("\0", "").split())
            if len(words.split()) > 3 and not re.search(r"[\"“”„«»<>\[\]|…]", words):
                changed += [
                    f"{words[: one.end() - 1]}{(int(one[0][-1]) + 1) % 10}{words[one.end() :]}"
                    for one in re.finditer(r"\d+", words)
                ]
                changed += [
                    f"{words[: one.end()]} not{words[one.end() :]}"
                    for one in re.finditer(r"\b(?:is|was|are|were|has|had|can|will)\b", words)
                ]
    draft = "\n\n".join(f"“{words}”" for words in changed)
    found = [one for one in check_text(draft, sources) if one.kind == "quotation"]
    assert len(changed) > 103
    assert [one.text for one in found] == changed
    assert [one.text for one in found if one.verdict in PROVEN] == []


@given(texts)
def test_any_draft_is_checked(draft: str) -> None:
    assume(re.search(r"\w", draft) and is_text(draft))
    for found in check_text(draft):
        assert found.text == found.span.of(make_document(Path("draft.txt"), draft.encode()).text)
