"""A new case: what the skeleton holds, and what the check says of it."""

import pytest

from knowledge.check import check_folder
from knowledge.library import CaseError, Library, load
from knowledge.starting import start


def test_the_skeleton_loads_at_once_and_every_open_place_is_a_finding(tmp_path):
    folder = start(tmp_path, "ride_matching")
    entry = load(folder)
    told = [str(f) for f in check_folder(folder)]
    for name in ("rubric", "facts", "choices", "pitfalls", "twists", "estimates", "sources"):
        for value in getattr(entry.case, name):
            assert any(f"{name}[{value.id}]: still says TODO" in line for line in told), value.id
    assert any("#clarify.goal: still says TODO" in line for line in told)
    assert not [line for line in told if "names no" in line or "cannot be used" in line]


def test_a_new_case_is_listed_beside_those_of_the_package(tmp_path):
    start(tmp_path, "ride_matching")
    assert "ride_matching" in Library(tmp_path).folders()


@pytest.mark.parametrize("slug", ["Ride", "2fast", "a b", "../up", ""])
def test_a_name_that_will_not_do_is_told(tmp_path, slug):
    with pytest.raises(CaseError, match="small letters"):
        start(tmp_path, slug)


def test_nothing_that_is_there_is_written_over(tmp_path):
    folder = start(tmp_path, "ride_matching")
    (folder / "case.yaml").write_text("mine", "utf-8")
    with pytest.raises(CaseError, match="there already"):
        start(tmp_path, "ride_matching")
    assert (folder / "case.yaml").read_text("utf-8") == "mine"


def test_the_command_says_where_it_wrote_and_what_comes_next(run, tmp_path):
    done = run("cases", "new", "ride_matching", "--into", tmp_path)
    assert done.code == 0 and "case.yaml" in done.out and "interviewer cases check ride_matching" in done.out
    assert "there already" in run("cases", "new", "ride_matching", "--into", tmp_path).err
