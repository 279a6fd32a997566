"""Haystack: its document store in memory, searched by BM25 and by vectors, joined by reciprocal rank."""

from __future__ import annotations

from haystack import Document
from haystack.components.retrievers import (
    InMemoryBM25Retriever,
    InMemoryEmbeddingRetriever,
    MultiRetriever,
    TextEmbeddingRetriever,
)
from haystack.components.writers import DocumentWriter
from haystack.document_stores.in_memory import InMemoryDocumentStore
from haystack_integrations.components.embedders.sentence_transformers import (
    SentenceTransformersDocumentEmbedder,
    SentenceTransformersTextEmbedder,
)

from tests.measure.peer_scripts.loop import Passage, run


class Haystack:
    """https://docs.haystack.deepset.ai/docs/multiretriever."""

    def __init__(self, model: str, folder: str) -> None:
        self._model = model
        self._file = f"{folder}/documents.json"
        self._embedder = SentenceTransformersDocumentEmbedder(model=model, progress_bar=False)
        self._embedder.warm_up()

    def build(self, passages: tuple[Passage, ...]) -> None:
        """Embed, write and save."""
        documents = [Document(id=passage.name, content=passage.text) for passage in passages]
        store = InMemoryDocumentStore()
        DocumentWriter(document_store=store).run(documents=self._embedder.run(documents)["documents"])
        store.save_to_disk(self._file)

    def load(self) -> None:
        """Load the store, and search it in both ways at once."""
        store = InMemoryDocumentStore.load_from_disk(self._file)
        self._retriever = MultiRetriever(
            retrievers={
                "bm25": InMemoryBM25Retriever(document_store=store),
                "embedding": TextEmbeddingRetriever(
                    retriever=InMemoryEmbeddingRetriever(document_store=store),
                    text_embedder=SentenceTransformersTextEmbedder(model=self._model, progress_bar=False),
                ),
            },
        )
        self._retriever.warm_up()

    def ask(self, question: str, k: int) -> list[str]:
        """Retrieve."""
        return [document.id for document in self._retriever.run(query=question, top_k=k)["documents"]]


if __name__ == "__main__":
    run(Haystack)
