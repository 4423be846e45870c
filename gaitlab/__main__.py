"""``python -m gaitlab``."""

from gaitlab.cli import main

if __name__ == "__main__":
    main()
