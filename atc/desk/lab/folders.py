"""Where JupyterLab keeps what is its own: in the project, never in the user's home."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from atc.paths import Project

#: Settings for everybody, part of the package: French, no news, no search for updates.
SETTINGS = Path(__file__).parent / "settings"


@dataclass(frozen=True)
class Folders:
    """The private folders of JupyterLab in one project.

    Attributes:
        root: Out of git; only this user can enter it, for the token is there.
    """

    root: Path

    @property
    def runtime(self) -> Path:
        """What a server that runs says of itself, and the doors of its kernels."""
        return self.root / "runtime"

    @property
    def data(self) -> Path:
        """Signatures of the notebooks that were run here."""
        return self.root / "data"

    @property
    def log(self) -> Path:
        """What JupyterLab says, in English, to those who look for a cause."""
        return self.root / "jupyterlab.log"

    def environment(self) -> dict[str, str]:
        """Variables that keep Jupyter, and IPython, in these folders."""
        return {
            "JUPYTER_CONFIG_DIR": str(self.root / "config"),
            "JUPYTER_DATA_DIR": str(self.data),
            "JUPYTER_RUNTIME_DIR": str(self.runtime),
            "JUPYTERLAB_SETTINGS_DIR": str(self.root / "reglages"),
            "JUPYTERLAB_WORKSPACES_DIR": str(self.root / "espaces"),
            "IPYTHONDIR": str(self.root / "ipython"),
        }


def private_folders(project: Project) -> Folders:
    """The folders of a project, made if need be."""
    folders = Folders(project.root / ".jupyter")
    folders.root.mkdir(mode=0o700, exist_ok=True)
    folders.runtime.mkdir(mode=0o700, exist_ok=True)
    return folders
