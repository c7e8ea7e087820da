"""The mapping: which column of which export becomes which column of which table, and what is dropped.

A YAML file or a workbook gives the same tree (`mapping_tree`, `mapping_book`), and the models below are its
keys. It is read strictly: an unknown key, table or column, or a guess that nobody confirmed, refuses the
whole file with its line, all faults at once. ``docs/exemples`` holds one commented file for each tool.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from collections.abc import Mapping as MappingType
from typing import Annotated, Any, TypeAlias, cast

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    ValidationError,
    ValidationInfo,
    model_validator,
)
from pydantic import Field as Where

from atc.intake.mapping_book import parse_book
from atc.intake.mapping_tree import TO_COMPLETE, Entries, Items, Text, parse_yaml
from atc.intake.sheet import WORKBOOK, Heading, Place
from atc.intake.tools import TOOLS
from atc.intake.values import UNITED, admitted, is_pseudonym
from atc.survey.datapackage import STATUSES
from atc.survey.dictionary import Dictionary, Field, Table
from atc.survey.errors import DataRefused, Fault
from atc.survey.spelling import nearest, skeleton, unambiguous

#: How a key that is a choice is made.
OUI = "oui"
SEPARATORS = {"": "", ";": ";", ",": ",", "|": "|", "\t": "\t", "\\t": "\t", "tabulation": "\t"}
_ABSENT = "Colonne absente du dictionnaire"


def _listed(raw: Any) -> Any:
    """A single text makes a list of one; an empty one, of none."""
    return ((raw,) if raw else ()) if isinstance(raw, str) else raw


def _named(raw: Any) -> Any:
    """The columns that stand here, in a list or each with its reason."""
    if isinstance(raw, Entries):
        return tuple(Text(name, why.at) for name, why in raw.items())
    return _listed(raw)


def _pair(raw: Any) -> Any:
    listed = _listed(raw)
    if isinstance(listed, Items | tuple) and len(listed) not in {0, 2}:
        raise ValueError("two_values")
    return listed


def _some(raw: Any) -> Any:
    if isinstance(raw, Text | Items) and not raw:
        raise ValueError("no_source")
    return _listed(raw)


def _several(raw: Any) -> Any:
    """A single block makes a list of one."""
    return raw if isinstance(raw, Items) else (raw,)


def _as_rule(raw: Any) -> Any:
    """The name of a column alone is a rule."""
    return Entries({Text("colonne", raw.at): raw}, raw.at) if isinstance(raw, Text) else raw


class _Said(BaseModel):
    """Keys of the file, and where they stand."""

    model_config = ConfigDict(arbitrary_types_allowed=True)
    at: Place = Where(exclude=True)
    whole: bool = Where(exclude=True)  # whether no key was unknown

    @model_validator(mode="before")
    @classmethod
    def _placed(cls, raw: Any, info: ValidationInfo) -> Any:
        if not isinstance(raw, Entries):
            return raw
        keys = [key for key in cls.model_fields if key not in {"at", "whole"}]
        odd = list(_unknown(raw, keys, "Clé inconnue", f"Clés admises ici : {', '.join(keys)}"))
        cast(list[Fault], info.context).extend(odd)
        return Entries({**raw, Text("at", raw.at): raw.at, Text("whole", raw.at): not odd}, raw.at)


#: A `Text`, which plain texts look up.
Name: TypeAlias = Any
Texts: TypeAlias = Annotated[tuple[Text, ...], BeforeValidator(_listed)]
Names: TypeAlias = Annotated[tuple[Text, ...], BeforeValidator(_named)]


class Rule(_Said):
    """Where a column of a table comes from, and how its values are read."""

    colonne: Text | None = None  # column of the export
    constante: Text | None = None  # the value of every row
    recoder: dict[Name, Text] = {}  # answer -> code of the dictionary
    vide: Text | None = None  # what an empty cell means; none when it means no answer
    contient: Text | None = None  # an option looked for in a list of ticked ones
    aussi: Texts = ()  # options that the list may hold beside those that the mapping looks for
    rempli: Annotated[
        tuple[Text, ...], BeforeValidator(_pair)
    ] = ()  # what a filled cell means, then an empty one; none when its content matters
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
    # Column -> how the answers of rows with one key make one; without it, such rows are refused.
    reunir: dict[Name, Text] = {}

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
    verifier: dict[Name, Text] = {}  # column -> the value that every row must have
    ignorer: Names = ()
    tables: dict[Name, Annotated[tuple[Block, ...], BeforeValidator(_several)]]
    a_classer: Names = ()

    @property
    def blocks(self) -> list[tuple[str, Block]]:
        """Name of a table, and what gives rows to it."""
        return [(name, block) for name, blocks in self.tables.items() for block in blocks]

    @property
    def heading(self) -> Heading | None:
        """Lines that hold the names of its columns; none if it says no such thing."""
        found = re.fullmatch(r"([1-9])(?:-([1-9]))?", (self.entete or "1").replace(" ", ""))
        if not found or int(found[2] or found[1]) < int(found[1]):
            return None
        return Heading(int(found[1]), int(found[2] or found[1]))


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
    # Table -> rows that are added to it.
    ajouter: dict[Name, Annotated[tuple[dict[Name, Text], ...], BeforeValidator(_listed)]] = {}
    sources: Annotated[tuple[Source, ...], BeforeValidator(_some)]

    def status(self, table: str, column: str) -> str:
        """Status of one column."""
        said = (self.statuts.get(f"{table}.{column}"), self.statuts.get(table), self.statut)
        return next((one for one in said if one), STATUSES[0])


# --- reading


_SHAPES = {
    "missing": ("Il manque la clé « {} »", "Ajoutez-la"),
    "no_source": ("Aucune source", "Décrivez au moins un fichier"),
    "two_values": ("Deux valeurs sont attendues", "Écrivez par exemple [oui, non]"),
    "tuple_type": ("Une liste est attendue ici", "Écrivez un tiret par élément"),
    "is_instance_of": ("Un texte est attendu ici", "Écrivez une seule valeur, entre guillemets au besoin"),
}
_KEYS = ("Des clés sont attendues ici", "Écrivez « clé: valeur », une par ligne et en retrait")


def read_mapping(content: bytes, file: str, dictionary: Dictionary) -> Mapping:
    """Read and check a mapping file."""
    tree = (parse_book if file.lower().endswith(WORKBOOK) else parse_yaml)(content, file)
    faults: list[Fault] = []
    try:
        mapping = Mapping.model_validate(tree, context=faults)
    except ValidationError as error:
        for one in error.errors():
            kind = str(one["ctx"]["error"]) if one["type"] == "value_error" else one["type"]
            message, remedy = _SHAPES.get(kind, _KEYS)
            faults.append(one["input"].at.fault(message.format(one["loc"][-1]), remedy))
        raise DataRefused(faults) from error
    faults += _faults(mapping, dictionary)
    if faults:
        raise DataRefused(dict.fromkeys(faults))
    return mapping


def _faults(mapping: Mapping, dictionary: Dictionary) -> Iterator[Fault]:
    """What the dictionary does not allow; values that are written as labels become codes on the way."""
    libelle, tables = mapping.collecte.libelle, list(dictionary.tables)
    if libelle in {"", TO_COMPLETE}:
        remedy = "Écrivez quand les données ont été recueillies, par exemple « automne 2021 »"
        yield libelle.at.fault("Date de collecte à compléter", remedy)
    columns = [f"{table.name}.{column}" for table in dictionary for column in table.fields]
    known = [(said, tables) for said in (mapping.collectes, mapping.reprendre, mapping.ajouter)]
    for said, names in (*known, (mapping.statuts, [*tables, *columns])):
        yield from _unknown(said, names, "Nom absent du dictionnaire", f"Tables : {', '.join(tables)}")
    codes = sorted({code for table in dictionary for code in table.missing if code})
    for text in (mapping.statut, *mapping.statuts.values()):
        yield from _unlisted(text, STATUSES, "Statut inconnu")
    for text in filter(None, mapping.absences.values()):
        yield from _unlisted(text, codes, "Code d’absence inconnu")
    remedy = "Nommez la vague dont cette table est reprise, ou retirez cette ligne et donnez-lui une source"
    yield from (
        wave.at.fault("Table sans source", remedy, name)
        for name, wave in mapping.reprendre.items()
        if wave == TO_COMPLETE
    )
    for name in mapping.ajouter.keys() & dictionary.tables.keys():
        fields = dictionary.table(name).fields
        for row in mapping.ajouter[name]:
            yield from _unknown(row, fields, "Clé inconnue", f"Clés admises ici : {', '.join(fields)}")
            absent, at = [key for key in fields if key not in row], next(iter(row), libelle).at
            yield from (at.fault(f"Il manque la clé « {key} »", "Ajoutez-la") for key in absent)
    for source in mapping.sources:
        yield from _source_faults(source, dictionary)


def _unlisted(text: Text | None, admitted_: Iterable[str], message: str) -> Iterator[Fault]:
    if text is not None and text not in admitted_:
        yield text.at.fault(message, f"Choisissez parmi : {', '.join(admitted_)}", text)


def _unknown(
    said: MappingType[Name, Any], known: Iterable[str], message: str, otherwise: str
) -> Iterator[Fault]:
    for key in said:
        if key not in known:
            meant = nearest(key, known)
            yield key.at.fault(message, f"Écrivez « {meant} »" if meant else otherwise, key)


def _source_faults(source: Source, dictionary: Dictionary) -> Iterator[Fault]:
    yield from _unlisted(source.outil, TOOLS, "Outil inconnu")
    if source.separateur is not None and source.separateur not in SEPARATORS:
        remedy = "Écrivez ; ou , ou | ou tabulation"
        yield source.separateur.at.fault("Séparateur inconnu", remedy, source.separateur)
    if source.entete is not None and source.heading is None:
        remedy = "Écrivez le numéro de la ligne des noms (3), ou des deux lignes qui les donnent (1-2)"
        yield source.entete.at.fault("Ligne d’en-tête inconnue", remedy, source.entete)
    remedy = "Dites de quelle table et de quelle colonne, ou ignorez-la (« ignorer »)"
    yield from (one.at.fault("Colonne à classer", remedy, one) for one in source.a_classer)
    tables = f"Tables : {', '.join(dictionary.tables)}"
    yield from _unknown(source.tables, dictionary.tables, "Nom absent du dictionnaire", tables)
    for name, block in source.blocks:
        if name in dictionary.tables:
            yield from _block_faults(block, dictionary.table(name))


def _block_faults(block: Block, table: Table) -> Iterator[Fault]:
    listed = f"Colonnes de {table.name} : {', '.join(table.fields)}"
    unknown = list(_unknown(block.colonnes, table.fields, _ABSENT, listed))
    yield from unknown
    for name, rule in block.colonnes.items():
        if name in table.fields:
            yield from _rule_faults(rule, table.fields[name], table)
    given = set(block.colonnes)
    if block.empiler:
        given |= {block.empiler.colonne, block.empiler.valeur}
        yield from _stack_faults(block.empiler, table)
    for name, how in block.reunir.items():
        suited = UNITED.get(how)
        yield from _unlisted(how, UNITED, "Façon de réunir inconnue")
        if name not in table.fields:
            yield name.at.fault(_ABSENT, listed, name)
        elif suited and table.fields[name].type not in suited:
            remedy = "Écrivez « premier » ou « dernier »"
            yield how.at.fault("Ces réponses n’ont ni somme ni ordre", remedy, how)
    needed = table.primary_key if block.completer == OUI else table.fields
    absent = [name for name in table.fields if name in needed and name not in given]
    if absent and not unknown:
        remedy = 'Dites d’où vient chacune ; une colonne sans source s’écrit « {constante: ""} »'
        message = f"Colonnes de {table.name} sans correspondance : {', '.join(absent)}"
        yield block.at.fault(message, remedy)


def _stack_faults(stack: Stack, table: Table) -> Iterator[Fault]:
    wrong = [name for name in (stack.colonne, stack.valeur) if name not in table.fields]
    yield from (name.at.fault(_ABSENT, f"Colonnes : {', '.join(table.fields)}", name) for name in wrong)
    if wrong:
        return
    codes = admitted(table.fields[stack.colonne], table)
    remedy = f"Codes admis : {', '.join(filter(None, codes))}"
    for code in stack.depuis if codes else ():
        if code not in codes:
            yield code.at.fault("Code absent du dictionnaire", remedy, code)
    for rule in stack.depuis.values():
        yield from _rule_faults(rule, table.fields[stack.valeur], table)


def _rule_faults(rule: Rule, field: Field, table: Table) -> Iterator[Fault]:
    at, said = rule.at, rule.model_fields_set - {"remarque", "at", "whole"}
    if rule.a_confirmer is not None:
        remedy = "Vérifiez ou corrigez ce qui est proposé, puis effacez « a_confirmer »"
        yield rule.a_confirmer.at.fault("Correspondance à confirmer", remedy)
    if rule.a_confirmer is not None or not rule.whole:
        return
    if (rule.colonne is None) == (rule.constante is None):
        remedy = "Écrivez « colonne: » suivi du nom d’une colonne de l’export, ou « constante: »"
        yield at.fault("Il faut une colonne ou une constante, et une seule", remedy)
    elif rule.colonne is not None and not rule.source:
        yield at.fault("Nom de colonne vide", "Écrivez le nom d’une colonne de l’export")
    elif rule.constante is not None and len(said) > 1:
        yield at.fault("Une constante n’a pas d’autre réglage", "Retirez les autres clés de cette ligne")
    named = is_pseudonym(field)
    if rule.pseudonyme and not (named and re.fullmatch(r"[A-Z]{1,2}", rule.pseudonyme)):
        remedy = "Une ou deux majuscules, et seulement pour une colonne de pseudonymes (repondant, locuteur)"
        yield at.fault("Préfixe de pseudonyme refusé ici", remedy, rule.pseudonyme)
    if named and rule.source and not rule.pseudonyme and rule.deja_code != OUI:
        remedy = (
            "Ajoutez « pseudonyme: R » (ou une autre lettre), ou « deja_code: oui » si ce sont déjà des codes"
        )
        yield at.fault("Cette colonne désigne des personnes", remedy, rule.source)
    yield from _settle(rule, field, admitted(field, table))


def _settle(rule: Rule, field: Field, codes: tuple[str, ...]) -> Iterator[Fault]:
    """Write the values of a rule as codes, and tell those that are none."""
    labels = unambiguous((skeleton(label), code) for code, label in field.labels.items())
    listed = f"Codes admis : {', '.join(filter(None, codes))}" if codes else "Écrivez ce qu’elle veut dire"

    def code(text: Text) -> Text:
        found = text if text in codes else labels.get(skeleton(text), text)
        if text == TO_COMPLETE:
            wrong.append(text.at.fault("Réponse à recoder", listed, text))
        elif codes and found not in codes:
            wrong.append(text.at.fault("Code absent du dictionnaire", listed, text))
        return Text(found, text.at)

    wrong: list[Fault] = []
    rule.recoder = {answer: code(text) for answer, text in rule.recoder.items()}
    rule.rempli = tuple(map(code, rule.rempli))
    rule.vide = code(rule.vide) if rule.vide else None
    rule.constante = rule.constante and code(rule.constante)
    yield from wrong
