"""The command line: what can be typed and what it calls. Heavy imports stand inside the commands, so that each starts quickly."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from interviewer.errors import InputError, InterviewerError, SetupError

if TYPE_CHECKING:
    from interviewer.office import Office

Level = Literal["mid", "senior", "staff"]
Pace = Literal["typed", "spoken"]
Form = Literal["html", "md", "json"]

app = typer.Typer(
    help="Mock interviews for machine-learning system design: held, graded with quotes and debriefed on this machine.",
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None,
)  # fmt: skip
cases = typer.Typer(help="The case studies.", no_args_is_help=True)
index = typer.Typer(help="The index over the notes.", no_args_is_help=True)
models = typer.Typer(help="Who does what: the models that are set up, and whether they work.", invoke_without_command=True)
app.add_typer(cases, name="cases")
app.add_typer(index, name="index")
app.add_typer(models, name="models")

Home = Annotated[
    Path | None, typer.Option("--home", help="Folder of the record and the index; over INTERVIEWER_HOME.", file_okay=False)
]
_home: Path | None = None


def main(argv: list[str] | None = None) -> None:
    """Run one command. What is yours to mend is told in one plain message, exit code 2."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        with _plainly():
            app(argv)
    except InterviewerError as error:
        print(error, file=sys.stderr)
        raise SystemExit(2) from None


@contextmanager
def _plainly() -> Iterator[None]:
    """Errors of the knowledge room, which knows none of ours, as an InputError."""
    try:
        yield
    except ValueError as error:
        if type(error).__module__ in ("knowledge.library", "prompts.library"):
            raise InputError(str(error)) from error
        raise


@app.callback()
def options(home: Home = None) -> None:
    """Options of all commands."""
    global _home
    _home = home


def _office(**flags) -> Office:
    """The front door, with flags over the environment."""
    from interviewer.office import Office
    from interviewer.settings import load

    return Office(load(home=_home, **flags))


def _models(model: str | None) -> dict[str, str | None]:
    """`--model` goes before every setting of a model, those of single jobs too."""
    from interviewer.settings import JOBS

    return {"model": model} | {f"model_{job}": model for job in JOBS}


# --- interviews -----------------------------------------------------------------------------------------------------


@app.command()
def chat(
    case: Annotated[str, typer.Argument(help="Which case: `interviewer cases list` shows them. Not needed with --resume.")] = "",
    level: Annotated[Level, typer.Option(help="The level you are interviewed for.")] = "senior",
    minutes: Annotated[float, typer.Option(min=5, max=120, help="Length of the round.")] = 45,
    pace: Annotated[
        Pace | None, typer.Option(help="`typed` gives half as much time again; a pipe is `spoken`, a terminal `typed`.")
    ] = None,
    model: Annotated[str | None, typer.Option(help="`embedded` or PROVIDER:NAME, for all jobs; over the environment.")] = None,
    persona: Annotated[
        str | None, typer.Option(help="How a model that interviews behaves: calm, tough or friendly; it is graded alike.")
    ] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Write record and scorecard to this file at the end.", dir_okay=False)
    ] = None,
    resume: Annotated[str, typer.Option(help="Go on with an interview of the record: its id, or `last`.")] = "",
) -> None:
    """Hold an interview: in a terminal by typing, in a pipe one answer a line."""
    from interviewer.console import terminal

    if not case and not resume:
        raise InputError("which case? `interviewer cases list` shows them; `interviewer chat CASE` begins")
    office = _office(persona=persona, **_models(model))
    typed = sys.stdin.isatty()
    if resume:
        interview = terminal.resume(office, _known(office, resume), typed, model)
    else:
        interview = terminal.start(office, case, level, minutes, pace or ("typed" if typed else "spoken"), typed)
    hold = terminal.in_terminal if typed else terminal.in_pipe
    hold(office, interview, json_file, _home, bool(resume))


@app.command()
def past() -> None:
    """All interviews of the record, the newest first."""
    from rich.console import Console
    from rich.table import Table

    office = _office()
    records = office.past()
    if not records:
        print("No interview yet. `interviewer chat CASE` begins one.")
        return
    table = Table("id", "case", "level", "status", "answers", "minutes", "begun", box=None, header_style="dim")
    for r in records:
        clock = f"{r.clock / 60:.0f} of {r.terms.minutes:g}"
        answers = sum(t.role == "candidate" and bool(t.text.strip()) for t in office.archive.turns(r.id))
        table.add_row(r.id, r.terms.case, r.terms.level, r.status, str(answers), clock, r.created[:16].replace("T", " "))
    Console(width=None if sys.stdout.isatty() else 200).print(table)


