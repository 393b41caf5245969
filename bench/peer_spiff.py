"""SpiffWorkflow: the instance kept as JSON in its row, as its examples do."""

import io
from datetime import UTC, datetime

from lxml import etree
from peer_run import TOLD, run
from peer_tables import ENGINE, Item, Journal, Outbox
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.util.task import TaskState
from sqlalchemy.orm import Session

PROCESS = b"""<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="bench">
  <bpmn:process id="audit" isExecutable="true">
    <bpmn:startEvent id="start"><bpmn:outgoing>a</bpmn:outgoing></bpmn:startEvent>
    <bpmn:sequenceFlow id="a" sourceRef="start" targetRef="agreed"/>
    <bpmn:manualTask id="agreed" name="agreed">
      <bpmn:incoming>a</bpmn:incoming><bpmn:outgoing>b</bpmn:outgoing>
    </bpmn:manualTask>
    <bpmn:sequenceFlow id="b" sourceRef="agreed" targetRef="shared"/>
    <bpmn:manualTask id="shared" name="shared">
      <bpmn:incoming>b</bpmn:incoming><bpmn:outgoing>c</bpmn:outgoing>
    </bpmn:manualTask>
    <bpmn:sequenceFlow id="c" sourceRef="shared" targetRef="end"/>
    <bpmn:endEvent id="end"><bpmn:incoming>c</bpmn:incoming></bpmn:endEvent>
  </bpmn:process>
</bpmn:definitions>"""

SERIALIZER = BpmnWorkflowSerializer()


def first_body():
    """A new instance that waits for its first task."""
    parser = BpmnParser()
    parser.add_bpmn_xml(etree.parse(io.BytesIO(PROCESS)))
    workflow = BpmnWorkflow(parser.get_spec("audit"))
    workflow.do_engine_steps()
    return SERIALIZER.serialize_json(workflow)


def move(item_id):
    with Session(ENGINE) as session, session.begin():
        item = session.get_one(Item, item_id, with_for_update=True)
        workflow = SERIALIZER.deserialize_json(item.body)
        task = workflow.get_next_task(state=TaskState.READY, manual=True)
        assert task.task_spec.name == "agreed"
        task.run()
        workflow.do_engine_steps()
        item.body, item.state = SERIALIZER.serialize_json(workflow), "shared"
        at = datetime.now(UTC)
        session.add(Journal(item_id=item_id, action="share", from_state="agreed", to_state="shared", actor=1, at=at))
        session.add_all(Outbox(item_id=item_id, person=p, template="shared", at=at) for p in TOLD)


run(move, first_body())
