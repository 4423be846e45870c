"""Draw the exercises of the home programme: ``python tools/draw_exercises.py`` writes the drawings of the package.

A figure is a chain of straight limbs from the hip; the start of the movement is light, its end dark, the other leg
grey, and an arrow shows the way. Lengths are in units of the drawing, directions in degrees: 0 is to the right, 90 up.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "gaitlab" / "app" / "record" / "data" / "drawings"
TOP, WIDTH, HEIGHT = -26, 200, 162
FLOOR = 128.0
INK, GREY, LIGHT, ARROW, THING = "#1d2733", "#8592a0", "#c9d3dc", "#8a3c00", "#5f6b78"
TRUNK, HEAD, THIGH, SHANK, FOOT, UPPER_ARM, FOREARM = 42.0, 8.5, 34.0, 33.0, 11.0, 20.0, 18.0

Point = tuple[float, float]


def away(start: Point, degrees: float, length: float) -> Point:
    """Return the point at a distance in a direction."""
    angle = math.radians(degrees)
    return start[0] + length * math.cos(angle), start[1] - length * math.sin(angle)


@dataclass(frozen=True, kw_only=True)
class Leg:
    """Directions of thigh, shank and foot."""

    thigh: float
    shank: float
    foot: float


@dataclass(frozen=True, kw_only=True)
class Pose:
    """A body: where the hip is, and where trunk, neck, arm and legs point.

    ``near`` is the leg that works, or the one at the front; ``spread`` is half of the width of a pelvis seen from the
    front, 0 from the side.
    """

    hip: Point
    trunk: float
    near: Leg
    far: Leg | None = None
    arm: tuple[float, float] | None = None
    far_arm: tuple[float, float] | None = None
    neck: float | None = None
    spread: float = 0.0
    tilt: float = 0.0


def line(points: Sequence[Point], colour: str, width: float, extra: str = "") -> str:
    path = " ".join(f"{'M' if n == 0 else 'L'}{x:.1f} {y:.1f}" for n, (x, y) in enumerate(points))
    return (
        f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{width:g}" stroke-linecap="round" '
        f'stroke-linejoin="round"{extra}/>'
    )


def leg_points(hip: Point, leg: Leg) -> list[Point]:
    knee = away(hip, leg.thigh, THIGH)
    ankle = away(knee, leg.shank, SHANK)
    return [hip, knee, ankle, away(ankle, leg.foot, FOOT)]


def body(pose: Pose, colour: str, far_colour: str, width: float) -> str:
    """Return trunk, head, arms and legs."""
    across = 180 - pose.tilt
    near_hip = away(pose.hip, across + 180, pose.spread) if pose.spread else pose.hip
    far_hip = away(pose.hip, across, pose.spread) if pose.spread else pose.hip
    shoulder = away(pose.hip, pose.trunk, TRUNK)
    neck = pose.trunk if pose.neck is None else pose.neck
    head = away(shoulder, neck, HEAD + 5)
    parts = []
    for arm, shade in ((pose.far_arm, far_colour), (pose.arm, colour)):
        if arm is not None:
            elbow = away(shoulder, arm[0], UPPER_ARM)
            parts.append(line([shoulder, elbow, away(elbow, arm[1], FOREARM)], shade, 0.6 * width))
    if pose.far is not None:
        parts.insert(0, line(leg_points(far_hip, pose.far), far_colour, width))
    if pose.spread:
        parts.append(line([far_hip, near_hip], colour, 1.2 * width))
    parts.append(line([pose.hip, shoulder], colour, 1.3 * width))
    parts.append(line(leg_points(near_hip, pose.near), colour, width))
    parts.append(f'<circle cx="{head[0]:.1f}" cy="{head[1]:.1f}" r="{HEAD:g}" fill="{colour}"/>')
    return "".join(parts)


def arrow(start: Point, end: Point, bend: float = 0.0) -> str:
    """Return an arrow, bent to one side by a part of its length."""
    (x0, y0), (x1, y1) = start, end
    middle = ((x0 + x1) / 2 + bend * (y1 - y0), (y0 + y1) / 2 - bend * (x1 - x0))
    heading = math.degrees(math.atan2(-(y1 - middle[1]), x1 - middle[0]))
    tip = [away(end, heading + 180 + turn, 7.5) for turn in (28, -28)]
    curve = f"M{x0:.1f} {y0:.1f} Q{middle[0]:.1f} {middle[1]:.1f} {x1:.1f} {y1:.1f}"
    stroke = f'fill="none" stroke="{ARROW}" stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round"'
    barbs = f"M{tip[0][0]:.1f} {tip[0][1]:.1f} L{x1:.1f} {y1:.1f} L{tip[1][0]:.1f} {tip[1][1]:.1f}"
    return f'<path d="{curve}" {stroke}/><path d="{barbs}" {stroke}/>'


def floor(left: float = 8, right: float = 192, y: float = FLOOR + 5) -> str:
    return line([(left, y), (right, y)], THING, 1.6)


def box(x: float, y: float, width: float, height: float) -> str:
    place = f'x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}"'
    return f'<rect {place} rx="1.5" fill="none" stroke="{THING}" stroke-width="2"/>'


def ball(centre: Point, radius: float) -> str:
    place = f'cx="{centre[0]:g}" cy="{centre[1]:g}" r="{radius:g}"'
    return f'<circle {place} fill="#fdead6" stroke="{ARROW}" stroke-width="2"/>'


def chair(x: float, seat: float, back: str = "left") -> str:
    """Return a chair with its front legs at x + 34, its seat at a height, its back on the left."""
    edge = x if back == "left" else x + 34
    return (
        line([(edge, seat - 46), (edge, FLOOR + 4)], THING, 2.2)
        + line([(x, seat), (x + 34, seat)], THING, 2.2)
        + line([(x + 34 if back == "left" else x, seat), (x + 34 if back == "left" else x, FLOOR + 4)], THING, 2.2)
    )


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """Start and end of a movement, with arrows and things before and behind the body."""

    end: Pose
    start: Pose | None = None
    behind: str = ""
    front: str = ""
    arrows: Sequence[tuple[Point, Point, float]] = field(default_factory=tuple)

    def svg(self) -> str:
        ghost = body(self.start, LIGHT, LIGHT, 8) if self.start is not None else ""
        arrows = "".join(arrow(*each) for each in self.arrows)
        parts = [self.behind, ghost, body(self.end, INK, GREY, 8), self.front, arrows]
        size = f'viewBox="0 {TOP} {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
        return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{"".join(parts)}</svg>\n'


LYING = FLOOR - 4
"""Height of a hip that lies on the floor."""

FLAT = Leg(thigh=0, shank=0, foot=78)
BENT = Leg(thigh=48, shank=-52, foot=0)
ARMS_DOWN = (-4.0, 0.0)
STRAIGHT = Leg(thigh=-90, shank=-90, foot=0)
STAND = FLOOR - THIGH - SHANK + 1
"""Height of the hip of a person who stands."""


def lying(hip_x: float = 84.0, **changes: object) -> Pose:
    settings: dict[str, object] = {"hip": (hip_x, LYING), "trunk": 180, "near": FLAT, "far": FLAT, "arm": ARMS_DOWN}
    return Pose(**(settings | changes))  # type: ignore[arg-type]


def standing(x: float = 100.0, **changes: object) -> Pose:
    settings: dict[str, object] = {
        "hip": (x, STAND),
        "trunk": 90,
        "near": STRAIGHT,
        "far": STRAIGHT,
        "arm": (-88.0, -84.0),
    }
    return Pose(**(settings | changes))  # type: ignore[arg-type]


def heel_slide() -> Drawing:
    return Drawing(
        behind=floor(),
        start=lying(),
        end=lying(near=Leg(thigh=62, shank=-66, foot=0)),
        arrows=[((158, 112), (124, 112), -0.12)],
    )


def knee_to_chest() -> Drawing:
    return Drawing(
        behind=floor(),
        start=lying(near=BENT),
        end=lying(near=Leg(thigh=118, shank=8, foot=70), arm=(48.0, 30.0)),
        arrows=[((112, 84), (88, 78), 0.25)],
    )


def bent_knee_fall_out() -> Drawing:
    """Seen from the feet: one knee goes out to the side."""
    hip = (100.0, FLOOR - 10)
    out = away(hip, 18, 46)
    up = away(hip, 68, 50)
    other = away(hip, 112, 50)
    parts = [
        line([hip, other], GREY, 9),
        line([hip, up], LIGHT, 9),
        line([hip, out], INK, 9),
        line([away(hip, 180, 15), away(hip, 0, 15)], INK, 15),
    ]
    arrows = [((124, 74), (147, 98), -0.2)]
    return Drawing(behind=floor(30, 170) + "".join(parts), end=_NOBODY, arrows=arrows)


_NOBODY = Pose(hip=(-300, -300), trunk=90, near=STRAIGHT)
"""A body outside the drawing, where the drawing is made of lines of its own."""


def prone_lying() -> Drawing:
    return Drawing(
        behind=floor(), end=lying(far=None, near=Leg(thigh=0, shank=0, foot=-40), arm=(195.0, 170.0), neck=176)
    )


def half_kneeling() -> Drawing:
    start = Pose(
        hip=(92, 94),
        trunk=90,
        near=Leg(thigh=-92, shank=180, foot=180),
        far=Leg(thigh=-6, shank=-90, foot=0),
        arm=(-60.0, -30.0),
    )
    end = Pose(
        hip=(104, 95),
        trunk=92,
        near=Leg(thigh=-115, shank=180, foot=180),
        far=Leg(thigh=-8, shank=-106, foot=0),
        arm=(-60.0, -30.0),
    )
    return Drawing(behind=floor(), start=start, end=end, arrows=[((60, 70), (86, 70), 0.0)])


def isometric_abduction() -> Drawing:
    """Seen from above: a belt around both knees, which push outwards."""
    hip = (70.0, 70.0)
    band = f'<ellipse cx="128" cy="70" rx="5" ry="27" fill="none" stroke="{ARROW}" stroke-width="3"/>'
    legs = line([(74, 60), (126, 54), (168, 58)], INK, 9) + line([(74, 80), (126, 86), (168, 82)], INK, 9)
    trunk = line([hip, (40, 70)], INK, 22) + f'<circle cx="16" cy="70" r="{HEAD}" fill="{INK}"/>'
    return Drawing(
        behind=trunk + legs,
        end=_NOBODY,
        front=band,
        arrows=[((128, 40), (128, 20), 0.0), ((128, 100), (128, 120), 0.0)],
    )


def side_lying_clam() -> Drawing:
    lower = Leg(thigh=-8, shank=184, foot=190)
    hip = (96.0, LYING - 5)
    start = Pose(hip=hip, trunk=180, near=Leg(thigh=2, shank=182, foot=190), far=lower, neck=184)
    end = Pose(hip=hip, trunk=180, near=Leg(thigh=46, shank=228, foot=190), far=lower, neck=184, arm=(-6.0, 0.0))
    return Drawing(behind=floor(), start=start, end=end, arrows=[((142, 112), (132, 88), 0.2)])


def side_lying_abduction() -> Drawing:
    hip = (90.0, LYING - 3)
    lower = Leg(thigh=-2, shank=0, foot=0)
    start = Pose(hip=hip, trunk=180, near=Leg(thigh=4, shank=4, foot=4), far=lower, neck=184)
    end = Pose(hip=hip, trunk=180, near=Leg(thigh=30, shank=30, foot=20), far=lower, neck=184, arm=(-4.0, 0.0))
    return Drawing(behind=floor(), start=start, end=end, arrows=[((170, 112), (163, 88), 0.15)])


def front(x: float, near: Leg, far: Leg, **changes: object) -> Pose:
    """Return a person seen from the front."""
    settings: dict[str, object] = {
        "hip": (x, STAND),
        "trunk": 90,
        "near": near,
        "far": far,
        "spread": 9.0,
        "arm": (-52.0, -100.0),
        "far_arm": (232.0, 280.0),
    }
    return Pose(**(settings | changes))  # type: ignore[arg-type]


TOES = -70.0
"""A foot seen from the front."""


def band_side_step() -> Drawing:
    near, far = Leg(thigh=-66, shank=-74, foot=TOES), Leg(thigh=-110, shank=-104, foot=250)
    start = front(80, Leg(thigh=-84, shank=-86, foot=TOES), Leg(thigh=-96, shank=-94, foot=250), hip=(80, STAND - 7))
    end = front(100, near, far, hip=(100, STAND - 3))
    band = line([(80, 86), (121, 84)], ARROW, 3)
    return Drawing(behind=floor(), start=start, end=end, front=band, arrows=[((140, 112), (168, 112), 0.0)])


def pelvic_drop() -> Drawing:
    step = box(74, FLOOR - 12, 30, 17)
    stance = Leg(thigh=-92, shank=-90, foot=250)
    hip = (100.0, STAND - 22)
    start = front(100, Leg(thigh=-90, shank=-90, foot=TOES), stance, hip=(100, STAND - 20), tilt=-14)
    end = front(100, Leg(thigh=-90, shank=-90, foot=TOES), stance, hip=hip, tilt=8)
    return Drawing(behind=floor() + step, start=start, end=end, arrows=[((128, 78), (128, 54), 0.0)])


def bridge() -> Drawing:
    start = lying(78, near=BENT, far=None)
    end = Pose(hip=(82, 98), trunk=212, near=Leg(thigh=12, shank=-75, foot=0), neck=186, arm=(-22.0, 0.0))
    return Drawing(behind=floor(), start=start, end=end, arrows=[((76, 86), (76, 66), 0.0)])


def single_leg_bridge() -> Drawing:
    start = lying(78, near=BENT, far=None)
    end = Pose(
        hip=(82, 98),
        trunk=212,
        near=Leg(thigh=12, shank=-75, foot=0),
        far=Leg(thigh=14, shank=12, foot=80),
        neck=186,
        arm=(-22.0, 0.0),
    )
    return Drawing(behind=floor(), start=start, end=end, arrows=[((76, 86), (76, 66), 0.0)])


def prone_extension() -> Drawing:
    rest = Leg(thigh=0, shank=0, foot=-40)
    start = lying(far=None, near=rest, arm=(195.0, 170.0), neck=176)
    end = lying(far=rest, near=Leg(thigh=14, shank=14, foot=-30), arm=(195.0, 170.0), neck=176)
    return Drawing(behind=floor(), start=start, end=end, arrows=[((164, 112), (160, 90), 0.1)])


def standing_march() -> Drawing:
    support = chair(40, 88, back="right")
    start = standing(104)
    end = standing(104, near=Leg(thigh=-6, shank=-92, foot=-10), arm=(200.0, 190.0))
    return Drawing(behind=floor() + support, start=start, end=end, arrows=[((150, 92), (150, 64), 0.0)])


def ball_squeeze() -> Drawing:
    """Seen from above: a ball between the knees, which press together."""
    legs = line([(74, 62), (118, 46), (160, 64)], INK, 9) + line([(74, 78), (118, 94), (160, 76)], INK, 9)
    trunk = line([(70, 70), (40, 70)], INK, 22) + f'<circle cx="16" cy="70" r="{HEAD}" fill="{INK}"/>'
    return Drawing(
        behind=trunk + legs + ball((118, 70), 18),
        end=_NOBODY,
        arrows=[((118, 18), (118, 38), 0.0), ((118, 122), (118, 102), 0.0)],
    )


def copenhagen() -> Drawing:
    bench = box(130, 84, 52, 8) + line([(138, 92), (138, 132)], THING, 2.2) + line([(176, 92), (176, 132)], THING, 2.2)
    start = Pose(hip=(98, 116), trunk=172, near=Leg(thigh=30, shank=-4, foot=0), far=Leg(thigh=-14, shank=0, foot=0))
    end = Pose(
        hip=(98, 94),
        trunk=196,
        near=Leg(thigh=14, shank=0, foot=-8),
        far=Leg(thigh=-4, shank=-20, foot=-10),
        neck=180,
        arm=(-90.0, 180.0),
    )
    return Drawing(behind=floor() + bench, start=start, end=end, arrows=[((96, 84), (96, 64), 0.0)])


def sit_to_stand() -> Drawing:
    start = Pose(hip=(78, 92), trunk=82, near=Leg(thigh=0, shank=-94, foot=0), far=None, arm=(-50.0, 60.0))
    end = Pose(hip=(104, STAND), trunk=88, near=Leg(thigh=-88, shank=-92, foot=0), far=None, arm=(-50.0, 60.0))
    return Drawing(behind=floor() + chair(62, 97), start=start, end=end, arrows=[((130, 84), (130, 52), 0.0)])


def mini_squat() -> Drawing:
    start = standing(96, far=None, arm=(-60.0, -20.0))
    end = Pose(hip=(84, 76), trunk=60, near=Leg(thigh=-40, shank=-112, foot=0), arm=(0.0, 0.0))
    return Drawing(behind=floor(), start=start, end=end, arrows=[((60, 62), (60, 86), 0.0)])


def step_up() -> Drawing:
    step = box(104, FLOOR - 20, 60, 25)
    start = Pose(
        hip=(92, STAND + 1), trunk=84, near=Leg(thigh=-14, shank=-98, foot=0), far=Leg(thigh=-92, shank=-94, foot=0)
    )
    end = Pose(
        hip=(124, STAND - 19),
        trunk=88,
        near=Leg(thigh=-88, shank=-92, foot=0),
        far=Leg(thigh=-100, shank=-118, foot=-30),
        arm=(-80.0, -60.0),
    )
    return Drawing(behind=floor() + step, start=start, end=end, arrows=[((66, 66), (80, 40), 0.2)])


def single_leg_stance() -> Drawing:
    return Drawing(
        behind=floor() + line([(52, 16), (52, FLOOR + 5)], THING, 2.2),
        end=Pose(
            hip=(104, STAND), trunk=90, near=STRAIGHT, far=Leg(thigh=-66, shank=-168, foot=200), arm=(200.0, 170.0)
        ),
    )


def cycling() -> Drawing:
    wheel = f'<circle cx="112" cy="100" r="17" fill="none" stroke="{THING}" stroke-width="2.2"/>'
    frame = line([(112, 100), (84, 74), (84, 66)], THING, 2.2) + line([(112, 100), (136, 66), (132, 30)], THING, 2.2)
    stand = line([(90, FLOOR + 4), (112, 100), (136, FLOOR + 4)], THING, 2.2)
    end = Pose(
        hip=(84, 60),
        trunk=70,
        near=Leg(thigh=-18, shank=-100, foot=-4),
        far=Leg(thigh=-48, shank=-86, foot=-4),
        arm=(-36.0, 10.0),
    )
    return Drawing(behind=floor() + wheel + frame + stand, end=end, arrows=[((92, 112), (104, 122), 0.45)])


def walking() -> Drawing:
    end = standing(
        98,
        near=Leg(thigh=-68, shank=-74, foot=18),
        far=Leg(thigh=-108, shank=-122, foot=-40),
        arm=(-112.0, -96.0),
        far_arm=(-66.0, -44.0),
    )
    return Drawing(behind=floor(), end=end, arrows=[((140, 60), (172, 60), 0.0)])


def seated_rotation() -> Drawing:
    """Seen from the front: the foot goes out, the thigh turns in."""
    seat = line([(62, 96), (138, 96)], THING, 2.2)
    knee = (116.0, 92.0)
    other = (84.0, 92.0)
    parts = [
        line([other, (84, 125)], GREY, 9),
        line([knee, (116, 125)], LIGHT, 9),
        line([knee, away(knee, -58, 34)], INK, 9),
        line([(92, 82), other], GREY, 10),
        line([(108, 82), knee], INK, 10),
        line([(100, 80), (100, 40)], INK, 24),
        line([(88, 34), (72, 56), (84, 84)], INK, 6),
        line([(112, 34), (128, 56), (116, 84)], INK, 6),
        f'<circle cx="100" cy="16" r="{HEAD}" fill="{INK}"/>',
    ]
    return Drawing(behind=floor() + seat + "".join(parts), end=_NOBODY, arrows=[((124, 124), (146, 116), -0.2)])


DRAWINGS: dict[str, Callable[[], Drawing]] = {
    "heel_slide": heel_slide,
    "knee_to_chest": knee_to_chest,
    "bent_knee_fall_out": bent_knee_fall_out,
    "seated_rotation": seated_rotation,
    "prone_lying": prone_lying,
    "half_kneeling_stretch": half_kneeling,
    "isometric_abduction": isometric_abduction,
    "clam": side_lying_clam,
    "side_lying_abduction": side_lying_abduction,
    "band_side_step": band_side_step,
    "pelvic_drop": pelvic_drop,
    "bridge": bridge,
    "single_leg_bridge": single_leg_bridge,
    "prone_extension": prone_extension,
    "standing_march": standing_march,
    "ball_squeeze": ball_squeeze,
    "copenhagen_adduction": copenhagen,
    "sit_to_stand": sit_to_stand,
    "mini_squat": mini_squat,
    "step_up": step_up,
    "single_leg_stance": single_leg_stance,
    "cycling": cycling,
    "walking": walking,
}


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, draw in DRAWINGS.items():
        (FOLDER / f"{name}.svg").write_text(draw().svg(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
