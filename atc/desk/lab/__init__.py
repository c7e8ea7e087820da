"""JupyterLab, open on the exploration desk: in French, on this machine only, and ready.

`started` starts JupyterLab with settings that stay in the project; `ready_desk` gives it a notebook whose
desk was run already, so that nothing has to be run, or even known, by the person who opens it.
"""

from __future__ import annotations

from atc.desk.lab.readiness import ready_desk
from atc.desk.lab.server import Server, running, started

__all__ = ["Server", "ready_desk", "running", "started"]
