"""The command line: a round through a pipe and in a terminal, grading files, reports, and how mistakes are told."""

import json
import os
import re
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

from evals.fake_server import FAULTS, FakeServer
from interviewer.grading.scorecard import CROSS, Scorecard
from interviewer.settings import ROUND as JOBS
from interviewer.steps import STEPS

ROUND = (
    "What is the goal, and how fast must it answer?\n"
    "I assume the goal is that people finish episodes, because downloads alone mean nothing.\n"
    "/hint\n"
    "A two tower model, since the show side can be computed ahead.\n"
    "/next\n"
    "/finish\n"
)
TURNS = [
    {"role": "interviewer", "text": "Design it."},
    {"role": "candidate", "text": "I assume the goal is that people finish episodes, because downloads alone mean nothing."},
]


def recorded(file: Path, **rest) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(
        json.dumps({"id": file.stem, "case": "tiny", "target_level": "senior", "question": "Design it.", "turns": TURNS} | rest)
    )
    return file


# --- through a pipe -------------------------------------------------------------------------------------------------


def test_a_script_can_hold_a_round_to_its_end_and_gets_record_and_scorecard(run, tmp_path):
    ran = run("chat", "tiny", "--json", tmp_path / "out" / "round.json", stdin=ROUND)
    assert ran.code == 0
    assert "within 150 ms" in ran.out
    whole = json.loads((tmp_path / "out" / "round.json").read_text())
    assert whole["record"]["status"] == "finished"
    assert [t["role"] for t in whole["turns"]][:3] == ["interviewer", "candidate", "interviewer"]
    assert [t["pressed"] for t in whole["turns"] if t["pressed"]] == ["hint", "next", "finish"]
    assert all(t["move"]["why"] for t in whole["turns"] if t["role"] == "interviewer")
    card = Scorecard.model_validate(whole["scorecard"])
    assert whole["grading"] == json.loads(json.dumps(card.compact()))
    assert card.interview == whole["id"]


def test_the_file_that_a_round_writes_can_be_graded_again(run, tmp_path):
    run("chat", "tiny", "--json", tmp_path / "round.json", stdin=ROUND)
    ran = run("grade", tmp_path / "round.json")
    assert ran.code == 0
    assert json.loads(ran.out)["id"] == json.loads((tmp_path / "round.json").read_text())["id"]


def test_a_pipe_runs_on_the_virtual_clock_at_130_words_a_minute(run, tmp_path):
    run("chat", "tiny", "--json", tmp_path / "a.json", stdin="word " * 260 + "\n")
    whole = json.loads((tmp_path / "a.json").read_text())
    assert whole["record"]["clock"] == pytest.approx(120)
    assert whole["record"]["terms"]["pace"] == "spoken"


def test_when_the_input_ends_early_the_round_stays_open_and_can_go_on(run, tmp_path):
    first = run("chat", "tiny", "--json", tmp_path / "a.json", stdin="I assume the goal is that people finish episodes.\n")
    ident = re.search(r"--resume=(\S+)", first.err)[1]
    assert first.code == 0
    half = json.loads((tmp_path / "a.json").read_text())
    assert half["record"]["status"] == "open"
    assert half["grading"]["steps"]["clarify"]["level"] is not None
    second = run("chat", f"--resume={ident}", "--json", tmp_path / "b.json", stdin="Two towers.\n/finish\n")
    assert second.code == 0
    turns = json.loads((tmp_path / "b.json").read_text())["turns"]
    assert turns[: len(half["turns"])] == half["turns"]
    assert sum(t["role"] == "candidate" for t in turns) == 3


def test_a_debrief_is_made_anew_when_more_was_said_since(run):
    first = run("chat", "tiny", stdin="I assume the goal is that people finish episodes.\n")
    ident = re.search(r"--resume=(\S+)", first.err)[1]
    early = json.loads(run("report", "--format", "json", "--", ident).out)
    run("chat", f"--resume={ident}", stdin="Two towers.\n/finish\n")
    late = json.loads(run("report", "--format", "json", "--", ident).out)
    assert len(late["transcript"]) > len(early["transcript"])


