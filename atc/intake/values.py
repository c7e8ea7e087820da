"""One answer as the exports write it, to one value as the dictionary writes it; or a refusal, never a guess.

Every reading that is not word for word is told in the summary.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from babel.dates import get_month_names

from atc.survey.dictionary import Field, Table
from atc.survey.errors import DataRefused, Fault, Messages
from atc.survey.paths import Project, read_toml
from atc.survey.read_csv import read_rows
from atc.survey.settings import Settings
from atc.survey.typography import fold, nearest_code, place, skeleton, unambiguous
from atc.survey.validation import listed

_said = Messages(__name__)
TERRITORIES, TERRITORY = "territoires", "territoire"
YES, NO = "oui", "non"
_KNOWN = read_toml(__file__)
_MISSING, _TRUTHS = (
    {spelling: value for value, spellings in _KNOWN[table].items() for spelling in spellings}
    for table in ("missing", "truths")
)
_MONTHS = {fold(name): rank for rank, name in get_month_names("wide", locale="fr").items()}
_FORMS = {name: re.compile(pattern) for name, pattern in _KNOWN["forms"].items()}
# The hour that forms add to a day is not kept.
_WORDS = {"months": "|".join(_MONTHS), "hour": _KNOWN["hour"]}
_DAYS = [re.compile(pattern % _WORDS) for pattern in _KNOWN["days"].values()]
# Excel counts days from here because it takes 1900 for a leap year.
_EPOCH = dt.date(1899, 12, 30)

_NUMBERS = frozenset({"integer", "number"})
#: How answers of two persons about one site make one -> types of columns that it suits; any if none is named.
UNITED: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(("premier", "dernier"), frozenset()),
    **dict.fromkeys(("maximum", "minimum"), _NUMBERS | {"boolean", "date"}),
    "somme": _NUMBERS,
}


@dataclass(eq=False)
class UnreadableError(ValueError):
    """A value that nothing allows to read."""

    fault: Fault  # wherever it stands


def admitted(field: Field, table: Table) -> tuple[str, ...]:
    """Values that may be written in a column, missing codes included; none when it is free."""
    codes = (*field.labels, *field.booleans)
    return (*codes, *table.missing) if codes else ()


def spelling(text: str) -> str:
    """What all writings of an answer share: its `skeleton`, and the signs that change what it says."""
    return "".join([*_FORMS["signs"].findall(text), skeleton(text)])


def is_pseudonym(field: Field) -> bool:
    """Whether a column of the dictionary holds codes of persons."""
    return field.kind == "identifier" and str(field.constraints.get("pattern", "")).endswith("{6}$")


class Reading:
    """How the answers of one column of a table are read: by known spellings, else by its type."""

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
        self.field, self.missing = table.fields[column], table.missing
        self.recode, self.answers = recode, answers
        self._coded = unambiguous((spelling(label), code) for code, label in answers.items())
        self._recodings = unambiguous((spelling(answer), code) for answer, code in recode.items())
        self._absences = {**extra_missing, **{code: code for code in self.missing}}
        keys = [local for local, other, _ in table.foreign_keys if other == TERRITORIES]
        is_site = column == TERRITORY if table.name == TERRITORIES else (column,) in keys
        # The very first wave has no list of territories yet: its own codes make it.
        self.sites = sites if is_site and (sites or table.name != TERRITORIES) else None
        # Whether a list says what may be answered.
        categories, is_boolean = self.field.categories, self.field.type == "boolean"
        self.closed = bool(categories) or is_boolean or self.sites is not None
        both = ((spelling(text), c.value) for c in categories for text in (c.label, c.value))
        self._options = self.sites or (_TRUTHS if is_boolean else unambiguous(both))

    def __call__(self, cell: str) -> str:
        """The value that a cell stands for; an `UnreadableError` if nothing says which."""
        label, code = self.answers.get(cell, ""), self._coded.get(spelling(cell), "")
        for text in filter(None, (cell, label, code)):
            if (said := self._recoded(text)) is not None:
                return said
        # The words of the answer first: the label decides over the code; the tool's own code for a wording
        # may be the dictionary's.
        texts = ["autre"] if cell == "-oth-" else [label, cell] if label else [cell, *filter(None, [code])]
        readings = []
        for text in texts:
            with suppress(UnreadableError):
                readings.append(self._read(text))
        if label and code and len(set(readings)) > 1:
            raise UnreadableError(_said.fault("code_or_label", "", label=label))
        return readings[0] if readings else self._read(texts[0])

    def _recoded(self, text: str) -> str | None:
        return self.recode.get(text, self._recodings.get(spelling(text)))

    def is_empty(self, cell: str) -> bool:
        """Whether a cell says nothing: one absence has one reading, be it empty, « - » or « Non réponse »."""
        return not cell or (self.no_answer(cell) == "" and self._recoded(cell) is None)

    def check(self, cell: str) -> None:
        """Refuse what a spreadsheet writes where it has no value, unless the mapping says what it means."""
        if _FORMS["no_value"].fullmatch(cell) and cell not in self.recode and cell not in self._absences:
            raise UnreadableError(_said.fault("no_value", ""))

    def no_answer(self, cell: str) -> str | None:
        """The missing code that a cell stands for; none where it is an answer."""
        if cell in self._absences:
            return self._absences[cell]
        if not re.search(r"\w", cell):
            return "" if re.fullmatch(r"[-–—/. ]*", cell) else None
        code = _MISSING.get(skeleton(cell))
        return code if code in self.missing else None

    def _read(self, cell: str) -> str:
        spelt = spelling(cell) if self.sites is None else place(cell)
        found = cell if cell in self.field.labels else self._options.get(spelt, self.no_answer(cell))
        if found is not None:
            return found
        self.check(cell)
        if self.closed:
            codes = [*self.field.labels, *self.field.booleans] or sorted({*(self.sites or {}).values()})
            meant = nearest_code(cell, self.field.labels or {code: code for code in codes})
            guess = f" (sans doute « {meant} »)" if meant else ""
            raise UnreadableError(
                _said.fault("option" if self.sites is None else "site", "", guess=guess, codes=listed(codes))
            )
        if self.field.type == "date":
            return read_day(cell)
        if self.field.type in _NUMBERS:
            return _number(cell, whole=self.field.type == "integer")
        pattern = self.field.constraints.get("pattern", "")
        if pattern and not re.fullmatch(pattern, cell):
            kind = "pseudonym" if is_pseudonym(self.field) else "pattern"
            raise UnreadableError(_said.fault(kind, "", pattern=pattern))
        return unicodedata.normalize("NFC", re.sub(r"[\r\n\t]+", " ", cell))


def _number(cell: str, *, whole: bool) -> str:
    """As Python writes it: « 1 », « 1,0 » and « 1,00 » are one number, whatever the tool."""
    percent = not whole and cell.endswith("%")
    digits = _FORMS["spaced"].sub("", cell.removesuffix("%").rstrip() if percent else cell)
    if not _FORMS["number"].fullmatch(digits):
        raise UnreadableError(_said.fault("number", ""))
    value = (Decimal(digits.replace(",", ".")) or Decimal(0)) / (100 if percent else 1)
    if whole and value != value.to_integral_value():
        raise UnreadableError(_said.fault("whole_number", ""))
    text = f"{value.normalize():f}"
    return text if whole or "." in text else f"{text}.0"


def read_day(cell: str) -> str:
    """A day as ISO 8601 writes it."""
    if found := next(filter(None, (pattern.fullmatch(fold(cell)) for pattern in _DAYS)), None):
        year, month = int(found["year"]), _MONTHS.get(found["month"]) or int(found["month"])
        try:
            # A survey of our time: « 21 » is 2021.
            return dt.date(year + 2000 * (year < 100), month, int(found["day"])).isoformat()
        except ValueError as error:
            raise UnreadableError(_said.fault("no_such_day", "")) from error
    if _FORMS["serial"].fullmatch(cell):
        return (_EPOCH + dt.timedelta(days=int(cell[:5]))).isoformat()
    raise UnreadableError(_said.fault("day", ""))


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


def known_sites(project: Project, settings: Settings, vague: str) -> dict[str, str]:
    """Territories of the waves other than this one: code -> town."""
    sites: dict[str, str] = {}
    for path in (project.raw(other) / f"{TERRITORIES}.csv" for other in settings.waves if other != vague):
        with suppress(DataRefused):  # absent, or checking that wave says it better
            for row in read_rows(path, project.relative(path)).values():
                sites.setdefault(row.get(TERRITORY, ""), row.get("commune", ""))
    sites.pop("", None)
    return sites


def spellings(sites: Mapping[str, str], declared: Mapping[str, str]) -> Mapping[str, str]:
    """Spelling, without case, accents or dashes, -> code of a territory."""
    pairs = ((place(name), code) for code, town in sites.items() for name in (code, town))
    return {**unambiguous(pairs), **{place(name): code for name, code in declared.items()}}
