"""The folder of a wave against its own description: which files, with which hash, worth what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from atc.survey import codebook
from atc.survey.datapackage import FILE, STATUSES, Package, Resource
from atc.survey.dictionary import Dictionary, Table
from atc.survey.errors import Fault, shown

# What file managers leave behind holds no data.
_LITTER = ("Thumbs.db", "desktop.ini")


def file_name(table: str) -> str:
    """Name of the file that holds a table."""
    return f"{table}.csv"


def folder_faults(folder: Path, file: str, dictionary: Dictionary) -> Iterator[Fault]:
    """Files that nothing describes: nobody would know where they come from, or who may see them."""
    expected = {FILE, codebook.FILE, *_LITTER, *(file_name(table) for table in dictionary.tables)}
    for path in sorted(folder.iterdir()):
        if path.name not in expected and not path.name.startswith("."):
            remedy = "Retirez-le de ce dossier, ou décrivez sa table dans data/dictionary/"
            yield Fault(f"{file}/{shown(path.name)}", 0, "", "", "Fichier inattendu", remedy)


def corrected(file: str, table: str, vague: str) -> str:
    """What to type once a table of a wave was changed in a spreadsheet."""
    return f"lancez : atc import --corriger {file.rpartition('/')[0]}/{table} --vague {vague}"


def package_faults(
    package: Package, vague: str, file: str, hashes: Mapping[str, str], dictionary: Dictionary
) -> Iterator[Fault]:
    """What the description says and the folder does not, or the reverse.

    Wrong wave id, missing or unknown table, wrong path, wrong hash, column without a status or unknown to the
    dictionary: one fault for each.
    """
    if package.vague != vague:
        remedy = f"Écrivez « {vague} », le nom du dossier, ou renommez le dossier"
        message = "La description est celle d’une autre vague"
        yield Fault(file, 0, "vague", shown(package.vague), message, remedy)
    for name in package.resources.keys() - dictionary.tables.keys():
        remedy = "Retirez-la de « resources », ou décrivez-la dans data/dictionary/"
        yield Fault(file, 0, shown(name), "", "Table inconnue du dictionnaire", remedy)
    for table in dictionary:
        if table.name in package.resources:
            resource = package.resources[table.name]
            yield from _resource_faults(resource, table, file, hashes.get(table.name), vague)
        else:
            remedy = "Ajoutez-la à « resources », avec son origine, son empreinte et ses statuts"
            yield Fault(file, 0, table.name, "", "Table absente de la description", remedy)


def _resource_faults(
    resource: Resource, table: Table, file: str, actual: str | None, vague: str
) -> Iterator[Fault]:
    expected = file_name(table.name)
    if resource.path != expected:
        remedy = f"Écrivez « {expected} »"
        yield Fault(file, 0, table.name, shown(resource.path), "Chemin inattendu", remedy)
    if actual and resource.sha256 != actual:
        message = f"{expected} n’est plus le fichier décrit : son empreinte a changé"
        remedy = (
            f"Remettez le fichier reçu ou, si le changement est voulu, {corrected(file, expected, vague)}"
        )
        yield Fault(file, 0, table.name, shown(resource.sha256), message, remedy)
    for column in table.fields:
        if column not in resource.statuses:
            dotted, remedy = f"{table.name}.{column}", f"Choisissez parmi : {', '.join(STATUSES)}"
            yield Fault(file, 0, dotted, "", "Colonne sans statut", remedy)
    for column in {name for reserve in resource.reserves for name in reserve.columns}:
        if column not in table.fields:
            dotted, remedy = f"{table.name}.{column}", "Retirez-la de la réserve, ou corrigez son nom"
            yield Fault(file, 0, shown(dotted), "", "Réserve sur une colonne inconnue", remedy)
    for column in resource.statuses:
        if column not in table.fields:
            dotted, remedy = f"{table.name}.{column}", "Retirez ce statut, ou corrigez son nom"
            yield Fault(file, 0, shown(dotted), "", "Statut d’une colonne inconnue", remedy)
