"""Charts, workbooks and reports made from results."""
