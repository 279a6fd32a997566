"""E-mail: who wrote what to whom is the text; attachments are files with safe names; damage costs a sentence."""

from __future__ import annotations

import random
import re
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source.document import Extraction
from source.errors import LoadError
from source.load_options import NO_OPTIONS
from source.mail.mailbox import mbox_members
from source.mail.message import attachments, load_eml
from source.member import Member
from source.split import split_passages
from tests.checks import check_passages

HEAD = b"From: Ann <ann@example.org>\r\nTo: Ben <ben@example.org>\r\n"


def mail(body: bytes, *headers: bytes) -> bytes:
    return HEAD + b"".join(header + b"\r\n" for header in headers) + b"\r\n" + body


def multipart(kind: bytes, *parts: bytes) -> bytes:
    """A message of parts, each with headers of its own."""
    inner = b"".join(b"--edge\r\n" + part + b"\r\n" for part in parts)
    return mail(inner + b"--edge--\r\n", b"Content-Type: multipart/" + kind + b'; boundary="edge"')


def part(headers: bytes, body: bytes) -> bytes:
    return headers + b"\r\n\r\n" + body


def blocks_of(extraction: Extraction) -> list[tuple[str, int, str]]:
    return [(block.role, block.level, block.span.of(extraction.text)) for block in extraction.blocks]


def said(data: bytes) -> list[tuple[str, str]]:
    """The roles and texts of a message's blocks, below its headers."""
    extraction = load_eml(data)
    check_passages(extraction)
    blocks = [(role, text) for role, _, text in blocks_of(extraction)]
    start = next(number for number, (_, text) in enumerate(blocks) if text.startswith("From: "))
    return blocks[start + 1 :]


def members(data: bytes) -> list[tuple[str, bytes]]:
    found = []
    for one in attachments(data, NO_OPTIONS):
        assert isinstance(one, Member)
        found.append((one.name, one.data))
    return found


def test_a_message_by_hand() -> None:
    data = (
        "From: Ann Trell <ann@example.org>\r\nTo: ben@example.org,\r\n\tcleo@example.org\r\nCc: \r\n"
        "Subject: The bell\r\n of 1687\r\nDate: Mon, 3 Nov 2025 10:00:00 +0100\r\nX-Mailer: Quill\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n\r\n"
        "Hello Ben,\r\n\r\nit weighs\r\n640\u00a0kg. It was cast in 1687.\r\n\r\n- a rope\r\n- a clapper\r\n\r\n"
        "On Sunday Ben wrote:\r\n> How heavy is\r\n> the bell?\r\n>\r\n>> Nobody knows.\r\n\r\n"
        "-- \r\nAnn Trell\r\nFounder\r\n"
    ).encode()
    extraction = load_eml(data)
    assert blocks_of(extraction) == [
        ("heading", 1, "The bell of 1687"),
        (
            "body",
            0,
            "\n".join(
                [
                    "From: Ann Trell <ann@example.org>",
                    "To: ben@example.org, cleo@example.org",
                    "Date: Mon, 3 Nov 2025 10:00:00 +0100",
                ]
            ),
        ),
        ("body", 0, "Hello Ben,"),
        ("body", 0, "it weighs\n640\u00a0kg. It was cast in 1687."),
        ("body", 0, "- a rope\n- a clapper"),
        ("body", 0, "On Sunday Ben wrote:"),
        ("body", 0, "> How heavy is\n> the bell?\n>"),
        ("body", 0, ">> Nobody knows."),
        ("furniture", 0, "-- \nAnn Trell\nFounder"),
    ]
    assert (extraction.title, extraction.encoding, extraction.parts) == ("The bell of 1687", "", ())
    folded = [one.folded for passage in check_passages(extraction) for one in passage.sentences]
    assert "To: ben@example.org, cleo@example.org" in folded
    assert "How heavy is the bell?" in folded
    assert "Nobody knows." in folded
    assert {passage.headings for passage in split_passages(extraction)} == {(), ("The bell of 1687",)}


