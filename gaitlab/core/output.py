"""The place of the output folder: written whole or not at all, by one run at a time, whatever ends the run."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from typing import Final

from gaitlab.core.cache import cache_folder
from gaitlab.core.locks import lock_file
from gaitlab.errors import OutputBusyError, OutputError

__all__ = ["added_files", "atomic_folder", "check_output", "default_output", "lock_output", "safe_filename"]

_NEW, _OLD = ".gaitlab-new", ".gaitlab-old"
_IN_USE: Final = ".gaitlab-lock"
"""In a folder that a living run writes to: a file that it holds locked."""

_LOCKS: Final = "locks"
"""In the folder of the cache: a file for each place, since the place itself may not exist yet."""

_SHORT_NAME: Final = 100
"""Characters of a name that are kept: with what is added, and four bytes each at most, file systems take it."""

_RESULTS: Final = (
    ("summary.json",),
    ("comparison.csv", "comparison.html"),
    ("export.json",),
    ("reliability.json",),
    ("laboratory.csv",),
    ("groups.csv", "groups.html"),
)
"""Files that make a folder a result: of an analysis, a comparison, an export, a study."""

_locked_paths: ContextVar[frozenset[Path]] = ContextVar("_locked_paths", default=frozenset())
"""Places that this thread holds: what it holds already, it need not take again."""


def default_output(video: Path) -> Path:
    """Return the folder in which the result of a video lies when none is named: ``VIDEO_gaitlab`` in this folder."""
    return Path(f"{safe_filename(video.stem) or 'video'}_gaitlab")


def safe_filename(name: str) -> str:
    """Return a name that a folder can have everywhere; empty where nothing is left of it.

    What is awkward in the name of a folder is replaced: a dash or dot in front, signs that some systems do not take,
    more than 100 characters.

    Examples
    --------
    >>> safe_filename("-walk: 1/2")
    'walk_ 1_2'
    """
    text = os.fsencode(name).decode("utf-8", "replace").replace("\ufffd", "_")
    plain = "".join(c if c.isprintable() and c not in '<>:"/\\|?*' else "_" for c in text)
    while len(plain.encode("utf-8")) > _SHORT_NAME:
        plain = plain[:-1]
    return plain.lstrip("-. ")


def check_output(folder: Path, *, force: bool) -> None:
    """Raise ``OutputError`` if a result could not be put at ``folder``, before any work is done."""
    place = _resolved(folder)
    if place.exists() and not place.is_dir():
        raise OutputError(f"{str(folder)!r} is a file; the output must be a folder. Choose another one with -o.")
    try:
        occupied = place.exists() and any(place.iterdir())
        existing = next(p for p in place.parents if p.exists())
        Path(tempfile.mkdtemp(prefix=f".{_short_name(place)}.", suffix=_NEW, dir=existing)).rmdir()
    except OSError as error:
        raise OutputError(
            f"The folder {str(folder)!r} cannot be written to ({error.strerror}). Choose another one with -o."
        ) from error
    if occupied and not force:
        raise OutputError(
            f"The folder {str(folder)!r} exists. Choose another one with -o, or use --force to replace it."
        )
    if occupied and not _is_result(place):
        raise OutputError(
            f"The folder {str(folder)!r} holds files that are not a result of gaitlab, and is not replaced. Choose "
            "another one with -o."
        )


@contextmanager
def lock_output(folder: Path, *, force: bool) -> Iterator[None]:
    """Keep other runs from writing to ``folder``, and check that a result can be put there.

    What a killed run left beside the folder is put in order first: a result that it had moved aside comes back, its
    half-written one is deleted. So is at the end what an interrupt left that came while a folder was being created.

    Parameters
    ----------
    folder
        Where the result shall be.
    force
        Whether an earlier result there may be replaced.

    Raises
    ------
    OutputBusyError
        If another run holds the place.
    OutputError
        If a result could not be put there.
    """
    place = _resolved(folder)
    if place in _locked_paths.get():
        check_output(folder, force=force)
        yield
        return
    with _locked(place):
        token = _locked_paths.set(_locked_paths.get() | {place})
        try:
            _recover_interrupted(place)
            check_output(folder, force=force)
            yield
        finally:
            _locked_paths.reset(token)
            _recover_interrupted(place)


@contextmanager
def atomic_folder(folder: Path, *, force: bool) -> Iterator[Path]:
    """Give a temporary folder and, when all went well, put it in the place of ``folder``.

    A link to a folder stays, and what it points to is replaced.

    Parameters
    ----------
    folder
        Where the result shall be.
    force
        Whether an earlier result there may be replaced.

    Raises
    ------
    OutputError
        If the place exists, cannot be written, or another run is writing there; nothing is left behind.
    """
    with lock_output(folder, force=force), ExitStack() as stack:
        place = _resolved(folder)
        made = [p for p in place.parents if not p.exists()]
        stack.callback(_remove_empty, made)
        temporary = stack.enter_context(_sibling_folder(place, folder))
        try:
            with lock_file(temporary / _IN_USE, _busy_message(temporary)):
                yield temporary
            (temporary / _IN_USE).unlink(missing_ok=True)
            temporary.chmod(_mode_of_new_folders(temporary))
            _replace(place, temporary, force=force)
        except OSError as error:
            raise OutputError(
                f"The result cannot be written to {str(folder)!r}: {error.strerror or error}. Free some space, or "
                "choose another folder with -o."
            ) from error


@contextmanager
def added_files(folder: Path) -> Iterator[Path]:
    """Give a temporary folder and, when all went well, add its files to the result that is in ``folder``.

    Each file comes whole, in the place of an earlier one of its name: whatever ends the run, the result is one that
    can be read.

    Parameters
    ----------
    folder
        Where the result is.

    Raises
    ------
    OutputError
        If there is no result, a file cannot be written, or another run is writing there; the result stays as it was.
    """
    with lock_output(folder, force=True), _sibling_folder(_resolved(folder), folder) as temporary:
        place = _resolved(folder)
        if not _is_result(place):
            raise OutputError(f"The folder {str(folder)!r} holds no result to which files could be added.")
        try:
            with lock_file(temporary / _IN_USE, _busy_message(temporary)):
                yield temporary
            (temporary / _IN_USE).unlink(missing_ok=True)
            for path in sorted(path for path in temporary.rglob("*") if path.is_file()):
                target = place / path.relative_to(temporary)
                target.parent.mkdir(parents=True, exist_ok=True)
                path.replace(target)
        except OSError as error:
            raise OutputError(
                f"The result in {str(folder)!r} is not complete: {error.strerror or error}. Free some space, and use "
                "--force to replace it."
            ) from error


@contextmanager
def _sibling_folder(place: Path, folder: Path) -> Iterator[Path]:
    """Give a new folder beside a place, on the same file system; what is left of it is deleted at the end."""
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".{_short_name(place)}.", suffix=_NEW, dir=place.parent))
    except OSError as error:
        raise OutputError(f"The folder {str(folder)!r} cannot be created: {error.strerror}.") from error
    try:
        yield temporary
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _mode_of_new_folders(inside: Path) -> int:
    """Return the permissions of a folder as this user makes it: a temporary one is for the owner alone."""
    made = Path(tempfile.mkdtemp(dir=inside)) / "new"
    made.mkdir()
    mode = stat.S_IMODE(made.stat().st_mode)
    shutil.rmtree(made.parent)
    return mode


def _resolved(folder: Path) -> Path:
    """Return the real place of a folder: where its links lead."""
    try:
        place = Path(os.path.realpath(folder))
        with suppress(FileNotFoundError, NotADirectoryError):
            place.stat()
    except OSError as error:
        name = str(folder) if len(str(folder)) <= _SHORT_NAME else f"{str(folder)[:_SHORT_NAME]}..."
        raise OutputError(
            f"The folder {name!r} cannot be used: {error.strerror}. Choose another one with -o."
        ) from error
    return place


def _short_name(place: Path) -> str:
    """Return the name of a place, or what stands for it where it leaves no room for an ending."""
    name = place.name
    if len(os.fsencode(name)) <= _SHORT_NAME:
        return name
    return hashlib.sha256(os.fsencode(name)).hexdigest()[:16]


def _replace(place: Path, new: Path, *, force: bool) -> None:
    """Put the new folder in its place; at any moment the old result or the new one is whole, here or aside."""
    if place.exists() and not force and any(place.iterdir()):
        raise OutputError(f"The folder {str(place)!r} was created in the meantime. Choose another one with -o.")
    old = new.with_suffix(_OLD)
    try:
        if place.exists():
            _rename(place, old)
        _rename(new, place)
    finally:
        if old.exists() and not place.exists():
            _rename(old, place)
        _delete(old)


def _rename(folder: Path, target: Path) -> None:
    """Rename a folder; tried for a second, since Windows lets none go in which a scanner reads a new file."""
    for pause_s in (0.1, 0.3, 0.6):
        try:
            folder.rename(target)
        except PermissionError:
            time.sleep(pause_s)
        else:
            return
    folder.rename(target)


def _delete(folder: Path) -> None:
    """Delete a folder, first the file that makes it a result: half deleted, it is never taken for one."""
    for mark, *_ in _RESULTS:
        with suppress(OSError):
            (folder / mark).unlink()
    shutil.rmtree(folder, ignore_errors=True)


def _is_result(folder: Path) -> bool:
    return any(all((folder / name).is_file() for name in names) for names in _RESULTS)


def _remove_empty(folders: list[Path]) -> None:
    for folder in folders:
        with suppress(OSError):
            folder.rmdir()


def _recover_interrupted(place: Path) -> None:
    """Put in order what a killed run left beside a place."""
    pattern = re.compile(rf"\.{re.escape(_short_name(place))}\.[a-z0-9_]{{8}}(?:{_NEW}|{_OLD})")
    with suppress(OSError):
        left = [path for path in place.parent.iterdir() if pattern.fullmatch(path.name) and path.is_dir()]
        for path in left:
            with suppress(OSError, OutputBusyError):
                with lock_file(path / _IN_USE, _busy_message(path)):
                    whole = path.suffix == _OLD and _is_result(path)
                (path / _IN_USE).unlink(missing_ok=True)
                if whole and not place.exists():
                    path.rename(place)
                else:
                    _delete(path)


@contextmanager
def _locked(place: Path) -> Iterator[None]:
    """Hold a place for this process; raise ``OutputBusyError`` if another run holds it."""
    name = hashlib.sha256(os.fsencode(place)).hexdigest()
    with lock_file(cache_folder() / _LOCKS / f"{name}.lock", _busy_message(place)):
        yield


def _busy_message(folder: Path) -> str:
    return (
        f"Another run of gaitlab is writing to the folder {str(folder)!r}. Wait for it, or choose another one with -o."
    )
