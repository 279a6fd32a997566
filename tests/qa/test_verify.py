"""Evidence files: every quote that was exported is verified, and a change of one character is noticed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from index.conversations import Conversation, StoredTurn
from index.library import Library
from qa.evidence import EvidenceQuote, read_evidence
from qa.export import export_conversation
from qa.transcript import Quote, Reply, Searched
from qa.verify import Original, Verified, folder_originals, library_originals, verify_quotes
from source.errors import DocumentError
from source.lines import LINE_END
from source.load_options import NO_OPTIONS
from tests.documents import make_document, put_text
from tests.fakes import WordEmbedder
from tests.strategies import characters

BELLS = "The bell was cast in 1687.\nIt weighs 640 kilograms, & hangs on the *fish* market <b>.\n\nNo. 7 rings.\n"
SUFFIXES = ("json", "html", "md")
HEAD = Conversation("c1", "Bells", "2026-01-02T03:04:05+00:00")


def quote_of(text: str, start: int, end: int, name: str = "bells.txt") -> Quote:
    return Quote(
        document_id=1,
        document=name,
        format="text",
        sha256=digest(text),
        passage=1,
        place="paragraph 1, line 1",
        headings=("The Bells",),
        start=start,
        end=end,
        text=text[start:end],
        marks=(),
        before=text[max(0, start - 5) : start],
        after=text[end : end + 5],
        is_cut_before=False,
        is_cut_after=False,
        sureness=0.8,
    )


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def exported(quotes: tuple[Quote, ...], suffix: str) -> str:
    searched = Searched(1, 1, "words", "0.1.0", 3)
    reply = Reply(
        "Who cast it?",
        answered=True,
        score=0.8,
        quotes=quotes,
        missing_words=(),
        follow_ups=(),
        searched=searched,
        seconds=0.1,
    )
    return export_conversation(HEAD, [StoredTurn(1, "Who cast it?", HEAD.changed_at, reply.as_json(), 0)], suffix)


def verified(file: Path, text: str, *originals: tuple[str, str]) -> list[Verified]:
    file.write_bytes(text.encode("utf-8", "surrogatepass"))
    documents = {digest(original): Original((name,), original) for name, original in originals}
    return verify_quotes(read_evidence(file, NO_OPTIONS), documents)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("evidence")


@given(st.text(characters, min_size=1, max_size=60), st.text(characters, min_size=1, max_size=8), st.data())
def test_what_was_exported_is_verified(folder: Path, text: str, name: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    assume(text[start:end].strip() and name.strip() == name and not LINE_END.search(name))
    for suffix in SUFFIXES:
        content = exported((quote_of(text, start, end, name),), suffix)
        [found] = verified(folder / f"a.{suffix}", content, (name, text))
        assert (found.verification, found.reason) == ("verified", ""), suffix


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_one_changed_character_in_quote_name_or_digest_is_noticed(folder: Path, suffix: str) -> None:
    quote = quote_of(BELLS, 27, 86)
    content = exported((quote,), suffix)
    for told in ("640 kilograms", "hangs on the", "bells.txt", quote.sha256):
        start = content.index(told)
        for at in range(start, start + len(told)):
            changed = "x" if content[at] != "x" else "y"
            tampered = content[:at] + changed + content[at + 1 :]
            [found] = verified(folder / f"b.{suffix}", tampered, ("bells.txt", BELLS))
            assert found.verification != "verified", tampered[max(0, at - 30) : at + 30]


def claims_of(file: Path) -> list[EvidenceQuote]:
    """What the file says of its quotes, all line ends made one."""
    return [replace(one, text=LINE_END.sub("\n", one.text)) for one in read_evidence(file, NO_OPTIONS)]


@given(st.sampled_from(SUFFIXES), st.data())
def test_a_file_with_one_other_character_says_the_same_or_is_refused(
    folder: Path, suffix: str, data: st.DataObject
) -> None:
    """Wherever it is: what is verified still is what was exported, and no quote is lost."""
    content = exported((quote_of(BELLS, 0, 26), quote_of(BELLS, 27, 86)), suffix)
    file = folder / f"fuzz.{suffix}"
    file.write_text(content, encoding="utf-8")
    claims = claims_of(file)
    at = data.draw(st.integers(0, len(content) - 1))
    new = data.draw(st.one_of(st.just(""), st.sampled_from('x0 \n>#<"&\\*.'), characters))
    assume(new != content[at])
    try:
        found = verified(file, content[:at] + new + content[at + 1 :], ("bells.txt", BELLS))
    except DocumentError:
        return
    assert any(one.verification != "verified" for one in found) or claims_of(file) == claims


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_one_removed_character_or_moved_place_is_noticed(folder: Path, suffix: str) -> None:
    content = exported((quote_of(BELLS, 27, 86),), suffix)
    places = {"json": ('"start": 27', '"start": 28')}.get(suffix, ("characters 27 to", "characters 26 to"))
    for old, new in (("kilograms", "kilogram"), ("640", "64"), places):
        [found] = verified(folder / f"c.{suffix}", content.replace(old, new), ("bells.txt", BELLS))
        assert found.verification == "changed"


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_document_that_is_gone_or_another_is_missing(folder: Path, suffix: str) -> None:
    content = exported((quote_of(BELLS, 0, 26), quote_of("Other.", 0, 6, "other.txt")), suffix)
    found = verified(folder / f"d.{suffix}", content, ("bells.txt", BELLS), ("other.txt", "Other!"))
    assert [(one.verification, one.reason) for one in found] == [
        ("verified", ""),
        ("missing", "no document has this digest"),
    ]


def test_documents_of_one_name_are_told_apart_by_their_digests(folder: Path) -> None:
    content = exported((quote_of(BELLS, 0, 26), quote_of("Other words.", 0, 12)), "html")
    found = verified(folder / "e.html", content, ("bells.txt", BELLS), ("bells.txt", "Other words."))
    assert [one.verification for one in found] == ["verified", "verified"]


def test_what_stands_around_a_quote_is_verified_too(folder: Path) -> None:
    quote = replace(quote_of(BELLS, 27, 86), after=" No.")
    [found] = verified(folder / "f.json", exported((quote,), "json"), ("bells.txt", BELLS))
    assert (found.verification, found.reason) == ("changed", "the document says something else around it")


def test_library_and_folder_give_the_same_documents(library: Library, tmp_path: Path) -> None:
    put_text(library, WordEmbedder(), BELLS, "/documents/bells.txt")
    digest_there = make_document(BELLS).sha256
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "bells.txt").write_bytes(b"\xef\xbb\xbf" + BELLS.encode())
    of_library = library_originals(library, [digest_there, "0" * 64])
    assert of_library == {digest_there: Original(("bells.txt",), BELLS)}
    assert folder_originals(tmp_path / "files", NO_OPTIONS) == of_library


def test_what_qa_ask_prints_is_evidence(folder: Path) -> None:
    citation = {"document": "bells.txt", "sha256": digest(BELLS), "start": 4, "end": 8, "quote": "bell"}
    answer = json.dumps({"citations": [citation], "nearest": [{**citation, "quote": "ball"}]})
    found = verified(folder / "g.json", answer, ("bells.txt", BELLS))
    assert [one.verification for one in found] == ["verified", "changed"]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_an_export_in_which_no_answer_was_waited_for_is_one_without_quotes(tmp_path: Path, suffix: str) -> None:
    for questions in ([], ["Who cast it?"], ["Who\ncast it?", "# When?"]):
        turns = [StoredTurn(1, question, HEAD.changed_at, "", 0) for question in questions]
        path = tmp_path / f"a.{suffix}"
        path.write_text(export_conversation(HEAD, turns, suffix), encoding="utf-8")
        assert read_evidence(path, NO_OPTIONS) == []


@pytest.mark.parametrize("text", ["", " ", "\n"])
def test_a_quote_without_words_is_not_verified(folder: Path, text: str) -> None:
    citation = {"document": "bells.txt", "sha256": digest(BELLS), "start": 8, "end": 8, "quote": text}
    answer = json.dumps({"citations": [{**citation, "end": 8 + len(text)}], "nearest": []})
    [found] = verified(folder / "h.json", answer, ("bells.txt", BELLS))
    assert (found.verification, found.reason) == ("changed", "there are no words in the quote")


def test_what_a_shell_has_written_in_utf_16_is_read(folder: Path) -> None:
    citation = {"document": "bells.txt", "sha256": digest(BELLS), "start": 4, "end": 8, "quote": "bell"}
    answer = json.dumps({"citations": [citation], "nearest": []}, indent=2)
    for encoding in ("utf-16", "utf-8-sig"):
        (folder / "i.json").write_bytes(answer.replace("\n", "\r\n").encode(encoding))
        [quote] = read_evidence(folder / "i.json", NO_OPTIONS)
        assert (quote.text, quote.start, quote.end) == ("bell", 4, 8)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", "{}"),
        ("a.json", "[1]"),
        ("a.json", "null"),
        ("a.json", "{"),
        ("a.json", '{"quotes": [{"document": "a"}], "turns": 3}'),
        ("a.json", '{"citations": [{"document": 1, "sha256": "", "start": 0, "end": 1, "quote": ""}], "nearest": []}'),
        ("a.json", "[" * 100_000),
        ("a.html", "<p>Hello</p>"),
        ("a.html", '<blockquote>a</blockquote><p class="meta">b</p>'),
        ("a.html", "<h1>Quoted Answers</h1><p>gives a SHA-256 of each document.</p>"),
        ("a.md", "Hello"),
        ("a.md", "# My notes"),
        ("a.md", "# My notes\n\nHello there.\n"),
        ("a.md", "# My notes\n\n## Bells\n\nThey ring.\n"),
        ("a.md", "# My notes\n\nNo answer was waited for.\n"),
        ("a.md", "# A\n\n1\\. gone\n"),
        ("a.md", "# A\n\n" + "> a\n" * 5_000 + "b"),
        ("a.html", "<!--" * 50_000),
        ("a.html", "<a " * 50_000),
        ("a.json", "\udc80"),
    ],
)
def test_what_is_no_export_is_told(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(DocumentError, match="it is no conversation or answer that was exported"):
        read_evidence(tmp_path / name, NO_OPTIONS)
