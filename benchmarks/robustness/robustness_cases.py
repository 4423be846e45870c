"""The hard cases: each makes a clip and its truth from a clip whose truth is known.

What a case may end in: ``measured`` (a refusal is needless), ``either``, ``flagged`` (a result without a warning of it
is wrong, even where its numbers happen to be right), ``refused`` (nothing right can be measured).
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from robustness_clothes import GARMENTS, THINGS, Garment, Thing, before, dressed
from robustness_people import cut_out, on_the_wall, standing_by, walking_by
from robustness_registry import Made, Scene, case
from robustness_shots import (
    CAPTURE_PLACEHOLDER,
    CAPTURE_TAG,
    Encoding,
    Picture,
    Shot,
    open_shot,
)
from robustness_truth import Floats
from scipy.ndimage import gaussian_filter1d

CLIPS: Final = {
    "treadmill": ("treadmill_left_slim",),
    "overground": ("side_left_man", "side_right_woman_stiff_right_hip"),
    "behind": ("treadmill_back_man_drop_left_stance",),
}
"""The clips of a kind, best first; the first that is there is taken."""

SLOW_S: Final = 3.4
"""Length of what is then played four times slower: three strides a side."""


def files(name: str, encoding: Encoding, **facts: object) -> None:
    """Register a case that only writes the file differently."""
    case(name, **facts)(lambda scene: Made(shot=scene.shot, encoding=encoding))


case("as filmed", kinds=("treadmill", "overground", "behind"))(lambda scene: Made(shot=scene.shot))
files("H.264, crf 35", Encoding(options={"crf": "35", "preset": "veryfast"}), kinds=("treadmill", "behind"))
files(
    "HEVC 10 bit, mkv",
    Encoding(
        suffix=".mkv",
        codec="libx265",
        pix_fmt="yuv420p10le",
        options={"preset": "ultrafast", "crf": "24", "x265-params": "log-level=none"},
    ),
)
files(
    "VP9, WebM",
    Encoding(
        suffix=".webm",
        codec="libvpx-vp9",
        options={"deadline": "realtime", "cpu-used": "8", "crf": "32", "b": "0"},
    ),
)
files("MPEG-4, AVI", Encoding(suffix=".avi", codec="mpeg4", options={"b": "4000000"}, whole_ticks=True))
files("MOV with B-frames", Encoding(suffix=".mov", options={"crf": "23", "preset": "veryfast", "bf": "4"}))
for _turn in (90, 180, 270):
    files(f"rotation tag {_turn}", Encoding(turned_deg=_turn))
files("turned, no tag", Encoding(turned_deg=90, tagged=False), may="refused", about="lie|turned|upright|rotat")
files("anamorphic, pixels 4:3", Encoding(squeeze=Fraction(4, 3)))


@case("interlaced", kinds=("overground",), least_rate_hz=50)
def interlaced(scene: Scene) -> Made:
    fields = scene.shot
    kept = fields.every(2)

    def woven() -> object:
        above: Picture | None = None
        for picture in fields.pictures():
            if above is None:
                above = picture
                continue
            frame = above.copy()
            frame[1::2] = picture[1::2]
            above = None
            yield frame

    options = {"crf": "18", "preset": "veryfast", "flags": "+ildct+ilme", "x264-params": "tff=1"}
    pairs = fields.frames // 2
    shot = replace(kept.picked(np.arange(pairs)), pictures=woven)  # type: ignore[arg-type]
    return Made(shot=shot, encoding=Encoding(options=options))


@case("variable frame rate", kinds=("overground",), about="frame rate varies", least_rate_hz=50)
def variable(scene: Scene) -> Made:
    rng = np.random.default_rng(1)
    steps = np.arange(0, scene.shot.frames - 2, 2)
    rows = np.unique(np.round(steps + 2 * rng.uniform(-0.4, 0.4, len(steps))).clip(0).astype(int))
    return Made(shot=replace(scene.shot.picked(rows), rate_hz=scene.shot.rate_hz / 2))


@case("frames dropped, 10 %", kinds=("treadmill", "overground"), about="frame rate varies")
def dropped(scene: Scene) -> Made:
    kept = np.random.default_rng(2).random(scene.shot.frames) >= 0.1
    kept[[0, -1]] = True
    return Made(shot=scene.shot.picked(np.flatnonzero(kept)))


@case("frames frozen, 5 %", about="repeat|duplicate|same picture|frozen")
def frozen(scene: Scene) -> Made:
    rows = np.arange(scene.shot.frames)
    again = np.random.default_rng(3).random(len(rows)) < 0.05
    again[0] = False
    return Made(shot=scene.shot.shown(np.maximum.accumulate(np.where(again, -1, rows))))


@case("rate doubled by repeating", about="repeat|duplicate|same picture|twice")
def doubled(scene: Scene) -> Made:
    return Made(shot=scene.shot.repeated(2))


_SLOW: Final = r"slow motion|capture|cadence|slower"


def four_times_slower(scene: Scene) -> Shot:
    """Return a recording at 120 Hz, played at 30 Hz; from 60 Hz each frame comes twice."""
    shot = scene.shot.upto(SLOW_S)
    return shot.repeated(round(120 / shot.rate_hz)).stretched(4)


@case("slow motion 4x, stored in the file", kinds=("overground",), about=_SLOW, real_per_file=0.25, least_rate_hz=50)
def slow_told(scene: Scene) -> Made:
    tagged = Encoding(
        metadata={CAPTURE_TAG: CAPTURE_PLACEHOLDER}, container={"movflags": "use_metadata_tags+faststart"}
    )
    return Made(shot=four_times_slower(scene), encoding=tagged, capture_fps=120.0)


@case("slow motion 2x, not stated", kinds=("overground",), may="flagged", about=_SLOW, least_rate_hz=50)
def slow_twice(scene: Scene) -> Made:
    return Made(shot=scene.shot.stretched(2))


@case("slow motion 4x, not stated", kinds=("overground",), may="flagged", about=_SLOW, least_rate_hz=50)
def slow_four_times(scene: Scene) -> Made:
    return Made(shot=four_times_slower(scene))


@case(
    "slow motion 4x, --capture-fps",
    kinds=("overground",),
    about=_SLOW,
    options=("--capture-fps", "120"),
    real_per_file=0.25,
    least_rate_hz=50,
)
def slow_by_option(scene: Scene) -> Made:
    return Made(shot=four_times_slower(scene))


@case("start cut by an edit list")
def edit_list(scene: Scene) -> Made:
    hidden_s = 1.0
    kept = np.flatnonzero(scene.shot.truth.time_s >= hidden_s - 1e-6)
    encoding = Encoding(container={"use_editlist": "1", "avoid_negative_ts": "disabled"}, hidden_s=hidden_s)
    return Made(shot=scene.shot, encoding=encoding, truth=scene.shot.truth.picked(kept))


@case("mirrored", kinds=("treadmill", "behind"))
def mirrored(scene: Scene) -> Made:
    return Made(shot=scene.shot.mirrored())


def person_rows(shot: Shot) -> tuple[float, float]:
    """Return the rows of the crown and of the soles; shoulders stand at 82 % of the stature (Winter 2009)."""
    shoulder = float(np.median(shot.truth.joint("shoulder")[..., 1]))
    sole = float(np.percentile(shot.truth.joint("toe")[..., 1], 98))
    return sole - (sole - shoulder) / 0.82, sole


_CUT: Final = "feet|foot|head|shoulder|in the picture|legs|hidden|not seen|cut off|leaves"


@case("feet out of the image", may="either", about=_CUT)
def feet_out(scene: Scene) -> Made:
    crown, sole = person_rows(scene.shot)
    return Made(shot=scene.shot.cropped(0, 0, scene.shot.width, sole - 0.15 * (sole - crown)))


@case("head and shoulders out", may="either", about=_CUT)
def head_out(scene: Scene) -> Made:
    crown, sole = person_rows(scene.shot)
    top = crown + 0.25 * (sole - crown)
    return Made(shot=scene.shot.cropped(0, top, scene.shot.width, scene.shot.height - top))


@case("legs out for half of the clip", may="either", about=_CUT + "|camera")
def legs_out(scene: Scene) -> Made:
    shot = scene.shot
    crown, sole = person_rows(shot)
    down_px = shot.height - sole + 0.45 * (sole - crown)
    tilted = np.clip((shot.truth.time_s - shot.truth.end_s / 2) / 0.4, 0, 1)
    matrices = np.tile([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]], (shot.frames, 1, 1))
    matrices[:, 1, 2] = down_px * tilted
    return Made(shot=shot.moved(matrices))


@case("360 lines", may="either", about="pixels")
def small(scene: Scene) -> Made:
    return Made(shot=scene.shot.scaled(360 / scene.shot.height))


def portrait_of(shot: Shot) -> Shot:
    width = 9 / 16 * shot.height
    left = float(np.clip(shot.truth.joint("hip")[..., 0].mean() - width / 2, 0, shot.width - width))
    return shot.cropped(left, 0, width, shot.height)


@case("portrait", about=_CUT)
def portrait(scene: Scene) -> Made:
    return Made(shot=portrait_of(scene.shot))


_MOVES: Final = "camera|tripod|shak|moves|sway|zoom|pan"


def shaken_by(shot: Shot, shift: float, roll_deg: float) -> Shot:
    """Shake with the given standard deviations (shift in picture heights), under about 3 Hz."""

    def wobble(sd: float, seed: int) -> Floats:
        noise = np.random.default_rng(seed).normal(size=shot.frames + 200)
        smooth = gaussian_filter1d(noise, shot.rate_hz / (2 * np.pi * 1.5))[100:-100]
        return np.asarray(sd * (smooth - smooth.mean()) / smooth.std())

    x, y, roll = (wobble(sd, i) for i, sd in enumerate((shift * shot.height, shift * shot.height, roll_deg)))
    middle = shot.width / 2, shot.height / 2
    matrices = np.stack([cv2.getRotationMatrix2D(middle, float(angle), 1.0) for angle in roll])
    matrices[:, 0, 2] += x
    matrices[:, 1, 2] += y
    return shot.moved(matrices)


@case("shaken", kinds=("treadmill", "behind"), may="either", about=_MOVES)
def shaken(scene: Scene) -> Made:
    return Made(shot=shaken_by(scene.shot, 0.01, 0.7))


@case("panned with the walker", kinds=("overground",), may="either", about=_MOVES)
def panned(scene: Scene) -> Made:
    shot = scene.shot
    width = round(0.8 * shot.height)
    along = gaussian_filter1d(shot.truth.joint("hip")[..., 0].mean(axis=1), 0.3 * shot.rate_hz)
    matrices = np.tile([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]], (shot.frames, 1, 1))
    matrices[:, 0, 2] = -np.clip(along - width / 2, 0, shot.width - width)
    return Made(shot=shot.moved(matrices, width, shot.height))


@case("turned with the walker", kinds=("overground",), may="either", about=_MOVES)
def turned(scene: Scene) -> Made:
    """A camera on one spot turns after the walker by up to 15 degrees to either side."""
    shot = scene.shot
    focal = 0.85 * shot.width
    lens = np.array([[focal, 0.0, shot.width / 2], [0.0, focal, shot.height / 2], [0.0, 0.0, 1.0]])
    along = gaussian_filter1d(shot.truth.joint("hip")[..., 0].mean(axis=1), 0.3 * shot.rate_hz)
    pans = np.clip(np.arctan((along - shot.width / 2) / focal), *np.radians([-15, 15]))
    rolls = [cv2.Rodrigues(np.array([0.0, -pan, 0.0]))[0] for pan in pans]
    return Made(shot=shot.moved(np.stack([lens @ roll @ np.linalg.inv(lens) for roll in rolls])))


@case("zoomed, 1 to 1.3", may="either", about=_MOVES)
def zoomed(scene: Scene) -> Made:
    shot = scene.shot
    crown, sole = person_rows(shot)
    middle = float(shot.truth.joint("hip")[..., 0].mean()), (crown + sole) / 2
    factors = np.linspace(1.0, 1.3, shot.frames)
    return Made(shot=shot.moved(np.stack([cv2.getRotationMatrix2D(middle, 0.0, float(f)) for f in factors])))


_POOR: Final = "dark|light|blur|sharp|noise|picture"


@case("a quarter of the light", kinds=("treadmill", "behind"), may="either", about=_POOR)
def darkened(scene: Scene) -> Made:
    def dim(picture: Picture, index: int) -> Picture:
        noise = np.random.default_rng(index).normal(scale=3.0, size=picture.shape)
        return np.clip(0.25 * picture + noise, 0, 255).astype(np.uint8)

    return Made(shot=scene.shot.changed(dim))


@case("back light", kinds=("overground",), may="either", about="window|outline")
def back_light(scene: Scene) -> Made:
    """The camera sets its exposure for the window behind the walker, and the glare spreads over the outline."""
    shot = scene.shot.every(max(1, round(scene.shot.rate_hz / 30)))
    empty = np.median(np.stack([p for i, p in enumerate(shot.pictures()) if i % 12 == 0]), axis=0).astype(np.uint8)
    window = (255 - 0.25 * (255.0 - cv2.GaussianBlur(empty, (0, 0), 3.0))).astype(np.float32)
    size = shot.width, shot.height

    def against(picture: Picture, index: int) -> Picture:
        apart = cv2.absdiff(picture, empty).max(axis=2)
        walker = cv2.morphologyEx((apart > 18).astype(np.uint8), cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
        share = cv2.GaussianBlur(walker.astype(np.float32), (0, 0), 1.5)[..., None]
        lit = share * (0.12 * picture.astype(np.float32)) + (1 - share) * window
        glare = cv2.resize(cv2.resize(lit, (32, 18), interpolation=cv2.INTER_AREA), size)
        noise = np.random.default_rng(index).normal(scale=2.0, size=picture.shape[:2])[..., None]
        return np.clip(lit + 0.06 * glare + noise, 0, 255).astype(np.uint8)

    return Made(shot=shot.changed(against))


@case("blurred", may="either", about=_POOR)
def blurred(scene: Scene) -> Made:
    sd = scene.shot.height / 240
    return Made(shot=scene.shot.changed(lambda p, _: np.asarray(cv2.GaussianBlur(p, (0, 0), sd))))


@case("hand-held, portrait, compressed", may="either", about=f"{_MOVES}|{_POOR}")
def phone(scene: Scene) -> Made:
    shot = shaken_by(portrait_of(scene.shot), 0.006, 0.5)
    return Made(shot=shot, encoding=Encoding(options={"crf": "33", "preset": "veryfast"}))


_PEOPLE: Final = "person|people|someone|whom"


@case("second walker beside", kinds=("overground",), may="either", about=_PEOPLE)
def beside(scene: Scene) -> Made:
    shot = scene.shot.every(max(1, round(scene.shot.rate_hz / 30)))
    guest = cut_out(scene.folder, scene.name, round(0.8 * shot.height))
    to_left = shot.truth.passes[0].view == "left"
    shift = (0.30 if to_left else -0.10) * shot.width, 0.14 * shot.height
    return Made(shot=walking_by(shot, guest, shift, mirrored=True))


@case("second walker crossing", kinds=("overground",), may="either", about=_PEOPLE)
def crossing(scene: Scene) -> Made:
    shot = scene.shot.every(max(1, round(scene.shot.rate_hz / 30)))
    guest = cut_out(scene.folder, scene.name, round(0.8 * shot.height))
    shift = 0.1 * shot.width, 0.14 * shot.height
    return Made(shot=walking_by(shot, guest, shift, mirrored=False))


@case("bystander", may="either", about=_PEOPLE)
def bystander(scene: Scene) -> Made:
    shot = scene.shot
    guest = cut_out(scene.folder, scene.name, round(1.1 * shot.height), seconds=3.0)
    return Made(shot=standing_by(shot, guest, 0.84 * shot.width, -0.06 * shot.height))


@case("mirror on the wall", may="either", about=_PEOPLE)
def reflection(scene: Scene) -> Made:
    return Made(shot=on_the_wall(scene.shot, 0.5, still=False))


@case("image of a person on the wall", may="either", about=_PEOPLE)
def poster(scene: Scene) -> Made:
    return Made(shot=on_the_wall(scene.shot, 0.5, still=True))


def worn(name: str, garment: Garment) -> None:
    """Register a case in which the walker wears something; trousers may be seen through to the legs or not."""
    may = "either" if garment.apart else "flagged"
    case(name, may=may, about="[Cc]loth|trousers")(lambda scene: Made(shot=dressed(scene.shot, garment)))


def hidden_by(name: str, thing: Thing, *, carried: bool) -> None:
    """Register a case in which a thing is between the walker and the camera."""
    case(name, may="either")(lambda scene: Made(shot=before(scene.shot, thing, carried=carried)))


for _name, _garment in GARMENTS.items():
    worn(_name, _garment)
for _name, (_thing, _carried) in THINGS.items():
    hidden_by(_name, _thing, carried=_carried)


_TURNS: Final = "turn|pass|there and back|stand|direction"


@case("there and back", kinds=("overground",), may="either", about=_TURNS)
def there_and_back(scene: Scene) -> Made:
    shot = scene.shot.every(max(1, round(scene.shot.rate_hz / 30)))
    return Made(shot=shot.then(shot.mirrored()))


@case("there, a pause, and back", kinds=("overground",), may="either", about=_TURNS)
def pause(scene: Scene) -> Made:
    shot = scene.shot.every(max(1, round(scene.shot.rate_hz / 30))).upto(4.6)
    return Made(shot=shot.then(shot.held(shot.frames - 1, 1.0)).then(shot.mirrored()))


@case("standing first, 2 s", may="either", about=_TURNS)
def standing_first(scene: Scene) -> Made:
    return Made(shot=scene.shot.held(0, 2.0).then(scene.shot))


def scene_of(folder: Path, name: str) -> Scene:
    return Scene(shot=open_shot(folder, name), folder=folder, name=name)
