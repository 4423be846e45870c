"""The result of an analysis, with what can be done with it: plots, report, saving."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gaitlab import plots, report
from gaitlab.analysis.options import FILM_LINES, Progress, validate_decimal, validate_film_lines
from gaitlab.analysis.result import AnalysisResult
from gaitlab.analysis.result_files import write_result
from gaitlab.core.output import atomic_folder
from gaitlab.errors import UsageError
from gaitlab.pose.imported import IMPORTED_FROM
from gaitlab.schema.codes import DecimalSign
from gaitlab.schema.messages.numbers import counted
from gaitlab.video import probe

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure
    from numpy.typing import ArrayLike

__all__ = ["Analysis"]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Analysis(AnalysisResult):
    """The result of ``analyze``: the data of an ``AnalysisResult``, to be plotted, reported and saved.

    Attributes
    ----------
    parts
        Of several videos the analysis of each, in their order; empty: there is one video. All other fields are those of
        ``gaitlab.analysis.AnalysisResult``.

    See Also
    --------
    gaitlab.analysis.AnalysisResult : the fields
    gaitlab.load : read a saved result
    gaitlab.review.review : go through a result against its video

    Examples
    --------
    >>> from gaitlab.testing import example_analysis
    >>> analysis = example_analysis()
    >>> analysis
    <gaitlab.Analysis 'simulation', view left, strides: 7 left, 6 right, 3 withheld>
    >>> extension = analysis.spatiotemporal.query("parameter == 'hip_extension_deg'")
    >>> extension[["side", "value", "uncertainty", "unit"]].round(0).values.tolist()
    [['left', 20.0, 7.0, 'deg'], ['right', 13.0, 7.0, 'deg']]
    """

    parts: tuple[Analysis, ...] = ()

    @classmethod
    def of(cls, result: AnalysisResult) -> Analysis:
        """Build an ``Analysis`` from the plain data of a result.

        Parameters
        ----------
        result
            The data.

        Returns
        -------
        analysis : Analysis
            With the same fields; each of the ``parts`` is an ``Analysis``, too.

        Examples
        --------
        >>> from gaitlab.testing import example_analysis
        >>> Analysis.of(example_analysis()).video.stem
        'simulation'
        """
        values = {field.name: getattr(result, field.name) for field in fields(result)}
        return cls(**values | {"parts": tuple(map(cls.of, result.parts))})

    @property
    def clips(self) -> tuple[Analysis, ...]:
        """The analysis of each video; of one video this one."""
        return self.parts or (self,)

    def save(
        self,
        folder: str | Path,
        *,
        video: str | Path | Sequence[str | Path] | None = None,
        films: Mapping[str, Path] | None = None,
        show_faces: bool = False,
        force: bool = False,
        film_lines: int = FILM_LINES.default,
        decimal: DecimalSign = "point",
        progress: Progress | None = None,
        report_ready: Callable[[Path], None] | None = None,
    ) -> Path:
        """Write the output folder: tables, landmarks, summary, figures, report and, given the video, the overlay.

        Parameters
        ----------
        folder
            Where; it must not exist unless ``force`` is given.
        video
            The analysed video, for ``overlay.mp4`` and pictures in the report; of several videos all, in their order,
            those too in which nothing could be measured. ``None``: no overlay; nor is there one of landmarks of another
            tool, with which the faces to blur are not known.
        films
            Overlays of an earlier result that are the same, by the stem of the video: copied, not drawn again.
        show_faces
            Do not blur faces in the overlay and in what the report shows of it.
        force
            Replace an earlier result there.
        film_lines
            Pixels of the shorter edge of the picture of the overlay and of the video in the report, 240 to 2160, if the
            video has more: the report draws skeleton, angles and phases itself.
        decimal
            Decimal sign of the tables; with ``comma`` their columns are separated by semicolons.
        progress
            Called with the overlay frames done and to do.
        report_ready
            Called with the path of ``report.html`` once it can be read; figures, overlay and PDF are added to the
            folder after that. ``None``: the folder appears when all of it is written.

        Returns
        -------
        folder : pathlib.Path

        Raises
        ------
        OutputError
            If the folder exists or cannot be written; nothing is left behind then, unless ``report_ready`` was called:
            then the folder has the report and the data.
        UsageError
            If not as many videos are given as were analysed, or ``decimal`` or ``film_lines`` is not allowed.

        See Also
        --------
        gaitlab.load : read the folder
        gaitlab.export : write the formats of other tools

        Examples
        --------
        >>> analysis = gaitlab.analyze("walk.mp4")  # doctest: +SKIP
        >>> analysis.save("result", video="walk.mp4")  # doctest: +SKIP
        >>> from gaitlab.testing import example_analysis
        >>> example_analysis().save("result", decimal="dot")
        Traceback (most recent call last):
        gaitlab.errors.UsageError: The decimal sign 'dot' is not available; allowed are point, comma.
        """
        validate_decimal(decimal)
        videos, place = self._videos(video), Path(folder)
        lines = validate_film_lines(film_lines)
        shown: dict[str, Any] = {"show_faces": show_faces, "film_lines": lines, "drawn": films}
        if report_ready is None:
            with atomic_folder(place, force=force) as new:
                write_result(self, new, decimal)
                report.write_reports(self, new, videos=videos, **shown, progress=progress)
            return place
        report.save_report_first(
            place,
            lambda new: write_result(self, new, decimal),
            lambda: report.Reports.of(self, videos=videos, **shown),
            report_ready,
            films=bool(videos),
            force=force,
            progress=progress,
        )
        return place

    def _videos(self, video: str | Path | Sequence[str | Path] | None) -> list[Path]:
        """Return the video of each clip; of more than there are clips those whose bytes were measured."""
        given = () if video is None else (video,) if isinstance(video, (str, Path)) else video
        paths = [Path(path) for path in given]
        if any(IMPORTED_FROM in clip.landmarks.attrs for clip in self.clips):  # other people were not looked for
            return []
        if len(paths) > len(self.clips):
            measured = {probe(path).sha256: path for path in paths}
            paths = [measured[clip.video.sha256] for clip in self.clips if clip.video.sha256 in measured]
        if given and len(paths) != len(self.clips):
            raise UsageError(
                f"{counted(len(given), 'video was', 'videos were')} specified, but {len(self.clips)} were analysed; "
                "specify each of them."
            )
        return paths

    def report(self, path: str | Path) -> Path:
        """Write the report alone.

        Parameters
        ----------
        path
            The file: ``.pdf`` gives a PDF, any other ending HTML.

        Returns
        -------
        path : pathlib.Path
            The file.

        Examples
        --------
        >>> analysis.report("report.pdf")  # doctest: +SKIP
        """
        path = Path(path)
        (report.write_pdf if path.suffix.lower() == ".pdf" else report.write_html)(self, path)
        return path

    def plot_curves(self, measure: str, ax: Axes | None = None) -> Axes:
        """Draw one measure over the gait cycle (``gaitlab.plots.plot_curves``).

        Parameters
        ----------
        measure, ax
            As for ``gaitlab.plots.plot_curves``.

        Returns
        -------
        ax : matplotlib.axes.Axes

        Examples
        --------
        >>> figure, axes = plt.subplots(1, 2, figsize=(11, 4))  # doctest: +SKIP
        >>> before.plot_curves("hip_flexion", ax=axes[0])  # doctest: +SKIP
        >>> after.plot_curves("hip_flexion", ax=axes[1])  # doctest: +SKIP
        """
        return plots.plot_curves(self, measure, ax=ax)

    def plot_kinematics(
        self, measures: Sequence[str] | None = None, *, ax: Axes | ArrayLike | None = None
    ) -> Figure | SubFigure:
        """Draw all given measures (``gaitlab.plots.plot_kinematics``).

        Parameters
        ----------
        measures, ax
            As for ``gaitlab.plots.plot_kinematics``.

        Returns
        -------
        figure : matplotlib.figure.Figure

        Examples
        --------
        >>> figure, axes = plt.subplots(1, 2, figsize=(11, 4))  # doctest: +SKIP
        >>> analysis.plot_kinematics(["hip_flexion", "knee_flexion"], ax=axes)  # doctest: +SKIP
        """
        return plots.plot_kinematics(self, measures, ax=ax)

    def plot_deviation_map(self, ax: Axes | ArrayLike | None = None) -> Figure | SubFigure:
        """Draw the deviations by phase and measure (``gaitlab.plots.plot_deviation_map``).

        Parameters
        ----------
        ax
            Two axes, left and right side; ``None``: a new figure.

        Returns
        -------
        figure : matplotlib.figure.Figure

        Examples
        --------
        >>> figure, axes = plt.subplots(2, figsize=(8, 6))  # doctest: +SKIP
        >>> analysis.plot_deviation_map(ax=axes)  # doctest: +SKIP
        """
        return plots.plot_deviation_map(self, ax=ax)

    def plot_partial_gvs(self, ax: Axes | None = None) -> Axes:
        """Draw the partial gait variable scores (``gaitlab.plots.plot_partial_gvs``).

        Parameters
        ----------
        ax
            Where to draw; ``None``: a new figure.

        Returns
        -------
        ax : matplotlib.axes.Axes

        Examples
        --------
        >>> analysis.plot_partial_gvs().figure.savefig("scores.png")  # doctest: +SKIP
        """
        return plots.plot_partial_gvs(self, ax=ax)

    def plot_events(self, ax: Axes | None = None) -> Axes:
        """Draw the events of both feet over time (``gaitlab.plots.plot_events``).

        Parameters
        ----------
        ax
            Where to draw; ``None``: a new figure.

        Returns
        -------
        ax : matplotlib.axes.Axes

        Examples
        --------
        >>> ax = analysis.plot_events()  # doctest: +SKIP
        >>> ax.set_xlim(2, 5)  # doctest: +SKIP
        """
        return plots.plot_events(self, ax=ax)

    def _repr_html_(self) -> str:
        """Return what Jupyter shows: a card with the finding, the hip panel and the main graph."""
        return report.analysis_card(self)
