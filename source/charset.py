"""Which codec a page or its server means by the name of a charset."""

from __future__ import annotations

import codecs
import re

# Browsers read these as Windows-1252 (WHATWG Encoding Standard).
_MEANS_CP1252 = frozenset({"iso-8859-1", "latin1", "ascii", "us-ascii"})
# Python knows more, some of which decode anything to rubbish, or take long to.
_KNOWN = re.compile(r"(?:big5|cp|euc|gb|hz|iso-?8859|iso-2022|koi8|latin|mac|shift|sjis|tis|windows)[a-z0-9_-]*\Z")


def codec_of_charset(charset: str) -> str | None:
    """Python's name of the legacy codec, which is none of Unicode's; None if there is none of this name."""
    name = charset.lower().removeprefix("x-")
    if name in _MEANS_CP1252:
        return "cp1252"
    try:
        return codecs.lookup(name).name if _KNOWN.match(name) else None
    except LookupError:
        return None
