"""``docs/dictionnaire.md``: the data dictionary as evaluators read it, made from the Table Schemas alone.

``python scripts/dictionary_page.py`` writes it anew; a test holds the committed page equal to it.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path

from atc.survey.datapackage import Package, read_package
from atc.survey.dictionary import Dictionary, Field, Table, load_dictionary
from atc.survey.paths import Project, find_project
from atc.survey.settings import load_settings
from atc.survey.typography import day, enumeration, french, number

PAGE = "docs/dictionnaire.md"

_TYPES = {
    "string": "texte",
    "integer": "nombre entier",
    "number": "nombre",
    "boolean": "oui / non",
    "date": "date",
}
_KINDS = {
    "identifier": "identifiant",
    "quasi-identifier": "quasi-identifiant",
    "sensitive": "sensible",
    "plain": "ordinaire",
}

_INTRODUCTION = """\
# Dictionnaire des données

<!-- Page produite par « python scripts/dictionary_page.py » : ne pas la modifier à la main. -->

Cette page décrit chaque table et chaque colonne. Elle est produite à partir des fichiers de \
`data/dictionary/`, qui servent aussi à vérifier les fichiers reçus et à légender les graphiques : pour \
changer un libellé ou une modalité, modifiez ces fichiers, puis lancez `python scripts/dictionary_page.py`.

**Écriture des fichiers.** CSV en UTF-8, la virgule pour séparateur, un point pour les décimales, les \
dates sous la forme AAAA-MM-JJ, `oui` ou `non` pour les cases à cocher. Une colonne obligatoire n’admet \
ni cellule vide ni code d’absence.

**Nature d’une colonne.**

- *identifiant* : désigne une personne ou une ligne, par un pseudonyme ;
- *quasi-identifiant* : ne nomme personne, mais y suffirait, croisé avec d’autres (site, fonction, date…) ;
- *sensible* : opinion, ou situation personnelle ;
- *ordinaire* : le reste.

**Ce qu’une colonne protège**, et donc le plancher d’un effectif :

- *personne* : ce qu’une personne est, pense, gagne ou ressent (`plancher_personnes` de `report.toml`) ;
- *acte public* : ce qu’une instance a fait ou choisi en public (`plancher_sites`).

**Statut d’une colonne**, vague par vague : jusqu’où ses valeurs peuvent être crues.

