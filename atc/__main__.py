"""The command ``atc``, and ``python -m atc``.

Worker processes import again the file that Python was started with: this one, which brings nothing.
"""


def main() -> None:
    """See `atc.cli.main`."""
    from atc.cli import main as command  # noqa: PLC0415

    command()


if __name__ == "__main__":
    main()
