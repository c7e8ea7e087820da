"""``report.toml``, checked once: every fault at once, in French, with its line and what to write."""

import datetime as dt
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, Strict, StringConstraints, TypeAdapter, ValidationError

from atc.survey.errors import Fault, Messages, UsageError, shown
from atc.survey.paths import MARKER, Project

ANNEX = "annexe-"  # how the report names a notebook of one's own: it may bear the name of a chapter
SYNTHESIS = "_synthese"  # how the notebook that sums a report up ends its name
_said = Messages(__name__)
_Text = Annotated[str, StringConstraints(min_length=1)]
_Texts = tuple[_Text, ...]
_Chapters = tuple[Annotated[str, StringConstraints(pattern=r"^\w[\w-]*$")], ...]
_Own = tuple[Annotated[str, StringConstraints(pattern=r"^perso/\w[\w-]*$")], ...]
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
    annexes: _Own = ()  # notebooks of one's own that end it


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
class _Tiers(_Section):  # from the tightest circle to the widest
    interne: _Text
    financeurs: _Text
    public: _Text
    defaut: Literal["interne", "financeurs", "public"]


@dataclass(frozen=True, kw_only=True)
class _Report(_Section):
    title: Annotated[_Text, Field(alias="titre")]
    subtitle: Annotated[_Text, Field(alias="sous_titre")]
    authors: Annotated[_Text, Field(alias="auteurs")]
    chapters: Annotated[_Chapters, Field(alias="chapitres")]
    # Of a wave that has a predecessor.
    evolution_chapters: Annotated[_Chapters, Field(alias="chapitres_evolution")] = ()
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
            raise UsageError(_said("unknown_wave", vague=shown(vague), known=", ".join(self.waves)))
        return self.waves[vague]

    def chapters_of(self, vague: str) -> tuple[str, ...]:
        """Notebooks of the report of one wave, in order; ``annexe-…``, of one's own, come last."""
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
            raise UsageError(_said("unknown_tier", tier=shown(diffusion), known=", ".join(self.tiers)))
        return self.tiers[diffusion]

    def tiers_from(self, diffusion: str) -> tuple[str, ...]:
        """A tier and the wider ones: what is fit for one of these is fit for the first."""
        self.tier(diffusion)
        tiers = tuple(self.tiers)
        return tiers[tiers.index(diffusion) :]


def load_settings(project: Project) -> Settings:
    """Read report.toml, each time, for someone may edit it meanwhile; a `UsageError` tells all faults."""
    return _read(project.settings_file.read_bytes())


@lru_cache(maxsize=8)
def _read(content: bytes) -> Settings:
    lines, wrong = list[str](), list[_Wrong]()
    try:
        text = content.decode("utf-8-sig")
        lines = text.splitlines()
        raw = tomllib.loads(text)
        if isinstance(waves := raw.get("vagues"), dict):
            raw["vagues"] = {n: {**w, "id": n} if isinstance(w, dict) else w for n, w in waves.items()}
        file = _FILE.validate_python(raw)
        wrong += _incoherent(file)
    except UnicodeDecodeError as error:
        wrong.append(("encoding", content.count(b"\n", 0, error.start) + 1, "", {}))
    except tomllib.TOMLDecodeError as error:
        merged = [n for n, line in enumerate(lines, 1) if re.match(r"<{7}|={7}|>{7}|\|{7}", line)]
        at = re.search(r"line (\d+)", str(error))
        wrong += [("conflict", n, "", {}) for n in merged]
        wrong += [] if merged else [(str(error), int(at[1]) if at else len(lines), "", {})]
    except ValidationError as error:
        wrong += _invalid(error)
    if wrong:
        raise UsageError("\n".join(map(str, sorted(_fault(lines, *each) for each in wrong))))
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
#: A name of ours, kind of an error of pydantic or beginning of what tomllib says; the line, or the place of
#: the entry; what stands there; what the sentence quotes.
_Wrong = tuple[str, int | Sequence[str], object, Mapping[str, Any]]


def _fault(
    lines: Sequence[str], said: str, place: int | Sequence[str], value: object, words: Mapping[str, Any]
) -> Fault:
    key = next((key for key in _said if said.startswith(key)), "toml")
    line, entry = (place, "") if isinstance(place, int) else (_line(lines, place, value), place[-1])
    return _said.fault(key, MARKER, line, entry, str(value), **words)


def _line(lines: Sequence[str], place: Sequence[str], value: object) -> int:
    """Where an entry begins, or the last of its items that is ``value``; else its section; else 0."""
    for path in filter(None, (place, place[:-1])):
        before = 0
        for end in range(1, len(lines) + 1):
            with suppress(tomllib.TOMLDecodeError):
                found: Any = tomllib.loads("\n".join(lines[:end]))
                for name in path:
                    found = found.get(name) if isinstance(found, dict) else None
                if found is not None:
                    items = (n for n in range(end, before, -1) if value and f'"{value}"' in lines[n - 1])
                    return next(items, before + 1)
                before = end
    return 0


def _invalid(error: ValidationError) -> Iterator[_Wrong]:
    schema = _FILE.json_schema()
    entries = [name for section in schema["$defs"].values() for name in section["properties"]]
    for each in error.errors():
        place = [part for part in each["loc"] if isinstance(part, str)]
        near = get_close_matches(place[-1], entries if place[1:] else schema["properties"], 1)
        words = {**each.get("ctx", {}), "near": f", ou écrivez « {near[0]} »" if near else ""}
        words["example"] = "perso/mon_carnet" if place[-1] == "annexes" else "01_methode"
        words["expected"] = str(words.get("expected", "")).replace(" or ", " ou ").replace("'", '"')
        value = each["input"] if isinstance(each["input"], str | int | float) else ""
        yield each["type"], place, value, words


def _incoherent(file: _File) -> Iterator[_Wrong]:
    """Where an entry contradicts another."""
    waves, report = file.vagues, (*file.rapport.chapters, *file.rapport.evolution_chapters)
    known = {"known": ", ".join(waves)}
    if file.execution.vague not in waves:
        yield "wave", ("execution", "vague"), file.execution.vague, known
    for id_, wave in waves.items():
        if wave.previous and (wave.previous not in waves or waves[wave.previous].date >= wave.date):
            kind = "order" if wave.previous in waves else "wave"
            yield kind, ("vagues", id_, "precedente"), wave.previous, known
        charts = ("vagues", id_, "figures_de_l_essentiel")
        yield from (("figure", charts, n, {}) for n in wave.charts if not re.fullmatch(r"F\d\d-\d\d", n))
    lists = [
        (("rapport", "chapitres"), file.rapport.chapters, report),
        (("rapport", "chapitres_evolution"), file.rapport.evolution_chapters, report),
        *((("vagues", id_, "annexes"), wave.annexes, wave.annexes) for id_, wave in waves.items()),
    ]
    for place, names, all_ in lists:
        yield from (("twice", place, name, {}) for name in dict.fromkeys(names) if all_.count(name) > 1)
