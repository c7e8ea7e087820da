"""What travels between notebooks and documents."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True)
class Cover:
    """What every document of a run says of itself.

    Attributes:
        title: Title of the report.
        subtitle: Its second line.
        wave_label: « Vague d’automne 2020 ».
        report_label: « Rapport intermédiaire, décembre 2020 ».
        diffusion: Tier, as a name of report.toml.
        tier_label: Who may read a document of that tier.
        date: Printed, and written in the PDF instead of the clock's.
        authors: Who signs.
        precaution: A sentence for the front pages on how far to trust the results; may be empty.
        presentation: What the experiment is, a sentence each.
        charts: Ids of the figures that stand in L'essentiel.
        following: What happens after this report, a sentence each.
        legend: See `atc.exhibits.worth.legend`.
        made_up: Says that part of the data is, where some exhibit shows such data.
        provenance: Which report the document makes again, whose, of when, and where to find it; may be empty.
    """

    title: str
    subtitle: str
    wave_label: str
    report_label: str
    diffusion: str
    tier_label: str
    date: dt.date
    authors: str
    precaution: str = ""
    legend: tuple[tuple[str, str], ...] = ()
    made_up: str = ""
    provenance: str = ""
    presentation: tuple[str, ...] = ()
    charts: tuple[str, ...] = ()
    following: tuple[str, ...] = ()


@dataclass(frozen=True)
class Chapter:
    """One executed notebook, ready to be set in a page.

    Attributes:
        slug: Name of the notebook, without its extension.
        title: Its only first-level heading, as plain text.
        body: HTML fragment that follows the title; checked, and without any first-level heading.
    """

    slug: str
    title: str
    body: str
