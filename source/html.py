"""HTML: the text a reader would see, block by block, with navigation, captions and the like told apart.

White space is collapsed as a browser does, no-break spaces are kept, cells of a table row are divided by tabs and
blocks by an empty line. Scripts, styles and comments are not text.
"""

from __future__ import annotations

import codecs
import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from source.blocks import heading_words
from source.charset import codec_of_charset
from source.decode import Decoded, decode
from source.document import Extraction
from source.fold import fold
from source.html_blocks import BlockWriter, visible_text

_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.\-]{2,40})", re.IGNORECASE)
_META_SEARCH_BYTES = 4096
# A `main` with less of the text than this is empty, or holds what a script is to replace.
_MIN_MAIN_SHARE = 1 / 3
_QUOTING = "blockquote, q"


def load_html(data: bytes) -> Extraction:
    """The blocks of an HTML page; its text is extracted, so lines of the file have no meaning in it."""
    decoded = _decode_html(data)
    parser = LexborHTMLParser(decoded.text)
    main = parser.css_first("main")
    writer = BlockWriter(has_main=main is not None and _MIN_MAIN_SHARE * _length(parser.body) <= _length(main))
    if parser.body is not None:
        writer.write(parser.body)
    text, blocks = writer.text(), tuple(writer.blocks)
    title_node = parser.css_first("head > title")
    title = fold(title_node.text(), "none") if title_node else ""
    title = title or next((heading_words(text, block, "none") for block in blocks if block.role == "heading"), "")
    return Extraction(text, blocks, title, decoded.encoding, text_is_file=False, markup="none")


def quoted_in(data: bytes) -> list[str]:
    """What a reader sees in the block quotes and `q` elements of an HTML page; one inside another is part of it."""
    found = LexborHTMLParser(_decode_html(data).text).css(_QUOTING)
    quoted: list[str] = []
    place = 0
    while place < len(found):
        quoted.append(visible_text(found[place]))
        place += len(found[place].css(_QUOTING))  # itself, and those inside it, which come next
    return quoted


def _length(node: LexborNode | None) -> int:
    return len(visible_text(node)) if node is not None else 0


def _decode_html(data: bytes) -> Decoded:
    """As any text, but what is not UTF-8 is decoded as its meta element says, if that decodes all of it."""
    declared = _META_CHARSET.search(data[:_META_SEARCH_BYTES])
    if not declared or data.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return decode(data)
    for encoding in filter(None, ["utf-8", codec_of_charset(declared[1].decode("ascii"))]):
        try:
            return Decoded(data.decode(encoding), encoding)
        except UnicodeDecodeError:
            continue
    return decode(data)