def test_a_finished_round_is_not_resumed_but_pointed_to_its_report(run):
    run("chat", "tiny", stdin="I assume the goal is finished episodes.\n/finish\n")
    ran = run("chat", "--resume", "last", stdin="more\n")
    assert ran.code == 2
    assert "interviewer report" in ran.err


def test_an_empty_line_is_silence_and_a_line_that_is_not_utf8_is_taken(tmp_path, shared_home):
    ran = script(tmp_path, shared_home, "chat", "tiny", "--json", tmp_path / "a.json", stdin=b"\n\xff\xfe caf\xc3\xa9 because\n")
    assert ran.returncode == 0, ran.stderr
    said = [t["text"] for t in json.loads((tmp_path / "a.json").read_text())["turns"] if t["role"] == "candidate"]
    assert said == ["", "\ufffd\ufffd café because"]


def test_a_model_that_fails_in_a_pipe_is_replaced_by_the_embedded_interviewer_with_a_notice(run, monkeypatch):
    with FakeServer(FAULTS["500"]) as server:
        monkeypatch.setenv("OPENAI_API_KEY", "key")
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        monkeypatch.setenv("INTERVIEWER_TIMEOUT", "1")
        ran = run("chat", "tiny", "--model", "openai:fake", stdin="How fast must it answer?\n")
    assert ran.code == 0
    assert "embedded interviewer" in ran.err
    assert "within 150 ms" in ran.out


# --- in a terminal --------------------------------------------------------------------------------------------------


def script(tmp_path: Path, home: Path, *words, stdin: bytes = b"") -> subprocess.CompletedProcess:
    """A command in a process of its own, far from the checkout."""
    return subprocess.run(
        [sys.executable, "-m", "interviewer.cli", *map(str, words)],
        input=stdin,
        capture_output=True,
        cwd=tmp_path,
        env=surroundings(home),
        timeout=60,
    )


def surroundings(home: Path) -> dict[str, str]:
    from tests.tiny import FOLDER

    clean = {k: v for k, v in os.environ.items() if not k.startswith(("INTERVIEWER_", "OPENAI_"))}
    return clean | {"INTERVIEWER_HOME": str(home), "INTERVIEWER_CASES": str(FOLDER), "TERM": "xterm", "COLUMNS": "100"}


IN_A_TERMINAL = "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))"


class Terminal:
    """A command in a pseudo-terminal: type, and wait for what is shown."""

    def __init__(self, home: Path, *words: str):
        command = [sys.executable, "-c", IN_A_TERMINAL, sys.executable, "-m", "interviewer.cli", *words]
        self._run = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=surroundings(home), bufsize=0)
        self._raw, self._shown = b"", ""

    def until(self, words: str, seconds: float = 30) -> str:
        """What has been shown, up to and with `words`."""
        end = time.monotonic() + seconds
        while words not in self._shown and time.monotonic() < end:
            if select.select([self._run.stdout], [], [], 0.1)[0]:
                piece = os.read(self._run.stdout.fileno(), 65536)
                if not piece:
                    break
                self._raw += piece
                self._shown = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", self._raw.decode("utf-8", "replace"))
        assert words in self._shown, self._shown
        before, _, self._shown = self._shown.partition(words)
        self._raw = self._shown.encode()
        return before + words

    def type(self, keys: str) -> None:
        self._run.stdin.write(keys.encode())

    def end(self) -> int:
        """The exit code, once it has ended by itself."""
        try:
            return self._run.wait(15)
        finally:
            self._run.kill()
            self._run.stdin.close()
            self._run.stdout.close()


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_a_round_in_a_terminal_takes_several_lines_keeps_a_half_answer_and_goes_on(shared_home):
    room = Terminal(shared_home, "chat", "tiny")
    assert "embedded" in room.until("> ")
    room.type("What is the goal \\\n")
    room.until("… ")
    room.type("and how fast must it answer?\n")
    assert "150 ms" in room.until("> ")
    room.type("/pause\n")
    room.until("Press Enter")
    room.type("\n")
    room.until("> ")
    room.type("I was about to")
    room.until("about to")
    time.sleep(0.5)  # readline misses a Ctrl-C that comes within microseconds of a key
    room.type("\x03")
    room.until("Go on with:")
    ident = re.search(r"--resume=(\S+)", room.until("\n") + room.until("\n"))[1]
    assert room.end() == 0

    again = Terminal(shared_home, "chat", f"--resume={ident}")
    assert "I was about to" in again.until("[y/N]")
    again.type("y\n")
    again.until("> ")
    again.type("/finish\n")
    again.until("[y/N]")
    again.type("y\n")
    again.until("report")
    assert again.end() == 0


