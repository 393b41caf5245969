"""python-statemachine on a row of SQLAlchemy's ORM."""

from datetime import UTC, datetime

from peer_run import TOLD, run
from peer_tables import ENGINE, Item, Journal, Outbox
from sqlalchemy.orm import Session
from statemachine import State, StateMachine


class Machine(StateMachine):
    agreed = State(initial=True)
    shared = State(final=True)
    share = agreed.to(shared, cond="allowed")

    def allowed(self):
        return self.model.id > 0


def move(item_id):
    with Session(ENGINE) as session, session.begin():
        item = session.get_one(Item, item_id, with_for_update=True)
        Machine(item, state_field="state").share()
        at = datetime.now(UTC)
        session.add(Journal(item_id=item_id, action="share", from_state="agreed", to_state=item.state, actor=1, at=at))
        session.add_all(Outbox(item_id=item_id, person=p, template="shared", at=at) for p in TOLD)


run(move)
