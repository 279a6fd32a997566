"""Small documents, and drafts checked against them."""

from __future__ import annotations

from pathlib import Path

from qa.check import Finding, check_draft
from qa.check_draft import make_draft
from qa.check_sources import Sources, make_source
from source.document import Span
from source.load import make_document

BELLS = """The Bells of Port Ellery

Port Ellery has nine bells, and none of them hangs in a church. The last time No. 7 rang was on 11 February 2009. It
rang for the trawler Linnet, with a crew of five, and it rang for 31 hours.

The oldest bell was cast in 1687 by Jonas Trell; it is not for sale. If the tide has turned, the bell on the north
breakwater rings. The auction may begin only if the harbour master is there. It costs $3 million a year, or 12.5 per
cent of what the har-
bour earns.
"""
MINUTES = (
    "Anna Berg: The crane has been repaired twice this year.\n\nTom Hill: Nobody told the harbour office about the "
    "crane.\n\nAnna Berg: We were lucky that the ferry was late.\n"
)
HONEY = "“We were fortunate,” said Ines Valdahl on the quay. Bees dance in the dark of the hive for 40 minutes.\n"


def sources_of_texts(texts: dict[str, str]) -> Sources:
    """Documents of these names and texts; every one of them is proposed as a whole."""
    documents = [
        make_source(number, name, name.split(".")[0], text, "markdown" if name.endswith(".md") else "text")
        for number, (name, text) in enumerate(texts.items())
    ]
    return Sources(documents, lambda _words, _k: [(one.id, Span(0, len(one.text))) for one in documents])


LIBRARY = sources_of_texts({"bells.txt": BELLS, "minutes.txt": MINUTES, "honey.txt": HONEY})


def check_text(draft: str, sources: Sources = LIBRARY, name: str = "draft.txt") -> list[Finding]:
    data = draft.encode()
    return check_draft(sources, make_draft(make_document(Path(name), data), data))


def quotation(draft: str, sources: Sources = LIBRARY, name: str = "draft.txt") -> Finding:
    [found] = [one for one in check_text(draft, sources, name) if one.kind == "quotation"]
    return found
