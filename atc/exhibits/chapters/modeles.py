"""Chapter 05: priorities, backing and organisation of the sites, and what explains them."""

from atc.disclosure import Release
from atc.exhibits import forms
from atc.exhibits.declare import exhibit
from atc.exhibits.model import Draft, if_told
from atc.exhibits.selection import select
from atc.exhibits.table import DataTable
from atc.indicators import measures
from atc.indicators.addresses import measured
from atc.survey.waves import Wave

_PLACED = "positionnements"
_SITE, _MAIN, _SECOND = (f"{_PLACED}.{n}" for n in ("territoire", "modele_principal", "modele_secondaire"))
_ONCE = "Un site entre deux modèles compte ici pour son modèle principal."


@exhibit("F05-01", uses=(_SITE, _MAIN, _SECOND))
def fig_05_01(vague: Wave, release: Release) -> Draft:
    """The four models of priorities, with the sites between two where they are enough to be told."""
    found = forms.distribution(select(vague, release, _MAIN))
    shared = release.ratio(measured(vague, "part", _SITE, valeur="modele_secondaire=*"), _SECOND)
    between = if_told("Entre deux modèles : {}.", forms.share(shared, "site"))
    found = found.worded(reading=f"{found.reading} {between}")
    seconds = measures.tally(vague.field(_MAIN).labels, vague.table(_PLACED)["modele_secondaire"])
    second = release.unmasked(lambda trial: trial.distribution(seconds, _SECOND))
    if second is None:
        return found.worded(note=_ONCE)
    counts = found.counts.reshaped(lambda frame: frame.assign(secondaire=list(second.frame["effectif"])))
    return found.worded(
        table=DataTable(counts, ()), note=f"{_ONCE} Le tableau donne aussi les seconds modèles."
    )


@exhibit("F05-02", uses=(_SITE, f"{_PLACED}.portage"))
def fig_05_02(vague: Wave, release: Release) -> Draft:
    """The three cases of institutional backing, the weak one in two kinds where these may be told."""
    return forms.finest(forms.distribution, *select(vague, release, f"{_PLACED}.portage").steps)


@exhibit("F05-03", uses=(_SITE, f"{_PLACED}.organisation"))
def fig_05_03(vague: Wave, release: Release) -> Draft:
    """The three organisations of the animation."""
    return forms.distribution(select(vague, release, f"{_PLACED}.organisation"))


@exhibit("T05-04", uses=(_SITE, f"{_PLACED}.facteurs"))
def tab_05_04(vague: Wave, release: Release) -> Draft:
    """What explains the model of a site."""
    found = forms.distribution(select(vague, release, f"{_PLACED}.facteurs"))
    meaning = [vague.field(f"{_PLACED}.{row.modalite}").description for row in found.counts]
    counts = found.counts.reshaped(lambda frame: frame.assign(sens=meaning))
    return found.worded(table=DataTable(counts, ()), alt="", draw=None)
