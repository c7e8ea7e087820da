"""Raw exports to the tables of a wave: all of it or nothing, and nothing that names a person.

`importing` goes through `mapping` (what each column means, from YAML or a workbook), `sheet` and `workbook`
(what is in a file), `tools` (LimeSurvey, Kobo), `persons` (what may pass), `values`, `rows` and `wavefiles`.
`books` writes and reads what people fill; `proposal` drafts a mapping; `correcting` puts a table
back; `newwave` opens a wave to come; `simulate` draws one.
"""
