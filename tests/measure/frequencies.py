"""Writes `qa/frequencies.tsv`: how common words are in English text and in questions.

Counted in the paragraphs and questions of SQuAD 1.1 train (CC BY-SA 4.0). The rarity of a question's words is
smoothed with it, so that a small library need not tell by itself that "does" says little.
"""

from __future__ import annotations

from collections import Counter

from qa.rarity import FREQUENCIES
from qa.words import stems_of
from tests.measure.datasets import SHARED_DATA, load_squad

# Rarer words are told apart well enough by the library itself.
MIN_SHARE = 0.001
HEADER = (
    "# Shares of passages, or of questions if that is more, that hold a word with this stem. Counted in SQuAD 1.1\n"
    "# train, by its authors under CC BY-SA 4.0 (rajpurkar.github.io/SQuAD-explorer). Written by `make frequencies`.\n"
)


def main() -> None:
    """Count and write."""
    squad = load_squad(SHARED_DATA / "squad" / "train-v1.1.json.gz")
    texts = [paragraph.text for paragraph in squad.paragraphs]
    questions = [question.question for question in squad.questions]
    shares: dict[str, float] = {}
    for corpus in (texts, questions):
        for stem, count in Counter(stem for text in corpus for stem in stems_of(text)).items():
            shares[stem] = max(shares.get(stem, 0.0), count / len(corpus))
    rows = sorted((stem, share) for stem, share in shares.items() if share >= MIN_SHARE and not stem.isdigit())
    FREQUENCIES.write_text(HEADER + "".join(f"{stem}\t{share:.4f}\n" for stem, share in rows), encoding="utf-8")


if __name__ == "__main__":
    main()
