"""What was measured, as a page in French."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.ploomber_pipeline import VERSION
from benchmarks.rivals import LIMIT, OURS, PAGES, PAPERS, PLOOMBER, SERIES, SHELL, TWO
from benchmarks.rounds import (
    ALONE,
    ALONE_WORDS,
    AWAY,
    CLUSTER,
    COLD,
    COLD_PAPER,
    DATA,
    LOST,
    SAME,
    WORDS,
    middle,
)

if TYPE_CHECKING:
    from benchmarks.__main__ import Findings
    from benchmarks.measuring import Measure

_HEADING = ("", "temps (s)", "CPU (s)", "mémoire (Mo)", "rapport", "mesures")
_NOTES = Path(__file__).with_name("notes.md")


def page(found: Findings) -> str:
    """The whole page."""
    notes = _NOTES.read_text(encoding="utf-8")
    measured = [_cold(found), _changes(found), _limit(found), _cluster(found), _sizes(found)]
    return "\n".join(part for part in (notes, _machine(found), _targets(found), *measured) if part)


def number(value: float, decimals: int = 1) -> str:
    """A number as French writes it."""
    return f"{value:,.{decimals}f}".replace(",", "\N{NARROW NO-BREAK SPACE}").replace(".", ",")


def _table(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    rule = ["---", *("---:" for _ in heading[1:])]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (heading, rule, *rows)) + "\n"


def _machine(found: Findings) -> str:
    where = found.machine
    versions = ", ".join(f"{name} {version}" for name, version in where.versions.items())
    ploomber = f"ploomber n’a pas été mesuré : {found.without}." if found.without else f"ploomber {VERSION}."
    return (
        f"{where.processor}, {where.cores} cœurs, {number(where.gigabytes, 0)} Go ; {where.system} ; "
        f"charge au départ : {number(where.load)}.\n{versions} ; {ploomber}\n"
    )


def _cold(found: Findings) -> str:
    pages = list(_rows(found, COLD, (SHELL, SERIES, TWO, PLOOMBER, PAGES, LIMIT), PAGES))
    paper = list(_rows(found, COLD_PAPER, (PAPERS, OURS, LIMIT), OURS))
    return (
        f"## {found.executions} exécutions, pages HTML\n\n{_table(_HEADING, pages)}\n"
        f"## Les mêmes, avec les PDF\n\n{_table(_HEADING, paper)}"
    )


def _rows(found: Findings, scenario: str, labels: Sequence[str], ours: str) -> Iterable[Sequence[str]]:
    base = found.results.median(scenario, ours)
    for label in labels:
        if median := found.results.median(scenario, label):
            memory = "" if label == LIMIT else number(median.whole, 0)
            ratio = number(median.wall / base.wall, 2) if base else ""
            count = str(found.results.count(scenario, label))
            yield label, number(median.wall), number(median.cpu), memory, ratio, count


def _changes(found: Findings) -> str:
    labels = [label for label in (SHELL, PLOOMBER, PAGES, OURS) if _known(found, label)]
    rows = []
    for scenario in (SAME, DATA, WORDS, ALONE_WORDS):
        medians = [found.results.median(scenario, label) for label in labels]
        other = "" if scenario == ALONE_WORDS else "tout refaire"
        rows.append([scenario, *(number(m.wall, 2) if m else other for m in medians)])
    return f"## Après un changement, en secondes\n\n{_table(['', *labels], rows)}"


def _known(found: Findings, label: str) -> bool:
    return any(found.results.median(scenario, label) for scenario in (SAME, DATA, WORDS, ALONE_WORDS))


def _limit(found: Findings) -> str:
    """What our processor time is made of, beside the limit's."""
    ours = found.results.median(COLD_PAPER, OURS)
    if not ours or not found.results.shares:
        return ""
    names = {"cells": "cellules", "pages": "pages HTML", "paper": "PDF d’un carnet chacun"}
    limit = {told: statistics.median(s[name] for s in found.results.shares) for name, told in names.items()}
    parts = {**limit, **{f"hors limite : {told}": cpu for told, cpu in found.parts.items()}}
    rest = ours.cpu - sum(parts.values())
    parts["hors limite, par différence : noyaux, messages, contrôles, empreintes, figures en fichiers"] = rest
    rows = [(told, number(cpu), number(cpu / ours.cpu * 100, 0)) for told, cpu in parts.items()]
    table = _table(["part du processeur", "CPU (s)", "% d’atc run"], rows)
    return f"## Ce qui nous sépare de la limite\n\n{table}"


