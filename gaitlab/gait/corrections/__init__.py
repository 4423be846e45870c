"""What a reader put right: events, strides, sides of a bout, the person, the pelvic level; from and to a small file."""

from gaitlab.gait.corrections.change import Change, ChangeKind
from gaitlab.gait.corrections.events import apply_changes, compare_events, swap_sides
from gaitlab.gait.corrections.fit import check_feet, table_doubts
from gaitlab.gait.corrections.level import on_other_side
from gaitlab.gait.corrections.made import Corrections, read_corrections, write_corrections
from gaitlab.gait.corrections.person import check_found, choice_of, not_found, with_choice
from gaitlab.gait.corrections.strides import leave_out_strides, start_now_s

__all__ = [
    "Change",
    "ChangeKind",
    "Corrections",
    "apply_changes",
    "check_feet",
    "check_found",
    "choice_of",
    "compare_events",
    "leave_out_strides",
    "not_found",
    "on_other_side",
    "read_corrections",
    "start_now_s",
    "swap_sides",
    "table_doubts",
    "with_choice",
    "write_corrections",
]
