"""What is done with results that exist: the change between visits, exports for other tools, studies of many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from gaitlab.analysis.change import SiteReliability, compare_visits, read_site
from gaitlab.analysis.change.recompute import with_one_method
from gaitlab.analysis.groups import read_curves, study_groups
from gaitlab.analysis.options import Progress
from gaitlab.analysis.reliability import estimate_reliability, read_repeats
from gaitlab.analysis.result_files import write_result
from gaitlab.api.analysis import Analysis
from gaitlab.api.walk import load
from gaitlab.exchange import WORKBOOK_FORMAT, ExportOptions, Units, export_result, export_tables
from gaitlab.exchange.against_laboratory import compare_with_laboratory
from gaitlab.exchange.laboratory import read_laboratory
from gaitlab.report.comparison import Comparison
from gaitlab.report.films import film_of
from gaitlab.report.groups import Groups
from gaitlab.report.laboratory import LaboratoryComparison
from gaitlab.report.reliability import Reliability

__all__ = [
    "Comparison",
    "Groups",
    "LaboratoryComparison",
    "Reliability",
    "compare",
    "export",
    "groups",
    "laboratory",
    "reliability",
]


def compare(
    *visits: str | Path | Analysis,
    labels: Sequence[str] | None = None,
    reliability: str | Path | SiteReliability | None = None,
    videos: str | Path | Sequence[str | Path] = (),
    recompute: bool = True,
    progress: Progress | None = None,
) -> Comparison:
    """Compare visits of one person with the first of them.

    Visits that were analysed with different versions are analysed again with the present one, from their videos. Where
    a video is gone, the landmarks are used if they are still those that this version finds.

    Parameters
    ----------
    *visits
        Two or more output folders, or analyses, in the order of time. The page shows the overlay videos of folders.
    labels
        Their names; ``None``: those of the folders, with the folder above where these repeat, of analyses those of the
        videos.
    reliability
        The site's own standard errors, from ``gaitlab.reliability``: its file or folder; ``None``: the built-in ones.
    videos
        Folders, or files, with the videos of visits of another version, if these are neither next to the output folder
        nor in the current folder.
    recompute
        Whether visits of another version are analysed again; otherwise they are not compared.
    progress
        Called with the frames done and to do while a video is analysed again.

    Returns
    -------
    comparison : Comparison

    Raises
    ------
    UsageError
        If there are fewer than two visits, names are repeated, the visits are stated to be of different people, or
        were filmed or analysed in another way than the recordings of the reliability file.
    InputError
        If a folder is not an output of gaitlab, or the file is no reliability file.

    See Also
    --------
    reliability : how large a change must be to count
    Analysis.save : writes the folders

    Examples
    --------
    >>> change = gaitlab.compare("visit_1", "visit_2")  # doctest: +SKIP
    >>> change.table.query("status == 'changed'")  # doctest: +SKIP

    Two analyses are compared as well; here the right hip extends 6° more in the second walk:

    >>> from gaitlab.simulate import Gait, simulate_walk
    >>> from gaitlab.testing import analyze_simulation, example_analysis
    >>> later = simulate_walk(Gait(hip_extension_loss_deg=(0.0, 2.0)), treadmill=True, duration_s=6)
    >>> change = compare(example_analysis(), analyze_simulation(later), labels=("before", "after"))
    >>> row = change.table.query("parameter == 'hip_extension_deg' and side == 'right'").iloc[0]
    >>> round(float(row["change"])), row["status"]
    (6, 'changed')
    """
    names = labels or _names(visits)
    results = [v if isinstance(v, Analysis) else load(v) for v in visits]
    site = read_site(Path(reliability)) if isinstance(reliability, (str, Path)) else reliability
    films = [None if isinstance(v, Analysis) else film_of(of, Path(v)) for v, of in zip(visits, results, strict=True)]
    given = [videos] if isinstance(videos, (str, Path)) else videos
    places = [[*map(Path, given), *_usual_places(visit)] for visit in visits]
    as_they_are = [(result, ()) for result in results]
    again = with_one_method(results, names, places, progress) if recompute else as_they_are
    compared = compare_visits([result for result, _ in again], names, site)
    (_, of_first), *of_others = again
    notes = zip(of_others, compared.notes, strict=True)
    noted = tuple((*of_first, *of_visit, *differing) for (_, of_visit), differing in notes)
    return Comparison.of(replace(compared, notes=noted), films)


def _usual_places(visit: str | Path | Analysis) -> list[Path]:
    """Return where the videos of a visit may be: next to its output folder, and in the current folder."""
    return [Path()] if isinstance(visit, Analysis) else [Path(visit).resolve().parent, Path()]


def _names(visits: Sequence[str | Path | Analysis]) -> list[str]:
    names = [v.video.stem if isinstance(v, Analysis) else Path(v).resolve().name for v in visits]
    return [
        name if names.count(name) == 1 or isinstance(visit, Analysis) else f"{Path(visit).resolve().parent.name}/{name}"
        for name, visit in zip(names, visits, strict=True)
    ]


def export(
    result: str | Path | Analysis,
    to: str,
    folder: str | Path,
    *,
    units: Units = "px",
    participant: str = "01",
    session: str = "",
    force: bool = False,
) -> Path:
    """Write a result in the format of another tool.

    Parameters
    ----------
    result
        An output folder, or an analysis; for ``xlsx`` a folder with tables, also of a batch, comparison or study.
    to
        ``trc``, ``mot``, ``c3d``, ``bids``, ``netcdf`` or ``xlsx``, or the name of a format that a plug-in adds.
    folder
        Where; it must not exist unless ``force`` is given.
    units
        Of landmarks: ``px`` of the image, or ``m`` in the walking plane of a side view, scaled by the body height.
    participant, session
        Labels of a BIDS data set.
    force
        Replace an earlier export there.

    Returns
    -------
    folder : pathlib.Path
        With the files of the format, and ``export.json`` with units, axes, and what is not in them.

    Raises
    ------
    UsageError
        If there is no such format, or metres are wanted and the scale is not known.
    MissingLibraryError
        If the format needs a library that is not installed.

    See Also
    --------
    Analysis.save : writes gaitlab's own formats
    laboratory : compare with files of a gait laboratory

    Examples
    --------
    >>> gaitlab.export("result", "trc", "for_opensim", units="m")  # doctest: +SKIP
    >>> from tempfile import TemporaryDirectory
    >>> from gaitlab.testing import example_analysis
    >>> with TemporaryDirectory() as folder:
    ...     written = export(example_analysis(), "mot", Path(folder) / "for_opensim")
    ...     sorted(path.name for path in written.iterdir())
    ['angles.mot', 'export.json']
    """
    if to == WORKBOOK_FORMAT and not isinstance(result, Analysis):
        return export_tables(Path(result), Path(folder), force=force)
    analysis = result if isinstance(result, Analysis) else load(result)
    if to == WORKBOOK_FORMAT:
        with TemporaryDirectory() as tables:
            write_result(analysis, Path(tables))
            return export_tables(Path(tables), Path(folder), force=force)
    options = ExportOptions(units=units, participant=participant, session=session)
    return export_result(analysis, to, Path(folder), options, force=force)


def reliability(source: str | Path) -> Reliability:
    """Estimate how far repeated recordings of the same people differ: SEM, smallest detectable change and ICC.

    Parameters
    ----------
    source
        The output folder of a batch whose list had the column ``participant``, and ``session`` where a session has
        several recordings; or a list (CSV) with ``participant``, ``result`` and ``session``.

    Returns
    -------
    study : Reliability

    Raises
    ------
    InputError
        If there is no such folder or list, or a column is missing.
    UsageError
        If fewer than two people were recorded twice.

    See Also
    --------
    compare : uses it to judge a change
    gaitlab.plots.plot_bland_altman : the differences as a figure
    gaitlab.simulate.write_study : a simulated study to try it with

    Examples
    --------
    >>> study = gaitlab.reliability("repeats_batch")  # doctest: +SKIP
    >>> study.save("reliability")  # doctest: +SKIP
    >>> gaitlab.compare("visit_1", "visit_2", reliability="reliability")  # doctest: +SKIP
    """
    return Reliability.of(estimate_reliability(read_repeats(Path(source))))


def laboratory(result: str | Path | Analysis, file: str | Path, *, lag_s: float | None = None) -> LaboratoryComparison:
    """Compare a video with a gait laboratory's measurement of the same walk.

    Parameters
    ----------
    result
        An output folder, or an analysis, of one video.
    file
        C3D with the angles of the conventional gait model; MOT or STO with coordinates of OpenSim; TRC with markers at
        the joints.
    lag_s
        What is to be added to the laboratory's times; ``None``: it is found by the events, or by the angles.

    Returns
    -------
    comparison : LaboratoryComparison

    Raises
    ------
    InputError
        If the file cannot be read, or has no angle that can be compared.
    UsageError
        If both do not show the same walk.
    MissingLibraryError
        If a C3D file is given, and ezc3d is not installed.

    See Also
    --------
    gaitlab.plots.plot_laboratory : both curves as a figure
    export : write a result for other tools

    Examples
    --------
    >>> comparison = gaitlab.laboratory("result", "walk.c3d")  # doctest: +SKIP
    >>> comparison.table.query("phase == 'cycle'")  # doctest: +SKIP

    A file of angles of the same walk, here that of the video itself:

    >>> from tempfile import TemporaryDirectory
    >>> from gaitlab.testing import example_analysis
    >>> with TemporaryDirectory() as folder:
    ...     file = export(example_analysis(), "mot", Path(folder) / "for_opensim") / "angles.mot"
    ...     comparison = laboratory(example_analysis(), file)
    >>> abs(comparison.lag.lag_s) < 0.01
    True
    """
    analysis = result if isinstance(result, Analysis) else load(result)
    return LaboratoryComparison.of(compare_with_laboratory(analysis, read_laboratory(Path(file)), lag_s))


def groups(folder: str | Path, by: str) -> Groups:
    """Compare mean curves of groups or conditions over the whole gait cycle.

    Parameters
    ----------
    folder
        Output of a batch whose list has the column ``by``, and ``participant`` where people have several visits.
    by
        The column that names the group or condition.

    Returns
    -------
    study : Groups
        Mean curves with simultaneous bands; the difference of each group from the first, of the same people where they
        are in both.

    Raises
    ------
    InputError
        If the folder is not one of a batch, or has no such column.
    UsageError
        If no group has four people.

    See Also
    --------
    gaitlab.plots.plot_groups : the bands as a figure
    reliability : repeated recordings of the same people

    Examples
    --------
    >>> study = gaitlab.groups("study_batch", by="condition")  # doctest: +SKIP
    >>> study.plot("hip_flexion").savefig("hip.png")  # doctest: +SKIP
    """
    return Groups.of(study_groups(read_curves(Path(folder), by), by))
