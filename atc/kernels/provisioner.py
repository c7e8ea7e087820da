"""The provisioner ``atc-warm``: Jupyter asks it for a kernel, and it asks a zygote."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from atc.kernels import available, starting
from atc.kernels.inheritance import digest
from atc.kernels.process import WarmProcess
from atc.kernels.streams import Streams, opened
from atc.kernels.wire import ANOTHER, Request, ask

# Its entry point, in pyproject.toml.
PROVISIONER = "atc-warm"
_LAUNCHER = ["-m", "ipykernel_launcher"]
# What `subprocess.Popen` may be told, and a zygote too.
_KNOWN = {"cwd", "env", "stdin", "stdout", "stderr"}
_PAUSE = 0.005
_LOOKS = 20


class WarmProvisioner(LocalProvisioner):
    """Launches kernels from a zygote where that gives what an ordinary launch would, else ordinary ones.

    Interrupting, ending and restarting them is what jupyter_client does for any local process.
    """

    # Whatever has the methods of a Popen can stand for one.
    process: Any = None

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Prepare what Jupyter prepares; the zygote of the driver is no business of the kernel's."""
        prepared = await super().pre_launch(**kwargs)
        prepared["env"].pop(starting.SHARED, None)
        return prepared

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Launch a kernel.

        Args:
            cmd: The command of the kernel's specification.
            **kwargs: Where, and with which variables and streams.
        """
        order = _order(cmd, self._scrub_kwargs(kwargs))
        process = await self._warm(*order) if order else None
        if process is None:
            return await super().launch_kernel(cmd, **kwargs)
        self.process = process
        self.pid = self.pgid = process.pid
        self.cwd = kwargs.get("cwd") or Path.cwd()
        return self.connection_info

    async def kill(self, restart: bool = False) -> None:
        """End a kernel.

        Args:
            restart: Whether another will follow.
        """
        await super().kill(restart)
        # jupyter_client looks at once, then after a tenth of a second.
        for _ in range(_LOOKS):
            if await self.poll() is not None:
                break
            await asyncio.sleep(_PAUSE)

    async def _warm(
        self, interpreter: Sequence[str], arguments: Sequence[str], settings: dict[str, Any]
    ) -> WarmProcess | None:
        environment = {**settings["env"], "JPY_PARENT_PID": str(os.getpid())}
        folder = os.path.abspath(settings.get("cwd") or Path.cwd())  # noqa: PTH100 - links are kept as they are
        request = Request(digest(interpreter, environment), tuple(arguments), environment, folder)
        said = ""
        with opened(settings) as streams:
            for place in starting.sockets(interpreter, environment):
                process = await _asked(place, request, streams)
                if process is not None and process.pid:
                    streams.kept = True
                    return process
                if process is not None and process.refused not in {"", ANOTHER}:
                    self.log.warning("Noyau ordinaire, qui démarre moins vite : %s.", process.refused)
                    return None
                said = starting.log_of(place)
        raise RuntimeError(f"Aucun noyau préchargé n’a pu démarrer. {said}")


def _order(cmd: list[str], settings: dict[str, Any]) -> tuple[list[str], list[str], dict[str, Any]] | None:
    """Interpreter, arguments and settings of a kernel that a zygote can fork; nothing for others."""
    independent = settings.pop("independent", False)
    if not available() or independent or not settings.keys() <= _KNOWN or "-m" not in cmd:
        return None
    at = cmd.index("-m")
    if cmd[at : at + 2] != _LAUNCHER or not all(option.startswith("-") for option in cmd[1:at]):
        return None
    relative = [p for p in settings["env"].get("PYTHONPATH", "").split(os.pathsep) if p and p[0] != os.sep]
    return None if relative else (cmd[:at], cmd[at + 2 :], settings)


async def _asked(place: Path, request: Request, streams: Streams) -> WarmProcess | None:
    """A kernel, or the refusal of one; nothing where there is no zygote any more."""
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.connect(str(place))
        ask(connection, request, streams.descriptors)
    except OSError:
        connection.close()
        return None
    process = WarmProcess(connection, streams.stdout, streams.stderr)
    while not process.answered:
        await asyncio.sleep(_PAUSE)
    return process
