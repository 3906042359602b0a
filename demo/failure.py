"""The one error of the demo."""


class StepFailed(Exception):
    """A step has failed. The message says which step and why."""
