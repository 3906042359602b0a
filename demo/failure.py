"""The one error of the demo."""


class StepFailed(Exception):
    """A step did not do what it says; the message tells which and why."""
