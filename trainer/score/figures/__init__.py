"""The report's figures: plain data for the page's template, and paths for its drawings."""
