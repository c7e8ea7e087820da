"""``python -m atc.reconstitution``: rewrite the wave, or write it elsewhere to compare."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from atc.errors import AtcError
from atc.paths import find_project
from atc.reconstitution.package import write_wave
from atc.reconstitution.wave import WAVE


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the wave; the exit code is that of the error's family."""
    parser = argparse.ArgumentParser(
        prog="python -m atc.reconstitution",
        description=f"Écrit les tables de la vague {WAVE}, qui reproduisent le rapport publié.",
    )
    parser.add_argument(
        "--to",
        metavar="DOSSIER",
        type=Path,
        help=f"dossier où écrire ; par défaut, data/raw/{WAVE}",
    )
    chosen: Path | None = parser.parse_args(arguments).to
    try:
        project = find_project()
        folder = chosen or project.raw(WAVE)
        written = write_wave(project, folder)
    except AtcError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    sys.stdout.write(f"{len(written)} fichiers écrits dans {folder}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
