"""What was collected: dictionary, codebooks and tables of each wave, their rules, and how files are read."""
