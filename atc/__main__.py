"""``python -m atc`` is the same command as ``atc``."""

from atc.cli import main

if __name__ == "__main__":
    main()
