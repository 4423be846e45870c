"""The options of an analysis on the command line, as they are declared."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from gaitlab.analysis.options import OPTIONS, Option

__all__ = ["shown", "takes_options"]

_TYPES: Final = {"text": str, "number": float, "count": int, "file": Path, "reference": str}


def takes_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command all declared options; it takes them as ``**options``, and its own come after them."""
    signature = inspect.signature(command, eval_str=True)
    parameters = [
        parameter for parameter in signature.parameters.values() if parameter.kind is not parameter.VAR_KEYWORD
    ]
    arguments, switches = parameters[:2], parameters[2:]
    declared = [_parameter(option) for option in OPTIONS.values()]
    command.__signature__ = signature.replace(parameters=[*arguments, *declared, *switches])  # type: ignore[attr-defined]
    return command


def shown(option: Option) -> Any:
    """Return a declared option as typer shows it."""
    return typer.Option(
        f"--{option.flag}",
        metavar=option.metavar or "|".join(option.values) or None,
        min=1 if option.kind == "count" else None,
        help=option.help,
    )


def _parameter(option: Option) -> inspect.Parameter:
    kind: Any = _TYPES[option.kind]
    return inspect.Parameter(
        option.name,
        inspect.Parameter.POSITIONAL_OR_KEYWORD,
        default=option.default,
        annotation=Annotated[kind if option.default is not None else kind | None, shown(option)],
    )
