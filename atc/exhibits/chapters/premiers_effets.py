"""Chapter 06: what has already changed."""

from atc.disclosure import Release
from atc.exhibits.declare import exhibit
from atc.exhibits.model import Base, Draft
from atc.exhibits.selection import NoAnswer, in_its_words
from atc.exhibits.statements import quotations, squares
from atc.indicators import fieldwork
from atc.indicators.addresses import measured
from atc.survey.typography import capitalise, spelled
from atc.survey.waves import Wave

_READ = ("effet", "territoire", "type", "appui_conseil_citoyen", "associations")
#: Under this name the audit knows how many sites illustrate a kind of effect, and publie.csv tells it.
_BY_KIND = "effets.sites_par_type"


@exhibit("F06-01", uses=("territoires.territoire", *(f"effets.{name}" for name in _READ)))
def fig_06_01(vague: Wave, release: Release) -> Draft:
    """The five kinds of first effect, by number of sites given as examples."""
    table = vague.table("effets")
    if table.empty:
        raise NoAnswer("Premiers effets", "Aucun effet n’est relevé dans cette vague.")
    # Each count stands alone: a site may illustrate several kinds of effect. They are sites, no effects.
    sites = fieldwork.sites_par_type(table, vague.dictionary)
    counts = release.splits(sites, _BY_KIND, by=("modalite",), total="effectif")
    counts = in_its_words(vague, _BY_KIND, counts, len(vague.table("territoires")))
    # Kinds of effect are no persons: how many there are is not masked.
    kinds = measured(vague, "nombre", "effets.type")
    found = spelled(kinds, "sorte de premiers effets", "sortes de premiers effets", feminine=True)
    examples = release.count(int(table["territoire"].nunique()), "effets.territoire")
    reading = "Un même site peut illustrer plusieurs sortes d’effet."
    together = "type=inter_associatif"
    if counts.row(modalite="inter_associatif").effectif.high:
        many = int(measured(vague, "somme", "effets.associations", filtre=together))
        gathered = release.count(many, f"effets.associations&{together}")
        if gathered.high and not gathered.is_withheld:
            told = gathered.of("association réunie", "associations réunies")
            reading = f"Projets inter-associatifs donnés en exemple : {told}."
    return squares(
        counts,
        Base(examples, "sites donnés en exemple"),
        title=f"{capitalise(found)}{', à titre d’exemples' * bool(kinds)}",
        reading=reading,
        topic=not kinds,
    )


@exhibit("T06-02", uses=("verbatims.*", "entretiens.entretien", "entretiens.nature", "entretiens.fonction"))
def tab_06_02(vague: Wave, release: Release) -> Draft:
    """Quotations on the first effects, those that were reviewed."""
    return quotations(vague, release, "premiers_effets")
