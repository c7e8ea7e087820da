"""One JupyterLab server for one project: found, started, asked, ended."""

from __future__ import annotations

import contextlib
import http.client
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

from atc.desk.lab.folders import SETTINGS, Folders, private_folders
from atc.errors import AtcError
from atc.paths import Project

# Seconds: to be ready on a slow machine, to answer, to end the kernels.
_START, _ANSWER, _END = 120, 30, 15


@dataclass(frozen=True)
class Server:
    """A server that answers on this machine.

    Attributes:
        process: Its number.
        host: Always this machine, as Jupyter names it.
        port: Where it listens.
        token: Whoever has it may do what the user may.
        door: A page for the browser that carries the token, readable by this user only.
    """

    process: int
    host: str
    port: int
    token: str
    door: Path

    def address(self, page: str) -> str:
        """Of a page of JupyterLab, with the token: to be shown to the user, and to nobody else."""
        return f"http://{self.host}:{self.port}/{page}?token={self.token}"

    def ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """What the server answers to a request.

        Raises:
            OSError: It does not answer.
            AtcError: It refuses.
        """
        # No proxy may come between: http.client knows none.
        connection = http.client.HTTPConnection(self.host, self.port, timeout=_ANSWER)
        heading = {"Authorization": f"token {self.token}", "Content-Type": "application/json"}
        with contextlib.closing(connection):
            connection.request(method, f"/{path}", json.dumps(body) if body is not None else None, heading)
            answer = connection.getresponse()
            content = answer.read()
        if answer.status >= http.client.BAD_REQUEST:
            raise AtcError(f"JupyterLab refuse « {path} » ({answer.status}). Fermez-le, puis relancez.")
        return json.loads(content) if content else None


def running(project: Project) -> Server | None:
    """The server of this project, if one answers."""
    folders = private_folders(project)
    for card in sorted(folders.runtime.glob("jpserver-*.json")):
        with contextlib.suppress(OSError, ValueError, AtcError):
            server = _presented(card)
            server.ask("GET", "api/status")
            return server
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
    folders = private_folders(project)
    # What a server that was killed left behind would be taken for this one.
    for card in folders.runtime.glob("jpserver-*"):
        card.unlink()
    with folders.log.open("wb") as log:
        process = subprocess.Popen(
            _command(project, page),
            env={**os.environ, **folders.environment(), "ATC_ROOT": str(project.root)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            # Ctrl-C is for us: this server is then told to end, once, in order.
            start_new_session=True,
        )
    try:
        yield _waited(process, folders, project), process
    finally:
        process.terminate()
        try:
            process.wait(_END)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _command(project: Project, page: str) -> list[str]:
    options = {
        "ServerApp.root_dir": str(project.notebooks),
        "LabApp.default_url": f"/{page}",
        "LabApp.app_settings_dir": str(SETTINGS),
        "LabApp.extension_manager": "readonly",
        "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
    }
    # Jupyter asks administrators whether they mean it; whoever works as one here has no other account.
    root = ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    return [
        *(sys.executable, "-m", "atc.desk.lab.serving", "--no-browser", *root),
        *(f"--{name}={value}" for name, value in options.items()),
    ]


def _waited(process: subprocess.Popen[bytes], folders: Folders, project: Project) -> Server:
    """The server, once it answers."""
    deadline = time.monotonic() + _START
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError, ValueError):
            server = _presented(folders.runtime / f"jpserver-{process.pid}.json")
            server.ask("GET", "api/status")
            return server
        time.sleep(0.1)
    raise AtcError(
        f"JupyterLab ne démarre pas : {_last_word(folders.log)}\n"
        f"Le reste de ce qu’il dit est dans {project.relative(folders.log)}. "
        "Si le port est pris, fermez l’autre programme qui l’occupe, puis relancez."
    )


def _presented(card: Path) -> Server:
    told = json.loads(card.read_text(encoding="utf-8"))
    door = card.with_name(f"{card.stem}-open.html")
    return Server(told["pid"], told["hostname"], told["port"], told["token"], door)


def _last_word(log: Path) -> str:
    lines = [line for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    return lines[-1].rpartition("] ")[2] if lines else "il s’est arrêté sans un mot."
