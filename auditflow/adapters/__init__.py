"""The outside world: mail, spreadsheets, calendars; each a protocol with a real thing behind it."""
