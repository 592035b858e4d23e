// Inserts or replaces the entities that come as JSON on standard input, in the form read-table.mjs prints; makes the table if there is none.
// Prints what they are now as JSON: [{partitionKey, rowKey, etag}].
//   node write-table.mjs <connection string> <table>
import { json } from 'node:stream/consumers';
import { TableClient } from '@azure/data-tables';

const [connectionString, table] = process.argv.slice(2);
const client = TableClient.fromConnectionString(connectionString, table, { allowInsecureConnection: true });
await client.createTable();
const written = [];
for (const { partitionKey, rowKey, properties } of await json(process.stdin)) {
    const { etag } = await client.upsertEntity({ partitionKey, rowKey, ...properties }, 'Replace');
    written.push({ partitionKey, rowKey, etag });
}
console.log(JSON.stringify(written));
