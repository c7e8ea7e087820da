"""The first line of a file: exactly the columns of the dictionary, in any order."""

from __future__ import annotations

from collections.abc import Sequence

from atc.dictionary import Table
from atc.errors import DataRefused, Fault, shown
from atc.validation.nearness import nearest

_OTHER_SEPARATORS = {";": "le point-virgule", "\t": "la tabulation", "|": "la barre verticale"}


def match_heading(names: Sequence[str], table: Table, file: str) -> tuple[dict[str, int], list[Fault]]:
    """Find where each column of the dictionary stands in a file.

    A misspelt name is a fault, yet it still tells where its column is, so that the cells below are
    checked too.

    Args:
        names: Cells of the first line.
        table: What the dictionary expects.
        file: The file as the evaluator knows it, for messages.

    Returns:
        Column -> position in the file, in the order of the dictionary, and one fault for each column that is
        missing, unknown, repeated, without a name or misspelt.

    Raises:
        DataRefused: The line is no heading of this table at all, or its separator is not the comma.
    """
    spelt = {name if name in table.fields else nearest(name, table.fields) for name in names} - {""}
    if len(spelt) < len(table.fields) / 2:
        raise DataRefused([_no_heading(names, table, file)])
    places = {name: names.index(name) for name in table.fields if name in names}
    faults: list[Fault] = []
    for place, name in enumerate(names):
        if places.get(name) == place:
            continue
        meant = "" if name in places else nearest(name, set(table.fields) - set(places))
        if meant:
            places[meant] = place
        faults.append(_wrong_name(name, place, meant, repeated=name in places, table=table, file=file))
    for name in table.fields:
        if name not in places:
            remedy = f"Ajoutez la colonne « {name} » ({table.fields[name].label})"
            faults.append(Fault(file, 1, name, "", "Colonne absente", remedy))
    return {name: places[name] for name in table.fields if name in places}, faults


def _no_heading(names: Sequence[str], table: Table, file: str) -> Fault:
    line = names[0] if len(names) == 1 else ""
    for separator, spelt in _OTHER_SEPARATORS.items():
        if separator in line:
            message = f"Les colonnes sont séparées par {spelt} au lieu de la virgule"
            remedy = "Enregistrez le fichier au format « CSV UTF-8 », avec la virgule comme séparateur"
            return Fault(file, 1, "", "", message, remedy)
    remedy = f"Mettez en première ligne les noms des colonnes : {','.join(table.fields)}"
    found = shown(",".join(names))
    return Fault(file, 1, "", found, "La première ligne n’est pas l’en-tête attendu", remedy)


def _wrong_name(name: str, place: int, meant: str, *, repeated: bool, table: Table, file: str) -> Fault:
    if meant:
        remedy = f"Écrivez exactement « {meant} »"
        return Fault(file, 1, meant, shown(name), "Nom de colonne mal écrit", remedy)
    if not name.strip():
        remedy = "Donnez-lui son nom, ou supprimez-la"
        return Fault(file, 1, "", "", f"La colonne n° {place + 1} n’a pas de nom", remedy)
    if repeated:
        remedy = "Gardez-en une seule"
        return Fault(file, 1, name, "", "Colonne en double", remedy)
    remedy = f"Supprimez-la, ou décrivez-la dans data/dictionary/{table.name}.json"
    return Fault(file, 1, shown(name), "", "Colonne inconnue du dictionnaire", remedy)
