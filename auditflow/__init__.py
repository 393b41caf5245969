"""auditflow: case-audit rounds that a council cannot fool itself with. Importing it loads nothing."""
