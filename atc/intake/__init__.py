"""Raw exports to the tables of a wave: all of it or nothing, and nothing that names a person.

In order: `opening` (which file), `delimited` or `archive`, `workbook` and `capped` (what is in it), `tools`
(LimeSurvey, KoboToolbox, spreadsheets), `yamltree` or `mapping_book`, `columns` and `mapping` (what it
means), `privacy`, `pseudonyms`, `spelling`, `sites` and `values` (what may pass, and as what), `records` and
`assembly` (rows), `delivery` (their folder), `journal` (the summary). `importing` goes through them;
`proposal` and `likeness` draft a mapping, `mapping_form` writes its workbook; `correcting` puts a corrected
table back.
"""
