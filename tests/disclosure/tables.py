"""Small tables as chapters give them to a `Release`, and what a reader then sees of them."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd
from disclosure.oracle import Puzzle, Solution

from atc.disclosure import Release, Rules
from atc.exhibits.table import Column, DataTable
from atc.indicators.measures import with_parts

WHAT = "carnet_de_bord.configuration"


def release(floor: int = 5, diffusion: str = "financeurs", **kwargs: object) -> Release:
    return Release("2021-automne", "F02-05", Rules(diffusion, floor, 10), **kwargs)


def counts(values: Sequence[int], total: int | None = None) -> pd.DataFrame:
    """The frame of an indicator: ``modalite``, ``libelle``, ``effectif``, ``total``."""
    whole = sum(values) if total is None else total
    labels = {f"m{i}": f"Modalité {i}" for i in range(len(values))}
    return with_parts(labels, values, [whole] * len(values))


def shown(released: object, *columns: str) -> list[list[str]]:
    """The cells as a page prints them."""
    table = DataTable(released, [Column(name, name, 0) for name in columns])
    return table.rows


@dataclass(frozen=True)
class Case:
    """A table and its release, so that a reader may try others."""

    kind: str  # shape of the table
    floor: int  # smallest count of persons that may be read
    truth: Solution  # name of a cell -> count
    view: Callable[[Solution], Puzzle]  # from such counts, what a page shows

    def betrayed(self, recovered: set[str]) -> set[str]:
        """Of the cells that a reader recovered, those that are masked, or small and printed nowhere."""
        hidden = {"no", "rest", "perdus"}
        return {name for name in recovered if name not in hidden or 1 <= self.truth[name] < self.floor}


def distribution(values: Sequence[int], floor: int, left: int = 0) -> Case:
    names = [f"m{i}" for i in range(len(values))]

    def view(solution: Solution) -> Puzzle:
        frame = counts([solution[n] for n in names], total=solution["total"])
        puzzle, rows = Puzzle(), shown(release(floor).distribution(frame, WHAT), "effectif", "total")
        for name, (count, total) in zip(names, rows, strict=True):
            puzzle.show(name, count)
            puzzle.show("total", total)
        # What the parts leave of their total is printed nowhere.
        rest = [puzzle.show("rest", "n.c.")] if left else []
        puzzle.add_up("total", [*names, *rest])
        return puzzle

    truth = dict(zip(names, values, strict=True)) | {"total": sum(values) + left, "rest": left}
    return Case("distribution", floor, truth, view)


def box(yes: int, total: int, floor: int) -> Case:
    def view(solution: Solution) -> Puzzle:
        frame = counts([solution["yes"]], total=solution["total"])
        [[count, whole]] = shown(release(floor).boxes(frame, WHAT), "effectif", "total")
        puzzle = Puzzle()
        puzzle.show("total", whole)
        puzzle.show("yes", count)
        # Nobody prints those who said no: any number that total allows.
        puzzle.show("no", "n.c.")
        puzzle.add_up("total", ("yes", "no"))
        return puzzle

    return Case("box", floor, {"yes": yes, "no": total - yes, "total": total}, view)


def crossing(cells: Sequence[Sequence[int]], floor: int) -> Case:
    rows, columns = range(len(cells)), range(len(cells[0]))

    def view(solution: Solution) -> Puzzle:
        counted = [(f"r{i}", f"c{j}", solution[f"{i}.{j}"], solution[f"r{i}"]) for i in rows for j in columns]
        frame = pd.DataFrame(counted, columns=["posture", "reseau", "effectif", "total"])
        one = release(floor)
        crossed = one.crossing(frame, WHAT, rows="posture", columns="reseau")
        printed = iter(shown(crossed, "effectif", "total"))
        puzzle = Puzzle()
        for i in rows:
            for j in columns:
                count, total = next(printed)
                puzzle.show(f"{i}.{j}", count)
                puzzle.show(f"r{i}", total)
            puzzle.add_up(f"r{i}", [f"{i}.{j}" for j in columns])
        for j in columns:
            margin = one.record.told[f"2021-automne/{WHAT}&reseau=c{j}"]
            puzzle.add_up(puzzle.show(f"c{j}", margin.shown), [f"{i}.{j}" for i in rows])
        whole = puzzle.show("n", one.record.told[f"2021-automne/{WHAT}"].shown)
        puzzle.add_up(whole, [f"r{i}" for i in rows])
        puzzle.add_up(whole, [f"c{j}" for j in columns])
        return puzzle

    truth = {f"{i}.{j}": cells[i][j] for i in rows for j in columns}
    truth |= {f"r{i}": sum(cells[i]) for i in rows}
    truth |= {f"c{j}": sum(line[j] for line in cells) for j in columns}
    return Case("crossing", floor, truth | {"n": sum(map(sum, cells))}, view)


def split(parts: Sequence[int], lost: int, floor: int) -> Case:
    """Persons up, stable, down, who are some of those that answered before."""
    names = ("hausse", "stable", "baisse")

    def view(solution: Solution) -> Puzzle:
        frame = pd.DataFrame(
            [{"item": "a", **{n: solution[n] for n in (*names, "deux", "avant")}, "tous": None}]
        )
        one = release(floor).splits(
            frame,
            "evolution.scores",
            by=("item",),
            parts=names,
            total="deux",
            wholes={"avant": "2020-automne/scores.item"},
            among="tous",
        )
        [texts] = shown(one, *names, "deux", "avant")
        puzzle = Puzzle()
        for name, text in zip((*names, "deux", "avant"), texts, strict=True):
            puzzle.show(name, text)
        # Nobody prints those who were lost: any number that the others allow.
        puzzle.show("perdus", "n.c.")
        puzzle.add_up("deux", names)
        puzzle.add_up("avant", ("deux", "perdus"))
        return puzzle

    both = sum(parts)
    truth = dict(zip(names, parts, strict=True)) | {"deux": both, "perdus": lost, "avant": both + lost}
    return Case("split", floor, truth, view)


def small_count(chance: random.Random) -> int:
    """Mostly what hurts: nothing, a few, and rarely many."""
    return chance.choice((0, 0, 1, 1, 2, 3, 4, 5, 6, 7, 9, 12))


def random_case(chance: random.Random) -> Case:
    """One of the shapes of table that exhibits have."""
    floor = chance.choice((3, 5, 10))
    kind = chance.choice(("distribution", "distribution", "box", "crossing", "split"))
    if kind == "distribution":
        left = chance.choice((0, 0, 0, 2, 6))
        return distribution([small_count(chance) for _ in range(chance.randint(1, 5))], floor, left)
    if kind == "box":
        total = chance.randint(0, 30)
        return box(chance.randint(0, total), total, floor)
    if kind == "split":
        return split([small_count(chance) for _ in range(3)], small_count(chance), floor)
    across = chance.randint(2, 3)
    cells = [[small_count(chance) for _ in range(across)] for _ in range(chance.randint(2, 3))]
    return crossing(cells, floor)
