"""What a reader corrects changes the events and strides as entered, and is recorded with old and new."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from walkers import PATHOLOGICAL, QUICK, STIFF_RIGHT, camera, clean_walk, video_of, walk

from gaitlab import report
from gaitlab.analysis import io
from gaitlab.api import Analysis, Options, analyze_landmarks, load
from gaitlab.errors import InputError, NothingMeasurableError, UsageError
from gaitlab.gait import detect_events, foot_signals
from gaitlab.gait.corrections import (
    Correction,
    Corrections,
    add_person_choice,
    apply_corrections,
    check_foot_order,
    compare_events,
    event_table_warnings,
    exclude_strides,
    person_choice,
    read_corrections,
    write_corrections,
)
from gaitlab.pose import PeopleRecord, PersonRecord
from gaitlab.schema import SIDES, opposite, rows_as_dicts
from gaitlab.simulate import simulate_walk, swap_sides
from tests.unit.signals.test_bouts import joined

KEYS = ["time_s", "side", "event"]
REMOVED = {"kind": "removed", "side": "left", "event": "heel_strike", "old_s": 1.0}


@pytest.fixture(scope="module")
def plain() -> Analysis:
    return analysed()


def analysed(file: Path | None = None) -> Analysis:
    simulation = walk("left", duration_s=6)
    video = replace(video_of(simulation.landmarks), sha256="f" * 64)
    return analyze_landmarks(simulation.landmarks, video, Options(events_file=None if file is None else str(file)))


def saved(folder: Path, *changes: Correction) -> Path:
    return write_corrections(folder / "walk.json", [("other", "0" * 64, ()), ("walk", "f" * 64, changes)])


def nth(analysis: Analysis, side: str, event: str, number: int) -> float:
    events = analysis.events
    times = events.loc[(events["side"] == side) & (events["event"] == event), "time_s"]
    return float(times.iloc[number])


def test_an_event_is_moved_another_added_and_one_removed_and_all_is_recorded(plain: Analysis, tmp_path: Path) -> None:
    strike_s, off_s = nth(plain, "left", "heel_strike", 1), nth(plain, "right", "toe_off", 1)
    reported = {"at": "2026-11-24T20:40:00Z", "by": "A. Therapist"}
    changes = (
        Correction(kind="moved", side="left", event="heel_strike", old_s=strike_s, new_s=strike_s + 0.04, **reported),
        Correction(kind="removed", side="right", event="toe_off", old_s=off_s, **reported),
        Correction(kind="added", side="right", event="toe_off", new_s=off_s - 0.06, **reported),
    )
    result = analysed(saved(tmp_path, *changes))
    assert result.corrections == changes
    assert result.summary()["corrections"][0] == {
        "kind": "moved",
        "side": "left",
        "event": "heel_strike",
        "old_s": strike_s,
        "new_s": strike_s + 0.04,
        **reported,
    }
    by_hand = result.events[result.events["source"] == "corrected"]
    assert sorted(by_hand["time_s"]) == pytest.approx(sorted([strike_s + 0.04, off_s - 0.06]))
    assert len(result.events) == len(plain.events)
    starts = result.cycles.loc[result.cycles["side"] == "left", "start_s"]
    assert np.abs(starts - (strike_s + 0.04)).min() < 1e-9
    untouched = result.events[result.events["source"] != "corrected"]
    assert set(map(tuple, untouched.to_numpy())) <= set(map(tuple, plain.events.to_numpy()))


def test_a_stride_left_out_by_hand_is_not_used_and_may_be_taken_back(plain: Analysis, tmp_path: Path) -> None:
    stride = plain.cycles[plain.cycles["used"]].iloc[1]
    out = Correction(kind="excluded", side=stride["side"], event="stride", old_s=round(stride["start_s"], 3))
    result = analysed(saved(tmp_path, out))
    mine = result.cycles.iloc[int(stride.name)]
    assert (bool(mine["used"]), mine["exclusion"]) == (False, "left_out_by_hand")
    assert result.cycles["used"].sum() == plain.cycles["used"].sum() - 1
    assert result.quality.strides.of(stride["side"]) == plain.quality.strides.of(stride["side"]) - 1
    back = analysed(saved(tmp_path, out, replace(out, kind="included")))
    pd.testing.assert_frame_equal(back.cycles, plain.cycles)
    assert len(back.corrections) == 2, "what was taken back is reported too"


def test_corrections_are_told_in_the_order_in_which_they_were_made(plain: Analysis, tmp_path: Path) -> None:
    stride = plain.cycles[plain.cycles["used"]].iloc[1]
    start_s = float(stride["start_s"])
    out = Correction(kind="excluded", side=stride["side"], event="stride", old_s=start_s)
    moved = Correction(kind="moved", side=stride["side"], event="heel_strike", old_s=start_s, new_s=start_s + 0.1)
    result = analysed(saved(tmp_path, out, moved))
    assert result.corrections == (out, moved)
    again = analysed(saved(tmp_path, *result.corrections))
    assert again.cycles.loc[again.cycles["exclusion"] == "left_out_by_hand", "start_s"].tolist() == pytest.approx(
        [start_s + 0.1]
    )


def test_a_stride_that_was_left_out_goes_with_its_heel_strike_when_that_is_moved_later() -> None:
    cycles = pd.DataFrame({"side": "left", "start_s": [1.0, 2.2], "used": True, "exclusion": "", "reason": ""})
    events = pd.DataFrame({"side": "left", "event": "heel_strike", "time_s": [1.0, 2.2, 3.4]})
    out = Correction(kind="excluded", side="left", event="stride", old_s=2.0)
    later = Correction(kind="moved", side="left", event="heel_strike", old_s=2.0, new_s=2.2)
    other = replace(later, side="right")
    assert exclude_strides(cycles, [out, later, other], events)["exclusion"].tolist() == ["", "left_out_by_hand"]
    gone = Correction(kind="removed", side="left", event="heel_strike", old_s=2.2)
    assert exclude_strides(cycles, [out, later, gone], events)["used"].all()
    with pytest.raises(InputError, match="do not match"):
        exclude_strides(cycles, [later, out], events)


def test_a_stride_may_be_left_out_and_then_lose_its_last_heel_strike(plain: Analysis, tmp_path: Path) -> None:
    stride = plain.cycles[plain.cycles["side"] == "left"].iloc[-1]
    out = Correction(kind="excluded", side="left", event="stride", old_s=float(stride["start_s"]))
    gone = Correction(kind="removed", side="left", event="heel_strike", old_s=float(stride["end_s"]))
    result = analysed(saved(tmp_path, gone, out))
    assert result.cycles["used"].sum() == plain.cycles["used"].sum() - 1
    assert result.corrections == (gone, out)


def test_corrections_are_kept_in_the_folder(plain: Analysis, tmp_path: Path) -> None:
    strike_s = nth(plain, "left", "heel_strike", 1)
    change = Correction(kind="moved", side="left", event="heel_strike", old_s=strike_s, new_s=strike_s + 0.04, by="A")
    result = analysed(saved(tmp_path, change))
    with pytest.MonkeyPatch.context() as quick:
        quick.setattr(report, "write_reports", lambda *_args, **_options: None)
        back = load(result.save(tmp_path / "result"))
    assert back.corrections == (replace(change, old_s=round(strike_s, 4), new_s=round(strike_s + 0.04, 4)),)
    written = pd.read_csv(tmp_path / "result" / "events.csv")
    assert (written["source"] == "corrected").sum() == 1


def test_a_corrected_table_is_compared_with_what_was_detected(plain: Analysis, tmp_path: Path) -> None:
    table = plain.events[KEYS].copy()
    moved_s = float(table["time_s"].iloc[3])
    table.loc[3, "time_s"] = moved_s + 0.05
    io.write_table(table.drop(index=5), tmp_path / "events.csv")
    changes = analysed(tmp_path / "events.csv").corrections
    assert [(c.kind, c.side, c.event) for c in changes] == [
        ("moved", table["side"].iloc[3], table["event"].iloc[3]),
        ("removed", table["side"].iloc[5], table["event"].iloc[5]),
    ]
    assert changes[0].old_s == pytest.approx(moved_s)
    assert changes[0].new_s == pytest.approx(moved_s + 0.05, abs=1e-4)


@given(shift_s=st.floats(-0.08, 0.08), dropped=st.integers(0, 9), seed=st.integers(0, 10))
@QUICK
def test_the_differences_between_two_tables_lead_from_one_to_the_other(shift_s: float, dropped: int, seed: int) -> None:
    events = walk("left", duration_s=6).events
    moved = int(np.random.default_rng(seed).integers(10, len(events)))
    wanted = events.drop(index=dropped)
    wanted.loc[moved, "time_s"] += shift_s
    reached = apply_corrections(events, compare_events(events, wanted))
    times = wanted.sort_values("time_s")["time_s"].to_numpy()
    assert reached["time_s"].to_numpy() == pytest.approx(times, abs=1e-4)


MOVE = {"kind": "moved", "side": "left", "event": "heel_strike", "old_s": 1.0, "new_s": 1.1}


@pytest.mark.parametrize(
    ("change", "reported"),
    [
        (MOVE | {"kind": "turned"}, "turned"),
        (MOVE | {"side": "links"}, "links"),
        (MOVE | {"event": "stride"}, "stride"),
        (MOVE | {"new_s": None}, "new_s"),
        (MOVE | {"new_s": "soon"}, "new_s"),
        (MOVE | {"why": "?"}, "cannot be read"),
        ("gone", "cannot be read"),
        ({"kind": "excluded", "side": "left", "event": "heel_strike", "old_s": 1.0}, "stride"),
    ],
)
def test_a_mistake_in_a_file_of_corrections_is_reported(tmp_path: Path, change: object, reported: str) -> None:
    path = saved(tmp_path)
    content = json.loads(path.read_text())
    content["videos"][1]["changes"] = [change]
    path.write_text(json.dumps(content))
    with pytest.raises(InputError, match=reported):
        read_corrections(path, [("walk", "f" * 64)])


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "gaitlab corrections", "version": 1, "videos": {}}'])
def test_another_file_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.json").write_text(text)
    with pytest.raises(InputError, match="corrections"):
        read_corrections(tmp_path / "x.json", [("walk", "f" * 64)])


def test_corrections_of_another_video_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="'other'"):
        read_corrections(saved(tmp_path), [("mine", "e" * 64)])


@pytest.mark.parametrize(
    "change",
    [
        Correction(kind="removed", side="left", event="heel_strike", old_s=99.0),
        Correction(kind="excluded", side="left", event="stride", old_s=99.0),
    ],
)
def test_a_correction_of_what_is_not_there_is_refused(tmp_path: Path, change: Correction) -> None:
    with pytest.raises(InputError, match="do not match"):
        analysed(saved(tmp_path, change))


@pytest.mark.parametrize(
    "entry",
    [
        {"stem": "walk", "changes": []},
        {"sha256": ["f" * 64], "changes": []},
        {"sha256": "f" * 64, "changes": None},
        {"sha256": "f" * 64, "changes": "moved"},
        {"sha256": "f" * 64, "changes": [["moved"]]},
        {"sha256": "f" * 64, "changes": [REMOVED | {"new_s": float("nan")}]},
        {"sha256": "f" * 64, "changes": [REMOVED | {"new_s": "1"}]},
        {"sha256": "f" * 64, "changes": [REMOVED | {"by": None}]},
        {"sha256": "f" * 64, "changes": [REMOVED | {"at": 5}]},
    ],
)
def test_whatever_a_file_of_corrections_holds_is_refused_in_a_sentence(tmp_path: Path, entry: object) -> None:
    file = tmp_path / "x.json"
    file.write_text(json.dumps({"format": "gaitlab corrections", "version": 1, "videos": [entry]}), encoding="utf-8")
    with pytest.raises(InputError, match="correction"):
        read_corrections(file, [("walk", "f" * 64)])


def test_a_file_that_an_editor_marked_as_unicode_is_read(tmp_path: Path) -> None:
    file = saved(tmp_path, Correction(**REMOVED))  # type: ignore[arg-type]
    file.write_text(file.read_text(encoding="utf-8"), encoding="utf-8-sig")
    assert read_corrections(file, [("walk", "f" * 64)])[0].changes == (Correction(**REMOVED),)  # type: ignore[arg-type]


SWAP = Correction(kind="swapped_sides", side="both", event="bout", old_s=1.0, new_s=3.0)


@pytest.mark.parametrize(
    "wrong", [{"side": "left"}, {"event": "stride"}, {"new_s": None}, {"new_s": 0.5}, {"kind": "moved"}]
)
def test_a_bout_whose_sides_are_exchanged_has_a_start_an_end_and_both_sides(wrong: dict[str, object]) -> None:
    assert Corrections(changes=(SWAP,)).swapped_bouts == ((1.0, 3.0),)
    with pytest.raises(InputError):
        Correction(**(asdict(SWAP) | wrong))  # type: ignore[arg-type]


def test_sides_exchanged_twice_are_as_they_were() -> None:
    times_s = np.array([0.5, 2.0, 3.5])
    assert Corrections(changes=(SWAP,)).swapped_at(times_s).tolist() == [False, True, False]
    assert not Corrections(changes=(SWAP, SWAP)).swapped_at(times_s).any()


def test_a_change_names_the_side_as_it_was_called_when_it_was_made() -> None:
    before = Correction(kind="added", side="left", event="heel_strike", new_s=2.0)
    elsewhere = Correction(kind="added", side="left", event="heel_strike", new_s=4.0)
    after = Correction(kind="removed", side="right", event="toe_off", old_s=1.5)
    resolved = Corrections(changes=(before, elsewhere, SWAP, after)).resolve_sides()
    assert resolved.changes == (SWAP, replace(before, side="right"), elsewhere, after)
    assert resolved.resolve_sides().changes == resolved.changes


TRUE = walk("left", duration_s=6).events[KEYS]
OTHER_SIDE = {"left": "right", "right": "left"}
OTHER_KIND = {"heel_strike": "toe_off", "toe_off": "heel_strike"}


def tabled(folder: Path, events: pd.DataFrame) -> Path:
    inside = events[events["time_s"].between(0, 5.9)]
    io.write_table(inside, folder / "events.csv")
    return folder / "events.csv"


def collect_messages(file: Path) -> tuple[str, str]:
    """What a table's analysis is refused for, and what is reported first of one that is not."""
    try:
        warnings = analysed(file).warnings
    except NothingMeasurableError as error:
        return error.code, str(error)
    return "", warnings[0] if warnings else ""


