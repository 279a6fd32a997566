"""What property tests draw from: text of every kind, and Markdown and HTML put together from parts."""

from __future__ import annotations

from hypothesis import strategies as st

from qa.topics import Quoted, Turn

LINE_ENDS = ("\n", "\r\n", "\r")
BLANKS = (" ", "\t", "\u00a0", "\u2003", "\u3000", "\v", "\f", "\x85", "\u2028", "\u2029", *LINE_ENDS)
"""Everything that divides words, with what only some programs take for the end of a line."""

WORDS = (
    *"The bell rang in 1687 for Dr. Carver, e.g. at 5.30 a.m. No. 7 (it said) “Yes.” 10² CO₂ co-op www.x.org".split(),
    *"What Why Explain Photo: Source: Share Home | • © – — … ! ? . , ; : ' \" [1] [^2] * ** _ # ## > - 1.".split(),
    *"` ``` ~ <b> </p> <!-- --> &amp; &lt; <br> [a](b) ![a](b) [a]: === --- *** +++ $x$".split(),
    *"e\u0301 \u0301 naïve ﬁne １２ ½ \u202eabc\u202c 今天天气很好。 鐘が鳴る हिन्दी 🙂".split(),
    *"👩\u200d👧 \u200b \u00ad \ufeff שלום مرحبا الجرس".split(),
    "word" * 300,
)

characters = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
"""Any character that a text file can hold."""

words = st.one_of(st.sampled_from(WORDS), st.text(characters, min_size=1, max_size=8))

runs = st.lists(st.one_of(words, st.sampled_from(BLANKS)), max_size=40).map("".join)
"""Words and blanks in any order."""

lines = st.lists(words, min_size=1, max_size=25).map(" ".join)

texts = st.one_of(
    st.text(characters),
    runs,
    st.lists(
        st.tuples(lines, st.sampled_from([*LINE_ENDS, "\n\n", "\r\n\r\n", "\r\r", "\n \n", "\f"])), max_size=12
    ).map(lambda parts: "".join(line + end for line, end in parts)),
)
"""Arbitrary text, and text with paragraphs, lines and sentences."""

MARKDOWN_PARTS = (
    "# {}",
    "## {} ##",
    "{}\n===",
    "{}\n---",
    "> {}\n> more",
    "- {}\n- b\n  - c",
    "1. {}\n2. b\n\n   c",
    "```\n{}\n```",
    "    {}",
    "| {} | b |\n|---|---|\n| c | d |\n| e |",
    "a | b\n-|-\n{}",
    "![{}](x.png)",
    "[^1]: {}",
    "[{}]: http://x.y 'z'",
    "<div>\n{}\n</div>",
    "<!-- {} -->",
    "<script>\n{}\n</script>",
    "Photo: {}",
    "***",
    "{}  \nb\\\nc",
)

markdowns = st.lists(
    st.tuples(
        st.sampled_from(["{}", *MARKDOWN_PARTS]), lines | runs, st.sampled_from(["\n\n", "\n", "\r\n\r\n", "\r\r"])
    ),
    max_size=10,
).map(lambda parts: "".join(part.replace("{}", words) + end for part, words, end in parts))
"""Markdown with every kind of block, well formed or not."""

HTML_TAGS = (
    *"p div h1 h3 ul ol li dl dt dd table caption thead tbody tr th td nav main article aside footer".split(),
    *"header form pre blockquote figure figcaption span b a br hr details template".split(),
    *"script style math svg select option button".split(),
)

html_pieces = st.one_of(
    words.map(lambda word: word.replace("<", "&lt;") + " "),
    st.sampled_from(HTML_TAGS).map("<{}>".format),
    st.sampled_from(HTML_TAGS).map("</{}>".format),
    st.sampled_from(
        ['<td rowspan=2 colspan="3">', "<p hidden>", '<div role="navigation">', '<a href="#x">', "<!--", "-->"]
    ),
    st.sampled_from(["&nbsp;", "&#13;", "&shy;", "&#x85;", "\n", "\r\n", "  ", "<br><br>"]),
)

htmls = st.lists(html_pieces, max_size=50).map("".join)
"""Tags and text in any order: parsers of HTML take anything."""


def turns(questions: st.SearchStrategy[str]) -> st.SearchStrategy[list[Turn]]:
    """Up to four turns of a conversation: `questions` as asked and as searched for, and any quotes."""
    quotes = st.lists(st.builds(Quoted, texts, st.lists(texts, max_size=2).map(tuple)), max_size=2).map(tuple)
    return st.lists(st.builds(Turn, questions, questions, quotes), max_size=4)
