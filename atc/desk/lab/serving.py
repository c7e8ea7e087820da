"""``python -m atc.desk.lab.serving``: JupyterLab, for as long as whoever started it lives.

Left alone it would outlive a window that is closed or a command that is killed, and its kernels with it.
"""

from __future__ import annotations

import os
import signal
import threading
import time

from jupyterlab.labapp import main


def _follow(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    signal.raise_signal(signal.SIGTERM)


if __name__ == "__main__":
    threading.Thread(target=_follow, args=(os.getppid(),), daemon=True, name="suivi").start()
    main()
