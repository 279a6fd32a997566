"""The words that say what the text in a group of RTF is, and what is known of a group while it is read."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from source.rtf.story import Story

HEADERS = frozenset({b"header", b"headerf", b"headerl", b"headerr"})
FOOTERS = frozenset({b"footer", b"footerf", b"footerl", b"footerr"})
HANGING = frozenset({b"footnote", b"shptxt", b"dptxbxtext"})
# Neither text nor anything that is needed to read it. Pictures of what is text beside them are among these.
SKIPPED = frozenset(
    b"aftncn aftnsep aftnsepc annotation atnauthor atnid atnref author bkmkend bkmkstart blipuid colorschememapping "
    b"colortbl datafield datastore factoidname falt fchars fldinst fldtype fontemb formfield ftncn ftnsep ftnsepc "
    b"generator keycode latentstyles lchars listoverridetable listtable mmathPict mmathPr nonesttables nonshppict "
    b"objalias objclass objdata objname operator passwordhash pgptbl pict pnseclvl revtbl rsidtbl rxe shprslt sn sp sv "
    b"tc tcn template themedata txe userprops wgrffmtfilter xe xmlnstbl".split()
)  # fmt: skip
MARKERS = frozenset({b"listtext", b"pn", b"pntext"})
PARAGRAPH_ENDS = frozenset({b"page", b"par", b"sect"})


class Place(Enum):
    """What the text in a group is; `NOTHING` is not looked at."""

    TEXT = auto()
    FONTS = auto()
    STYLES = auto()
    INFO = auto()
    TITLE = auto()
    NESTED_ROW = auto()
    NOTHING = auto()


@dataclass(slots=True)
class Group:
    """What holds until the end of a group; one within it begins with a copy."""

    story: Story
    place: Place = Place.NOTHING
    place_before: Place | None = None  # of a text that is told twice, once for readers that know Unicode
    is_optional: bool = False
    font: int | None = None
    uc: int = 1
    is_hidden: bool = False
    is_deleted: bool = False
    depth: int = 0
    style: int = 0
    outline: int | None = None
    is_item: bool = False

    def inner(self) -> Group:
        """What holds at the beginning of a group within this one."""
        return Group(
            self.story,
            self.place,
            self.place_before,
            False,  # noqa: FBT003 - by position, since files have millions of groups
            self.font,
            self.uc,
            self.is_hidden,
            self.is_deleted,
            self.depth,
            self.style,
            self.outline,
            self.is_item,
        )

    def begin_paragraph(self) -> None:
        """Forget the properties of the paragraph before."""
        self.depth, self.style, self.outline, self.is_item = 0, 0, None, False


PLACES = {
    b"fonttbl": Place.FONTS,
    b"info": Place.INFO,
    b"nesttableprops": Place.NESTED_ROW,
    b"stylesheet": Place.STYLES,
}
"""What the text in a group is, by the word that it begins with."""

OPTIONAL_TEXT = frozenset(
    {b"do", b"ftnalt", b"moMath", b"moMathPara", b"shpgrp", b"shpinst", b"ud", *PLACES}
    | FOOTERS | HANGING | HEADERS | MARKERS
)  # fmt: skip
"""What is read even if it is marked as something that a reader who does not know it may pass over."""
