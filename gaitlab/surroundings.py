"""What surrounds the command and its processes, and must change nothing: settings of Matplotlib and of Python."""

from __future__ import annotations

import logging
import os
import warnings
from pathlib import Path
from typing import Final

__all__ = ["settle"]

_FOLDER: Final = Path(__file__).parent
_SETTINGS: Final = _FOLDER / "plots" / "plain.matplotlibrc"
"""An empty file of settings: Matplotlib's own hold."""


def settle() -> None:
    """Make this process, and those that it starts, draw into files and be silent, whatever the user has set elsewhere.

    A notebook names its own screen for all that it starts, and a file ``matplotlibrc`` in the working folder is read
    before any other: one that is spoilt would end the import of Matplotlib, which MediaPipe needs, too. So it is
    imported here, from another folder. Warnings are for programmers; where one counts as an error, nothing would run.
    """
    os.environ.pop("PYTHONWARNINGS", None)
    os.environ["MPLBACKEND"] = "Agg"
    os.environ["MATPLOTLIBRC"] = str(_SETTINGS)
    warnings.simplefilter("ignore")
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    here = Path.cwd()
    os.chdir(_FOLDER)
    try:
        import matplotlib  # noqa: F401 - for the settings that it reads when it is imported
    finally:
        os.chdir(here)
