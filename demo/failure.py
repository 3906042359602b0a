"""The one error of the demo."""


class StepFailed(Exception):  # noqa: N818 - read as a sentence where it is caught
    """A step did not do what it says; the message tells which and why."""
