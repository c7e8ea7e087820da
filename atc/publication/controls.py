"""The controls of the gate, and their verdict: what was looked for and found, and what a person signs."""

import hashlib
import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from atc.disclosure.audit import Record, audit
from atc.disclosure.exceptions import HEARD, Reviewed
from atc.exhibits.notices import TO_MEND
from atc.publication import rules
from atc.publication.finished import Finished, records
from atc.publication.formats import is_of, pieces
from atc.publication.pieces import EXHIBIT, Finding, Hit, Known, Piece, Rule, hidden
from atc.survey.dictionary import Dictionary
from atc.survey.errors import Messages
from atc.survey.read_csv import load_facts
from atc.survey.typography import french, lower_first
from atc.survey.waves import Wave, unfinished

_said = Messages(__name__)
PUBLIC = "public"
HEADING = ("Contrôle", "Objet", "Verdict", "Constat", "Que faire")
PASSED, ALERT, REFUSED = "conforme", "à relire", "refusé"
YES, NO = "oui", "non"  # what a person answers to an alert


class Line(NamedTuple):
    """One line of the verdict."""

    control: str  # what was looked for
    where: str  # file, exhibit or table
    verdict: str  # ``conforme``, ``à relire`` (a person decides) or ``refusé``
    message: str  # what was found, never the thing itself
    remedy: str = ""  # what to do about it
    key: str = ""  # what a signature answers to, as the run tells it; empty when nothing waits for one

    def __str__(self) -> str:
        """One line for the terminal."""
        told = f"{self.control}, {self.where} : {self.message}"
        return f"{told}. {self.remedy.rstrip('.')}." if self.remedy else f"{told}."


# --- the scanner: all that would leave, decoded -------------------------------------------------------------

_RULES = (
    rules.in_texts,
    rules.of_this_wave,
    rules.sites_beside_posts,
    rules.in_sentences,
    rules.in_tables,
    rules.in_prose,
    rules.in_names,
)
#: All that can be wrong of rows that nobody gave: their codes and small numbers are nobody's.
_OF_FILES = frozenset({Rule.FORMULA, Rule.METADATA, Rule.UNREADABLE, Rule.FILE_TYPE, Rule.PIXELS})
#: Rules after which a name is not repeated in the report.
_TELLING = frozenset({Rule.PSEUDONYM, Rule.EMAIL, Rule.TELEPHONE, Rule.ROSTER, Rule.MACHINE})


def scan(files: Mapping[str, bytes], known: Known, written: Iterable[Piece] = ()) -> tuple[Finding, ...]:
    """All that must not leave among files that would, and in what was written by hand, in order.

    A page says again what its notebook says: it is told there, where it is mended, and once. It cannot see
    pixels (let through beside their drawing only), letters drawn as outlines, words written backwards,
    encodings that no page of ours uses, ciphers, names that no list knows, what
    ``tests/publication/seeded.csv`` lists as not catchable, and what for an exception lets a number through.
    """
    # The drawing of the same exhibit, whose text is read, answers for pixels: both are one.
    stems = {
        file.removesuffix(".svg") for file in files if file.endswith(".svg") and is_of("svg", files[file])
    }
    drawn = {f"{stem}.png" for stem in stems if EXHIBIT.fullmatch(stem.rpartition("/")[2])} & files.keys()
    known = replace(known, pictures=frozenset(hashlib.sha256(files[file]).hexdigest() for file in drawn))
    seen: dict[Hashable, tuple[Hit, ...]] = {}
    findings = set[Finding]()
    for file in files:
        found = list(_findings(pieces(file, files[file]), known, seen))
        if any(each.place.startswith("nom du fichier") and each.rule in _TELLING for each in found):
            folder, slash, name = file.rpartition("/")
            stem, dot, extension = name.rpartition(".")
            path = f"{folder}{slash}{hidden(stem)}{dot}{extension}"
            found = [each._replace(file=path) for each in found]
        findings.update(found)
    at_source = set(_findings(written, known, seen))
    mended = {(finding.rule, finding.excerpt) for finding in at_source}
    return tuple(sorted(at_source | {f for f in findings if (f.rule, f.excerpt) not in mended}))


