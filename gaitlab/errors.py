"""Errors that a user can act on.

Every error of the package is a :class:`GaitlabError`. Its message says, in one or two sentences, what was
given, what is allowed and what to do; its class carries the exit code of the command line.
"""

from __future__ import annotations

from typing import ClassVar

__all__ = [
    "GaitlabError",
    "InputError",
    "MissingLibraryError",
    "ModelFileError",
    "NothingMeasurableError",
    "OutputBusyError",
    "OutputError",
    "SchemaError",
    "UsageError",
]


class GaitlabError(Exception):
    """Root of all errors of gaitlab; the exit code says who has to act."""

    exit_code: ClassVar[int] = 1


class UsageError(GaitlabError):
    """An option or argument has a value that is not allowed."""

    exit_code: ClassVar[int] = 2


class OutputError(UsageError):
    """The output folder cannot be written, or exists and may not be replaced."""


class OutputBusyError(OutputError):
    """Another run is writing to the output folder."""


class InputError(GaitlabError):
    """A file given as input is missing, damaged or not what it should be."""

    exit_code: ClassVar[int] = 3


class NothingMeasurableError(GaitlabError):
    """The input is readable, but holds nothing that can be measured."""

    exit_code: ClassVar[int] = 4


class ModelFileError(GaitlabError):
    """The pose model is missing or is not the file it should be."""


class MissingLibraryError(GaitlabError):
    """A library is missing: of the operating system, or an optional one of Python."""


class SchemaError(GaitlabError):
    """A table or dataset does not have the columns, dimensions or units it must have."""
