"""The one family of errors that is shown to people: one clear line, exit code 2, no traceback."""


class TrainerError(Exception):
    """Something the user can mend. The message says what was expected, what came, and what to do."""


class VideoError(TrainerError):
    """A video or camera that can't be opened, read or written."""


class ModelFileError(TrainerError):
    """A model file that is missing or damaged."""


class FormatError(TrainerError):
    """A data file (foot, truth, settings, scorecard, techniques) that doesn't hold what it should."""


class DependencyError(TrainerError):
    """A part of the program whose extra isn't installed."""
