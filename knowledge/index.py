"""Passages and their search: Chroma's ranking fused with BM25's. The only door to Chroma; knows no interview."""

from __future__ import annotations

import hashlib
import json
import math
import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from knowledge.case import Value
from knowledge.embedding import Embedding, LatentSemantic
from knowledge.passages import Passage
from knowledge.words import terms

RANK_CONSTANT = 60  # of reciprocal rank fusion
QUERY = 16  # different words up to which a text is a query, which may be about nothing here; a longer one is an answer
LEAST_SHARED = 0.35  # share of a query, its words weighed by rarity, that the best passages must hold
MOST_UNKNOWN = 0.3  # share of a query that no passage may know
CANARIES = 5
WAYS = ("meaning", "words")
WHOLE, TEXTS, FIT, WORDS, SEEN = "whole", "passages.json", "embedding.npz", "bm25", "seen.json"


class Found(Value):
    """A passage and its fused score (higher is nearer; only the order means something)."""

    passage: Passage
    score: float


class Index:
    """Search over passages, kept under `folder`; made again when the texts, the embedding or the store changed.

    `stamp` says what the passages are made of; `make` gives them and is called only when they must be indexed anew.
    """

    def __init__(
        self,
        folder: Path,
        stamp: str,
        make: Callable[[], Sequence[Passage]],
        embedding: Embedding | None = None,
        rebuild: bool = False,
    ):
        self.embedding = embedding or LatentSemantic()
        self.fingerprint = hashlib.sha256(f"{stamp}|{self.embedding.name}".encode()).hexdigest()[:16]
        self._place = folder / self.fingerprint
        self._bags: dict[int, set[str]] = {}
        self.rebuilt = rebuild or not (self._load() and self._sound())
        if self.rebuilt:
            self._build(folder, make())

    def search(
        self, query: str, k: int = 5, case: str = "", step: str = "", concepts: bool = True, ways: Sequence[str] = WAYS
    ) -> list[Found]:
        """The `k` nearest passages, best first: of one case (and step) when given, concepts beside them unless switched off.

        `ways` are the rankings that are fused. Empty when nothing in the index is about the query.
        """
        allowed = [n for n, p in enumerate(self.items) if _allowed(p, case, step, concepts)]
        if not allowed or not query.strip():
            return []
        rankings = {"meaning": self._dense(query, case, step, concepts, len(allowed)), "words": self._sparse(query, allowed)}
        fused: dict[int, float] = {}
        for ranking in (rankings[way] for way in ways):
            for rank, place in enumerate(ranking):
                fused[place] = fused.get(place, 0.0) + 1 / (RANK_CONSTANT + rank + 1)
        best = sorted(fused, key=lambda n: (-fused[n], n))[:k]
        if not self._about(query, best[:CANARIES]):
            return []
        return [Found(passage=self.items[n], score=round(fused[n], 5)) for n in best]

    def _about(self, query: str, best: Sequence[int]) -> bool:
        """Whether the best passages hold enough of a query's words, the rare ones above all."""
        words = set(terms(query))
        if not words:
            return False
        if len(words) > QUERY:
            return True
        weight = {w: math.log((1 + len(self.items)) / (1 + self._seen.get(w, 0))) for w in words}
        whole = sum(weight.values())
        held = [sum(weight[w] for w in words & self._words(n)) for n in best]
        unknown = sum(weight[w] for w in words if w not in self._seen)
        return max(held, default=0.0) >= LEAST_SHARED * whole and unknown <= MOST_UNKNOWN * whole

    def _words(self, place: int) -> set[str]:
        """The different words of a passage, taken apart once."""
        if place not in self._bags:
            self._bags[place] = set(terms(self.items[place].indexed))
        return self._bags[place]

    def _dense(self, query: str, case: str, step: str, concepts: bool, most: int) -> list[int]:
        answer = self._collection.query(
            query_embeddings=self.embedding.embed([query]),
            n_results=min(30, most),
            where=_where(case, step, concepts),
            include=[],
        )
        return [int(ident) for ident in answer["ids"][0]]

    def _sparse(self, query: str, allowed: Sequence[int]) -> list[int]:
        words = terms(query)
        if not words:
            return []
        scores = self._bm25.get_scores(words)
        ranked = sorted(allowed, key=lambda n: -scores[n])
        return [n for n in ranked[:30] if scores[n] > 0]

    def _load(self) -> bool:
        """Take up what was built; whether it is all there."""
        try:
            if not (self._place / WHOLE).exists():
                return False
            self.items = [Passage.model_construct(**p) for p in json.loads((self._place / TEXTS).read_text("utf-8"))]
            self.embedding.load(self._place / FIT)
            self._seen = json.loads((self._place / SEEN).read_text("utf-8"))
            self._bm25 = _reader(self._place / WORDS)
            self._collection = _client(self._place).get_collection(f"passages-{self.fingerprint}", embedding_function=None)
            return self._collection.count() == len(self.items)
        except Exception:  # a damaged store raises many kinds; whatever it is, the index is made again
            return False

    def _sound(self) -> bool:
        """Whether some stored passages find themselves: Chroma answers from a damaged store without an error."""
        places = np.linspace(0, len(self.items) - 1, min(CANARIES, len(self.items))).astype(int)
        vectors = self.embedding.embed([self.items[n].indexed for n in places])
        try:
            answer = self._collection.query(query_embeddings=vectors, n_results=1, include=[])
        except Exception:  # as above
            return False
        return [ids[:1] for ids in answer["ids"]] == [[str(n)] for n in places]

    def _build(self, folder: Path, items: Sequence[Passage]) -> None:
        self.items = list(items)
        folder.mkdir(parents=True, exist_ok=True)
        if self._place.exists():
            _forget(self._place)
            fresh = folder / f"{self.fingerprint}-{len(list(folder.iterdir()))}"
            shutil.rmtree(self._place, ignore_errors=True)
            self._place = fresh if self._place.exists() else self._place
        client = _client(self._place)
        name = f"passages-{self.fingerprint}"
        if any(c.name == name for c in client.list_collections()):
            client.delete_collection(name)
        self._collection = client.create_collection(name, embedding_function=None, metadata={"hnsw:space": "cosine"})
        texts = [p.indexed for p in self.items]
        vectors = self.embedding.fit(texts)
        self._collection.add(
            ids=[str(n) for n in range(len(self.items))],
            embeddings=vectors,
            metadatas=[{"case": p.case, "step": p.step, "criterion": p.criterion, "kind": p.kind} for p in self.items],
            documents=[p.text for p in self.items],
        )
        bags = [terms(text) for text in texts]
        self._bm25 = _writer(bags, self._place / WORDS)
        self._seen = Counter(word for bag in bags for word in set(bag))
        (self._place / SEEN).write_text(json.dumps(self._seen), "utf-8")
        self.embedding.save(self._place / FIT)
        (self._place / TEXTS).write_text(json.dumps([p.model_dump() for p in self.items]), "utf-8")
        (self._place / WHOLE).write_text(json.dumps({"fingerprint": self.fingerprint, "passages": len(self.items)}))


