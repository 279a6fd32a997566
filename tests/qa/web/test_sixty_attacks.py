"""Sixty strings that try to be more than text, in every place where foreign text is shown."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from index.library import Library
from qa.answer import Answer, Citation
from qa.transcript import Searched, reply_of
from qa.web.librarian import Librarian
from qa.web.visitors import COOKIE, owner_of
from source.document import Span
from source.errors import printable
from tests.documents import put_text
from tests.fakes import WordEmbedder
from tests.qa.web.conftest import OpenTab, Tab, serving
from tests.qa.web.test_intake import ready

_CALLS = "alert(1)"
_EVENTS = "onerror onload onfocus onmouseover ontoggle onbegin onanimationstart onpointerenter".split()
ATTACKS = [
    f"<script>{_CALLS}</script>",
    f"<ScRiPt >{_CALLS}</sCrIpT>",
    f"</title><script>{_CALLS}</script>",
    f"</textarea><script>{_CALLS}</script>",
    f"--><script>{_CALLS}</script>",
    f"]]><script>{_CALLS}</script>",
    *(f"<img src=x {event}={_CALLS}>" for event in _EVENTS),
    *(f"<details open {event}={_CALLS}><summary>x</summary></details>" for event in _EVENTS[:4]),
    f'"><img src=x onerror={_CALLS}>',
    f"'><img src=x onerror={_CALLS}>",
    f"<svg onload={_CALLS}>",
    f'<svg><a href="javascript:{_CALLS}"><text y="20">click</text></a></svg>',
    f"<svg><animate onbegin={_CALLS} attributeName=x></svg>",
    f'<svg><use href="data:image/svg+xml,<svg id=x onload={_CALLS}>#x"></svg>',
    f"<math><mi xlink:href=javascript:{_CALLS}>x</mi></math>",
    f"<iframe srcdoc='<script>parent.{_CALLS}</script>'></iframe>",
    f"<iframe src=javascript:{_CALLS}></iframe>",
    "<iframe src=https://evil.example/></iframe>",
    "<object data=https://evil.example/x></object>",
    "<embed src=https://evil.example/x>",
    "<base href=https://evil.example/>",
    "<meta http-equiv=refresh content='0;url=https://evil.example/'>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "<style>*{background:url(https://evil.example/x)}</style>",
    "<form action=https://evil.example/><button>Send</button></form>",
    "<div style='position:fixed;inset:0;background:red'>over all</div>",
    "<img src=https://evil.example/x.png>",
    "<video src=https://evil.example/x.mp4 autoplay></video>",
    f"<a href=javascript:{_CALLS}>click</a>",
    f"<a href='data:text/html,<script>{_CALLS}</script>'>click</a>",
    f"[a link](javascript:{_CALLS})",
    "![picture](https://evil.example/x.png)",
    "[a link](https://evil.example/)",
    f"<javascript:{_CALLS}>",
    "https://evil.example/auto",
    f"$$\\href{{javascript:{_CALLS}}}{{x}}$$",
    r"$\includegraphics{https://evil.example/x}$",
    r"\(\unicode{x202E}\)",
    "${alert(1)}",
    "${eval(String.fromCharCode(97,108,101,114,116,40,49,41))}",
    "{{7*7}}",
    "{{#with this}}{{constructor}}{{/with}}",
    "{{{value}}} @children <%= 7*7 %> #{7*7}",
    "`${alert(1)}`",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;img src=x onerror=alert(1)&#62;",
    "\\u003cscript\\u003ealert(1)\\u003c/script\\u003e",
    "\u202eevil\u202c txt.exe",
    "\u2066hidden\u2069 \u200fright\u200e",
    "a\u0000b".replace("\0", "\u2400"),
    "<!-- gone --> <b>bold</b> <i>it</i>",
    "<custom-part onclick=alert(1)>x</custom-part>",
    "<template><script>alert(1)</script></template>",
    "<noscript><img src=x onerror=alert(1)></noscript>",
    "#s/1/1/0-5 ../../config %2e%2e/x",
]


@pytest.fixture
def attacked(library: Library) -> Library:
    """Each attack as a heading, in a paragraph and as the name of a document."""
    attack_lines = [f"# {attack}\n\nThis paragraph says {attack} and no more." for attack in ATTACKS]
    put_text(library, WordEmbedder(), "\n\n".join(attack_lines), "/all.md")
    for number, attack in enumerate(ATTACKS):
        put_text(library, WordEmbedder(), f"Words of {number}: {attack}", f"/{attack.replace('/', '∕')}.txt")
    return library


@pytest.fixture
def attacked_tab(attacked: Library, new_tab: OpenTab) -> Iterator[Tab]:
    with serving(attacked, lambda _: WordEmbedder()) as address:
        tab = new_tab(address)
        tab.open()
        yield tab


def conversation_of(tab: Tab, library: Library) -> str:
    """A kept conversation of the tab's browser, in which each attack is a question, quoted, and in its own words."""
    cookies = {one["name"]: one["value"] for one in tab.page.context.cookies(tab.address)}
    owner = owner_of({COOKIE: cookies[COOKIE]})
    librarian = Librarian(library, ready(WordEmbedder()))
    kept = librarian.conversations
    conversation = kept.begin(owner, ATTACKS[0])
    searched = Searched(1, 1, "words", "0")
    documents = {document.name: document for document in library.documents()}
    for attack in ATTACKS:
        document = documents[f"{attack.replace('/', '∕')}.txt"]
        [passage] = [one for one in library.passages_of(document.id) if one.role == "body"]
        span = Span(passage.span.start, passage.span.end)
        answer = Answer(attack, 0.9, 0.15, (Citation(document, passage, span, (span,), 0.9),), (), (attack,), 0.1)
        reply = reply_of(answer, searched, [attack])
        kept.answer(kept.ask(owner, conversation, attack), reply.as_json())
    librarian.close()
    return conversation


FORBIDDEN = "img, iframe, script, object, embed, base, meta, link, form, video, math, template, custom-part, b, i"


def test_sixty_attacks_are_text_in_every_place(attacked_tab: Tab, attacked: Library) -> None:
    assert len(ATTACKS) >= 60
    page = attacked_tab.page
    listed = page.locator(".documents .document").all_text_contents()
    assert {printable(f"{attack.replace('/', '∕')}.txt") for attack in ATTACKS} <= set(listed)

    page.locator("#lib .open", has_text="all.md").click()
    expect(page.locator(".view-text .passage").first).to_be_visible()
    document = next(one for one in attacked.documents() if one.name == "all.md")
    shown = page.locator(".view-text .passage").all_text_contents()
    assert shown == [passage.text for passage in attacked.passages_of(document.id)]

    page.goto(f"{attacked_tab.address}/?c={conversation_of(attacked_tab, attacked)}")
    expect(page.locator(".question")).to_have_count(len(ATTACKS))
    assert page.locator(".question").all_text_contents() == ATTACKS
    quotes = page.locator(".lead blockquote").all_text_contents()
    assert quotes == [f"Words of {number}: {attack}" for number, attack in enumerate(ATTACKS)]
    assert page.locator(".follow-up").text_content() == ATTACKS[-1]
    for part in ("#conversation .message", "#lib .list", "#lib .history", ".view-text", ".view-title"):
        assert page.locator(f"{part} :is({FORBIDDEN})").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") == 1440
    assert page.locator("#conversation a:not([href^='#s/'])").count() == 0
