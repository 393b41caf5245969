"""Thin Celery tasks and the one beat table: each opens a transaction, calls a service, commits."""
