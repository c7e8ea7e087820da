"""What was measured, as a page in French."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.ploomber_pipeline import VERSION
from benchmarks.rivals import LIMIT, OURS, PAGES, PAPERS, PLOOMBER, SERIES, SHELL, TWO
from benchmarks.rounds import ALONE, ALONE_WORDS, AWAY, CLUSTER, COLD, COLD_PAPER, DATA, SAME, WORDS

if TYPE_CHECKING:
    from benchmarks.__main__ import Findings

_HEADING = ("", "temps (s)", "CPU (s)", "mémoire (Mo)", "rapport")
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
    pages = _rows(found, COLD, (SHELL, SERIES, TWO, PLOOMBER, PAGES, LIMIT), PAGES)
    paper = _rows(found, COLD_PAPER, (PAPERS, OURS, LIMIT), OURS)
    return (
        f"## {found.executions} exécutions, pages HTML\n\n{_table(_HEADING, pages)}\n"
        f"## Les mêmes, avec les PDF\n\n{_table(_HEADING, paper)}"
    )


def _rows(found: Findings, scenario: str, labels: Sequence[str], ours: str) -> Iterable[Sequence[str]]:
    base = found.results.median(scenario, ours)
    assert base
    for label in labels:
        if median := found.results.median(scenario, label):
            memory = "" if label == LIMIT else number(median.whole, 0)
            yield label, number(median.wall), number(median.cpu), memory, number(median.wall / base.wall, 2)


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
    assert ours
    names = {"cells": "cellules", "pages": "pages HTML", "paper": "PDF d’un carnet chacun"}
    shares = {name: statistics.median(s[name] for s in found.results.shares) for name in names}
    rows = [(names[name], number(value), number(value / ours.cpu * 100, 0)) for name, value in shares.items()]
    rest = ours.cpu - sum(shares.values())
    told = "le reste : noyaux, messages, validation, contrôles, empreintes, fichiers, PDF du rapport entier"
    rows.append((told, number(rest), number(rest / ours.cpu * 100, 0)))
    table = _table(["part du processeur", "CPU (s)", "% d’atc run"], rows)
    return f"## Ce qui nous sépare de la limite\n\n{table}"


def _cluster(found: Findings) -> str:
    local, away = (found.results.median(CLUSTER, label) for label in (ALONE, AWAY))
    if not local or not away:
        return ""
    rows = [
        (label, number(m.wall), number(m.cpu), number(m.whole, 0), number(m.wall / local.wall, 2))
        for label, m in ((ALONE, local), (AWAY, away))
    ]
    return f"## Le pool local, ou deux workers sur la même machine\n\n{_table(_HEADING, rows)}"


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
        )
        for sites, m in found.sizes.items()
    ]
    heading = ["fiches", "temps (s)", "CPU par fiche (s)", "mémoire du pilote (Mo)", "mémoire en tout (Mo)"]
    told = "Chaque fiche est exécutée, puis mise en HTML et en PDF."
    return f"## Quand le nombre de sites croît\n\n{told}\n\n{_table(heading, rows)}"


def _targets(found: Findings) -> str:
    rows = [(text, measured, "oui" if reached else "**non**") for text, measured, reached in _checks(found)]
    return f"## Les objectifs\n\n{_table(['objectif', 'mesuré', 'tenu'], rows)}"


def _checks(found: Findings) -> Iterable[tuple[str, str, bool]]:
    def wall(scenario: str, label: str) -> float:
        median = found.results.median(scenario, label)
        return median.wall if median else float("nan")

    for scenario, loop, ours in ((COLD, SHELL, PAGES), (COLD_PAPER, PAPERS, OURS)):
        ratio = wall(scenario, loop) / wall(scenario, ours)
        yield f"{scenario} : 5 fois plus vite que la boucle", number(ratio, 2), ratio >= 5
    ratio = wall(COLD, PAGES) / wall(COLD, LIMIT)
    yield f"{COLD} : au plus 1,4 fois la limite", number(ratio, 2), ratio <= 1.4
    for name, most in (("atc --help", 0.2), ("atc run", 0.5)):
        seconds = statistics.median(m.wall for m in found.quick[name])
        told = f"{name}, rien n’a changé" if name == "atc run" else name
        yield f"{told} : moins de {number(most)} s", f"{number(seconds, 2)} s", seconds < most
    seconds = wall(ALONE_WORDS, OURS)
    yield f"{ALONE_WORDS} : moins de 2 s", f"{number(seconds, 2)} s", seconds < 2
    if found.results.median(CLUSTER, AWAY):
        more = (wall(CLUSTER, AWAY) / wall(CLUSTER, ALONE) - 1) * 100
        yield f"{AWAY} : à 15 % près", f"{number(more, 0)} %", more <= 15
    if len(found.sizes) > 1:
        yield from _growth(found)


def _growth(found: Findings) -> Iterable[tuple[str, str, bool]]:
    cpu = [m.cpu / sites for sites, m in found.sizes.items()]
    spread = (cpu[-1] / cpu[0] - 1) * 100
    yield (
        "CPU par fiche, de la plus petite à la plus grande : à 10 % près",
        f"{number(spread, 0)} %",
        spread <= 10,
    )
    drivers = [m.driver for m in found.sizes.values()]
    grown = drivers[-1] - drivers[0]
    yield "mémoire du pilote : à 50 Mo près", f"{number(grown, 0)} Mo", grown <= 50
    most = max(m.whole for m in found.sizes.values())
    yield "mémoire en tout : moins de 1 Go", f"{number(most, 0)} Mo", most < 1000
