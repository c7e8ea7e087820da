"""What the report printed, its figures and its sentences, held against what the project gives.

``publie.csv``: one row per printed value; each says what to measure on a wave, and the rule (``arrondi``)
that turns the result into the words the report would print: two texts are compared, never two numbers.
``enonces.csv``: what the report says without a number, one row a text in our own words, tied to its wave and
to the place that shows it; ``enonces_attendus.csv`` holds how many rows each statement has, for a file that
loses a row cannot say so.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeAlias

from atc.exhibits import wordings
from atc.indicators.addresses import Address, CellError, parse
from atc.indicators.measures import Part
from atc.survey.datapackage import OBSERVED, STATUSES, WORDS
from atc.survey.dictionary import load_dictionary
from atc.survey.errors import UsageError
from atc.survey.read_csv import Row, read_rows, wrong_cells
from atc.survey.settings import load_settings
from atc.survey.typography import french, number, percent

if TYPE_CHECKING:
    from atc.survey.paths import Project
    from atc.survey.waves import Wave

FILE, EXPLANATIONS, STATEMENTS, EXPECTED = "publie.csv", "ecarts.csv", "enonces.csv", "enonces_attendus.csv"
STATUTS = ("exact", "ordre", "texte")
EQUAL, DIFFERENT, EXPLAINED, NOT_APPLICABLE = "égal", "différent", "expliqué", "sans objet"
#: Of what stands in a chapter that report.toml leaves out.
NOT_SHOWN, LEFT_OUT = "non montré", "chapitre laissé de côté"
#: Why the tables of controls may name a site beside a post: everybody read it in the report.
PRINTED = "Chiffres imprimés par le rapport intermédiaire"
_REASON_LENGTH = 120

# --- from a computed value to the text that the report would print ---

Rule: TypeAlias = Callable[[Any], str]


def _as_it_is(value: float) -> str:
    """A number with all its decimals and no others: 0.4 -> « 0,4 », 8.0 -> « 8 »."""
    exponent = Decimal(str(value)).normalize().as_tuple().exponent
    return number(value, max(0, -int(exponent)))


def _in_order(value: Mapping[str, float | Part]) -> str:
    """Names from the largest number, or share, to the smallest: « A > B », « A = B » when they are equal."""
    sizes = {name: each.part if isinstance(each, Part) else each for name, each in value.items()}
    if any(map(math.isnan, sizes.values())):
        raise ValueError("a value is missing: no order")
    ranked = sorted(sizes, key=lambda name: -sizes[name])
    signs = ["=" if sizes[before] == sizes[after] else ">" for before, after in pairwise(ranked)]
    return " ".join([ranked[0], *(f"{sign} {name}" for sign, name in zip(signs, ranked[1:], strict=True))])


def _of_count(words: str, holds: Callable[[int], bool], otherwise: Rule = number) -> Rule:
    return lambda value: words if holds(value) else otherwise(value)


def _of_share(words: str, holds: Callable[[int, int], bool]) -> Rule:
    return lambda value: words if holds(value.effectif, value.total) else value.comptes


#: What the column ``arrondi`` may say. Words (« la moitié », « la plupart ») are said within their bounds
#: only; outside them the number or the counts are, which no printed text equals, so that the control fails
#: and says what was found. The bounds are our reading of the report, which gives none.
RULES: Mapping[str, Rule] = {
    "tel_quel": _as_it_is,
    # A half goes up: 2.5 -> « 3 », 0.85 -> « 0,9 », 0.565 -> « 57 % ».
    "entier": number,
    "decimale_1": lambda value: number(value, 1),
    "pourcentage": lambda share: percent(share.part),
    "texte": str,
    "liste": ", ".join,
    "ordre": _in_order,
    # A tenth on either side.
    "une_trentaine": _of_count("une trentaine", lambda n: 27 <= n <= 33),
    # The floor of the rules on quotations.
    "seuil_de_cinq": _of_count("moins de 5", lambda n: n < 5, lambda _: "au moins 5"),
    "plusieurs": _of_count("plusieurs", lambda n: n >= 2),
    "tres_varies": _of_count("très variés", lambda n: n >= 3),
    "tous": _of_share("tous", lambda n, total: n == total > 0),
    "pas_tous": _of_share("pas tous", lambda n, total: 0 < n < total),
    # No other count is closer to half: 7 of 14, 7 or 8 of 15.
    "moitie": _of_share("la moitié", lambda n, total: total > 0 and abs(2 * n - total) <= 1),
    # Above half, without being all.
    "majorite": _of_share("la majorité", lambda n, total: total < 2 * n < 2 * total),
    "souvent": _of_share("souvent", lambda n, total: total < 2 * n < 2 * total),
    # From two thirds on, without being all.
    "la_plupart": _of_share("la plupart", lambda n, total: 3 * n >= 2 * total and n < total),
    # From two on, and under half or up to a third.
    "certains": _of_share("certains", lambda n, total: n >= 2 and 2 * n < total),
    "quelques": _of_share("quelques", lambda n, total: n >= 2 and 3 * n <= total),
    # From one on, and under half or up to a quarter.
    "parfois": _of_share("parfois", lambda n, total: n >= 1 and 2 * n < total),
    "rarement": _of_share("rarement", lambda n, total: n >= 1 and 4 * n <= total),
}


@dataclass(frozen=True)
class Printed:
    """One printed value: a row of the file, and how to compute it again."""

    id: str  # unique
    chapitre: str  # the notebook that shows it
    exhibit: str  # the one that shows it; empty if none does
    section: str  # of the report
    enonce: str  # what was printed about, in our words
    attendu: str  # what the report prints
    arrondi: str  # rule that turns a computed value into such a text
    statut: str  # ``exact`` (a number or names), ``ordre``, or ``texte`` (words for a number)
    mesure: str  # with the three that follow, what is measured: see `atc.indicators.addresses`
    colonne: str
    valeur: str
    filtre: str
    # Which count of our exhibits a word stands for, or which ones an order ranks, the largest first,
    # joined by « > »; empty if none, as for an order of shares.
    comptes: str
    lecture: str  # how a vague wording, or a trap of the report, was read
    address: Address  # what to measure on a wave

    def said(self, value: Any) -> str:
        """What the report would print for a value."""
        return french(RULES[self.arrondi](value))

    def possible(self, total: int) -> list[int]:
        """The counts out of a total for which the report would print its word."""
        word = french(self.attendu)
        return [n for n in range(total + 1) if self.said(Part(n, total)) == word]


COLUMNS = tuple(field.name for field in fields(Printed) if field.name != "address")
#: An empty measure or column is told by `parse`.
_MAY_BE_EMPTY = {"exhibit", "mesure", "colonne", "valeur", "filtre", "comptes", "lecture"}
#: Column -> how its cells are written, and an example.
_FORMS = {"id": (r"[A-Z]\d{1,2}(-[a-z0-9_]+)*", "M03-dp"), "exhibit": (r"([FT]\d\d-\d\d)?", "F02-03")}


def read_register(project: Project) -> tuple[Printed, ...]:
    """Every printed value, in the order of the file; every fault of it is told, in French."""
    dictionary, addresses = load_dictionary(project), dict[str, Address]()
    # A chapter that is left out of the report keeps its notebook, and its figures.
    there = {path.stem: None for path in sorted(project.notebooks.glob("*.ipynb"))}
    chapters = [*there, *load_settings(project).chapters]
    choices = {"chapitre": chapters, "arrondi": RULES, "statut": STATUTS}

    def wrong(row: Row, before: Mapping[int, Row]) -> Iterator[tuple[str, str, str]]:
        yield from wrong_cells(row, _MAY_BE_EMPTY, _FORMS, choices)
        if row["id"] in {other["id"] for other in before.values()}:
            yield "id", "Identifiant déjà pris", "Choisissez-en un autre"
        try:
            address = parse(row["mesure"], row["colonne"], row["valeur"], row["filtre"], dictionary)
            addresses[row["id"]] = address
        except CellError as error:
            yield error.args

    path = project.reference / FILE
    rows = read_rows(path, project.relative(path), COLUMNS, wrong).values()
    return tuple(Printed(**row, address=addresses[row["id"]]) for row in rows)


# --- each printed figure beside the one that the rows of a wave give ---


@dataclass(frozen=True)
class Control:
    """One printed figure and its verdict."""

    id: str
    enonce: str
    imprime: str  # what the report prints
    calcule: str  # what the rows give, in the same words; the reason when they give nothing
    verdict: str  # ``sans objet`` for a wave of which nothing was published
    lecture: str
    statut: str  # what the columns that it reads are worth
    explication: str = ""  # why it differs, who says so and when


def controls(wave: Wave, chapitre: str | None = None) -> tuple[Control, ...]:
    """Hold a wave against what was published: one control per printed value, or per value of one chapter.

    A figure that cannot be computed is ``différent``, with the reason; one whose chapter is left out of the
    report is ``non montré``, unless that chapter itself asks. `UsageError`: there is no such chapter.
    """
    chapters, printed = wave.report.chapters_of(wave.id), read_register(wave.project)
    if chapitre not in (None, *chapters, *(p.chapitre for p in printed)):
        known = ", ".join(chapters)
        raise UsageError(f"Le chapitre « {chapitre} » est inconnu. Chapitres déclarés : {known}.")
    told = read_explanations(wave.project, {p.id for p in printed})
    asked = [p for p in printed if chapitre in (None, p.chapitre)]
    found = [control(p, wave, told.get(p.id, "")) for p in asked]
    if chapitre is not None or not wave.settings.published:
        return tuple(found)
    return tuple(
        each if p.chapitre in chapters else replace(each, calcule=LEFT_OUT, verdict=NOT_SHOWN)
        for p, each in zip(asked, found, strict=True)
    )


def read_explanations(project: Project, known: Collection[str]) -> dict[str, str]:
    """Why printed figures are not given back, as the team explains: id -> « raison (qui, quand) »."""

    def wrong(row: Row, before: Mapping[int, Row]) -> Iterator[tuple[str, str, str]]:
        yield from wrong_cells(row)
        if row["id"] in {other["id"] for other in before.values()}:
            yield "id", "Écart déjà expliqué", "Reprenez celui de publie.csv"
        elif row["id"] not in known:
            yield "id", "Aucun chiffre publié n’a ce repère", "Reprenez celui de publie.csv"

    path = project.reference / EXPLANATIONS
    rows = read_rows(path, project.relative(path), ("id", "raison", "qui", "quand"), wrong, alone=True)
    return {row["id"]: f"{row['raison']} ({row['qui']}, {row['quand']})" for row in rows.values()}


def control(printed: Printed, wave: Wave, explained: str = "") -> Control:
    """Hold one printed figure against a wave; one that differs may be explained."""
    expected, found, verdict = french(printed.attendu), "", NOT_APPLICABLE
    if wave.settings.published:
        try:
            found = printed.said(printed.address.on(wave))
            verdict = EQUAL if found == expected else DIFFERENT
        except Exception as error:  # noqa: BLE001 (one figure that fails must not hide the verdict of the others)
            # First line only, and cut: the reason is shown beside figures, in a table.
            reason = f"{type(error).__name__} : {error}".splitlines()[0][:_REASON_LENGTH]
            found, verdict = f"non calculé ({reason})", DIFFERENT
    enonce, lecture = french(printed.enonce), french(printed.lecture)
    statut = WORDS[wave.package.worst(printed.address.reads)] or OBSERVED
    why = french(explained) if verdict == DIFFERENT else ""
    return Control(printed.id, enonce, expected, found, EXPLAINED if why else verdict, lecture, statut, why)


# --- what the report says without a number, and whether a reader finds it ---

PUBLISHED, OURS = "publié", "proposé"
#: Where a reader finds a text: in a paragraph, over the first column of a table of statements, in the words
#: of an exhibit (`ELEMENTS`), or else in a cell of that table.
PARAGRAPH, HEADING = "Texte", "Colonne"
ELEMENTS = {name.capitalize(): attribute for name, attribute in wordings.ELEMENTS.items()} | {
    "Statut": "status"
}
SHOWN, MISSING, WITHHELD = "montré", "manque", "volontairement tu"
#: Why words of the report are not shown: the evaluators have their own.
REWORDED = f"formulé autrement : {wordings.FILE}"
_DUE = ("id", "section", "attendu", "lignes", "tu", "vague")
_WRITTEN = {
    "id": (r"[AQ]\d\d|[FT]\d\d-\d\d-[a-z_]+", "A57"),
    "exhibit": (r"[FT]\d\d-\d\d|messages|precaution", "T05-05"),
    "statut": (f"{PUBLISHED}|{OURS}", PUBLISHED),
    "lignes": (r"\d", "1"),
}


@dataclass(frozen=True)
class Statement:
    """One row of ``enonces.csv``; several rows may tell one statement."""

    id: str  # ``A57``, ``Q01`` for a question left open, ``F05-02-titre`` for words that an exhibit takes
    chapitre: str  # the notebook that shows it
    exhibit: str  # the exhibit that shows it
    sujet: str  # what it is about; in a table of cards, the row
    rubrique: str  # see `PARAGRAPH`, `HEADING` and `ELEMENTS`; anything else names a cell
    texte: str  # in our own words
    section: str  # of the report
    statut: str  # whether the report says it, or the team proposes it
    vague: str  # the wave whose report says it


@dataclass(frozen=True)
class Verdict:
    """Whether a reader finds one statement."""

    id: str  # see `Statement`
    attendu: str  # what it says, in a few words
    place: str  # where it is found, or why not
    verdict: str


def read_statements(project: Project) -> tuple[Statement, ...]:
    """Every row of ``enonces.csv``, in its order; every fault of the file is told, line and column."""
    columns = tuple(field.name for field in fields(Statement))
    return tuple(Statement(**row) for row in _rows(project, STATEMENTS, columns))


def _rows(project: Project, name: str, columns: tuple[str, ...]) -> list[Row]:
    def wrong(row: Row, _: Mapping[int, Row]) -> Iterator[tuple[str, str, str]]:
        yield from wrong_cells(row, {"tu"}, _WRITTEN)
        if row.get("rubrique") == "Statut" and row["texte"] not in STATUSES:
            yield "texte", "Statut inconnu", f"Choisissez parmi : {', '.join(STATUSES)}"

    path = project.reference / name
    return list(read_rows(path, project.relative(path), columns, wrong).values())


def statements(wave: Wave, exhibit: str) -> tuple[Statement, ...]:
    """What the report of a wave says at one exhibit; nothing in a wave of which it does not speak."""
    if not wave.settings.published:
        return ()
    return tuple(s for s in read_statements(wave.project) if s.vague == wave.id and s.exhibit == exhibit)


def words(wave: Wave, exhibit: str) -> dict[str, str]:
    """What an exhibit takes from the report of its wave, as attributes of a `Draft`: those that it has."""
    told: dict[str, str] = {}
    for each in statements(wave, exhibit):
        if name := ELEMENTS.get(each.rubrique):
            told[name] = f"{told[name]} {each.texte}" if name in told else each.texte
    return told


def verdicts(wave: Wave) -> tuple[Verdict, ...]:
    """Whether each expected statement stands in a chapter of the report of a wave."""
    books = wave.project.notebooks
    calls = {slug: wordings.shown_by(books / f"{slug}.ipynb") for slug in wave.report.chapters_of(wave.id)}
    told, places, kept_out = Counter[str](), dict[str, str](), dict[str, str]()
    for each in (each for each in read_statements(wave.project) if each.vague == wave.id):
        # By itself, or in the words of the exhibit that takes them.
        takes = {(each.exhibit, True), (each.exhibit, each.rubrique not in ELEMENTS)}
        told[each.id] += not takes.isdisjoint(calls.get(each.chapitre, ()))
        places[each.id] = f"{each.chapitre}, {each.exhibit}"
        if ELEMENTS.get(each.rubrique) in wordings.own_words(wave.project, wave.id, each.exhibit):
            kept_out[each.id] = REWORDED
        elif each.chapitre not in calls:
            kept_out.setdefault(each.id, LEFT_OUT)
    found = []
    for due in _rows(wave.project, EXPECTED, _DUE):
        id_ = due["id"]
        if due["vague"] != wave.id:
            place, verdict = f"énoncé de la vague {due['vague']}", NOT_APPLICABLE
        elif due["tu"]:
            place, verdict = due["tu"], WITHHELD
        elif id_ in kept_out:
            place, verdict = kept_out[id_], NOT_SHOWN
        elif told[id_] == int(due["lignes"]):
            place, verdict = places[id_], SHOWN
        else:
            place, verdict = f"{told[id_]} ligne(s) sur {due['lignes']}", MISSING
        found.append(Verdict(id_, due["attendu"], place, verdict))
    return tuple(found)
