"""Types of arrays, for annotations. Imports NumPy only, so that worker processes start as fast as before."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["FloatArray"]

FloatArray = NDArray[np.float64]
