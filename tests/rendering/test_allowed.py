"""What a page may hold, judged by two readers of HTML; the rest refuses the chapter."""

from __future__ import annotations

import pandas as pd
import pytest
from nbformat import v4

from atc.rendering.allowed import cleaned
from atc.rendering.chapter import read_chapter
from atc.rendering.fragments import parse
from atc.survey.errors import NotebookFailed

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


@pytest.mark.parametrize("markup", HOSTILE)
@pytest.mark.parametrize("way", ["display", "markdown"])
def test_hostile_markup_is_refused(markup: str, way: str) -> None:
    shown = v4.new_output("display_data", data={"text/html": markup})
    cell = v4.new_code_cell("x", outputs=[shown]) if way == "display" else v4.new_markdown_cell(markup)
    notebook = v4.new_notebook(cells=[v4.new_markdown_cell("# Titre"), cell])
    with pytest.raises(NotebookFailed, match=r"x, cellule .* : "):
        read_chapter(notebook, "x")


@pytest.mark.parametrize("markup", HOSTILE)
def test_what_closes_a_cell_early_does_not_hide_what_follows(markup: str) -> None:
    shown = v4.new_output("display_data", data={"text/html": f"</div></div></body></html>{markup}"})
    notebook = v4.new_notebook(
        cells=[v4.new_markdown_cell("# Titre"), v4.new_code_cell("x", outputs=[shown])]
    )
    with pytest.raises(NotebookFailed):
        read_chapter(notebook, "x")


def test_a_frame_of_respondents_does_not_show_itself() -> None:
    frame = pd.DataFrame({"personne": ["Léa"], "role": ["DP"]})
    shown = v4.new_output("execute_result", data={"text/html": frame._repr_html_(), "text/plain": "x"})
    notebook = v4.new_notebook(
        cells=[v4.new_markdown_cell("# Titre"), v4.new_code_cell("df", outputs=[shown])]
    )
    with pytest.raises(NotebookFailed, match="style"):
        read_chapter(notebook, "x")


@pytest.mark.parametrize("markup", HOSTILE)
def test_what_cleaning_leaves_of_hostile_markup_could_pass(markup: str) -> None:
    # The second lock alone: nh3 leaves no element, attribute or address that runs or asks for anything.
    kept = cleaned(markup)
    names = {element.tag for element in parse(kept).iterdescendants()}
    values = {
        (name, value) for element in parse(kept).iterdescendants() for name, value in element.attrib.items()
    }
    assert not names & {
        "script",
        "img",
        "iframe",
        "object",
        "embed",
        "form",
        "link",
        "meta",
        "base",
        "template",
    }
    assert not [name for name, _ in values if name.startswith("on") or name in {"ping", "srcdoc", "target"}]
    assert not [value for _, value in values if value.strip().lower().startswith(("javascript:", "file:"))]


def test_comments_do_not_pass() -> None:
    shown = v4.new_output("display_data", data={"text/html": "<p>a<!-- Léa --></p>"})
    notebook = v4.new_notebook(
        cells=[v4.new_markdown_cell("# Titre\n\n<!-- Léa -->"), v4.new_code_cell("x", outputs=[shown])]
    )
    assert "Léa" not in read_chapter(notebook, "x").body
