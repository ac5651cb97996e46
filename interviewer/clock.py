"""The one clock of a round: it counts the candidate's time only, in seconds. Knows no disk and no model."""

from __future__ import annotations

import time
from collections.abc import Callable

AWAY_AFTER = 180.0
WORDS_A_MINUTE = 130.0


class Clock:
    """Wall time while the candidate has the floor; three minutes without a sign of life stop it.

    `elapsed` is where it stood when the interview was last left; `now` gives monotonic seconds and can be replaced in tests.
    """

    virtual = False

    def __init__(self, elapsed: float = 0.0, now: Callable[[], float] = time.monotonic):
        self._elapsed, self._now = elapsed, now
        self._since: float | None = None
        self._seen = now()
        self.away = False

    @property
    def running(self) -> bool:
        return self._since is not None

    def start(self) -> None:
        """The candidate has the floor."""
        self.away = False
        self._seen = self._now()
        if self._since is None:
            self._since = self._seen

    def stop(self) -> float:
        """The candidate no longer has the floor; the seconds so far."""
        self._elapsed, self._since = self.read(), None
        return self._elapsed

    def touch(self) -> None:
        """A sign of life. After more than three minutes without one the time away does not count and the clock stays stopped."""
        now = self._now()
        if self._since is not None and now - self._seen > AWAY_AFTER:
            self._elapsed += max(0.0, self._seen - self._since)
            self._since, self.away = None, True
        self._seen = now

    def read(self) -> float:
        """Seconds of the candidate so far."""
        if self._since is None:
            return self._elapsed
        now = self._now()
        until = now if now - self._seen <= AWAY_AFTER else self._seen
        return self._elapsed + max(0.0, until - self._since)

    def heard(self, text: str) -> float:
        """An answer has come in: the clock stops at once."""
        self.touch()
        return self.stop()


class VirtualClock(Clock):
    """For piped, scripted and recorded rounds: an answer takes as long as saying it, `pace` words a minute."""

    virtual = True

    def __init__(self, elapsed: float = 0.0, pace: float = WORDS_A_MINUTE):
        super().__init__(elapsed, now=lambda: 0.0)
        self._pace = pace

    def heard(self, text: str) -> float:
        self._elapsed += max(2.0, len(text.split()) / self._pace * 60)
        return self._elapsed
