"""Pages: load, permit, form, service, redirect."""
