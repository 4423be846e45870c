"""Text files of other tools."""

from __future__ import annotations

from pathlib import Path

from gaitlab.errors import InputError

__all__ = ["read_lines"]


def read_lines(path: Path) -> list[str]:
    """Return the lines of a text file; bytes that are no UTF-8 are replaced.

    Raises
    ------
    InputError
        If it cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError as error:
        raise InputError(f"{str(path)!r} cannot be read: {error.strerror}.") from error
