"""Cases and concepts on disk."""

from pathlib import Path

import pytest
import yaml

from knowledge.library import CaseError, Library, load
from tests.tiny import FOLDER


def broken(tmp_path: Path, change) -> Path:
    """A copy of the tiny case with something changed in it."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    data = yaml.safe_load((FOLDER / "tiny" / "case.yaml").read_text())
    change(data)
    (folder / "case.yaml").write_text(yaml.safe_dump(data))
    (folder / "notes.md").write_text((FOLDER / "tiny" / "notes.md").read_text())
    return folder


def test_own_cases_stand_beside_those_of_the_package():
    assert {"tiny", "video_recommendation"} <= set(Library(FOLDER).folders())


def test_a_misspelt_key_is_named_with_file_place_and_mend(tmp_path):
    folder = broken(tmp_path, lambda d: d["rubric"][0].update(look_for="x"))
    with pytest.raises(CaseError, match=r"case\.yaml: rubric\[clarify\.goal\]\.look_for: remove this key"):
        load(folder)


def test_a_missing_key_is_named(tmp_path):
    folder = broken(tmp_path, lambda d: d["pitfalls"][0].pop("challenge"))
    with pytest.raises(CaseError, match=r"pitfalls\[random_split\]\.challenge: add this key"):
        load(folder)


def test_a_case_that_is_not_there_names_those_that_are():
    with pytest.raises(CaseError, match="video_recommendation"):
        Library().entry("nothing")


def test_what_is_not_yaml_says_so(tmp_path):
    folder = broken(tmp_path, lambda d: None)
    (folder / "case.yaml").write_text("title: [unclosed")
    with pytest.raises(CaseError, match="not YAML"):
        load(folder)


def test_a_folder_that_does_not_exist_is_told_with_the_setting(tmp_path):
    with pytest.raises(CaseError, match="INTERVIEWER_CASES"):
        Library(tmp_path / "none")


def test_every_section_of_the_notes_has_its_anchor():
    entry = Library().entry("video_recommendation")
    assert {c.notes for c in entry.case.rubric} == {s.anchor for s in entry.notes}


def test_concepts_have_sections_and_sources():
    concepts = Library().concepts
    assert len(concepts) >= 8
    assert all(c.sections and c.sources and c.summary for c in concepts.values())


def test_a_common_mistake_is_taken_over_with_its_patterns(tmp_path):
    mine = load(FOLDER / "tiny").case.pitfalls[0]
    shared = load(broken(tmp_path, lambda d: d["pitfalls"][0].update(like="random_split"))).case.pitfalls[0]
    assert any("shuffle" in cue for cue in shared.cues) and set(mine.cues) < set(shared.cues)
    assert shared.bars and shared.signals == mine.signals


def test_a_common_mistake_that_is_not_there_is_told(tmp_path):
    with pytest.raises(CaseError, match=r"like: 'nothing' is none of random_split"):
        load(broken(tmp_path, lambda d: d["pitfalls"][0].update(like="nothing")))
