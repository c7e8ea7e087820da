"""What somebody writes by hand, and should not: small numbers in other words, results of a named site, names,
quotations.

French has no end of ways to say « three »: each row of the table below is one kind, read in `counted` text,
where every number is in digits and nothing has accents or capitals.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from atc.disclosure.prose import small_counts
from atc.publication.scan.encodings import squeezed
from atc.publication.scan.model import READ_ALOUD, Hit, Kind, Known, Piece, Rule, hidden, without_numbers
from atc.publication.scan.reading import counted, legible
from atc.quotations import alerts

_COUNTED = (
    r"(?:territoires?|sites?|communes?|villes?|quartiers?|personnes?|gens|act(?:eur|rice)|animat(?:eur|rice)|"
    r"repondant|carnets?|instances?|entretiens?|contrats?(?! de ville)|destinataires?|reponses?|delegue|"
    r"referent|structures?|associations?|equipes?|habitant|elus?|elues?|direct(?:eur|rice|ion)|porteu|"
    r"professionnel|collectivites?|agents?|institutions?|intercommunalites?|postes?|participant|enquete|"
    r"benevoles?|mediat(?:eur|rice)|coordinat(?:eur|rice)|charge|chefs?|cheffes?|citoyen|femmes?|hommes?|"
    r"jeunes?|salarie|usagers?|adherent|parents?|interlocut|prefet|prefecture|representant|departements?|"
    r"maires?|mairies?|membres?|partenaires?|collegues?|conseiller|titulaires?|cdi|cdd|avis|voix|temoi)"
    r"(?:[.·]?(?:e|trice|rice|le|fe|ne|euse))?(?:[.·]?s)?\b"
)
_SMALL = r"(?:un|une|[1-9]|10)"
_VERB = (
    r"(?:n'?ont|n'a|ont|a|sont|est|ne|n'|y|se|s'(?:en|y)|s'|refus\w+|juge\w*|estime\w*|souhait\w+|veulent|veut|disent|dit|"
    r"quitt\w+|demission\w+|renonc\w+|soutien\w+|s'oppos\w+|manqu\w+|declar\w+|restent|reste|continu\w+|"
    r"repond\w*|baiss\w+|travaill\w+|partent|part|hesit\w+|dout\w+|regrett\w+)\b"
)
_SCORED = re.compile(
    r"\b(?:median|moyenn|notes?\b|notent|notee|score|echelle|(?<!a l')ecart|rangs?\b|de 1 a 10|points?\b)"
)
#: Who answered is printed everywhere: n protects nobody.
_ANSWERED = re.compile(
    r"\b(?:(?:ont|a|ayant|avaient|n'ont pas) (?:\w+ )?(?:repondu|rempli|rendu|renvoye|retourne)\b(?! (?:non|oui|que|par l))|"
    r"(?:carnets?|questionnaires?|reponses?)[^.;]{0,20} (?:recus?|recues?|revenus?|remplis?|rendus?|retournes?|exploit\w+)|"
    r"taux de (?:reponse|retour)|non-?reponse)"
)
_PLACED = re.compile(
    r"(?:chapitres?|pages?|etapes?|sections?|figures?|tableaux?|diapositives?|vagues?|parties?|questions?|"
    r"articles?|annexes?|n°|numeros?|point|phases?|volets?|axes?|lots?) $"
)
_UNCOUNTED = (
    r"(?:ans?|annees?|mois|semaines?|jours?|heures?|minutes?|fois|pages?|chapitres?|figures?|tableaux?|euros?|"
    r"points?|etp|km|reunions?|items?|phrases?|questions?|modeles?|facteurs?|themes?|thematiques?|vagues?|"
    r"moments?|reseaux?|sortes?|types?|formes?|parties?|etapes?|lignes?|colonnes?|lettres?|documents?|annexes?|"
    r"temps|moitie|tiers|quart|categories?|groupes?|ordres?|effets?|dimensions?|regards?|indicateurs?|exemples?|"
    r"citations?|messages?|paraphrases?|trimestres?|semestres?|cas|volets?|axes?|niveaux?|%|millions?)"
)
_LESS = "Écrivez « moins de {floor} », sans le nombre"
_MOST = (
    "Écrivez « la plupart », ou le nombre seul sans celui de l’ensemble : le reste ferait moins de {floor}"
)
_ALONE = "Écrivez « moins de {floor} », ou dites-le sans compter"


@dataclass(frozen=True)
class _Kind:
    """One way to tell a small number: the pattern, what to write, and what more must be true of it."""

    pattern: re.Pattern[str]
    remedy: str
    holds: Callable[[re.Match[str], int], bool] = lambda _match, _floor: True


def _of(part: str) -> int:
    return 1 if part in ("un", "une") else int(part)


def _few(match: re.Match[str], floor: int) -> bool:
    """Whether its number is under the floor."""
    return 0 < _of(match["n"]) < floor


def _rest_is_few(match: re.Match[str], floor: int) -> bool:
    """Whether the part, or what it leaves of the whole, is under the floor; parts of a score are none."""
    part, whole = _of(match["n"]), int(match["all"])
    told = _COUNTED_WORD.search(match.string) is not None
    return told and part < whole and whole > 1 and (part < floor or whole - part < floor)


def _share_is_few(match: re.Match[str], floor: int) -> bool:
    """Whether a percentage gives back a number, or a complement, under the floor."""
    share, whole = float(match["share"].replace(",", ".")), int(match["all"])
    count = share * whole / 100
    exact = abs(count - round(count)) <= whole * 0.005 + 0.01
    return exact and 0 < min(round(count), whole - round(count)) < floor


_FRACTIONS = {"moitie": 2, "tiers": 3, "quart": 4, "cinquieme": 5, "sixieme": 6}


def _fraction_is_few(match: re.Match[str], floor: int) -> bool:
    parts, whole = _of(match["n"] or "1"), int(match["all"])
    count, rest = divmod(parts * whole, _FRACTIONS[match["share"].rstrip("s")])
    return rest == 0 and 0 < min(count, whole - count) < floor


#: « onzième » to « seizième »: of fewer, a fraction says a share.
_ORDINALS = {"onz": 11, "douz": 12, "treiz": 13, "quatorz": 14, "quinz": 15, "seiz": 16, "dix": 10, "neuv": 9}
_TH = f"(?:{'|'.join(_ORDINALS)})"


def _ordinal_is_few(match: re.Match[str], floor: int) -> bool:
    part, whole = _of(match["n"]), _ORDINALS[match["all"].removesuffix("ieme")]
    return min(part, whole - part) < floor


_COUNTED_WORD = re.compile(rf"\b{_COUNTED}")
_KINDS = tuple(
    _Kind(re.compile(pattern), remedy, *holds)
    for pattern, remedy, *holds in (
        # « douze des quatorze », « 13 territoires sur 14 », « trois pour quatorze », « 3⁄14 ».
        (
            r"(?<![\d,.:-])(?P<n>\d+|\bune?)(?: [^\W\d]+){0,3}? ?(?:\bdes\b|\bde [cnv]os\b|\bde ces\b|"
            r"\bparmi(?: les)?\b|\bsur(?: les| nos)?\b|\bpour\b|/) ?(?P<all>\d+)(?![\d,]|\.\d| ?%|/)",
            _MOST,
            _rest_is_few,
        ),
        (
            rf"(?P<n>\d+|une?) (?:{_COUNTED} |pour,? )?contre (?P<m>\d+|une?)\b(?! ?%|,\d)|(?P<p>\d+|une?) pour,? (?P<q>\d+|une?) contre",
            _LESS,
            lambda m, f: min(_of(part) for part in m.groups() if part) < f,
        ),
        (rf"\b(?P<n>une?|\d+) (?P<all>{_TH}ieme)s?\b", _MOST, _ordinal_is_few),
        # « 93 % des 14 », « 93 % (14 carnets) ».
        (
            r"(?P<share>\d+(?:,\d+)?) ?%[^.;\d]{0,40}?(?:\bdes|\bde ces|\bde nos|\bsur(?: les)?|\(n ?=|\(|\bparmi(?: les)?) ?(?P<all>\d+)\b(?! ?%|,)",
            _MOST,
            _share_is_few,
        ),
        (
            r"\b(?:(?P<n>\d+|une?) |la |le |les (?P<m>\d+) )?(?P<share>moitie|tiers|quarts?|cinquiemes?|sixiemes?) (?:des|de ces|de nos) (?P<all>\d+)\b",
            _MOST,
            _fraction_is_few,
        ),
        # « tous sauf deux », « à une exception près », « il n’en manque que trois ».
        (
            rf"\b(?:sauf|hormis|excepte|a l'exception d[e']|a part|en dehors d[e']|hors|tou(?:s|tes) moins|moins) ?(?:de |d')?(?P<n>{_SMALL})\b(?=[ ,]*(?:$|[.,;:)!?]|d'entre|{_COUNTED}|autres?\b|(?!a \d){_VERB}))",
            "Écrivez « presque tous » : le nombre de ceux qui restent est sous le seuil",
            _few,
        ),
        (rf"\ba (?P<n>{_SMALL}) (?:rares? )?exceptions? pres", "Écrivez « presque tous »", _few),
        (rf"\bn'?en (?:manque|reste|compte\w*|resterait)\w* (?:plus )?que (?P<n>{_SMALL})\b", _LESS, _few),
        (
            rf"\b(?P<n>{_SMALL}) (?:{_COUNTED} )?(?:manque\w*|font exception|fait exception|font defaut)\b",
            _LESS,
            _few,
        ),
        # « le seul animateur », « l’unique site », « une seule structure ».
        (
            rf"\b(?:l[ea] |une? |d'une? |au |du |notre |[1-4] )(?:seul(?:\.?e)?s?|unique) (?:[^\W\d]+ )?{_COUNTED}",
            _ALONE,
        ),
        (rf"\bl'unique (?:[^\W\d]+ )?{_COUNTED}", _ALONE),
        (
            rf"{_COUNTED}[^.;]{{0,40}}\b(?:est|etait|sera|serait|fut|reste) (?:le seul|la seule|l'unique|l'un des seuls|l'une des seules)\b(?! question)",
            _ALONE,
        ),
        (rf"\b(?:seul(?:\.?e)?s?|uniquement) (?P<n>{_SMALL}) (?!{_UNCOUNTED})[^\W\d]", _ALONE, _few),
        (rf"(?:^|[.;:] )seul(?:\.?e)? (?:l[ea] |l'|une? )?{_COUNTED}(?! de)", _ALONE),
        (
            rf"\b(?:l'une? (?:d'eux|d'elles|des {_COUNTED})|une? d'entre (?:eux|elles)|ni l'une? ni l'autre)",
            _ALONE,
        ),
        (rf"{_COUNTED} (?:isolee?s? |)(?:unique|a lui seul|a elle seule)\b", _ALONE),
        # « un duo », « une poignée », « un couple de sites ».
        (
            rf"(?<!en )\b(?:une?|ce|le|du|au|d'une?) (?:petit )?(?:duo|trio|quatuor|quarteron)\b(?! (?:avec|entre|forme))|"
            rf"\b(?:une?|ce|le|cette|la) (?:petite? )?(?:binome|tandem|trinome|couple|paire|minorite infime|infime minorite) d(?:e |')(?:[^\W\d]+ )?{_COUNTED}|"
            rf"\bpoignees? (?!de main|de porte)|\bpoignee(?=[.,;)]|$)",
            _LESS,
        ),
        (rf"\b(?:une?|[1-3]) ou [2-4] (?:[^\W\d]+ )?{_COUNTED}", _LESS),
        # « moins de deux », « à peine trois », « n < 3 ».
        (
            rf"\b(?:moins d[e'] ?|moins que |a peine |tout juste |pas plus d[e'] ?|au plus |au maximum |inferieurs? a |jusqu'a |n ?< ?)(?P<n>{_SMALL})\b(?![,.]\d| ?%| ?(?:a|et|ou) \d| {_UNCOUNTED}\b| sur l'echelle)",
            _LESS,
            lambda m, f: 1 < _of(m["n"]) < f or (m[0][0] != "m" and _of(m["n"]) < f),
        ),
        (
            rf"(?<![\d,])(?P<n>[1-9]) (?:{_COUNTED} )?(?:au plus|au maximum|seulement|tout au plus|a peine)\b",
            _LESS,
            _few,
        ),
        # « dont deux refusent », « Trois ont quitté », « les deux autres », « ces trois-là ».
        (
            rf"\bdont (?P<n>{_SMALL})(?=[ ,]*(?:$|[.,;:)]|{_VERB}|en \w|seulement|a |{_COUNTED}|seule?s? ))",
            _LESS,
            _few,
        ),
        (
            rf"(?:^|[.;:,!?(] ?|\b(?:et|mais|que|ou) )(?P<n>[2-9]) (?:d'entre \w+ |autres? |seulement )?{_VERB}",
            _LESS,
            _few,
        ),
        (
            rf"\b(?:les|ces|nos|aux|des) (?P<n>[2-9]) (?:autres|restant\w*|derniers?|dernieres?|premiers?|premieres?|concerne\w+|seuls?)(?=[ ,]*(?:$|[.,;:)]|{_VERB}|{_COUNTED}))",
            _LESS,
            _few,
        ),
        (
            rf"\b(?:les|ces|nos|leurs|vos|mes|des) (?P<n>[2-9])(?:-la|-ci| (?:[^\W\d]+ )?{_COUNTED}|(?=[.,;:)]|$))",
            _LESS,
            _few,
        ),
        # « une personne a démissionné », « un animateur est en arrêt ».
        (
            rf"(?:^|[.;:,] |\b(?:et|mais|dont|que|quand|qu') ?)(?:un|une) {_COUNTED}[^.;:]{{0,40}}?\b(?:a|n'a|est|n'est|avait|etait|vient|va|s'est) "
            rf"(?:pas |ete |d'etre |deja |finalement )?(?:demissionn|quitt|refus|renonc|licenci|malade|en arret|en conge|en conflit|"
            rf"abandonn|parti|perdu|jug|declar|estim|regrett|critiqu|plaint|oppos|mecontent|epuis|insatisf|hostil|retir)\w*",
            _ALONE,
        ),
        (rf"\b(?P<n>{_SMALL}) pour cent mille\b", _LESS, _few),
        (r"\bn ?= ?(?P<n>[1-9])\b(?![,.]\d)", _LESS, _few),
        # Counts told of persons, whatever stands between: « 3 courageux animateurs », « 2 (deux) sites ».
        (
            rf"(?<![\d,.:/–-])(?P<n>[1-9])(?: ?\(\d+\))? (?!{_UNCOUNTED}\b|a |et |ou |sur )(?:[^\W\d]+ ){{0,2}}?{_COUNTED}",
            _LESS,
            _few,
        ),
        (rf"{_COUNTED}[^.;:,()\d]{{0,25}} ?[:=(] ?(?P<n>[1-9])(?=[.;,)]|$| (?:et|ou|sur)\b)", _LESS, _few),
        (rf"(?:^|[^\w.])(?P<n>[ivx]) {_COUNTED}", _LESS, lambda m, f: {"i": 1, "v": 5, "x": 10}[m["n"]] < f),
    )
)
_BOUND = re.compile(
    r"(?:moins d[e']|plus d[e']|au moins|a partir de|entre|[<>≤≥]|seuil (?:est )?de|de \d+ a|plancher de) ?$"
)
_SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n")


def small_numbers(text: str, known: Known) -> Iterator[tuple[str, str]]:
    """What tells a number under the floor, hidden, and what to write instead; one for each sentence."""
    for sentence in _SENTENCE.split(text):
        shown = counted(sentence)
        # What `atc.disclosure.prose` sees is told by the rule of counts.
        if _SCORED.search(shown) or _ANSWERED.search(shown) or small_counts(legible(sentence), known.floor):
            continue
        found = (match for kind in _KINDS for match in _found(kind, shown, known))
        for told in list(found)[:1]:
            yield told


def _found(kind: _Kind, sentence: str, known: Known) -> Iterator[tuple[str, str]]:
    for match in kind.pattern.finditer(sentence):
        before, tight = sentence[: match.start()], squeezed(match[0])
        released = any(tight in squeezed(counted(phrase)) for phrase in known.phrases)
        if not (_PLACED.search(before) or _BOUND.search(before) or released) and kind.holds(
            match, known.floor
        ):
            yield without_numbers(match[0].strip(" .,;:")), kind.remedy.format(floor=known.floor)


_EVERYBODY = re.compile(
    r"\b(?:tou(?:s|tes) (?:les|nos|ces)|aucune?|pas une? seule?|100 % des|0 % des) (?:\d+ )?(?:animat|deleg|refer|direct|"
    r"prefet|maire|elu|territoire|site|structure|equipe|repondant|interroge|collectiv|coordin|charge)\w*|"
    r"\ba l'unanimite\b|\bsans exception\b"
)
_NO_FACT = re.compile(r"\b(?:peu(?:t|vent)|doi(?:t|vent)|devr\w+|pourr\w+|faut|sauf|quel\w*)\b|\?$")


def everybody(text: str) -> Iterator[str]:
    """Sentences that tell something of everybody, or of nobody: one knows then the answer of each."""
    for sentence in _SENTENCE.split(text):
        shown = counted(sentence)
        if _EVERYBODY.search(shown) and not (_NO_FACT.search(shown) or _ANSWERED.search(shown)):
            yield " ".join(sentence.split())


# --- a site, and what is told of it ---------------------------------------------------------------------------

#: What a sentence about sites may say: how the survey went, and where they are.
_PUBLIC = re.compile(
    r"\b(?:monographi|enquet|entretien|visit|terrain|expériment|experiment|liste|carte|cartograph|quartiers?\b|"
    r"communes?\b|villes?\b|sites?\b|situ[eé]|port(?:e|ent) sur|etudi|choisi|retenu|metropole|outre-mer|region|departement|"
    r"edition|presses|universite|atelier|restitution|reunion publique|se trouv|habitants?\b.{0,20}\d{3})"
)
_RESULT = re.compile(
    r"\b(?:baiss|augment|recul|progress|hausse|chut|diminu|satisf|insatisf|conflit|demission|depart\b|quitt|refus|renonc|"
    r"abandon|echec|echou|reuss|succes|difficult|retard|vacan|arret|suspend|licenci|tension|desaccord|mecontent|"
    r"soutien|soutenu|hostil|oppos|score|notes?\b|median|confiance|%|le plus|la plus|le moins|la moins|meilleur|pire|"
    r"seul|unique|sauf|hormis|excepte|n'a |n'ont |ne sont|n'est|n'y|jamais|aucun|mauvais|faible|bloqu|crise|burn|"
    r"conge|absen|remplac|recrut|perdu|plaint|decu|fragil|inquiet|rompu|rupture|ferme\b|fermeture|incident|agress|"
    r"violen|greve|scandale|plainte|pression|ignor|critiqu|regrett|reproch|mefian|isole|epuis|malad|deces|accident|"
    r"incendi|emeute|dispute|etp|cdd\b|cdi\b|effectif|embauch|pourvu|demarr|en avance|en tete|dernier|premier|"
    r"contrairement|a la difference|alors que|tandis que|notamment|dont|surtout|en particulier|par exemple)"
)
_SITES_ALONE = 3


def told_of_a_site(text: str, sites: re.Pattern[str]) -> Iterator[str]:
    """Sentences that tell a result or an event of a named site: anything but where it is and how it was studied."""
    for sentence in _SENTENCE.split(counted(text)):
        named = sites.findall(re.sub(r"(?<=\w)[-_](?=\w)", " ", sentence))
        left = len(re.findall(r"[^\W\d]{3,}", sentence)) - sum(len(site.split()) for site in named)
        listed = len({*named}) >= _SITES_ALONE or left <= 1 or _PUBLIC.search(sentence)
        if named and (_RESULT.search(sentence) or not listed):
            yield hidden(sentence)


# --- a name, and a quotation ----------------------------------------------------------------------------------

_POST = (
    r"(?i:animat(?:eur|rice)s?|d[ée]l[ée]gu[ée]e?s?(?: d[ue] (?:la )?pr[ée]f[eè]te?| à [\w’ ]+)?|sous-pr[ée]f[eè]te?|pr[ée]f[eè]te?|"
    r"direct(?:eur|rice)(?: [\w’]+){0,3}?|chef(?:fe)? de projet|charg[ée]e? de [\w’]+(?: [\w’]+){0,3}?|r[ée]f[ée]rente?|maire(?: adjointe?)?|"
    r"adjointe?(?: au maire)?|pr[ée]sidente?|coordinat(?:eur|rice)|m[ée]diat(?:eur|rice)|responsable|[ée]lue?|conseill(?:er|[eè]re)(?: municipale?)?|"
    r"secr[ée]taire|b[ée]n[ée]vole|habitante?|collègue)"
)
_CAPITAL = (
    r"(?!(?:Politique|Ville|État|République|Région|Conseil|Agence|Maison|Centre|Association|Territoire|Général|Départ|Mission|"
    r"Jeunesse|Culture|Sport|Habitat|Service|Structure|Réseau|National|Europe|France|Figure|Tableau|Lecture|Source|Note|"
    r"Enfin|Ainsi|Mais|Dans|Pour|Avec|Selon|Chaque|Cette|Leur|Une|Les|Des|Aux)\w*\b)[A-ZÀ-Ý][a-zà-ÿ]{2,}(?:-[A-ZÀ-Ý][a-zà-ÿ]+)?"
)
_NAMES = tuple(
    re.compile(pattern)
    for pattern in (
        # « l’animatrice Sonia », « la directrice (Paule Durand) », « Jean Dupont, délégué du préfet ».
        rf"\b{_POST}(?:,| :| –| \(|\.? ?) ?(?:M\.|Mme)? ?{_CAPITAL}",
        rf"\b{_CAPITAL} (?:[dD][eu] |[dD]’|[Ll][ea] )?(?:{_CAPITAL}|[A-ZÀ-Ý]{{2,}}|[A-Z]\.)(?:,| \(| –|,? qui est| est)(?: (?:l’|le |la |une? |notre ))?[^.;,]{{0,15}}\b{_POST}",
        rf"(?<=[a-zà-ÿ,;»] ){_CAPITAL}(?:,| \( ?)(?: ?(?:l’|le |la |une? |notre ))? ?{_POST}",
        rf"\b{_POST}[ ,(]+(?:[A-Z]\.[ -]?){{1,3}}(?![a-zà-ÿ])",
        rf"(?<![\w.])(?:[A-Z]\.[ -]?){{1,3}}[,(]? ?\(?(?:l’|le |la |une? )?{_POST}",
    )
)
_NO_INITIALS = re.compile(r"(?:N\. ?B|P\. ?S|C\. ?[ADV]|R\. ?H|A\. ?G|U\. ?E|E\. ?S|J\.-C|Q\. ?P|D\. ?P)\.")
_INITIALLED = re.compile(
    r"(?<!Annexe )(?<!Figure )(?<!Tableau )(?<!Groupe )(?<!Option )(?<!Vague )(?<!Profil )\b(?!Annexe|Figure|Tableau|Partie|Groupe|Plan|Modèle|"
    r"Type|Chapitre|Section|Option|Vague|Zone|Profil|Volet|Axe|Lot|Site|Le|La|Un|Une|Vitamine)[A-ZÀ-Ý][a-zà-ÿ]{2,}(?:-[A-Z][a-zà-ÿ]+)? [A-Z]\.(?=[ ,;)’]|$)"
)


def names(text: str, places: tuple[str, ...]) -> Iterator[str]:
    """Names of persons: civilities, initials, first names, and whatever has a capital beside a function."""
    shown = legible(text)
    for alert in alerts(shown, places):
        if alert.kind == "personne" and not _NO_INITIALS.fullmatch(alert.passage):
            yield hidden(alert.passage)
    for pattern in (*_NAMES, _INITIALLED):
        for match in pattern.finditer(shown):
            if not any(place in match[0] for place in places):
                yield hidden(match[0])


_QUOTED = re.compile(r"«\s*([^»]{6,}?)\s*»|“([^”]{6,}?)”|\"([^\"\n]{6,}?)\"")
_SPOKEN = re.compile(
    r"\b(?:je|j'|on|nous|moi|mon|ma|mes|notre|nos|c'est|c'etait|ca|vous|tu|ils|elles|y'a|il y a|faut)\b|[!?…]$|\.\.\."
)
_SAYS = re.compile(
    r"\b(?:di(?:t|sent|sait)|confi\w+|declar\w+|expliqu\w+|resum\w+|regrett\w+|temoign\w+|racont\w+|soulign\w+|affirm\w+|"
    r"selon|d'apres|pour (?:un|une|cet|cette)|insist\w+|ajout\w+|deplor\w+|soupir\w+|lanc\w+|reconnai\w+|avou\w+|entend\w*|"
    r"entretien|propos de|mots d[eu']|gliss\w+|not(?:e|ent) (?:un|une)|repond\w* (?:un|une)|estim\w+|jug\w+)\b"
)
#: What the survey or the report wrote, and nobody said.
_ASKED = re.compile(
    r"\b(?:questions?|items?|mentions?|intitul\w+|libell\w+|rubriques?|modalites?|titres?|colonnes?|ecri\w+|rapport|"
    r"document|chapitres?|figures?|tableaux?)\b(?![^«\"]*\b(?:selon|dit|confie)\b)"
)
_LEAST_WORDS = 4
_SHINGLE = 6


def quotations(text: str, known: Known) -> Iterator[str]:
    """What somebody said, between quotation marks and unsigned, or word for word without them."""
    shown = legible(text)
    for match in _QUOTED.finditer(shown):
        inside = counted(next(filter(None, match.groups())))
        around = counted(shown[: match.start()][-80:] + " " + shown[match.end() :][:60])
        words = 0 if _ASKED.search(around) else len(re.findall(r"\w+", inside))
        said = _SPOKEN.search(inside) or _SAYS.search(around) or shown[: match.start()].rstrip().endswith(":")
        if words >= _LEAST_WORDS and said and squeezed(inside) not in known.computed:
            yield hidden(match[0])
    if known.shingles & shingles(shown):
        yield hidden(shown)


def shingles(text: str) -> frozenset[str]:
    """Every six words that follow each other, as one text."""
    words = re.findall(r"[a-z0-9]+", counted(text))
    return frozenset(" ".join(words[at : at + _SHINGLE]) for at in range(len(words) - _SHINGLE + 1))


@lru_cache(maxsize=8)
def site_pattern(sites: frozenset[str]) -> re.Pattern[str]:
    """Any of these sites, in counted text without hyphens."""
    written = (
        re.escape(re.sub(r"[-_]", " ", counted(site))) for site in sorted(sites, key=len, reverse=True)
    )
    return re.compile(rf"\b(?:{'|'.join(written) or '(?!)'})\b")


_REMEDIES = {
    Rule.RESULT: "Dites-le sans nommer le site : « un site », « plusieurs sites »",
    Rule.PERSON: "Retirez le nom ou les initiales : « une animatrice », « un partenaire »",
    Rule.QUOTATION: "Inscrivez ce propos au registre verbatims.csv, où une personne le relit et le signe, ou dites-le avec vos mots",
}


#: Letters from which a sentence is not found by chance among all others.
_A_SENTENCE = 20
_SPOKEN_KINDS = frozenset({Kind.PROSE, Kind.CELL})


def in_prose(piece: Piece, known: Known) -> Iterator[Hit]:
    """All of it, in what somebody wrote: the notebooks, and any text that no exhibit computed."""
    reads = piece.by_hand or piece.kind in _SPOKEN_KINDS or piece.label in READ_ALOUD
    if not reads or (piece.exhibit and not piece.by_hand) or piece.file in known.synthetic:
        return
    text = " ".join(part for part in _SENTENCE.split(piece.text) if not _is_computed(part, known))
    for excerpt, remedy in small_numbers(text, known):
        yield Hit(Rule.SMALL_COUNT, excerpt, remedy)
    found = {
        Rule.RESULT: told_of_a_site(text, site_pattern(known.sites)),
        Rule.PERSON: names(text, tuple(sorted(known.sites))),
        Rule.QUOTATION: quotations(text, known),
    }
    for rule, excerpts in found.items():
        for excerpt in list(dict.fromkeys(excerpts))[:3]:
            yield Hit(rule, excerpt, _REMEDIES[rule])


def _is_computed(sentence: str, known: Known) -> bool:
    """Whether the package says the very same sentence: it went through the rules of disclosure."""
    tight = squeezed(sentence)
    return len(tight) >= _A_SENTENCE and tight in known.computed
