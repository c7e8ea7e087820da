"""Chapter 06: what has already changed."""

from atc.disclosure import Release, Released
from atc.exhibits.charts.rows import draw_units, unit_bar
from atc.exhibits.declare import exhibit
from atc.exhibits.model import Base, Draft, listed
from atc.exhibits.selection import NoAnswer, in_its_words
from atc.exhibits.statements import quotations
from atc.exhibits.table import DataTable
from atc.indicators import fieldwork
from atc.indicators.addresses import measured
from atc.survey.typography import capitalise, spelled
from atc.survey.waves import Wave

_READ = ("effet", "territoire", "type", "appui_conseil_citoyen", "associations")
#: Under this name the audit knows how many sites illustrate a kind of effect, and publie.csv tells it.
_BY_KIND = "effets.sites_par_type"
_TOGETHER = "inter_associatif"


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
    told = {row.libelle: row.effectif for row in counts}
    bars = [
        unit_bar(label, count=n, text=n.shown if n.is_masked else n.of("site")) for label, n in told.items()
    ]
    # Kinds of effect are no persons: how many there are is not masked.
    kinds = measured(vague, "nombre", "effets.type")
    found = spelled(kinds, "sorte de premiers effets", "sortes de premiers effets", feminine=True)
    examples = release.count(int(table["territoire"].nunique()), "effets.territoire")
    headings = {"libelle": "Sorte d’effet", "effectif": "Sites donnés en exemple"}
    return Draft(
        title=f"{capitalise(found)}, selon les évaluateurs",
        subtitle="Sites donnés en exemple par les évaluateurs, pour chaque sorte d’effet",
        table=DataTable.headed(counts, headings),
        reading=_gathered(vague, counts, release) or "Un même site peut illustrer plusieurs sortes d’effet.",
        alt="Sites donnés en exemple par sorte d’effet. "
        + listed((label, count.of("site")) for label, count in told.items()),
        base=Base(examples, "sites donnés en exemple"),
        draw=lambda canvas: draw_units(canvas, bars),
        note="Des exemples, non un décompte : l’absence d’exemple ne veut pas dire l’absence d’effet. "
        "L’appui au conseil citoyen est compté à part.",
        topic=not kinds,
        message=f"{capitalise(found)} : des exemples, qui n’en mesurent pas la portée." if kinds else "",
    )


def _gathered(vague: Wave, counts: Released, release: Release) -> str:
    """How many associations stand together in the projects given as examples."""
    projects, kind = counts.row(modalite=_TOGETHER).effectif, f"type={_TOGETHER}"
    if not projects.high:
        return ""
    many = int(measured(vague, "somme", "effets.associations", filtre=kind))
    gathered = release.count(many, f"effets.associations&{kind}")
    if not gathered.high or gathered.is_withheld:
        return ""
    who = "Les projets inter-associatifs donnés en exemple réunissent"
    # How many projects there are is only told where the number of their sites is.
    if projects.value == 1 and measured(vague, "nombre", "effets.effet", filtre=kind) == 1:
        who = "Le projet inter-associatif donné en exemple réunit"
    return f"{who} {gathered.of('association')}."


@exhibit("T06-02", uses=("verbatims.*", "entretiens.entretien", "entretiens.nature", "entretiens.fonction"))
def tab_06_02(vague: Wave, release: Release) -> Draft:
    """Quotations on the first effects, those that were reviewed."""
    return quotations(vague, release, "premiers_effets")
