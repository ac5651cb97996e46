"""What is wrong in what was said, and the question that lets the candidate see it. Pure: no model, clock or disk."""

from __future__ import annotations

from interviewer.deciding.desk import Desk, quote
from interviewer.state import Anchor, Claim, Move, outweighed, rank
from knowledge.case import Pitfall

CERTAIN = 0.9  # chance from which a mistake is challenged: one false challenge ends trust
LIKELY = 0.62  # the same for a mistake that has no cues, of which a plain assertion would be surer
AGAIN = "Could you take me through that arithmetic once more?"


def challenges(desk: Desk) -> Move | None:
    """Challenges an asserted pitfall once, unless it was taken back; one turn late it names the earlier statement."""
    now = [(desk.turn.index, c) for c in desk.reading.claims]
    before = [(index, c) for index, c in desk.state.claims if index == desk.turn.index - 2]
    for index, claim in (*now, *before):
        if (
            claim.kind != "pitfall"
            or claim.polarity != "asserted"
            or claim.score < certain(desk.case.pitfall(claim.target))
            or desk.state.asked(claim.target)
            or _taken_back(desk, index, claim)
        ):
            continue
        pitfall, late = desk.case.pitfall(claim.target), index < desk.turn.index
        beside = [c for i, c in (*now, *desk.state.claims) if i == index]
        if _argued_otherwise(desk, pitfall.notes) or _turned_down(desk, pitfall.id) or outweighed(claim, beside, pitfall.notes):
            continue
        return desk.move(
            "challenge", f"asserted: {pitfall.says}", about=pitfall.id, anchor=quote(index, claim) if late else None,
            question=pitfall.challenge, topic="earlier" if late else "",
        )  # fmt: skip
    return None


def certain(pitfall: Pitfall) -> float:
    """The chance from which this mistake is challenged."""
    return CERTAIN if pitfall.cues else LIKELY


def _turned_down(desk: Desk, ident: str) -> bool:
    """Whether the candidate has turned this very mistake down before: then a stray sentence does not make it."""
    return any(i < desk.turn.index and c.target == ident and c.polarity == "rejected" for i, c in desk.state.claims)


def _argued_otherwise(desk: Desk, ident: str) -> bool:
    """Whether the candidate has argued the right thing before: then a stray sentence is no mistake to challenge."""
    held = desk.standing.get(ident)
    return held is not None and held[0] < desk.turn.index and rank(held[1]) >= 2


def _taken_back(desk: Desk, index: int, claim: Claim) -> bool:
    later = [c for i, c in desk.state.claims if c.target == claim.target and (i, c.start) > (index, claim.start)]
    return "revises" in desk.reading.intents or any(c.polarity == "rejected" for c in later)


def checks_sums(desk: Desk) -> Move | None:
    """Asks again for arithmetic that does not come out, at most twice a round."""
    if not desk.reading.slip or desk.state.asked("arithmetic") >= 2:
        return None
    anchor = Anchor(text=desk.reading.slip, verbatim=True, turn=desk.turn.index)
    return desk.move("challenge", "the arithmetic does not come out", about="arithmetic", anchor=anchor, question=AGAIN)
