"""Raw exports to the tables of a wave: all of it or nothing, and nothing that names a person.

In order: `opening` (which file), `delimited` or `archive`, `workbook`, `capped` (what is in it), `tools`
(LimeSurvey, KoboToolbox, spreadsheets), `mapping` (what it means), `privacy`, `pseudonyms`, `values`
(what may pass, and as what), `assembly` (tables), `landing` (their folder), `summary`. `importing` goes
through them, `proposal` drafts a mapping.
"""
