"""An interview by typing, and one that a script drives through a pipe. Knows the front door; decides nothing of a round."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from interviewer.clock import Clock, VirtualClock
from interviewer.console.batch import write
from interviewer.errors import InputError, ModelError, StaleError
from interviewer.interview import Interview
from interviewer.state import Terms

if TYPE_CHECKING:
    from interviewer.console.keyboard import Keyboard
    from interviewer.console.screen import Screen
    from interviewer.grading.scorecard import Scorecard
    from interviewer.office import Office

BUTTONS = {"/hint": "hint", "/next": "next", "/finish": "finish"}
COMMANDS = (*BUTTONS, "/pause", "/help")


def start(office: Office, case: str, level: str, minutes: float, pace: str, typed: bool) -> Interview:
    """A new interview: on wall time in a terminal, on the virtual clock in a pipe."""
    terms = Terms(case=case, level=level, minutes=minutes, pace=pace)  # type: ignore[arg-type]
    return office.start(terms, Clock() if typed else VirtualClock())


def resume(office: Office, ident: str, typed: bool, model: str | None = None) -> Interview:
    """An interview of the record, where it was left; `model` speaks from here on when given."""
    record = office.archive.record(ident)
    if record.status == "finished":
        raise InputError(f"this interview is finished: `interviewer report {ident}` shows its debrief")
    interview = office.resume(ident, Clock(record.clock) if typed else VirtualClock(record.clock))
    if model:
        interview.voice = office.voice(model, record.terms)
    return interview


# --- in a terminal --------------------------------------------------------------------------------------------------


def in_terminal(office: Office, interview: Interview, json_file: Path | None, home: Path | None, resumed: bool) -> None:
    """Hold the round by typing, to its end or until the candidate leaves; nothing said is lost either way."""
    from interviewer.console.keyboard import Keyboard
    from interviewer.console.screen import Screen

    screen, keyboard = Screen(), Keyboard(office.settings.home / "drafts" / f"{interview.id}.txt")
    screen.head(interview.view())
    try:
        _begin(interview, screen, keyboard, resumed)
        while not interview.finished:
            _turn(interview, screen, keyboard)
    except (KeyboardInterrupt, EOFError):
        _left(interview, screen, keyboard, home)
        if json_file:
            _export(office, interview, json_file, None)
        return
    if spent := interview.view().spent:
        screen.tell(f"The models of this round took {spent}.")
    screen.tell("The round is over. Reading it through for the debrief ...")
    card = _card(office, interview)
    if card:
        screen.debrief(card)
        screen.tell(f"The whole debrief: {_command(home)} report {interview.id} --format html --out debrief.html")
    if json_file:
        _export(office, interview, json_file, card)
        screen.tell(f"Record and scorecard are in {json_file}")


def _begin(interview: Interview, screen: Screen, keyboard: Keyboard, resumed: bool) -> None:
    if interview.waiting:
        _speak(interview, screen, keyboard)
    elif resumed:
        interview.go_on()
        screen.say(next(t.text for t in reversed(interview.turns) if t.role == "interviewer"))
        screen.said()
    draft = keyboard.kept() if resumed else ""
    if draft:
        screen.tell("You had begun an answer:")
        screen.tell(draft)
        if keyboard.ask("Send it as it stands? [y/N]").startswith("y"):
            _send(interview, screen, keyboard, draft)


def _turn(interview: Interview, screen: Screen, keyboard: Keyboard) -> None:
    from interviewer.console.keyboard import signs_of_life

    screen.bar(interview.view())
    away: list[bool] = []
    with signs_of_life(lambda: _seen(interview, away)):
        text = keyboard.answer()
    if away:
        screen.tell("The clock stood still while you were away.")
    if text == "/help":
        screen.tell(_help())
    elif text == "/pause":
        _pause(interview, screen, keyboard)
    elif text in BUTTONS:
        if text != "/finish" or keyboard.ask("End the round now? [y/N]").startswith("y"):
            _send(interview, screen, keyboard, "", BUTTONS[text])
    elif text.startswith("/") and len(text.split()) == 1 and text.count("/") == 1:
        screen.tell(f"There is no {text}. {_help()}")
    elif text:
        _send(interview, screen, keyboard, text)


def _seen(interview: Interview, away: list[bool]) -> None:
    """A key was pressed. Somebody who was away is back: the clock runs again from here."""
    interview.touch()
    if interview.clock.away:
        away.append(True)
        interview.go_on()


def _send(interview: Interview, screen: Screen, keyboard: Keyboard, text: str, pressed: str = "") -> None:
    try:
        interview.hear(text, interview.version, pressed)
    except StaleError as error:
        keyboard.keep(text)
        screen.warn(f"{error}. It is open somewhere else too; your answer is kept as a draft.")
        raise EOFError from error
    screen.tell("")
    _speak(interview, screen, keyboard)


def _speak(interview: Interview, screen: Screen, keyboard: Keyboard) -> None:
    """The interviewer's turn; when a model fails the candidate chooses whether to try again or to go on without it."""
    known = interview.notice
    while interview.waiting:
        try:
            for piece in interview.speak():
                screen.say(piece)
        except ModelError as error:
            screen.warn(f"{error}\nYour answer is kept; nothing of this reply is.")
            if keyboard.ask("Try again, or go on with the embedded interviewer? [R/e]").startswith("e"):
                interview.go_embedded()
    screen.said()
    if interview.notice != known:
        screen.warn(interview.notice)


