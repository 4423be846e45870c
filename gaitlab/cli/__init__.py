"""The command line."""

from gaitlab.cli.app import app, main

__all__ = ["app", "main"]