@pytest.mark.parametrize(
    ("written", "subject"),
    [
        (b"=?utf-8?Q?Gl=C3=B6ckchen?=", "Glöckchen"),
        (b"=?UTF-8?B?R2zDtmNrY2hlbg==?= now", "Glöckchen now"),
        (b"=?utf-8?Q?a_b?=\r\n =?utf-8?Q?c?=", "a bc"),
        (b"=?utf-8?B?w?= =?utf-8?B?rw=?=", "=?utf-8?B?w?= =?utf-8?B?rw=?="),
        (b"=?utf-8?Q?=C3?= =?utf-8?Q?=B6?=", "ö"),
        (b"=?iso-8859-1?Q?=80_1?=", "€ 1"),
        (b"=?koi8-r?B?8NLJ18XU?=", "Привет"),
        (b"=?rot13?Q?uryyb?=", "uryyb"),
        (b"a =?utf-8?Q?b?= c =?iso-8859-1?Q?=E9?=", "a b c é"),
        ("Größe".encode(), "Größe"),
        ("Größe".encode("latin-1"), "Größe"),
        (b"=?utf-8?X?nothing?= =?", "=?utf-8?X?nothing?= =?"),
        (b"a\0b", "ab"),
    ],
)
def test_a_subject_is_decoded_or_stays_as_it_is(written: bytes, subject: str) -> None:
    assert load_eml(mail(b"Text.", b"Subject: " + written)).title == subject


@pytest.mark.parametrize(
    ("headers", "body", "text"),
    [
        (b"Content-Type: text/plain; charset=utf-8", "Größe".encode(), "Größe"),
        (b"Content-Type: text/plain; charset=iso-8859-1", "“Größe”".encode("cp1252"), "“Größe”"),
        (b"Content-Type: text/plain; charset=us-ascii", "Größe der Glocke".encode(), "Größe der Glocke"),
        (b"Content-Type: text/plain; charset=utf-8", "Größe der Glocke".encode("cp1252"), "Größe der Glocke"),
        (b"Content-Type: text/plain; charset=nonsense", "Größe".encode(), "Größe"),
        (b"Content-Type: text/plain; charset=rot13", b"uryyb", "uryyb"),
        (b"X-Nothing: 1", "Größe".encode(), "Größe"),
        (b"Content-Type: text/plain; charset=gb2312", "日本语镕".encode("gbk"), "日本语镕"),
        (b"Content-Type: text/plain; charset=iso-2022-jp", "日本".encode("iso-2022-jp"), "日本"),
        (b"Content-Transfer-Encoding: base64", b"VGV4dC4=", "Text."),
        (b"Content-Transfer-Encoding: quoted-printable", b"Te=\r\nxt =3D.", "Text =."),
        (b"Content-Type: text/calendar", b"BEGIN:VCALENDAR", "BEGIN:VCALENDAR"),
        (b"Content-Type: nonsense", b"Text.", "Text."),
    ],
)
def test_a_text_is_decoded_as_it_says_or_as_is_detected(headers: bytes, body: bytes, text: str) -> None:
    assert said(mail(body, headers)) == [("body", text)]


def test_of_two_versions_the_plain_one_is_read_if_it_serves() -> None:
    rich = part(
        b"Content-Type: text/html",
        b"<html><meta charset=koi8-r><h1>Bells</h1><p>It was cast in 1687.<table><tr><th>A<th>B<tr><td>x<td>y</table>",
    )
    plain = part(b"Content-Type: text/plain", b"Bells\r\n\r\nIt was cast in 1687. A: x, B: y")
    poor = part(b"Content-Type: text/plain", b"No HTML.")
    assert said(multipart(b"alternative", plain, rich)) == [
        ("body", "Bells"),
        ("body", "It was cast in 1687. A: x, B: y"),
    ]
    expected = [("heading", "Bells"), ("body", "It was cast in 1687."), ("body", "A\tB\nx\ty")]
    assert said(multipart(b"alternative", poor, rich)) == expected
    assert said(multipart(b"alternative", rich)) == expected
    assert [level for role, level, _ in blocks_of(load_eml(multipart(b"mixed", rich))) if role == "heading"] == [2]


def test_all_texts_of_a_message_are_read_in_order() -> None:
    inner = (
        b'Content-Type: multipart/related; boundary="in"\r\n\r\n--in\r\nContent-Type: text/html\r\n\r\n<p>Second.'
        b"\r\n--in\r\nContent-Type: image/png\r\nContent-ID: <x>\r\n\r\nPNG\r\n--in--"
    )
    data = multipart(b"mixed", part(b"Content-Type: text/plain", b"First."), inner, part(b"X-A: b", b"Third."))
    assert said(data) == [("body", "First."), ("body", "Second."), ("body", "Third.")]
    assert members(data) == []


@pytest.mark.parametrize(
    ("body", "blocks"),
    [
        ("Yes.\n-- \nAnn\n\nOn Sunday Ben wrote:\n> No?", [("body", "Yes."), ("furniture", "-- \nAnn"),
         ("body", "On Sunday Ben wrote:"), ("body", "> No?")]),
        ("Yes.\n--\nAnn", [("body", "Yes."), ("furniture", "--\nAnn")]),
        ("--\n" + "line\n" * 20, [("body", "--\n" + "line\n" * 19 + "line")]),
        ("a\n\n\n\nb", [("body", "a"), ("body", "b")]),
        (">\n>", [("furniture", ">\n>")]),
        ("a\rb\r\rc", [("body", "a\nb"), ("body", "c")]),
        ("> > deep\n> shallow\nmine", [("body", "> > deep"), ("body", "> shallow"), ("body", "mine")]),
    ],
)  # fmt: skip
def test_quotes_are_body_and_signatures_are_furniture(body: str, blocks: list[tuple[str, str]]) -> None:
    assert said(mail(body.encode())) == blocks


