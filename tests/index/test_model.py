"""Finding a model: the files of this machine, known by their digest, and a sentence where there are none."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from index.model import DEFAULT_MODEL, find_model
from source.errors import ModelError


def test_the_default_model_is_the_one_its_authors_published() -> None:
    files = find_model(DEFAULT_MODEL)
    weights = (files.folder / "model.safetensors").read_bytes()
    assert files.name == DEFAULT_MODEL
    assert files.digest == hashlib.sha256(weights).hexdigest()
    assert files.digest == "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


def test_a_folder_is_a_model_with_the_digest_of_all_its_weights_in_order(tmp_path: Path) -> None:
    (tmp_path / "model-2.safetensors").write_bytes(b"two")
    (tmp_path / "model-1.safetensors").write_bytes(b"one")
    (tmp_path / "2_Dense").mkdir()
    (tmp_path / "2_Dense" / "pytorch_model.bin").write_bytes(b"deep")
    (tmp_path / "README.md").write_text("not weights")
    files = find_model(str(tmp_path))
    assert files.digest == hashlib.sha256(b"deep" + b"one" + b"two").hexdigest()
    assert (files.name, files.folder) == (str(tmp_path), tmp_path)


def test_other_weights_are_another_digest(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"one")
    before = find_model(str(tmp_path)).digest
    (tmp_path / "model.safetensors").write_bytes(b"onf")
    assert find_model(str(tmp_path)).digest != before


def test_a_folder_without_weights_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as caught:
        find_model(str(tmp_path))
    said = f"Cannot load the model {tmp_path}: there are no weights in {tmp_path}. Choose another with --model."
    assert str(caught.value) == said


@pytest.mark.parametrize("name", ["/nope", "./nope", "../nope", "~/nope", "C:\\nope", "C:/nope", "a/b/c", "models\\b"])
def test_what_is_written_as_a_path_is_not_looked_for_elsewhere(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ModelError) as caught:
        find_model(name)
    assert str(caught.value) == f"Cannot find the model {name}: there is no such folder. Check the path."


def test_a_file_is_no_model(tmp_path: Path) -> None:
    (tmp_path / "model").write_bytes(b"weights")
    with pytest.raises(ModelError) as caught:
        find_model(str(tmp_path / "model"))
    assert str(caught.value) == f"Cannot find the model {tmp_path / 'model'}: it is no folder. Check the path."


@pytest.mark.parametrize(
    ("name", "fetched"),
    [
        ("no-such-model", "sentence-transformers/no-such-model"),
        ("someone/no-such-model", "someone/no-such-model"),
        ("not a name\n", "sentence-transformers/not a name\\n"),
    ],
)
def test_a_model_that_is_not_on_this_machine_is_not_downloaded(
    name: str, fetched: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ModelError) as caught:
        find_model(name)
    assert caught.value.reason == "it is neither a folder nor in this machine's Hugging Face cache"
    assert caught.value.remedy == f"Fetch it first (hf download {fetched}), or give the path of its folder."
    assert caught.value.thing == f"Cannot find the model {fetched.removeprefix('sentence-transformers/')}"
