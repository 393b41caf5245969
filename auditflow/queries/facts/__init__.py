"""The facts that decisions look at, one module a noun; see `gather`."""

from auditflow.queries.facts.gather import Facts, Repeat, bind, gather_facts, list_facts, this_one

__all__ = ["Facts", "Repeat", "bind", "gather_facts", "list_facts", "this_one"]
