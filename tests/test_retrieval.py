"""The search over the shipped library on the committed queries, as a gate: it may get better, not worse."""

import json

import pytest

from evals.ordering import FOLDER as CANDIDATES
from evals.ordering import spearman
from evals.retrieval import AIMS, FOLDER, WAYS, at_random, by_index, figures, queries
from knowledge.index import Index
from knowledge.library import Library
from knowledge.passages import passages, stamp

LIBRARY = Library()


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    return Index(tmp_path_factory.mktemp("index"), stamp(LIBRARY), lambda: passages(LIBRARY))


def test_the_right_note_is_found_and_nothing_where_there_is_none(index):
    found = figures(queries(), by_index(index, WAYS["fused"]))
    assert {name: round(found[name], 2) for name, aim in AIMS.items() if found[name] < aim} == {}


def test_rows_in_random_order_do_not_reach_it(index):
    assert all(figures(queries(), at_random(index.items, 0))[name] < aim for name, aim in AIMS.items())


def test_every_case_has_its_queries_and_each_names_passages_that_exist(index):
    known = {p.id for p in index.items}
    assert {f.stem for f in FOLDER.glob("*.json")} == set(LIBRARY.folders())
    assert [r for q in queries() for r in q.relevant if r not in known] == []


def test_every_case_has_five_candidates():
    for slug in LIBRARY.folders():
        rows = json.loads((CANDIDATES / f"{slug}.json").read_text("utf-8"))
        assert sorted(row["id"][-1] for row in rows) == list("12345")


@pytest.mark.parametrize(
    ("left", "right", "told"), [([1, 2, 3], [10, 20, 30], 1.0), ([1, 2, 3], [3, 2, 1], -1.0), ([1, 2, 3], [5, 5, 5], 0.0), ([1, 2, 3, 4], [1, 2, 2, 3], 0.9487)]
)  # fmt: skip
def test_rank_correlation(left, right, told):
    assert spearman(left, right) == pytest.approx(told, abs=1e-3)
