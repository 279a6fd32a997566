"""For all tests: no network, a home of their own, the real model once, and libraries to work with."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from index.embed import Embedder
from index.ingest import add_paths
from index.library import Library
from index.model import DEFAULT_MODEL, find_model
from tests.command import Command, command_here
from tests.fakes import load_words
from tests.network_block import loopback_only

ROOT = Path(__file__).parents[1]
DEMO_DOCUMENTS = ROOT / "qa" / "demo" / "documents"

_NETWORK_BLOCK = Path(loopback_only.__file__).parent
_SCRATCH = Path(tempfile.mkdtemp(prefix="qa-tests-"))
_NETWORK_LOG = _SCRATCH / "network.log"

# Before any test module is imported: Hugging Face's libraries read these once.
os.environ |= {
    "HF_HUB_OFFLINE": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "GRADIO_ANALYTICS_ENABLED": "False",
    "PYTHONPATH": os.pathsep.join(filter(None, [str(_NETWORK_BLOCK), str(ROOT), os.environ.get("PYTHONPATH")])),
    "XDG_CACHE_HOME": str(_SCRATCH / "cache"),
    "XDG_DATA_HOME": str(_SCRATCH / "data"),
    loopback_only.LOG_VARIABLE: str(_NETWORK_LOG),
}
os.environ.pop("QA_LIBRARY", None)
loopback_only.install()

# Time says little on a busy machine. `pytest --hypothesis-profile=explore` looks for new counterexamples instead.
settings.register_profile("explore", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("suite", settings.get_profile("explore"), derandomize=True)
settings.load_profile("suite")


def pytest_make_parametrize_id(val: object) -> str | None:
    """Bytes by their length: those of an archive hold the time at which it was made, and each process makes its own."""
    return f"{len(val)} bytes" if isinstance(val, bytes) else None


def pytest_unconfigure() -> None:
    """Leave nothing behind."""
    shutil.rmtree(_SCRATCH, ignore_errors=True)


@pytest.fixture(autouse=True)
def _no_network() -> Iterator[None]:
    """Fail a test during which anything tried to reach another machine, even if it took the refusal well."""
    before = network_attempts()
    yield
    assert network_attempts()[len(before) :] == []


def network_attempts() -> list[str]:
    """What has tried to reach another machine so far, in this process and its children."""
    return _NETWORK_LOG.read_text(encoding="utf-8").splitlines() if _NETWORK_LOG.exists() else []


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    """The real default model."""
    return Embedder(find_model(DEFAULT_MODEL))


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    """An empty library."""
    with Library(tmp_path / "library") as opened:
        yield opened


@pytest.fixture(scope="session")
def demo_folder(embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a library of the demo documents. To be copied by tests that change it."""
    folder = tmp_path_factory.mktemp("demo") / "library"
    with Library(folder) as opened:
        failures = [event for event in add_paths(opened, embedder, [DEMO_DOCUMENTS]) if hasattr(event, "error")]
    assert failures == []
    return folder


@pytest.fixture
def demo_library(demo_folder: Path) -> Iterator[Library]:
    """The library of the demo documents, to be read only."""
    with Library(demo_folder) as opened:
        yield opened


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of data beside a developer's checkout; the test is skipped where there is none."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip(f"no data in {folder}")
    return folder


@pytest.fixture
def library_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the library that commands of this test use. It is not there yet."""
    folder = tmp_path / "library"
    monkeypatch.setenv("QA_LIBRARY", str(folder))
    return folder


@pytest.fixture
def qa(library_folder: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    """The command `qa` with a stand-in for the model."""
    return command_here(capsys, load_words)


@pytest.fixture
def demo_qa(
    demo_folder: Path, embedder: Embedder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """The command `qa` on the library of the demo documents, with the real model. To be read only."""
    monkeypatch.setenv("QA_LIBRARY", str(demo_folder))
    return command_here(capsys, lambda *_: embedder)
