"""Alembic migrations, shipped with the package so that `auditflow init` can run them."""
