"""Word vectors that come inside a package: what a text is about, beyond its words. Knows no case, and downloads nothing.

The vectors are those of wordllama (MIT), 32,000 tokens x 256, distilled from the token tables of large language models. Its
own loader looks for the tokenizer on the network, so both files are opened here, where the package keeps them.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np

DIMENSIONS = 256
WEIGHTS = Path("weights") / "l2_supercat_256.safetensors"
TOKENIZER = Path("tokenizers") / "l2_supercat_tokenizer_config.json"


class Vectors:
    """Texts as unit vectors, shape (texts, 256): the mean of their tokens by rarity in a reference, with what all share removed."""

    def __init__(self, reference: Sequence[str]):
        found = _token_ids(reference)
        seen = Counter(token for ids in found for token in set(ids))
        self._weight = np.full(len(_table()), math.log(1 + len(reference)) + 1, dtype=np.float32)
        for token, count in seen.items():
            self._weight[token] = math.log((1 + len(reference)) / (1 + count)) + 1
        means = self._means(found)
        self._shared = means.mean(axis=0)
        self.reference = _unit(means - self._shared)

    def of(self, texts: Sequence[str]) -> np.ndarray:
        """The unit vectors of any texts; a text without words is all zero."""
        return _unit(self._means(_token_ids(texts)) - self._shared)

    def _means(self, found: Sequence[Sequence[int]]) -> np.ndarray:
        table = _table()
        rows = np.zeros((len(found), DIMENSIONS), dtype=np.float32)
        for row, ids in enumerate(found):
            if ids:
                rows[row] = self._weight[ids] @ table[ids].astype(np.float32)
        return _unit(rows)


@lru_cache(maxsize=1)
def _home() -> Path:
    spec = find_spec("wordllama")
    if spec is None or not spec.submodule_search_locations:
        raise ImportError("the word vectors are missing: pip install wordllama")
    return Path(spec.submodule_search_locations[0])


@lru_cache(maxsize=1)
def _table() -> np.ndarray:
    """One row a token, float16 as stored."""
    from safetensors.numpy import load_file

    return next(iter(load_file(_home() / WEIGHTS).values()))


@lru_cache(maxsize=1)
def _tokenizer():
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(_home() / TOKENIZER))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def _token_ids(texts: Sequence[str]) -> list[list[int]]:
    return [e.ids for e in _tokenizer().encode_batch([t.lower() for t in texts], add_special_tokens=False)]


def _unit(rows: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.where(lengths == 0, 1, lengths)
