"""JupyterLab, open on the exploration desk: in French, on this machine only, and ready."""

from atc.desk.lab.readiness import ready_desk
from atc.desk.lab.server import Server, private, running, started

__all__ = ["Server", "private", "ready_desk", "running", "started"]
