"""``report.toml`` as frozen dataclasses, checked once, so that no module reads TOML by itself."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from atc.errors import UsageError
from atc.paths import Project

# The floors that statistical offices use for persons, and those of what was done in public (règle 6).
FLOORS = {"plancher_personnes": (3, 5, 10, 11), "plancher_sites": (1, 3, 5)}


@dataclass(frozen=True)
class WaveSettings:
    """What the report says of one wave.

    Attributes:
        id: ``2020-automne``.
        label: As readers see it.
        report: The document that this wave gives.
        precaution: Sentence that opens every chapter.
        date: Printed on the documents; stands in for the clock.
        published: Whether figures of this wave were published and must be reproduced.
        previous: Id of the wave before it; ``None`` for the first.
        provenance: Which printed report this one makes again: its title, its firm, its date, where it is.
        charts: Ids of the figures of L'essentiel.
        following: What happens after this report.
    """

    id: str
    label: str
    report: str
    precaution: str
    date: dt.date
    published: bool
    previous: str | None = None
    provenance: str = ""
    charts: tuple[str, ...] = ()
    following: tuple[str, ...] = ()


@dataclass(frozen=True)
class SmallNumbers:
    """Thresholds of docs/confidentialite.md, règles 6, 13, 15 et 16, in persons or territories.

    Attributes:
        floor: Fewer persons than this are masked, and give their name to no quotation.
        site_floor: Fewer sites than this are masked, where they did something in public.
        counts_only: Under this total, counts only.
        count_first: Under this total, the count comes first and a percentage is exceptional.
        mean: Under this number of answers, no mean.
    """

    floor: int
    site_floor: int
    counts_only: int
    count_first: int
    mean: int


@dataclass(frozen=True)
class RunLimits:
    """What one notebook may use.

    Attributes:
        cell_seconds: Longest life of one cell.
        notebook_seconds: Longest life of one notebook.
        output_megabytes: Most that one cell may print or show.
        memory_megabytes: Most memory that its kernel may take.
    """

    cell_seconds: int
    notebook_seconds: int
    output_megabytes: int
    memory_megabytes: int


@dataclass(frozen=True)
class Settings:
    """The whole of report.toml.

    Attributes:
        title: Title of the report.
        subtitle: Its second line.
        authors: Who signs it.
        contacts: E-mails and telephone numbers of the evaluation team, which its documents may print.
        chapters: Names of notebooks, in the order of the report.
        evolution_chapters: Those that follow, for a wave that has a predecessor.
        waves: By id, in the order of time.
        tiers: Tier -> who may read it, from the tightest circle to the widest.
        default_tier: Tier of a run that names none.
        default_wave: Wave of a run that names none.
        small_numbers: Thresholds.
        limits: What a notebook may use.
        presentation: What the experiment is, a sentence each.
    """

    title: str
    subtitle: str
    authors: str
    contacts: tuple[str, ...]
    chapters: tuple[str, ...]
    evolution_chapters: tuple[str, ...]
    waves: Mapping[str, WaveSettings]
    tiers: Mapping[str, str]
    default_tier: str
    default_wave: str
    small_numbers: SmallNumbers
    limits: RunLimits
    presentation: tuple[str, ...] = ()

    def wave(self, vague: str) -> WaveSettings:
        """The settings of one wave.

        Raises:
            UsageError: report.toml does not know it.
        """
        if vague not in self.waves:
            known = ", ".join(self.waves)
            raise UsageError(
                f"La vague « {vague} » est inconnue. Vagues déclarées dans report.toml : {known}."
            )
        return self.waves[vague]

    def chapters_of(self, vague: str) -> tuple[str, ...]:
        """Names of notebooks of the report of one wave, in order.

        Raises:
            UsageError: report.toml does not know the wave.
        """
        return self.chapters + (self.evolution_chapters if self.wave(vague).previous else ())

    def tier(self, diffusion: str) -> str:
        """Who may read a tier.

        Raises:
            UsageError: There is no such tier.
        """
        if diffusion not in self.tiers:
            known = ", ".join(self.tiers)
            raise UsageError(f"La diffusion « {diffusion} » est inconnue. Choisissez parmi : {known}.")
        return self.tiers[diffusion]

    def tiers_from(self, diffusion: str) -> tuple[str, ...]:
        """A tier and the wider ones: what is fit for one of these is fit for the first.

        Raises:
            UsageError: There is no such tier.
        """
        self.tier(diffusion)
        tiers = tuple(self.tiers)
        return tiers[tiers.index(diffusion) :]


def _date(value: object) -> dt.date:
    if not isinstance(value, dt.date):  # between quotation marks, TOML takes it for a text
        raise TypeError(value)
    return value


def _floor(small: Mapping[str, Any], name: str) -> int:
    value, (*others, last) = small[name], FLOORS[name]
    if type(value) is int and value in FLOORS[name]:
        return value
    allowed = ", ".join(map(str, others)) + f" ou {last}"
    raise UsageError(
        f"Dans report.toml, [petits_effectifs] {name} = {value!r} n’est pas admis. Choisissez {allowed}."
    )


def _parse(content: Mapping[str, Any]) -> Settings:
    report, tiers = content["rapport"], dict(content["diffusions"])
    default_tier = tiers.pop("defaut")
    small, run = content["petits_effectifs"], content["execution"]
    waves = {
        id_: WaveSettings(
            id=id_,
            label=wave["libelle"],
            report=wave["rapport"],
            precaution=wave["precaution"],
            date=_date(wave["date"]),
            published=wave["publie"],
            previous=wave.get("precedente"),
            provenance=wave.get("provenance", ""),
            charts=tuple(wave.get("figures_de_l_essentiel", ())),
            following=tuple(wave.get("suite", ())),
        )
        for id_, wave in content["vagues"].items()
    }
    settings = Settings(
        title=report["titre"],
        subtitle=report["sous_titre"],
        authors=report["auteurs"],
        contacts=tuple(report.get("contacts", ())),
        chapters=tuple(report["chapitres"]),
        evolution_chapters=tuple(report.get("chapitres_evolution", ())),
        waves=waves,
        tiers=tiers,
        default_tier=default_tier,
        default_wave=run["vague"],
        small_numbers=SmallNumbers(
            floor=_floor(small, "plancher_personnes"),
            site_floor=_floor(small, "plancher_sites"),
            counts_only=small["effectifs_seuls"],
            count_first=small["effectif_d_abord"],
            mean=small["moyenne"],
        ),
        limits=RunLimits(
            cell_seconds=run["delai_cellule"],
            notebook_seconds=run["delai_carnet"],
            output_megabytes=run["sortie_max"],
            memory_megabytes=run["memoire_max"],
        ),
        presentation=tuple(report.get("presentation", ())),
    )
    settings.wave(settings.default_wave)
    settings.tier(settings.default_tier)
    _check_succession(settings)
    return settings


def _check_succession(settings: Settings) -> None:
    for wave in settings.waves.values():
        if wave.previous is not None and settings.wave(wave.previous).date >= wave.date:
            raise UsageError(
                f"Dans report.toml, la vague « {wave.id} » ne vient pas après « {wave.previous} », "
                "qu’elle donne pour précédente. Corrigez l’une des dates, ou l’entrée « precedente »."
            )


def load_settings(project: Project) -> Settings:
    """Read report.toml, each time: someone may edit it while a notebook stays open.

    Raises:
        UsageError: The file is not TOML, or lacks something.
    """
    return _read(project.settings_file.read_bytes())


@lru_cache(maxsize=8)
def _read(content: bytes) -> Settings:
    try:
        return _parse(tomllib.loads(content.decode()))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"report.toml n’est pas lisible : {error}. Corrigez cette ligne.") from error
    except KeyError as error:
        raise UsageError(f"Il manque {error} dans report.toml. Rétablissez cette entrée.") from error
    except (TypeError, AttributeError) as error:
        raise UsageError(
            "Une rubrique de report.toml n’a pas la forme attendue. Comparez-la avec la version d’origine."
        ) from error
