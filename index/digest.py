"""What tells passages apart as the model sees them: two of the same digest have the same vectors."""

from __future__ import annotations

import hashlib

from source.document import Passage

_DIGEST_BYTES = 16


def passage_digest(passage: Passage) -> bytes:
    """16 bytes of SHA-256 over the folded sentences of `passage`, which is all that is embedded of it."""
    folded = "\n".join(sentence.folded for sentence in passage.sentences)
    return hashlib.sha256(folded.encode("utf-8", "surrogatepass")).digest()[:_DIGEST_BYTES]
