"""The XML of a Word document: finding what a reader sees in it, and the text of a paragraph.

Elements are told apart by their names without namespaces: text in drawings and formulas is built alike. Nothing here
calls itself, so that no nesting is too deep.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FORMULA = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
NoteKey = tuple[str, str]
"""The kind of a note, "footnote" or "endnote", and its id."""

# Properties, deleted text, instructions of fields, and what only says where something is.
_UNSEEN = frozenset(
    "cellDel del delInstrText delText instrText moveFrom pPr rPr sdtEndPr sdtPr sectPr tblGrid tblPr tblPrEx tcPr "
    "trPr".split()
)
_TEXT_BOXES = frozenset({"txBody", "txbxContent"})
_NOTE_REFERENCES = {"footnoteReference": "footnote", "endnoteReference": "endnote"}
_CHARACTERS = {"br": "\n", "cr": "\n", "noBreakHyphen": "\u2011", "ptab": "\t", "softHyphen": "\u00ad", "tab": "\t"}
# The Symbol font's A to Z, a to z and signs of arithmetic; Word moves them to U+F000.
_SYMBOL_CODES = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz\xa3\xae\xb0\xb1\xb3\xb4\xb7\xb9"
_SYMBOLS = "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖαβχδεφγηιϕκλμνοπθρστυϖωξψζ≤→°±≥×•≠"
_IN_SYMBOL_FONT = {0xF000 + code: symbol for code, symbol in zip(_SYMBOL_CODES, _SYMBOLS, strict=True)}


class Element(Protocol):
    """As much of lxml's elements as is used. The tag of a comment or the like is no string."""

    @property
    def tag(self) -> object:
        """The name with its namespace in braces before it."""

    @property
    def text(self) -> str | None:
        """The text before the first child."""

    def get(self, key: str, /) -> str | None:
        """The value of an attribute."""

    def __iter__(self) -> Iterator[Element]: ...


def name_of(element: Element) -> str:
    """The name of an element without its namespace; empty for a comment or the like."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def child(element: Element | None, name: str) -> Element | None:
    """The first child of this name, if any."""
    return next((one for one in element if name_of(one) == name), None) if element is not None else None


def value_of(element: Element | None, attribute: str) -> str:
    """The value of one of Word's attributes; empty if there is none."""
    return (element.get(WORD + attribute) or "") if element is not None else ""


def formula_mark(properties: Element | None, name: str, default: str) -> str:
    """The character that a part of a formula is drawn with."""
    mark = child(properties, name)
    return default if mark is None else mark.get(_FORMULA + "val") or ""


def is_on(properties: Element | None, name: str) -> bool:
    """True if a property that can be on or off is there and not off."""
    switch = child(properties, name)
    return switch is not None and value_of(switch, "val") not in {"0", "false", "off"}


def elements_in(root: Element, names: frozenset[str]) -> Iterator[Element]:
    """The nearest elements of these names below `root` that a reader sees, in order."""
    stack = _seen_children(root)
    while stack:
        element = stack.pop()
        if name_of(element) in names:
            yield element
        else:
            stack += _seen_children(element)


def _seen_children(element: Element) -> list[Element]:
    """The children of `element` in reverse order, of several renderings of the same thing only the first."""
    name = name_of(element)
    if (name == "r" and is_on(child(element, "rPr"), "vanish")) or (
        name == "tr" and is_on(child(element, "trPr"), "del")
    ):
        return []
    children = [one for one in element if name_of(one) not in _UNSEEN]
    if name == "AlternateContent":
        return children[:1]
    return children if name == "ruby" else children[::-1]  # what stands above a word follows it


@dataclass(slots=True)
class Inline:
    """The text of a paragraph, and the text boxes and notes that hang on it."""

    text: str
    boxes: list[Element]
    notes: list[NoteKey]


def read_inline(paragraph: Element) -> Inline:
    """What is in a paragraph, as a reader sees it."""
    pieces: list[str] = []
    inline = Inline("", [], [])
    stack: list[Element | str] = [paragraph]
    while stack:
        element = stack.pop()
        if isinstance(element, str):
            pieces.append(element)
            continue
        name = name_of(element)
        if name == "t":
            pieces.append(element.text or "")
        elif name in _TEXT_BOXES:
            inline.boxes.append(element)
        elif name in _NOTE_REFERENCES:
            inline.notes.append((_NOTE_REFERENCES[name], value_of(element, "id")))
        else:
            before, after = _around(element, name)
            pieces.append(before)
            stack += [after, *_seen_children(element)]
    inline.text = "".join(pieces)
    return inline


def _around(element: Element, name: str) -> tuple[str, str]:
    """The characters that an element stands for by itself: those before and those after what is in it."""
    match name:
        case "sym":
            return _symbol(element), ""
        case "rt":
            return "(", ")"
        case "d":
            properties = child(element, "dPr")
            return formula_mark(properties, "begChr", "("), formula_mark(properties, "endChr", ")")
        case "nary":
            return formula_mark(child(element, "naryPr"), "chr", "∫"), ""
        case "rad":
            return "√(", ")"
        case "num" | "den":
            opening, closing = ("(", ")") if len(list(element)) > 1 else ("", "")
            return "/" * (name == "den") + opening, closing
        case _:
            return _CHARACTERS.get(name, ""), ""


def _symbol(element: Element) -> str:
    """A character of a font, which means what it looks like only in a font of signs."""
    code = value_of(element, "char").upper()
    if not re.fullmatch(r"(?!D[89A-F])[0-9A-F]{4}", code):
        return ""
    character = chr(int(code, 16))
    return _IN_SYMBOL_FONT.get(ord(character), character) if value_of(element, "font") == "Symbol" else character
