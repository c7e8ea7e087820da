"""From the names in ``publie.csv`` to a function of `atc.indicators`, ready to be called on a wave."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from atc import indicators
from atc.exhibits.published.reads import READS

if TYPE_CHECKING:
    from atc.waves import Wave

MODULES = tuple(sorted(module.name for module in pkgutil.iter_modules(indicators.__path__)))
# Parameters that are not tables and that the wave provides all the same.
PROVIDED = ("dictionary", "package")

_INTEGER = re.compile(r"-?\d+")
_BOOLEANS = {"oui": True, "non": False}


@dataclass(frozen=True)
class Call:
    """One indicator and its arguments.

    Attributes:
        function: A function of `atc.indicators`.
        inputs: Names of the tables, dictionary or package that the wave will provide.
        values: The other arguments, typed.
    """

    function: Callable[..., object]
    inputs: tuple[str, ...]
    values: Mapping[str, str | int | bool]

    @property
    def name(self) -> str:
        """``module.fonction``."""
        return f"{self.function.__module__.rpartition('.')[2]}.{self.function.__name__}"

    def on(self, wave: Wave) -> object:
        """Compute it, on the columns that it declares in `READS`, or on whole tables."""
        if self.name in READS:
            wave = wave.using(READS[self.name])
        provided = {"dictionary": wave.dictionary, "package": wave.package}
        inputs = {n: provided[n] if n in provided else wave.table(n) for n in self.inputs}
        return self.function(**inputs, **self.values)


def find(indicateur: str) -> Callable[..., object]:
    """The function named ``module.fonction``.

    Raises:
        ValueError: There is no such public function in `atc.indicators`; the message is in French.
    """
    module, _, name = indicateur.partition(".")
    if module not in MODULES:
        raise ValueError(f"Module inconnu. Modules d’indicateurs : {', '.join(MODULES)}")
    home = importlib.import_module(f"{indicators.__name__}.{module}")
    function = getattr(home, name, None)
    if name.startswith("_") or not inspect.isfunction(function) or function.__module__ != home.__name__:
        raise ValueError(f"Le module « {module} » n’a pas de fonction « {name} »")
    return function


def prepare(function: Callable[..., object], arguments: str, tables: Collection[str]) -> Call:
    """Match the arguments written in a row with the parameters of a function.

    Args:
        function: An indicator.
        arguments: ``role=dp;annee=2019``; empty if none.
        tables: Names of the tables that a wave holds.

    Raises:
        ValueError: An argument is ill-written, unknown, missing or of another type; in French.
    """
    given = _split(arguments)
    parameters = inspect.signature(function).parameters
    inputs = tuple(name for name in parameters if name in tables or name in PROVIDED)
    expected = [p for name, p in parameters.items() if name not in inputs]
    unknown = sorted(set(given) - {p.name for p in expected})
    missing = [p.name for p in expected if p.default is p.empty and p.name not in given]
    if unknown:
        raise ValueError(f"Argument inconnu de cette fonction : {', '.join(unknown)}")
    if missing:
        raise ValueError(f"Argument manquant : {', '.join(missing)}")
    values = {p.name: _typed(given[p.name], p) for p in expected if p.name in given}
    return Call(function, inputs, values)


def _split(arguments: str) -> dict[str, str]:
    pairs = [piece.partition("=") for piece in arguments.split(";")] if arguments else []
    if any(not (name and equals and value) for name, equals, value in pairs):
        raise ValueError("Arguments mal écrits : attendu « nom=valeur;nom=valeur »")
    given = {name: value for name, _, value in pairs}
    if len(given) < len(pairs):
        raise ValueError("Un argument est donné deux fois")
    return given


def _typed(text: str, parameter: inspect.Parameter) -> str | int | bool:
    # Annotations stay text (PEP 563), and are compared as text: nothing is evaluated.
    wanted = str(parameter.annotation).removesuffix(" | None")
    if wanted == "str":
        return text
    if wanted == "int" and _INTEGER.fullmatch(text):
        return int(text)
    if wanted == "bool" and text in _BOOLEANS:
        return _BOOLEANS[text]
    named = {"int": "un nombre entier", "bool": "oui ou non"}.get(wanted, wanted)
    raise ValueError(f"« {parameter.name}={text} » : attendu {named}")
