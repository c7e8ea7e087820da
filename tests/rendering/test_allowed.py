"""What a page may hold, judged by two readers of HTML; the rest refuses the chapter."""

import pandas as pd
import pytest
from nbformat import NotebookNode, v4

from atc.rendering.chapter import read_chapter
from atc.rendering.fragments import parse
from atc.rendering.markdown import cleaned
from atc.survey.errors import NotebookFailed

RUNNING = {"script", "img", "iframe", "object", "embed", "form", "link", "meta", "base", "template"}
HOSTILE = [
    "<script>alert(1)</script>",
    "<p>a</p><script src='https://x.fr/a.js'></script>",
    "<img src='https://x.fr/a.png'>",
    "<img src='x' onerror='alert(1)'>",
    "<p onclick='alert(1)'>a</p>",
    "<p style='background: url(https://x.fr)'>a</p>",
    "<p style='text-align:right; background: url(https://x.fr)'>a</p>",
    "<style>p { color: red }</style>",
    "<link rel='attachment' href='file:///etc/passwd'>",
    "<link rel='stylesheet' href='https://x.fr/a.css'>",
    "<meta http-equiv='refresh' content='0; url=https://x.fr'>",
    "<base href='https://x.fr'>",
    "<iframe srcdoc='<p>a</p>'></iframe>",
    "<object data='a.pdf'></object>",
    "<embed src='a.pdf'>",
    "<video src='a.mp4'></video>",
    "<form action='https://x.fr'><input name='a'></form>",
    "<a href='javascript:alert(1)'>a</a>",
    "<a href=' javascript:alert(1)'>a</a>",
    "<a href='http://x.fr'>a</a>",
    "<a href='file:///etc/passwd'>a</a>",
    "<a href='../secret.csv'>a</a>",
    "<a href='data:text/html,<p>a'>a</a>",
    "<a href='#a' ping='https://x.fr'>a</a>",
    "<a href='#a' target='_blank'>a</a>",
    "<details ontoggle='alert(1)'><summary>a</summary></details>",
    "<div data-rows='[1, 2]'>a</div>",
    "<svg><script>alert(1)</script></svg>",
    "<svg onload='alert(1)'></svg>",
    "<svg><a xlink:href='javascript:alert(1)'><text>a</text></a></svg>",
    "<svg><image href='https://x.fr/a.png'/></svg>",
    "<svg><image xlink:href='file:///etc/passwd'/></svg>",
    "<svg><use href='https://x.fr/a.svg#b'/></svg>",
    "<svg><rect fill='url(https://x.fr/a.svg#b)'/></svg>",
    "<svg><rect style=\"fill: URL( 'https://x.fr/a.svg#b')\"/></svg>",
    "<svg><style>@import 'https://x.fr/a.css';</style></svg>",
    "<svg><style>@font-face { src: url(https://x.fr/a.ttf) }</style></svg>",
    "<svg><foreignObject><p>a</p></foreignObject></svg>",
    "<svg><animate attributeName='href' to='javascript:alert(1)'/></svg>",
    "<svg><set attributeName='href' to='javascript:alert(1)'/></svg>",
    "<math><mi>a</mi></math>",
    "<template><script>alert(1)</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    # lxml reads a style sheet or a text here; a browser leaves the drawing, and reads an image.
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<svg><style><a title='</style><img src=x onerror=alert(1)>'></style></svg>",
    "<svg><desc><![CDATA[</desc></svg><img src=x onerror=alert(1)>]]></desc></svg>",
    "<svg></p><style><a id='</style><img src=x onerror=alert(1)>'>",
    "<p title='a' TITLE='b' oNcLiCk=alert(1)>a</p>",
]


def _showing(markup: str) -> NotebookNode:
    return v4.new_code_cell("x", outputs=[v4.new_output("display_data", data={"text/html": markup})])


def _read(cell: NotebookNode) -> str:
    return read_chapter(v4.new_notebook(cells=[v4.new_markdown_cell("# Titre"), cell]), "x").body


@pytest.mark.parametrize("markup", HOSTILE)
def test_hostile_markup_is_refused_whatever_brings_it_and_cleaning_alone_would_do(markup: str) -> None:
    early = _showing(f"</div></div></body></html>{markup}")
    for cell in (_showing(markup), v4.new_markdown_cell(markup), early):
        with pytest.raises(NotebookFailed, match=r"x, cellule .* : "):
            _read(cell)
    # The second lock alone: nh3 leaves no element, attribute or address that runs or asks for anything.
    kept = list(parse(cleaned(markup)).iterdescendants())
    assert not {element.tag for element in kept} & RUNNING
    for name, value in (attribute for element in kept for attribute in element.attrib.items()):
        assert not name.startswith("on")
        assert name not in {"ping", "srcdoc", "target"}
        assert not value.strip().lower().startswith(("javascript:", "file:"))


@pytest.mark.parametrize(
    ("markup", "told"),
    [
        ("<p>a</p><script>1</script>", "« <script> » : cet élément, ou ce qu’il porte"),
        ("<p title='Léa' onclick='f()'>a</p>", "« <p title onclick> » : cet élément, ou ce qu’il porte"),
        ("<a href='../secret.csv'>a</a>", "le lien « ../secret.csv » n’est ni une ancre ni une adresse"),
        ("<svg><rect fill='url(https://x.fr)'/></svg>", "« <rect fill> » : cet élément, ou ce qu’il porte"),
        (pd.DataFrame({"personne": ["Léa"]})._repr_html_(), "sa propre mise en forme (élément <style>)"),
    ],
)
def test_a_refusal_says_what_it_refuses(markup: str, told: str) -> None:
    with pytest.raises(NotebookFailed) as caught:
        _read(_showing(markup))
    assert told in str(caught.value)
    assert "Léa" not in str(caught.value)


def test_comments_do_not_pass() -> None:
    assert _read(_showing("<p>a<!-- Léa --></p>")).startswith("<p>a</p>")
    assert _read(v4.new_markdown_cell("<!-- Léa -->")) == ""
