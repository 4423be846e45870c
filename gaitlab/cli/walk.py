"""The walk on the command line; what computes is imported when it is needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import gaitlab
from gaitlab.cli.saving import Saving

__all__ = ["analyze_and_save"]


def analyze_and_save(
    videos: Sequence[Path], options: Mapping[str, Any], saving: Saving, *, overlay: bool, written: Mapping[str, Any]
) -> None:
    """Analyse a walk, write the folder and print the result; where nothing is measured, write what there is.

    Parameters
    ----------
    videos
        Of one visit.
    options
        Keywords of ``gaitlab.analyze``.
    saving
        Where the folder is.
    overlay
        Whether the videos are drawn on.
    written
        Further keywords of ``Analysis.save``.
    """
    analysis, refusal = saving.measure(partial(gaitlab.analyze, *videos, **options))
    from gaitlab.cli.console import summary_lines

    save = partial(analysis.save, saving.folder, video=videos if overlay else None, **written)
    saving.save(save, lambda: summary_lines(analysis), refusal)
