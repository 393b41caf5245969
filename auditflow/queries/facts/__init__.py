"""The facts that decisions look at, one module a noun; see `gather`."""

from auditflow.queries.facts.gather import Facts, Repeat, gather_facts, list_facts

__all__ = ["Facts", "Repeat", "gather_facts", "list_facts"]
