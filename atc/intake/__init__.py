"""Raw exports to the tables of a wave: all of it or nothing, and nothing that names a person.

`importing` goes through `mapping` (what each column means; `mapping_files` has its two writings), `reading`
(what is in a file), `tools` (LimeSurvey, Kobo), `persons` (what may pass), `values`, `rows` and `wavefiles`,
which also puts corrected tables back. `books` writes and reads what people fill; `proposal` drafts a mapping;
`newwave` opens a wave to come; `simulate` draws one.
"""
