"""What must not leave: codes and machines, small numbers in any words, named sites, persons, quotations.

Both errors cost: a miss may name a person, a false alarm stops a page that was fit to leave. What is looked
for is in ``rules.toml`` (rules of one shape) and ``prose.toml`` (what people write of sites and persons).
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import chain

from pydantic import BaseModel

from atc.disclosure import prose
from atc.disclosure.prose import SENTENCE, SPARED, counted, legible, plain, small_counts, squeezed
from atc.publication.pieces import Hit, Kind, Known, Piece, Rule, found_in, hidden, uncounted
from atc.survey import typography
from atc.survey.paths import read_toml
from atc.survey.quotations import alerts
from atc.survey.typography import fold

_TABLE, _RAW = (read_toml(__file__, name) for name in ("rules.toml", "prose.toml"))
#: What evaluators do about what is found; what is counted without being a column, or a code.
REMEDIES, DERIVED = _TABLE["remedies"] | _RAW["remedies"] | prose.REMEDIES, _TABLE["derived"]

# --- rules of one shape -------------------------------------------------------------------------------------

_READ = frozenset(Kind) - {Kind.ROW, Kind.IMAGE, Kind.ELEMENT, Kind.GLUED, Kind.TYPE, Kind.UNREADABLE}
_SPACES = re.compile(r"[\s\x00-\x1f\u200b]+")
_SEEN: dict[str, Callable[[Piece], str]] = {
    "raw": lambda piece: piece.text,
    "plain": lambda piece: plain(piece.text),
    "counted": lambda piece: counted(piece.text),
    "attribute": lambda piece: f"{piece.label}={_SPACES.sub('', piece.text)}",
    "headings": lambda piece: "\n".join(map(plain, piece.headings or piece.cells)),
}


class _Row(BaseModel):
    """One row of the table, see there."""

    rule: Rule
    remedy: str
    seen: str
    patterns: tuple[re.Pattern[str], ...] = ()
    find: str = ""
    kinds: frozenset[Kind] = _READ
    labels: re.Pattern[str] = re.compile("")
    files: tuple[str, ...] = ("",)
    page: bool = False
    shown: bool = False
    allowed: str = ""


_ROWS = [_Row.model_validate(row) for row in _TABLE["rule"]]
_OF_KIND = {kind: tuple(row for row in _ROWS if kind in row.kinds) for kind in Kind}


def in_texts(piece: Piece, known: Known) -> Iterator[Hit]:
    """What the table finds in one piece, but for the addresses of the team."""
    team = {form for contact in known.contacts for form in (plain(contact), _digits(contact)) if form}
    for row in _OF_KIND[piece.kind]:
        of_page = piece.label == "source" and not row.page
        if of_page or not piece.file.endswith(row.files) or not row.labels.search(piece.label):
            continue
        seen = _SEEN[row.seen](piece)
        found = getattr(typography, row.find)(seen) if row.find else ()
        allowed = {"dates": known.dates, "authors": known.authors}.get(row.allowed, frozenset()) | team
        for text in (m[0] for m in chain(found, *(each.finditer(seen) for each in row.patterns))):
            if text not in allowed and _digits(text) not in team:
                yield row.rule, text if row.shown else hidden(text), row.remedy


def _digits(number: str) -> str:
    """The nine digits that follow 0 or +33; empty where there are not as many."""
    found = re.sub(r"\D", "", number.replace("(0)", ""))[-9:]
    return found * (len(found) == 9)


def of_this_wave(piece: Piece, known: Known) -> Iterator[Hit]:
    """Codes of persons, names of the user and of the machine, pixels that no drawing answers for."""
    if piece.kind is not Kind.ROW:
        for code in sorted({*found_in(piece.text, known.pseudonyms)}):
            yield Rule.PSEUDONYM, hidden(code.upper()), REMEDIES["PSEUDONYM"]
    text = plain(piece.text) if piece.kind in _READ else ""
    for name in sorted({plain(name) for name in known.machine} - {*_TABLE["machine"]["common"]}):
        if len(name) > 2 and re.search(rf"(?<![^\W_]){re.escape(name)}(?![^\W_])", text):
            yield Rule.MACHINE, hidden(name), REMEDIES["MACHINE"]
    if piece.kind is Kind.IMAGE and piece.label not in known.pictures:
        yield Rule.PIXELS, piece.text, REMEDIES["PIXELS"]


# --- small numbers in digits and in tables ------------------------------------------------------------------

_WORDS = {name: "".join(pieces) for name, pieces in _RAW["words"].items()}
_EVERYBODY, _SITE, _NAME, _QUOTATION, _TABLES = (
    {name: prose.pattern(pieces, _WORDS) for name, pieces in _RAW[section].items()}
    for section in ("everybody", "site", "name", "quotation", "tables")
)
_BESIDE, _TWO_WORDS = {Kind.ATTRIBUTE, Kind.METADATA, Kind.CODE}, re.compile(r"[^\W_][\s,’']+[^\W_]")
_OF_PROGRAMS = {"source", "style", "script", "pre", "si", "is"}  # labels; cells are read in their sheet


def _says(piece: Piece) -> bool:
    """Whether it may tell something: a text that is read, or several words beside it, seen or not."""
    beside = piece.kind in _BESIDE and piece.label not in _OF_PROGRAMS and _TWO_WORDS.search(piece.text)
    return piece.by_hand or piece.kind in (Kind.PROSE, Kind.CELL) or bool(beside)


def in_sentences(piece: Piece, known: Known) -> Iterator[Hit]:
    """« 4 répondants sur 7 », in a text, a cell, an alternative text or a page of a PDF."""
    if not _says(piece) and piece.kind is not Kind.PAGE:
        return
    # On paper, where lines end tells a cell from a sentence.
    on_paper, floor = piece.kind is Kind.PAGE, known.floor_of(piece)
    text = piece.text if on_paper else legible(piece.text)
    for count in small_counts(text, floor):
        # Between other numbers of a page, it is a cell that another file holds; at its foot, its own number.
        before = text[: count.span[0]].replace("\n", " ")[-6:]
        in_a_row = re.fullmatch(r"\d+ / \d+", count.text) or re.search(r"(?:\d|–|n < \d) $", before)
        may_be_told = count.value in _allowed(piece, known) or plain(count.text) in known.phrases
        if not may_be_told and not (on_paper and in_a_row):
            yield Rule.SMALL_COUNT, uncounted(count.text), REMEDIES["count"].format(floor=floor)


_WHOLE = re.compile(r"(\d{1,3})(?:[.,]0+)?(?: ?[*†]+| ?\(\d{1,3}(?:,\d+)? ?%\))?")


def in_tables(piece: Piece, known: Known) -> Iterator[Hit]:
    """Cells of a table of counts."""
    of_counts = bool(piece.exhibit) or piece.by_hand
    # Without headings, an exhibit still shows counts.
    headings = piece.headings or ("",) * len(piece.cells) * of_counts
    if piece.kind is not Kind.ROW or not headings:
        return
    allowed, floor = _allowed(piece, known), known.floor_of(piece)
    named = [fold(plain(heading)).replace("_", " ") for heading in headings]
    row = dict(zip(named, piece.cells, strict=False))
    told = (_WHOLE.fullmatch(plain(cell)) for name, cell in row.items() if _TABLES["totals"].search(name))
    totals = [int(total[1]) for total in told if total]
    for rank, (heading, cell) in enumerate(zip(named, piece.cells, strict=False)):
        # In an exhibit, or typed by hand, all columns count unless they say otherwise.
        counts = _TABLES["counts"].search(heading) or (of_counts and rank > 0)
        # Everybody knows what the report printed.
        printed = heading.startswith(("calcule", "recalcule")) and cell == row.get("imprime")
        found, share = list[int](), 0.0
        if counts and not printed and not _TABLES["no_counts"].search(heading):
            whole = _WHOLE.fullmatch(plain(cell)) or re.fullmatch(r"(\d+)", counted(cell))
            found = [int(whole[1]) if whole else int(plain(cell) in ("un", "une"))]
        # The small count that a percentage gives back beside its total.
        if percent := re.fullmatch(r"(\d{1,2}(?:,\d+)?) ?%", plain(cell)):
            share = float(percent[1].replace(",", ".")) / 100
        elif _TABLES["parts"].search(heading) and re.fullmatch(r"0?\.\d+", cell):
            share = float(cell)
        found += [prose.given_back(share * total, total) or 0 for total in totals]
        number = next((number for number in found if 0 < number < floor), 0)
        if number and number not in allowed:
            yield Rule.SMALL_COUNT, f"colonne {rank + 1} : •", REMEDIES["count"].format(floor=floor)


def _allowed(piece: Piece, known: Known) -> frozenset[int]:
    """Small numbers that a reviewed exception lets through in the exhibit; in a PDF, in those of the page."""
    exhibits = {piece.exhibit, *piece.cells} if piece.file.endswith(".pdf") else {piece.exhibit}
    return frozenset[int]().union(*(known.released.get(id_, frozenset()) for id_ in exhibits))


# --- named sites, everybody, persons, quotations ------------------------------------------------------------


def _bare(text: str) -> str:
    """Counted text: « Hombourg-Haut » and « hombourg_haut », « délégué·e » and « délégué.e » are one."""
    return re.sub(r"(?<=\w)[-_](?=\w)", " ", counted(text).replace("·", "."))


@lru_cache(maxsize=8)
def _roster(sites: frozenset[str], posts: frozenset[str]) -> tuple[re.Pattern[str], ...]:
    """Patterns of a site, of a post that opens a cell, and of both in one sentence, for `_bare` text."""
    site, post = (
        "|".join(re.escape(_bare(name)) for name in sorted(names, key=len, reverse=True)) or "(?!)"
        for names in (sites, posts)
    )
    site = "|".join([site, *(pattern for name, pattern in _RAW["called"].items() if name in sites)])
    told = {"site": f"(?:{site})", "post": f"(?:(?:{post})|{''.join(_TABLE['roster']['post'])})"}
    pieces = (r"\b@site@\b", _TABLE["roster"]["cell"], _TABLE["roster"]["beside"])
    return tuple(prose.pattern(each, told) for each in pieces)


def sites_beside_posts(piece: Piece, known: Known) -> Iterator[Hit]:
    """« L’animatrice d’Avignon », « (délégué du préfet, Roubaix) », or both in one row of a table."""
    # A page of a PDF names its exhibits among its cells.
    excepted = known.named.intersection((piece.exhibit, *piece.cells * (piece.kind is Kind.PAGE)))
    if not known.sites or excepted or piece.label == "source":
        return
    site, post, beside = _roster(known.sites, known.posts)
    found: Sequence[str] = ()
    if piece.kind is Kind.ROW:
        cells = [_bare(cell) for cell in piece.cells]
        both = any(map(site.fullmatch, cells)) and any(map(post.match, cells))
        found = [" | ".join(piece.cells)] * both
    elif piece.kind in (Kind.PROSE, Kind.CELL, Kind.PAGE, Kind.ATTRIBUTE, Kind.CODE):
        # On paper, lines that follow each other may be two columns of a table.
        lines = piece.text.split("\n") if piece.kind is Kind.PAGE else [piece.text]
        sentences = (sentence for line in lines for sentence in re.split(r"(?<=[.!?;]) +", _bare(line)))
        found = [match[0] for match in map(beside.search, sentences) if match]
    yield from ((Rule.ROSTER, hidden(text), REMEDIES["ROSTER"]) for text in found)


def everybody(text: str) -> Iterator[str]:
    """Sentences that tell something of everybody, or of nobody: one knows then the answer of each."""
    for sentence in SENTENCE.split(text):
        shown = counted(sentence)
        spared = _EVERYBODY["unless"].search(shown) or SPARED["answer"].search(shown)
        if _EVERYBODY["told"].search(shown) and not spared:
            yield " ".join(sentence.split())


_SITES_ALONE = 3  # a list of so many, or a name without words around it, tells nothing of each


def _told_of_a_site(text: str, known: Known) -> Iterator[str]:
    """Sentences that tell a result or an event of a named site."""
    for sentence in SENTENCE.split(text):
        shown, (site, *_) = _bare(sentence), _roster(known.sites, known.posts)
        named = site.findall(shown)
        around = len(re.findall(r"[^\W\d]{3,}", site.sub("", shown)))
        neutral = len({*named}) >= _SITES_ALONE or around <= 1 or _SITE["public"].search(shown)
        if named and (_SITE["result"].search(shown) or not neutral):
            yield legible(sentence)


def _names(text: str, known: Known) -> Iterator[str]:
    """Names of persons: civilities, initials, first names, and whatever has a capital beside a function."""
    shown = legible(text)
    found = [a.passage for a in alerts(shown, tuple(sorted(known.sites))) if a.kind == "personne"]
    beside = (match[0] for match in _NAME["kinds"].finditer(shown))
    found += [passage for passage in beside if not any(site in passage for site in known.sites)]
    for passage in found:
        cited = _NAME["reference"].match(shown[shown.find(passage) :])
        if not (cited or _NAME["no_initials"].fullmatch(passage)):
            yield passage


_QUOTED = re.compile(
    r"[«‹]\s*([^»›]{6,}?)\s*[»›]|“([^”]{6,}?)”|‘([^‘]{6,}?)’(?=[\s.,;)]|$)|\"([^\"\n]{6,}?)\""
)
_LEAST_WORDS, _SHINGLE = 4, 6


def _quotations(text: str, known: Known) -> Iterator[str]:
    """What somebody said, between quotation marks and unsigned, or word for word without them."""
    shown = legible(text)
    for match in _QUOTED.finditer(shown):
        before, inside = shown[: match.start()], counted(next(filter(None, match.groups())))
        around = counted(f"{before[-80:]} {shown[match.end() :][:60]}")
        words = 0 if _QUOTATION["asked"].search(around) else len(re.findall(r"\w+", inside))
        spoken = _QUOTATION["spoken"].search(inside) or _QUOTATION["says"].search(around)
        said = spoken or before.rstrip().endswith(":")
        if words >= _LEAST_WORDS and said and squeezed(inside) not in known.computed:
            yield match[0]
    read = counted(shown)
    for match in _QUOTATION["unmarked"].finditer(read):
        around = read[max(0, match.start() - 120) : match.end()]
        if _QUOTATION["spoken"].search(around) and not re.search('[«»“”"]', around):
            yield around
    if known.shingles & shingles(shown):
        yield shown


def shingles(text: str) -> frozenset[str]:
    """Every six words that follow each other, as one text."""
    words = re.findall(r"[a-z0-9]+", counted(text))
    return frozenset(" ".join(words[at : at + _SHINGLE]) for at in range(len(words) - _SHINGLE + 1))


_A_SENTENCE = 20  # letters and digits from which one is not found by chance among all others


def in_prose(piece: Piece, known: Known) -> Iterator[Hit]:
    """All of it, in what somebody wrote: the notebooks, and any text that no exhibit computed."""
    if not _says(piece) or (piece.exhibit and not piece.by_hand):
        return
    # What the package says in the very same words went through the rules of disclosure.
    tight = {sentence: squeezed(sentence) for sentence in SENTENCE.split(piece.text)}
    text = " ".join(s for s, key in tight.items() if len(key) < _A_SENTENCE or key not in known.computed)
    for excerpt, remedy in prose.small_numbers(text, known.floor, tuple(known.phrases), len(known.sites)):
        yield Rule.SMALL_COUNT, uncounted(excerpt), remedy
    # A cell is judged under its heading.
    text = " | ".join((*piece.headings, text))
    finders = {Rule.RESULT: _told_of_a_site, Rule.PERSON: _names, Rule.QUOTATION: _quotations}
    for rule, find in finders.items():
        for excerpt in list(dict.fromkeys(map(hidden, find(text, known))))[:3]:
            yield rule, excerpt, REMEDIES[rule.name]


def in_names(piece: Piece, known: Known) -> Iterator[Hit]:
    """Names of files and ids: « animatrice_roubaix.csv », « trois-territoires »."""
    is_id = piece.label in ("id", "class", "name") or piece.label.startswith("data-")
    if piece.kind is not Kind.NAME and not (piece.kind is Kind.ATTRIBUTE and is_id):
        return
    # Chapters are numbered « 04_ »: that counts nothing.
    words = re.sub(r"\b0\d ", "", " ".join(re.findall(r"[^\W_]+", piece.text)))
    if small_counts(words, known.floor):
        yield Rule.SMALL_COUNT, uncounted(words), REMEDIES["name"]
    if _roster(known.sites, known.posts)[0].search(_bare(words)):
        rule = Rule.ROSTER if _NAME["function"].search(words) else Rule.RESULT
        if rule is Rule.ROSTER or _SITE["result"].search(counted(words)):
            yield rule, hidden(words), REMEDIES["name"]
