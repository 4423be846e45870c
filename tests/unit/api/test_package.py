"""What ``import gaitlab`` offers, and what it does not load."""

from __future__ import annotations

import subprocess
import sys

import pytest

import gaitlab

MODULES = ("batch", "plots", "review", "simulate")


@pytest.mark.parametrize("name", MODULES)
def test_a_submodule_is_reached_without_an_import_of_its_own(name: str) -> None:
    code = f"import gaitlab; assert gaitlab.{name}.__name__ == 'gaitlab.{name}'"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_package_alone_loads_none_of_them() -> None:
    code = (
        "import sys, gaitlab\n"
        "assert not {'numpy', 'pandas', 'matplotlib'} & set(sys.modules)\n"
        "assert not [name for name in sys.modules if name.startswith('gaitlab.')]"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_completion_offers_each_public_name_and_each_can_be_had() -> None:
    assert set(gaitlab.__all__) <= set(dir(gaitlab))
    assert [name for name in gaitlab.__all__ if not hasattr(gaitlab, name)] == []
    with pytest.raises(AttributeError, match="no_such_name"):
        gaitlab.no_such_name  # noqa: B018
