"""SpiffWorkflow: the instance kept as JSON in a row of its own, as its examples do."""

import io

import sqlalchemy as sa
from lxml import etree
from peer_run import AFTER, run
from peer_tables import ENGINE, Base, Instance, Item, loaded, saved
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


def start():
    """An instance for every audit that has none, before the clock runs."""
    body = first_body()
    Base.metadata.tables["peer_instance"].create(ENGINE, checkfirst=True)
    with Session(ENGINE) as session, session.begin():
        missing = sa.select(Item.id, sa.literal(body)).where(Item.id.not_in(sa.select(Instance.id)))
        session.execute(sa.insert(Instance).from_select(["id", "body"], missing))


def move(item_id, actor, key, at):
    with Session(ENGINE) as session, session.begin():
        item = loaded(session, item_id)
        instance = session.get_one(Instance, item_id)
        workflow = SERIALIZER.deserialize_json(instance.body)
        task = workflow.get_next_task(state=TaskState.READY, manual=True)
        assert task.task_spec.name == "agreed"
        assert item.auditor_id == actor
        task.run()
        workflow.do_engine_steps()
        instance.body, item.state = SERIALIZER.serialize_json(workflow), AFTER
        saved(session, item, actor, key, at)


start()
run(move)
