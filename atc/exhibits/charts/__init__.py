"""Charts, one module a form: what was released in, ink on a `Canvas` out. They know nothing of the survey.

Each has rows of its own and ``draw(canvas, …)``, which gives the figure back.

| form | shows | drawn by |
|---|---|---|
| `units` | a count out of its total, in units | `seaborn.objects.Bars` |
| `stacked` | the parts of a total; a value among bands | `seaborn.objects.Bars` |
| `columns` | counts over time, or over bands | `seaborn.barplot` |
| `columns` | a range and its mean | `seaborn.stripplot`, `lineplot` and `scatterplot` |
| `dumbbell` | two medians on one scale | `seaborn.lineplot` and `scatterplot` |
| `moments` | two groups at several moments | `seaborn.lineplot` |
| `scatter` | two numbers against each other | `seaborn.scatterplot` |
| `units` | what took place when | `seaborn.objects.Bars` |
| `flow` | who went where | matplotlib |
| `sitemap` | where | matplotlib |

`tokens` is the theme, `canvas` the page around a chart, `rows` what horizontal ones share, with the one mark
that matplotlib draws in them: the band of a masked count.
"""

from atc.exhibits.charts.canvas import NARROW, WIDE, Canvas, Layout
from atc.exhibits.charts.tokens import load_look

__all__ = ["NARROW", "WIDE", "Canvas", "Layout", "load_look"]
