"""``datapackage.json`` of a wave: where its files come from, their hashes, and what each column is worth.

A value is ``observé`` by the evaluators; ``publié`` in the report, or a public fact; ``reconstitué`` in rows
drawn so that every published aggregate about them holds; ``simulé`` where it only illustrates.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, AliasPath, BeforeValidator, Field, TypeAdapter

from atc.survey import codebook
from atc.survey.dictionary import Dictionary, by_name, read_described
from atc.survey.errors import Fault, Messages, shown
from atc.survey.read_csv import read_bytes

_said = Messages(__name__)
FILE = "datapackage.json"
# From the surest to the least sure: an exhibit is worth what its least sure column is worth.
STATUSES = OBSERVED, PRINTED, REBUILT, SIMULATED = "observé", "publié", "reconstitué", "simulé"
#: Of values that nobody gave.
MADE = (REBUILT, SIMULATED)
#: What readers are told of them: nothing of what was collected.
WORDS = {OBSERVED: "", PRINTED: "publié", REBUILT: "reconstitué", SIMULATED: "illustration"}
#: How a text begins that rests on made-up values, and what a heading says of all that stand under it.
EXAMPLE, EXAMPLES = "Exemple – ", "Exemple : données simulées"
_Status = Literal["observé", "publié", "reconstitué", "simulé"]


@dataclass(frozen=True)
class Reserve:
    """What the status of single columns cannot say: a crossing or a split that was never published."""

    # It holds when an exhibit uses all of them.
    columns: Annotated[frozenset[str], Field(alias="colonnes")]
    status: Annotated[_Status, Field(alias="statut")]
    text: Annotated[str, Field(alias="texte")]  # as readers see it


@dataclass(frozen=True)
class Resource:
    """One table of a wave, and its file."""

    name: str
    path: str  # in the folder of the wave
    sha256: Annotated[str, Field(alias="hash"), AfterValidator(lambda told: told.removeprefix("sha256:"))]
    statuses: Annotated[Mapping[str, _Status], Field(alias="statuts")]
    # As readers see it.
    collected: Annotated[str, Field(validation_alias=AliasPath("collecte", "libelle"))]
    reserves: tuple[Reserve, ...] = ()


@dataclass(frozen=True)
class Package:
    """One wave as received."""

    vague: str
    title: str  # as readers see it
    version: str
    licence: Annotated[str, Field(validation_alias=AliasPath("licenses", 0, "title"))]
    resources: Annotated[Mapping[str, Resource], BeforeValidator(by_name)]  # by table
    # Fingerprint of the key of its pseudonyms; empty where no key made them.
    key: Annotated[str, Field(alias="empreinte_cle")] = ""

    def worst(self, columns: Iterable[str]) -> str:
        """Status of the least sure of several columns (``table.colonne``), or of them taken together."""
        used = set(columns)
        split = (dotted.partition(".") for dotted in used)
        found = [self.resources[table].statuses[column] for table, _, column in split]
        for resource in self.resources.values():
            named = (({f"{resource.name}.{column}" for column in r.columns}, r) for r in resource.reserves)
            found += [reserve.status for together, reserve in named if together <= used]
        return max(found, key=STATUSES.index)


_PACKAGE = TypeAdapter(Package)


def read_package(folder: Path, shown_as: str) -> Package:
    """Read the description of a wave, in a folder that the evaluator knows as ``shown_as``."""
    where = f"{shown_as}/{FILE}"
    return read_described(_PACKAGE, read_bytes(folder / FILE, where), where, "vague")


def corrected(file: str, vague: str) -> str:
    """What to type once a table of a wave was changed in a spreadsheet."""
    return f"lancez : atc import --corriger {file} --vague {vague}"


def folder_faults(folder: Path, file: str, dictionary: Dictionary) -> Iterator[Fault]:
    """Files that nothing describes: nobody would know where they come from, or who may see them."""
    # What file managers and Excel leave behind holds no data.
    litter = ("Thumbs.db", "desktop.ini")
    expected = {FILE, codebook.FILE, *litter, *(f"{table}.csv" for table in dictionary.tables)}
    for path in sorted(folder.iterdir()):
        if path.name not in expected and not path.name.startswith((".", "~$")):
            yield _said.fault("unexpected", f"{file}/{shown(path.name)}")


def package_faults(
    package: Package, vague: str, folder: str, hashes: Mapping[str, str], dictionary: Dictionary
) -> Iterator[Fault]:
    """What the description denies of the folder, or the reverse; ``hashes`` of tables that could be read."""
    where, tables = f"{folder}/{FILE}", dictionary.tables
    if package.vague != vague:
        yield _said.fault("other_wave", where, 0, "vague", package.vague, vague=vague)
    for name in package.resources.keys() ^ tables.keys():
        yield _said.fault("absent_table" if name in tables else "unknown_table", where, 0, name)
    for name in tables.keys() & package.resources.keys():
        resource, file = package.resources[name], f"{name}.csv"
        if resource.path != file:
            yield _said.fault("path", where, 0, name, resource.path, file=file)
        if resource.sha256 != hashes.get(name, resource.sha256):
            again = corrected(f"{folder}/{file}", vague)
            yield _said.fault("changed", where, 0, name, resource.sha256, file=file, again=again)
        columns = tables[name].fields.keys()
        told = resource.statuses.keys() | {column for each in resource.reserves for column in each.columns}
        for column in columns - resource.statuses.keys():
            yield _said.fault("no_status", where, 0, f"{name}.{column}", known=", ".join(STATUSES))
        for column in told - columns:
            yield _said.fault("no_column", where, 0, f"{name}.{column}")
