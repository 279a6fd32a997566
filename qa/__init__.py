"""Quoted Answers: ask your own documents; get verbatim quotes, each with its place in the source.

import qa

with qa.open_library("articles") as library:
    model = qa.load_model(library)
    for event in qa.add_paths(library, model, ["~/articles"]):
        print(event)
    answer = qa.ask(library, model, "Who cast the oldest bell?")
    for citation in answer.citations:
        print(citation.quote, citation.document.name, citation.location)
"""

from index.ingest import Failed, Found, Stored, add_paths
from index.library import Library
from qa.answer import Answer, Citation, Hit
from qa.ask import ask, search, search_once
from qa.folders import library_folder, load_model, open_library
from source.errors import DocumentError, LibraryError, ModelError, QuestionError, QuotedAnswersError

__all__ = [
    "Answer",
    "Citation",
    "DocumentError",
    "Failed",
    "Found",
    "Hit",
    "Library",
    "LibraryError",
    "ModelError",
    "QuestionError",
    "QuotedAnswersError",
    "Stored",
    "add_paths",
    "ask",
    "library_folder",
    "load_model",
    "open_library",
    "search",
    "search_once",
]
