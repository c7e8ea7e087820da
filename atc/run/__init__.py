"""From notebooks to pages: cells executed in fresh processes, and nothing made again that is up to date."""
