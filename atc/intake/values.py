"""One answer as the exports write it, to one value as the dictionary writes it; or a refusal, never a guess.

Every reading that is not word for word is told in the summary.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from types import MappingProxyType
from typing import Any

from babel.dates import get_month_names

from atc.survey.dictionary import Field, Table
from atc.survey.errors import DataRefused
from atc.survey.paths import Project
from atc.survey.read_csv import read_rows
from atc.survey.settings import Settings
from atc.survey.typography import fold, nearest_code, place, skeleton, unambiguous

TERRITORIES, TERRITORY = "territoires", "territoire"
YES, NO = "oui", "non"
# Spellings of no answer, as `skeleton` writes them; « - » and its like leave nothing. « NA » is not one of
# them: it may be the name of a place, and only the mapping can tell.
_MISSING = {
    "": ("", "non reponse", "reponse manquante", "sans reponse", "pas de reponse"),
    "NSP": ("nsp", "ne sait pas", "ne sais pas", "je ne sais pas", "nspp", "ne se prononce pas"),
    "NC": ("nc", "n c", "non communique", "non communiquee"),
    "SO": ("so", "s o", "sans objet", "non concerne", "non concernee"),
}
_TRUTHS = dict.fromkeys(("oui", "o", "y", "yes", "1", "vrai", "true"), YES)
_TRUTHS |= dict.fromkeys(("non", "n", "no", "0", "faux", "false"), NO)
_SPACED = re.compile(r"(?<=\d)[ \xa0\u202f\u2009](?=\d{3}(?!\d))")
_NUMBER = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?")
# The hour that forms add to a day is not kept.
_HOUR = (
    r"(?:(?: | - |T| à )\d{1,2}[:h]\d\d(?::\d\d(?:[.,]\d+)?)?(?: ?[AP]M)?"
    r"(?:Z|(?: ?(?:UTC|GMT))?[+-]\d{1,2}(?::?\d\d)?)?)?"
)
_DAYS = (
    re.compile(rf"(?P<year>\d{{4}})(?P<cut>[-/])(?P<month>\d{{1,2}})(?P=cut)(?P<day>\d{{1,2}}){_HOUR}"),
    re.compile(rf"(?P<day>\d{{1,2}})(?P<cut>[-/.])(?P<month>\d{{1,2}})(?P=cut)(?P<year>\d{{4}}|\d\d){_HOUR}"),
)
_MONTHS = {fold(name): rank for rank, name in get_month_names("wide", locale="fr").items()}
# « lundi 1er septembre 2021 », in letters that `fold` leaves.
_IN_WORDS = re.compile(rf"(?:[a-z]+\.? )?(\d{{1,2}})(?:er)? ({'|'.join(_MONTHS)}) (\d{{4}})")
# What a spreadsheet shows of a cell in error, in French or in English, and `workbook` of a formula.
_NO_VALUE = re.compile(r"#(?:N/A|[A-ZÉ0/_]{3,}[!?])")
_SERIAL = re.compile(r"\d{5}(?:[.,]0+)?")
# Excel's calendar, counted from here because it takes 1900 for a leap year.
_EPOCH = dt.date(1899, 12, 30)
# What looks like a day, or an hour, where a number is expected.
_MOMENT = re.compile(
    r"\d{4}-\d\d-\d\d|\d\d:\d\d|"
    r"\d{1,2}[-/. ](janv|f[ée]vr?|mars|avr|mai|juin|juil|ao[uû]t|sept|oct|nov|d[ée]c)\w*\.?",
    re.IGNORECASE,
)

_NUMBERS = frozenset({"integer", "number"})
_RANKED = _NUMBERS | {"boolean", "date"}
#: How answers of two persons about one site make one -> types of columns that it suits; any if none is named.
UNITED: Mapping[str, frozenset[str]] = {
    "somme": _NUMBERS,
    "maximum": _RANKED,
    "minimum": _RANKED,
    "premier": frozenset(),
    "dernier": frozenset(),
}


@dataclass(eq=False)
class UnreadableError(ValueError):
    """A value that nothing allows to read, in French."""

    message: str  # what is wrong
    remedy: str  # what to do about it


def admitted(field: Field, table: Table) -> tuple[str, ...]:
    """Values that may be written in a column, missing codes included; none when it is free."""
    codes = (YES, NO) if field.type == "boolean" else tuple(field.labels)
    return (*codes, *table.missing) if codes else ()


def is_pseudonym(field: Field) -> bool:
    """Whether a column of the dictionary holds codes of persons."""
    return field.kind == "identifier" and str(field.constraints.get("pattern", "")).endswith("{6}$")


class Reading:
    """How the answers of one column of a table are read."""

    def __init__(
        self,
        table: Table,
        column: str,
        sites: Mapping[str, str] | None,  # spelling -> code of a territory
        *,
        recode: Mapping[str, str] = MappingProxyType({}),  # what the mapping says: answer -> code
        answers: Mapping[str, str] = MappingProxyType({}),  # of the questionnaire: code -> label
        extra_missing: Mapping[str, str] = MappingProxyType({}),  # spellings of no answer
    ) -> None:
        """Know what may be answered."""
        self.field, self.missing = table.fields[column], tuple(table.missing)
        self.recode, self.answers, self.extra_missing = recode, answers, extra_missing
        keys = [local for local, other, _ in table.foreign_keys if other == TERRITORIES]
        is_site = column == TERRITORY if table.name == TERRITORIES else (column,) in keys
        # The very first wave has no list of territories yet: its own codes make it.
        self.sites = sites if is_site and (sites or table.name != TERRITORIES) else None
        # Whether a list says what may be answered.
        is_boolean, categories = self.field.type == "boolean", self.field.categories
        self.closed = bool(categories) or is_boolean or self.sites is not None
        self._recoded = unambiguous((skeleton(answer), code) for answer, code in recode.items())
        both = ((skeleton(text), c.value) for c in categories for text in (c.label, c.value))
        self._options = _TRUTHS if is_boolean else unambiguous(both)

    def __call__(self, cell: str) -> str:
        """The value that a cell stands for.

        UnreadableError: nothing says what it stands for.
        """
        label = self.answers.get(cell, "")
        codes = [code for code, text in self.answers.items() if skeleton(text) == skeleton(cell)]
        for text in filter(None, (cell, label, *codes)):
            if text in self.recode or skeleton(text) in self._recoded:
                return self.recode.get(text) or self._recoded.get(skeleton(text), "")
        if cell == "-oth-":
            return self._read("autre")
        # The words of the answer first: the label decides over the code; the tool's own code for a wording
        # may be the dictionary's.
        texts = [label, cell] if label else [cell, *(codes if len(codes) == 1 else ())]
        readings = []
        for text in texts:
            with suppress(UnreadableError):
                readings.append(self._read(text))
        if label and codes and len(set(readings)) > 1:
            message = f"Code de « {label} », et libellé d’une autre réponse : rien ne dit lequel fut exporté"
            remedy = "Dites dans « recoder » ce que veut dire chacune des réponses de cette colonne"
            raise UnreadableError(message, remedy)
        return readings[0] if readings else self._read(texts[0])

    def is_empty(self, cell: str) -> bool:
        """Whether a cell says nothing: one absence has one reading, be it empty, « - » or « Non réponse »."""
        recoded = cell in self.recode or skeleton(cell) in self._recoded
        return not cell or (not recoded and self.no_answer(cell) == "")

    def check(self, cell: str) -> None:
        """Refuse what a spreadsheet writes where it has no value, unless the mapping says what it means."""
        if _NO_VALUE.fullmatch(cell) and cell not in self.recode and cell not in self.extra_missing:
            remedy = "Refaites l’export, ou dites dans « absences » ou « recoder » ce qu’elle veut dire"
            raise UnreadableError("Cellule en erreur, ou formule sans résultat", remedy)

    def no_answer(self, cell: str) -> str | None:
        """The missing code that a cell stands for; none where it is an answer."""
        if cell in self.missing or cell in self.extra_missing:
            return cell if cell in self.missing else self.extra_missing[cell]
        if not re.search(r"\w", cell):
            return "" if re.fullmatch(r"[-–—/. ]*", cell) else None
        said = (code for code, spellings in _MISSING.items() if skeleton(cell) in spellings)
        return next((code for code in said if code in self.missing), None)

    def _read(self, cell: str) -> str:
        if cell in self.field.labels or skeleton(cell) in self._options:
            return cell if cell in self.field.labels else self._options[skeleton(cell)]
        missing = self.no_answer(cell)
        if missing is not None:
            return missing
        self.check(cell)
        if self.sites is not None:
            if place(cell) in self.sites:
                return self.sites[place(cell)]
            known = {code: code for code in sorted(set(self.sites.values()))}
            remedy = (
                f"Autre graphie d’un site connu{_guess(cell, known)} : ajoutez-la à « sites » dans la "
                "correspondance. Nouveau site : donnez-lui une ligne sous « ajouter », « territoires ». "
                f"Sites connus : {', '.join(known)}"
            )
            raise UnreadableError("Territoire inconnu", remedy)
        if self.closed:
            codes = list(self.field.labels) or [YES, NO]
            listed = ", ".join(codes[:20]) + ("…" if len(codes) > 20 else "")
            guess = _guess(cell, self.field.labels)
            remedy = f"Ajoutez-la à « recoder » dans la correspondance{guess}. Codes admis : {listed}"
            raise UnreadableError("Réponse inconnue du dictionnaire", remedy)
        if self.field.type in _READERS:
            return _READERS[self.field.type](cell)
        pattern = self.field.constraints.get("pattern")
        if pattern and not re.fullmatch(pattern, cell):
            remedy = f"Dites dans « recoder » le code qu’elle veut dire, selon le modèle {pattern}"
            if is_pseudonym(self.field):
                remedy = "Dites « pseudonyme » au lieu de « deja_code » : un code remplacera chaque personne"
            elif pattern.startswith("^[0-9]") and cell.isdigit():
                remedy += " : un tableur retire les zéros de tête"
            raise UnreadableError("Code mal formé", remedy)
        return unicodedata.normalize("NFC", re.sub(r"[\r\n\t]+", " ", cell))


def _guess(cell: str, labels: Mapping[str, str]) -> str:
    meant = nearest_code(cell, labels)
    return f" (sans doute « {meant} »)" if meant else ""


def _number(cell: str, *, whole: bool = False) -> str:
    """As Python writes it: « 1 », « 1,0 » and « 1,00 » are one number, whatever the tool."""
    if _MOMENT.match(cell) or any(pattern.fullmatch(cell) for pattern in _DAYS):
        remedy = "Reprenez le CSV de l’outil d’enquête, ou dites dans « recoder » ce qu’elle veut dire"
        message = "Date à la place d’un nombre : le tableur a sans doute converti « 1.5 » en « 1er mai »"
        raise UnreadableError(message, remedy)
    percent = not whole and cell.endswith("%")
    digits = _SPACED.sub("", cell.removesuffix("%").rstrip() if percent else cell)
    if not _NUMBER.fullmatch(digits):
        remedy = "Écrivez-le en chiffres, sans unité, ou dites dans « recoder » ce qu’il veut dire"
        raise UnreadableError("Nombre attendu", remedy)
    value = Decimal(digits.replace(",", ".")) or Decimal(0)
    integer, _, decimals = f"{value / 100 if percent else value:f}".partition(".")
    decimals = decimals.rstrip("0")
    if whole and decimals:
        raise UnreadableError("Nombre entier attendu", "Vérifiez cette réponse dans l’outil d’enquête")
    return integer if whole else f"{integer}.{decimals or 0}"


def _day(cell: str) -> str:
    if words := _IN_WORDS.fullmatch(fold(cell)):
        cell = f"{words[1]}/{_MONTHS[words[2]]}/{words[3]}"
    for pattern in _DAYS:
        if found := pattern.fullmatch(cell):
            year, month, day = (int(found[part]) for part in ("year", "month", "day"))
            try:
                # A survey of our time: « 21 » is 2021.
                return dt.date(year + 2000 * (year < 100), month, day).isoformat()
            except ValueError as error:
                remedy = "Les dates se lisent jour/mois/année : dites la bonne dans « recoder » (aaaa-mm-jj)"
                if month > 12 >= day:
                    # Others of its column can be read both ways: none may be mended alone.
                    remedy = (
                        "Si l’outil écrit mois/jour/année, mettez sa langue en français et exportez de "
                        "nouveau : les autres dates de cette colonne seraient fausses"
                    )
                raise UnreadableError("Cette date n’existe pas", remedy) from error
    if _SERIAL.fullmatch(cell):
        return (_EPOCH + dt.timedelta(days=int(cell[:5]))).isoformat()
    remedy = "Dites-la dans « recoder » sous la forme aaaa-mm-jj, ou exportez-la sous la forme jj/mm/aaaa"
    raise UnreadableError("Date attendue", remedy)


_READERS: Mapping[str, Callable[[str], str]] = {
    "integer": partial(_number, whole=True),
    "number": _number,
    "date": _day,
}


def ticked(cell: str, options: Iterable[str]) -> tuple[set[str], str]:
    """Options that a list of ticked ones holds, and the first part of it that is none.

    Options hold spaces and commas as well as lists do: the longest first, until nothing is left.
    """
    rest, found = cell, set()
    for option in sorted(filter(None, options), key=len, reverse=True):
        rest, times = re.subn(rf"(?<!\w){re.escape(option)}(?!\w)", "|", rest)
        found |= {option} if times else set()
    return found, next((part for part in (part.strip(" \t\n,;") for part in rest.split("|")) if part), "")


def together(one: str, other: str, how: str, field: Field, missing: Mapping[str, str]) -> str:
    """The one value of two answers about one site, put together in one of the `UNITED` ways."""
    if how in {"premier", "dernier"}:
        return one if how == "premier" else other
    untold = [value for value in (one, other) if value in missing]
    if untold:
        # What one of them does not tell, a sum cannot tell either.
        return untold[0] if how == "somme" or len(untold) == 2 else one if other in untold else other
    if how == "somme":
        return str(Decimal(one) + Decimal(other))
    # Days, and « non » and « oui », are in the order of their letters.
    rank: Callable[[str], Any] = Decimal if field.type in _NUMBERS else str
    return (max if how == "maximum" else min)(one, other, key=rank)


# --- every spelling of every territory that is known for sure


def known_sites(project: Project, settings: Settings, vague: str) -> dict[str, str]:
    """Territories of the waves other than this one: code -> town."""
    sites: dict[str, str] = {}
    for path in (project.raw(other) / f"{TERRITORIES}.csv" for other in settings.waves if other != vague):
        name = project.relative(path)
        with suppress(DataRefused):  # absent, or checking that wave says it better
            for row in read_rows(path, name).values():
                sites.setdefault(row.get(TERRITORY, ""), row.get("commune", ""))
    sites.pop("", None)
    return sites


def spellings(sites: Mapping[str, str], declared: Mapping[str, str]) -> Mapping[str, str]:
    """Spelling, without case, accents or dashes, -> code of a territory."""
    pairs = ((place(spelling), code) for code, town in sites.items() for spelling in (code, town))
    return {**unambiguous(pairs), **{place(spelling): code for spelling, code in declared.items()}}
