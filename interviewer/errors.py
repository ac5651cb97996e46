"""What can go wrong, said as advice: whose fault it is and how to mend it. Knows nothing else."""


class InterviewerError(Exception):
    """The root of our errors: its text is shown to people as it is."""


class SetupError(InterviewerError):
    """Yours to mend: the text says what is wrong and the command or setting that mends it."""


class InputError(InterviewerError):
    """A file or an argument is not as it should be: the text names file, place and mend."""


class StaleError(InterviewerError):
    """The interview has moved on since this page was drawn: nothing was written twice, look at it anew."""


class ModelError(InterviewerError):
    """A model failed. Nothing said is lost: the same turn can be tried again or spoken by the embedded interviewer.

    `wait` is how many seconds the server asks for before it is tried again, 0 when it asks for none.
    """

    def __init__(self, message: str, kind: str = "unknown", wait: float = 0.0):
        super().__init__(message)
        self.kind, self.wait = kind, wait