def _cluster(found: Findings) -> str:
    local, away, lost = (found.results.median(CLUSTER, label) for label in (ALONE, AWAY, LOST))
    if not local or not away:
        return ""
    rows = list(_rows(found, CLUSTER, (ALONE, AWAY), ALONE))
    told = ""
    if lost:
        rows.append((LOST, number(lost.wall), "", "", number(lost.wall / local.wall, 2), "1"))
        same = "les mêmes, octet pour octet" if found.intact else "**différents**"
        told = f"\nUn worker tué au tiers du travail : les fichiers sont {same}.\n"
    how = "Deux tâches à la fois par worker ; à chaque mesure, des workers qui n’ont encore rien fait."
    return f"## Le pool local, ou deux workers sur la même machine\n\n{how}\n\n{_table(_HEADING, rows)}{told}"


def _sizes(found: Findings) -> str:
    if not found.sizes:
        return ""
    rows = [
        (
            number(sites, 0),
            number(m.wall, 0),
            number(m.cpu / sites, 2),
            number(m.driver, 0),
            number(m.whole, 0),
            str(len(found.sizes[sites])),
        )
        for sites, m in _middles(found).items()
    ]
    heading = [
        "fiches",
        "temps (s)",
        "CPU par fiche (s)",
        "mémoire du pilote (Mo)",
        "mémoire en tout (Mo)",
        "mesures",
    ]
    told = (
        "Chaque fiche est exécutée, puis mise en HTML et en PDF, par `atc run --fiches` seul : "
        "les autres y passeraient des heures."
    )
    return f"## Quand le nombre de sites croît\n\n{told}\n\n{_table(heading, rows)}"


def _middles(found: Findings) -> dict[int, Measure]:
    return {sites: middle(measures) for sites, measures in found.sizes.items()}


def _targets(found: Findings) -> str:
    rows = [(text, measured, "oui" if reached else "**non**") for text, measured, reached in _checks(found)]
    return f"## Les objectifs\n\n{_table(['objectif', 'mesuré', 'tenu'], rows)}"


def _checks(found: Findings) -> Iterable[tuple[str, str, bool]]:
    """The targets that what was measured so far can tell of."""
    for scenario, loop, ours, least in ((COLD, SHELL, PAGES, 9), (COLD_PAPER, PAPERS, OURS, 7)):
        if ratio := _ratio(found, scenario, loop, ours):
            yield f"{scenario} : {least} fois plus vite que la boucle", number(ratio, 2), ratio >= least
    if ratio := _ratio(found, COLD, PAGES, LIMIT):
        yield f"{COLD} : au plus 1,6 fois la limite", number(ratio, 2), ratio <= 1.6
    for name, most in (("atc --help", 0.2), ("atc run", 0.4)):
        if name in found.quick:
            seconds = statistics.median(m.wall for m in found.quick[name])
            told = f"{name}, rien n’a changé" if name == "atc run" else name
            yield f"{told} : moins de {number(most)} s", f"{number(seconds, 2)} s", seconds < most
    if alone := found.results.median(ALONE_WORDS, OURS):
        yield f"{ALONE_WORDS} : moins de 2 s", f"{number(alone.wall, 2)} s", alone.wall < 2
    if ratio := _ratio(found, CLUSTER, AWAY, ALONE):
        yield f"{AWAY} : à 15 % près", f"{number((ratio - 1) * 100, 0)} %", ratio <= 1.15
    if found.intact is not None:
        told = "tout y est" if found.intact else "il manque des fichiers"
        yield "un worker tué : rien n’est perdu", told, found.intact
    if len(found.sizes) > 1:
        yield from _growth(found)


def _ratio(found: Findings, scenario: str, label: str, other: str) -> float | None:
    medians = [found.results.median(scenario, name) for name in (label, other)]
    return medians[0].wall / medians[1].wall if medians[0] and medians[1] else None


def _growth(found: Findings) -> Iterable[tuple[str, str, bool]]:
    middles = _middles(found)
    cpu = [m.cpu / sites for sites, m in middles.items()]
    spread = (cpu[-1] / cpu[0] - 1) * 100
    smallest, largest = min(middles), max(middles)
    yield (
        f"CPU par fiche, de {smallest} à {number(largest, 0)} : pas plus de 10 % de hausse",
        f"{number(spread, 0)} %",
        spread <= 10,
    )
    grown = middles[largest].driver - middles[smallest].driver
    yield "mémoire du pilote : à 50 Mo près", f"{number(grown, 0)} Mo", grown <= 50
    most = max(m.whole for m in middles.values())
    yield "mémoire en tout : moins de 1 Go", f"{number(most, 0)} Mo", most < 1000
