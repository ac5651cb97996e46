"""Text to vectors: the embedded default (latent semantic analysis in numpy), or OpenAI's. Knows no passage and no index."""

from __future__ import annotations

import math
import zlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np

from knowledge.words import terms

BUCKETS = 8192
DIMENSIONS = 128


class Embedding(Protocol):
    """Turns texts into unit vectors, shape (texts, dimensions), float32. `name` changes whenever the vectors would.

    `fit` takes the texts that will be searched and gives their vectors.
    """

    name: str

    def fit(self, texts: Sequence[str]) -> np.ndarray: ...
    def embed(self, texts: Sequence[str]) -> np.ndarray: ...
    def save(self, file: Path) -> None: ...
    def load(self, file: Path) -> None: ...


class LatentSemantic:
    """Stemmed, folded, hashed log-tf x idf, reduced by a seeded randomised range finder. Fitted on the passages it will search.

    No download, no key; the same texts give the same vectors on every machine.
    """

    name = f"lsa-{DIMENSIONS}-v1"

    def fit(self, texts: Sequence[str]) -> np.ndarray:
        """Fit on these texts; their vectors."""
        counts = self._counts(texts)
        self._idf = np.log((1 + len(texts)) / (1 + (counts > 0).sum(axis=0))).astype(np.float32) + 1
        weighted = self._weigh(counts)
        width = min(DIMENSIONS, len(texts))
        sketch = np.random.default_rng(0).standard_normal((BUCKETS, width + 16)).astype(np.float32)
        basis = weighted @ sketch
        for _ in range(3):
            basis, _ = np.linalg.qr(weighted @ (weighted.T @ basis))
        _, _, right = np.linalg.svd(basis.T @ weighted, full_matrices=False)
        self._directions = right[:width].T.astype(np.float32)
        return _unit(weighted @ self._directions)

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        if not hasattr(self, "_directions"):
            raise RuntimeError("fit the embedding on the passages first")
        return _unit(self._weigh(self._counts(texts)) @ self._directions)

    def save(self, file: Path) -> None:
        """Keep what was fitted."""
        np.savez(file, idf=self._idf, directions=self._directions)

    def load(self, file: Path) -> None:
        """Take up what was kept; OSError or KeyError when it is not there or not whole."""
        with np.load(file) as held:
            self._idf, self._directions = held["idf"], held["directions"]

    def _counts(self, texts: Sequence[str]) -> np.ndarray:
        counts = np.zeros((len(texts), BUCKETS), dtype=np.float32)
        for row, text in enumerate(texts):
            for term, count in Counter(terms(text)).items():
                counts[row, zlib.crc32(term.encode()) % BUCKETS] += 1 + math.log(count)
        return counts

    def _weigh(self, counts: np.ndarray) -> np.ndarray:
        return _unit(counts * self._idf)


class OpenAIEmbedding:
    """OpenAI's embeddings, or a compatible server's. Needs a key; `name` of the model as OpenAI spells it."""

    def __init__(self, model: str, api_key: str = "", base_url: str = ""):
        from openai import OpenAI

        self.name = f"openai-{model}"
        self._model = model
        self._client = OpenAI(api_key=api_key or None, base_url=base_url or None, timeout=30)

    def fit(self, texts: Sequence[str]) -> np.ndarray:
        """Nothing to fit; the texts' vectors."""
        return self.embed(texts)

    def save(self, file: Path) -> None:
        """Nothing to keep."""

    def load(self, file: Path) -> None:
        """Nothing to take up."""

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        rows: list[list[float]] = []
        for first in range(0, len(texts), 256):
            batch = [t[:8000] for t in texts[first : first + 256]]
            rows += [item.embedding for item in self._client.embeddings.create(model=self._model, input=batch).data]
        return _unit(np.array(rows, dtype=np.float32))


def _unit(rows: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.where(lengths == 0, 1, lengths)
