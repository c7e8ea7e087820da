"""The parameters of the notebooks: few, named, typed, and checked before anything runs.

papermill takes any name and any value, and only warns: a misspelt one gives a report made on the defaults.
Here a parameter is one of `NAMES`, declared in the notebook with its type, and report.toml allows its value.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence

from atc.survey.errors import UsageError, shown
from atc.survey.settings import Settings

#: What `atc run --noyau` takes: notebooks executed in a process of ours, or in Jupyter's own kernel.
WARM, STOCK = "chaud", "standard"
# Every chapter declares these, each as text.
NAMES = ("vague", "diffusion")
# The sheet of a territory declares one more.
SHEET_NAMES = (*NAMES, "territoire")
# Tags: of the cell that declares them, and of the one that papermill adds, with the values of a run.
PARAMETERS = "parameters"
INJECTED = "injected-parameters"
_TYPES: Mapping[str, type] = {"str": str, "int": int, "float": float, "bool": bool}


def check_values(vague: object, diffusion: object, settings: Settings) -> None:
    """Refuse a wave or a tier that report.toml does not know, in one printable line."""
    for name, value, allowed, remedy in (
        ("vague", vague, settings.waves, "Vagues déclarées dans report.toml"),
        ("diffusion", diffusion, settings.tiers, "Choisissez parmi"),
    ):
        if not isinstance(value, str) or value not in allowed:
            raise UsageError(
                f"La {name} « {shown(str(value))} » est inconnue. {remedy} : {', '.join(allowed)}."
            )


def declared_parameters(source: str) -> tuple[dict[str, type], list[str]]:
    """The parameters that the cell ``parameters`` declares, name -> type, and its faults in French.

    Lines ``nom: type = valeur``, and nothing else.
    """
    declared: dict[str, type] = {}
    faults: list[str] = []
    for statement in ast.parse(source).body:
        match statement:
            case ast.AnnAssign(
                target=ast.Name(id=name), annotation=ast.Name(id=annotation), value=ast.Constant(value=value)
            ) if type(value) is _TYPES.get(annotation):
                if name in declared:
                    faults.append(f"le paramètre « {name} » est déclaré deux fois")
                declared[name] = _TYPES[annotation]
            case _:
                faults.append(
                    f"cellule « parameters », ligne {statement.lineno} : "
                    "écrivez nom: type = valeur, avec un type simple (str, int, float, bool)"
                )
    return declared, faults


def parameter_faults(declared: Mapping[str, type], names: Sequence[str] = NAMES) -> Iterator[str]:
    """What a notebook's declared parameters lack, have in excess, or have of another type, in French."""
    for name in names:
        if name not in declared:
            yield f"il manque le paramètre « {name} », de type str"
    for name in declared:
        if name not in names:
            yield f"le paramètre « {name} » est inconnu : seuls {', '.join(names)} sont admis"
    for name in names:
        if declared.get(name, str) is not str:
            yield f"le paramètre « {name} » doit être de type str"
