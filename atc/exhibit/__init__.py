"""What a chapter shows: frozen exhibits that display and save themselves, and sentences computed from the data."""

from atc.exhibit.declare import exhibit
from atc.exhibit.model import Base, Draft, Exhibit
from atc.exhibit.prose import Prose, messages, prose
from atc.exhibit.table import Column, DataTable

__all__ = [
    "Base",
    "Column",
    "DataTable",
    "Draft",
    "Exhibit",
    "Prose",
    "exhibit",
    "messages",
    "prose",
]
