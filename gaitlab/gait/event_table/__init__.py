"""Tables of heel strikes and toe-offs made by hand or with another program: read rightly, or refused by row."""

from gaitlab.gait.event_table.read import BY_HAND_S, read_events
from gaitlab.gait.event_table.times import VideoTimes

__all__ = ["BY_HAND_S", "VideoTimes", "read_events"]
