"""Review of a result against its video, and correction of events: as values, and as a widget for notebooks."""

from gaitlab.review.comparison import compare_parameters
from gaitlab.review.edits import Edits
from gaitlab.review.timing import Stride, frame_time_s, nearest_frame
from gaitlab.review.widget import ReviewWidget, review

__all__ = ["Edits", "ReviewWidget", "Stride", "compare_parameters", "frame_time_s", "nearest_frame", "review"]
