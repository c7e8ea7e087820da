"""Where a measure was made, without the name of anything."""

import os
import platform
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import psutil

import atc

_TOLD = ("papermill", "nbconvert", "weasyprint", "ipykernel", "pandas", "matplotlib", "distributed")


@dataclass(frozen=True)
class Machine:
    """A machine and what is installed on it.

    Attributes:
        processor: Its model.
        cores: How many may be used.
        gigabytes: Of memory.
        system: Kind and version of the kernel.
        versions: Of Python and of the libraries that matter.
        load: Other work that went on at the beginning: mean number of processes that wanted a core.
    """

    processor: str
    cores: int
    gigabytes: float
    system: str
    versions: dict[str, str]
    load: float


def machine() -> Machine:
    """This one, now."""
    return Machine(
        processor=_processor(),
        cores=len(os.sched_getaffinity(0)),
        gigabytes=psutil.virtual_memory().total / 1e9,
        system=f"{platform.system()} {platform.release().split('-')[0]} {platform.machine()}",
        versions={
            "Python": platform.python_version(),
            "atc": atc.__version__,
            **{name: version(name) for name in _TOLD},
        },
        load=os.getloadavg()[0],
    )


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor()
