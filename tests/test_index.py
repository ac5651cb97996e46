"""Search: what is found, and what happens to a damaged or outdated index."""

import shutil
import subprocess
import sys

import numpy as np
import pytest

from knowledge.embedding import LatentSemantic
from knowledge.index import Index
from knowledge.library import Library
from knowledge.passages import passages, stamp


def _over(folder, items, called=None):
    """An index over these passages; their ids stand for the files they were cut from."""

    def make():
        if called is not None:
            called.append(1)
        return items

    return Index(folder, "|".join(p.id for p in items), make)


@pytest.fixture(scope="module")
def items():
    return passages(Library())


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("index")


@pytest.fixture(scope="module")
def index(items, folder):
    return _over(folder, items)


def test_a_question_in_other_words_finds_its_section(index):
    found = index.search(
        "closest vectors lookup, how much memory and how many are missed", k=3, case="video_recommendation", step="serve"
    )
    assert "video_recommendation/serve.ann_index" in [f.passage.id for f in found]


def test_the_search_stays_within_case_and_step_when_told(index):
    found = index.search("how do we split the data", k=8, case="video_recommendation", step="evaluate", concepts=False)
    assert found and {f.passage.step for f in found} == {"evaluate"}


def test_nothing_is_found_about_something_else(index):
    assert index.search("zxqv wvut", k=3) == []
    assert index.search("", k=3) == []


def test_the_same_texts_are_not_indexed_again(index, items, folder):
    called = []
    again = _over(folder, items, called)
    assert not again.rebuilt and not called
    assert [f.passage.id for f in again.search("vectors in memory")] == [f.passage.id for f in index.search("vectors in memory")]


def test_changed_texts_make_a_new_index(index, items, folder):
    assert _over(folder, items[:-1]).rebuilt


_DAMAGE = """
import sys, chromadb
from pathlib import Path
place = next(p for p in Path(sys.argv[1]).iterdir() if p.is_dir())
collection = chromadb.PersistentClient(path=str(place)).list_collections()[0]
held = collection.get(include=["embeddings"])
collection.update(ids=held["ids"], embeddings=held["embeddings"][::-1])
"""


def test_a_store_that_answers_wrongly_is_noticed_and_made_again(items, tmp_path):
    """Chroma answers from a damaged store without an error: here every vector belongs to another passage."""
    assert _over(tmp_path / "one", items).rebuilt
    subprocess.run([sys.executable, "-c", _DAMAGE, str(tmp_path / "one")], check=True, capture_output=True)
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    mended = _over(tmp_path / "two", items)
    assert mended.rebuilt
    found = mended.search("approximate nearest neighbour index memory", k=1, case="video_recommendation", concepts=False)
    assert found[0].passage.criterion == "serve.ann_index"


def test_a_store_that_cannot_be_opened_is_made_again(items, tmp_path):
    place = _over(tmp_path / "one", items)._place
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    (tmp_path / "two" / place.name / "chroma.sqlite3").write_bytes(b"not a database")
    assert _over(tmp_path / "two", items).rebuilt


def test_every_passage_finds_itself(index, items):
    vectors = index.embedding.embed([p.indexed for p in items])
    assert vectors.shape[0] == len(items) and np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)
    nearest = (vectors @ vectors.T).argmax(axis=1)
    assert (nearest == np.arange(len(items))).mean() > 0.95


def test_the_embedding_is_the_same_on_every_run(items):
    texts = [p.indexed for p in items[:30]]
    one, other = LatentSemantic(), LatentSemantic()
    one.fit(texts)
    other.fit(texts)
    assert np.allclose(one.embed(["a ranker on the gpu"]), other.embed(["a ranker on the gpu"]))


def test_the_stamp_changes_with_any_file(tmp_path):
    shutil.copytree(Library().folders()["video_recommendation"], tmp_path / "mine")
    library = Library(tmp_path)
    before = stamp(library)
    assert before == stamp(Library(tmp_path))
    notes = tmp_path / "mine" / "notes.md"
    notes.write_text(notes.read_text("utf-8") + "\nOne more line.\n", "utf-8")
    assert stamp(library) != before
