// Drives the workflow client of the official Dapr client over HTTP against a running app with the sample workflows and prints one
// line per check: "ok <name>" or "FAILED <name>: <reason>". Usage: node workflow.js <port>
'use strict';
const assert = require('node:assert/strict');
const { DaprClient, CommunicationProtocolEnum } = require('@dapr/dapr');
const run = require('./run.js');

const [port] = process.argv.slice(2);
const client = new DaprClient({ daprHost: '127.0.0.1', daprPort: port, communicationProtocol: CommunicationProtocolEnum.HTTP, logger: { level: 'error' } });
const { workflow } = client;

async function until(id, status) {
  const limit = Date.now() + 20_000;
  for (;;) {
    const state = await workflow.getWorkflowState(id);
    if (state.runtimeStatus === status) {
      return state;
    }
    assert.ok(Date.now() < limit, `${id} is ${state.runtimeStatus}, not ${status}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const checks = {
  async 'workflow schedule and get'() {
    const before = Date.now();
    const id = await workflow.scheduleNewWorkflow('FanOutFanIn', ['a', 'bb']);
    const state = await until(id, 'COMPLETED');
    assert.equal(state.instanceID, id);
    assert.equal(state.workflowName, 'FanOutFanIn');
    assert.ok(Math.abs(state.createdAt.getTime() - before) < 60_000);
    assert.ok(state.lastUpdatedAt >= state.createdAt);
    assert.deepEqual(JSON.parse(state.properties['dapr.workflow.input']), ['a', 'bb']);
    assert.equal(state.properties['dapr.workflow.output'], '3');
  },
  async 'workflow with an id of its own and an event'() {
    const id = await workflow.scheduleNewWorkflow('AwaitEvent', { a: 1 }, `js-${process.pid}-${Date.now()}`);
    await until(id, 'RUNNING');
    await workflow.raiseEvent(id, 'Finish', { done: 'Ünï' });
    assert.deepEqual(JSON.parse((await until(id, 'COMPLETED')).properties['dapr.workflow.output']), { done: 'Ünï' });
  },
  async 'workflow pause, resume and terminate'() {
    const id = await workflow.scheduleNewWorkflow('AwaitEvent', {});
    await until(id, 'RUNNING');
    await workflow.pause(id);
    await until(id, 'SUSPENDED');
    await workflow.resume(id);
    await until(id, 'RUNNING');
    await workflow.terminate(id);
    await until(id, 'TERMINATED');
  },
  async 'workflow purge'() {
    const id = await workflow.scheduleNewWorkflow('AwaitEvent', {});
    await until(id, 'RUNNING');
    await assert.rejects(workflow.purge(id), /ERR_PURGE_WORKFLOW/);
    await workflow.terminate(id);
    await until(id, 'TERMINATED');
    await workflow.purge(id);
    await assert.rejects(workflow.getWorkflowState(id), /ERR_INSTANCE_ID_NOT_FOUND/);
  },
  async 'workflow with an id in use'() {
    const id = await workflow.scheduleNewWorkflow('AwaitEvent', {});
    await assert.rejects(workflow.scheduleNewWorkflow('AwaitEvent', {}, id), /ERR_START_WORKFLOW/);
  },
};

run(checks, client);
