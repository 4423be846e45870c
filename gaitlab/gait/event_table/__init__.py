"""Tables of heel strikes and toe-offs made manually or with another program: read rightly, or refused by row."""

from gaitlab.gait.event_table.read import MANUAL_EVENT_UNCERTAINTY_S, read_events
from gaitlab.gait.event_table.times import VideoTimes

__all__ = ["MANUAL_EVENT_UNCERTAINTY_S", "VideoTimes", "read_events"]
