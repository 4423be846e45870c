"""The record of a patient for other programs: a table, and FHIR R4."""

from __future__ import annotations

from gaitlab.record.export.fhir import fhir_bundle
from gaitlab.record.export.table import TABLE_COLUMNS, record_table

__all__ = ["TABLE_COLUMNS", "fhir_bundle", "record_table"]
