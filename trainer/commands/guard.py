"""User errors and Ctrl-C as one line on stderr and exit code 2, never a traceback."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from typing import ParamSpec

import typer

from trainer.errors import TrainerError, missing_library

USER_ERROR = 2
"""Exit code of everything that the user can mend."""

P = ParamSpec("P")


def guarded(command: Callable[P, None]) -> Callable[P, None]:
    """``command`` with its errors told as the program tells them."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except TrainerError as error:
            complain(str(error))
            raise typer.Exit(USER_ERROR) from None
        except ImportError as error:
            if ".so" not in str(error):
                raise
            complain(missing_library(error))
            raise typer.Exit(USER_ERROR) from None
        except KeyboardInterrupt:
            complain("Stopped by Ctrl-C. Finished results are kept; nothing half-written is left.")
            raise typer.Exit(USER_ERROR) from None

    return run


def complain(line: str) -> None:
    """One line on stderr."""
    print(f"trainer: {line}", file=sys.stderr)