# --- grading files --------------------------------------------------------------------------------------------------


def test_a_folder_is_graded_file_by_file_with_all_that_the_scale_names(run, tmp_path):
    recorded(tmp_path / "in" / "one.json")
    recorded(tmp_path / "in" / "two.json", id="two/../odd name")
    ran = run("grade", tmp_path / "in", "--case", "tiny", "--level", "staff", "--json-dir", tmp_path / "out")
    assert (ran.code, ran.err) == (0, "")
    assert sorted(f.name for f in (tmp_path / "out").iterdir()) == ["one.json", "two_.._odd_name.json"]
    row = json.loads((tmp_path / "out" / "one.json").read_text())
    assert set(row["steps"]) == set(STEPS)
    assert set(row["cross_cutting"]) == set(CROSS)
    assert row["target_level"] == "staff"
    assert row["steps"]["clarify"]["evidence"][0]["turn"] == 1
    assert row["steps"]["clarify"]["evidence"][0]["quote"] in TURNS[1]["text"]
    assert row["steps"]["serve"] == {"level": 0, "status": "rated", "evidence": []}
    assert row["recommendation"] in ("strong_no_hire", "no_hire", "hire", "strong_hire")
    assert row["errors"] == []


def test_bad_files_are_told_with_file_and_place_and_the_rest_is_graded(run, tmp_path):
    folder = tmp_path / "in"
    recorded(folder / "good.json")
    recorded(folder / "role.json", turns=[{"role": "judge", "text": "x"}])
    recorded(folder / "silent.json", turns=[{"role": "candidate", "text": " "}])
    recorded(folder / "nocase.json", case="nowhere")
    (folder / "broken.json").write_text('{"id": "x",\n "turns": [}')
    (folder / "empty.json").write_text("")
    (folder / "bytes.json").write_bytes(b"\xff\xfe\x00")
    (folder / "deep.json").write_text("[" * 100_000)
    (folder / "digits.json").write_text('{"id": ' + "1" * 5000 + "}")
    (folder / "notes.txt").write_text("not looked at")
    ran = run("grade", folder, "--json-dir", tmp_path / "out")
    assert ran.code == 1
    assert [f.name for f in (tmp_path / "out").iterdir()] == ["good.json"]
    told = {Path(line.split(": ")[0]).name: line for line in ran.err.splitlines()}
    assert set(told) == {
        "role.json",
        "silent.json",
        "nocase.json",
        "broken.json",
        "empty.json",
        "bytes.json",
        "deep.json",
        "digits.json",
    }
    assert "turns[0].role" in told["role.json"]
    assert "line 2, column" in told["broken.json"]
    assert "notes.txt" not in ran.err


def test_lines_of_a_jsonl_file_are_interviews_of_their_own(run, tmp_path):
    one = json.dumps({"case": "tiny", "turns": TURNS})
    (tmp_path / "many.jsonl").write_text(f"{one}\n\n{one}\n")
    rows = [json.loads(line) for line in run("grade", tmp_path / "many.jsonl").out.splitlines()]
    assert len({row["id"] for row in rows}) == 2


def test_interviews_with_one_id_do_not_overwrite_each_other(run, tmp_path):
    recorded(tmp_path / "in" / "a.json", id="same")
    recorded(tmp_path / "in" / "b.json", id="same")
    assert run("grade", tmp_path / "in", "--json-dir", tmp_path / "out").code == 0
    assert sorted(f.name for f in (tmp_path / "out").iterdir()) == ["same-2.json", "same.json"]


