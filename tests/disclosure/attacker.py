"""Somebody who holds every bundle, and nothing else: pages, tables, charts, workbook, slides and paper.

It reads what was built, of every wave and every tier at once, adds up what a reader knows to add up, and
looks for the values that a masked cell may still have. It shares nothing with the package: no import of it.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import lxml.html
import numpy as np
import pypdfium2
from scipy.optimize import Bounds, LinearConstraint, milp

#: Fewer values than this, and a masked cell is known: but « n < 3 » never leaves more than two.
FEWEST = 3
#: Fewer persons are told nowhere.
FLOOR = 5
#: Exhibits whose rows are questions of their own, and add up to nothing.
BOXES = {"F02-05", "F02-06", "F03-03", "T05-04", "F01-02"}
#: Columns that add up to another one, in a row.
SPLITS = {"territoires comparés": re.compile("plus haut|même note|en hausse|stable|en baisse")}
#: A table of two waves says again, in these columns, what a chapter of each says: row -> exhibit.
AGAIN = {"composition de l’instance de pilotage : ": "F02-05"}
MASK = re.compile(r"n ([<>]) (\d+)")
SITES = 15


@dataclass
class Table:
    """One exhibit of one wave at one tier, and every text that goes with it."""

    wave: str
    id: str
    headings: list[str]
    rows: list[list[str]]
    texts: list[str] = field(default_factory=list)


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("\N{SOFT HYPHEN}", "")).strip()


def read_page(wave: str, html: str) -> Iterator[Table]:
    """The exhibits of a page, with their captions, alternative texts and the words of their charts."""
    for figure in lxml.html.fromstring(html).iter("figure"):
        tables = list(figure.iter("table"))
        if not figure.get("id") or not tables:
            continue
        rows = [[plain(cell.text_content()) for cell in row] for row in tables[0].iter("tr")]
        spoken = [value for e in figure.iter() for name, value in e.items() if name in {"alt", "aria-label"}]
        words = [e.text_content() for e in figure.iter("p", "title", "desc", "text", "caption")]
        yield Table(
            wave, figure.get("id"), [h.lower() for h in rows[0]], rows[1:], [*map(plain, spoken + words)]
        )


def read_bundle(wave: str, folder: Path) -> list[Table]:
    """Every exhibit of a bundle; what paper, slides, drawings and the workbook say goes with each of them."""
    found = [t for path in sorted(folder.rglob("*.html")) for t in read_page(wave, path.read_text("utf-8"))]
    around = [plain(text) for path in sorted(folder.rglob("*")) for text in _texts(path)]
    for table in found:
        table.texts += around
        written = folder / "tables" / f"{table.id}.csv"
        if written.is_file():
            _same_masks(table, list(csv.DictReader(io.StringIO(written.read_text("utf-8")))))
    return found


def _texts(path: Path) -> Iterator[str]:
    if path.suffix == ".pdf":
        yield from (page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(path))
    elif path.suffix in {".pptx", ".docx", ".xlsx"}:
        with zipfile.ZipFile(path) as parts:
            for name in parts.namelist():
                if name.endswith(".xml"):
                    text = re.sub(r"</(?:a:p|w:p|si|w:tc|a:tc)>", " ; ", parts.read(name).decode("utf-8"))
                    yield re.sub(r"<[^>]+>", " ", text)
    elif path.suffix == ".svg":
        yield lxml.html.fromstring(path.read_bytes()).text_content()


def _same_masks(table: Table, written: list[dict[str, str]]) -> None:
    """What the page masks, the file of its table leaves empty."""
    for row, cells in zip(table.rows, written, strict=False):
        values = [value for name, value in cells.items() if not name.startswith("statut_")]
        for shown, value in zip(row, values, strict=False):
            if (MASK.fullmatch(shown) or shown == "n.c.") and value:
                raise AssertionError(f"{table.wave} {table.id} : {shown} est {value} dans le CSV")


class Attack:
    """Counts as unknown whole numbers, and all that binds them."""

    def __init__(self, tables: Iterable[Table]) -> None:
        self.bounds: dict[tuple[str, ...], tuple[int, int]] = {}
        self.masks: dict[tuple[str, ...], int] = {}
        self.equations: set[tuple[tuple[tuple[str, ...], int], ...]] = set()
        self.tables = list(tables)
        self.waves = sorted({table.wave for table in self.tables})
        for table in self.tables:
            self._rows(table)
            self._columns(table)

    def know(self, key: tuple[str, ...], low: int, high: int) -> None:
        was = self.bounds.get(key, (low, high))
        self.bounds[key] = max(was[0], low), min(was[1], high)

    def add_up(self, total: tuple[str, ...], parts: Iterable[tuple[str, ...]]) -> None:
        parts = list(dict.fromkeys(parts))
        if total in self.bounds and parts and all(part in self.bounds for part in parts):
            self.equations.add(tuple(sorted([(total, -1), *((part, 1) for part in parts)])))

    def _rows(self, table: Table) -> None:
        for row in table.rows:
            label, most = self._label(row), self._total(table, row)
            for heading, text in zip(table.headings, row, strict=False):
                key = self._key(table, label, heading)
                if text.isdecimal():
                    self.know(key, int(text), int(text))
                elif mask := MASK.fullmatch(text):
                    bound = int(mask[2])
                    self.know(key, *((1, bound - 1) if mask[1] == "<" else (bound + 1, most - 1)))
                    low, high = self.bounds[key]
                    self.masks[key] = min(self.masks.get(key, 99), high - low + 1)
                elif text == "n.c." and not heading.startswith("médiane"):
                    self.know(key, 0, most)
                    self.masks[key] = min(self.masks.get(key, 99), most + 1)
                else:
                    continue
                if key in self.masks and heading == self._first(table, row):
                    self._sentences(table, row, key)
            for total, part in SPLITS.items():
                parts = [
                    self._key(table, label, heading) for heading in table.headings if part.search(heading)
                ]
                if len(parts) == 3:
                    self.add_up(self._key(table, label, total), parts)

    def _columns(self, table: Table) -> None:
        """Rows of one distribution make its total; two waves share no fewer sites than there is room for."""
        counted = next((i for i, h in enumerate(table.headings) if h == "sur"), 0) - 1
        groups: dict[str, list[tuple[str, ...]]] = {}
        for row in table.rows:
            parted = table.id not in BOXES and not table.id.startswith("F08")
            if counted > 0 and parted and len(row) > counted + 1:
                group = "" if counted == 1 else row[0] if table.id != "F04-01" else row[1]
                key = self._key(table, self._label(row), table.headings[counted])
                groups.setdefault(f"{group}|{row[counted + 1]}", []).append(key)
        for group, keys in groups.items():
            total = group.rpartition("|")[2]
            # One row alone of several answers says nothing of the others.
            if total.isdecimal() and len(keys) > 1 and all(key in self.bounds for key in keys):
                whole = (table.wave, table.id, group, "total")
                self.know(whole, int(total), int(total))
                if sum(self.bounds[key][1] for key in keys) >= int(total):
                    self.add_up(whole, keys)
        if table.id == "F08-01":
            for row in table.rows:
                label = self._label(row)
                then, now, both = (self._key(table, label, table.headings[i]) for i in (1, 2, 3))
                if "territoires" in label and {then, now, both} <= self.bounds.keys():
                    least = self.bounds[then][0] + self.bounds[now][0] - SITES
                    self.know(both, max(0, least), min(self.bounds[then][1], self.bounds[now][1]))

    def _sentences(self, table: Table, row: list[str], key: tuple[str, ...]) -> None:
        """« Associations : 9 sur 14 », wherever it stands."""
        label = next((cell for cell in row if re.search(r"[^\W\d]", cell) and not MASK.fullmatch(cell)), "")
        if len(label) < 6:
            return
        told = re.compile(
            rf"(?:^|[;:.,«(] ?){re.escape(label)}[ »]*[:,;] ?(\d+)(?= (?:sur|sites?|territoires?|r[ée]p))",
            re.IGNORECASE,
        )
        for value in {int(found[1]) for text in table.texts for found in told.finditer(text)}:
            self.know(key, value, value)

    def _first(self, table: Table, row: list[str]) -> str:
        """The heading of the first count of a row."""
        pairs = zip(table.headings, row, strict=False)
        return next(h for h, cell in pairs if cell.isdecimal() or MASK.fullmatch(cell) or cell == "n.c.")

    def _total(self, table: Table, row: list[str]) -> int:
        for name in ("sur", "territoires comparés"):
            if name in table.headings and row[table.headings.index(name)].isdecimal():
                return int(row[table.headings.index(name)])
        told = [int(n) for text in table.texts[:40] for n in re.findall(r"\bn = (\d+)", text)]
        return max(told, default=60)

    def _label(self, row: list[str]) -> str:
        words = [c for c in row if not c.isdecimal() and not MASK.fullmatch(c) and c not in {"n.c.", "–"}]
        return "|".join(word.lower() for word in words if not re.fullmatch(r"[\d,]+|\d+ ?%", word))

    def _key(self, table: Table, label: str, heading: str) -> tuple[str, ...]:
        """The same count has the same name in every table that tells it."""
        for opening, exhibit in AGAIN.items():
            if label.startswith(opening) and (year := re.fullmatch(r"(oui|réponses) en (\d{4})", heading)):
                wave = next((wave for wave in self.waves if wave.startswith(year[2])), year[2])
                told = label.removeprefix(opening)
                return wave, exhibit, told, "territoires" if year[1] == "oui" else "sur"
        return table.wave, table.id, label, heading

    def findings(self) -> list[str]:
        """Masked cells of which too few values are left, and pages that contradict one another."""
        found = [f"{key} : bornes contraires" for key, (low, high) in self.bounds.items() if low > high]
        if found:
            return found
        for group in self._components():
            keys = sorted({key for equation in group for key, _ in equation})
            narrow = min((self.masks[key] for key in keys if key in self.masks), default=FEWEST)
            found += self._solved(group, keys, min(FEWEST, narrow))
        bound = {key for equation in self.equations for key, _ in equation}
        for key, most in self.masks.items():
            low, high = self.bounds[key]
            if key not in bound and high - low + 1 < min(FEWEST, most):
                found.append(f"{key} : {low} à {high}")
        return found + list(self._medians()) + list(self._series())

    def _components(self) -> list[list[tuple[tuple[tuple[str, ...], int], ...]]]:
        groups: list[tuple[set[tuple[str, ...]], list]] = []
        for equation in sorted(self.equations):
            keys = {key for key, _ in equation}
            joined = [group for group in groups if group[0] & keys]
            groups = [group for group in groups if not group[0] & keys]
            groups.append(
                (keys.union(*(k for k, _ in joined)), [equation, *(e for _, es in joined for e in es)])
            )
        return [equations for _, equations in groups]

    def _solved(self, group: list, keys: list[tuple[str, ...]], fewest: int) -> Iterator[str]:
        matrix = np.zeros((len(group), len(keys)))
        for line, equation in enumerate(group):
            for key, sign in equation:
                matrix[line, keys.index(key)] += sign
        box = Bounds(*(np.array([self.bounds[key][end] for key in keys], float) for end in (0, 1)))
        for key in (key for key in keys if key in self.masks):
            ends = []
            for sign in (1, -1):
                cost = np.zeros(len(keys))
                cost[keys.index(key)] = sign
                solved = milp(
                    cost,
                    constraints=LinearConstraint(matrix, 0, 0),
                    bounds=box,
                    integrality=np.ones(len(keys)),
                )
                if not solved.success:
                    yield f"{key} : rien ne va avec le reste"
                    return
                ends.append(round(solved.x[keys.index(key)]))
            if ends[1] - ends[0] + 1 < fewest:
                yield f"{key} : {ends[0]} à {ends[1]}"

    def _series(self) -> Iterator[str]:
        """Medians over three waves, beside those of fewer: too few territories are between the two."""
        told = []
        for table in (t for t in self.tables if t.id in {"F08-02", "F08-03"}):
            for row in table.rows:
                cells = dict(zip(table.headings, row, strict=False))
                shown = {h for h, c in cells.items() if h.startswith("médiane") and c not in {"n.c.", "–"}}
                if shown and cells["territoires comparés"].isdecimal():
                    told.append(
                        (table, cells["phrase"], cells["groupe"], shown, int(cells["territoires comparés"]))
                    )
        for table, *lens, shown, compared in told:
            waves = {heading for heading in shown if heading[-4:].isdecimal()}
            for other, *same, fewer, more in told:
                if len(waves) > 2 and same == lens and fewer < shown and 0 < more - compared < FLOOR:
                    yield f"{table.wave} F08-02 {lens} : {compared}, et {more} dans {other.wave} {other.id}"

    def _medians(self) -> Iterator[str]:
        """A median over those compared, beside that of all that the wave knows: few are between the two."""
        for table in (t for t in self.tables if t.id == "F08-04"):
            for row in table.rows:
                cells = dict(zip(table.headings, row, strict=False))
                for year, chapter in (
                    (h[-4:], c) for h in cells if "médiane" in h for c in ("F02-02", "F02-04")
                ):
                    whole = {
                        int(other[-1])
                        for t in self.tables
                        for other in t.rows
                        if (t.id, t.wave[:4]) == (chapter, year) and other[-1].isdecimal()
                    }
                    told = cells[f"médiane {year}"] not in {"n.c.", "–"} and cells["territoires comparés"]
                    if told and told.isdecimal() and any(0 < n - int(told) < FEWEST for n in whole):
                        yield f"{table.wave} F08-04 {row[0]} : deux médianes, {told} territoires ou plus"
