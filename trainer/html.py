"""The templates of a package's pages: everything that is filled in is escaped, and a missing value is an error."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment


def templates_of(package: str, **known: object) -> Environment:
    """Those in the package's folder ``templates``; ``known`` are the functions that they may call."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader(package), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals |= known
    return environment
