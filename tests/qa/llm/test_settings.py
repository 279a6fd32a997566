"""Which model is asked, by what the environment says."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest

from qa.llm.settings import KEYRING_SERVICE, Limits, endpoint_of
from source.errors import EndpointError

OLLAMA = {"QA_LLM_URL": "http://127.0.0.1:11434/v1", "QA_LLM_MODEL": "qwen3:4b", "QA_LLM_KEY": "k"}


def test_no_address_means_no_model() -> None:
    assert endpoint_of({}) is None
    assert endpoint_of({"QA_LLM_URL": " ", "QA_LLM_MODEL": "qwen3:4b", "OPENAI_API_KEY": "sk-1"}) is None


@pytest.mark.parametrize(
    ("address", "url"),
    [
        ("http://127.0.0.1:11434/v1", "http://127.0.0.1:11434/v1/chat/completions"),
        ("http://localhost:8080/v1/", "http://localhost:8080/v1/chat/completions"),
        ("https://api.example.org/v1/chat/completions", "https://api.example.org/v1/chat/completions"),
        ("https://example.org/openai?api-version=1", "https://example.org/openai/chat/completions?api-version=1"),
        ("http://[::1]:8080", "http://[::1]:8080/chat/completions"),
    ],
)
def test_the_address_of_completions_is_found(address: str, url: str) -> None:
    found = endpoint_of(OLLAMA | {"QA_LLM_URL": address})
    assert found is not None
    assert str(found.url) == url


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"QA_LLM_MODEL": ""}, "QA_LLM_URL is set, QA_LLM_MODEL is not. Set it to the name of a model there."),
        ({"QA_LLM_URL": "ollama"}, "QA_LLM_URL is 'ollama': it is not an address of the web. Write it as http://127"),
        ({"QA_LLM_URL": "file:///etc/passwd"}, "it is not an address of the web"),
        ({"QA_LLM_URL": "http://me:k@host.example/v1?key=k"}, "QA_LLM_URL is 'host.example/v1': there is a user name"),
        ({"QA_LLM_KEY": "k\nX-Other: 1"}, "the key has characters that no key can have"),
        ({"QA_LLM_KEY": "schlüssel"}, "the key has characters that no key can have"),
        ({"QA_LLM_TIMEOUT": "soon"}, "QA_LLM_TIMEOUT is 'soon'. Set it to a number of seconds from 1 to 3600."),
        ({"QA_LLM_TIMEOUT": "nan"}, "QA_LLM_TIMEOUT is 'nan'"),
        ({"QA_LLM_TIMEOUT": "0"}, "QA_LLM_TIMEOUT is '0'"),
    ],
)
def test_settings_that_make_no_sense_are_refused(variables: dict[str, str], said: str) -> None:
    with pytest.raises(EndpointError) as raised:
        endpoint_of(OLLAMA | variables)
    assert str(raised.value).startswith("Cannot ask a language model: ")
    assert said in str(raised.value)


def test_the_time_can_be_set() -> None:
    found = endpoint_of(OLLAMA | {"QA_LLM_TIMEOUT": "40"})
    assert found is not None
    assert found.limits == Limits(total_s=40, idle_s=20)


@pytest.mark.parametrize(
    ("address", "where"),
    [
        ("http://127.0.0.1:11434/v1", "qwen3:4b at 127.0.0.1:11434, on this machine."),
        ("http://192.168.1.5/v1", "qwen3:4b at 192.168.1.5, on another machine, not encrypted."),
        ("https://api.example.org/v1", "qwen3:4b at api.example.org, on another machine."),
    ],
)
def test_what_is_sent_where_is_said_in_a_sentence(address: str, where: str) -> None:
    found = endpoint_of(OLLAMA | {"QA_LLM_URL": address})
    assert found is not None
    assert found.notice == f"The question and the passages found, nothing else, are sent to {where}"
    assert found.question_notice == f"The question, nothing else, is sent to {where}"


def test_a_key_is_never_printed() -> None:
    assert repr(endpoint_of(OLLAMA | {"QA_LLM_KEY": "sk-private"})) == "Endpoint(127.0.0.1:11434, qwen3:4b)"


class _KeyringError(Exception):
    pass


class _NoKeyringError(_KeyringError):
    pass


def _keyring(monkeypatch: pytest.MonkeyPatch, entries: dict[tuple[str, str], str | Exception]) -> None:
    """A keyring of known entries in place of the system's."""
    keyring, errors = ModuleType("keyring"), ModuleType("keyring.errors")

    def get_password(service: str, user: str) -> str | None:
        found = entries.get((service, user))
        if isinstance(found, Exception):
            raise found
        return found

    vars(keyring).update(get_password=get_password, errors=errors)
    vars(errors).update(KeyringError=_KeyringError, NoKeyringError=_NoKeyringError)
    monkeypatch.setitem(sys.modules, "keyring", keyring)
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)


def test_the_key_is_read_from_the_keyring_by_the_host_where_the_environment_has_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here = (KEYRING_SERVICE, "127.0.0.1:11434")
    _keyring(monkeypatch, {here: "kept", (KEYRING_SERVICE, "other.example"): "other's"})
    without = {name: value for name, value in OLLAMA.items() if name != "QA_LLM_KEY"}
    for variables, key in [(without, "kept"), (OLLAMA, "k"), (without | {"QA_LLM_URL": "http://127.0.0.1:1/"}, "")]:
        found = endpoint_of(variables)
        assert found is not None
        assert found.key == key
    _keyring(monkeypatch, {here: _NoKeyringError("none")})
    found = endpoint_of(without)
    assert found is not None
    assert found.key == ""
    _keyring(monkeypatch, {here: _KeyringError("locked")})
    with pytest.raises(EndpointError, match=r"the keyring cannot be read \(locked\)\. Unlock it, or set QA_LLM_KEY\."):
        endpoint_of(without)
