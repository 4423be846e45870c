"""What a reader put right: events, strides, sides of a bout, the person, the pelvic level; from and to a small file."""

from gaitlab.gait.corrections.correction import Correction, CorrectionKind
from gaitlab.gait.corrections.events import apply_corrections, compare_events, swap_sides
from gaitlab.gait.corrections.level import swap_side
from gaitlab.gait.corrections.person import add_person_choice, check_chosen_person, person_choice, person_not_found
from gaitlab.gait.corrections.strides import current_start_s, exclude_strides
from gaitlab.gait.corrections.table_check import check_foot_order, event_table_warnings
from gaitlab.gait.corrections.video_corrections import Corrections, read_corrections, write_corrections

__all__ = [
    "Correction",
    "CorrectionKind",
    "Corrections",
    "add_person_choice",
    "apply_corrections",
    "check_chosen_person",
    "check_foot_order",
    "compare_events",
    "current_start_s",
    "event_table_warnings",
    "exclude_strides",
    "person_choice",
    "person_not_found",
    "read_corrections",
    "swap_side",
    "swap_sides",
    "write_corrections",
]