def _allowed(passage: Passage, case: str, step: str, concepts: bool) -> bool:
    if passage.kind == "concept":
        return concepts
    return (not case or passage.case == case) and (not step or passage.step == step)


def _where(case: str, step: str, concepts: bool) -> dict | None:
    wanted = [{name: value} for name, value in (("case", case), ("step", step)) if value]
    if not wanted:
        return None if concepts else {"kind": "note"}
    notes = {"$and": wanted} if len(wanted) > 1 else wanted[0]
    return {"$or": [notes, {"kind": "concept"}]} if concepts else notes


def _client(place: Path):
    import chromadb
    from chromadb.config import Settings

    return chromadb.PersistentClient(path=str(place), settings=Settings(anonymized_telemetry=False))


def _forget(place: Path) -> None:
    """Let this process drop what it remembers of a store that is made again."""
    from chromadb.api.shared_system_client import SharedSystemClient

    SharedSystemClient._identifier_to_system.pop(str(place), None)


def _writer(bags: Sequence[Sequence[str]], folder: Path):
    """BM25 over the words of texts, kept in `folder`."""
    import bm25s

    retriever = bm25s.BM25()
    vocabulary: dict[str, int] = {}
    ids = [[vocabulary.setdefault(word, len(vocabulary)) for word in bag] for bag in bags]
    retriever.index((ids, vocabulary), show_progress=False)
    retriever.save(str(folder))
    return retriever


def _reader(folder: Path):
    import bm25s

    return bm25s.BM25.load(str(folder))
