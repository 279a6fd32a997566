"""LangChain: FAISS and BM25 in its ensemble retriever, with equal weights."""

from __future__ import annotations

from langchain_classic.retrievers import EnsembleRetriever
from langchain_community.retrievers import BM25Retriever
from langchain_community.vectorstores import FAISS
from langchain_core.documents import Document
from langchain_huggingface import HuggingFaceEmbeddings

from tests.measure.peer_scripts.loop import Passage, run

# The passages asked for, of each retriever.
_K = 10


class LangChain:
    """https://python.langchain.com/docs/how_to/ensemble_retriever/, where BM25 is made at each start, too."""

    def __init__(self, model: str, folder: str) -> None:
        self._folder = folder
        self._model = HuggingFaceEmbeddings(model_name=model)

    def build(self, passages: tuple[Passage, ...]) -> None:
        """Embed and save; the documents are saved with their vectors."""
        texts, names = [passage.text for passage in passages], [passage.name for passage in passages]
        FAISS.from_texts(texts, self._model, ids=names).save_local(self._folder)

    def load(self) -> None:
        """Load the vectors, and make BM25 of the documents saved with them."""
        vectors = FAISS.load_local(self._folder, self._model, allow_dangerous_deserialization=True)
        documents: list[Document] = vectors.get_by_ids(list(vectors.index_to_docstore_id.values()))
        keywords = BM25Retriever.from_documents(documents)
        keywords.k = _K
        self._retriever = EnsembleRetriever(
            retrievers=[keywords, vectors.as_retriever(search_kwargs={"k": _K})], weights=[0.5, 0.5]
        )

    def ask(self, question: str, k: int) -> list[str]:
        """Retrieve."""
        return [str(document.id) for document in self._retriever.invoke(question)][:k]


if __name__ == "__main__":
    run(LangChain)
