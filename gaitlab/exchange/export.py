"""The export of a result: which formats there are, and the folder they are written to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from gaitlab.analysis.io import write_summary
from gaitlab.analysis.result import AnalysisResult
from gaitlab.core.output import atomic_folder
from gaitlab.core.plugins import guarded, load_plugin, plugin_error, plugin_names
from gaitlab.errors import UsageError
from gaitlab.exchange.bids import write_bids_export
from gaitlab.exchange.laboratory_file import write_c3d_export
from gaitlab.exchange.movement import write_movement_export
from gaitlab.exchange.opensim import write_mot_export, write_trc_export
from gaitlab.exchange.recording import Exporter, ExportOptions, Recording, recordings_of

__all__ = ["EXPORTS", "EXPORT_FILE", "export_result", "find_exporter"]

EXPORT_FILE: Final = "export.json"
"""What an export holds: format, units, axes, and what is not in the files."""

EXPORTS: Final[Mapping[str, Exporter]] = {
    exporter.name: exporter
    for exporter in (
        Exporter(name="trc", title="landmarks as markers (OpenSim, Pose2Sim)", write=write_trc_export),
        Exporter(name="mot", title="angles as coordinates (OpenSim)", write=write_mot_export),
        Exporter(name="c3d", title="points, angles and events (gait laboratories)", write=write_c3d_export),
        Exporter(name="bids", title="BIDS-Motion data set", write=write_bids_export),
        Exporter(name="netcdf", title="landmarks in the layout of the package movement", write=write_movement_export),
    )
}
"""The formats by name."""


def find_exporter(name: str) -> Exporter:
    """Find the exporter of a format, also of a plug-in; raise ``UsageError`` if there is none of this name."""
    if name in EXPORTS:
        return EXPORTS[name]
    others = plugin_names("exports")
    if name not in others:
        raise UsageError(f"The format {name!r} is unknown; allowed are {', '.join((*EXPORTS, 'xlsx', *others))}.")
    exporter = load_plugin("exports", name)
    if not isinstance(exporter, Exporter):
        raise plugin_error("exports", name, f"is {type(exporter).__name__} instead of an Exporter")
    return exporter


def export_result(
    result: AnalysisResult, to: str, folder: Path, options: ExportOptions, *, force: bool = False
) -> Path:
    """Write a result in the format of another tool.

    Parameters
    ----------
    result
        Of one video, or several of one visit: each video has its own files.
    to
        Name of the format.
    folder
        Where; it must not exist unless ``force`` is given.
    options
        What the user chose.
    force
        Replace an earlier export there.

    Returns
    -------
    folder : pathlib.Path
        With the files of the format, and ``export.json``.

    Raises
    ------
    UsageError
        If there is no such format, or metres are wanted and the scale is not known.
    PluginError
        If the format is that of a plug-in, and it fails or writes nothing.
    MissingLibraryError
        If the format needs a library that is not installed.
    OutputError
        If the folder exists or cannot be written.
    """
    exporter = find_exporter(to)
    recordings = recordings_of(result)
    with atomic_folder(folder, force=force) as new:
        contents = _written(to, exporter, recordings, new, options)
        head = {
            "format": to,
            "gaitlab_version": recordings[0].versions.get("gaitlab", ""),
            "views": [recording.view for recording in recordings],
            "px_per_m": [recording.px_per_m for recording in recordings] if options.units == "m" else None,
        }
        write_summary(head | dict(contents), new / EXPORT_FILE)
    return folder


def _written(
    to: str, exporter: Exporter, recordings: Sequence[Recording], folder: Path, options: ExportOptions
) -> Mapping[str, Any]:
    """Write the files, and return what they hold; what an exporter of another package does is checked."""
    if to in EXPORTS:
        return exporter.write(recordings, folder, options)
    with guarded("exports", to):
        contents = dict(exporter.write(recordings, folder, options))
        files = [path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".")]
        write_summary(contents, folder / EXPORT_FILE)
    if not files:
        raise plugin_error("exports", to, "wrote no file")
    return contents
