"""The command line."""

from gaitlab.cli.app import app, main
from gaitlab.cli.record import register

__all__ = ["app", "main"]

register(app)
