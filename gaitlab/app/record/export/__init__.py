"""The record of a patient for other programs: a table, and FHIR R4."""

from __future__ import annotations

from gaitlab.app.record.export.fhir import fhir_bundle
from gaitlab.app.record.export.table import TABLE_COLUMNS, record_table

__all__ = ["TABLE_COLUMNS", "fhir_bundle", "record_table"]
