"""A study of simulated walkers: people, sessions and videos that differ by known amounts, as files and a list."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gaitlab.core.formats import TrcFile, write_trc
from gaitlab.schema import LANDMARKS
from gaitlab.simulate.camera import Camera
from gaitlab.simulate.gait import Gait
from gaitlab.simulate.walk import Simulation, simulate_walk

__all__ = ["StudyDesign", "StudyWalk", "simulate_study", "write_study"]


@dataclass(frozen=True, kw_only=True)
class StudyDesign:
    """The design of a simulated study: who is recorded how often, and by how much the loss of hip extension differs.

    Attributes
    ----------
    participants, sessions, videos
        Number of people, of sessions of each, and of videos of each session.
    mean_loss_deg
        Mean loss of hip extension of both legs, degrees.
    person_sd_deg, session_sd_deg, video_sd_deg
        Its standard deviation between people, between sessions of one person, and between videos of one session,
        degrees.
    duration_s, noise_px
        Duration of each video, seconds, and standard deviation of the noise of its landmarks, pixels.

    See Also
    --------
    simulate_study : simulates it
    gaitlab.reliability : estimates these deviations

    Examples
    --------
    >>> StudyDesign(participants=10).sessions
    2
    """

    participants: int = 6
    sessions: int = 2
    videos: int = 2
    mean_loss_deg: float = 10.0
    person_sd_deg: float = 4.0
    session_sd_deg: float = 1.0
    video_sd_deg: float = 0.5
    duration_s: float = 4.5
    noise_px: float = 1.0


@dataclass(frozen=True, kw_only=True, eq=False)
class StudyWalk:
    """One video of a study: whose it is, and what is true.

    Attributes
    ----------
    participant
        Name of the person, for example ``p1``.
    session, video
        Numbers of the session and of the video in it, from 1.
    loss_deg
        True loss of hip extension in this video, degrees.
    simulation
        The walk.

    See Also
    --------
    simulate_study : gives them

    Examples
    --------
    >>> walk = next(simulate_study())
    >>> walk.name, round(walk.loss_deg, 1)
    ('p1_s1_v1', 11.2)
    """

    participant: str
    session: int
    video: int
    loss_deg: float
    simulation: Simulation

    @property
    def name(self) -> str:
        """Of the visit and its file."""
        return f"{self.participant}_s{self.session}_v{self.video}"


def simulate_study(design: StudyDesign | None = None, seed: int = 0) -> Iterator[StudyWalk]:
    """Simulate the videos of a study, seen from the right on a treadmill.

    Parameters
    ----------
    design
        Default: six people, two sessions of two videos each.
    seed
        Seed of all differences and noise.

    Yields
    ------
    walk : StudyWalk
        Person by person, session by session.

    See Also
    --------
    write_study : writes them as files
    gaitlab.batch.tabulate : analyses them

    Examples
    --------
    >>> walks = list(simulate_study(StudyDesign(participants=2, sessions=1, videos=1)))
    >>> [walk.name for walk in walks]
    ['p1_s1_v1', 'p2_s1_v1']
    """
    design, rng = design or StudyDesign(), np.random.default_rng(seed)
    for person in range(1, design.participants + 1):
        own_deg = design.mean_loss_deg + design.person_sd_deg * rng.normal()
        stride_s = 1.1 + 0.05 * rng.normal()
        for session in range(1, design.sessions + 1):
            day_deg = own_deg + design.session_sd_deg * rng.normal()
            for video in range(1, design.videos + 1):
                loss_deg = day_deg + design.video_sd_deg * rng.normal()
                gait = Gait(hip_extension_loss_deg=(loss_deg, loss_deg), stride_time_s=stride_s)
                simulation = simulate_walk(
                    gait,
                    camera=Camera(view="right"),
                    treadmill=True,
                    duration_s=design.duration_s,
                    noise_px=design.noise_px,
                    seed=int(rng.integers(2**31)),
                )
                yield StudyWalk(
                    participant=f"p{person}", session=session, video=video, loss_deg=loss_deg, simulation=simulation
                )


def write_study(folder: Path, design: StudyDesign | None = None, seed: int = 0) -> Path:
    """Write a study as a researcher has it: a TRC file of landmarks for each video, and the list for a batch.

    Parameters
    ----------
    folder
        Where; it is made if it does not exist.
    design, seed
        As for ``simulate_study``.

    Returns
    -------
    path : pathlib.Path
        The list, with the own columns ``participant``, ``session`` and ``true_loss_deg``.

    See Also
    --------
    gaitlab.batch.tabulate : analyses the list
    gaitlab.reliability : how far the sessions differ

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> small = StudyDesign(participants=1, sessions=1, videos=1, duration_s=2.0)
    >>> with TemporaryDirectory() as folder:
    ...     print(write_study(Path(folder), small).read_text().splitlines()[0])
    visit,video,participant,session,height_cm,treadmill_speed,true_loss_deg
    """
    folder.mkdir(parents=True, exist_ok=True)
    rows: list[tuple[object, ...]] = []
    for walk in simulate_study(design, seed):
        places = walk.simulation.landmarks["position"].to_numpy()
        trc = TrcFile(
            names=LANDMARKS,
            time_s=walk.simulation.landmarks["time"].to_numpy(),
            position=np.concatenate([places, np.zeros((*places.shape[:2], 1))], axis=-1),
            units="px",
            rate_hz=30.0,
        )
        write_trc(trc, folder / f"{walk.name}.trc")
        body_cm = round(100 * walk.simulation.body.height_m)
        speed_mps = round(walk.simulation.speed_mps, 2)
        known = (walk.participant, walk.session, body_cm, speed_mps, f"{walk.loss_deg:.2f}")
        rows.append((walk.name, f"{walk.name}.trc", *known))
    path = folder / "study.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        added = ["participant", "session", "height_cm", "treadmill_speed", "true_loss_deg"]
        writer.writerow(["visit", "video", *added])
        writer.writerows(rows)
    return path
