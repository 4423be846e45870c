"""Whatever is set around the command, in the environment or in files of other tools, it works and draws the same."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

import matplotlib as mpl
import pytest
from conftest import ROOT, RunCli
from factories import make_analysis

from gaitlab.report.figures import report_figures, write_figures

DRAW = """
import sys
from hashlib import sha256
from pathlib import Path
from gaitlab.core.processes import settle
settle()
from factories import make_analysis
from gaitlab.report.figures import report_figures
print(Path.cwd() == Path(sys.argv[1]))
print(sha256(report_figures(make_analysis())["hip_flexion"].svg()[0].encode()).hexdigest())
"""
TEX_EVERYWHERE = """
text.usetex: True
font.family: serif
axes.unicode_minus: False
axes.grid: True
savefig.bbox: tight
savefig.dpi: 40
figure.constrained_layout.use: True
lines.linewidth: 5
"""
NOTEBOOK = {"MPLBACKEND": "module://matplotlib_inline.backend_inline", "FORCE_COLOR": "1", "JPY_PARENT_PID": "1"}
NO_HOME = {"MPLCONFIGDIR": "/dev/null/nowhere", "HOME": "/dev/null/nowhere"}
ASCII = {"LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
AGAINST = ASCII | NOTEBOOK | {"PYTHONWARNINGS": "error", "PYTHONOPTIMIZE": "2", "HOME": "/dev/null/nowhere"}
"""All that is set against the command at once; ``test_offline.py`` has the processes of the pose network in it."""


def drawn(folder: Path, env: Mapping[str, str], settings: bytes = b"") -> str:
    """Draw a figure in a process of its own, in a folder that holds settings of Matplotlib; return its hash."""
    folder.mkdir()
    (folder / "matplotlibrc").write_bytes(settings)
    path = os.pathsep.join((str(ROOT), str(ROOT / "tests" / "fixtures")))
    done = subprocess.run(
        [sys.executable, "-c", DRAW, str(folder)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path, **env},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    in_its_folder, figure = done.stdout.split()
    assert in_its_folder == "True"
    return figure


@pytest.fixture(scope="module")
def plain() -> str:
    """Return the hash of the figure as it is drawn where nothing is set, as in the process of the tests."""
    return sha256(report_figures(make_analysis())["hip_flexion"].svg()[0].encode()).hexdigest()


@pytest.mark.parametrize(
    ("env", "settings"),
    [
        ({"PYTHONWARNINGS": "error"}, TEX_EVERYWHERE.encode()),
        ({"MPLBACKEND": "nonsense"}, b"no colon\nlines.linewidth: thick\n"),
        (NO_HOME | {"MPLBACKEND": "qtagg"}, b"font.family: \xe9\n"),
        (NOTEBOOK | ASCII, b""),
    ],
    ids=["strict with tex", "nonsense and broken", "window without a home", "notebook in ascii"],
)
def test_a_figure_is_the_same_in_all_surroundings(
    plain: str, tmp_path: Path, env: dict[str, str], settings: bytes
) -> None:
    assert drawn(tmp_path / "desk", env, settings) == plain


def test_settings_of_the_caller_neither_change_the_figures_nor_are_changed(tmp_path: Path) -> None:
    analysis = make_analysis()
    (tmp_path / "mine.rc").write_text(TEX_EVERYWHERE, encoding="utf-8")
    before = write_figures(analysis, tmp_path / "before")
    with mpl.rc_context(fname=tmp_path / "mine.rc"):
        mine = dict(mpl.rcParams)
        after = write_figures(analysis, tmp_path / "after")
        assert dict(mpl.rcParams) == mine
    assert [path.read_bytes() for path in after] == [path.read_bytes() for path in before]


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_a_console_of_few_signs_is_written_to(run_cli: RunCli, encoding: str) -> None:
    printed = run_cli("reference", "list", env=ASCII | {"PYTHONIOENCODING": encoding, "PYTHONWARNINGS": "error"})
    assert (printed.returncode, printed.stderr) == (0, "")
    assert "\\u2013" not in printed.stdout


@pytest.mark.slow
def test_the_command_works_where_everything_is_set_against_it(
    run_cli: RunCli, short_walk: Path, tmp_path: Path
) -> None:
    (tmp_path / "matplotlibrc").write_bytes(b"backend: nonsense\ntext.usetex: \xe9\n")
    done = run_cli("analyze", short_walk, "-o", tmp_path / "out", "--no-video", cwd=tmp_path, env=AGAINST)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.isascii()
    assert (tmp_path / "out" / "report.html").is_file()
