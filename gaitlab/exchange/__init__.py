"""Results for other people's tools: exports in the formats they read."""

from __future__ import annotations

from gaitlab.exchange.export import EXPORTS, export_result
from gaitlab.exchange.recording import Exporter, ExportOptions, Recording, Units
from gaitlab.exchange.workbook import WORKBOOK_FORMAT, export_tables

__all__ = [
    "EXPORTS",
    "WORKBOOK_FORMAT",
    "ExportOptions",
    "Exporter",
    "Recording",
    "Units",
    "export_result",
    "export_tables",
]