@app.command()
def report(
    ident: Annotated[str, typer.Argument(metavar="ID", help="The interview's id (`interviewer past`), or `last`.")],
    form: Annotated[Form, typer.Option("--format", help="What to make.")] = "md",
    out: Annotated[Path | None, typer.Option(help="Where to write it; without it, to standard output.", dir_okay=False)] = None,
    again: Annotated[bool, typer.Option("--again", help="Grade once more; the earlier scorecards stay.")] = False,
) -> None:
    """The debrief of an interview."""
    from interviewer.console.terminal import debrief
    from interviewer.reporting import report as reports

    office = _office()
    card = debrief(office, _known(office, ident), again)
    text = {"html": reports.html, "md": reports.markdown, "json": reports.as_json}[form](card)
    if out is None:
        print(text, end="")
    else:
        _write(out, text)
        print(f"wrote {out}")


@app.command()
def grade(
    source: Annotated[
        Path, typer.Argument(metavar="FILE|FOLDER", help="A recorded interview (.json, .jsonl), or a folder of them.")
    ],
    case: Annotated[str | None, typer.Option(help="The case, where the files do not say.")] = None,
    level: Annotated[Level | None, typer.Option(help="The target level; over what the files say.")] = None,
    json_dir: Annotated[
        Path | None,
        typer.Option("--json-dir", help="One JSON file an interview goes here; without it, to standard output.", file_okay=False),
    ] = None,
    model: Annotated[str | None, typer.Option(help="Who grades: `embedded` or PROVIDER:NAME.")] = None,
    repeats: Annotated[int | None, typer.Option(help="How often a model grades each step: 1, 3 or 5.")] = None,
) -> None:
    """Grade recorded interviews that were not held here. Exit code 1 when some file could not be graded."""
    from interviewer.console.batch import grade_all

    bad = grade_all(_office(repeats=repeats, **_models(model)), source, case, level, json_dir)
    raise typer.Exit(1 if bad else 0)


@app.command(name="app")
def open_app(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port on this machine.")] = 8501,
    headless: Annotated[bool, typer.Option("--headless", help="Do not open a browser.")] = False,
) -> None:
    """Open the app in the browser."""
    import importlib.util
    import subprocess

    found = importlib.util.find_spec("ui")
    if found is None or not found.origin:
        raise SetupError("the app's files are not installed: `pip install ml-design-interviewer` brings them")
    page = Path(found.origin).with_name("app.py")
    env = os.environ | ({"INTERVIEWER_HOME": str(_home.absolute())} if _home else {})
    try:
        raise typer.Exit(subprocess.call([sys.executable, "-m", "streamlit", "run", str(page), *_flags(port, headless)], env=env))
    except KeyboardInterrupt:
        raise typer.Exit(0) from None


def _flags(port: int, headless: bool) -> list[str]:
    """What Streamlit must be told, wherever it is started from."""
    told = {
        "server.port": port, "server.headless": headless, "server.address": "127.0.0.1", "server.fileWatcherType": "none",
        "server.maxUploadSize": 10, "server.showEmailPrompt": False, "browser.gatherUsageStats": False, "runner.postScriptGC": False,
    }  # fmt: skip
    return [f"--{name}={str(value).lower() if isinstance(value, bool) else value}" for name, value in told.items()]


# --- cases and index ------------------------------------------------------------------------------------------------


@cases.command(name="list")
def list_cases() -> None:
    """All cases."""
    for card in _office().cases():
        print(
            f"{card.slug:26} {card.title}"
            if not card.trouble
            else f"{card.slug:26} cannot be used: `interviewer cases check {card.slug}`"
        )


@cases.command()
def show(
    case: Annotated[str, typer.Argument(help="The case.")],
    everything: Annotated[bool, typer.Option("--all", help="Rubric and notes too: it spoils the case for you.")] = False,
) -> None:
    """What may be known of a case before a round."""
    office = _office()
    card = office.card(case)
    print(f"{card.title}\n\n{card.question}\n\ndomains: {', '.join(card.domains)}\nlevels:  {', '.join(card.levels)}")
    if everything:
        print(
            "Rubric and notes follow. Having read them, you can no longer be interviewed on this case in earnest:\n"
            "your next score on it is marked as practised.",
            file=sys.stderr,
        )
        office.shelf.open_case(case)
        entry = office.library.entry(case)
        for criterion in entry.case.rubric:
            print(f"\n## {criterion.id} ({criterion.kind}, {criterion.level})\n{criterion.looks_for}\nStrong: {criterion.strong}")
        for section in entry.notes:
            print(f"\n# {section.parent}: {section.title}\n{section.text}")


