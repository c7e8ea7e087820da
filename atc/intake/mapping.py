"""The mapping: which column of which export becomes which column of which table, and what is dropped.

A YAML file or a workbook gives the same tree (`mapping_files`), and the models below are its keys. It is read
strictly: an unknown key, table or column, or a guess that nobody confirmed, refuses the whole file with its
line, all faults at once. ``docs/exemples`` holds one commented file for each tool.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain
from typing import Annotated, Any, TypeAlias, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, ValidationInfo, model_validator
from pydantic import Field as Where

from atc.intake.books import Place, Text
from atc.intake.mapping_files import TO_COMPLETE, parse_book, parse_yaml, place_of, stands
from atc.intake.reading import WORKBOOK, Heading
from atc.intake.tools import TOOLS
from atc.intake.values import UNITED, admitted, is_pseudonym
from atc.survey.datapackage import STATUSES
from atc.survey.dictionary import Dictionary, Field, Table
from atc.survey.errors import DataRefused, Fault, Messages
from atc.survey.typography import nearest, skeleton, unambiguous

_said = Messages(__name__)
#: How a key that is a choice is made.
OUI = "oui"
SEPARATORS = {"": "", ";": ";", ",": ",", "|": "|", "\t": "\t", "\\t": "\t", "tabulation": "\t"}


def _listed(raw: Any) -> Any:
    """A single thing makes a list of one; an empty text, of none."""
    return raw if isinstance(raw, list | tuple) else (raw,) if raw != "" else ()


def _as_rule(raw: Any) -> Any:
    """The name of a column alone is a rule."""
    if not isinstance(raw, Text):
        return raw
    return {Text("colonne", replace(raw.at, column=f"{raw.at.column}.colonne")): raw}


class _Said(BaseModel):
    """Keys of the file, and where they stand."""

    model_config = ConfigDict(arbitrary_types_allowed=True)
    at: Place = Where(exclude=True)

    @model_validator(mode="before")
    @classmethod
    def _placed(cls, raw: Any, info: ValidationInfo) -> Any:
        if not isinstance(raw, dict):
            return raw
        file, faults = cast(tuple[str, list[Fault]], info.context)
        keys = [key for key in cls.model_fields if key != "at"]
        faults += _unknown(raw, keys, "Clé inconnue", f"Clés admises ici : {', '.join(keys)}")
        at = place_of(raw) or Place(file, 0, "")
        # Keys of a YAML file end with that one; a cell of a workbook does not.
        above = at.column.removesuffix(next(iter(raw), "")).removesuffix(".")
        return {**raw, "at": replace(at, column=above)}


#: A `Text`, which plain texts look up.
Name: TypeAlias = Any
Texts: TypeAlias = Annotated[tuple[Text, ...], BeforeValidator(_listed)]
#: Columns that stand in a list, or each with its reason.
Names: TypeAlias = Annotated[Texts, BeforeValidator(lambda raw: [*raw] if isinstance(raw, dict) else raw)]


class Rule(_Said):
    """Where a column of a table comes from, and how its values are read."""

    colonne: Text | None = None  # column of the export
    constante: Text | None = None  # the value of every row
    recoder: dict[Name, Text] = {}  # answer -> code of the dictionary
    vide: Text | None = None  # what an empty cell means; none when it means no answer
    contient: Text | None = None  # an option looked for in a list of ticked ones
    aussi: Texts = ()  # options that the list may hold beside those that the mapping looks for
    rempli: Texts = ()  # what a filled cell means, then an empty one; none when its content matters
    pseudonyme: Text | None = None  # prefix of the codes that replace its content
    deja_code: Text | None = None  # « oui » if it already holds pseudonyms
    a_confirmer: Text | None = None  # a guess, refused as long as it is one
    remarque: Text | None = None  # for people

    @property
    def source(self) -> str:
        """Column of the export; empty for a constant."""
        return (self.colonne or "").strip()


Rules: TypeAlias = dict[Name, Annotated[Rule, BeforeValidator(_as_rule)]]


class Stack(_Said):
    """Several columns of an export that become as many rows."""

    colonne: Text  # column of the table that says which
    valeur: Text  # column of the table that their cells fill
    depuis: Rules  # item -> column of the export


class Block(_Said):
    """How the rows of one source give rows of one table."""

    colonnes: Rules  # column of the table -> where it comes from
    empiler: Stack | None = None
    completer: Text | None = None  # « oui » if its rows only complete those that other blocks give
    reunir: dict[Name, Text] = {}  # column -> how answers with one key make one; else they are refused

    @property
    def rules(self) -> list[Rule]:
        """Every rule, stacked columns last."""
        return [*self.colonnes.values(), *(self.empiler.depuis.values() if self.empiler else ())]


class Source(_Said):
    """One export: where it is, and what becomes of each of its columns."""

    fichier: Text  # its name, where ``*`` stands for anything
    outil: Text  # what made it
    feuille: Text | None = None  # of the workbook; the only one when none is named
    entete: Text | None = None  # lines that hold the names of its columns
    structure: Text | None = None  # name of the file that describes the questionnaire
    separateur: Text | None = None  # of a CSV; found when none is named
    garder: dict[Name, Texts] = {}  # column -> values: the other rows are left out, and counted
    ignorer: Names = ()
    tables: dict[Name, Annotated[tuple[Block, ...], BeforeValidator(_listed)]]
    a_classer: Names = ()

    @property
    def blocks(self) -> list[tuple[str, Block]]:
        """Name of a table, and what gives rows to it."""
        return [(name, block) for name, blocks in self.tables.items() for block in blocks]

    @property
    def heading(self) -> Heading | None:
        """Lines that hold the names of its columns; none if it says no such thing."""
        found = re.fullmatch(r"([1-9])(?:-([1-9]))?", (self.entete or "1").replace(" ", ""))
        lines = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
        return lines if 0 < lines[0] <= lines[1] else None


class Collection(_Said):
    """When data were collected, for readers and as months."""

    libelle: Text
    debut: Text | None = None
    fin: Text | None = None


class Mapping(_Said):
    """The whole file."""

    vague: Text  # wave that it is for
    titre: Text  # of the data, as readers see it
    description: Text | None = None
    version: Text | None = None
    licence: Text | None = None
    collecte: Collection
    collectes: dict[Name, Collection] = {}  # of one table
    statut: Text | None = None
    statuts: dict[Name, Text] = {}  # ``table`` or ``table.colonne`` -> status
    sites: dict[Name, Text] = {}  # spelling -> code of a territory
    absences: dict[Name, Text] = {}  # spelling -> missing code, beside the usual ones
    reprendre: dict[Name, Text] = {}  # table -> wave whose file is taken again as it is
    ajouter: dict[Name, Annotated[tuple[dict[Name, Text], ...], BeforeValidator(_listed)]] = {}  # its rows
    sources: Annotated[tuple[Source, ...], BeforeValidator(_listed)]

    def status(self, table: str, column: str) -> str:
        """Status of one column."""
        said = (self.statuts.get(f"{table}.{column}"), self.statuts.get(table), self.statut)
        return next((one for one in said if one), STATUSES[0])


def read_mapping(content: bytes, file: str, dictionary: Dictionary) -> Mapping:
    """Read and check a mapping file."""
    tree = (parse_book if file.lower().endswith(WORKBOOK) else parse_yaml)(content, file)
    faults: list[Fault] = []
    try:
        mapping = Mapping.model_validate(tree, context=(file, faults))
    except ValidationError as error:
        for one in error.errors():
            *above, name = one["loc"] or ("",)
            at = place_of(one["input"]) or Place(file, 0, ".".join(map(str, above)))
            is_text = one["type"] == "is_instance_of"
            if one["type"] == "missing":
                faults.append(_said.fault("missing", *stands(at), name=name))
            else:
                faults.append(_said.fault("text" if is_text else "keys", *stands(at)))
        raise DataRefused(faults) from error
    faults += _faults(mapping, dictionary)
    if faults:
        raise DataRefused(dict.fromkeys(faults))
    return mapping


def _unknown(said: Iterable[Text], known: Iterable[str], message: str, other: str = "") -> Iterator[Fault]:
    """A fault for each text that is not one of those that are known."""
    for text in said:
        if text not in known:
            meant = nearest(text, known)
            listed = other or f"Choisissez parmi : {', '.join(known)}"
            yield text.at.fault(message, f"Écrivez « {meant} »" if meant else listed, text)


def _faults(mapping: Mapping, dictionary: Dictionary) -> Iterator[Fault]:
    """What the dictionary does not allow; values that are written as labels become codes on the way."""
    libelle, tables = mapping.collecte.libelle, list(dictionary.tables)
    if libelle in {"", TO_COMPLETE}:
        yield _said.fault("no_date", *stands(libelle))
    if not mapping.sources:
        yield _said.fault("no_source", *stands(mapping.at))
    columns = [f"{table.name}.{column}" for table in dictionary for column in table.fields]
    codes = sorted({code for table in dictionary for code in table.missing if code})
    absent, listed = "Nom absent du dictionnaire", f"Tables : {', '.join(tables)}"
    named = chain(mapping.collectes, mapping.reprendre, mapping.ajouter, *(s.tables for s in mapping.sources))
    yield from _unknown(named, tables, absent, listed)
    yield from _unknown(mapping.statuts, [*tables, *columns], absent, listed)
    statuses = [*([mapping.statut] if mapping.statut else []), *mapping.statuts.values()]
    yield from _unknown(statuses, STATUSES, "Statut inconnu")
    yield from _unknown(filter(None, mapping.absences.values()), codes, "Code d’absence inconnu")
    for name, wave in mapping.reprendre.items():
        if wave == TO_COMPLETE:
            yield _said.fault("no_table_source", *stands(wave, name))
    for name in mapping.ajouter.keys() & dictionary.tables.keys():
        fields = dictionary.table(name).fields
        for row in mapping.ajouter[name]:
            yield from _unknown(row, fields, "Clé inconnue", f"Clés admises ici : {', '.join(fields)}")
            at = stands(next(iter(row), libelle))
            yield from (_said.fault("missing", *at, name=key) for key in fields if key not in row)
    yield from _unknown((source.outil for source in mapping.sources), TOOLS, "Outil inconnu")
    separators = (source.separateur for source in mapping.sources if source.separateur is not None)
    yield from _unknown(separators, SEPARATORS, "Séparateur inconnu", "Écrivez ; ou , ou | ou tabulation")
    for source in mapping.sources:
        if source.entete is not None and source.heading is None:
            yield _said.fault("heading", *stands(source.entete, source.entete))
        yield from (_said.fault("to_sort", *stands(one, one)) for one in source.a_classer)
        for name, block in source.blocks:
            yield from _block_faults(block, dictionary.table(name)) if name in dictionary.tables else ()


def _block_faults(block: Block, table: Table) -> Iterator[Fault]:
    stack = (block.empiler.colonne, block.empiler.valeur) if block.empiler else ()
    named, absent = [*block.colonnes, *stack, *block.reunir], "Colonne absente du dictionnaire"
    listed = f"Colonnes de {table.name} : {', '.join(table.fields)}"
    unknown = list(_unknown(named, table.fields, absent, listed))
    yield from unknown
    rules = [(rule, name) for name, rule in block.colonnes.items() if name in table.fields]
    if block.empiler and {*stack} <= table.fields.keys():
        items = admitted(table.fields[block.empiler.colonne], table)
        remedy = f"Codes admis : {', '.join(filter(None, items))}"
        stacked = block.empiler.depuis if items else ()
        yield from _unknown(stacked, items, "Code absent du dictionnaire", remedy)
        rules += [(rule, block.empiler.valeur) for rule in block.empiler.depuis.values()]
    for rule, name in rules:
        yield from _rule_faults(rule, table.fields[name], table)
    yield from _unknown(block.reunir.values(), UNITED, "Façon de réunir inconnue")
    for name, how in block.reunir.items():
        suited = UNITED.get(how)
        if suited and name in table.fields and table.fields[name].type not in suited:
            yield _said.fault("not_united", *stands(how, how))
    needed = table.primary_key if block.completer == OUI else table.fields
    left = [name for name in table.fields if name in needed and name not in {*block.colonnes, *stack}]
    if left and not unknown:
        yield _said.fault("left", *stands(block.at), table=table.name, columns=", ".join(left))


def _rule_faults(rule: Rule, field: Field, table: Table) -> Iterator[Fault]:
    named, said = is_pseudonym(field), rule.model_fields_set - {"remarque", "at"}
    if rule.a_confirmer is not None:
        yield _said.fault("to_confirm", *stands(rule.a_confirmer))
        return
    if bool(rule.source) == (rule.constante is not None):
        yield _said.fault("one_origin", *stands(rule.at))
    elif rule.constante is not None and len(said) > 1:
        yield _said.fault("constant_alone", *stands(rule.at))
    if len(rule.rempli) not in {0, 2}:
        yield _said.fault("two_values", *stands(rule.at))
    if rule.pseudonyme and not (named and re.fullmatch(r"[A-Z]{1,2}", rule.pseudonyme)):
        yield _said.fault("prefix", *stands(rule.at, rule.pseudonyme))
    if named and rule.source and not rule.pseudonyme and rule.deja_code != OUI:
        yield _said.fault("names_people", *stands(rule.at, rule.source))
    yield from _settle(rule, field, admitted(field, table))


def _settle(rule: Rule, field: Field, codes: tuple[str, ...]) -> Iterator[Fault]:
    """Write the values of a rule as codes, and tell those that are none."""
    labels = unambiguous((skeleton(label), code) for code, label in field.labels.items())

    def code(text: Text) -> Text:
        return text if text in codes else Text(labels.get(skeleton(text), text), text.at)

    rule.recoder = {answer: code(text) for answer, text in rule.recoder.items()}
    rule.rempli = tuple(map(code, rule.rempli))
    rule.vide = code(rule.vide) if rule.vide else None
    rule.constante = rule.constante and code(rule.constante)
    listed = f"Codes admis : {', '.join(filter(None, codes))}" if codes else "Écrivez ce qu’elle veut dire"
    for text in filter(None, (*rule.recoder.values(), *rule.rempli, rule.vide, rule.constante)):
        if text == TO_COMPLETE:
            yield text.at.fault("Réponse à recoder", listed, text)
        elif codes and text not in codes:
            yield text.at.fault("Code absent du dictionnaire", listed, text)
