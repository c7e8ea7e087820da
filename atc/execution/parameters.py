"""The parameters of the notebooks: few, named, typed, and checked before anything runs.

papermill takes any name and any value, and only warns: a misspelt one gives a report made on the defaults,
and a name that holds code is executed. Here a parameter is one of `NAMES`, is declared in the notebook with
its type, and its value is one of those that report.toml allows.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

from atc.errors import UsageError, shown
from atc.settings import Settings

# Every chapter declares these, each as text.
NAMES = ("vague", "diffusion")
# The sheet of a territory declares one more.
SHEET_NAMES = (*NAMES, "territoire")
# Tags: of the cell that declares them, and of the one that papermill adds, with the values of a run.
PARAMETERS = "parameters"
INJECTED = "injected-parameters"
_TYPES: Mapping[str, type] = {"str": str, "int": int, "float": float, "bool": bool}


def checked_parameters(given: Mapping[str, object], settings: Settings) -> dict[str, str]:
    """The parameters of a run, once every name and value is known to be right.

    Args:
        given: Name -> value; all of `NAMES`, nothing else.
        settings: What report.toml allows.

    Raises:
        UsageError: An unknown or missing name, a value of another type, or one that is not allowed.
    """
    for name in given:
        if name not in NAMES:
            raise UsageError(
                f"Le paramètre « {shown(str(name))} » est inconnu. Paramètres admis : {', '.join(NAMES)}."
            )
    values: dict[str, str] = {}
    for name in NAMES:
        value = given.get(name)
        if not isinstance(value, str):
            kind = "absent" if value is None else f"de type {type(value).__name__}"
            raise UsageError(f"Le paramètre « {name} » est {kind} : donnez un texte.")
        values[name] = value
    _check_allowed("vague", values["vague"], settings.waves, "Vagues déclarées dans report.toml")
    _check_allowed("diffusion", values["diffusion"], settings.tiers, "Choisissez parmi")
    return values


def _check_allowed(name: str, value: str, allowed: Mapping[str, object], remedy: str) -> None:
    if value not in allowed:
        raise UsageError(f"La {name} « {shown(value)} » est inconnue. {remedy} : {', '.join(allowed)}.")


def declared_parameters(source: str) -> tuple[dict[str, type], list[str]]:
    """The parameters that a notebook declares: lines ``nom: type = valeur``, and nothing else.

    Args:
        source: Python of the cell tagged ``parameters``.

    Returns:
        Name -> type, and the faults in French.
    """
    declared: dict[str, type] = {}
    faults: list[str] = []
    for statement in ast.parse(source).body:
        parameter = _declaration(statement)
        if parameter is None:
            faults.append(
                f"cellule « parameters », ligne {statement.lineno} : "
                "écrivez nom: type = valeur, avec un type simple (str, int, float, bool)"
            )
        elif parameter[0] in declared:
            faults.append(f"le paramètre « {parameter[0]} » est déclaré deux fois")
        else:
            declared[parameter[0]] = parameter[1]
    return declared, faults


def _declaration(statement: ast.stmt) -> tuple[str, type] | None:
    match statement:
        case ast.AnnAssign(
            target=ast.Name(id=name), annotation=ast.Name(id=annotation), value=ast.Constant(value=value)
        ) if type(value) is _TYPES.get(annotation):
            return name, _TYPES[annotation]
    return None


def parameter_faults(declared: Mapping[str, type], names: Sequence[str] = NAMES) -> list[str]:
    """What a notebook's declared parameters lack, have in excess, or have of another type, in French.

    Args:
        declared: Name -> type.
        names: Those that it must declare, and no other.
    """
    return [
        *(f"il manque le paramètre « {name} », de type str" for name in names if name not in declared),
        *(
            f"le paramètre « {name} » est inconnu : seuls {', '.join(names)} sont admis"
            for name in declared
            if name not in names
        ),
        *(
            f"le paramètre « {name} » doit être de type str"
            for name in names
            if declared.get(name, str) is not str
        ),
    ]
