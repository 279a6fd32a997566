"""A real inference server, `transformers serve`, with a tiny model of random weights: nothing it says is proven."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from qa.llm.prompt import NumberedSentence
from qa.llm.settings import Endpoint, endpoint_of
from qa.llm.written import write
from tests.qa.llm.conftest import TEXT

pytest.importorskip("openai", reason="transformers serve needs it; it comes with the extra test")
pytest.importorskip("accelerate", reason="transformers serve needs it; it comes with the extra test")

_QUESTIONS = ("Who cast the oldest bell?", "Who repaired the clock?")
_START_S = 120


def _make_model(folder: Path) -> None:
    """A model whose words are pieces of the documents', in no order."""
    import torch
    from tokenizers import ByteLevelBPETokenizer
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    tokenizer = ByteLevelBPETokenizer()
    cited = TEXT.replace(". ", " [1]. ")
    tokenizer.train_from_iterator([cited] * 5, vocab_size=450, special_tokens=["<s>", "</s>"])
    fast = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer._tokenizer, bos_token="<s>", eos_token="</s>", pad_token="</s>"
    )
    fast.chat_template = "{% for message in messages %}{{ message['content'] }}\n{% endfor %}"
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(fast),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=1,
        num_attention_heads=2,
        max_position_embeddings=4096,
        bos_token_id=0,
        eos_token_id=1,
        pad_token_id=1,
    )
    model = LlamaForCausalLM(config)
    model.generation_config.max_new_tokens, model.generation_config.do_sample = 200, True
    model.save_pretrained(folder)
    fast.save_pretrained(folder)


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    """The server with the model."""
    folder = tmp_path_factory.mktemp("random-model")
    _make_model(folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = str(Path(sys.executable).with_name("transformers"))
    log = folder / "serve.log"
    with log.open("wb") as output:
        options = ["--host", "127.0.0.1", "--port", str(port), "--device", "cpu", "--default-seed", "0"]
        process = subprocess.Popen(
            [program, "serve", str(folder), *options],
            stdout=output,
            stderr=output,
            env=os.environ | {"HF_HOME": str(folder)},
        )
        try:
            _wait_for(port, process, log)
            found = endpoint_of({"QA_LLM_URL": f"http://127.0.0.1:{port}/v1", "QA_LLM_MODEL": str(folder)})
            assert found is not None
            yield found
        finally:
            process.terminate()
            process.wait(30)


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    end_s = time.monotonic() + _START_S
    while time.monotonic() < end_s and process.poll() is None:
        with socket.socket() as connection:
            if connection.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    pytest.fail(f"transformers serve did not start: {log.read_text(encoding='utf-8', errors='replace')[-2000:]}")


def test_all_that_a_random_model_says_is_unproven_or_dropped(
    endpoint: Endpoint, sentences: list[NumberedSentence]
) -> None:
    said = 0
    for question in _QUESTIONS:
        (*_, marked) = write(endpoint, question, sentences, strict=False)
        assert [one.verdict for one in marked.sentences] == ["unproven"] * len(marked.sentences)
        said += len(marked.sentences)
        (*_, strict) = write(endpoint, question, sentences, strict=True)
        assert (strict.sentences, strict.cited) == ((), ())
        said += strict.dropped
    assert said >= 2 * len(_QUESTIONS)