def _pause(interview: Interview, screen: Screen, keyboard: Keyboard) -> None:
    interview.pause()
    screen.tell("The clock stands still.")
    keyboard.ask("Press Enter to go on:")
    interview.go_on()


def _left(interview: Interview, screen: Screen, keyboard: Keyboard, home: Path | None) -> None:
    interview.leave()
    begun = keyboard.keep()
    screen.tell("")
    screen.tell(f"Everything is kept{', the answer that you had begun too' if begun else ''}. Go on with:")
    screen.tell(f"  {_command(home)} chat --resume={interview.id}")


def _help() -> str:
    from interviewer.console.screen import HELP

    return f"You can type:\n{HELP}"


def _command(home: Path | None) -> str:
    return f"interviewer --home {home}" if home else "interviewer"


# --- in a pipe ------------------------------------------------------------------------------------------------------


def in_pipe(office: Office, interview: Interview, json_file: Path | None, home: Path | None, resumed: bool) -> None:
    """Hold the round from standard input, one answer a line; its replies go to standard output, notices to standard error."""
    _speak_plainly(interview)
    for line in _lines():
        if interview.finished:
            break
        text = line.strip()
        if text == "/pause" or text == "/help":
            continue
        pressed = BUTTONS.get(text, "")
        interview.hear("" if pressed else text, interview.version, pressed)
        _speak_plainly(interview)
        if interview.finished:
            break
    interview.leave()
    card = _card(office, interview) if interview.finished or json_file else None
    if card:
        from interviewer.console.screen import brief

        print("\n".join(brief(card)))
        print(f"the whole debrief: {_command(home)} report {interview.id}", file=sys.stderr)
    if not interview.finished:
        print(f"the input ended before the round did: {_command(home)} chat --resume={interview.id} goes on", file=sys.stderr)
    if json_file:
        _export(office, interview, json_file, card)


def _lines() -> Iterator[str]:
    """Standard input, line by line as it comes; bytes that are not UTF-8 are replaced, not refused."""
    if hasattr(sys.stdin, "reconfigure"):
        sys.stdin.reconfigure(encoding="utf-8", errors="replace")
    while line := sys.stdin.readline():
        yield line.rstrip("\r\n")


def _speak_plainly(interview: Interview) -> None:
    """One reply as one paragraph; a model that fails is replaced by the embedded interviewer for the rest."""
    if not interview.waiting:
        return
    known = interview.notice
    try:
        words = "".join(interview.speak())
    except ModelError as error:
        print(f"notice: {error}; from here on the embedded interviewer speaks", file=sys.stderr, flush=True)
        interview.go_embedded()
        words = "".join(interview.speak())
    print(f"{words}\n", flush=True)
    if interview.notice != known:
        print(f"notice: {interview.notice}", file=sys.stderr, flush=True)
    interview.settle()


# --- both -----------------------------------------------------------------------------------------------------------


def _card(office: Office, interview: Interview) -> Scorecard | None:
    """The scorecard; one of a round that is not over is not put into the record. None when nothing was said."""
    from interviewer.record.transcript import of_record

    if not any(t.role == "candidate" and t.text.strip() for t in interview.turns):
        return None
    interview.settle()
    if interview.finished:
        return debrief(office, interview.id)
    record = office.archive.record(interview.id)
    return office.grade(of_record(record, interview.turns), record.terms.models.get("grader"))


def debrief(office: Office, ident: str, again: bool = False) -> Scorecard:
    """The scorecard in the record, or a new one when more was said since it was made."""
    card = office.debrief(ident, again)
    return card if len(card.transcript) == office.archive.record(ident).version else office.debrief(ident, again=True)


def _export(office: Office, interview: Interview, file: Path, card: Scorecard | None) -> None:
    """Record and scorecard as one JSON file, which `interviewer grade` can read too."""
    record, view = office.archive.record(interview.id), interview.view()
    whole = {
        "id": record.id, "case": record.terms.case, "target_level": record.terms.level, "question": view.question,
        "turns": [turn.model_dump(mode="json") for turn in interview.turns],
        "record": record.model_dump(mode="json"),
        "scorecard": card.model_dump(mode="json") if card else None,
        "grading": card.compact() if card else None,
    }  # fmt: skip
    write(file, json.dumps(whole, ensure_ascii=False, indent=2) + "\n")
