"""A plain install carries all that a round needs: the wheel is built, unpacked elsewhere, and an interview is held from it."""

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
OURS = ("interviewer", "knowledge", "prompts", "ui", "evals")
ROUND = "What is the latency target?\nI predict expected watch time, because clicks alone reward thumbnails.\n/finish\n"

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    ran = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)], cwd=ROOT, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr
    return next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def place(wheel, tmp_path_factory) -> Path:
    """The wheel installed into a folder, without what it depends on."""
    target = tmp_path_factory.mktemp("installed")
    ran = subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(target), str(wheel)],
        capture_output=True,
        text=True,
    )
    if ran.returncode:  # a venv made by uv holds no pip: a wheel of pure Python may as well be unpacked
        zipfile.ZipFile(wheel).extractall(target)
    return target


def command(place: Path, cwd: Path, *words: str, stdin: str = "") -> subprocess.CompletedProcess:
    """A command of the installed package; the checkout is kept off the path, so that nothing can come from it."""
    code = (
        f"import sys; sys.path[:] = [{str(place)!r}, *(p for p in sys.path if p not in ('', {str(ROOT)!r}))]; "
        f"sys.meta_path[:] = [f for f in sys.meta_path if 'editable' not in type(f).__module__ + getattr(f, '__name__', '').lower()]; "
        f"import interviewer.cli, knowledge, prompts; assert interviewer.cli.__file__.startswith({str(place)!r}), interviewer.cli.__file__; "
        f"interviewer.cli.main({list(words)!r})"
    )
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("INTERVIEWER_", "OPENAI_", "PYTHONPATH"))}
    return subprocess.run(
        [sys.executable, "-c", code],
        input=stdin,
        capture_output=True,
        text=True,
        cwd=cwd,
        env=clean | {"INTERVIEWER_HOME": str(cwd / "home")},
        timeout=120,
    )


def test_cases_concepts_prompts_styles_and_migrations_are_in_the_wheel(wheel):
    inside = set(zipfile.ZipFile(wheel).namelist())
    kinds = (".py", ".yaml", ".md", ".json", ".toml", ".css", ".js", ".svg")
    wanted = {
        f.relative_to(ROOT).as_posix()
        for room in OURS
        for f in (ROOT / room).rglob("*")
        if f.suffix in kinds and "__pycache__" not in f.parts
    }
    assert wanted - inside == set()
    assert not [name for name in inside if name.split("/")[0] not in OURS and ".dist-info/" not in name]


def test_a_round_is_held_from_the_installed_package(place, tmp_path):
    ran = command(place, tmp_path, "chat", "video_recommendation", "--json", "round.json", stdin=ROUND)
    assert ran.returncode == 0, ran.stderr
    assert "200 ms" in ran.stdout
    assert (tmp_path / "round.json").exists()
    page = command(place, tmp_path, "report", "last", "--format", "html")
    assert page.returncode == 0, page.stderr
    assert page.stdout.startswith("<!doctype html>")
    assert re.search(r"<svg class=.design", page.stdout)


def test_the_app_of_the_installed_package_is_found(place, tmp_path):
    ran = command(place, tmp_path, "app", "--help")
    assert ran.returncode == 0
    assert (place / "ui" / "app.py").is_file()


def test_prompts_come_along(place, tmp_path):
    code = f"import sys; sys.path.insert(0, {str(place)!r}); import prompts.library as p; print(p.__file__, p.load('grader').id, p.load('interviewer').id)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr
    assert "grader/v" in ran.stdout
