"""What a zygote and those who ask it for kernels tell each other, over a private Unix socket.

One request per connection, with the kernel's standard streams; then lines of JSON, ``{"pid": …}`` or
``{"refused": …}`` at once and ``{"returncode": …}`` at the kernel's end. The connection stays open as long as
the kernel is wanted.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

# The zygote is not the right one, or no longer: another must be started.
ANOTHER = "another"
_PATIENCE = 10.0
_STREAMS = 3


@dataclass(frozen=True)
class Request:
    """The kernel that is wanted.

    Attributes:
        digest: See `atc.kernels.inheritance.digest`.
        arguments: Those of ``ipykernel_launcher``.
        environment: All its variables.
        folder: Where it works.
    """

    digest: str
    arguments: tuple[str, ...]
    environment: dict[str, str]
    folder: str


def ask(connection: socket.socket, request: Request, streams: Sequence[int]) -> None:
    """Ask for a kernel.

    Args:
        connection: To the zygote.
        request: The kernel.
        streams: Descriptors of its standard input, output and error.
    """
    socket.send_fds(connection, [b"\n"], streams)
    connection.sendall(json.dumps(asdict(request)).encode() + b"\n")


def hear(connection: socket.socket) -> tuple[Request, list[int]]:
    """A request, and the descriptors that came with it.

    Raises:
        OSError: Whoever asked is gone, or does not finish.
        ValueError: It is no request.
    """
    connection.settimeout(_PATIENCE)
    _, streams, _, _ = socket.recv_fds(connection, 1, _STREAMS)
    try:
        with connection.makefile("rb") as lines:
            fields = json.loads(lines.readline())
        request = Request(**{**fields, "arguments": tuple(fields["arguments"])})
        if len(streams) != _STREAMS:
            raise ValueError(streams)  # noqa: TRY301 - closed below, like the others
    except (OSError, ValueError, TypeError, KeyError) as error:
        for stream in streams:
            os.close(stream)
        raise ValueError(str(error)) from error
    return request, list(streams)


def tell(connection: socket.socket, **said: Any) -> None:
    """Tell whoever asked; one that is gone is noticed elsewhere."""
    try:
        connection.sendall(json.dumps(said).encode() + b"\n")
    except OSError:
        return
