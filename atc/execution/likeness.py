"""What two machines must have in common to give the same bytes, and where they differ."""

from __future__ import annotations

import os
import platform
import re
import sys
from collections.abc import Mapping
from functools import cache
from importlib import metadata, util
from pathlib import Path

from atc.execution.environment import applied
from atc.execution.sources import Snapshot, all_modules
from atc.manifest import content_hash

_ABSENT = "absent"
_SHOWN = 4


def code_hash() -> str:
    """Of all the modules, templates and fonts of ``atc``, as they are on the disk."""
    return content_hash(Snapshot().code(all_modules()))[:12]


# A worker that stays while its code is replaced would run some of the old and some of the new.
_LOADED = code_hash()


def likeness() -> dict[str, str]:
    """Python, the code of ``atc``, the libraries under it, and the system library that lays out PDF files."""
    return {
        "Python": platform.python_version(),
        "système": f"{platform.system()} {platform.machine()}",
        "code d’atc": code_hash(),
        "code d’atc chargé": _LOADED,
        "Pango": _pango(),
        **_libraries(),
    }


def _libraries() -> dict[str, str]:
    """Every library that ``atc`` rests on, directly or not, and that is installed here."""
    found: dict[str, str] = {}
    waiting = {"atc"}
    while waiting:
        name = waiting.pop()
        try:
            distribution = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            # Asked for on other systems only.
            continue
        found[name] = distribution.version
        required = {_name(line) for line in distribution.requires or () if "extra ==" not in line}
        waiting |= required - found.keys()
    return dict(sorted(found.items()))


def _name(requirement: str) -> str:
    name = re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0]
    return re.sub(r"[-_.]+", "-", name).lower()


@cache
def _pango() -> str:
    # The library that WeasyPrint would load, without the half-second that WeasyPrint takes to import.
    package = util.find_spec("weasyprint")
    assert package
    assert package.submodule_search_locations
    path = Path(package.submodule_search_locations[0]) / "text" / "ffi.py"
    spec = util.spec_from_file_location("atc_pango", path)
    assert spec
    assert spec.loader
    libraries = util.module_from_spec(spec)
    # As `atc.rendering.engine` does: else gcc and ld are started to look for it.
    with applied({"PATH": os.devnull} if sys.platform == "linux" else {}):
        spec.loader.exec_module(libraries)
    return str(libraries.pango.pango_version())


def differences(here: Mapping[str, str], there: Mapping[str, str]) -> str:
    """Where two machines differ, in French: « pandas (ici 3.0.1, là-bas 2.3.3) »; empty if nowhere."""
    names = [n for n in {**here, **there} if here.get(n, _ABSENT) != there.get(n, _ABSENT)]
    told = [f"{n} (ici {here.get(n, _ABSENT)}, là-bas {there.get(n, _ABSENT)})" for n in names[:_SHOWN]]
    if len(names) > _SHOWN:
        told.append(f"et {len(names) - _SHOWN} autres")
    return ", ".join(told)


def refusal(worker: str, found: str) -> str:
    """What the evaluator is told of a worker that differs.

    Args:
        worker: Its address.
        found: See `differences`.
    """
    return (
        f"Le worker {worker} n’a pas le même environnement que ce poste : {found}. Rien n’a été exécuté. "
        "Installez-y le même code et les mêmes versions (requirements.lock), relancez-le, puis recommencez."
    )
