"""Places in a video, in the pixels of a smaller film of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import xarray as xr

from gaitlab.pose import PeopleRecord
from gaitlab.schema.array_types import FloatArray

__all__ = ["scaled_landmarks", "scaled_people"]


def scaled_landmarks(landmarks: xr.Dataset, scale: FloatArray) -> xr.Dataset:
    """Return landmarks (``schema.validate_landmarks``), and boxes of others, x and y times ``scale``, shape (2,)."""
    factors = {"position": scale, "other_people": np.tile(scale, 2)}
    places = {name: landmarks[name] for name in factors if name in landmarks}
    return landmarks.assign({name: place.copy(data=place.to_numpy() * factors[name]) for name, place in places.items()})


def scaled_people(people: PeopleRecord | None, scale: FloatArray) -> PeopleRecord | None:
    """Return who was found in a video, x and y of the boxes times ``scale``, shape (2,)."""
    if people is None:
        return None
    x, y = (float(factor) for factor in scale)
    persons = [
        replace(person, box=(x * person.box[0], y * person.box[1], x * person.box[2], y * person.box[3]))
        for person in people.persons
    ]
    return replace(people, persons=tuple(persons))
