"""The parameters of an analysis before and after corrections."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from gaitlab.api import Analysis

__all__ = ["compare_parameters"]


def compare_parameters(before: Analysis, after: Analysis, parameters: Sequence[str] | None = None) -> pd.DataFrame:
    """Compare the parameters of two analyses of the same video, before and after a correction.

    Parameters
    ----------
    before, after
        The analyses.
    parameters
        Names in the table ``spatiotemporal``; None: all.

    Returns
    -------
    pandas.DataFrame
        A row a parameter and side: ``before``, ``after``, ``change`` (after minus before), and the 95 % half-width
        ``uncertainty`` of the value after; NaN where one of them does not give it.

    See Also
    --------
    Edits.recompute : gives the analysis after
    gaitlab.compare : visits at different times

    Examples
    --------
    >>> from gaitlab.testing import example_analysis
    >>> table = compare_parameters(example_analysis(), example_analysis(), ["cadence_spm"])
    >>> table["change"].tolist()
    [0.0]
    """
    keys = ["parameter", "side", "unit"]
    tables = [a.spatiotemporal[[*keys, "value", "uncertainty"]] for a in (before, after)]
    table = tables[0].merge(tables[1], on=keys, how="outer", suffixes=("_before", "_after"), sort=False)
    if parameters is not None:
        table = table[table["parameter"].isin(list(parameters))]
    table = table.rename(columns={"value_before": "before", "value_after": "after", "uncertainty_after": "uncertainty"})
    table["change"] = table["after"] - table["before"]
    return table[[*keys, "before", "after", "change", "uncertainty"]].reset_index(drop=True)
