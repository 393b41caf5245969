"""python-statemachine on a row of SQLAlchemy's ORM."""

from peer_run import AFTER, BEFORE, run
from peer_tables import ENGINE, loaded, saved
from sqlalchemy.orm import Session
from statemachine import State, StateMachine


class Machine(StateMachine):
    agreed = State(initial=True, value=BEFORE)
    shared = State(final=True, value=AFTER)
    share = agreed.to(shared, cond="allowed")

    def allowed(self, actor):
        return self.model.auditor_id == actor


def move(item_id, actor, key, at):
    with Session(ENGINE) as session, session.begin():
        item = loaded(session, item_id)
        Machine(item, state_field="state").share(actor=actor)
        saved(session, item, actor, key, at)


run(move)