- *observé* : recueilli par l’évaluation ;
- *publié* : cette valeur même figure dans le rapport, ou dans une source publique ;
- *reconstitué* : les lignes sont les nôtres, établies pour que chaque résultat publié qui les concerne \
soit exact ;
- *simulé* : rien n’a été publié à ce sujet ; la valeur ne fait qu’illustrer.
"""


def page(dictionary: Dictionary, packages: Mapping[str, Package]) -> str:
    """The whole page, in Markdown.

    Args:
        dictionary: What the columns mean.
        packages: Wave -> its description, which holds the status of each column.
    """
    contents = "\n".join(f"- [{table.name}](#{table.name}) : {table.label}" for table in dictionary)
    sections = "\n".join(_section(table, packages) for table in dictionary)
    return french(f"{_INTRODUCTION}\n## Tables\n\n{contents}\n\n{sections}")


def _section(table: Table, packages: Mapping[str, Package]) -> str:
    codes = [f"`{code}` ({label.lower()})" for code, label in table.missing.items() if code]
    empty = f"cellule vide ({table.missing['']})".lower() if "" in table.missing else ""
    facts = {
        "Une ligne": table.grain.removeprefix("une ligne = "),
        "Source": table.source,
        "Fichier": f"`{table.name}.csv`",
        "Clé": enumeration([f"`{name}`" for name in table.primary_key]),
        "Codes d’absence": enumeration([*codes, empty] if empty else codes),
    }
    for vague, package in packages.items():
        if table.name in package.resources:
            resource = package.resources[table.name]
            facts[f"Recueil, vague {vague}"] = resource.collected
            for reserve in resource.reserves:
                names = enumeration([f"`{name}`" for name in sorted(reserve.columns)])
                facts[f"Réserve, vague {vague}, sur {names}"] = reserve.text
    listed = "\n".join(f"- {name} : {value}" for name, value in facts.items())
    columns = "\n".join(_rows(table, packages))
    details = "\n".join(_detail(field, table) for field in table.fields.values())
    return (
        f"## {table.name}\n\n**{table.label}.** {table.description}\n\n{listed}\n\n{columns}\n\n{details}\n"
    )


def _rows(table: Table, packages: Mapping[str, Package]) -> Iterator[str]:
    waves = [vague for vague, package in packages.items() if table.name in package.resources]
    heads = ["Colonne", "Libellé", "Type", "Unité", "Obligatoire", "Nature", "Protège"]
    heads += [f"Statut {vague}" for vague in waves]
    yield _row(heads)
    yield _row(["---"] * len(heads))
    for field in table.fields.values():
        cells = [f"`{field.name}`", field.label, _type(field), field.unit or "–"]
        cells += ["oui" if field.constraints.get("required") else "non", _KINDS[field.kind]]
        cells.append(field.protects.replace("_", " "))
        statuses = (packages[vague].resources[table.name].statuses for vague in waves)
        yield _row([*cells, *(status.get(field.name, "–") for status in statuses)])


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _type(field: Field) -> str:
    if field.categories:
        return "modalité"
    return "code" if "pattern" in field.constraints else _TYPES[field.type]


def _detail(field: Field, table: Table) -> str:
    parts = [f"- **`{field.name}`** : {field.label}."]
    if field.question:
        parts.append(f"Question : « {field.question} »")
    if field.description:
        parts.append(field.description)
    if field.group:
        parts.append(f"Case à cocher de la question « {table.groups[field.group]} ».")
    parts += _limits(field)
    for local, other, theirs in table.foreign_keys:
        if field.name in local:
            parts.append(f"Renvoie à `{theirs[local.index(field.name)]}` de la table `{other}`.")
    lines = [" ".join(parts)]
    for category in field.categories:
        wider = f" (groupe : {category.group_label})" if category.group != category.value else ""
        lines.append(f"  - `{category.value}` : {category.label}{wider}")
    return "\n".join(lines)


def _limits(field: Field) -> list[str]:
    limits = field.constraints
    sentences = []
    low, high = limits.get("minimum"), limits.get("maximum")
    if low is not None and high is not None:
        joined = "du {} au {}" if field.type == "date" else "de {} à {}"
        sentences.append(f"Valeurs : {joined.format(_limit(low), _limit(high))}.")
    if "maxLength" in limits:
        sentences.append(f"Au plus {number(limits['maxLength'])} caractères.")
    if limits.get("unique"):
        sentences.append("Deux lignes n’ont jamais la même valeur.")
    return sentences


def _limit(bound: object) -> str:
    if isinstance(bound, int | float):
        return number(bound, len(str(bound).partition(".")[2]))
    return day(dt.date.fromisoformat(str(bound)))


def described_waves(project: Project) -> dict[str, Package]:
    """Descriptions of the waves of report.toml whose folder is there.

    Raises:
        DataRefused: A description is malformed.
    """
    folders = {vague: project.raw(vague) for vague in load_settings(project).waves}
    return {
        vague: read_package(folder, project.relative(folder))
        for vague, folder in folders.items()
        if folder.is_dir()
    }


def write_page(project: Project) -> Path:
    """Write the page of a project anew, and say where."""
    path = project.root / PAGE
    path.parent.mkdir(parents=True, exist_ok=True)
    text = page(load_dictionary(project), described_waves(project))
    path.write_text(text, encoding="utf-8", newline="\n")
    return path


if __name__ == "__main__":
    write_page(find_project())
