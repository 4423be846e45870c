"""Figures of an analysis: kinematic graphs, deviation map, partial GVS, events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gaitlab.core.processes import imported_on_use

if TYPE_CHECKING:
    from gaitlab.analysis.queries import available_measures, subsample_strides
    from gaitlab.plots.change import compared_measures, plot_change
    from gaitlab.plots.curves import kinematics_size_in, plot_curves, plot_kinematics
    from gaitlab.plots.deviations import deviation_map_size_in, plot_deviation_map, plot_partial_gvs
    from gaitlab.plots.groups import plot_groups
    from gaitlab.plots.laboratory import plot_laboratory
    from gaitlab.plots.repeats import plot_bland_altman
    from gaitlab.plots.timeline import events_axes, events_size_in, plot_events

__all__ = [
    "available_measures",
    "compared_measures",
    "deviation_map_size_in",
    "events_axes",
    "events_size_in",
    "kinematics_size_in",
    "plot_bland_altman",
    "plot_change",
    "plot_curves",
    "plot_deviation_map",
    "plot_events",
    "plot_groups",
    "plot_kinematics",
    "plot_laboratory",
    "plot_partial_gvs",
    "subsample_strides",
]

__getattr__ = imported_on_use(  # ``gaitlab.style`` needs no Matplotlib
    __name__,
    {
        "gaitlab.analysis.queries": "available_measures subsample_strides",
        "gaitlab.plots.change": "compared_measures plot_change",
        "gaitlab.plots.curves": "kinematics_size_in plot_curves plot_kinematics",
        "gaitlab.plots.deviations": "deviation_map_size_in plot_deviation_map plot_partial_gvs",
        "gaitlab.plots.groups": "plot_groups",
        "gaitlab.plots.laboratory": "plot_laboratory",
        "gaitlab.plots.repeats": "plot_bland_altman",
        "gaitlab.plots.timeline": "events_axes events_size_in plot_events",
    },
)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
