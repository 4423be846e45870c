"""The video of a test: what is drawn on a frame, measured or refused, and the names of the files."""

from __future__ import annotations

import numpy as np
import pytest
from walkers import video_of, walk

from gaitlab.analysis.image_estimates import ImageEstimates
from gaitlab.analysis.options import Options
from gaitlab.analysis.task_video import TaskVideo, measure_task
from gaitlab.report.examination import film as film_module
from gaitlab.report.examination.film import TestFilm
from gaitlab.report.overlay.drawing import SIDE_RGB
from gaitlab.simulate import Camera, Stairs, simulate_stairs
from gaitlab.tasks import find_task


@pytest.fixture(scope="module")
def stairs() -> TaskVideo:
    landmarks = simulate_stairs(Stairs(), Camera(distance_m=6.0, view="right", height_m=1.0))
    return examined(landmarks)


def examined(landmarks: object) -> TaskVideo:
    pictures = ImageEstimates(path=None, sha256="", use_cache=False)
    return measure_task(landmarks, video_of(landmarks), find_task("stairs"), Options(), pictures)


def drawn(test: TaskVideo, time_s: float, *, show_faces: bool = True) -> np.ndarray:
    noise = np.random.default_rng(0).integers(0, 255, (test.video.height_px, test.video.width_px, 3), dtype=np.uint8)
    return TestFilm.of(test, show_faces=show_faces).framed(noise.copy(), time_s)


def words_at(test: TaskVideo, time_s: float, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    found: list[str] = []
    monkeypatch.setattr(film_module.drawing, "text", lambda _image, words, *_a, **_k: found.append(words))
    monkeypatch.setattr(film_module, "leader", lambda _image, words, *_a, **_k: found.append(words))
    drawn(test, time_s)
    return found


def test_a_frame_has_both_legs_and_a_strip_of_even_height(stairs: TaskVideo) -> None:
    image = drawn(stairs, 3.0)
    assert image.shape[0] > stairs.video.height_px
    assert image.shape[0] % 2 == 0
    assert all((image == SIDE_RGB[side]).all(axis=-1).any() for side in ("left", "right"))


def test_angle_and_repetition_are_written(stairs: TaskVideo, monkeypatch: pytest.MonkeyPatch) -> None:
    assert stairs.result is not None
    start_s, peak_s, _ = stairs.result.repetitions_s[1]
    words = words_at(stairs, peak_s, monkeypatch)
    assert "Repetition 2 of 5. Hip flexion, thigh to trunk" in words
    curve = next(c for c in stairs.result.curves if c.side == "left")
    value = float(np.interp(peak_s, curve.time_s, curve.values))
    assert f"L {value:.0f}°" in words
    assert "Hip flexion, thigh to trunk" in words_at(stairs, start_s - 0.05, monkeypatch)


def test_a_refused_test_shows_the_person_and_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    refused = examined(walk("right", treadmill=False, duration_s=2.0).landmarks)
    assert refused.result is None
    assert any(words.startswith("Not measured: ") for words in words_at(refused, 1.0, monkeypatch))


def test_the_face_is_blurred(stairs: TaskVideo) -> None:
    nose = stairs.landmarks["position"].sel(landmark="nose").interp(time=3.0).to_numpy().round().astype(int)
    part = np.s_[nose[1] - 3 : nose[1] + 4, nose[0] - 3 : nose[0] + 4]
    assert drawn(stairs, 3.0, show_faces=False)[part].std() < 0.5 * drawn(stairs, 3.0)[part].std()
