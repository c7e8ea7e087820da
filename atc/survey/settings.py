"""``report.toml``, checked once: every fault at once, in French, with its line and what to write."""

import datetime as dt
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, Strict, StringConstraints, TypeAdapter, ValidationError

from atc.survey.errors import Fault, UsageError, shown
from atc.survey.paths import MARKER, Project

#: How the report names a notebook of one's own: it may bear the name of a chapter.
ANNEX = "annexe-"
#: How the notebook that sums a report up ends its name.
SYNTHESIS = "_synthese"
_Text = Annotated[str, StringConstraints(min_length=1)]
_Texts = tuple[_Text, ...]
_Number = Annotated[int, Strict(), Field(ge=1)]


class _Section:
    """No other entry than its own."""

    __pydantic_config__ = ConfigDict(extra="forbid")


@dataclass(frozen=True, kw_only=True)
class WaveSettings(_Section):
    """What the report says of one wave."""

    id: str  # ``2020-automne``
    label: Annotated[_Text, Field(alias="libelle")]
    report: Annotated[_Text, Field(alias="rapport")]
    precaution: _Text  # opens every chapter
    date: Annotated[dt.date, Strict()]  # stands in for the clock
    published: Annotated[bool, Strict(), Field(alias="publie")]  # its figures must be reproduced
    previous: Annotated[_Text | None, Field(alias="precedente")] = None
    provenance: str = ""  # the printed report that it makes again
    charts: Annotated[_Texts, Field(alias="figures_de_l_essentiel")] = ()
    following: Annotated[_Texts, Field(alias="suite")] = ()  # what happens next
    annexes: _Texts = ()  # notebooks of one's own that end it


@dataclass(frozen=True)
class SmallNumbers(_Section):
    """Thresholds of docs/confidentialite.md, règles 6, 13, 15 et 16, in persons or territories."""

    # Those that statistical offices use for persons; then those of what was done in public.
    floor: Annotated[Literal[3, 5, 10, 11], Field(alias="plancher_personnes")]
    site_floor: Annotated[Literal[1, 3, 5], Field(alias="plancher_sites")]
    counts_only: Annotated[_Number, Field(alias="effectifs_seuls")]
    count_first: Annotated[_Number, Field(alias="effectif_d_abord")]
    mean: Annotated[_Number, Field(alias="moyenne")]


@dataclass(frozen=True, kw_only=True)
class RunLimits(_Section):
    """What one notebook may use, and what one of its cells may."""

    cell_seconds: Annotated[_Number, Field(alias="delai_cellule")]
    notebook_seconds: Annotated[_Number, Field(alias="delai_carnet")]
    output_megabytes: Annotated[_Number, Field(alias="sortie_max")]
    memory_megabytes: Annotated[_Number, Field(alias="memoire_max")]
    vague: str = ""  # the wave that is meant when none is named


@dataclass(frozen=True)
class _Tiers(_Section):
    """From the tightest circle to the widest."""

    interne: _Text
    financeurs: _Text
    public: _Text
    defaut: Literal["interne", "financeurs", "public"]


@dataclass(frozen=True, kw_only=True)
class _Report(_Section):
    title: Annotated[_Text, Field(alias="titre")]
    subtitle: Annotated[_Text, Field(alias="sous_titre")]
    authors: Annotated[_Text, Field(alias="auteurs")]
    chapters: Annotated[_Texts, Field(alias="chapitres")]
    # Of a wave that has a predecessor.
    evolution_chapters: Annotated[_Texts, Field(alias="chapitres_evolution")] = ()
    contacts: _Texts = ()  # addresses that documents may print
    presentation: _Texts = ()


@dataclass(frozen=True)
class _File(_Section):
    rapport: _Report
    vagues: dict[str, WaveSettings]
    diffusions: _Tiers
    petits_effectifs: SmallNumbers
    execution: RunLimits


@dataclass(frozen=True, kw_only=True)
class Settings(_Report):
    """The whole of report.toml."""

    waves: Mapping[str, WaveSettings]
    tiers: Mapping[str, str]  # who may read, the tightest circle first
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

    def charts_of(self, vague: str) -> tuple[str, ...]:
        """The figures of L'essentiel by preference: those of the wave, then of the waves that it follows."""
        wave = self.wave(vague)
        return (*wave.charts, *(self.charts_of(wave.previous) if wave.previous else ()))

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
    """Read report.toml, each time, for someone may edit it while a notebook stays open.

    A `UsageError` tells every fault of the file.
    """
    return _read(project.settings_file.read_bytes())


@lru_cache(maxsize=8)
def _read(content: bytes) -> Settings:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refused([_fault(content.count(b"\n", 0, error.start) + 1, "encoding")]) from error
    merged = [n for n, line in enumerate(text.splitlines(), 1) if re.match(r"<{7}|={7}|>{7}|\|{7}", line)]
    if merged:
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
    tiers = dict(vars(file.diffusions))
    return Settings(
        **vars(file.rapport),
        default_tier=tiers.pop("defaut"),
        default_wave=file.execution.vague,
        waves=file.vagues,
        tiers=tiers,
        small_numbers=file.petits_effectifs,
        limits=file.execution,
    )


# --- what is wrong, and what to write instead ---

_FILE = TypeAdapter(_File)
_TELLS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def _refused(faults: Iterable[Fault]) -> UsageError:
    return UsageError("\n".join(map(str, sorted(faults))))


def _fault(line: int, kind: str, *words: str, entry: str = "", value: object = "", **more: object) -> Fault:
    told = {name: said.format(*words, **more) for name, said in _TELLS.get(kind, _TELLS["toml"]).items()}
    return Fault(MARKER, line, entry, shown(str(value)), **told)


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
    schema = _FILE.json_schema()
    entries = [name for section in schema["$defs"].values() for name in section["properties"]]
    for each in error.errors():
        place = tuple(part for part in each["loc"] if isinstance(part, str))
        near = get_close_matches(place[-1], entries if place[1:] else schema["properties"], 1)
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
    report = [*file.rapport.chapters, *file.rapport.evolution_chapters]
    lists: dict[tuple[str, ...], tuple[str, ...]] = {
        ("rapport", "chapitres"): file.rapport.chapters,
        ("rapport", "chapitres_evolution"): file.rapport.evolution_chapters,
    }
    for id_, wave in waves.items():
        lists["vagues", id_, "annexes"] = wave.annexes
        if wave.previous and (wave.previous not in waves or waves[wave.previous].date >= wave.date):
            kind = "order" if wave.previous in waves else "wave"
            yield fault(kind, ("vagues", id_, "precedente"), wave.previous, known)
    for place, names in lists.items():
        before, example = ("perso/", "perso/mon_carnet") if place[-1] == "annexes" else ("", "01_methode")
        for name in dict.fromkeys(names):
            if not re.fullmatch(rf"{before}\w[\w-]*", name):
                yield fault("notebook", place, name, example)
            elif [*report, *(names if before else ())].count(name) > 1:
                yield fault("twice", place, name)