@pytest.mark.parametrize(
    ("events", "reported"),
    [
        (TRUE.replace({"side": OTHER_SIDE}), "Left and right appear swapped"),
        (TRUE.replace({"event": OTHER_KIND}), "heel strikes and toe-offs appear swapped"),
        (TRUE[TRUE["event"] == "heel_strike"].replace({"side": OTHER_SIDE}), "Left and right appear swapped"),
        (TRUE.assign(time_s=TRUE["time_s"] + 0.4), "from another start"),
    ],
    ids=["sides", "kinds", "heel strikes alone", "another start"],
)
def test_a_table_by_which_the_feet_step_backwards_is_refused_with_its_likely_cause(
    events: pd.DataFrame, reported: str, tmp_path: Path
) -> None:
    code, sentence = collect_messages(tabled(tmp_path, events))
    assert code == "events_contradict"
    assert reported in sentence
    assert re.search(r"at (\d+) of its (\d+) heel strikes the other foot is in front", sentence)
    assert "Check the table against the video" in sentence


def test_a_table_whose_times_are_shifted_says_so_first(tmp_path: Path) -> None:
    code, sentence = collect_messages(tabled(tmp_path, TRUE.assign(time_s=TRUE["time_s"] - 0.2)))
    assert code == ""
    assert re.match(r"The table of events does not match the video: \d+ of \d+ events are more than 0.1 s", sentence)
    assert "may count from another start" in sentence