def test_attachments_have_safe_names_of_their_own() -> None:
    def file(headers: bytes, body: bytes = b"x") -> bytes:
        return part(headers, body)

    data = multipart(
        b"mixed",
        file(b"Content-Type: text/plain", b"Text."),
        file(b'Content-Type: application/pdf; name="a.pdf"\r\nContent-Transfer-Encoding: base64', b"QUJD"),
        file(b'Content-Disposition: attachment; filename="A.pdf"'),
        file(b'Content-Disposition: attachment; filename="../../etc/passwd"'),
        file(b'Content-Disposition: attachment; filename="C:\\\\b.txt"'),
        file(b"Content-Type: text/csv\r\nContent-Disposition: attachment", b"a,b"),
        file(b"Content-Type: application/pdf\r\nContent-Disposition: attachment; filename=report"),
        file(b"Content-Disposition: attachment; filename*=utf-8''Gl%C3%B6ckchen.txt"),
        file(b'Content-Disposition: attachment; filename="=?utf-8?Q?Gl=C3=B6ck.txt?="'),
        file('Content-Disposition: attachment; filename="Größe.txt"'.encode()),
        file(b"Content-Type: image/jpeg\r\nContent-Disposition: inline; filename=logo.jpg"),
        file(b"Content-Type: image/jpeg\r\nContent-Disposition: attachment; filename=photo.jpg"),
        file(b"Content-Type: application/pkcs7-signature; name=smime.p7s"),
        file(b"Content-Type: application/ms-tnef; name=winmail.dat"),
        file(b"Content-Type: application/x-nobody-knows"),
        file(b'Content-Disposition: attachment; filename=".bashrc\x1b.txt"'),
    )
    assert members(data) == [
        ("a.pdf", b"ABC"),
        ("A (2).pdf", b"x"),
        ("_.._etc_passwd.txt", b"x"),
        ("_b.txt", b"x"),
        ("attachment 5.csv", b"a,b"),
        ("report.pdf", b"x"),
        ("Glöckchen.txt", b"x"),
        ("Glöck.txt", b"x"),
        ("Größe.txt", b"x"),
        ("photo.jpg", b"x"),
        ("winmail.dat", b"x"),
        ("attachment 12.bin", b"x"),
        ("bashrc_.txt", b"x"),
    ]
    assert said(data) == [("body", "Text.")]


def test_a_message_in_a_message_is_a_file_of_its_own() -> None:
    inner = b"From: Cleo <c@example.org>\r\nSubject: In/side\r\n\r\nFrom here on.\r\n"
    data = multipart(b"mixed", part(b"X-A: b", b"Look."), part(b"Content-Type: message/rfc822", inner))
    [(name, content)] = members(data)
    assert name == "In_side.eml"
    assert said(data) == [("body", "Look.")]
    assert load_eml(content).text == "In/side\n\nFrom: Cleo <c@example.org>\n\nFrom here on."


words = st.text(st.characters(categories=["L", "N", "P", "S", "Zs"], include_characters="\t\n>"), max_size=60)


