"""One JupyterLab server for one project: found, started, asked, ended; what it keeps stays in the project."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

from atc.errors import AtcError
from atc.paths import Project

#: Settings for everybody, part of the package: French, no news, no search for updates.
SETTINGS = Path(__file__).parent / "settings"
# Seconds: to be ready on a slow machine, to answer, to end the kernels.
_START, _ANSWER, _END = 120, 30, 15
#: No proxy may come between.
_DIRECT = build_opener(ProxyHandler({}))


def private(project: Project) -> Path:
    """The folder of JupyterLab in a project: out of git; only this user enters it, for the token is there.

    In it: ``runtime``, where a server that runs tells of itself and of the doors of its kernels; ``data``,
    signatures of the notebooks that were run here; ``jupyterlab.log``, for those who look for a cause.
    """
    root = project.root / ".jupyter"
    for folder in (root, root / "runtime"):
        folder.mkdir(mode=0o700, exist_ok=True)
    return root


@dataclass(frozen=True)
class Server:
    """A server that answers on this machine.

    Attributes:
        url: Its front page.
        token: Whoever has it may do what the user may.
        door: A page for the browser that carries the token, readable by this user only.
    """

    url: str
    token: str
    door: Path

    @classmethod
    def presented(cls, card: Path) -> Server:
        """The one that a card of the runtime folder tells of, once it answers.

        Raises:
            OSError, ValueError: The card is not there, or not whole, or nobody answers.
        """
        told = json.loads(card.read_text(encoding="utf-8"))
        server = cls(told["url"], told["token"], card.with_name(f"{card.stem}-open.html"))
        server.ask("GET", "api/status")
        return server

    def address(self, page: str) -> str:
        """Of a page of JupyterLab, with the token: to be shown to the user, and to nobody else."""
        return f"{self.url}{page}?token={self.token}"

    def ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """What the server answers to a request.

        Raises:
            OSError: It does not answer.
            AtcError: It refuses.
        """
        heading = {"Authorization": f"token {self.token}", "Content-Type": "application/json"}
        sent = None if body is None else json.dumps(body).encode()
        try:
            request = Request(f"{self.url}{path}", sent, heading, method=method)  # noqa: S310 (our own server)
            with _DIRECT.open(request, timeout=_ANSWER) as answer:
                content = answer.read()
        except HTTPError as error:
            raise AtcError(
                f"JupyterLab refuse « {path} » ({error.code}). Fermez-le, puis relancez."
            ) from error
        return json.loads(content) if content else None


def running(project: Project) -> Server | None:
    """The server of this project, if one answers."""
    for card in sorted(private(project).glob("runtime/jpserver-*.json")):
        with contextlib.suppress(OSError, ValueError, KeyError, AtcError):
            return Server.presented(card)
    return None


@contextmanager
def started(project: Project, page: str) -> Iterator[tuple[Server, subprocess.Popen[bytes]]]:
    """Start JupyterLab; it ends with the block, and its kernels with it.

    Args:
        project: Whose notebooks it opens.
        page: What the browser opens first.

    Raises:
        AtcError: It does not start.
    """
    own = private(project)
    # What a server that was killed left behind would be taken for this one.
    for card in own.glob("runtime/jpserver-*"):
        card.unlink()
    # Never in the user's home, whose own settings and kernels do not apply.
    folders = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "reglages",
        "JUPYTERLAB_WORKSPACES_DIR": "espaces",
        "IPYTHONDIR": "ipython",
    }
    options = {
        "ServerApp.root_dir": str(project.notebooks),
        "LabApp.default_url": f"/{page}",
        "LabApp.app_settings_dir": str(SETTINGS),
        "LabApp.extension_manager": "readonly",
        "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
    }
    # Jupyter asks administrators whether they mean it; whoever works as one here has no other account.
    root = ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    command = [sys.executable, "-m", "atc.desk.lab.serving", "--no-browser", *root]
    there = {name: str(own / folder) for name, folder in folders.items()}
    with (own / "jupyterlab.log").open("wb") as log:
        process = subprocess.Popen(
            [*command, *(f"--{name}={value}" for name, value in options.items())],
            env={**os.environ, **there, "ATC_ROOT": str(project.root)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            # Ctrl-C is for us: this server is then told to end, once, in order.
            start_new_session=True,
        )
    try:
        yield _waited(process, own, project), process
    finally:
        process.terminate()
        try:
            process.wait(_END)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _waited(process: subprocess.Popen[bytes], own: Path, project: Project) -> Server:
    """The server, once it answers."""
    deadline = time.monotonic() + _START
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError, ValueError):
            return Server.presented(own / f"runtime/jpserver-{process.pid}.json")
        time.sleep(0.1)
    log = own / "jupyterlab.log"
    said = [line for line in log.read_text("utf-8", "replace").splitlines() if line.strip()]
    last = said[-1].rpartition("] ")[2] if said else "il s’est arrêté sans un mot."
    raise AtcError(
        f"JupyterLab ne démarre pas : {last}\nLe reste de ce qu’il dit est dans {project.relative(log)}. "
        "Si le port est pris, fermez l’autre programme qui l’occupe, puis relancez."
    )
