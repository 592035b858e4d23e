// Prints all entities of a table as JSON: [{partitionKey, rowKey, etag, timestamp, properties: {name: {type, value}}}], every value a text.
// The client guesses the types the service leaves out: a whole Double comes as an Int32.
//   node read-table.mjs <connection string> <table>
import { TableClient } from '@azure/data-tables';

const [connectionString, table] = process.argv.slice(2);
const client = TableClient.fromConnectionString(connectionString, table, { allowInsecureConnection: true });
const entities = [];
for await (const { partitionKey, rowKey, etag, timestamp, ...rest } of client.listEntities({ disableTypeConversion: true })) {
    const properties = {};
    for (const [name, { type, value }] of Object.entries(rest)) {
        properties[name] = { type, value: String(value) };
    }
    entities.push({ partitionKey, rowKey, etag, timestamp, properties });
}
console.log(JSON.stringify(entities));
