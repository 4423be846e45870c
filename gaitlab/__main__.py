"""``python -m gaitlab``."""

from gaitlab.cli.app import main

if __name__ == "__main__":
    main()