def test_results_are_never_written_among_the_interviews(run, tmp_path):
    file = recorded(tmp_path / "a.json")
    before = file.read_text()
    ran = run("grade", tmp_path, "--json-dir", tmp_path)
    assert ran.code == 2
    assert file.read_text() == before


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("chat",), "which case?"),
        (("chat", "nowhere"), "no case 'nowhere'"),
        (("chat", "--resume", "nobody"), "no interview 'nobody'"),
        (("report", "nobody"), "no interview 'nobody'"),
        (("grade", "/nowhere.json"), "no such file"),
        (("grade", "{empty}"), "holds no .json"),
        (("cases", "show", "nowhere"), "no case 'nowhere'"),
        (("cases", "check", "nowhere"), "no case 'nowhere'"),
        (("chat", "tiny", "--model", "gpt"), "is not a model"),
    ],
)
def test_mistakes_are_told_in_one_plain_message_and_exit_code_2(run, tmp_path, words, told):
    ran = run(*(word.format(empty=tmp_path) for word in words))
    assert ran.code == 2
    assert told in ran.err
    assert "Traceback" not in ran.err
    assert ran.out == ""


# --- reports and the rest -------------------------------------------------------------------------------------------


def test_a_report_comes_in_three_forms_and_into_a_file(run, tmp_path):
    run("chat", "tiny", stdin=ROUND)
    assert run("report", "last").out.startswith("# A tiny case")
    assert json.loads(run("report", "last", "--format", "json").out)["case"] == "tiny"
    out = tmp_path / "deep" / "debrief.html"
    assert run("report", "last", "--format", "html", "--out", out).code == 0
    assert out.read_text().startswith("<!doctype html>")


def test_past_interviews_are_listed_with_the_id_that_resumes_them(run):
    first = run("chat", "tiny", stdin="I assume the goal is finished episodes.\n")
    ident = re.search(r"--resume=(\S+)", first.err)[1]
    assert any(ident in line and "open" in line for line in run("past").out.splitlines())


def test_a_case_shows_its_question_and_hides_its_rubric(run):
    ran = run("cases", "show", "tiny")
    assert "suggests podcasts" in ran.out
    assert "Settles what success means" not in ran.out
    everything = run("cases", "show", "tiny", "--all")
    assert "Settles what success means" in everything.out
    assert "no longer be interviewed" in everything.err


def test_cases_are_listed_and_checked(run):
    assert "tiny" in run("cases", "list").out
    ran = run("cases", "check", "tiny")
    assert ran.code == 1
    assert re.search(r"case\.yaml: facts: there are \d+: write at least 12", ran.out)


def test_the_index_is_built_and_searched(run):
    assert "passages" in run("index", "build").out
    ran = run("index", "search", "approximate index in memory", "--case", "tiny", "--no-concepts", "-k", "1")
    assert "tiny/serve.index" in ran.out
    assert "nothing" in run("index", "search", "zzzz", "--case", "tiny", "--no-concepts").out


def test_the_home_option_goes_before_the_environment(run, tmp_path):
    run("--home", tmp_path / "own", "chat", "tiny", stdin="I assume the goal is finished episodes.\n")
    assert (tmp_path / "own" / "record.db").exists()
    assert "No interview yet" in run("--home", tmp_path / "other", "past").out


def test_the_model_flag_goes_before_every_setting_of_a_model(run, monkeypatch, tmp_path):
    monkeypatch.setenv("INTERVIEWER_MODEL_INTERVIEWER", "openai:not-this-one")
    monkeypatch.setenv("INTERVIEWER_MODEL_GRADER", "openai:nor-this")
    ran = run(
        "chat", "tiny", "--model", "embedded", "--json", tmp_path / "a.json", stdin="I assume the goal is finished episodes.\n"
    )
    assert ran.code == 0
    models = json.loads((tmp_path / "a.json").read_text())["record"]["terms"]["models"]
    assert models == dict.fromkeys(JOBS, "embedded")


# --- models -----------------------------------------------------------------------------------------------------------


