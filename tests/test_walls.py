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
    "tiktoken": {"interviewer/window.py"},
    "sqlalchemy": {"interviewer/archive.py", "interviewer/migrations/"},
    "alembic": {"interviewer/archive.py", "interviewer/migrations/"},
    "langchain": {"interviewer/models.py"},
    "langchain_core": {"interviewer/models.py", "interviewer/reply.py"},
    "langchain_openai": {"interviewer/models.py"},
    "streamlit": {"ui/"},
    "typer": {"interviewer/cli.py"},
    "PIL": {"interviewer/eyes.py"},
}
OPENAI = {"knowledge/embedding.py", "interviewer/faults.py", "interviewer/models.py", "interviewer/speech.py"}
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
        "interviewer.grader",
        "interviewer.reading",
        "interviewer.casefile",
        "interviewer.policy",
        "interviewer.embedded_judge",
    )
    assert [(n, m) for n, modules in FILES.items() if n.startswith("ui/") for m in modules if m.startswith(hidden)] == []


def test_the_voice_never_sees_the_notes():
    for name in ("interviewer/voice.py", "interviewer/phrases.py", "interviewer/model_voice.py"):
        assert not {m for m in FILES[name] if m.startswith(("knowledge", "interviewer.casefile", "interviewer.grader"))}, name


def test_every_file_says_in_its_first_line_what_it_is():
    silent = [
        name for name in FILES if (text := (ROOT / name).read_text("utf-8")).strip() and not ast.get_docstring(ast.parse(text))
    ]
    assert silent == []
