"""Which language model may be asked, if any: what the environment says of it.

Nothing is asked unless `QA_LLM_URL` names an address. No other program's variables are read: a key that was set for
one service is never sent to another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING

from source.errors import EndpointError, LoadError, printable
from source.web.address import parse_url

if TYPE_CHECKING:
    from httpx import URL

KEYRING_SERVICE = "quoted-answers"
"""What a key is kept under in the system's keyring; its user name is the host, with the port where there is one."""

_DEFAULT_TIMEOUT_S = 180
_MAX_TIMEOUT_S = 3600
# A model on a slow processor reads for as long before its first word.
_IDLE_SHARE = 0.5
_PATH = "/chat/completions"
_THING = "Cannot ask a language model"


@dataclass(frozen=True, slots=True)
class Limits:
    """What an answer may take: seconds in all, seconds without a word, characters of text, and bytes.

    Those are of a line of a stream, of an answer that comes whole as JSON, and of a stream in all.

    What a model thinks before it writes counts as bytes only.
    """

    total_s: float = _DEFAULT_TIMEOUT_S
    idle_s: float = _DEFAULT_TIMEOUT_S * _IDLE_SHARE
    max_chars: int = 8_000
    max_line_bytes: int = 65_536
    max_json_bytes: int = 2_000_000
    max_bytes: int = 8_000_000


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A model to ask: `url` is where completions are made, `host` its name for people, with the port if it has one.

    `key` is empty where none is needed.
    """

    url: URL
    model: str
    key: str
    limits: Limits

    def __repr__(self) -> str:
        return f"Endpoint({self.host}, {self.model})"  # never the key

    @property
    def host(self) -> str:
        """The host, with the port if the address has one."""
        return self.url.netloc.decode("ascii")

    @property
    def name(self) -> str:
        """The model and its address, safe to print."""
        return f"{printable(self.model)} at {self.host}"

    @property
    def notice(self) -> str:
        """What is sent where to have an answer written, in a sentence for those whose passages it is."""
        return f"The question and the passages found, nothing else, are sent to {self._where}."

    @property
    def question_notice(self) -> str:
        """What is sent where to have a question rewritten."""
        return f"The question, nothing else, is sent to {self._where}."

    @property
    def _where(self) -> str:
        if _is_this_machine(self.url.host):
            return f"{self.name}, on this machine"
        secured = "" if self.url.scheme == "https" else ", not encrypted"
        return f"{self.name}, on another machine{secured}"


def endpoint_of(variables: Mapping[str, str]) -> Endpoint | None:
    """The model that the environment `variables` name; None if they name none.

    Raises:
        EndpointError: what they say makes no sense, or the keyring cannot be read.
    """
    address = variables.get("QA_LLM_URL", "").strip()
    if not address:
        return None
    url = _completions_url(address)
    model = variables.get("QA_LLM_MODEL", "").strip()
    if not model:
        raise EndpointError(_THING, "QA_LLM_URL is set, QA_LLM_MODEL is not", "Set it to the name of a model there.")
    key = variables.get("QA_LLM_KEY", "").strip() or _key_from_keyring(url.netloc.decode("ascii"))
    if not (key.isascii() and (key.isprintable() or not key)):
        raise EndpointError(_THING, "the key has characters that no key can have", "Copy it again.")
    return Endpoint(url, model, key, _limits(variables.get("QA_LLM_TIMEOUT", "").strip()))


def _completions_url(address: str) -> URL:
    try:
        url = parse_url(address)
    except LoadError as error:
        reason = f"QA_LLM_URL is {printable(_without_secrets(address))!r}: {error.reason}"
        raise EndpointError(_THING, reason, "Write it as http://127.0.0.1:11434/v1.") from error
    path = url.path.rstrip("/")
    return url if path.endswith(_PATH) else url.copy_with(path=path + _PATH)


def _without_secrets(address: str) -> str:
    """An address that is wrong, without a user name, password or query, which may hold a key."""
    return address.partition("?")[0].rpartition("@")[2]


def _limits(timeout: str) -> Limits:
    if not timeout:
        return Limits()
    try:
        total_s = float(timeout)
    except ValueError:
        total_s = 0.0
    if not 1 <= total_s <= _MAX_TIMEOUT_S:
        reason = f"QA_LLM_TIMEOUT is {printable(timeout)!r}"
        raise EndpointError(_THING, reason, f"Set it to a number of seconds from 1 to {_MAX_TIMEOUT_S}.")
    return Limits(total_s=total_s, idle_s=total_s * _IDLE_SHARE)


def _key_from_keyring(host: str) -> str:
    try:
        import keyring
        from keyring.errors import KeyringError, NoKeyringError
    except ImportError:  # an extra
        return ""
    try:
        return keyring.get_password(KEYRING_SERVICE, host) or ""
    except NoKeyringError:
        return ""
    except KeyringError as error:
        reason = f"the keyring cannot be read ({printable(str(error))})"
        raise EndpointError(_THING, reason, "Unlock it, or set QA_LLM_KEY.") from error


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