def test_a_table_of_another_walk_is_reported_first(tmp_path: Path) -> None:
    _, sentence = collect_messages(tabled(tmp_path, TRUE.assign(time_s=0.8 * TRUE["time_s"])))
    assert sentence.startswith("The table of events")
    assert "another walk" in sentence


@pytest.mark.parametrize("part", [TRUE, TRUE[TRUE["event"] == "heel_strike"]])
def test_a_table_that_fits_within_what_a_reader_corrects_gets_no_word(part: pd.DataFrame, tmp_path: Path) -> None:
    by_eye_s = np.random.default_rng(3).normal(0, 0.03, len(part))
    code, sentence = collect_messages(tabled(tmp_path, part.assign(time_s=part["time_s"] + by_eye_s)))
    assert code == ""
    lacks = "" if "toe_off" in set(part["event"]) else "The table of events has no toe-off for most strides, so"
    assert sentence.startswith(lacks)
    assert bool(sentence) == bool(lacks)


def test_single_events_of_the_wrong_foot_are_named(tmp_path: Path) -> None:
    strikes = TRUE.index[(TRUE["event"] == "heel_strike") & TRUE["time_s"].between(2, 4)]
    mistaken = TRUE.copy()
    mistaken.loc[strikes[0], "side"] = OTHER_SIDE[TRUE.loc[strikes[0], "side"]]
    code, sentence = collect_messages(tabled(tmp_path, mistaken))
    assert code == ""
    wrong = mistaken.loc[strikes[0]]
    assert sentence.startswith("At one event of the table the feet are in the opposite order: ")
    assert f"{wrong['side']} heel strike at {wrong['time_s']:.2f} s. Check side, event and time." in sentence


