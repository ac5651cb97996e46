"""Prompts as files: slots that match, versions that speak, and what they must say."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import get_args

import pytest

from interviewer.grading.judging import JudgedDepth
from interviewer.grading.model_answer import Verdict, WrongClaim
from interviewer.listening.assessor import Mistake, Notes, Point, Question, Sum
from interviewer.speaking.model_voice import FOLLOW_UPS
from interviewer.state import MoveKind
from prompts import library
from prompts.library import PromptError, load, parse, persona, personas

TEXT = """---
purpose: Greets.
why: Somebody must.
slots:
  name: who is greeted
---
# System

Be kind.

# Volatile

Greet {{name}}.
"""


def written(folder: Path, text: str = TEXT, live: str = 'greeter = "v1"\n') -> Path:
    (folder / "greeter").mkdir()
    (folder / "greeter" / "v1.md").write_text(text)
    (folder / "live.toml").write_text(live)
    return folder


def test_a_filled_prompt_has_a_part_that_never_changes_and_one_that_does(tmp_path):
    prompt = load("greeter", folder=written(tmp_path))
    assert prompt.fill(name="Ada") == ("Be kind.", "Greet Ada.")
    assert prompt.id == "greeter/v1"


def test_a_missing_and_a_spare_slot_are_both_named():
    with pytest.raises(PromptError, match=r"without a value: name.*without a slot: nmae"):
        parse(TEXT, "greeter", "v1", "here").fill(nmae="Ada")


def test_a_value_that_looks_like_a_slot_stays_as_it_is():
    two = TEXT.replace("slots:", "slots:\n  other: what else").replace("Greet {{name}}", "Greet {{name}}, {{other}}")
    assert parse(two, "greeter", "v1", "here").fill(name="{{other}}", other="x").volatile == "Greet {{other}}, x."


def test_a_slot_used_but_not_declared_names_file_and_slot():
    with pytest.raises(PromptError, match=r"greeter/v1\.md.*used but not declared: place"):
        parse(TEXT.replace("Be kind", "Be in {{place}}"), "greeter", "v1", "greeter/v1.md")


def test_a_slot_declared_but_not_used_is_an_error_too():
    with pytest.raises(PromptError, match="declared but not used: name"):
        parse(TEXT.replace("{{name}}", "them"), "greeter", "v1", "here")


@pytest.mark.parametrize("broken", ["Greet.", TEXT.replace("# Volatile", ""), TEXT.replace("why: Somebody must.\n", "")])
def test_a_file_that_is_not_in_order_is_refused_with_its_name(broken):
    with pytest.raises(PromptError, match="this_file"):
        parse(broken, "greeter", "v1", "this_file")


def test_the_version_that_speaks_is_the_one_in_live_toml(tmp_path):
    folder = written(tmp_path, live='greeter = "v2"\n')
    (folder / "greeter" / "v2.md").write_text(TEXT.replace("Be kind", "Be brief"))
    assert load("greeter", folder=folder).system == "Be brief."
    assert load("greeter", "v1", folder=folder).system == "Be kind."


def test_a_version_that_does_not_exist_names_those_that_do(tmp_path):
    with pytest.raises(PromptError, match="that exist: v1"):
        load("greeter", "v7", folder=written(tmp_path))
    with pytest.raises(PromptError, match="there are greeter"):
        load("singer", folder=tmp_path)


PROMPTS = [file for file in sorted(library.FOLDER.glob("*/*.md")) if file.parent.name != "personas"]


@pytest.mark.parametrize("file", PROMPTS, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_every_prompt_in_the_house_is_in_order_and_says_why(file):
    prompt = load(file.parent.name, file.stem)
    assert prompt.purpose
    assert len(prompt.why) > 100
    assert all(prompt.slots.values())


def test_the_interviewer_prompt_explains_every_move():
    rules = load("interviewer").system
    kinds = {"follow up" if kind in FOLLOW_UPS else kind.replace("_", " ") for kind in get_args(MoveKind)}
    assert [kind for kind in sorted(kinds) if f"- {kind}:" not in rules and f". {kind}:" not in rules] == []


def test_all_that_changes_within_a_round_stands_in_the_volatile_part():
    prompt = load("interviewer")
    assert "{{brief}}" in prompt.volatile and "{{brief}}" not in prompt.system
    assert all(f"{{{{{slot}}}}}" in prompt.system for slot in ("persona", "question", "level"))


def test_the_assessor_is_asked_for_quotes_first_and_for_our_keys():
    rules = load("assessor").system
    keys = {key for form in (Notes, Point, Mistake, Sum, Question) for key in form.model_fields}
    assert [key for key in sorted(keys) if f'"{key}"' not in rules] == []
    assert rules.index('"quote"') < rules.index('"id"') < rules.index('"depth"')


def test_a_persona_is_a_file_that_knows_no_rubric():
    for name in personas():
        assert len(persona(name)) > 60
        assert not re.search(r"rubric|score|level|criteri|grade", persona(name), re.IGNORECASE)


def test_a_persona_that_does_not_exist_names_those_that_do():
    with pytest.raises(PromptError, match="calm, friendly, tough"):
        persona("grumpy")


def test_the_grader_prompt_explains_every_depth():
    rules = load("grader").system
    assert [depth for depth in get_args(JudgedDepth) if f"\n- {depth}:" not in rules] == []


def test_the_grader_is_asked_for_quotes_then_reason_then_depth_in_our_keys():
    rules = load("grader").system
    places = [rules.index(f'"{key}":') for key in ("criterion", "evidence", "reason", "depth")]
    assert places == sorted(places)
    assert all(f'"{key}"' in rules for key in (*Verdict.model_fields, *WrongClaim.model_fields))


def test_the_grader_reads_the_transcript_before_the_sheet_so_that_a_round_shares_its_prefix():
    volatile = load("grader").volatile
    assert volatile.index("{{transcript}}") < volatile.index("{{step}}") < volatile.index("{{criteria}}")


def test_the_library_knows_no_other_room():
    tree = ast.parse(Path(library.__file__).read_text())
    names = [a.name for node in ast.walk(tree) if isinstance(node, ast.Import) for a in node.names]
    names += [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert not {n.split(".")[0] for n in names} & {"interviewer", "knowledge", "ui", "evals"}
