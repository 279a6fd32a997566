"""Where pages may come from: addresses of the web, and no private ones unless they are allowed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source.errors import DocumentError
from source.web.address import is_public
from source.web.fetch import fetch_page
from tests.fetching import ARTICLE, Names, fetch, refusal
from tests.web_server import WebServer


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("127.1", "127.0.0.1"),
        ("2130706433", "127.0.0.1"),
        ("0x7f.1", "127.0.0.1"),
        ("0177.1", "127.0.0.1"),
        ("0.0.0.0", "0.0.0.0"),
        ("0", "0.0.0.0"),
        ("10.0.0.1", "10.0.0.1"),
        ("172.16.5.4", "172.16.5.4"),
        ("192.168.1.1", "192.168.1.1"),
        ("100.64.0.1", "100.64.0.1"),
        ("169.254.169.254", "169.254.169.254"),
        ("224.0.0.1", "224.0.0.1"),
        ("255.255.255.255", "255.255.255.255"),
        ("[::1]", "::1"),
        ("[::]", "::"),
        ("[fe80::1]", "fe80::1"),
        ("[fc00::1]", "fc00::1"),
        ("[fec0::1]", "fec0::1"),
        ("[ff02::1]", "ff02::1"),
        ("[::ffff:127.0.0.1]", "::ffff:127.0.0.1"),
        ("[::ffff:a00:1]", "::ffff:a00:1"),
        ("[::7f00:1]", "::7f00:1"),
        ("[64:ff9b::a9fe:a9fe]", "64:ff9b::a9fe:a9fe"),
        ("[64:ff9b:1::808:808]", "64:ff9b:1::808:808"),
        ("[2002:7f00:1::]", "2002:7f00:1::"),
        ("[2001:0:808:808::1]", "2001:0:808:808::1"),
    ],
)
def test_private_addresses_are_refused_however_they_are_written(host: str, address: str) -> None:
    for scheme in ("http", "https"):
        assert refusal(f"{scheme}://{host}/", allow_private=False) == (
            f"{scheme}://{host}/: it stands for the private address {address}. Give --allow-private if you trust it."
        )


def test_names_of_private_addresses_are_refused() -> None:
    names = Names(wiki=["10.0.0.7"], localhost=["::1", "127.0.0.1"], split=["8.8.8.8", "192.168.0.9"])
    for host, address in [("wiki.corp", "10.0.0.7"), ("localhost", "::1"), ("split.example", "192.168.0.9")]:
        assert refusal(f"http://{host}/", names, allow_private=False) == (
            f"http://{host}/: it stands for the private address {address}. Give --allow-private if you trust it."
        )


def test_this_machine_s_own_name_is_refused_by_the_system_s_look_up() -> None:
    with pytest.raises(DocumentError, match=r"it stands for the private address (127\.0\.0\.1|::1)"):
        fetch_page("http://localhost:9/", allow_private=False, max_bytes=1)


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "192.88.99.1", "2606:4700::1111", "64:ff9b::808:808", "2002:808:808::1", "::ffff:8.8.8.8"],
)
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_an_address_in_ipv4_is_as_public_as_its_forms_in_ipv6(address: object) -> None:
    number = int(address)  # type: ignore[call-overload]
    high, low = number >> 16, number & 0xFFFF
    for form in (f"::ffff:{high:x}:{low:x}", f"64:ff9b::{high:x}:{low:x}", f"2002:{high:x}:{low:x}::1"):
        assert is_public(form) == is_public(str(address))


def test_the_connection_is_made_to_the_address_that_was_found_first(server: WebServer) -> None:
    found = iter([["127.0.0.1"], ["10.0.0.1"]])
    server.put("/", ARTICLE)
    fetched = fetch(server.url("/", "pages.example"), lambda _host, _port: next(found))
    assert (fetched.data, list(found)) == (ARTICLE, [["10.0.0.1"]])
    assert server.requests[0][1]["host"] == f"pages.example:{server.port}"


def test_another_address_of_the_same_name_is_tried(server: WebServer) -> None:
    server.put("/", ARTICLE)
    assert fetch(server.url("/", "two.example"), Names(two=["::1", "127.0.0.1"])).data == ARTICLE


def test_a_name_in_other_letters_is_asked_for_as_it_is_registered(server: WebServer) -> None:
    names = Names(**{"xn--bcher-kva": ["127.0.0.1"]})
    server.put("/%C3%A4?q=%C3%B6", ARTICLE)
    fetched = fetch(server.url("/ä?q=ö", "BÜCHER.example"), names)
    assert fetched.url == server.url("/%C3%A4?q=%C3%B6", "xn--bcher-kva.example")
    assert names.asked == ["xn--bcher-kva.example"]


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org",
        "ftp://example.org/",
        "file:///etc/passwd",
        "http://",
        "http:///a",
        "http://a b/",
        "http://exa%6dple.org/",
        "http://example.org:0/",
        "http://example.org:99999/",
        "http://example.org:x/",
        "http://[fe80::1%25eth0]/",
        "http://[::g]/",
        "http://\u2460.0.0.1/",
        "http://" + "a" * 300 + "/",
        "http://example.org/\n",
        "http://example.org/\ud800",
    ],
)
def test_what_is_no_address_of_the_web_is_refused(url: str) -> None:
    names = Names()
    sentence = refusal(url, names)
    assert sentence.endswith(": it is not an address of the web. Write it as https://example.org/page.")
    assert names.asked == []


@pytest.mark.parametrize("url", ["http://user:secret@example.org/", "http://user@example.org/", "http://:@h.org/"])
def test_an_address_with_a_user_name_is_refused(url: str) -> None:
    assert "there is a user name or password in it" in refusal(url)


@given(st.text(st.characters(exclude_characters="0123456789")))
def test_any_text_is_refused_with_a_sentence(text: str) -> None:
    refusal(f"http://{text}")
    refusal(text)