def test_a_foot_that_is_always_put_down_behind_the_other_contradicts_nothing() -> None:
    walked = clean_walk("left", duration_s=6)
    events = detect_events(foot_signals(walked, "left"))[0]
    signals = foot_signals(walked, "left")
    limp = replace(signals, ankle=signals.ankle | {"right": signals.ankle["right"] - 0.9})
    leads = [
        np.interp(r["time_s"], limp.time_s, limp.ankle["right"] - limp.ankle["left"])
        for r in rows_as_dicts(events)
        if (r["side"], r["event"]) == ("right", "heel_strike")
    ]
    assert max(leads) < -0.1
    check_foot_order(events, events, limp)
    assert event_table_warnings(events, events, [limp], 1.1) == ()
    with pytest.raises(NothingMeasurableError, match="appear swapped"):
        check_foot_order(events.replace({"side": OTHER_SIDE}), events, limp)


def test_where_the_detector_found_nothing_a_table_is_not_compared() -> None:
    walked = clean_walk("left", duration_s=6)
    events = detect_events(foot_signals(walked, "left"))[0]
    late = events.assign(time_s=events["time_s"] + 0.2)
    signals = [foot_signals(walked, "left")]
    assert event_table_warnings(late, events, signals, 1.1)
    assert event_table_warnings(late, events.iloc[:0], signals, 1.1) == ()
    early = events[events["time_s"] < 1.5]
    assert event_table_warnings(late[late["time_s"] > 3], early, signals, 1.1) == ()


