"""An interviewer for machine-learning system design rounds. The front door: an `Office` gives an `Interview`, and its debrief.

from interviewer import Office, Terms

office = Office()
interview = office.start(Terms(case="video_recommendation", level="senior"))
print("".join(interview.speak()))
print("".join(interview.reply("How many daily users do we have?")))
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from interviewer.grading.scorecard import Scorecard
    from interviewer.interview import Interview
    from interviewer.office import CaseCard, Office
    from interviewer.state import RoomView, Terms

_WHERE = {
    "CaseCard": "office",
    "Interview": "interview",
    "Office": "office",
    "RoomView": "state",
    "Scorecard": "grading.scorecard",
    "Terms": "state",
}
__all__ = ["CaseCard", "Interview", "Office", "RoomView", "Scorecard", "Terms"]


def __getattr__(name: str):
    """Import a name of the front door when it is first asked for, so that a command that needs little loads little."""
    if name not in _WHERE:
        raise AttributeError(f"module 'interviewer' has no attribute {name!r}")
    return getattr(import_module(f"interviewer.{_WHERE[name]}"), name)
