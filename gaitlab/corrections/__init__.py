"""What a reader put right by hand: events, strides left out, sides of a bout exchanged; from and to a small file."""

from gaitlab.corrections.change import Change, ChangeKind
from gaitlab.corrections.events import apply_changes, compare_events
from gaitlab.corrections.fit import check_feet, table_doubts
from gaitlab.corrections.made import Corrections, read_corrections, write_corrections
from gaitlab.corrections.strides import LEFT_OUT, leave_out_strides, start_now_s

__all__ = [
    "LEFT_OUT",
    "Change",
    "ChangeKind",
    "Corrections",
    "apply_changes",
    "check_feet",
    "compare_events",
    "leave_out_strides",
    "read_corrections",
    "start_now_s",
    "table_doubts",
    "write_corrections",
]