def test_a_table_without_heel_strikes_of_a_foot_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no heel strike of the left foot"):
        analysed(tabled(tmp_path, TRUE[(TRUE["side"] == "right") | (TRUE["event"] == "toe_off")]))


def exchanged(landmarks: xr.Dataset, folder: Path, *bouts: int, **options: str) -> tuple[Analysis, Analysis]:
    """Return the analysis as found, and that with left and right exchanged in some bouts, counted from 0."""
    video = video_of(landmarks)
    found = analyze_landmarks(landmarks, video, Options(**options))  # type: ignore[arg-type]
    spans = [(bout.start_s, bout.end_s) for bout in found.quality.bouts]
    swaps = [replace(SWAP, old_s=round(spans[n][0], 3), new_s=round(spans[n][1], 3)) for n in bouts]
    file = write_corrections(folder / "walk.json", [(video.stem, video.sha256, swaps)])
    return found, analyze_landmarks(landmarks, video, Options(events_file=str(file), **options))  # type: ignore[arg-type]


@pytest.mark.parametrize("view", ["back", "front"])
def test_pelvis_and_trunk_of_a_front_or_back_view_go_with_the_legs_whose_sides_are_exchanged(
    view: str, tmp_path: Path
) -> None:
    found, turned = exchanged(walk(view, PATHOLOGICAL, duration_s=6).landmarks, tmp_path, 0, pelvis="landmarks")
    before, after = (a.mean_curves.set_index(["measure", "side"])["mean"] for a in (found, turned))
    for measure in ("pelvic_drop", "trunk_lateral", "hip_adduction"):
        assert np.abs(before[measure]["left"] - before[measure]["right"].to_numpy()).max() > 3, "a gait with sides"
        for side in SIDES:
            np.testing.assert_allclose(after[measure][side], before[measure][opposite(side)], atol=1e-6)
    assert (found.view.mirrored, turned.view.mirrored) == (False, True)
    assert turned.view.explanation.endswith("Left and right were swapped manually.")


def test_legs_that_contradict_the_trunk_are_exchanged_without_turning_the_pelvis(tmp_path: Path) -> None:
    legs = [f"{side}_{part}" for side in SIDES for part in ("hip", "knee", "ankle", "heel", "foot_index")]
    right = walk("back", PATHOLOGICAL, duration_s=6).landmarks
    wrong = swap_sides(right, np.ones(right.sizes["time"], dtype=bool), legs)
    truth = analyze_landmarks(right, video_of(right), Options())
    (bout,) = truth.quality.bouts
    swap = replace(SWAP, old_s=bout.start_s, new_s=bout.end_s)
    file = write_corrections(tmp_path / "walk.json", [("simulated", "0" * 64, [swap])])
    put_right = analyze_landmarks(wrong, video_of(wrong), Options(events_file=str(file)))
    assert not put_right.view.mirrored
    lean, true_lean = (a.mean_curves.query("measure == 'trunk_lateral'")["mean"] for a in (put_right, truth))
    np.testing.assert_allclose(lean, true_lean, atol=0.3)


