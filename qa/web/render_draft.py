"""A checked draft as HTML: its text with each claim marked and named, then each with the passage that is nearest."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from markupsafe import Markup

from qa.answer import place
from qa.check import PROVEN, Finding
from qa.check_show import SAID, summary
from qa.web.drafts import Checked, Shown
from qa.web.markup import join, name, text, wrapping
from source.document import Span

_KINDS = {"quotation": "Quotation", "number": "Number", "cited": "Cited sentence"}
_DIFFERS = re.compile(r"\[-(?P<theirs>.*?)-\]|\{\+(?P<yours>.*?)\+\}", re.DOTALL)
_AROUND_CHARS = 90
_NOTHING = "There is no quotation, number or cited sentence in it to look up."
_CUT_SHORT = "It takes longer, or more memory, than there is: only what is listed was looked up. Check it in parts."
_LEGEND = "Where words differ, your draft’s are struck out and the document’s are underlined."


def draft_html(checked: Checked) -> Markup:
    """What was found of a draft."""
    findings = [one for one, _ in checked.found]
    marked = {number for number, _ in _nested(findings)}
    said = f"{summary(findings)}." if findings else _NOTHING
    notes = [_CUT_SHORT] if not checked.is_whole else []
    notes += [_LEGEND] if any(_DIFFERS.search(one.difference) for one in findings) else []
    return Markup(
        '<p class="draft-summary" tabindex="-1">{said}</p>{notes}<div class="draft-found">'
        '<div class="draft-words {wrap}" dir="auto" tabindex="0" role="group" aria-label="Your draft">{draft}</div>'
        '<ol class="claims answer" aria-label="What was found">{claims}</ol></div>'
    ).format(
        said=text(said),
        notes=join(Markup('<p class="draft-note">{}</p>').format(text(note)) for note in notes),
        wrap=wrapping(checked.text),
        draft=join(_marked(checked.text, findings)),
        claims=join(_claim(number, *one, is_marked=number in marked) for number, one in enumerate(checked.found, 1)),
    )


# The draft


_CLOSES, _TELLS, _OPENS = range(3)
_CLOSING_MARKS = re.compile("[\"'”’»›“‘」』]*")


def _marked(draft: str, findings: Sequence[Finding]) -> Iterator[Markup]:
    """The characters of `draft`, with each claim in a `mark` and its verdict behind it; a claim may hold another."""
    done = 0
    for at, _, _, tag in sorted(_tags(draft, findings)):
        yield text(draft[done:at])
        yield tag
        done = at
    yield text(draft[done:])


def _tags(draft: str, findings: Sequence[Finding]) -> Iterator[tuple[int, int, int, Markup]]:
    """Where something is put into the draft, in which order at one place (what is inside first closed, last opened)."""
    for number, one in _nested(findings):
        start, end = one.span.start, one.span.end
        marks = _CLOSING_MARKS.match(draft, end)
        yield start, _OPENS, -len(one.span), _opened(number, one)
        yield end, _CLOSES, len(one.span), Markup("</mark>")
        yield marks.end() if marks else end, _TELLS, number, _told(number, one)


def _nested(findings: Sequence[Finding]) -> Iterator[tuple[int, Finding]]:
    """The findings with their numbers, without those that begin in a claim and end after it."""
    outer: list[Span] = []
    for number, one in sorted(enumerate(findings, 1), key=lambda pair: (pair[1].span.start, -len(pair[1].span))):
        outer = [span for span in outer if span.end > one.span.start]
        if all(one.span.end <= span.end for span in outer) and len(one.span):
            outer.append(one.span)
            yield number, one


def _opened(number: int, finding: Finding) -> Markup:
    return Markup('<mark class="claim {kind}" id="in-draft-{number}">').format(kind=_colour(finding), number=number)


def _told(number: int, finding: Finding) -> Markup:
    """The verdict; the stylesheet draws its words, so that what is copied is the draft."""
    return Markup(
        '<a class="ruling-tag {kind}" href="#claim-{number}" data-said="{said}" aria-label="{said}, claim {number}">'
        "</a>"
    ).format(kind=_colour(finding), number=number, said=SAID[finding.verdict])


def _colour(finding: Finding) -> str:
    return "proven" if finding.verdict in PROVEN else "wrong"


# What was found


def _claim(number: int, finding: Finding, shown: Shown | None, *, is_marked: bool) -> Markup:
    link = Markup('<a class="in-draft" href="#in-draft-{}">Show in the draft</a>').format(number)
    return Markup(
        '<li class="ruling {colour}{weak}" id="claim-{number}" tabindex="-1"><p class="ruling-head">'
        '<span class="said">{said}</span> {kind}{link}</p>'
        '<p class="claimed {wrap}" dir="auto">{claimed}</p>{difference}{source}</li>'
    ).format(
        colour=_colour(finding),
        weak=" weak" if finding.verdict == "not_found" else "",
        number=number,
        said=SAID[finding.verdict].capitalize(),
        kind=_KINDS[finding.kind],
        wrap=wrapping(finding.text),
        claimed=text(finding.text),
        link=link if is_marked else "",
        difference=_difference(finding),
        source=_source(number, finding, shown) if shown else _nowhere(finding),
    )


def _difference(finding: Finding) -> Markup:
    if not finding.difference:
        return Markup("")
    words = finding.difference
    said = Markup("Folded: ") if finding.verdict == "folded" and not words.startswith("written") else ""
    return Markup('<p class="difference" dir="auto">{}{}</p>').format(said, join(_compared(words)))


def _compared(words: str) -> Iterator[Markup]:
    """`words` with those of the document in `ins` and those of the draft in `del`."""
    done = 0
    for found in _DIFFERS.finditer(words):
        yield text(words[done : found.start()])
        if found["theirs"] is not None:
            yield Markup('<ins><span class="sr">the document: </span>{}</ins>').format(text(found["theirs"]))
        else:
            yield Markup('<del><span class="sr">your draft: </span>{}</del>').format(text(found["yours"]))
        done = found.end()
    yield text(words[done:])


def _source(number: int, finding: Finding, shown: Shown) -> Markup:
    document = finding.source
    if document is None:
        return Markup("")
    start, end = shown.span.start, shown.span.end
    before, after = document.text[max(0, start - _AROUND_CHARS) : start], document.text[end : end + _AROUND_CHARS]
    title = "" if finding.verdict in PROVEN else Markup('<span class="nearest">Nearest passage</span> ')
    return Markup(
        '<p class="ruling-where"><a class="badge" href="#s/{id}/{passage}/{start}-{end}" title="Show this passage">'
        '<span class="sr">Source </span>{number}</a><span class="where">{title}<span class="document" dir="auto">'
        '{document}</span> {place}</span></p><blockquote class="passage {wrap}" dir="auto"><span class="around">'
        '{before}</span><span class="quote"><mark>{quote}</mark></span><span class="around">{after}</span></blockquote>'
    ).format(
        id=shown.document_id,
        passage=shown.number,
        start=start,
        end=end,
        number=number,
        title=title,
        document=name(document.name),
        place=place(shown.location),
        wrap=wrapping(before + shown.span.of(document.text) + after, begins_inside=True),
        before=text(_from_word(before)),
        quote=text(shown.span.of(document.text)),
        after=text(_to_word(after)),
    )


def _from_word(words: str) -> str:
    """What is left after the last empty line, from a whole word on, with an ellipsis if something is left out."""
    near = re.split(r"\n\s*\n", words)[-1]
    if near == words and len(words) == _AROUND_CHARS:
        return f"… {near.partition(' ')[2]}"
    return near


def _to_word(words: str) -> str:
    near = re.split(r"\n\s*\n", words)[0]
    if near == words and len(words) == _AROUND_CHARS:
        return f"{near.rpartition(' ')[0]} …"
    return near


def _nowhere(finding: Finding) -> Markup:
    return Markup('<p class="ruling-where">No document comes near.</p>') if finding.source is None else Markup("")