def _findings(
    found: Iterable[Piece], known: Known, seen: dict[Hashable, tuple[Hit, ...]]
) -> Iterator[Finding]:
    for piece in found:
        # The same text comes many times in a bundle: it is judged once, and told at each place. Of its file,
        # the rules read the extension, and whether it is made up.
        made_up = piece.file in known.synthetic
        key = made_up, replace(piece, place="", file=piece.file.rpartition(".")[2])
        if key not in seen:
            hits = (hit for rule in _RULES for hit in rule(piece, known))
            seen[key] = tuple(hit for hit in hits if not made_up or hit[0] in _OF_FILES)
        yield from (Finding(piece.file, piece.place, *hit) for hit in seen[key])


_EVERYBODY = "Tous ou aucun"


def _refused(control: str, passed: str, found: Iterable[tuple[str, str, str]]) -> Iterator[Line]:
    """What one control refuses (where, what, remedy), or the line that says that nothing was found."""
    lines = [Line(control, where, REFUSED, message, remedy) for where, message, remedy in found]
    yield from lines or [Line(control, "ensemble", PASSED, passed)]


def content(files: Mapping[str, bytes], known: Known, written: Iterable[Piece] = ()) -> Iterator[Line]:
    """Everything that the files hold, decoded, and what the evaluators wrote, at its source."""
    found = (
        (file, f"{place} : {rule} ({excerpt})" if excerpt else f"{place} : {rule}", remedy)
        for file, place, rule, excerpt, remedy in scan(files, known, written)
    )
    yield from _refused("Contenu", _said("clean", count=len(files)), found)


def deduction(
    finished: Finished, elsewhere: Mapping[str, Record], others: Sequence[str] = ()
) -> Iterator[Line]:
    """What all exhibits and sentences give away together, with those of the other waves."""
    run = finished.manifest
    together = records(run.vague, finished.displays) | dict(elsewhere)
    masked = {key for record in together.values() for key in record.masked}
    remedy = _said("mask")
    if others:
        # Another version of the program made them: it may have masked other counts.
        again = ", ".join(f"atc run --vague {vague} --diffusion {run.diffusion}" for vague in others)
        remedy = _said("run_again", again=again, mask=lower_first(remedy))
    waves = ", ".join(sorted({name.partition(" ")[0] for name in together}))
    found = ((", ".join(d.exhibits) or d.key, f"{d.key} : {d.why}", remedy) for d in audit(together))
    yield from _refused("Déduction", _said("hidden", count=len(masked), waves=waves), found)


def everybody_or_nobody(
    finished: Finished,
    reviewed: Iterable[Reviewed],
    written: Iterable[Piece] = (),
    words: Callable[[str], str] = str,
) -> Iterator[Line]:
    """0 %, 100 %, « tous », « aucun »: a person reads them again, and must have before everybody may."""
    heard = (r for r in reviewed if r.vague == finished.manifest.vague and r.effet == HEARD)
    read = {(r.exhibit, r.ligne): r for r in heard}
    verdict = REFUSED if finished.manifest.diffusion == PUBLIC else ALERT
    found = []
    # A sentence that says again what its exhibit says is read with it.
    alerts = [(each.id, alert) for each in finished.displays for alert in each.let_out.alerts]
    alerts += [(piece.file, f"« {text} »") for piece in written for text in rules.everybody(piece.text)]
    for where, alert in dict.fromkeys(alerts):
        # A signature repeats the alert as the run tells it, or in words.
        signed = read.pop((where, alert), None) or read.pop((where, words(alert)), None)
        told, remedy, state = words(alert), _said("read_again"), verdict
        if signed is not None and signed.valeur == NO:
            told, remedy, state = f"{told} ({signed.relu_par} : non)", _said("not_said"), REFUSED
        elif signed is not None:
            told, remedy, state = f"{told} (relu par {signed.relu_par})", "", PASSED
        found.append(Line(_EVERYBODY, where, state, told, remedy, alert))
    # A workbook is written again without what no longer occurs.
    left = [each.place for each in read.values() if each.valeur not in (YES, NO)]
    found += [Line(_EVERYBODY, place, REFUSED, _said("no_more"), _said("withdraw")) for place in left]
    yield from found or [Line(_EVERYBODY, "ensemble", PASSED, _said("nobody"))]


def ready(finished: Finished, wave: Wave) -> Iterator[Line]:
    """What says of itself that it is not ready: controls that differ, statuses denied, no licence."""
    differ = ((e.id, e.told["reading"]) for e in finished.exhibits if e.told["reading"].startswith(TO_MEND))
    told = [(id_, text.rstrip("."), _said("correct")) for id_, text in differ]
    told += [(e.where, french(e.message), french(e.remedy)) for e in unfinished(wave) if e.stops]
    yield from _refused("Prêt à partir", _said("all_ready"), told)