@pytest.mark.parametrize("bouts", [(1,), (0, 1)])
def test_of_several_bouts_only_those_whose_sides_are_exchanged_change(bouts: tuple[int, ...], tmp_path: Path) -> None:
    there, back = (
        simulate_walk(STIFF_RIGHT, camera=camera(view), duration_s=6.0, noise_px=1.0, seed=3).landmarks
        for view in ("left", "right")
    )
    found, turned = exchanged(joined(there, back), tmp_path, *bouts)
    for number, one in enumerate(found.quality.bouts):
        before, after = (a.events[a.events["time_s"].between(one.start_s, one.end_s)] for a in (found, turned))
        sides = before["side"].map(opposite) if number in bouts else before["side"]
        assert len(before) > 10
        assert after["side"].tolist() == sides.tolist()
        moved_s = np.abs(after["time_s"].to_numpy() - before["time_s"].to_numpy())
        assert (moved_s < before["uncertainty_s"].to_numpy()).all(), "the vertical rests on both bouts"
        assert np.median(moved_s) < 1e-3
    assert [c.old_s for c in turned.corrections] == [round(found.quality.bouts[n].start_s, 3) for n in bouts]


PEOPLE = PeopleRecord(
    count=2,
    chosen=2,
    chosen_by="walker",
    sentence="",
    persons=(
        PersonRecord(number=1, sentence="", time_s=0.2, box=(100.0, 50.0, 180.0, 450.0)),
        PersonRecord(number=2, sentence="", time_s=1.3, box=(600.0, 60.0, 700.0, 460.0)),
    ),
)
CHOICE = person_choice(PEOPLE, 1, at="2026-11-24T20:40:00Z", by="A. Therapist")


def test_a_person_is_chosen_by_number_and_place() -> None:
    assert (CHOICE.number, CHOICE.new_s, CHOICE.x_px, CHOICE.y_px) == (1, 0.2, 140.0, 250.0)
    with pytest.raises(UsageError, match="Person 3 cannot be selected; the available numbers are 1, 2"):
        person_choice(PEOPLE, 3)
    with pytest.raises(UsageError, match="one person is in the video"):
        person_choice(None, 1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": None},
        {"number": 0},
        {"number": 1.5},
        {"x_px": None},
        {"y_px": "low"},
        {"new_s": None},
        {"side": "left"},
    ],
)
def test_a_choice_that_names_nobody_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(InputError, match="correction"):
        Correction(**(asdict(CHOICE) | wrong))  # type: ignore[arg-type]


def test_what_was_changed_before_another_person_was_chosen_is_kept_apart(tmp_path: Path) -> None:
    moved, later = (replace(Correction(**REMOVED), old_s=at_s) for at_s in (1.0, 2.0))  # type: ignore[arg-type]
    (read,) = read_corrections(saved(tmp_path, moved, SWAP, CHOICE, later), [("walk", "f" * 64)])
    assert (read.changes, read.of_other_person, read.person) == ((CHOICE, later), (moved, SWAP), CHOICE)
    assert read.swapped_bouts == ()
    back = replace(CHOICE, number=2)
    (again,) = read_corrections(saved(tmp_path, moved, CHOICE, later, back), [("walk", "f" * 64)])
    assert (again.changes, again.of_other_person) == ((back,), (moved, later))


def test_the_person_stays_first_so_that_saving_again_keeps_all(tmp_path: Path) -> None:
    after = Correction(kind="removed", side="right", event="toe_off", old_s=1.5)
    resolved = Corrections.of([CHOICE, replace(after, side="left"), SWAP]).resolve_sides()
    assert resolved.changes == (CHOICE, SWAP, after)
    (again,) = read_corrections(saved(tmp_path, *resolved.changes), [("walk", "f" * 64)])
    assert (again.changes, again.of_other_person) == (resolved.changes, ())


def test_who_was_asked_for_with_the_command_is_named_in_the_file() -> None:
    moved = Correction(**REMOVED)  # type: ignore[arg-type]
    assert add_person_choice((moved,), PEOPLE) == (moved,)
    assert add_person_choice((moved,), None) == (moved,)
    assert add_person_choice((moved,), replace(PEOPLE, chosen_by="number")) == (person_choice(PEOPLE, 2), moved)
    assert add_person_choice((CHOICE, moved), replace(PEOPLE, chosen_by="number")) == (CHOICE, moved)