def test_the_models_are_listed_with_place_and_setting(run, monkeypatch):
    assert "interviewer  embedded" in run("models").out
    monkeypatch.setenv("INTERVIEWER_MODEL", "openai:fake")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://here/v1")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    told = run("models")
    assert told.code == 0
    assert [line.split()[:4] for line in told.out.splitlines()[1:3]] == [
        [job, "openai:fake", "http://here/v1", "INTERVIEWER_MODEL"] for job in JOBS[:2]
    ]
    assert "sk-secret" not in told.out + told.err


def test_a_limit_that_cannot_be_kept_is_told_with_the_models(run, monkeypatch):
    monkeypatch.setenv("INTERVIEWER_MODEL", "openai:fake")
    monkeypatch.setenv("INTERVIEWER_LIMIT", "1")
    assert "INTERVIEWER_LIMIT_TOKENS" in run("models").err
    monkeypatch.setenv("INTERVIEWER_LIMIT_TOKENS", "50000")
    assert "INTERVIEWER_LIMIT" not in run("models").err


def test_a_check_of_models_that_work_ends_with_0_and_of_one_that_does_not_with_1(run, monkeypatch):
    assert run("models", "check").code == 0
    monkeypatch.setenv("INTERVIEWER_MODEL_INTERVIEWER", "openai:fake")
    monkeypatch.setenv("INTERVIEWER_MODEL_ASSESSOR", "embedded")
    monkeypatch.setenv("INTERVIEWER_MODEL_EYES", "embedded")
    monkeypatch.setenv("OPENAI_API_KEY", "key")
    with FakeServer("one two three") as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        good = run("models", "check")
        server.play(FAULTS["401"])
        bad = run("models", "check")
    assert (good.code, bad.code) == (0, 1)
    assert re.search(r"interviewer +openai:fake +works: it streams, first word after \d+ ms", good.out)
    assert re.search(r"interviewer +openai:fake +does not work: The model openai:fake did not accept the key", bad.out)
    assert "Traceback" not in bad.out + bad.err


def test_the_persona_of_a_round_is_kept_with_its_terms(run, tmp_path, monkeypatch):
    monkeypatch.setenv("INTERVIEWER_PERSONA", "friendly")
    run("chat", "tiny", "--json", tmp_path / "a.json", stdin="Two towers.\n")
    run("chat", "tiny", "--persona", "tough", "--json", tmp_path / "b.json", stdin="Two towers.\n")
    kept = [json.loads((tmp_path / name).read_text())["record"]["terms"]["persona"] for name in ("a.json", "b.json")]
    assert kept == ["friendly", "tough"]
    assert run("chat", "tiny", "--persona", "rude").code == 2


def test_the_app_is_started_on_the_packaged_page_with_the_flags_it_needs(run, monkeypatch):
    calls = []
    monkeypatch.setattr(subprocess, "call", lambda command, env: calls.append(command) or 0)
    assert run("app", "--port", "8600", "--headless").code == 0
    assert Path(calls[0][4]).is_file()
    assert {
        "--server.port=8600",
        "--server.headless=true",
        "--runner.postScriptGC=false",
        "--browser.gatherUsageStats=false",
    } <= set(calls[0])


def test_help_and_the_first_question_need_nothing_heavy():
    heavy = ["chromadb", "streamlit", "langchain", "langchain_openai", "openai", "bm25s", "alembic", "onnxruntime"]
    code = f"import interviewer.cli, interviewer.office, interviewer.console.terminal, sys; print([m for m in {heavy} if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "[]"
    code = "import interviewer.cli, sys; print([m for m in ('pydantic', 'sqlalchemy', 'numpy', 'rich') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "[]"


def test_the_first_question_comes_within_a_second_and_a_half(tmp_path, shared_home):
    times = []
    for _ in range(3):
        begun = time.perf_counter()
        with subprocess.Popen(
            [sys.executable, "-m", "interviewer.cli", "chat", "video_recommendation"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, cwd=tmp_path, env=surroundings(shared_home),
        ) as room:  # fmt: skip
            assert room.stdout.readline()
            times.append(time.perf_counter() - begun)
            room.stdin.close()
    assert min(times) < 1.5
