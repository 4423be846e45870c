"""The repository keeps its word: the docs name what there is, and the packages hold what they must."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import runpy
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest
from conftest import RunCli

import gaitlab
from gaitlab.pose import HEAVY_SHA256

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PAGES = sorted(path for folder in (ROOT, ROOT / "docs", ROOT / "sample_videos") for path in folder.glob("*.md"))
COMMANDS = ("analyze", "check", "batch", "doctor", "reference list", "app", "record export", "record delete", "compare")
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]+")
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#]+)")


def read(*parts: str) -> str:
    return ROOT.joinpath(*parts).read_text(encoding="utf-8")


def code_words(text: str) -> set[str]:
    return set(re.findall(r"[\w./*-]+", " ".join(re.findall(r"`([^`]+)`", text))))


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_has_help(run_here: RunCli, command: str) -> None:
    done = run_here(*command.split(), "--help")
    assert done.returncode == 0, done.stderr
    assert f"gaitlab {command}" in " ".join(done.stdout.split())


def test_the_docs_name_each_option_of_the_command_line_and_no_other(run_here: RunCli) -> None:
    page = read("docs", "cli.md") + read("docs", "options.md")
    in_help = {option for command in COMMANDS for option in OPTION.findall(run_here(*command.split(), "--help").stdout)}
    in_help |= set(OPTION.findall(run_here("--help").stdout))
    in_page = set(OPTION.findall(page))
    universal = {"--help", "--version", "--install-completion", "--show-completion"}
    assert in_help - universal == in_page - universal


def test_the_version_is_the_same_everywhere(run_here: RunCli) -> None:
    assert gaitlab.__version__ in run_here("--version").stdout
    assert f"version: {gaitlab.__version__}\n" in read("CITATION.cff")
    assert f"## [{gaitlab.__version__}]" in read("CHANGELOG.md")


def test_the_installation_page_states_what_each_dependency_is_for() -> None:
    extras = PROJECT["optional-dependencies"]
    needed = PROJECT["dependencies"] + [name for extra in ("notebook", "cluster", "parquet") for name in extras[extra]]
    names = {re.split(r"[\[<>=; ]", dependency)[0] for dependency in needed}
    rows = {
        row.split("|")[1].strip(" `") for row in read("docs", "installation.md").splitlines() if row.startswith("| `")
    }
    assert names <= rows


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    targets = LINK.findall(page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


@pytest.mark.slow
def test_the_docs_describe_each_file_and_column_of_the_output(output_dir: Path) -> None:
    words = code_words(read("docs", "outputs.md"))
    files = {path.name for path in output_dir.iterdir()}
    assert files - {"figures"} <= words
    for table in output_dir.glob("*.csv"):
        with table.open(encoding="utf-8", newline="") as file:
            header = next(csv.reader(file))
        assert set(header) <= words, f"{table.name} has columns that docs/outputs.md does not name"
    summary = json.loads((output_dir / "summary.json").read_text(encoding="utf-8"))
    assert set(summary) <= words
    assert {row["parameter"] for row in summary["spatiotemporal"]} <= words


def test_the_benchmarks_can_be_read_by_python() -> None:
    for script in (ROOT / "benchmarks").rglob("*.py"):
        compile(script.read_text(encoding="utf-8"), str(script), "exec")


@pytest.mark.parametrize(
    "name", sorted(set(re.findall(r"python benchmarks/performance/(\w+)\.py", read("docs", "performance.md"))))
)
def test_a_performance_benchmark_has_help(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    script = ROOT / "benchmarks" / "performance" / f"{name}.py"
    monkeypatch.setattr(sys, "argv", [str(script), "--help"])
    monkeypatch.syspath_prepend(script.parent)
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(script), run_name="__main__")
    assert ended.value.code == 0
    assert f"python benchmarks/performance/{name}.py" in capsys.readouterr().out


def test_sample_videos_are_small_and_have_their_truth() -> None:
    folder = ROOT / "sample_videos"
    clips = sorted(folder.glob("*.mp4"))
    assert clips
    for clip in clips:
        assert clip.with_suffix(".truth.csv").is_file()
        assert clip.with_suffix(".truth.json").is_file()
        assert f"`{clip.stem}`" in read("sample_videos", "README.md")
    assert sum(path.stat().st_size for path in folder.iterdir()) < 8_000_000


def test_the_model_is_the_one_that_the_notices_name() -> None:
    model = ROOT / "gaitlab" / "pose" / "models" / "pose_landmarker_heavy.task"
    assert hashlib.sha256(model.read_bytes()).hexdigest() == HEAVY_SHA256
    assert HEAVY_SHA256 in read("NOTICE")
    assert HEAVY_SHA256 in read("gaitlab", "pose", "models", "README.md")


@pytest.mark.slow
def test_the_wheel_holds_the_whole_package_and_nothing_else(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, capture_output=True, timeout=120, check=True)
    (wheel,) = tmp_path.glob("gaitlab_video-*.whl")
    held = set(ZipFile(wheel).namelist())
    package = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "gaitlab").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert {name for name in held if ".dist-info/" not in name} == package
    licences = {name.split("/licenses/")[1] for name in held if "/licenses/" in name}
    assert licences == {"LICENSE", "NOTICE", "gaitlab/pose/models/LICENSE"}