@given(words, words, st.sampled_from(["7bit", "8bit", "base64", "quoted-printable"]), st.lists(st.binary(max_size=50)))
def test_what_the_standard_library_writes_is_read(subject: str, text: str, wrap: str, files: list[bytes]) -> None:
    message = EmailMessage()
    message["From"] = "ann@example.org"
    message["Subject"] = " ".join(subject.split())
    message.set_content(text, cte=wrap if text.isascii() or wrap != "7bit" else "base64")
    for number, data in enumerate(files):
        message.add_attachment(data, "application", "pdf", filename=f"{number} {subject.split()[:1]}.pdf"[:40])
    written = message.as_bytes(policy=SMTP)
    extraction = load_eml(written)
    check_passages(extraction)
    expected = f"{message['Subject']}From:ann@example.org{text}"
    assert re.sub(r"\s", "", extraction.text) == re.sub(r"\s", "", expected)
    assert [data for _, data in members(written)] == files


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"Only some text.\n\nAnd more.", "it is not an e-mail: it has none of its headers"),
        (b"\xff\xfe\x00binary" * 100, "it is not an e-mail: it has none of its headers"),
        (mail(b"x", b"Content-Type: application/pkcs7-mime"), "it is encrypted or sealed"),
        (mail(b"Gr\xc3\xb6\xc3\xb6\xc3\xb6\xffe", b"X-A: b"), "it is UTF-8 with 1 broken byte, the first in line 1"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_why(data: bytes, reason: str) -> None:
    with pytest.raises(LoadError) as caught:
        load_eml(data)
    assert caught.value.reason == reason


def test_nothing_to_read_is_nothing() -> None:
    assert load_eml(b"").blocks == ()
    assert members(b" \r\n") == []
    assert load_eml(b"\r\n\xef\xbb\xbf" + mail(b"")).text.startswith("From: Ann")


@pytest.mark.parametrize("kind", [b"mixed", b"alternative"])
def test_parts_in_parts_without_end_cost_a_sentence(kind: bytes) -> None:
    nested = b"".join(
        b'Content-Type: multipart/%s; boundary="%d"\r\n\r\n--%d\r\n' % (kind, number, number) for number in range(5000)
    )
    with pytest.raises(LoadError):
        load_eml(HEAD + nested + b"\r\nText.")
    fewer = b"".join(
        b'Content-Type: multipart/%s; boundary="%d"\r\n\r\n--%d\r\n' % (kind, number, number) for number in range(40)
    )
    assert said(HEAD + fewer + b"\r\nText.") == [("body", "Text.")]


@pytest.mark.parametrize(
    "body",
    [b"--\n" * 200_000, b"\n" * 1_000_000 + b"x", b">" * 200_000, b"> " * 100_000 + b"x", b"x" * 1_000_000],
)
def test_huge_and_odd_texts_are_kept_whole(body: bytes) -> None:
    assert "".join("".join(text.split()) for _, text in said(mail(body))) == "".join(body.decode().split())


def test_damage_costs_a_sentence_and_nothing_else() -> None:
    whole = multipart(
        b"mixed",
        part(b"Content-Type: text/html; charset=iso-8859-1", b"<p>Gr\xf6\xdfe <b>x</b>"),
        part(b"Content-Type: message/rfc822", HEAD + b"\r\nInner."),
        part(b'Content-Disposition: attachment; filename*0="a"; filename*1=".pdf"', b"x"),
    )
    generator = random.Random(0)
    outcomes = set()
    for _ in range(500):
        damaged = bytearray(whole[: generator.choice([len(whole), generator.randrange(1, len(whole))])])
        for _ in range(generator.randrange(1, 8)):
            damaged[generator.randrange(len(damaged))] ^= 1 << generator.randrange(8)
        try:
            check_passages(load_eml(bytes(damaged)))
            outcomes.add("read")
            list(attachments(bytes(damaged), NO_OPTIONS))
        except LoadError as error:
            outcomes.add(error.reason)
    assert "read" in outcomes


@pytest.mark.parametrize(
    ("name", "text", "files"),
    [
        ("eml_simple.eml", "This is a simple email body.", []),
        (
            "eml_with_attachment.eml",
            "This email contains an attachment.",
            [("test.txt", b"This is a test attachment file.\nIt contains some dummy content.\n")],
        ),
    ],
)
def test_real_messages_are_read(shared: Path, name: str, text: str, files: list[tuple[str, bytes]]) -> None:
    data = (shared / "data" / "files" / "docling" / "email" / name).read_bytes()
    assert text in [said_text for _, said_text in said(data)]
    assert members(data) == files


def test_a_mailbox_is_its_messages() -> None:
    box = (
        b"From ann@example.org Mon Nov  3 10:00:00 2025\nSubject: On/e: two\n\nText.\n>From here on.\n"
        b"From nobody who mails.\n\nFrom our archive.\n\n"
        b"From ben@example.org Mon Nov  3 10:01:00 2025\nSubject: ../..\n\nMore.\n>>From there.\n"
    )
    assert [(one.name, one.data) for one in mbox_members(box, NO_OPTIONS)] == [
        (
            "1 On_e: two.eml",
            b"Subject: On/e: two\n\nText.\nFrom here on.\nFrom nobody who mails.\n\nFrom our archive.\n\n",
        ),
        ("2 .._.eml", b"Subject: ../..\n\nMore.\n>From there.\n"),
    ]
    windows = box.replace(b"\n", b"\r\n")
    assert [one.name for one in mbox_members(windows, NO_OPTIONS)] == ["1 On_e: two.eml", "2 .._.eml"]


@pytest.mark.parametrize("data", [b"", b"Text.", mail(b"Text.")])
def test_what_is_no_mailbox_is_refused(data: bytes) -> None:
    with pytest.raises(LoadError, match=r"it is not a whole \.mbox file"):
        list(mbox_members(data, NO_OPTIONS))
