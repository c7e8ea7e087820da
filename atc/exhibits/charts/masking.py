"""What readers may not know, drawn: hatched as far as it may reach, and named in the keys.

Nothing here sees a masked count: only its bounds, which are public.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from atc.disclosure import Count
from atc.exhibits.charts.canvas import Key
from atc.exhibits.charts.tokens import HATCH, MASKED

KEY = Key("effectif masqué", MASKED, hatched=True)
#: For matplotlib: the same marks in every chart.
STYLE: dict[str, Any] = {"facecolor": "white", "edgecolor": MASKED, "hatch": HATCH, "linewidth": 0.8}
NONE = Count.exactly(0)


def with_key(keys: Sequence[Key], counts: Iterable[Count | None]) -> list[Key]:
    """The keys of a chart, and that of hatching as soon as one of its counts is masked."""
    masked = any(count is not None and count.is_masked for count in counts)
    return [*keys, KEY] if masked else list(keys)


def rest(parts: Sequence[Count], total: Count | None) -> int:
    """How much of a total its masked parts share, to be hatched as one block.

    Args:
        parts: What adds up to the total.
        total: The total; without one that is known, the parts reach as far as they may.
    """
    hidden = [part for part in parts if part.is_masked]
    if not hidden:
        return 0
    if total is None or total.is_masked:
        return sum(part.high for part in hidden)
    return total.low - sum(part.low for part in parts if not part.is_masked)


def reach(count: Count | None) -> int:
    """How far a count may reach; nothing for none."""
    return 0 if count is None else count.high
