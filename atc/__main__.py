"""The command ``atc``, and ``python -m atc``.

Worker processes import again the file that Python was started with: this one, which brings nothing.
"""

import gc


def main() -> None:
    """See `atc.cli.main`."""
    from atc.cli import main as command  # noqa: PLC0415

    try:
        command()
    finally:
        # Going through all that was imported, to end, takes a tenth of a second, and none of it is garbage.
        gc.freeze()


if __name__ == "__main__":
    main()
