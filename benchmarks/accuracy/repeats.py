"""Two walks of one person without a change: how far do they differ, and is a change called?

    python benchmarks/accuracy/repeats.py FOLDER

FOLDER holds ``NAMEsN_*.mp4``: walks of several people, the person before the ``s``, the walk behind it. Prints the
standard errors of ``gaitlab/analysis/change/compared.py`` as they are now, and what ``gaitlab.compare`` calls a change
with the standard errors of the other people each time. All walks with two strides of a side count, at any speed: it is
the error of a visit that is wanted.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping
from itertools import groupby
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

import gaitlab
from gaitlab.analysis.change import COMPARED, SiteReliability
from gaitlab.analysis.change.conditions import method_of
from gaitlab.analysis.stride_values import stride_values

FEWEST_STRIDES: Final = 2
Pair = tuple[gaitlab.Analysis, gaitlab.Analysis]


def read_pairs(folder: Path) -> dict[str, Pair]:
    """Return the two walks of each person."""
    paths = sorted(folder.glob("*s[0-9]*_*.mp4"))
    people = {name: list(own) for name, own in groupby(paths, lambda path: path.stem.split("s")[0])}
    return {name: (gaitlab.analyze(own[0]), gaitlab.analyze(own[1])) for name, own in people.items() if len(own) == 2}


def differences(pairs: Mapping[str, Pair]) -> pd.DataFrame:
    """Return the change of each parameter and side of each person; of lengths and speeds as a share."""
    tables = [gaitlab.compare(*pair, labels=["1", "2"]).table.assign(person=name) for name, pair in pairs.items()]
    table = pd.concat(tables, ignore_index=True)
    numbers = ["before", "after", "change", "strides_before", "strides_after"]
    table = table.astype(dict.fromkeys(numbers, float))
    table = table[np.isfinite(table["change"]) & (table[numbers[3:]].min(axis=1) >= FEWEST_STRIDES)]
    relative = [COMPARED[name].relative for name in table["parameter"]]
    scale = np.where(relative, (table["before"] + table["after"]).abs() / 2, 1.0)
    return table.assign(change=table["change"] / scale)


def standard_errors(table: pd.DataFrame) -> pd.Series:
    """Return the standard error of one walk, by parameter: the root mean square difference over the root of two."""
    return table.groupby("parameter", sort=False)["change"].agg(lambda each: float(np.sqrt((each**2).mean() / 2)))


def stride_sds(analyses: Iterable[gaitlab.Analysis]) -> pd.Series:
    """Return the SD between the strides of one walk, pooled, by parameter."""
    tables = [stride_values(each).assign(walk=number) for number, each in enumerate(analyses)]
    values = pd.concat(tables).query("kind != 'phase'").astype({"value": float})
    spread = values.groupby(["measure", "side", "walk"])["value"].agg(["var", "size"]).query("size > 1").reset_index()
    weighted = spread.assign(df=spread["size"] - 1, sum=spread["var"] * (spread["size"] - 1))
    sums = weighted.groupby("measure")[["sum", "df"]].sum()
    return np.sqrt(sums["sum"] / sums["df"])


def calls_without(person: str, pairs: Mapping[str, Pair], table: pd.DataFrame) -> pd.DataFrame:
    """Return what a comparison of one person says with the standard errors of the others."""
    others = [each for name, pair in pairs.items() if name != person for each in pair]
    sem, sd = standard_errors(table[table["person"] != person]), stride_sds(others)
    own = {name: float(sd[name]) for name in sem.index if name in sd and np.isfinite(COMPARED[name].stride_sd)}
    site = SiteReliability(
        sem={str(name): float(each) for name, each in sem.items()},
        stride_sd=own,
        strides=dict.fromkeys(own, float(FEWEST_STRIDES)),
        views=("left", "right", "front", "back"),
        method=method_of(others[0]),
        people=len(pairs) - 1,
        recordings=len(others),
    )
    return gaitlab.compare(*pairs[person], labels=["1", "2"], reliability=site).table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    pairs = read_pairs(parser.parse_args().folder)
    table = differences(pairs)
    found, spread = standard_errors(table), stride_sds(each for pair in pairs.values() for each in pair)
    print(f"{len(pairs)} people\n\n| parameter | sides | SEM | SD between strides | mean difference | built in |")
    print("|---|---|---|---|---|---|")
    for name, sem in found.items():
        rows, known = table[table["parameter"] == name], COMPARED[str(name)]
        sd = spread.get(name, float("nan"))
        print(f"| {name} | {len(rows)} | {sem:.3f} | {sd:.3f} | {rows['change'].mean():+.3f} | {known.sem:.3f} |")
    called = pd.concat([calls_without(person, pairs, table) for person in pairs])
    compared = called[called["status"] != "not_compared"]
    changed = compared[compared["status"] == "changed"]
    print(f"\n{len(changed)} of {len(compared)} comparisons called a change")
    for code, rows in called[called["status"] == "not_compared"].groupby("code"):
        print(f"- not compared: {code}, {len(rows)}")
    for sentence in changed["sentence"]:
        print(f"- {sentence}")


if __name__ == "__main__":
    main()
