"""LlamaIndex: a vector store index and its BM25 retriever, fused by reciprocal rank."""

from __future__ import annotations

from llama_index.core import StorageContext, VectorStoreIndex, load_index_from_storage
from llama_index.core.llms import MockLLM
from llama_index.core.retrievers import QueryFusionRetriever
from llama_index.core.schema import TextNode
from llama_index.embeddings.huggingface import HuggingFaceEmbedding
from llama_index.retrievers.bm25 import BM25Retriever

from tests.measure.peer_scripts.loop import Passage, run

# The passages asked for, here as in the documentation of the fusion: of each retriever and in all.
_K = 10


class LlamaIndex:
    """https://developers.llamaindex.ai/python/framework/integrations/retrievers/reciprocal_rerank_fusion/."""

    def __init__(self, model: str, folder: str) -> None:
        self._folder = folder
        self._model = HuggingFaceEmbedding(model_name=model)

    def build(self, passages: tuple[Passage, ...]) -> None:
        """A node for each passage, embedded; both indexes are saved."""
        nodes = [TextNode(id_=passage.name, text=passage.text) for passage in passages]
        index = VectorStoreIndex(nodes=nodes, embed_model=self._model)
        index.storage_context.persist(persist_dir=f"{self._folder}/vectors")
        BM25Retriever.from_defaults(nodes=nodes, similarity_top_k=_K).persist(f"{self._folder}/keywords")

    def load(self) -> None:
        """Load both and fuse them; further queries by a language model are left out, as the documentation shows."""
        storage = StorageContext.from_defaults(persist_dir=f"{self._folder}/vectors")
        index = load_index_from_storage(storage, embed_model=self._model)
        self._retriever = QueryFusionRetriever(
            [
                index.as_retriever(similarity_top_k=_K),
                BM25Retriever.from_persist_dir(f"{self._folder}/keywords"),
            ],
            llm=MockLLM(),
            mode="reciprocal_rerank",
            num_queries=1,
            similarity_top_k=_K,
            use_async=True,
        )

    def ask(self, question: str, k: int) -> list[str]:
        """Retrieve."""
        return [found.node.node_id for found in self._retriever.retrieve(question)][:k]


if __name__ == "__main__":
    run(LlamaIndex)
