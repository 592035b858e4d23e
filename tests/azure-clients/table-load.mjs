// Does one operation over and over with @azure/data-tables, always on the same entity of the table "load", which it writes and reads first.
// Prints {operations, seconds, cpuSeconds}: the time and this process's CPU after the warm-up.
//   node table-load.mjs <endpoint with the account> get|upsert <operations> <concurrency> [operations of the warm-up]
// A server that keeps nothing takes insert|replace|merge|delete too. It signs with the key of Azurite's default account, whatever the account.
import { AzureNamedKeyCredential, TableClient } from '@azure/data-tables';

const publicKey = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';
const entity = { partitionKey: 'p', rowKey: 'r', Value: '{"hello":"world"}' };

const [endpoint, operation, operations, concurrency, warmUp = '2000'] = process.argv.slice(2);
const account = new URL(endpoint).pathname.split('/')[1];
const client = new TableClient(endpoint, 'load', new AzureNamedKeyCredential(account, publicKey), {
    allowInsecureConnection: true,
    retryOptions: { maxRetries: 0 },
});
const work = {
    get: () => client.getEntity(entity.partitionKey, entity.rowKey),
    upsert: () => client.upsertEntity(entity, 'Replace'),
    insert: () => client.createEntity(entity),
    replace: () => client.updateEntity(entity, 'Replace'),
    merge: () => client.updateEntity(entity, 'Merge'),
    delete: () => client.deleteEntity(entity.partitionKey, entity.rowKey),
}[operation];

async function run(total) {
    let started = 0;
    const worker = async () => {
        while (started < total) {
            started++;
            await work();
        }
    };
    await Promise.all(Array.from({ length: Number(concurrency) }, worker));
}

await client.upsertEntity(entity, 'Replace');
const { Value } = await client.getEntity(entity.partitionKey, entity.rowKey);
if (Value !== entity.Value) {
    throw new Error(`read ${Value}`);
}
await run(Number(warmUp));
const cpuBefore = process.cpuUsage();
const before = process.hrtime.bigint();
await run(Number(operations));
const seconds = Number(process.hrtime.bigint() - before) / 1e9;
const { user, system } = process.cpuUsage(cpuBefore);
console.log(JSON.stringify({ operations: Number(operations), seconds, cpuSeconds: (user + system) / 1e6 }));
