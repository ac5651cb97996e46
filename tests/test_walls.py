"""Who may know whom, read from the imports of every file; and the one door of each outside library."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = {
    "ui": {"interviewer"},
    "evals": {"interviewer", "knowledge", "prompts"},
    "interviewer": {"knowledge", "prompts"},
    "knowledge": set(),
    "prompts": set(),
}
DOORS = {
    "chromadb": {"knowledge/index.py"},
    "bm25s": {"knowledge/index.py"},
    "Stemmer": {"knowledge/words.py"},
    "tiktoken": {"interviewer/providers/window.py"},
    "sqlalchemy": {"interviewer/record/archive.py", "interviewer/record/migrations/"},
    "alembic": {"interviewer/record/archive.py", "interviewer/record/migrations/"},
    "langchain": {"interviewer/providers/models.py"},
    "langchain_core": {"interviewer/providers/models.py", "interviewer/providers/reply.py"},
    "langchain_openai": {"interviewer/providers/models.py"},
    "streamlit": {"ui/"},
    "typer": {"interviewer/cli.py"},
    "PIL": {"interviewer/whiteboard/eyes.py"},
}
OPENAI = {"knowledge/embedding.py", "interviewer/providers/faults.py", "interviewer/providers/models.py", "interviewer/speech.py"}
GROUND = {"knowledge/case.py": set(), "interviewer/errors.py": set()}


def imports(file: Path) -> set[str]:
    """Every module that a file imports, wherever in it, those for type checkers too."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: relative import"
            found |= {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


FILES = {f.relative_to(ROOT).as_posix(): imports(f) for room in ROOMS for f in sorted((ROOT / room).rglob("*.py"))}


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_knows_only_the_rooms_below_it(room):
    strangers = {
        (name, module)
        for name, modules in FILES.items()
        if name.startswith(f"{room}/")
        for module in modules
        if (other := module.split(".")[0]) in ROOMS and other != room and other not in ROOMS[room]
    }
    assert strangers == set()


# what each folder of the interviewer may know of its neighbours; the files beside them join them and are known to all
NEIGHBOURS = {
    "providers": set(),
    "whiteboard": {"providers", "reporting"},
    "record": {"grading"},
    "listening": {"providers", "record", "whiteboard", "speaking", "grading"},
    "deciding": {"listening"},
    "speaking": {"deciding", "listening", "providers", "whiteboard"},
    "grading": {"listening", "providers", "record", "whiteboard"},
    "reporting": {"grading", "whiteboard"},
    "console": {"grading", "record", "reporting"},
}


@pytest.mark.parametrize("folder", NEIGHBOURS)
def test_a_folder_of_the_interviewer_knows_only_its_neighbours(folder):
    known = {
        (name, module)
        for name, modules in FILES.items()
        if name.startswith(f"interviewer/{folder}/")
        for module in modules
        if (parts := module.split("."))[0] == "interviewer" and len(parts) > 1 and parts[1] in NEIGHBOURS.keys() - {folder}
    }
    assert {(name, module) for name, module in known if module.split(".")[1] not in NEIGHBOURS[folder]} == set()


def test_every_folder_of_the_interviewer_has_its_neighbours_named():
    assert {n.split("/")[1] for n in FILES if n.startswith("interviewer/") and n.count("/") > 1} == NEIGHBOURS.keys()


def test_nothing_that_runs_for_a_user_imports_the_tests():
    users = {name for name, modules in FILES.items() if "tests" in {m.split(".")[0] for m in modules}}
    assert users <= {"evals/screenshots.py"}


@pytest.mark.parametrize("library", DOORS)
def test_each_outside_library_comes_in_by_one_door(library):
    users = {name for name, modules in FILES.items() if library in {m.split(".")[0] for m in modules}}
    if library != "streamlit":
        users = {name for name in users if not name.startswith("evals/")}
    assert {
        name
        for name in users
        if not any(name == door or (door.endswith("/") and name.startswith(door)) for door in DOORS[library])
    } == set()


def test_openai_is_known_where_its_errors_and_its_embeddings_are():
    users = {
        name
        for name, modules in FILES.items()
        if "openai" in {m.split(".")[0] for m in modules} and not name.startswith("evals/")
    }
    assert users <= OPENAI


def test_the_screen_cannot_reach_rubric_notes_or_grader():
    hidden = (
        "interviewer.grading.grader",
        "interviewer.listening.reading",
        "interviewer.casefile",
        "interviewer.deciding.policy",
        "interviewer.grading.embedded_judge",
    )
    assert [(n, m) for n, modules in FILES.items() if n.startswith("ui/") for m in modules if m.startswith(hidden)] == []


def test_the_voice_never_sees_the_notes():
    for name in ("interviewer/speaking/voice.py", "interviewer/speaking/phrases.py", "interviewer/speaking/model_voice.py"):
        assert not {
            m for m in FILES[name] if m.startswith(("knowledge", "interviewer.casefile", "interviewer.grading.grader"))
        }, name


def test_every_file_says_in_its_first_line_what_it_is():
    silent = [
        name for name in FILES if (text := (ROOT / name).read_text("utf-8")).strip() and not ast.get_docstring(ast.parse(text))
    ]
    assert silent == []
