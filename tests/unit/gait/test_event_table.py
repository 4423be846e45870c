"""A table of events made by hand or with another program is read rightly, or refused by row in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from walkers import video_of

from gaitlab.errors import InputError
from gaitlab.gait.event_table import MANUAL_EVENT_UNCERTAINTY_S, VideoTimes, read_events
from gaitlab.schema import rows_as_dicts
from gaitlab.simulate import simulate_walk

WALK = simulate_walk(duration_s=8, treadmill=True)
FRAME_S = WALK.landmarks["time"].to_numpy().astype(float)
INFO = video_of(WALK.landmarks)
VIDEO = VideoTimes(info=INFO, frame_times_s=lambda: FRAME_S)
TRUE = WALK.events.loc[WALK.events["time_s"].between(0.2, 7.8), ["time_s", "side", "event"]].round(3)
KEYS = ["time_s", "side", "event"]

SHORT = {"left": "L", "right": "R", "heel_strike": "HS", "toe_off": "TO"}
SPOKEN = {"left": " Left", "right": "RIGHT ", "heel_strike": "heel strike", "toe_off": "Toe-off"}


def comma(time_s: float) -> str:
    return f"{time_s:.3f}".replace(".", ",")


def text_of(
    header: str = "time_s,side,event",
    separator: str = ",",
    time: Callable[[float], str] = "{:.3f}".format,
    words: dict[str, str] | None = None,
    row: str = "{time}{s}{side}{s}{event}",
) -> str:
    words = words or {}
    lines = [
        row.format(
            time=time(r["time_s"]),
            s=separator,
            side=words.get(r["side"], r["side"]),
            event=words.get(r["event"], r["event"]),
        )
        for r in rows_as_dicts(TRUE)
    ]
    return "\n".join([header, *lines]) + "\n"


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "events.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def clock(time_s: float) -> str:
    return f"0:{time_s:06.3f}"


GERMAN = text_of("time_s;side;event", ";", comma)
READ_RIGHTLY = {
    "as gaitlab writes it": text_of(),
    "with a mark of Unicode": text_of().encode("utf-8-sig"),
    "of a German Excel": GERMAN.encode("utf-8-sig"),
    "of a German Excel, Windows line ends": GERMAN.replace("\n", "\r\n").encode("cp1252"),
    "Unicode text of Excel": text_of("time_s\tside\tevent", "\t", comma).encode("utf-16"),
    "UTF-16, the other way round": b"\xfe\xff" + text_of("time_s\tside\tevent", "\t").encode("utf-16-be"),
    "tabs": text_of("time_s\tside\tevent", "\t"),
    "with a line for Excel": "sep=;\n" + GERMAN,
    "decimal commas in quotation marks": text_of(time=lambda t: f'"{comma(t)}"'),
    "blank after the comma": text_of("time_s, side, event", row="{time}, {side}, {event}"),
    "names and words as people write them": text_of("Time (s);Leg; EVENT ", ";", comma, SPOKEN),
    "short words": text_of(words=SHORT),
    "small letters": text_of(words={name: short.lower() for name, short in SHORT.items()}),
    "milliseconds": text_of("time_ms,side,event", time=lambda t: f"{1000 * t:.0f}"),
    "milliseconds with decimals": text_of("Time [ms];side;event", ";", lambda t: f"{1000 * t:.3f}".replace(".", ",")),
    "as on a clock": text_of("time,side,event", time=clock),
    "as on a clock, with hours and comma": text_of("timecode;side;event", ";", lambda t: f"00:0{clock(t)},".strip(",")),
    "an index and a remark": text_of(",time_s,side,event,remark", row="7,{time},{side},{event},good"),
    "blank lines": text_of().replace("\n", "\n\n", 4) + ",,\n\n,,\n",
    "in any order": "\n".join(["time_s,side,event", *reversed(text_of().splitlines()[1:])]),
    "frames beside seconds": text_of("frame,time_s,side,event", row="3,{time},{side},{event}"),
}


@pytest.mark.parametrize("content", READ_RIGHTLY.values(), ids=READ_RIGHTLY)
def test_a_table_is_read_however_it_is_written(tmp_path: Path, content: str | bytes) -> None:
    events = read_events(written(tmp_path, content), [VIDEO])
    assert events[["side", "event"]].to_numpy().tolist() == TRUE[["side", "event"]].to_numpy().tolist()
    np.testing.assert_allclose(events["time_s"], TRUE["time_s"], atol=6e-4)
    assert set(events["source"]) == {"file"}
    assert events["uncertainty_s"].to_numpy() == pytest.approx(MANUAL_EVENT_UNCERTAINTY_S, rel=1e-3)


def test_numbers_of_frames_are_the_times_of_these_frames(tmp_path: Path) -> None:
    frames = text_of("frame,side,event", time=lambda t: f"{np.abs(FRAME_S - t).argmin()}")
    uneven = FRAME_S + 0.01 * np.sin(np.arange(len(FRAME_S)))
    events = read_events(
        written(tmp_path, frames), [VideoTimes(info=replace(INFO, variable_rate=True), frame_times_s=lambda: uneven)]
    )
    expected = [uneven[np.abs(FRAME_S - t).argmin()] for t in TRUE["time_s"]]
    np.testing.assert_allclose(events["time_s"], expected)
    assert events["uncertainty_s"].min() == pytest.approx(np.hypot(MANUAL_EVENT_UNCERTAINTY_S, 1 / INFO.rate_hz))
    with pytest.raises(InputError, match="together with the video"):
        read_events(tmp_path / "events.csv")


def test_times_that_are_rounded_are_less_certain(tmp_path: Path) -> None:
    events = read_events(written(tmp_path, text_of(time="{:.1f}".format)), [VIDEO])
    assert events["uncertainty_s"].to_numpy() == pytest.approx(np.hypot(MANUAL_EVENT_UNCERTAINTY_S, 0.05))


def test_an_uncertainty_that_is_reported_counts_and_one_that_is_not_is_that_of_a_hand(tmp_path: Path) -> None:
    table = "time_s,side,event,uncertainty_s,source\n0.52,left,HS,0.08,me\n1.11,left,TO,,\n1.58,left,HS,NaN,me\n"
    events = read_events(written(tmp_path, table), [VIDEO])
    assert events["uncertainty_s"].tolist() == pytest.approx([0.08, np.hypot(0.03, 0.005), np.hypot(0.03, 0.005)])
    assert events["source"].tolist() == ["me", "file", "me"]


def slow(scale: float) -> VideoTimes:
    return replace(VIDEO, info=replace(INFO, time_scale=scale))


LIKE_MS = text_of(time=lambda t: f"{1000 * t:.0f}")
LIKE_FRAMES = text_of(time=lambda t: f"{30 * t:.0f}")
FIRST = "time_s,side,event\n0.5,left,HS\n"
REFUSED = {
    "milliseconds called seconds": (LIKE_MS, r"'time_s' holds .*milliseconds. Name the column 'time_ms'"),
    "frames called seconds": (LIKE_FRAMES, r"'time_s' holds .*frame numbers. Name the column 'frame'"),
    "few frames called seconds": (FIRST.replace("0.5", "3") + "5,right,HS\n6,left,HS\n", r"'time_s'.*whole seconds"),
    "seconds called milliseconds": (text_of("time_ms,side,event"), r"'time_ms' holds .*seconds. Name the column 'tim"),
    "milliseconds called frames": (LIKE_MS.replace("time_s", "frame"), r"'frame' holds .*Name the column 'time_ms'"),
    "frames from one": (f"frame,side,event\n1,left,HS\n{INFO.frames},right,HS\n", r"'frame' holds .*counted from 1"),
    "a frame that is not there": ("frame,side,event\n3,left,HS\n20,right,HS\n245,left,HS\n",
                                 r"row 4, column 'frame': 245 is outside the video, which has the frames 0 to 239"),
    "no unit": (text_of("Time,side,event"), r"column 'Time' holds .* unit is not stated. Name the column 'time_s'"),
    "thousands": ("time_ms;side;event\n567;L;HS\n1.234;R;HS\n", r"column 'time_ms' holds .*separates thousands"),
    "thousands and decimals": (FIRST + '"1.234,5",left,TO\n', r"row 3, column 'time_s': '1.234,5' is not a number"),
    "half of a frame": ("frame,side,event\n1.5,left,HS\n", r"row 2, column 'frame': '1.5' is not a frame number"),
    "a time after the end": (FIRST + "\n99.25,left,TO\n", r"row 4, column 'time_s': 99.25 is outside the video, which"),
    "an uncut video": (FIRST.replace("0.5", "60.5") + "61.25,left,TO\n", r"Row 2, .*Row 3, .*outside the video"),
    "a time before the start": (FIRST + "-0.4,left,TO\n", r"row 3, column 'time_s': -0.4 is outside the video"),
    "no time": (FIRST + "NaN,left,TO\n", r"row 3, column 'time_s': there is no time"),
    "an empty time": (FIRST + ",left,TO\n", r"row 3, column 'time_s': there is no time"),
    "a word": ("sep=,\n" + FIRST + "soon,left,TO\n", r"row 3, column 'time_s': 'soon' is not a number"),
    "a clock without fraction": (FIRST + "0:01,left,TO\n", r"row 3, column 'time_s': '0:01' is not a time; write"),
    "another side": ("Time_s;Bein;Leg;event\n1,5;;links;HS\n", r"row 2, column 'Leg': 'links' is not a side; write"),
    "another event": (FIRST + "1.5,left,jump\n", r"row 3, column 'event': 'jump' is not an event; write heel_strike"),
    "an empty side": (FIRST + "1.5,,HS\n", r"row 3, column 'side': '' is not a side"),
    "the same event twice": (FIRST + "0.9,left,TO\n0.500,Left,HS\n", r"row 4, .*the same event stands in row 2"),
    "an event too many": (FIRST + "1.5,left,HS\n0.58,left,HS\n", r"row 4, .*the left heel strike is 0.08 s after that"),
    "a toe-off too many": (FIRST + "1.5,left,TO\n1.58,left,TO\n", r"row 4, .*the left toe-off is 0.08 s after that"),
    "no event column": ("time_s,side\n1,left\n", r"no column 'event' in row 1, but 'time_s', 'side'; a table of"),
    "no time column": ("t,side,event\n1,left,HS\n", r"no column 'time_s' in row 1"),
    "no header": ("0.5,left,HS\n0.9,left,TO\n", r"no column 'time_s' and no column 'side' .* in row 1, but '0.5', "),
    "two columns of one kind": ("time_s,side,leg,event\n1,left,left,HS\n", r"'side' and 'leg' in row 1"),
    "unquoted decimal commas": (text_of(time=comma), r"Row 2, .*4 cells and the header 3.*semicolons"),
    "a header alone": ("time_s,side,event\n\n", r"holds no event"),
    "nothing": ("", r"no column"),
    "a negative uncertainty": (FIRST.replace("\n", ",\n").replace("event,", "event,uncertainty_s")
                               + "1.5,left,TO,-1\n", r"row 3, column 'uncertainty_s': '-1' is not the uncertainty"),
    "another video": ("video,time_s,side,event\n1.5,1.5,left,TO\n", r"row 2, column 'video': '1.5' is not the number"),
    "a workbook": (b"PK\x03\x04\x14\x00", r"workbook.*save it as CSV"),
    "an old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1", r"workbook.*save it as CSV"),
    "no text": (b"a,b\n\0\n", r"Save it from the spreadsheet as CSV"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "reported"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_meant_is_refused_by_column_and_row(tmp_path: Path, content: str | bytes, reported: str) -> None:
    with pytest.raises(InputError, match=rf"(?s:events\.csv.*)(?s:{reported})"):
        read_events(written(tmp_path, content), [VIDEO])


def test_seconds_of_a_file_in_slow_motion_are_told_as_such(tmp_path: Path) -> None:
    path = written(tmp_path, text_of(time=lambda t: f"{8 * t:.3f}"))
    with pytest.raises(InputError, match=r"slow motion. Multiply them by 0\.125"):
        read_events(path, [slow(0.125)])


def test_every_mistake_is_reported_up_to_ten(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_events(written(tmp_path, FIRST + "x,left,TO\n" * 12), [VIDEO])
    lines = str(caught.value).splitlines()
    assert [line.partition(",")[0] for line in lines[1:11]] == [f"Row {number}" for number in range(3, 13)]
    assert lines[11:] == ["And 2 more."]


def test_the_times_of_each_video_are_held_against_that_video(tmp_path: Path) -> None:
    longer = replace(VIDEO, info=replace(INFO, duration_s=60.0))
    table = "video,time_s,side,event\n1,0.5,left,HS\n2,50.25,left,HS\n"
    assert read_events(written(tmp_path, table), [VIDEO, longer])["video"].tolist() == [1, 2]
    with pytest.raises(InputError, match="row 3"):
        read_events(written(tmp_path, table), [longer, VIDEO])


def test_a_table_without_videos_at_hand_is_read_too(tmp_path: Path) -> None:
    events = read_events(written(tmp_path, text_of()))
    pd.testing.assert_frame_equal(events[KEYS], TRUE.reset_index(drop=True))
