"""What a machine sees in a quotation that would tell who speaks, or of whom: it warns, a person signs."""

from atc.survey.quotations.alerts import Alert, alerts, judges_someone, names_a_place
from atc.survey.quotations.register import RegisterAlert, places_of, register_alerts

__all__ = [
    "Alert",
    "RegisterAlert",
    "alerts",
    "judges_someone",
    "names_a_place",
    "places_of",
    "register_alerts",
]
