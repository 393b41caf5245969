"""The statements that gather facts look at one subject each: no nested select takes the subject's table again."""

import re

import pytest
import sqlalchemy as sa

from auditflow.queries.facts.gather import _columns
from auditflow.queries.facts.sources import SOURCES


@pytest.mark.parametrize("noun", sorted(SOURCES))
def test_every_nested_select_speaks_of_the_row_that_is_asked_about(noun):
    source = SOURCES[noun]
    statement = str(sa.select(*_columns(source, tuple(source.tell), None)))
    named = re.findall(rf"(?:FROM|,|JOIN)\s+{source.table.name}\b(?! AS|\.)", statement)
    assert len(named) == 1, "a nested select has the whole table in its FROM, so it mixes this row with the others"
