"""What ``atc check`` says of the register of quotations: where a person should look before signing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from atc.survey.typography import counted, french

if TYPE_CHECKING:
    from atc.survey.waves import Wave


def register_lines(vague: Wave) -> Iterator[str]:
    """One line a passage, after one that says how many; nothing when nothing was seen."""
    from atc.survey.quotations import register_alerts  # noqa: PLC0415

    found = register_alerts(vague.table("verbatims"), vague.table("territoires"))
    if found:
        yield french(
            f"Registre des citations : {counted(len(found), 'passage')} à regarder avant de signer. "
            "La machine prévient, et ne voit pas tout : une personne lit, et signe."
        )
    for seen in found:
        state = "déjà relue" if seen.signed else "à relire"
        yield french(
            f"{seen.verbatim} ({state}), {seen.alert.kind} « {seen.alert.passage} » : {seen.alert.remedy}."
        )
