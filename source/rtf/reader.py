"""Reading RTF: groups, destinations and properties, until nothing but paragraphs and rows of tables is left."""

from __future__ import annotations

from dataclasses import dataclass, field

from source.errors import LoadError
from source.rtf.groups import (
    FOOTERS,
    HANGING,
    HEADERS,
    MARKERS,
    OPTIONAL_TEXT,
    PARAGRAPH_ENDS,
    PLACES,
    SKIPPED,
    Group,
    Place,
)
from source.rtf.story import Paragraph, RowProperties, Story, Style
from source.rtf.text import CHARACTERS, DEFAULT_CODE_PAGE, SYMBOLS, Fonts, TextBuffer
from source.rtf.tokens import Token, read_tokens

# Word's own files nest less than thirty deep.
_MAX_DEPTH = 1000
_MAX_TABLE_DEPTH = 20

_DOCUMENT_PAGES = {b"ansi": DEFAULT_CODE_PAGE, b"mac": "mac_roman", b"pc": "cp437", b"pca": "cp850"}


@dataclass(slots=True)
class RtfReader:
    """Takes in tokens; what they tell is in the stories of the body, the headers and the footers."""

    body: Story = field(default_factory=Story)
    headers: list[Story] = field(default_factory=list)
    footers: list[Story] = field(default_factory=list)
    styles: dict[int, Style] = field(default_factory=dict)
    title: str = ""
    _groups: list[Group] = field(default_factory=list)
    _row: RowProperties = field(default_factory=RowProperties)
    _inner_row: RowProperties = field(default_factory=RowProperties)
    _fonts: Fonts = field(default_factory=Fonts)
    _to_skip: int = 0
    _names: Story = field(default_factory=Story)  # of styles and the title
    _style: int = 0
    _style_properties: Style = field(default_factory=Style)

    def read(self, data: bytes) -> None:
        """Take in all of a file, once.

        Raises:
            LoadError: it ends in the middle, or nests deeper than any program writes.
        """
        self._groups.append(Group(self.body))
        for token in read_tokens(data):
            self._read(token)
        if len(self._groups) > 1:
            raise LoadError("it is not a whole .rtf file", "Get it again, or save it anew.")
        self.body.finish()

    def _read(self, token: Token) -> None:
        if token.kind == "open":
            self._open()
        elif token.kind == "close":
            self._close()
        elif token.kind == "word" and (token.text != b"u" or self._to_skip):
            self._read_word(token)
        elif token.kind == "word":
            self._read_unit(token.number or 0)
        elif token.kind == "symbol":
            self._read_symbol(token.text)
        else:
            self._read_bytes(token)

    @property
    def _group(self) -> Group:
        return self._groups[-1]

    def _open(self) -> None:
        self._to_skip = 0
        if len(self._groups) > _MAX_DEPTH:
            raise LoadError(f"its groups lie more than {_MAX_DEPTH:,} deep in each other", "Save it anew.")
        group = self._group.inner()
        self._groups.append(group)
        if group.place is Place.STYLES:
            self._style, self._style_properties = 0, Style()
            self._names.buffer.take()

    def _close(self) -> None:
        self._to_skip = 0
        if len(self._groups) == 1:
            return
        group = self._groups.pop()
        outer = self._group
        if group.story is not outer.story:
            self._end_paragraph(group)
            group.story.finish()
            if all(group.story is not one for one in (*self.headers, *self.footers)):
                outer.story.hang(group.story)
        elif group.place is Place.TITLE and outer.place is not Place.TITLE:
            self.title = self._names.buffer.take()
        elif group.place is Place.STYLES and outer.place is Place.STYLES:
            self._end_style()
        elif group.place is Place.TEXT and outer.place is Place.NOTHING and len(self._groups) == 1:
            self._end_paragraph(group)

    def _end_style(self) -> None:
        name = self._names.buffer.take().partition(";")[0].strip().lower()
        properties = self._style_properties
        self.styles[self._style] = Style(name, properties.outline, properties.based_on)

    def _read_unit(self, number: int) -> None:
        group = self._group
        buffer = self._buffer(group)
        if buffer is not None:
            buffer.add_unit(number & 0xFFFF, self._fonts.page_of(group.font))
        self._to_skip = group.uc

    def _read_symbol(self, symbol: bytes) -> None:
        if self._to_skip:
            self._to_skip -= 1
        elif symbol == b"*":
            self._group.is_optional = True
        elif symbol in {b"\n", b"\r", b"\r\n"}:
            self._read_text_word(Token("word", b"par"))
        elif symbol in SYMBOLS:
            self._add_text(SYMBOLS[symbol])

    def _add_text(self, text: str) -> None:
        buffer = self._buffer(self._group)
        if buffer is not None:
            buffer.add_text(text)

    def _read_bytes(self, token: Token) -> None:
        skipped = min(self._to_skip, len(token.text))
        self._to_skip -= skipped
        data = token.text[skipped:]
        group = self._group
        if group.place is Place.FONTS:
            self._fonts.read_name(data)
        buffer = self._buffer(group)
        if buffer is not None and data:
            buffer.add_bytes(data, self._fonts.page_of(group.font), self._fonts.document_page)

    def _buffer(self, group: Group) -> TextBuffer | None:
        """Where text in `group` goes; None if it is not seen."""
        if group.place is Place.TEXT:
            return None if group.is_hidden or group.is_deleted else group.story.buffer
        return self._names.buffer if group.place in {Place.TITLE, Place.STYLES} else None

    def _read_word(self, token: Token) -> None:
        if self._to_skip:
            self._to_skip -= 1
            return
        group, word = self._group, token.text
        is_optional, group.is_optional = group.is_optional, False
        if word in SKIPPED or (is_optional and word not in OPTIONAL_TEXT):
            group.place = Place.NOTHING
            group.place_before = None
        elif self._enter(group, word):
            return
        elif group.place is Place.FONTS:
            self._fonts.read(token)
        elif group.place is Place.STYLES:
            self._read_style_word(token)
        elif group.place is Place.NESTED_ROW:
            self._read_inner_row_word(group, token)
        elif group.place in {Place.TEXT, Place.TITLE}:
            self._read_text_word(token)

    def _enter(self, group: Group, word: bytes) -> bool:
        """True if `word` says what the text in `group` is."""
        if word == b"rtf" and len(self._groups) == 2:
            group.place = Place.TEXT
        elif word == b"upr":
            group.place, group.place_before = Place.NOTHING, group.place
        elif word == b"ud" and group.place_before is not None:
            group.place, group.place_before = group.place_before, None
        elif group.place is Place.INFO and word == b"title":
            group.place = Place.TITLE
            self._names.buffer.take()
        elif group.place is Place.TEXT and word in PLACES:
            group.place = PLACES[word]
        elif group.place is Place.TEXT and word in MARKERS:
            group.story.is_item = True
            group.place = Place.NOTHING
        elif group.place is Place.TEXT and word in HEADERS | FOOTERS | HANGING:
            self._begin_story(group, word)
        else:
            return False
        return True

    def _begin_story(self, group: Group, word: bytes) -> None:
        group.story = Story()
        group.begin_paragraph()
        if word in HEADERS:
            self.headers.append(group.story)
        elif word in FOOTERS:
            self.footers.append(group.story)

    def _read_style_word(self, token: Token) -> None:
        before = self._style_properties
        if token.text == b"s":
            self._style = token.number or 0
        elif token.text in {b"cs", b"ds", b"ts"}:
            self._group.place = Place.NOTHING
        elif token.text == b"outlinelevel":
            self._style_properties = Style(outline=token.number, based_on=before.based_on)
        elif token.text == b"sbasedon":
            self._style_properties = Style(outline=before.outline, based_on=token.number)

    def _read_text_word(self, token: Token) -> None:
        group, word = self._group, token.text
        if word in CHARACTERS:
            self._add_text(CHARACTERS[word])
        elif group.place is not Place.TEXT:
            return
        elif word in PARAGRAPH_ENDS:
            self._end_paragraph(group)
        elif not self._read_table_word(group, token) and not self._read_paragraph_word(group, token):
            self._read_character_word(group, token)

    def _read_table_word(self, group: Group, token: Token) -> bool:
        match token.text:
            case b"cell":
                self._end_cell(group, 1)
            case b"nestcell":
                self._end_cell(group, max(2, group.depth))
            case b"row":
                group.story.end_row(1, self._row)
            case b"trowd":
                self._row = RowProperties()
            case b"intbl":
                group.depth = max(1, group.depth)
            case b"itap":
                group.depth = min(token.number or group.depth, _MAX_TABLE_DEPTH)
            case _:
                return self._row.read(token)
        return True

    def _read_inner_row_word(self, group: Group, token: Token) -> None:
        """What is told of a row of a table within a table, after its cells."""
        if token.text == b"trowd":
            self._inner_row = RowProperties()
        elif token.text == b"nestrow":
            group.story.end_row(max(2, group.depth), self._inner_row)
        else:
            self._inner_row.read(token)

    def _end_cell(self, group: Group, depth: int) -> None:
        group.depth = depth
        self._end_paragraph(group)
        group.story.end_cell(depth)

    def _read_paragraph_word(self, group: Group, token: Token) -> bool:
        match token.text:
            case b"pard":
                group.begin_paragraph()
            case b"s":
                group.style = token.number or 0
            case b"outlinelevel":
                group.outline = token.number
            case b"ls":
                group.is_item = token.is_on() and token.number is not None
            case _:
                return False
        return True

    def _read_character_word(self, group: Group, token: Token) -> None:
        match token.text:
            case b"plain":
                group.font, group.is_hidden = None, False
            case b"f":
                group.font = token.number or 0
            case b"v":
                group.is_hidden = token.is_on()
            case b"deleted":
                group.is_deleted = token.is_on()
            case b"uc":
                group.uc = max(0, 1 if token.number is None else token.number)
            case b"deff":
                self._fonts.default = token.number or 0
            case b"ansicpg":
                self._fonts.set_document_page(token.number or 0)
            case b"ansi" | b"mac" | b"pc" | b"pca":
                self._fonts.document_page = _DOCUMENT_PAGES[token.text]

    def _end_paragraph(self, group: Group) -> None:
        story = group.story
        is_item = group.is_item or story.is_item
        story.is_item = False
        paragraph = Paragraph(story.buffer.take(), group.style, group.outline, is_item)
        story.add(paragraph, depth=group.depth)
