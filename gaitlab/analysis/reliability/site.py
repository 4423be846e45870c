"""The standard errors that comparisons take from repeated recordings of a site."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gaitlab.analysis.change import COMPARED, SiteReliability
from gaitlab.analysis.change.conditions import method_of, views_of
from gaitlab.analysis.reliability.estimate import ReliabilityStudy
from gaitlab.errors import UsageError

__all__ = ["site_of"]


def site_of(study: ReliabilityStudy) -> SiteReliability:
    """Return the standard errors that comparisons use.

    Parameters
    ----------
    study
        Repeated recordings, all of one method.

    Returns
    -------
    site : SiteReliability
        Left and right are pooled, weighted by their degrees of freedom, of which the larger number is kept: the legs of
        one person do not count twice. Parameters with too few repeats are not in it.

    Raises
    ------
    UsageError
        If the recordings were analysed with different versions.
    """
    methods = {method_of(repeat.result) for repeat in study.repeats}
    if len(methods) > 1:
        raise UsageError("The recordings were analysed with different versions; analyse all with this one.")
    known = study.table[study.table["status"] == "estimated"]
    by_parameter = {str(name): rows for name, rows in known.groupby("parameter", sort=False)}
    pooled = {name: _pooled(rows, relative=COMPARED[name].relative) for name, rows in by_parameter.items()}
    views = {
        name: {view for repeat in study.repeats for view in views_of(repeat.result, COMPARED[name].curve)}
        for name in pooled
    }
    return SiteReliability(
        sem={name: pool["sem"] for name, pool in pooled.items()},
        stride_sd={name: pool["stride_sd"] for name, pool in pooled.items() if np.isfinite(pool["stride_sd"])},
        strides={name: pool["strides"] for name, pool in pooled.items() if np.isfinite(pool["stride_sd"])},
        df={name: pool["df"] for name, pool in pooled.items()},
        views=tuple(sorted({clip.view.view for repeat in study.repeats for clip in repeat.result.clips})),
        views_of={name: tuple(sorted(of_parameter)) for name, of_parameter in views.items()},
        method=methods.pop(),
        people=len({repeat.participant for repeat in study.repeats}),
        recordings=len(study.repeats),
    )


def _pooled(rows: pd.DataFrame, *, relative: bool) -> dict[str, float]:
    scale = float(np.abs(np.average(rows["mean"], weights=rows["df"]))) if relative else 1.0
    squares = {name: float(np.average(rows[name] ** 2, weights=rows["df"])) for name in ("sem", "stride_sd")}
    return {
        "sem": np.sqrt(squares["sem"]) / scale,
        "stride_sd": np.sqrt(squares["stride_sd"]) / scale,
        "df": float(rows["df"].max()),
        "strides": float(rows["strides"].min()),
    }