@cases.command()
def new(
    slug: Annotated[str, typer.Argument(help="The name of its folder: small letters, digits and _.")],
    into: Annotated[
        Path | None, typer.Option(help="The folder for it; without it, that of INTERVIEWER_CASES.", file_okay=False)
    ] = None,
) -> None:
    """Write the commented skeleton of a case of your own."""
    from interviewer.settings import load
    from knowledge.starting import start

    root = into or load(home=_home).cases
    if root is None:
        raise InputError("into which folder? Set INTERVIEWER_CASES to it, or add --into FOLDER")
    folder = start(root, slug)
    print(f"wrote {folder / 'case.yaml'} and notes.md")
    print(f"Next: write what says TODO, then INTERVIEWER_CASES={root} interviewer cases check {slug}")


@cases.command()
def check(
    slugs: Annotated[list[str] | None, typer.Argument(metavar="[CASE]...", help="These only; all when none is named.")] = None,
) -> None:
    """Whether the cases and concepts are good enough; exit code 1 on any finding."""
    from knowledge.check import check_all, tested

    office = _office()
    findings = check_all(office.library, slugs or ())
    for finding in findings:
        print(finding)
    count = len(slugs or office.library.folders())
    print(
        f"{len(findings)} finding{'s' * (len(findings) != 1)} in {count} case{'s' * (count != 1)}; {tested(office.library, slugs or ())}",
        file=sys.stderr,
    )
    raise typer.Exit(1 if findings else 0)


@index.command()
def build() -> None:
    """Build the index anew."""
    made = _office().open_index(rebuild=True)
    print(f"{len(made.items)} passages, embedding {made.embedding.name}, fingerprint {made.fingerprint}")


@index.command()
def search(
    query: Annotated[str, typer.Argument(help="What to look for.")],
    case: Annotated[str, typer.Option(help="In the notes of this case only.")] = "",
    step: Annotated[str, typer.Option(help="In this step only.")] = "",
    most: Annotated[int, typer.Option("-k", min=1, max=50, help="How many passages.")] = 5,
    concepts: Annotated[bool, typer.Option(help="Concept pages too.")] = True,
) -> None:
    """Search the notes and concepts (it spoils cases for you)."""
    found = _office().index.search(query, most, case, step, concepts)
    if not found:
        print("nothing in the index is about that")
    for hit in found:
        print(f"{hit.score:.4f}  {hit.passage.id}  {hit.passage.title}\n        {' '.join(hit.passage.text.split())[:160]}")


# --- models ---------------------------------------------------------------------------------------------------------


@models.callback()
def list_models(context: typer.Context) -> None:
    """Who does what: the models that are set up, and whether they work."""
    if context.invoked_subcommand:
        return
    from interviewer.providers.bill import unkept
    from interviewer.providers.models_check import listed
    from interviewer.settings import load

    settings = load(home=_home)
    rows = [("job", "model", "asked at", "set by"), *listed(settings)]
    for job, model, place, setting in rows:
        evals = " (for evals only)" if job in ("candidate", "judge") else ""
        print(f"{job:12} {model:28} {place or '-':34} {setting or '-'}{evals}")
    if trouble := unkept((row[1] for row in rows[1:5]), settings.limit, settings.limit_tokens):
        print(trouble, file=sys.stderr)
    print("`interviewer models check` asks each of them something small.", file=sys.stderr)


@models.command(name="check")
def check_models() -> None:
    """Ask each model that is set up something small (it costs next to nothing); exit code 1 when one cannot do its job."""
    from interviewer.providers.models_check import check
    from interviewer.settings import load

    bad = False
    for finding in check(load(home=_home)):
        cost = f" ({finding.cost})" if finding.cost else ""
        print(f"{finding.job:12} {finding.model:28} {finding.text}{cost}", flush=True)
        bad = bad or finding.bad
    raise typer.Exit(1 if bad else 0)


# --- small things ---------------------------------------------------------------------------------------------------


def _known(office: Office, ident: str) -> str:
    """The id itself, or that of the newest interview for `last`."""
    if ident != "last":
        return ident
    records = office.past()
    if not records:
        raise InputError("there is no interview yet: `interviewer chat CASE` begins one")
    return records[0].id


def _write(file: Path, text: str) -> None:
    from interviewer.console.batch import write

    write(file, text)


if __name__ == "__main__":
    main()
