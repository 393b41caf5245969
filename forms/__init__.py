"""The questions that auditflow asks: WTForms, no database, no Flask. Only the web imports this package."""
