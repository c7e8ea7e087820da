"""One answer as the exports write it, to one value as the dictionary writes it; or a refusal, never a guess.

Every reading that is not word for word is told in the summary.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from dataclasses import field as attribute
from decimal import Decimal
from functools import cached_property

from atc.intake.sites import KEY, TABLE
from atc.survey.dictionary import Field, Table
from atc.survey.spelling import nearest_code, place, skeleton, unambiguous

# Spellings of no answer, as `skeleton` writes them; « - » and its like leave nothing. « NA » is not one of
# them: it may be the name of a place, and only the mapping can tell.
_MISSING = {
    "": ("", "non reponse", "reponse manquante", "sans reponse", "pas de reponse"),
    "NSP": ("nsp", "ne sait pas", "ne sais pas", "je ne sais pas", "nspp", "ne se prononce pas"),
    "NC": ("nc", "n c", "non communique", "non communiquee"),
    "SO": ("so", "s o", "sans objet", "non concerne", "non concernee"),
}
_YES = {"oui", "o", "y", "yes", "1", "vrai", "true"}
_NO = {"non", "n", "no", "0", "faux", "false"}
_SPACED = re.compile(r"(?<=\d)[ \xa0\u202f\u2009](?=\d{3}(?!\d))")
_NUMBER = re.compile(r"([+-]?)(\d+)(?:[.,](\d+))?")
_PERCENT = re.compile(r"(.*\d)\s*%")
# The hour that forms add to a day is not kept.
_HOUR = r"(?:(?: | - |T)\d{1,2}[:h]\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?"
_ISO_DAY = re.compile(rf"(\d{{4}})-(\d{{2}})-(\d{{2}}){_HOUR}")
_FRENCH_DAY = re.compile(rf"(\d{{1,2}})/(\d{{1,2}})/(\d{{4}}|\d\d){_HOUR}")
_SERIAL = re.compile(r"\d{5}(?:[.,]0+)?")
# Excel's calendar, counted from here because it takes 1900 for a leap year.
_EPOCH = dt.date(1899, 12, 30)
_MONTH = re.compile(
    r"\d{1,2}[-/. ](janv|f[ée]vr?|mars|avr|mai|juin|juil|ao[uû]t|sept|oct|nov|d[ée]c)\w*\.?", re.IGNORECASE
)


class UnreadableError(ValueError):
    """A value that nothing allows to read: what is wrong, and what to do about it, in French."""

    def __init__(self, message: str, remedy: str) -> None:
        """Keep both sentences."""
        super().__init__(message)
        self.message = message
        self.remedy = remedy


@dataclass(frozen=True)
class Reading:
    """How the answers of one column are read."""

    field: Field  # the column of the dictionary
    yes_no: tuple[str, str] | None  # its words for yes and no; empty if it is no such question
    missing: tuple[str, ...]  # its missing codes
    recode: Mapping[str, str] = attribute(default_factory=dict)  # what the mapping says: answer -> code
    # Spellings of no answer that the mapping adds.
    extra_missing: Mapping[str, str] = attribute(default_factory=dict)
    # From the questionnaire's own description: code of an answer -> its label.
    answers: Mapping[str, str] = attribute(default_factory=dict)
    sites: Mapping[str, str] | None = None  # for a territory, spelling -> code; none otherwise

    @classmethod
    def of(
        cls,
        table: Table,
        column: str,
        sites: Mapping[str, str],
        **said: Mapping[str, str],
    ) -> Reading:
        """How the answers of one column of a table are read."""
        described = table.fields[column]
        # The first spelling of yes, and of no.
        spelt = {meaning: word for word, meaning in reversed([*described.booleans.items()])}
        words = (spelt[True], spelt[False]) if spelt else None
        is_site = (
            column == KEY
            if table.name == TABLE
            else any(local == (column,) and other == TABLE for local, other, _ in table.foreign_keys)
        )
        return cls(described, words, tuple(table.missing), sites=sites if is_site else None, **said)

    @cached_property
    def _recoded(self) -> Mapping[str, str]:
        return unambiguous((skeleton(answer), code) for answer, code in self.recode.items())

    @cached_property
    def _options(self) -> Mapping[str, str]:
        pairs = [(skeleton(c.label), c.value) for c in self.field.categories]
        return unambiguous(pairs + [(skeleton(c.value), c.value) for c in self.field.categories])

    def __call__(self, cell: str) -> str:
        """The value that a cell stands for.

        UnreadableError: nothing says what it stands for.
        """
        label = self.answers.get(cell, "")
        codes = [code for code, text in self.answers.items() if skeleton(text) == skeleton(cell)]
        for text in (cell, label, *codes):
            if text in self.recode:
                return self.recode[text]
            if text and skeleton(text) in self._recoded:
                return self._recoded[skeleton(text)]
        if cell == "-oth-":
            return self._read("autre")
        if label:
            return self._coded(cell, label, named=bool(codes))
        # The words of the answer first; the tool's own code for it may be the dictionary's.
        for text in (cell, *(codes if len(codes) == 1 else ())):
            with suppress(UnreadableError):
                return self._read(text)
        return self._read(cell)

    def is_empty(self, cell: str) -> bool:
        """Whether a cell says nothing: one absence has one reading, be it empty, « - » or « Non réponse »."""
        recoded = cell in self.recode or skeleton(cell) in self._recoded
        return not cell or (not recoded and self.no_answer(cell) == "")

    def _coded(self, code: str, label: str, *, named: bool) -> str:
        """What the code of an answer stands for: its label decides, where it is no mere wording."""
        readings = {}
        for text in (label, code):
            with suppress(UnreadableError):
                readings[text] = self._read(text)
        if named and len(set(readings.values())) > 1:
            message = f"Code de « {label} », et libellé d’une autre réponse : rien ne dit lequel fut exporté"
            remedy = "Dites dans « recoder » ce que veut dire chacune des réponses de cette colonne"
            raise UnreadableError(message, remedy)
        return next(iter(readings.values())) if readings else self._read(label)

    def _read(self, cell: str) -> str:
        if cell in self.field.labels:
            return cell
        if skeleton(cell) in self._options:
            return self._options[skeleton(cell)]
        missing = self.no_answer(cell)
        return self._typed(cell) if missing is None else missing

    def no_answer(self, cell: str) -> str | None:
        """The missing code that a cell stands for; none where it is an answer."""
        if cell in self.missing:
            return cell
        if cell in self.extra_missing:
            return self.extra_missing[cell]
        if not re.search(r"\w", cell):
            return "" if re.fullmatch(r"[-–—/. ]*", cell) else None
        for code, spellings in _MISSING.items():
            if code in self.missing and skeleton(cell) in spellings:
                return code
        return None

    def _typed(self, cell: str) -> str:
        if self.sites is not None:
            return self._site(cell)
        if self.field.categories:
            raise UnreadableError("Réponse inconnue du dictionnaire", self._advice(cell, self.field.labels))
        readers: dict[str, Callable[[str], str]] = {
            "boolean": self._boolean,
            "integer": _integer,
            "number": _number,
            "date": _day,
        }
        return readers.get(self.field.type, self._text)(cell)

    def _advice(self, cell: str, labels: Mapping[str, str]) -> str:
        meant = nearest_code(cell, labels)
        guess = f" (sans doute « {meant} »)" if meant else ""
        listed = list(labels)
        admitted = ", ".join(listed[:20]) + ("…" if len(listed) > 20 else "")
        return f"Ajoutez-la à « recoder » dans la correspondance{guess}. Codes admis : {admitted}"

    def _site(self, cell: str) -> str:
        assert self.sites is not None
        code = self.sites.get(place(cell))
        if code:
            return code
        labels = {code: code for code in sorted(set(self.sites.values()))}
        meant = nearest_code(cell, dict(labels))
        guess = f" (sans doute « {meant} »)" if meant else ""
        known = ", ".join(labels)
        remedy = (
            f"Autre graphie d’un site connu{guess} : ajoutez-la à « sites » dans la correspondance. "
            f"Nouveau site : donnez-lui une ligne sous « ajouter », « territoires ». Sites connus : {known}"
        )
        raise UnreadableError("Territoire inconnu", remedy)

    def _boolean(self, cell: str) -> str:
        assert self.yes_no is not None
        if skeleton(cell) in _YES:
            return self.yes_no[0]
        if skeleton(cell) in _NO:
            return self.yes_no[1]
        remedy = "Dites dans « recoder » ce que cette réponse veut dire : oui ou non"
        raise UnreadableError("Réponse autre que oui ou non", remedy)

    def _text(self, cell: str) -> str:
        pattern = self.field.constraints.get("pattern")
        if pattern and not re.fullmatch(pattern, cell):
            digits = pattern.startswith("^[0-9]") and cell.isdigit()
            remedy = (
                "Mettez la colonne au format Texte dans le tableur, et retapez le zéro de tête"
                if digits
                else f"Écrivez-le selon le modèle {pattern}"
            )
            raise UnreadableError("Code mal formé", remedy)
        return unicodedata.normalize("NFC", re.sub(r"[\r\n\t]+", " ", cell))


def _as_date(cell: str) -> bool:
    return bool(_ISO_DAY.fullmatch(cell) or _FRENCH_DAY.fullmatch(cell) or _MONTH.match(cell))


def _parts(cell: str) -> tuple[str, str, str]:
    if _as_date(cell) or re.match(r"\d{4}-\d\d-\d\d|\d\d:\d\d", cell):
        remedy = "Mettez la colonne au format Texte ou Nombre dans le tableur, et retapez la valeur"
        message = "Date à la place d’un nombre : le tableur a sans doute converti « 1.5 » en « 1er mai »"
        raise UnreadableError(message, remedy)
    found = _NUMBER.fullmatch(_SPACED.sub("", cell))
    if not found:
        remedy = (
            "Écrivez-le en chiffres, sans unité, ou dites dans « recoder » ce que cette réponse veut dire"
        )
        raise UnreadableError("Nombre attendu", remedy)
    sign, whole, decimals = found.groups()
    return "-" if sign == "-" else "", whole.lstrip("0") or "0", (decimals or "").rstrip("0")


def _integer(cell: str) -> str:
    sign, whole, decimals = _parts(cell)
    if decimals:
        raise UnreadableError("Nombre entier attendu", "Vérifiez cette réponse dans l’outil d’enquête")
    return sign * (whole != "0") + whole


def _number(cell: str) -> str:
    percent = _PERCENT.fullmatch(cell)
    if percent:
        sign, whole, decimals = _parts(percent[1])
        share = Decimal(f"{sign}{whole}.{decimals or '0'}") / 100
        return _number(f"{share:f}")
    sign, whole, decimals = _parts(cell)
    # As Python writes it: « 1 », « 1,0 » and « 1,00 » are one number, whatever the tool.
    value = f"{whole}.{decimals or '0'}"
    return sign * (value != "0.0") + value


def _day(cell: str) -> str:
    for pattern, order in ((_ISO_DAY, (1, 2, 3)), (_FRENCH_DAY, (3, 2, 1))):
        found = pattern.fullmatch(cell)
        if found:
            try:
                year, month, day = (int(found[i]) for i in order)
                # A survey of our time: « 21 » is 2021.
                return dt.date(year + 2000 * (year < 100), month, day).isoformat()
            except ValueError as error:
                remedy = "Vérifiez le jour et le mois : les dates se lisent jour/mois/année"
                raise UnreadableError("Cette date n’existe pas", remedy) from error
    if _SERIAL.fullmatch(cell):
        return (_EPOCH + dt.timedelta(days=int(cell[:5]))).isoformat()
    raise UnreadableError("Date attendue", "Écrivez-la sous la forme jj/mm/aaaa ou aaaa-mm-jj")
