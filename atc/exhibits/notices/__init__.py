"""What several chapters print: the precaution that opens them, quotations, controls that close them."""

from atc.exhibits.notices.citations import citations
from atc.exhibits.notices.configurations import configurations
from atc.exhibits.notices.controles import controles, lectures, tableau_des_controles
from atc.exhibits.notices.rencontres import personnes_rencontrees, precaution

__all__ = [
    "citations",
    "configurations",
    "controles",
    "lectures",
    "personnes_rencontrees",
    "precaution",
    "tableau_des_controles",
]