def words(finished: Finished) -> Iterator[Line]:
    """Tables that count nobody, and the reviewed exceptions: what a person vouches for."""
    for exhibit in finished.exhibits:
        for because in exhibit.let_out.facts:
            yield Line("Tableau sans effectif de personnes", exhibit.id, PASSED, because)
    for display in finished.displays:
        if used := sorted(display.let_out.exceptions):
            lines = f"ligne{'s' * (len(used) > 1)} {', '.join(map(str, used))}"
            yield Line("Exceptions relues", display.place, PASSED, f"data/reference/exceptions.csv, {lines}")


#: Tables with one row per animateur: to know the site is to know the person.
_OF_ANIMATEURS = "carnet_de_bord."
#: Columns that name a site or a post, and how codes of posts read on the roster.
_SITES, _POST_COLUMNS = ("territoire", "commune"), ("role", "fonction")
_SAME_POST = {"dp": "delegue_prefet", "intercommunalite": "ville"}


def posts(finished: Finished, wave: Wave, reviewed: Iterable[Reviewed]) -> Iterator[Line]:
    """The attack test: a count on one post of one site is one known person, however computed, masked or not.

    But where an exception of the wave covers the post; words beside a site are the scanner's business.
    """
    roster = load_facts(wave.project, "roster.csv").to_dict("records")
    public = {
        (r.exhibit, *(_SAME_POST.get(code, code) for code in r.ligne.split("|")[:2]))
        for r in reviewed
        if r.vague == wave.id and "|" in r.ligne
    }
    found = {}
    for display in finished.displays:
        for key, (low, high) in display.let_out.ranges.items():
            if high == 0 or (low == 0 and key not in display.let_out.masked):
                continue
            told = dict(re.findall(r"([a-z_]+)=([^&?≠]+)", key))
            posts_ = {_SAME_POST.get(told[c], told[c]) for c in _POST_COLUMNS if c in told}
            posts_ |= {"animateur"} if _OF_ANIMATEURS in key else set()
            at = [row for row in roster if all(row[c] == told[c] for c in _SITES if c in told)]
            alike = [(row["territoire"], row["fonction"]) for row in at if posts_ <= {row["fonction"]}]
            if len(alike) == 1 and (display.id, *alike[0]) not in public:
                message = _said("one_post", key=key, post=alike[0][1], site=alike[0][0])
                found[display.id, key] = display.id, message, _said("crossed")
    yield from _refused("Attaque par les postes connus", _said("posts", count=len(roster)), found.values())


_KEY = re.compile(
    r"(?:(?P<wave>[\w-]+)/)?(?P<table>[a-z_]+)\.(?P<column>[a-z_]+)(?P<rest>(?:[&?≠=][\w|≠-]+)*)"
)
_NO_KEYS = frozenset(["csv", "toml", "json", "html", "pdf", "svg", "ipynb", "xlsx", "docx", "pptx", "e", "s"])


def in_words(text: str, dictionary: Dictionary) -> str:
    """A message whose keys are said with the labels of the dictionary."""
    fields = [f for table in dictionary for f in table.fields.values()]

    def worded(match: re.Match[str]) -> str:
        found = [f for f in fields if f.name == match["column"]]
        found = [f for f in found if f.table == match["table"]] or found
        if match["column"] in _NO_KEYS or not (found or match["wave"] or match["rest"]):
            return match[0]
        # « evolution.carnet_de_bord&modalite=reunions » names a column by its table.
        columns = {f.name: f.label for f in fields if f.table == match["column"]}
        labels = {f.name: f.labels for f in fields if f.table == match["table"]}
        own = found[0].labels if found else {}
        said = [found[0].label if found else _spaced(match["column"])] * (not columns)
        for name, code in re.findall(r"([a-z_]*)[=≠]+([\w|-]+)", match["rest"]):
            told = labels.get(name, own)
            said.append(f"« {told[code]} »" if code in told else columns.get(code) or _spaced(code))
        return ", ".join(said) + (f" ({match['wave']})" if match["wave"] else "")

    return _KEY.sub(worded, text)


def _spaced(code: str) -> str:
    if band := re.fullmatch(r"(\d+)_(\d+)", code):
        return band[1] if band[1] == band[2] else f"{band[1]} à {band[2]}"
    return str(rules.DERIVED.get(code) or re.sub(r"[_|]+", " ", code))
