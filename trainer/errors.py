"""The one family of errors that is shown to people: one clear line, exit code 2, no traceback."""


LINUX_LIBRARIES = "libgl1 libegl1 libgles2 libglib2.0-0 libsm6 libxext6"
"""Debian's packages of the system libraries that the wheels of OpenCV and MediaPipe need and don't carry."""


def missing_library(error: ImportError) -> str:
    """One line for a wheel that doesn't load because the system lacks a library."""
    name = str(error).partition(":")[0]
    return f"Expected the system library {name}, but it isn't installed: apt-get install {LINUX_LIBRARIES} (or alike)."


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
