"""``report.toml``, checked once: every fault at once, in French, with its line and what to write."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, Strict, StringConstraints, TypeAdapter, ValidationError

from atc.survey.errors import Fault, UsageError, shown
from atc.survey.paths import MARKER, Project

#: How the report names a notebook of one's own: it may bear the name of a chapter.
ANNEX = "annexe-"
#: How the notebook that sums a report up ends its name.
SYNTHESIS = "_synthese"
# Attribute -> entry of the file, where they differ.
_ENTRIES = {
    "title": "titre",
    "subtitle": "sous_titre",
    "authors": "auteurs",
    "chapters": "chapitres",
    "evolution_chapters": "chapitres_evolution",
    "label": "libelle",
    "report": "rapport",
    "published": "publie",
    "previous": "precedente",
    "charts": "figures_de_l_essentiel",
    "following": "suite",
    "floor": "plancher_personnes",
    "site_floor": "plancher_sites",
    "counts_only": "effectifs_seuls",
    "count_first": "effectif_d_abord",
    "mean": "moyenne",
    "cell_seconds": "delai_cellule",
    "notebook_seconds": "delai_carnet",
    "output_megabytes": "sortie_max",
    "memory_megabytes": "memoire_max",
}
_Text = Annotated[str, StringConstraints(min_length=1)]
_Texts = tuple[_Text, ...]
_Number = Annotated[int, Strict(), Field(ge=1)]


class _Section:
    """No other entry than its own."""

    __pydantic_config__ = ConfigDict(extra="forbid", alias_generator=lambda name: _ENTRIES.get(name, name))


@dataclass(frozen=True, kw_only=True)
class WaveSettings(_Section):
    """What the report says of one wave, ``2020-automne`` being its id.

    Its ``precaution`` opens every chapter; its date stands in for the clock; ``published`` says whether its
    figures must be reproduced, ``provenance`` which printed report it makes again, ``charts`` which figures
    stand in L'essentiel, ``following`` what happens next, ``annexes`` which notebooks of one's own end it.
    """

    id: str
    label: _Text
    report: _Text
    precaution: _Text
    date: Annotated[dt.date, Strict()]
    published: Annotated[bool, Strict()]
    previous: _Text | None = None
    provenance: str = ""
    charts: _Texts = ()
    following: _Texts = ()
    annexes: _Texts = ()


@dataclass(frozen=True)
class SmallNumbers(_Section):
    """Thresholds of docs/confidentialite.md, règles 6, 13, 15 et 16, in persons or territories."""

    # Those that statistical offices use for persons; then those of what was done in public.
    floor: Literal[3, 5, 10, 11]
    site_floor: Literal[1, 3, 5]
    counts_only: _Number
    count_first: _Number
    mean: _Number


@dataclass(frozen=True, kw_only=True)
class RunLimits(_Section):
    """What one notebook may use, and what one of its cells may."""

    cell_seconds: _Number
    notebook_seconds: _Number
    output_megabytes: _Number
    memory_megabytes: _Number


@dataclass(frozen=True, kw_only=True)
class _Run(RunLimits):
    vague: str


@dataclass(frozen=True)
class _Tiers(_Section):
    """From the tightest circle to the widest."""

    interne: _Text
    financeurs: _Text
    public: _Text
    defaut: Literal["interne", "financeurs", "public"]


@dataclass(frozen=True, kw_only=True)
class _Report(_Section):
    title: _Text
    subtitle: _Text
    authors: _Text
    chapters: _Texts
    evolution_chapters: _Texts = ()
    contacts: _Texts = ()
    presentation: _Texts = ()


@dataclass(frozen=True)
class _File(_Section):
    rapport: _Report
    vagues: dict[str, WaveSettings]
    diffusions: _Tiers
    petits_effectifs: SmallNumbers
    execution: _Run


@dataclass(frozen=True, kw_only=True)
class Settings(_Report):
    """The whole of report.toml.

    ``evolution_chapters`` are those of a wave that has a predecessor; ``contacts`` are the addresses
    that documents may print; ``waves`` are by id, and ``tiers`` say who may read, the tightest circle first.
    """

    waves: Mapping[str, WaveSettings]
    tiers: Mapping[str, str]
    default_tier: str
    default_wave: str
    small_numbers: SmallNumbers
    limits: RunLimits

    def wave(self, vague: str) -> WaveSettings:
        """The settings of one wave; a `UsageError` if report.toml does not know it."""
        if vague not in self.waves:
            known = ", ".join(self.waves)
            raise UsageError(
                f"La vague « {shown(vague)} » est inconnue. Vagues déclarées dans report.toml : {known}."
            )
        return self.waves[vague]

    def chapters_of(self, vague: str) -> tuple[str, ...]:
        """Notebooks of the report of one wave, in order; ``annexe-…``, of one's own, come last.

        Those on change since the wave before stand before a synthesis that ends the report.
        """
        wave = self.wave(vague)
        own = (name.replace("perso/", ANNEX, 1) for name in wave.annexes)
        change = self.evolution_chapters if wave.previous else ()
        # What changed is said before it is summed up.
        last = len(self.chapters) - "".join(self.chapters[-1:]).endswith(SYNTHESIS)
        return (*self.chapters[:last], *change, *self.chapters[last:], *own)

    def tier(self, diffusion: str) -> str:
        """Who may read a tier; a `UsageError` if there is no such tier."""
        if diffusion not in self.tiers:
            known = ", ".join(self.tiers)
            raise UsageError(f"La diffusion « {shown(diffusion)} » est inconnue. Choisissez parmi : {known}.")
        return self.tiers[diffusion]

    def tiers_from(self, diffusion: str) -> tuple[str, ...]:
        """A tier and the wider ones: what is fit for one of these is fit for the first."""
        self.tier(diffusion)
        tiers = tuple(self.tiers)
        return tiers[tiers.index(diffusion) :]


def load_settings(project: Project) -> Settings:
    """Read report.toml, each time: someone may edit it while a notebook stays open.

    Raises:
        UsageError: With every fault of the file.
    """
    return _read(project.settings_file.read_bytes())


@lru_cache(maxsize=8)
def _read(content: bytes) -> Settings:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refused([_fault(content.count(b"\n", 0, error.start) + 1, "encoding")]) from error
    if merged := [n for n, line in enumerate(text.splitlines(), 1) if _MERGED.match(line)]:
        raise _refused(_fault(line, "conflict") for line in merged)
    try:
        raw = tomllib.loads(text)
        if isinstance(waves := raw.get("vagues"), dict):
            raw["vagues"] = {n: {**w, "id": n} if isinstance(w, dict) else w for n, w in waves.items()}
        file = _FILE.validate_python(raw)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"line (\d+)", str(error))
        kind = next((kind for kind in _TELLS if str(error).startswith(kind)), "toml")
        raise _refused([_fault(int(at[1]) if at else len(text.splitlines()), kind)]) from error
    except ValidationError as error:
        raise _refused(_invalid(error, text)) from error
    if faults := list(_incoherent(file, text)):
        raise _refused(faults)
    tiers, limits = vars(file.diffusions).copy(), vars(file.execution).copy()
    return Settings(
        **vars(file.rapport),
        default_tier=tiers.pop("defaut"),
        default_wave=limits.pop("vague"),
        waves=file.vagues,
        tiers=tiers,
        small_numbers=file.petits_effectifs,
        limits=RunLimits(**limits),
    )


# --- what is wrong, and what to write instead ---

_FILE = TypeAdapter(_File)
_MERGED = re.compile(r"<{7}|={7}|>{7}|\|{7}")
_QUOTE = ("Un texte n’est pas fermé", 'Ajoutez le guillemet droit (") qui manque')
_BRACKETS = ("Ce n’est pas une rubrique", "Écrivez ses entrées sous un titre entre crochets, comme [rapport]")
#: Our name, the beginning of what tomllib says or pydantic's name -> what is wrong, what to write.
_TELLS = {
    "encoding": ("Le fichier n’est pas en UTF-8", "Dans le Bloc-notes : « Enregistrer sous », codage UTF-8"),
    "conflict": (
        "Une fusion de deux versions est restée en plan",
        "Gardez l’une des deux, et retirez les lignes qui commencent par <<<<<<<, ======= et >>>>>>>",
    ),
    "toml": (
        "Cette ligne ne se lit pas",
        'Un texte va entre guillemets droits ("), une liste entre crochets, une date s’écrit 2020-12-15',
    ),
    "Cannot declare": ("Cette rubrique est déjà plus haut", "Réunissez les deux sous un seul titre"),
    "Cannot overwrite": ("Cette entrée est déjà plus haut", "Gardez l’une des deux lignes"),
    "Expected '=' after": ("Il manque le signe =", 'Écrivez par exemple titre = "…"'),
    "Unclosed array": ("Une liste n’est pas fermée", "Ajoutez la virgule ou le crochet ] qui manque"),
    "Illegal character '\\n'": _QUOTE,
    "Unterminated string": _QUOTE,
    "missing": ("Il manque « {0} »", "Ajoutez {0}, de la forme que donne docs/guide/rapport.md"),
    "string_type": ("Ce n’est pas un texte", 'Écrivez {0} = "…", entre guillemets droits'),
    "string_too_short": ("Texte vide", "Remplissez-le, ou retirez-le"),
    "tuple_type": ("Ce n’est pas une liste", 'Écrivez {0} = ["…", "…"]'),
    "int_type": ("Ce n’est pas un nombre entier", "Écrivez {0} = 10, sans guillemets ni virgule"),
    "greater_than_equal": ("Nombre trop petit", "Écrivez {ge} ou plus"),
    "bool_type": ("Ce n’est ni oui, ni non", "Écrivez {0} = true pour oui, {0} = false pour non"),
    "date_type": ("Ce n’est pas une date", "Écrivez {0} = 2020-12-15, sans guillemets"),
    "literal_error": ("Valeur refusée", "Choisissez {expected}"),
    "unexpected_keyword_argument": ("Entrée inconnue", "Retirez-la{near}"),
    "dataclass_type": _BRACKETS,
    "dict_type": _BRACKETS,
    "wave": ("Vague inconnue", "Choisissez parmi : {0}"),
    "order": (
        "Cette vague ne vient pas après celle qu’elle donne pour précédente",
        "Corrigez l’une des deux dates, ou cette entrée",
    ),
    "notebook": ("Ce n’est pas le nom d’un carnet", "Écrivez-le sans .ipynb, par exemple « {0} »"),
    "twice": ("Ce carnet est déjà dans le rapport", "Gardez l’une des deux lignes"),
}


def _refused(faults: Iterable[Fault]) -> UsageError:
    return UsageError("\n".join(map(str, sorted(faults))))


def _fault(line: int, kind: str, *words: str, entry: str = "", value: object = "", **more: object) -> Fault:
    message, remedy = (told.format(*words, **more) for told in _TELLS.get(kind, _TELLS["toml"]))
    return Fault(MARKER, line, entry, shown(str(value)), message, remedy)


def _line(text: str, place: tuple[str, ...], value: str = "") -> int:
    """Where an entry stands, or the last of its items that has a value; else the heading of its section."""
    *sections, name = place
    here, entry, found = "", "", 0
    for number, line in enumerate(text.splitlines(), 1):
        if heading := re.match(r"\[([^\[\]]+)\]", line):
            here, entry = heading[1].replace('"', "").strip(), ""
            found = number if f"{here}.".startswith(f"{'.'.join(place)}.") else found
            found = number if here == ".".join(sections) else found
        elif key := re.match(r"([\w-]+)\s*=", line):
            entry = key[1]
            found = number if here == ".".join(sections) and entry == name else found
        if value and f'"{value}"' in line and here == ".".join(sections) and entry == name:
            found = number
    return found


def _invalid(error: ValidationError, text: str) -> Iterator[Fault]:
    for each in error.errors():
        place = tuple(part for part in each["loc"] if isinstance(part, str))
        known = [*_ENTRIES.values(), *_File.__annotations__, "date", "precaution", "provenance", "annexes"]
        near = get_close_matches(place[-1], known, 1)
        words = {**each.get("ctx", {}), "near": f", ou écrivez « {near[0]} »" if near else ""}
        words["expected"] = str(words.get("expected", "")).replace(" or ", " ou ").replace("'", '"')
        value = each["input"] if isinstance(each["input"], str | int | float) else ""
        yield _fault(_line(text, place), each["type"], place[-1], entry=place[-1], value=value, **words)


def _incoherent(file: _File, text: str) -> Iterator[Fault]:
    """Where an entry contradicts another."""

    def fault(kind: str, place: tuple[str, ...], value: str, word: str = "") -> Fault:
        return _fault(_line(text, place, value), kind, word, entry=place[-1], value=value)

    waves, known = file.vagues, ", ".join(file.vagues)
    if file.execution.vague not in waves:
        yield fault("wave", ("execution", "vague"), file.execution.vague, known)
    lists: dict[tuple[str, ...], tuple[str, ...]] = {
        ("rapport", _ENTRIES[name]): getattr(file.rapport, name)
        for name in ("chapters", "evolution_chapters")
    }
    for id_, wave in waves.items():
        lists["vagues", id_, "annexes"] = wave.annexes
        if wave.previous and (wave.previous not in waves or waves[wave.previous].date >= wave.date):
            kind = "order" if wave.previous in waves else "wave"
            yield fault(kind, ("vagues", id_, "precedente"), wave.previous, known)
    report = [*file.rapport.chapters, *file.rapport.evolution_chapters]
    for place, names in lists.items():
        before, example = ("perso/", "perso/mon_carnet") if place[-1] == "annexes" else ("", "01_methode")
        for name in dict.fromkeys(names):
            if not re.fullmatch(rf"{before}\w[\w-]*", name):
                yield fault("notebook", place, name, example)
            elif [*report, *(names if before else ())].count(name) > 1:
                yield fault("twice", place, name)
