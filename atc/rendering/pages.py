"""Self-contained HTML pages: no script, no request, readable from a disk or an e-mail attachment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from atc.rendering.assets import font_faces, style_sheet
from atc.rendering.essential import Essential
from atc.rendering.exhibits import PROOFS, is_proof
from atc.rendering.fragments import Element, inner, make, parse
from atc.rendering.headings import contents
from atc.rendering.model import Chapter, Cover
from atc.rendering.references import exhibit_ids, link_exhibits
from atc.rendering.statuses import how_to_read
from atc.rendering.templating import environment
from atc.survey.datapackage import Package
from atc.survey.dictionary import Dictionary
from atc.survey.typography import NBSP

Navigation = Sequence[tuple[str, str]]
_PUBLIC = "public"
# Where the front page of a publication lists the files that it adds.
_DOWNLOADS = Markup("<!-- fichiers joints -->")


@dataclass(frozen=True)
class ListedExhibit:
    """One exhibit in the list of a chapter on the front page."""

    id: str
    title: str
    status: str


@dataclass(frozen=True)
class Download:
    """A file that goes with the pages.

    Attributes:
        path: From the front page.
        label: What it is.
    """

    path: str
    label: str


def chapter_page(chapter: Chapter, navigation: Navigation, cover: Cover) -> str:
    """One chapter as a complete HTML file, to be placed in ``html/``.

    Args:
        chapter: See `atc.rendering.read_chapter`.
        navigation: Slug and title of every page of the report, in order.
        cover: What the document says of itself.

    Returns:
        HTML; its only addresses are anchors, files of the same run beside it, and https links of the prose.
    """
    root = parse(chapter.body)
    here = exhibit_ids(root)
    link_exhibits(root, lambda id_: _address(id_, here, navigation))
    for figure in root.iter("figure"):
        _offer_files(figure)
    slugs = [slug for slug, _ in navigation]
    rank = slugs.index(chapter.slug) if chapter.slug in slugs else None
    return (
        environment()
        .get_template("chapter.html.j2")
        .render(
            cover=cover,
            chapter=chapter,
            body=Markup(inner(root)),  # noqa: S704 -- checked by atc.rendering.allowed
            contents=contents(root),
            navigation=navigation,
            rank=rank,
            previous=navigation[rank - 1] if rank else None,
            following=navigation[rank + 1] if rank is not None and rank + 1 < len(navigation) else None,
            base="../",
            **_common(cover),
        )
    )


def sheet_page(chapter: Chapter, navigation: Navigation, cover: Cover) -> str:
    """The sheet of one territory as a complete HTML file, beside those of the others.

    Args:
        chapter: Its body; its title names the territory.
        navigation: Slug and title of every sheet.
        cover: What the document says of itself.

    Returns:
        HTML; its only addresses are anchors, the other sheets and its own PDF.
    """
    root = parse(chapter.body)
    here = exhibit_ids(root)
    link_exhibits(root, lambda id_: f"#{id_}" if id_ in here else "")
    return (
        environment()
        .get_template("sheet.html.j2")
        .render(
            cover=cover,
            chapter=chapter,
            body=Markup(inner(root)),  # noqa: S704 -- checked by atc.rendering.allowed
            contents=contents(root),
            navigation=navigation,
            base="",
            **_common(cover),
        )
    )


def _address(id_: str, here: frozenset[str], navigation: Navigation) -> str:
    """In this page, else in the page of the chapter whose number the exhibit bears."""
    if id_ in here:
        return f"#{id_}"
    pages = [slug for slug, _ in navigation if slug.startswith(f"{id_[1:3]}_")]
    return f"{pages[0]}.html#{id_}" if pages else ""


def _offer_files(figure: Element) -> None:
    """Under an exhibit, links to its files in the folder of the run."""
    id_, captions = figure.get("id", ""), list(figure.iterfind("figcaption"))
    if not id_ or not captions:
        return
    folders = [("CSV", "tables")]
    if figure.find(".//svg") is not None:
        folders = [("SVG", "figures"), ("PNG", "figures"), *folders]
    offer = make("p", f"Télécharger{NBSP}: ", class_="exhibit-files")
    for index, (kind, folder) in enumerate(folders):
        link = make("a", kind, href=f"../{folder}/{id_}.{kind.lower()}")
        link.append(make("span", f" ({id_})", class_="visually-hidden"))
        link.tail = "" if index == len(folders) - 1 else ", "
        offer.append(link)
    captions[0].append(offer)


def index_page(
    navigation: Navigation,
    cover: Cover,
    exhibits: Sequence[tuple[str, str, str, str]],
    shown: Essential | None = None,
    sheets: Navigation = (),
) -> str:
    """The front page of a run, ``index.html``.

    Args:
        navigation: Slug and title of every page, in order.
        cover: What the document says of itself.
        exhibits: Slug of the chapter, id, title and status of each exhibit, in order.
        shown: L'essentiel, for its top; none for a notebook of one's own.
        sheets: Slug and title of the sheets of territories, for the evaluation team.

    Returns:
        HTML, with links to the pages, the PDF files, the tables and the manifest of the run.
    """
    listed: Mapping[str, list[ListedExhibit]] = {slug: [] for slug, _ in navigation}
    proofs = []
    for slug, id_, title, status in exhibits:
        if not is_proof(id_):
            listed[slug].append(ListedExhibit(id_, title, status))
        elif id_ in PROOFS:
            proofs.append((slug, ListedExhibit(id_, title, status)))
    return (
        environment()
        .get_template("index.html.j2")
        .render(
            cover=cover,
            navigation=navigation,
            exhibits=listed,
            how_to_read=how_to_read(cover, {status for *_, status in exhibits}),
            proofs=proofs,
            essential=shown,
            sheets=sheets,
            downloads=_DOWNLOADS,
            base="",
            **_common(cover),
        )
    )


def with_downloads(front: str, downloads: Sequence[Download]) -> str:
    """The front page of a run, with what a publication adds to what the run made.

    Args:
        front: See `index_page`.
        downloads: The files that come along.
    """
    listed = environment().get_template("downloads.html.j2").render(downloads=downloads)
    return front.replace(_DOWNLOADS, listed, 1)


def essential_page(shown: Essential, cover: Cover) -> str:
    """L'essentiel as a page of its own, ``essentiel.html``."""
    return (
        environment()
        .get_template("essential.html.j2")
        .render(essential=shown, cover=cover, base="", **_common(cover))
    )


def dictionary_page(dictionary: Dictionary, package: Package, cover: Cover) -> str:
    """Every table and column, for whoever receives a publication: ``dictionnaire.html``.

    Args:
        dictionary: What the columns mean, in the words of the wave.
        package: What each column of the wave is worth.
        cover: What the document says of itself.
    """
    return (
        environment()
        .get_template("dictionary.html.j2")
        .render(cover=cover, tables=list(dictionary), package=package, base="", **_common(cover))
    )


def _common(cover: Cover) -> dict[str, object]:
    return {
        "indexed": cover.diffusion == _PUBLIC,
        # The style sheets are files of this package.
        "style": Markup(font_faces() + "\n" + style_sheet("screen.css")),  # noqa: S704
    }
